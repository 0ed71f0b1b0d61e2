// Package xzenc compresses to the xz format, nearly as small as the xz command.
//
// [Encoder.Encode] is the function to use: it compresses a whole input, which it
// needs in memory (or mapped), and writes one stream of one block with a CRC64.
//
// It looks for the cheapest way to code some thousand bytes at a time, by
// dynamic programming over the estimated number of bits of every literal, match
// and repeated match that a binary tree of earlier strings offers.
//
// It exists because static deltas are compared by their size: the parts that the
// encoder of github.com/ulikunitz/xz wrote were 23 % larger than those of liblzma
// at its preset 8, those of this package are at most 4 % larger.
//
// Formats: "The .xz File Format" 1.0.4 (tukaani.org/xz/xz-file-format.txt) and
// the LZMA specification (7-zip.org/sdk.html); LZMA2 as in the former's filter
// 0x21.
package xzenc

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"hash/crc64"
	"io"
	"math/bits"
)

// DefaultDictSize is the distance up to which repetitions are found, in bytes.
const DefaultDictSize = 8 << 20

// An Encoder compresses inputs one after the other. It keeps its tables, about
// ten times the dictionary size for inputs that are larger than that, for the
// next one; they are outside of the heap, so it has to be closed. The zero value
// is ready; it is not safe for concurrent use.
type Encoder struct {
	// DictSize is the size of the dictionary; <= 0 means DefaultDictSize. It is
	// rounded up to what the format can express.
	DictSize int
	// Thorough looks for longer matches: up to a tenth smaller for data that
	// consists of nearly the same bytes, such as binary patches, in 1.5 times the
	// time.
	Thorough bool

	lz     *encoder
	finder finder
}

// Encode writes data to w as an xz stream. The same input gives the same output.
func (e *Encoder) Encode(w io.Writer, data []byte) error {
	size := e.DictSize
	if size <= 0 {
		size = DefaultDictSize
	}
	code, dict := dictCode(size)
	if e.lz == nil {
		e.lz = newEncoder()
	}
	out := &counter{w: w}
	if err := writeHeaders(out, code); err != nil {
		return err
	}
	start := out.n
	e.finder.niceLen, e.finder.depth = 32, 32
	if e.Thorough {
		e.finder.niceLen, e.finder.depth = 64, 48
	}
	if err := e.finder.start(data, dict); err != nil {
		return err
	}
	if err := e.lz.encode(out, data, &e.finder); err != nil {
		return err
	}
	return writeEnd(out, data, out.n-start)
}

// Close gives the memory of the tables back. The encoder can be used again.
func (e *Encoder) Close() error {
	e.lz = nil
	return errors.Join(e.finder.hash4.free(), e.finder.sons.free())
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// dictCode is the smallest dictionary of the form 2^n or 3*2^(n-1) that is not
// below size, and how the format writes it.
func dictCode(size int) (code byte, dict int) {
	for code = 0; ; code++ {
		dict = (2 | int(code&1)) << (code/2 + 11)
		if dict >= size || code == 36 { // 1 GiB
			return code, dict
		}
	}
}

const (
	checkCRC64   = 4
	checkSize    = 8
	blockHeader  = 12
	filterLZMA2  = 0x21
	streamMagic  = "\xfd7zXZ\x00"
	streamFooter = "YZ"
)

func writeHeaders(w io.Writer, dict byte) error {
	b := append([]byte(streamMagic), 0, checkCRC64)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(streamMagic):]))
	// One filter with one byte of properties, padded; the first byte is the
	// length of the header in units of four, less one.
	block := []byte{blockHeader/4 - 1, 0, filterLZMA2, 1, dict, 0, 0, 0}
	b = append(b, block...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(block))
	_, err := w.Write(b)
	return err
}

// writeEnd writes what follows the compressed data: padding, check, index and
// footer.
func writeEnd(w io.Writer, data []byte, packed int) error {
	b := make([]byte, pad(packed))
	b = binary.LittleEndian.AppendUint64(b, crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)))
	index := []byte{0, 1}
	index = binary.AppendUvarint(index, uint64(blockHeader+packed+checkSize))
	index = binary.AppendUvarint(index, uint64(len(data)))
	index = append(index, make([]byte, pad(len(index)))...)
	index = binary.LittleEndian.AppendUint32(index, crc32.ChecksumIEEE(index))
	b = append(b, index...)
	footer := binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1))
	footer = append(footer, 0, checkCRC64)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(footer))
	b = append(append(b, footer...), streamFooter...)
	_, err := w.Write(b)
	return err
}

// pad is how many bytes are missing to a multiple of four.
func pad(n int) int { return -n & 3 }

// log2 is the position of the highest bit of v, which is not 0.
func log2(v uint32) int { return bits.Len32(v) - 1 }
