package etcmerge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// Diff lists what changed from the directory orig to mod, in path order. Of a
// removed directory only the top is listed, of an added one everything.
func Diff(ctx context.Context, orig, mod string) ([]Change, error) {
	d, err := openDiffer(ctx, orig, mod)
	if err != nil {
		return nil, fmt.Errorf("compare %s: %w", mod, err)
	}
	defer d.close()
	if err := d.diff(); err != nil {
		return nil, fmt.Errorf("compare %s: %w", mod, err)
	}
	return d.changes, nil
}

// sameContent compares two regular files of equal size.
type sameContent func(path string) (bool, error)

type differ struct {
	ctx               context.Context
	origDir, modDir   *dirfd.Dir
	origRoot, modRoot *node
	same              sameContent
	changes           []Change
}

func openDiffer(ctx context.Context, orig, mod string) (*differ, error) {
	d := &differ{ctx: ctx}
	d.same = d.sameFile
	var err error
	if d.origDir, err = dirfd.Open(orig); err != nil {
		return nil, err
	}
	if d.modDir, err = dirfd.Open(mod); err == nil {
		d.origRoot, err = scan(ctx, d.origDir)
	}
	if err == nil {
		d.modRoot, err = scan(ctx, d.modDir)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *differ) close() {
	d.origDir.Close()
	if d.modDir != nil {
		d.modDir.Close()
	}
}

func (d *differ) diff() error {
	if !d.origRoot.sameAttr(d.modRoot) {
		d.add(Modified, ".")
	}
	return d.dirs("", d.origRoot, d.modRoot)
}

func (d *differ) add(k Kind, path string) { d.changes = append(d.changes, Change{k, path}) }

// dirs merges two sorted lists of names.
func (d *differ) dirs(prefix string, orig, mod *node) error {
	i, j := 0, 0
	for i < len(orig.kids) || j < len(mod.kids) {
		switch {
		case j == len(mod.kids) || i < len(orig.kids) && orig.kids[i].name < mod.kids[j].name:
			d.add(Removed, prefix+orig.kids[i].name)
			i++
		case i == len(orig.kids) || mod.kids[j].name < orig.kids[i].name:
			d.added(prefix, mod.kids[j])
			j++
		default:
			if err := d.entry(prefix+mod.kids[j].name, orig.kids[i], mod.kids[j]); err != nil {
				return err
			}
			i, j = i+1, j+1
		}
	}
	return nil
}

func (d *differ) added(prefix string, n *node) {
	d.add(Added, prefix+n.name)
	for _, k := range n.kids {
		d.added(prefix+n.name+"/", k)
	}
}

func (d *differ) entry(path string, orig, mod *node) error {
	if orig.isDir() && mod.isDir() {
		if !orig.sameAttr(mod) {
			d.add(Modified, path)
		}
		return d.dirs(path+"/", orig, mod)
	}
	same := orig.sameAttr(mod) && orig.target == mod.target
	if same && mod.mode&unix.S_IFMT == unix.S_IFREG {
		same = orig.size == mod.size
		if same {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			var err error
			same, err = d.same(path)
			if errors.Is(err, fs.ErrNotExist) { // vanished since the scan
				d.add(Removed, path)
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
	if !same {
		d.add(Modified, path)
	}
	return nil
}

func (d *differ) sameFile(path string) (bool, error) {
	a, err := d.origDir.OpenFile(path, unix.O_RDONLY, 0)
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := d.modDir.OpenFile(path, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer b.Close()
	return equalFiles(a, b)
}

func equalFiles(a, b *os.File) (bool, error) {
	bufA, bufB := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if n != m || !bytes.Equal(bufA[:n], bufB[:m]) {
			return false, nil
		}
		for _, err := range []error{errA, errB} {
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				return false, err
			}
		}
		if errA != nil || errB != nil {
			return true, nil
		}
	}
}
