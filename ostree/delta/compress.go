package delta

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"example.com/rpmostree/internal/xzdec"
	"example.com/rpmostree/internal/xzenc"
)

// blockSize is how much of a part is compressed on its own, so that two encoders
// can share a part. That costs less than 1 %.
const blockSize = 16 << 20

// dictSize finds repetitions anywhere in a block.
const dictSize = blockSize

// writeCompressed writes a part: its compression, then raw in that. The result
// does not depend on the other encoders.
func writeCompressed(w io.Writer, e *xzenc.Encoder, raw []byte, others ...*xzenc.Encoder) error {
	if _, err := w.Write([]byte{compressionXZ}); err != nil {
		return err
	}
	for _, x := range append(others, e) {
		x.DictSize, x.Thorough = dictSize, e.Thorough
	}
	return e.EncodeBlocks(w, raw, blockSize, others...)
}

// checkCompressed reads what has been written back: a part that nobody can
// unpack would stop every client.
func checkCompressed(r io.Reader, raw []byte) error {
	if _, err := io.CopyN(io.Discard, r, 1); err != nil {
		return err
	}
	z, err := xzdec.NewReader(r, nil)
	if err != nil {
		return err
	}
	c := &comparison{raw}
	_, err = z.WriteTo(c)
	if err == nil && len(c.rest) > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("read back compressed data: %w", err)
	}
	return nil
}

// comparison accepts what it expects.
type comparison struct{ rest []byte }

func (c *comparison) Write(b []byte) (int, error) {
	if !bytes.HasPrefix(c.rest, b) {
		return 0, errors.New("is not what was compressed")
	}
	c.rest = c.rest[len(b):]
	return len(b), nil
}
