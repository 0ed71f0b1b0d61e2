package delta

import (
	"io"

	"github.com/ulikunitz/xz"
)

// dictSize is the dictionary of the compressor.
const dictSize = 8 << 20

// writeCompressed writes a part: its compression, then raw in that.
func writeCompressed(w io.Writer, raw []byte) error {
	if _, err := w.Write([]byte{compressionXZ}); err != nil {
		return err
	}
	z, err := xz.WriterConfig{DictCap: dictSize}.NewWriter(w)
	if err != nil {
		return err
	}
	if _, err := z.Write(raw); err != nil {
		return err
	}
	return z.Close()
}
