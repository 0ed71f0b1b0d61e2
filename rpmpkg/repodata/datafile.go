package repodata

import (
	"context"
	"errors"
	"hash"
	"io"
	"os"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/internal/atomicfs"
)

// dataFile is a metadata file being written: what goes in is hashed, compressed and hashed again.
type dataFile struct {
	c           *creator
	typ, name   string // name without checksum
	f           *os.File
	packer      io.WriteCloser
	open, outer counter
}

// counter hashes and counts what is written to it.
type counter struct {
	hash.Hash
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.Hash.Write(p)
}

// newFile starts the file of a data type in the new directory.
func (c *creator) newFile(typ, name string, compression Compression) (*dataFile, error) {
	d := &dataFile{c: c, typ: typ, name: name}
	for _, h := range []*counter{&d.open, &d.outer} {
		sha, err := NewHash(digest.SHA256)
		if err != nil {
			return nil, err
		}
		h.Hash = sha
	}
	if compression != None {
		d.name += "." + string(compression)
	}
	f, err := c.root.OpenFile(c.temp+"/"+d.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	d.f = f
	if d.packer, err = NewWriter(io.MultiWriter(f, &d.outer), compression); err != nil {
		return nil, errors.Join(err, d.abort())
	}
	return d, nil
}

func (d *dataFile) Write(p []byte) (int, error) {
	if _, err := d.open.Write(p); err != nil {
		return 0, err
	}
	return d.packer.Write(p)
}

// abort closes the file of an unfinished dataFile; the file itself goes with its directory.
func (d *dataFile) abort() error {
	if d.f == nil {
		return nil
	}
	err := d.f.Close()
	d.f = nil
	return err
}

// finish completes the file and gives it its final name, which begins with the checksum.
func (d *dataFile) finish(ctx context.Context) (Data, error) {
	if err := errors.Join(d.packer.Close(), atomicfs.SyncFile(ctx, d.f), d.abort()); err != nil {
		return Data{}, err
	}
	sum := digestOf(digest.SHA256, d.outer.Hash)
	name := sum.Encoded() + "-" + d.name
	if err := atomicfs.Rename(ctx, d.c.root, d.c.temp+"/"+d.name, d.c.root, d.c.temp+"/"+name); err != nil {
		return Data{}, err
	}
	return Data{Type: d.typ, Location: repodataDir + "/" + name, Checksum: sum, OpenChecksum: digestOf(digest.SHA256, d.open.Hash),
		Timestamp: d.c.Time.UTC().Truncate(1e9), Size: d.outer.n, OpenSize: d.open.n}, nil
}
