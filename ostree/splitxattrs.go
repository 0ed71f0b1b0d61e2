package ostree

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// This file has the objects of bare-split-xattrs mode. A file object there has the owner and mode of its header, as in
// bare mode, but no attributes. They are the a(ayay) of the object XATTRS.file-xattrs, whose name is the SHA-256 of
// its bytes. FILE.file-xattrs-link is a hard link to it, so that readers need not know its name.

// splitWriteVar makes the other implementation write to such a repository, but only the file objects, which leaves
// commits that do not pass fsck. Its test suite relies on that.
const splitWriteVar = "OSTREE_EXP_WRITE_BARE_SPLIT_XATTRS"

// splitWriting tells what may be written in bare-split-xattrs mode.
type splitWriting int

const (
	splitRefused  splitWriting = iota
	splitFileOnly              // see splitWriteVar
	splitComplete
)

// splitWriting is what the configuration allows: since other programs take these repositories for read-only, one has
// to ask for it by ex-split-xattrs.write=true.
func (r *Repo) splitWriting() splitWriting {
	switch {
	case r.mode != ModeBareSplitXattrs, r.current().writeSplit:
		return splitComplete
	case os.Getenv(splitWriteVar) != "":
		return splitFileOnly
	}
	return splitRefused
}

// storeSplitXattrs stores the attributes of a file in bare-split-xattrs mode. It runs before the file gets its name:
// a file object without attributes would be damaged.
func (t *Tx) storeSplitXattrs(ctx context.Context, file Checksum, h *FileHeader) error {
	if t.repo.mode != ModeBareSplitXattrs || t.repo.splitWriting() != splitComplete {
		return nil
	}
	data := h.Xattrs.appendTo(nil)
	if t.settings.noXattrs {
		data = nil
	}
	attrs, link := ObjectName{sha256.Sum256(data), TypeFileXattrs}, ObjectName{file, TypeFileXattrsLink}
	if t.replace[ObjectName{file, TypeFile}] {
		return t.replaceSplitXattrs(ctx, attrs, link, data)
	}
	for {
		err := t.linkSplitXattrs(ctx, attrs, link)
		switch {
		case err == nil, errors.Is(err, fs.ErrExist):
			return nil
		case errors.Is(err, unix.EMLINK): // the link is as good as a file of its own
			_, err = t.storePlain(ctx, link, data)
			return err
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if _, err := t.storePlain(ctx, attrs, data); err != nil {
			return err
		}
	}
}

// linkSplitXattrs links the attributes from the repository, or else from the staging directory.
func (t *Tx) linkSplitXattrs(ctx context.Context, attrs, link ObjectName) error {
	to, err := t.target.sub(ctx, link.Checksum[0])
	if err != nil {
		return err
	}
	name := link.looseName(t.repo.mode)
	err = atomicfs.Link(ctx, t.repo.objects, attrs.LoosePath(t.repo.mode), to, name)
	if !errors.Is(err, fs.ErrNotExist) || t.direct {
		return err
	}
	return atomicfs.Link(ctx, t.staging.dir, attrs.LoosePath(t.repo.mode), to, name)
}

// hasSplitXattrs reports whether a file object has its attributes. One without, as the other implementation may have
// left it, counts as missing and is completed when it is written again.
func hasSplitXattrs(d *dirfd.Dir, file Checksum) (bool, error) {
	return d.Exists(ObjectName{file, TypeFileXattrsLink}.LoosePath(ModeBareSplitXattrs))
}

// deleteSplitXattrs removes what only a file object that is gone has used.
func (r *Repo) deleteSplitXattrs(ctx context.Context, file Checksum) error {
	if r.mode != ModeBareSplitXattrs {
		return nil
	}
	link := ObjectName{file, TypeFileXattrsLink}.LoosePath(r.mode)
	return ignoreNotExist(atomicfs.Remove(ctx, r.objects, link))
}
