package rpmpkg

import (
	"context"
	"errors"
	"io"
	"iter"
)

// PayloadFile is one file of the payload.
type PayloadFile struct {
	FileInfo
	// Reader gives the content of a regular file, exactly FileInfo.Size bytes. It
	// is valid until the next step of the iteration; what is not read of it is
	// skipped. It is nil for everything else and for hard links.
	Reader io.Reader
	// HardlinkTo is the path of a file that was yielded before and that this one is
	// a hard link to.
	HardlinkTo string
}

// Payload iterates over the files of the payload.
func (p *Package) Payload(ctx context.Context) iter.Seq2[*PayloadFile, error] {
	return func(yield func(*PayloadFile, error) bool) {
		yield(nil, errors.ErrUnsupported)
	}
}
