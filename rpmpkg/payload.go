package rpmpkg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"example.com/rpmostree/rpmpkg/cpio"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// PayloadFile is one file of the payload.
type PayloadFile struct {
	FileInfo
	// Reader gives the content of a regular file, exactly FileInfo.Size bytes. It
	// is valid until the next step of the iteration, which skips what was not
	// read. It is nil for everything else and for hard links.
	Reader io.Reader
	// HardlinkTo is the path of a regular file that was yielded before and that
	// this one is a hard link of.
	HardlinkTo string
}

// Payload iterates over the files of the payload, in archive order, which is the
// order of the header but for hard links. Ghosts, which have no content, are not
// among them.
//
// Of a set of hard links the one that carries the content comes first, with a
// Reader; the others follow it, directly or later, with HardlinkTo set to its path.
//
// The archive is believed nothing but content: names, types and sizes must agree
// with the header, every file must be there once, and what is yielded is the
// header's metadata. The digest of the payload is known only at its end: an
// iteration that was not an error to its last step is what makes the content
// authentic, so keep nothing of one that was stopped early or that failed. Without
// a digest of the whole payload (old packages) each file is checked against its own.
//
// Memory is bounded by the header and the compressor's window, not by the content.
func (p *Package) Payload(ctx context.Context) iter.Seq2[*PayloadFile, error] {
	return func(yield func(*PayloadFile, error) bool) {
		stopped := false
		err := p.walk(ctx, func(f *PayloadFile) bool {
			stopped = !yield(f, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, fmt.Errorf("read payload of %s: %w", p.name, err))
		}
	}
}

// walk calls yield for each file until it returns false.
func (p *Package) walk(ctx context.Context, yield func(*PayloadFile) bool) error {
	files, err := p.Files()
	if err != nil {
		return err
	}
	raw, err := p.openPayload()
	if err != nil {
		return err
	}
	in, err := p.newVerifier(ctx, raw)
	if err != nil {
		return err
	}
	if format := p.Header.Str(rpmtag.PayloadFormat); format != "" && format != "cpio" {
		return fmt.Errorf("format %q is not supported", format)
	}
	plain, err := decompress(bufio.NewReaderSize(in, 64<<10), p.Header.Str(rpmtag.PayloadCompressor))
	if err != nil {
		return err
	}
	defer plain.Close()
	j, err := newJoiner(files)
	if err != nil {
		return err
	}
	j.yield = yield
	if in.perFile {
		j.algo = p.Header.FileDigestAlgo()
	}
	j.archive = cpio.NewReader(in.tapPlain(plain), &cpio.Options{SizeOf: j.sizeOf})
	if stopped, err := j.run(); stopped || err != nil {
		return err
	}
	return in.finish()
}

// openPayload returns a reader of the compressed payload.
func (p *Package) openPayload() (io.Reader, error) {
	if p.at != nil {
		return io.NewSectionReader(p.at, p.payloadStart, p.size-p.payloadStart), nil
	}
	if p.stream == nil {
		return nil, errors.New("the stream was read already")
	}
	r := p.stream
	p.stream = nil
	return r, nil
}
