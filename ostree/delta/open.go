package delta

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"golang.org/x/sys/unix"
)

// Delta is a delta on disk: its superblock, and its parts when they are asked
// for.
type Delta struct {
	Superblock *Superblock
	// Signatures is what a signed delta has beside the superblock, nil if the
	// delta is not signed.
	Signatures *gvariant.Dict
	// SuperblockSize is the length of the superblock, with the parts inside of
	// it, in bytes.
	SuperblockSize int64

	raw []byte // the bytes of the superblock
	dir string // with the parts
}

// maxSuperblock bounds the length of a superblock file. Parts may be inside.
const maxSuperblock = 2 << 30

// Open opens a delta stored in a repository. The error matches fs.ErrNotExist if
// there is none of that name.
func Open(repo *ostree.Repo, n Name) (*Delta, error) {
	d, err := openDir(filepath.Join(repo.Path(), n.Dir()))
	if err == nil && d.Superblock.Name != n {
		err = fmt.Errorf("superblock is that of delta %s", d.Superblock.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("open delta %s: %w", n, err)
	}
	return d, nil
}

// OpenPath opens a delta outside of a repository: a directory with a superblock
// and parts, or a superblock file whose parts are inside of it or beside it.
func OpenPath(path string) (*Delta, error) {
	st, err := os.Stat(path)
	if err == nil && st.IsDir() {
		return openDir(path)
	}
	if err != nil {
		return nil, err
	}
	return openFile(filepath.Dir(path), filepath.Base(path))
}

func openDir(path string) (*Delta, error) { return openFile(path, superblockFile) }

func openFile(dir, name string) (*Delta, error) {
	d, err := dirfd.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	data, err := d.ReadFile(name, maxSuperblock)
	if err != nil {
		return nil, err
	}
	delta, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
	}
	delta.dir = dir
	return delta, nil
}

// Parse decodes a superblock file, signed or not. Parts that are not inside of
// it cannot be found by the result.
func Parse(data []byte) (*Delta, error) {
	d := &Delta{raw: data}
	if isSigned(data) {
		if err := d.unwrap(data); err != nil {
			return nil, fmt.Errorf("parse signed delta: %w", err)
		}
	}
	var err error
	if d.Superblock, err = ParseSuperblock(d.raw); err != nil {
		return nil, err
	}
	d.SuperblockSize = int64(len(d.raw))
	return d, nil
}

// A signed delta is a tuple of a magic number, the superblock and a dictionary
// of signatures.
const (
	signedType  = "(taya{sv})"
	signedMagic = "OSTSGNDT"
)

func isSigned(data []byte) bool {
	return len(data) >= len(signedMagic) && string(data[:len(signedMagic)]) == signedMagic
}

func (d *Delta) unwrap(data []byte) error {
	v, err := gvariant.Decode(signedType, data)
	if err != nil {
		return err
	}
	d.raw = v.Index(1).RawBytes()
	d.Signatures, err = gvariant.DictFromValue(v.Index(2))
	return err
}

// Sign wraps a superblock file together with signatures of its bytes: lists of
// type aay under keys such as ostree.sign.ed25519.
func Sign(superblock []byte, signatures *gvariant.Dict) ([]byte, error) {
	magic := binary.LittleEndian.Uint64([]byte(signedMagic))
	v := gvariant.NewTuple(gvariant.NewUint64(magic), gvariant.NewBytes(superblock), signatures.Value())
	if !v.IsValid() {
		return nil, errors.New("sign delta: invalid signatures")
	}
	return v.Bytes(), nil
}

// Bytes returns the bytes of the superblock, which are what a signature is made
// of. The caller must not change them.
func (d *Delta) Bytes() []byte { return d.raw }

// Inline reports whether part i is inside the superblock.
func (d *Delta) Inline(i int) bool {
	_, _, ok := d.Superblock.inlinePart(i)
	return ok
}

// openPart opens the file of a part.
func (d *Delta) openPart(i int) (*os.File, error) {
	if d.dir == "" {
		return nil, errors.New("is not inside the superblock")
	}
	dir, err := dirfd.Open(d.dir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	f, err := dir.OpenFile(strconv.Itoa(i), unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", f.Name())
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Verify checks the signature of the delta.
func (d *Delta) Verify(ctx context.Context, v Verifier) error {
	return v.VerifyDelta(ctx, d.raw, d.Signatures)
}
