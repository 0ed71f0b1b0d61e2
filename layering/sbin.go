package layering

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
)

const (
	usrSbin = "usr/sbin"
	usrBin  = "usr/bin"
)

// sbinMerged tells whether usr/sbin is a link to usr/bin in the tree or will
// be one by what is added.
func sbinMerged(ctx context.Context, t *Tree, added []*importer.Stored) (bool, error) {
	target, err := t.Readlink(ctx, usrSbin)
	if err == nil {
		return path.Base(target) == "bin", nil
	}
	if isDir, derr := t.IsDir(ctx, usrSbin); derr != nil || isDir || !errors.Is(err, fs.ErrNotExist) {
		return false, derr
	}
	for _, pkg := range added {
		if pkg.NEVRA.Name != "filesystem" {
			continue
		}
		files, err := pkg.Package.Files()
		if err != nil {
			return false, err
		}
		for i := range files {
			if f := &files[i]; f.Path == "/"+usrSbin && f.IsSymlink() {
				return path.Base(f.LinkTo) == "bin", nil
			}
		}
	}
	return false, nil
}

// mergeSbin is where a path is in a system with merged usr/sbin.
func mergeSbin(p string) string {
	if rest, ok := strings.CutPrefix(p, usrSbin+"/"); ok {
		return usrBin + "/" + rest
	}
	return p
}

// mergeSbinTree moves what a package has in usr/sbin to usr/bin. A link from
// one place to the same name in the other disappears.
func mergeSbinTree(ctx context.Context, t *Tree, tree ostree.Tree) (ostree.Tree, error) {
	part := &Tree{repo: t.repo, tx: t.tx, root: t.tx.MutableTree(tree.Tree, tree.Meta)}
	isDir, err := part.IsDir(ctx, usrSbin)
	if err != nil || !isDir {
		return tree, err
	}
	names, err := part.ReadDir(ctx, usrSbin)
	if err != nil {
		return tree, err
	}
	for _, name := range names {
		from, to := usrSbin+"/"+name, usrBin+"/"+name
		if target, err := part.Readlink(ctx, from); err == nil && isOther(target, name) {
			continue
		}
		if target, err := part.Readlink(ctx, to); err == nil && isOther(target, name) {
			if err := part.Remove(ctx, to); err != nil {
				return tree, err
			}
		}
		if err := part.Rename(ctx, from, to); err != nil {
			return tree, err
		}
	}
	if err := part.Remove(ctx, usrSbin); err != nil {
		return tree, err
	}
	return part.Write(ctx)
}

// isOther tells whether a link leads to the same name in the other directory.
func isOther(target, name string) bool {
	return path.Base(target) == name && strings.Contains(target, "bin/") && target != name
}
