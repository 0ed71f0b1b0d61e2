package delta

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"example.com/rpmostree/internal/xzenc"
	"github.com/mikelolasagasti/xz"
)

const (
	// dictSize finds repetitions within half of a part of the default size.
	dictSize = 16 << 20
	// largePart is the length of a part from which on a single file fills it and
	// the memory; most of it is then differences that are 0.
	largePart = 40 << 20
)

// writeCompressed writes a part: its compression, then raw in that.
func writeCompressed(w io.Writer, e *xzenc.Encoder, raw []byte) error {
	if _, err := w.Write([]byte{compressionXZ}); err != nil {
		return err
	}
	e.DictSize = dictSize
	if len(raw) > largePart {
		e.DictSize = xzenc.DefaultDictSize
	}
	return e.Encode(w, raw)
}

// checkCompressed reads what has been written back: a part that nobody can
// unpack would stop every client.
func checkCompressed(r io.Reader, raw []byte) error {
	if _, err := io.CopyN(io.Discard, r, 1); err != nil {
		return err
	}
	z, err := xz.NewReader(r, maxDict)
	if err != nil {
		return err
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := z.Read(buf)
		if n > len(raw) || !bytes.Equal(buf[:n], raw[:n]) {
			return errors.New("compressed data does not give back what was compressed")
		}
		raw = raw[n:]
		if err == io.EOF && len(raw) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read back compressed data: %w", err)
		}
	}
}
