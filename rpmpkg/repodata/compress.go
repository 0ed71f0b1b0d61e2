package repodata

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	xzread "github.com/mikelolasagasti/xz"
	xzwrite "github.com/ulikunitz/xz"
)

// Compression names how a metadata file is stored. Its value is the file name suffix without the dot.
type Compression string

// The compressions of rpm-md files. BZ2 can be read, not written.
const (
	None Compression = ""
	Gzip Compression = "gz"
	XZ   Compression = "xz"
	Zstd Compression = "zst"
	BZ2  Compression = "bz2"
)

// maxWindow bounds the memory that a compressed stream may ask for: zstd -19 --long uses 128 MiB at most.
const maxWindow = 128 << 20

var magics = []struct {
	bytes string
	c     Compression
}{
	{"\x1f\x8b", Gzip},
	{"\xfd7zXZ\x00", XZ},
	{"\x28\xb5\x2f\xfd", Zstd},
	{"BZh", BZ2},
}

// Detect gives the compression that the first bytes of a file show. Six bytes are enough.
func Detect(head []byte) Compression {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return m.c
		}
	}
	return None
}

// NewReader decompresses r, whose compression is found by its first bytes. Decompression runs ahead of the reader in a
// goroutine, so Close, which ends it, must be called; it does not close r, but r is not used any more after it.
func NewReader(r io.Reader) (io.ReadCloser, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch c := Detect(head); c {
	case Gzip:
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, err
		}
		return newReadAhead(z), nil
	case XZ:
		x, err := xzread.NewReader(br, maxWindow)
		if err != nil {
			return nil, err
		}
		return newReadAhead(x), nil
	case Zstd:
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case BZ2:
		return newReadAhead(bzip2.NewReader(br)), nil
	default:
		return io.NopCloser(br), nil
	}
}

type nopWriteCloser struct{ io.Writer }

func (nopWriteCloser) Close() error { return nil }

// NewWriter compresses what is written to it into w. Close completes the stream; it does not close w.
// Equal input gives equal output: there is no time stamp in it.
func NewWriter(w io.Writer, c Compression) (io.WriteCloser, error) {
	switch c {
	case None:
		return nopWriteCloser{w}, nil
	case Gzip:
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	case XZ:
		return xzwrite.NewWriter(w)
	case Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1))
	}
	return nil, fmt.Errorf("compress: writing %q is not supported: use gz, xz, zst or none", string(c))
}
