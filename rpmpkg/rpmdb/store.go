package rpmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// An UnsupportedFormatError is a package database that this package cannot read.
type UnsupportedFormatError struct {
	Path   string
	Format string // "ndb", "Berkeley DB" or "unknown"
}

// Error names the format and what to do about it.
func (e *UnsupportedFormatError) Error() string {
	if e.Format == "unknown" {
		return fmt.Sprintf("rpmdb %s: not an SQLite database", e.Path)
	}
	return fmt.Sprintf("rpmdb %s: %s format is not supported; convert it with "+
		"\"rpmdb --rebuilddb --define '_db_backend sqlite'\" using an rpm that reads it", e.Path, e.Format)
}

// Offsets in the header of an SQLite file (section 1.3 of the format).
const (
	sqliteMagic      = "SQLite format 3\x00"
	writeVersion     = 18 // 1 rollback journal, 2 write-ahead log
	sqliteHeaderSize = 100
)

// locate finds the database file for a path that names it or its directory, and reports whether it is in WAL mode.
func locate(path string) (file string, wal bool, err error) {
	fi, err := os.Stat(path)
	if err != nil {
		return "", false, err
	}
	file = path
	if fi.IsDir() {
		file = filepath.Join(path, FileName)
		if err := otherFormat(path, file); err != nil {
			return "", false, err
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	head := make([]byte, sqliteHeaderSize)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:len(sqliteMagic)]) != sqliteMagic {
		return "", false, &UnsupportedFormatError{file, formatOf(head)}
	}
	return file, head[writeVersion] == 2, nil
}

// otherFormat finds a database of another format in a directory without an SQLite one.
func otherFormat(dir, file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, other := range []struct{ name, format string }{{"Packages.db", "ndb"}, {"Packages", "Berkeley DB"}} {
		if _, err := os.Stat(filepath.Join(dir, other.name)); err == nil {
			return &UnsupportedFormatError{filepath.Join(dir, other.name), other.format}
		}
	}
	return nil
}

// formatOf recognises the older formats by the first bytes of the file: "RpmP" of ndb, and the magic numbers of
// Berkeley hash and b-tree pages at offset 12, in either byte order.
func formatOf(head []byte) string {
	if string(head[:4]) == "RpmP" {
		return "ndb"
	}
	switch string(head[12:16]) {
	case "\x61\x15\x06\x00", "\x00\x06\x15\x61", "\x62\x31\x05\x00", "\x00\x05\x31\x62":
		return "Berkeley DB"
	}
	return "unknown"
}

// dsn gives the data source name of a file with options of SQLite's URI format.
func dsn(file, options string) string {
	u := url.URL{Scheme: "file", Path: file, RawQuery: options}
	return u.String()
}

// connect opens a database over at most conns connections, 0 for any number. Pragmas belong to a connection.
func connect(ctx context.Context, file, options string, conns int) (*sql.DB, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(abs, options))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openForReading opens a file without writing anything beside it. A file in WAL mode whose log has something that
// the database has not is copied with its log to a temporary directory first, which cleanup removes.
func openForReading(ctx context.Context, file string, wal bool) (db *sql.DB, cleanup func() error, err error) {
	cleanup = func() error { return nil }
	if fi, err := os.Stat(file + "-wal"); wal && err == nil && fi.Size() > 0 {
		dir, err := os.MkdirTemp("", "rpmdb-")
		if err != nil {
			return nil, nil, err
		}
		cleanup = func() error { return os.RemoveAll(dir) }
		copied := filepath.Join(dir, FileName)
		for _, suffix := range []string{"", "-wal"} {
			if err := copyFile(copied+suffix, file+suffix); err != nil {
				return nil, nil, errors.Join(err, cleanup())
			}
		}
		db, err := connect(ctx, copied, "mode=rw", 0)
		if err != nil {
			return nil, nil, errors.Join(err, cleanup())
		}
		return db, cleanup, nil
	}
	db, err = connect(ctx, file, "mode=ro&immutable=1", 0)
	return db, cleanup, err
}

func copyFile(dst, src string) (err error) {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}
