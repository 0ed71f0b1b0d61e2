package delta

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sys/unix"
)

// List returns the names of the deltas in a repository in the order of their
// directories.
func List(repo *ostree.Repo) ([]Name, error) {
	root, err := dirfd.Open(repo.Path())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var out []Name
	err = walkTwo(root, deltasDir, func(rest string, typ uint8) {
		if n, err := parseDir(rest); err == nil && typ == unix.DT_DIR {
			out = append(out, n)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list deltas: %w", err)
	}
	// A directory without a superblock is no delta.
	return slices.DeleteFunc(out, func(n Name) bool {
		ok, err := root.Exists(n.Dir() + "/" + superblockFile)
		return err == nil && !ok
	}), nil
}

// walkTwo calls f for each XX/REST below dir, joined.
func walkTwo(root *dirfd.Dir, dir string, f func(name string, typ uint8)) error {
	dirs, err := root.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range dirs {
		if d.Type != unix.DT_DIR || len(d.Name) != 2 {
			continue
		}
		entries, err := root.ReadDir(dir + "/" + d.Name)
		if err != nil {
			return err
		}
		for _, e := range entries {
			f(d.Name+e.Name, e.Type)
		}
	}
	return nil
}

// Delete removes a delta from a repository. It is gone at once, and its index is
// made anew if there is one. The error matches fs.ErrNotExist if there is no such
// delta.
func Delete(ctx context.Context, repo *ostree.Repo, n Name) error {
	if err := remove(ctx, repo, n); err != nil {
		return fmt.Errorf("delete delta %s: %w", n, err)
	}
	if names, err := Indexes(repo); err != nil || !slices.Contains(names, n.To) {
		return err
	}
	return Reindex(ctx, repo, n.To)
}

func remove(ctx context.Context, repo *ostree.Repo, n Name) (err error) {
	root, err := dirfd.Open(repo.Path())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if _, err := root.Lstat(n.Dir()); err != nil {
		return err
	}
	// Without its superblock it does not exist, and what is left of an
	// interrupted call can be deleted again.
	err = atomicfs.Remove(ctx, root, n.Dir()+"/"+superblockFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return atomicfs.RemoveAll(ctx, root, n.Dir())
}

// keyStaticDeltas has the deltas of a summary or an index: names to SHA-256 of
// the superblocks.
const keyStaticDeltas = "ostree.static-deltas"

// ParseIndex decodes an index file.
func ParseIndex(data []byte) (map[Name]ostree.Checksum, error) {
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return nil, fmt.Errorf("parse delta index: %w", err)
	}
	list, ok := v.Lookup(keyStaticDeltas)
	if !ok {
		return nil, nil
	}
	if list.Type() != "a{sv}" {
		return nil, fmt.Errorf("parse delta index: deltas of type %s", list.Type())
	}
	out := map[Name]ostree.Checksum{}
	for _, e := range list.All() {
		n, err := ParseName(e.Index(0).Str())
		if err != nil {
			return nil, fmt.Errorf("parse delta index: %w", err)
		}
		sum, err := ostree.ChecksumFromBytes(e.Index(1).Variant().RawBytes())
		if err != nil {
			return nil, fmt.Errorf("parse delta index: %s: %w", n, err)
		}
		out[n] = sum
	}
	return out, nil
}

// Indexes returns the commits that have an index of deltas.
func Indexes(repo *ostree.Repo) ([]ostree.Checksum, error) {
	root, err := dirfd.Open(repo.Path())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var out []ostree.Checksum
	err = walkTwo(root, indexesDir, func(name string, typ uint8) {
		base, ok := strings.CutSuffix(name, indexSuffix)
		if c, err := decodeChecksum(base); ok && err == nil && typ == unix.DT_REG {
			out = append(out, c)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list delta indexes: %w", err)
	}
	return out, nil
}

// Reindex is [ostree.Repo.ReindexDeltas].
func Reindex(ctx context.Context, repo *ostree.Repo, to ...ostree.Checksum) error {
	return repo.ReindexDeltas(ctx, to...)
}
