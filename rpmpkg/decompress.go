package rpmpkg

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/ulikunitz/xz/lzma"
)

// maxWindow bounds the memory that a payload can make a decompressor use for its
// dictionary: the largest that the compressors take without special options.
const maxWindow = 128 << 20

// decompressors lists the compressors that rpm can use, by the name in the header.
var decompressors = []struct {
	name  string
	magic string
	open  func(io.Reader) (io.ReadCloser, error)
}{
	{"gzip", "\x1f\x8b", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
	{"bzip2", "BZh", func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }},
	{"xz", "\xfd7zXZ\x00", openXZ},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	// The format has no magic; this is how the usual settings start.
	{"lzma", "\x5d\x00\x00", openLZMA},
	{"none", "07070", func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(r), nil }},
}

func openXZ(r io.Reader) (io.ReadCloser, error) {
	x, err := xz.NewReader(r, maxWindow)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(x), nil
}

func openZstd(r io.Reader) (io.ReadCloser, error) {
	// One package is decoded by one goroutine: callers read packages in parallel.
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

func openLZMA(r io.Reader) (io.ReadCloser, error) {
	l, err := lzma.ReaderConfig{DictCap: maxWindow}.NewReader(r)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(l), nil
}

// decompress opens the payload in r. The header's name of the compressor counts;
// packages without one are recognised by how the payload starts.
func decompress(r *bufio.Reader, compressor string) (io.ReadCloser, error) {
	if compressor == "" {
		compressor = sniff(r)
	}
	for _, d := range decompressors {
		if d.name != compressor {
			continue
		}
		rc, err := d.open(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", compressor, err)
		}
		return rc, nil
	}
	return nil, fmt.Errorf("compressor %q is not supported", compressor)
}

func sniff(r *bufio.Reader) string {
	const longest = 6
	front, _ := r.Peek(longest) // a short payload matches less
	for _, d := range decompressors {
		if bytes.HasPrefix(front, []byte(d.magic)) {
			return d.name
		}
	}
	return "of unknown kind"
}
