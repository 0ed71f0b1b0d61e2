package delta

import (
	"context"
	"errors"
	"fmt"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// PartDetails describes what is inside of a part.
type PartDetails struct {
	Modes, Xattrs int   // sizes of the tables
	Blob, Ops     int   // lengths in bytes
	Splice        int   // number of operations of each kind
	Open          int   //
	Write         int   //
	SetSource     int   //
	UnsetSource   int   //
	Close         int   //
	Patch         int   //
	Content       int64 // bytes of files made in pieces
}

// Inspect decodes a part and counts its operations. repo holds temporary files.
func (d *Delta) Inspect(ctx context.Context, repo *ostree.Repo, i int) (*PartDetails, error) {
	p, err := d.readPart(ctx, repo, i)
	if err != nil {
		return nil, fmt.Errorf("delta %s: part %d: %w", d.Superblock.Name, i, err)
	}
	out := &PartDetails{Modes: len(p.modes), Xattrs: p.value.Index(1).Len(), Blob: len(p.blob), Ops: len(p.ops)}
	err = out.count(p, d.Superblock.Parts[i].Objects)
	if err = errors.Join(err, p.free()); err != nil {
		return nil, fmt.Errorf("delta %s: part %d: %w", d.Superblock.Name, i, err)
	}
	return out, nil
}

func (d *Delta) readPart(ctx context.Context, repo *ostree.Repo, i int) (*payload, error) {
	tmp, err := openTmp(repo)
	if err != nil {
		return nil, err
	}
	defer tmp.Close()
	return d.decode(ctx, &d.Superblock.Parts[i], i, tmp, limits{size: defaultMaxPart})
}

// decode reads part i from the superblock or its file.
func (d *Delta) decode(ctx context.Context, p *Part, i int, tmp *dirfd.Dir, limits limits) (*payload, error) {
	if r, _, ok := d.Superblock.inlinePart(i); ok {
		return p.readInline(ctx, r, tmp, limits)
	}
	f, err := d.openPart(i)
	if err != nil {
		return nil, err
	}
	out, err := p.readPayload(ctx, f, tmp, limits)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = errors.Join(cerr, out.free())
	}
	return out, err
}

// count checks the program, then counts its operations: also those between
// objects, such as a source that is set before its file is begun.
func (s *PartDetails) count(p *payload, objects []ostree.ObjectName) error {
	err := p.jobs(objects, func(j job) error {
		if j.pieces {
			s.Content += j.size
		}
		return nil
	})
	if err != nil {
		return err
	}
	c := cursor{ops: p.ops}
	for made := 0; c.pos < len(c.ops); {
		o, err := c.next(made < len(objects) && objects[made].Type == ostree.TypeFile)
		if err != nil {
			return err
		}
		if o.code == opSplice || o.code == opClose {
			made++
		}
		s.add(o.code)
	}
	return nil
}

func (s *PartDetails) add(code byte) {
	switch code {
	case opSplice:
		s.Splice++
	case opOpen:
		s.Open++
	case opWrite:
		s.Write++
	case opSetSource:
		s.SetSource++
	case opUnsetSource:
		s.UnsetSource++
	case opClose:
		s.Close++
	case opPatch:
		s.Patch++
	}
}
