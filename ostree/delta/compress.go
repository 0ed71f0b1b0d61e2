package delta

import (
	"io"

	"example.com/rpmostree/internal/xzenc"
)

// writeCompressed writes a part: its compression, then raw in that.
func writeCompressed(w io.Writer, e *xzenc.Encoder, raw []byte) error {
	if _, err := w.Write([]byte{compressionXZ}); err != nil {
		return err
	}
	return e.Encode(w, raw)
}
