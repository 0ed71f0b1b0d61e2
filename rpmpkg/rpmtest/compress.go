package rpmtest

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

const defaultCompression = "zstd"

type compression struct {
	name  string // in the header; rpm leaves it out for none
	flags string // level, in the header only for information
	open  func(io.Writer) (io.WriteCloser, error)
}

var compressions = map[string]compression{
	"gzip": {"gzip", "9", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) }},
	"zstd": {"zstd", "19", func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // several would need more memory than speed is worth here
	}},
	"xz":   {"xz", "2", func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }},
	"lzma": {"lzma", "2", func(w io.Writer) (io.WriteCloser, error) { return lzma.NewWriter(w) }},
	"none": {"", "", func(w io.Writer) (io.WriteCloser, error) { return nopCloser{w}, nil }},
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func compress(name string, data []byte) ([]byte, error) {
	c, ok := compressions[or(name, defaultCompression)]
	if !ok {
		return nil, fmt.Errorf("compression %q is not known", name)
	}
	var out bytes.Buffer
	w, err := c.open(&out)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
