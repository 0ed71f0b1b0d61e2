package xzdec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
)

// tally counts and hashes what is read.
type tally struct {
	z   *Reader
	n   int64
	crc hash.Hash32
}

// ReadByte implements io.ByteReader.
func (t *tally) ReadByte() (byte, error) {
	var b [1]byte
	err := t.z.full(b[:])
	t.n++
	t.crc.Write(b[:])
	return b[0], err
}

// end reads the index, whose first byte has been read, and the footer. It returns
// io.EOF if all is well.
func (z *Reader) end() error {
	t := &tally{z: z, n: 1, crc: crc32.NewIEEE()}
	t.crc.Write([]byte{0})
	if err := z.readIndex(t); err != nil {
		return err
	}
	for t.n%4 != 0 {
		if b, err := t.ReadByte(); err != nil || b != 0 {
			return errors.Join(err, corrupt("padding of the index"))
		}
	}
	want := t.crc.Sum32()
	var sum [4]byte
	if err := z.full(sum[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(sum[:]) != want {
		return corrupt("index has a wrong checksum")
	}
	if err := z.readFooter(t.n + 4); err != nil {
		return err
	}
	if _, err := z.src.ReadByte(); err != io.EOF {
		if err == nil {
			err = corrupt("bytes after the end of the compressed stream")
		}
		return err
	}
	return io.EOF
}

// readIndex compares the index with the blocks.
func (z *Reader) readIndex(t *tally) error {
	n, err := binary.ReadUvarint(t)
	if err != nil {
		return err
	}
	if n != z.index.blocks {
		return corrupt("index lists %d blocks of %d", n, z.index.blocks)
	}
	listed := index{hash: sha256.New()}
	for range n {
		unpadded, err := binary.ReadUvarint(t)
		if err != nil {
			return err
		}
		unpacked, err := binary.ReadUvarint(t)
		if err != nil {
			return err
		}
		listed.add(unpadded, unpacked)
	}
	if !bytes.Equal(listed.hash.Sum(nil), z.index.hash.Sum(nil)) {
		return corrupt("index lists other sizes than the blocks have")
	}
	return nil
}

func (z *Reader) readFooter(indexSize int64) error {
	var b [12]byte
	if err := z.full(b[:]); err != nil {
		return err
	}
	switch {
	case crc32.ChecksumIEEE(b[4:10]) != binary.LittleEndian.Uint32(b[:]):
		return corrupt("footer has a wrong checksum")
	case (int64(binary.LittleEndian.Uint32(b[4:]))+1)*4 != indexSize:
		return corrupt("footer has another size of the index")
	case [2]byte(b[8:]) != z.flags || string(b[10:]) != streamFooter:
		return corrupt("footer")
	}
	return nil
}
