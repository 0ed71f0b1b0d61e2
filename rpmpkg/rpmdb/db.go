package rpmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// DB is a package database opened for reading. It is safe for concurrent use.
type DB struct {
	path    string
	sql     *sql.DB
	cleanup func() error
}

// Entry is one package of a database.
type Entry struct {
	Num    uint32 // the package's number in this database; it stays the same as long as the package is installed
	Header *rpmpkg.Header
}

// Open opens the database at path, a directory with an rpmdb.sqlite or such a file. It needs no permission to write
// and takes no lock: nobody may write to the database while it is open. An error for an older format is an
// *UnsupportedFormatError; for a missing database errors.Is(err, fs.ErrNotExist) holds.
func Open(path string) (*DB, error) {
	file, wal, err := locate(path)
	if err != nil {
		return nil, wrapOpen(path, err)
	}
	db, cleanup, err := openForReading(context.Background(), file, wal)
	if err != nil {
		return nil, wrapOpen(path, err)
	}
	return &DB{path: file, sql: db, cleanup: cleanup}, nil
}

func wrapOpen(path string, err error) error {
	var u *UnsupportedFormatError
	if errors.As(err, &u) {
		return err
	}
	return fmt.Errorf("open rpmdb %s: %w", path, err)
}

// Close releases the database.
func (db *DB) Close() error { return errors.Join(db.sql.Close(), db.cleanup()) }

// Packages iterates over the headers of the installed packages in the order of their numbers, public keys
// ("gpg-pubkey") included. After an error the sequence ends.
func (db *DB) Packages(ctx context.Context) iter.Seq2[*rpmpkg.Header, error] {
	return func(yield func(*rpmpkg.Header, error) bool) {
		for e, err := range db.Entries(ctx) {
			if !yield(e.Header, err) {
				return
			}
		}
	}
}

// Entries is Packages with the numbers of the packages.
func (db *DB) Entries(ctx context.Context) iter.Seq2[Entry, error] {
	return db.query(ctx, "SELECT hnum, blob FROM Packages ORDER BY hnum")
}

// Infos is Packages as the common view, without public keys: what a solver needs to know of the installed system.
func (db *DB) Infos(ctx context.Context) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		for e, err := range db.Entries(ctx) {
			if err == nil && e.Header.Str(rpmtag.Name) == "gpg-pubkey" {
				continue
			}
			var info *rpmpkg.Info
			if err == nil {
				if info, err = e.Header.Info(); err != nil {
					err = fmt.Errorf("rpmdb %s: package %d: %w", db.path, e.Num, err)
				}
			}
			if !yield(info, err) || err != nil {
				return
			}
		}
	}
}

// ByName iterates over the packages with a name.
func (db *DB) ByName(ctx context.Context, name string) iter.Seq2[Entry, error] {
	return db.byKey(ctx, "Name", name)
}

// Owners iterates over the packages that own an absolute path, without those whose file is not there because it was
// replaced or not installed.
func (db *DB) Owners(ctx context.Context, file string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		file = path.Clean(file)
		for e, err := range db.byKey(ctx, "Basenames", path.Base(file)) {
			if err == nil {
				var owns bool
				if owns, err = ownsFile(e.Header, file); err == nil && !owns {
					continue
				}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func ownsFile(h *rpmpkg.Header, file string) (bool, error) {
	files, err := h.Files()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(files, func(f rpmpkg.FileInfo) bool {
		return f.Path == file && (f.State == rpmpkg.StateNormal || f.State == rpmpkg.StateNetShared)
	}), nil
}

// WhatProvides iterates over the packages that have a Provides of the given name; versions are not looked at, and
// files count only if path is their name (see Owners).
func (db *DB) WhatProvides(ctx context.Context, name string) iter.Seq2[Entry, error] {
	return db.byKey(ctx, "Providename", name)
}

// WhatRequires iterates over the packages that have a Requires of the given name, alone or within a rich dependency.
// Requirements that only mattered during the installation are not found.
func (db *DB) WhatRequires(ctx context.Context, name string) iter.Seq2[Entry, error] {
	return db.byKey(ctx, "Requirename", name)
}

func (db *DB) byKey(ctx context.Context, table, key string) iter.Seq2[Entry, error] {
	return db.query(ctx, "SELECT hnum, blob FROM Packages WHERE hnum IN (SELECT hnum FROM '"+table+
		"' WHERE key = ?) ORDER BY hnum", key)
}

func (db *DB) query(ctx context.Context, query string, args ...any) iter.Seq2[Entry, error] {
	return entries(ctx, db.sql, db.path, query, args...)
}

// querier is a database or a connection of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// entries yields the packages of a query for number and blob. On a single connection the loop body must not use it.
func entries(ctx context.Context, q querier, name, query string, args ...any) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		fail := func(err error) { yield(Entry{}, fmt.Errorf("rpmdb %s: %w", name, err)) }
		rows, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e Entry
			var blob []byte
			if err := rows.Scan(&e.Num, &blob); err != nil {
				fail(err)
				return
			}
			if e.Header, err = rpmpkg.ParseBlob(blob); err != nil {
				fail(fmt.Errorf("package %d: %w", e.Num, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}
