package layering

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// extract copies a regular file of the tree to the disk and returns its path.
func (t *Tree) extract(ctx context.Context, name, dir, base string) (string, error) {
	f, err := t.file(ctx, "read", name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if f.Reader == nil {
		return "", treeError("read", name, errors.New("is a symbolic link"))
	}
	dest := filepath.Join(dir, base)
	out, err := os.OpenFile(dest, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, f.Reader)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return "", treeError("read", name, err)
	}
	return dest, nil
}

// insert copies a file of the disk into the tree, owned by root.
func (t *Tree) insert(ctx context.Context, file, name string, perm uint32) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return t.put(ctx, "write", name, &ostree.FileHeader{Mode: unix.S_IFREG | perm}, st.Size(), f)
}

// rpmdbChange is what an assembly does to the package database.
type rpmdbChange struct {
	added   []*importer.Stored
	states  map[*importer.Stored][]rpmpkg.FileState
	removed []rpmver.NEVRA
	time    time.Time
	arch    string
	scratch string
}

// writeRPMDB updates the package database of the tree and makes the links and
// the macro that let rpm find it.
func writeRPMDB(ctx context.Context, t *Tree, c rpmdbChange) error {
	changes := rpmdb.Changes{Remove: c.removed, InstallTime: c.time, Color: rpmdb.TransactionColor(c.arch)}
	for _, pkg := range c.added {
		changes.Add = append(changes.Add, rpmdb.Package{
			Header: pkg.Package.Header, Signature: pkg.Package.Signature, FileStates: c.states[pkg],
		})
	}
	dir, err := t.rpmdbDir(ctx)
	if err != nil {
		return err
	}
	if dir != "" {
		if changes.Base, err = t.extract(ctx, dir+"/"+rpmdb.FileName, c.scratch, "base.sqlite"); err != nil {
			return err
		}
	}
	out := filepath.Join(c.scratch, "rpmdb")
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	if err := rpmdb.Write(ctx, out, changes); err != nil {
		return fmt.Errorf("write package database: %w", err)
	}
	if dir != "" && dir != RPMDBDir {
		if err := t.Remove(ctx, dir); err != nil {
			return err
		}
	}
	if err := t.RemoveIfExists(ctx, RPMDBDir); err != nil {
		return err
	}
	if err := t.insert(ctx, filepath.Join(out, rpmdb.FileName), RPMDBDir+"/"+rpmdb.FileName, 0o644); err != nil {
		return err
	}
	return rpmdbLinks(ctx, t)
}

// rpmdbMacros tells rpm where the database is.
const rpmdbMacros = "%_dbpath /" + RPMDBDir + "\n"

// rpmdbLinks makes the database reachable where rpm expects it by default.
func rpmdbLinks(ctx context.Context, t *Tree) error {
	if err := t.WriteFile(ctx, "usr/lib/rpm/macros.d/macros.rpm-ostree", []byte(rpmdbMacros), 0o644); err != nil {
		return err
	}
	if err := t.RemoveIfExists(ctx, "usr/lib/sysimage/rpm"); err != nil {
		return err
	}
	return t.Symlink(ctx, "../../share/rpm", "usr/lib/sysimage/rpm")
}

// CopyBaseRPMDB keeps a copy of the package database that layering on the
// client will not change.
func CopyBaseRPMDB(ctx context.Context, t *Tree) error {
	names, err := t.ReadDir(ctx, RPMDBDir)
	if err != nil {
		return err
	}
	if err := t.RemoveIfExists(ctx, baseRPMDBDir); err != nil {
		return err
	}
	for _, name := range names {
		if err := t.Copy(ctx, RPMDBDir+"/"+name, baseRPMDBDir+"/"+name); err != nil {
			return err
		}
	}
	return nil
}
