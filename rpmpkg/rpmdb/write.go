package rpmdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Changes says what Write makes of a database.
type Changes struct {
	// Base is the database to start from, as a directory or file; empty to start from nothing. It is not changed,
	// unless it is the one that is written.
	Base string
	// Remove are packages to take out. Each must be installed: if one is not, errors.Is(err, fs.ErrNotExist) holds.
	Remove []rpmver.NEVRA
	// Add are packages to put in, after the removals, in this order, with numbers that were never used before.
	Add []Package
	// InstallTime is recorded in the added packages, in seconds. It must be set: the time now would make equal
	// calls give different results.
	InstallTime time.Time
	// TID numbers the transaction, the same for all packages added together; 0 means InstallTime.
	TID uint32
	// Color is the transaction colour, which is recorded too: see TransactionColor.
	Color uint32
}

// Package is a package to be recorded as installed.
type Package struct {
	Header    *rpmpkg.Header // the main header
	Signature *rpmpkg.Header // the signature header; nil if there is none
	// FileStates has one state a file in header order; nil means that all are installed normally.
	FileStates []rpmpkg.FileState
}

// TransactionColor gives rpm's default transaction colour for a base architecture: 3 where 32-bit and 64-bit ELF
// files can be installed together, 0 elsewhere.
func TransactionColor(arch string) uint32 {
	switch arch {
	case "x86_64", "amd64", "ia32e", "ppc64", "ppc64p7", "s390x", "sparc64", "mips64", "mips64el", "mips64r6", "mips64r6el":
		return 3
	}
	return 0
}

// Write makes the database in directory dir, replacing one that is there: dir has the old database or the complete
// new one at any time. The result depends on nothing but the arguments and the content of the base. dir must exist.
// No one else may write to it during the call.
func Write(ctx context.Context, dir string, c Changes) error {
	if err := write(ctx, dir, &c); err != nil {
		return fmt.Errorf("write rpmdb %s: %w", dir, err)
	}
	return nil
}

func write(ctx context.Context, dir string, c *Changes) (err error) {
	if len(c.Add) > 0 && (c.InstallTime.Unix() <= 0 || c.InstallTime.Unix() > 1<<32-1) {
		return fmt.Errorf("install time %v does not fit the format", c.InstallTime)
	}
	d, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := parkTarget(ctx, d); err != nil {
		return err
	}
	temp, err := atomicfs.TempDir(ctx, d, ".rpmdb-", 0o700)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, atomicfs.RemoveAll(context.WithoutCancel(ctx), d, temp)) }()
	file := d.Join(temp + "/" + FileName)
	if err := copyBase(file, c.Base); err != nil {
		return err
	}
	if err := change(ctx, file, c); err != nil {
		return err
	}
	return publish(ctx, d, temp+"/"+FileName)
}

// parkTarget makes the files beside the database that is going to be replaced obsolete: a log that stays behind would
// be applied to the new database.
func parkTarget(ctx context.Context, d *dirfd.Dir) error {
	have, err := d.Exists(FileName)
	if err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-journal", "-shm"} {
		left, err := d.Exists(FileName + suffix)
		switch {
		case err != nil:
			return err
		case left && have:
			return park(ctx, d.Join(FileName))
		case left: // of a database that is gone
			if err := atomicfs.Remove(ctx, d, FileName+suffix); err != nil {
				return err
			}
		}
	}
	return nil
}

func publish(ctx context.Context, d *dirfd.Dir, temp string) error {
	f, err := d.OpenFile(temp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), atomicfs.SyncFile(ctx, f), f.Close()); err != nil {
		return err
	}
	// COMMIT POINT
	if err := atomicfs.Rename(ctx, d, temp, d, FileName); err != nil {
		return err
	}
	return atomicfs.SyncDir(context.WithoutCancel(ctx), d)
}

// Park puts the database at path, a directory or file, into the state in which Write leaves one: everything in the
// database file itself, rollback-journal mode, no files beside it. rpm's own databases are in WAL mode, which
// cannot be read from read-only media. It fails if the database is in use.
func Park(ctx context.Context, path string) error {
	file, _, err := locate(path)
	if err == nil {
		err = park(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("park rpmdb %s: %w", path, err)
	}
	return nil
}

func park(ctx context.Context, file string) (err error) {
	db, err := connect(ctx, file, "mode=rw", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return journalMode(ctx, db, "delete")
}

func journalMode(ctx context.Context, db *sql.DB, mode string) error {
	var got string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode="+mode).Scan(&got); err != nil {
		return err
	}
	if got != mode {
		return fmt.Errorf("journal mode stays %q: database is in use", got)
	}
	return nil
}

// copyBase copies a database with what belongs to it. Without a base it does nothing.
func copyBase(file, base string) error {
	if base == "" {
		return nil
	}
	from, _, err := locate(base)
	if err != nil {
		return err
	}
	if err := copyFile(file, from); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		if err := copyFile(file+suffix, from+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// change applies the changes to a database file, which is made if it does not exist. The file is private until it
// is complete, so there is no journal.
func change(ctx context.Context, file string, c *Changes) (err error) {
	db, err := connect(ctx, filepath.Clean(file), "mode=rwc", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, mode := range []string{"delete", "off"} {
		if err := journalMode(ctx, db, mode); err != nil {
			return err
		}
	}
	for _, pragma := range []string{"synchronous=OFF", "locking_mode=EXCLUSIVE", "foreign_keys=OFF"} {
		if _, err := db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := newEditor(tx, file).apply(ctx, c); err != nil {
		return err
	}
	return tx.Commit()
}
