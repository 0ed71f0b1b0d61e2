package delta

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"example.com/rpmostree/internal/xzdec"
	"example.com/rpmostree/internal/xzenc"
	"golang.org/x/sys/unix"
)

// blockSize is how much of a part is compressed on its own, so that two encoders
// can share a part. That costs less than 1 %.
const blockSize = 16 << 20

// dictSize finds repetitions anywhere in a block.
const dictSize = blockSize

// writeCompressed writes a part: its compression, then raw in that. The result
// does not depend on the other encoders, which take over the options of e.
func writeCompressed(w io.Writer, e *xzenc.Encoder, raw []byte, others ...*xzenc.Encoder) error {
	if _, err := w.Write([]byte{compressionXZ}); err != nil {
		return err
	}
	for _, x := range append(others, e) {
		x.DictSize, x.Thorough, x.Done = dictSize, e.Thorough, e.Done
	}
	return e.EncodeBlocks(w, raw, blockSize, others...)
}

// letGo frees the memory of a piece of a mapped file that nobody has changed. Who
// needs it gets it back from the file. An error would mean that it stays.
func letGo(mapped []byte) {
	if len(mapped) > 0 {
		_ = unix.Madvise(mapped, unix.MADV_DONTNEED)
	}
}

// checkCompressed reads what has been written back: a part that nobody can
// unpack would stop every client. It is compared with raw, a mapped file.
func checkCompressed(r io.Reader, raw []byte) error {
	if _, err := io.CopyN(io.Discard, r, 1); err != nil {
		return err
	}
	z, err := xzdec.NewReader(r, nil)
	if err != nil {
		return err
	}
	c := &comparison{raw: raw}
	_, err = z.WriteTo(c)
	if err == nil && c.at < len(raw) {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("read back compressed data: %w", err)
	}
	return nil
}

// comparison accepts what it expects.
type comparison struct {
	raw   []byte
	at    int
	freed int // up to where
}

// freeFrom is how much is worth to be let go.
const freeFrom = 4 << 20

func (c *comparison) Write(b []byte) (int, error) {
	if !bytes.HasPrefix(c.raw[c.at:], b) {
		return 0, errors.New("is not what was compressed")
	}
	if c.at += len(b); c.at-c.freed >= freeFrom {
		end := c.freed + (c.at-c.freed)/freeFrom*freeFrom // a multiple of pages
		letGo(c.raw[c.freed:end])
		c.freed = end
	}
	return len(b), nil
}
