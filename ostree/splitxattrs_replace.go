package ostree

import (
	"bytes"
	"context"

	"example.com/rpmostree/internal/atomicfs"
)

// replaceSplitXattrs stores the attributes of a file that is damaged, anew: it may be they that are. Other files that
// have lost the same ones are damaged as well, and get their links back one by one.
func (t *Tx) replaceSplitXattrs(ctx context.Context, attrs, link ObjectName, data []byte) error {
	old, err := t.repo.objects.ReadFile(attrs.LoosePath(t.repo.mode), int64(len(data)))
	if err == nil && bytes.Equal(old, data) {
		to, err := t.target.sub(ctx, link.Checksum[0])
		if err != nil {
			return err
		}
		err = atomicfs.Link(ctx, t.repo.objects, attrs.LoosePath(t.repo.mode), to, link.looseName(t.repo.mode))
		if err == nil {
			return nil
		}
	} else {
		// Nobody knows how good the leftover of another transaction is.
		if err := ignoreNotExist(atomicfs.Remove(ctx, t.staging.dir, attrs.LoosePath(t.repo.mode))); err != nil {
			return err
		}
		if _, err := t.storePlain(ctx, attrs, data); err != nil {
			return err
		}
	}
	_, err = t.storePlain(ctx, link, data) // as good as a link
	return err
}
