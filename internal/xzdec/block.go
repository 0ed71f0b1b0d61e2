package xzdec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"golang.org/x/sys/unix"
)

const filterLZMA2 = 0x21

// block counts what a block has, and what its header says about it.
type block struct {
	head               int64
	packed, unpacked   int64
	wantPacked, wanted int64 // -1: the header does not say
}

// index is what the index at the end has to list, in an order that matters.
type index struct {
	blocks uint64
	hash   hash.Hash
}

func (x *index) add(unpadded, unpacked uint64) {
	x.blocks++
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], unpadded)
	binary.LittleEndian.PutUint64(b[8:], unpacked)
	x.hash.Write(b[:])
}

// advance decodes something into the window, or whatever comes before that.
func (z *Reader) advance() error {
	switch {
	case z.block == nil:
		size, err := z.src.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("read block: %w", err)
		}
		if size == 0 {
			return z.end()
		}
		return z.startBlock(size)
	case z.left == 0:
		return z.startChunk()
	}
	limit := z.lz.pos + min(z.left, len(z.lz.buf)-z.lz.pos)
	start := z.lz.pos
	if z.raw {
		if err := z.full(z.lz.buf[start:limit]); err != nil {
			return err
		}
		z.lz.pos = limit
		z.block.packed += int64(limit - start)
	} else if err := z.lz.run(limit); err != nil {
		return corrupt("%v", err)
	}
	z.left -= limit - start
	z.block.unpacked += int64(limit - start)
	if z.left == 0 && !z.raw {
		if err := z.lz.finish(); err != nil {
			return corrupt("%v", err)
		}
	}
	if z.verify && z.check.hash != nil {
		z.check.hash.Write(z.lz.buf[start:limit])
	}
	return nil
}

// startBlock reads a block header.
func (z *Reader) startBlock(size byte) error {
	head := make([]byte, (int(size)+1)*4)
	head[0] = size
	if err := z.full(head[1:]); err != nil {
		return err
	}
	body, sum := head[:len(head)-4], binary.LittleEndian.Uint32(head[len(head)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return corrupt("block header has a wrong checksum")
	}
	dict, b, err := parseBlockHeader(body)
	if err != nil {
		return err
	}
	b.head = int64(len(head))
	if dict > uint64(z.maxDict) {
		return fmt.Errorf("dictionary of %d bytes, more than %d", dict, z.maxDict)
	}
	if z.check.hash != nil {
		z.check.hash.Reset()
	}
	z.block, z.needDict, z.needProps = b, true, true
	return z.window(int(dict))
}

// window makes sure that the window has room for the dictionary.
func (z *Reader) window(dict int) error {
	size := dict + slack
	if len(z.lz.buf) >= size {
		return nil
	}
	if z.lz.buf != nil {
		old := z.lz.buf
		z.lz.buf = nil
		if err := unix.Munmap(old); err != nil {
			return err
		}
	}
	buf, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return fmt.Errorf("allocate %d bytes: %w", size, err)
	}
	_ = unix.Madvise(buf, unix.MADV_HUGEPAGE) // most matches are in another page
	z.lz.buf = buf
	z.from, z.lz.pos, z.lz.wrapped = 0, 0, false // all has been read
	return nil
}

func parseBlockHeader(h []byte) (dict uint64, b *block, err error) {
	const hasPacked, hasUnpacked, reserved, filters = 0x40, 0x80, 0x3c, 0x03
	flags, rest := h[1], h[2:]
	if flags&reserved != 0 {
		return 0, nil, corrupt("unknown flags %#x of a block", flags)
	}
	b = &block{wantPacked: -1, wanted: -1}
	for _, f := range []struct {
		bit byte
		to  *int64
	}{{hasPacked, &b.wantPacked}, {hasUnpacked, &b.wanted}} {
		if flags&f.bit == 0 {
			continue
		}
		v, n := binary.Uvarint(rest)
		if n <= 0 || v > 1<<62 {
			return 0, nil, corrupt("size in a block header")
		}
		*f.to, rest = int64(v), rest[n:]
	}
	if flags&filters != 0 || len(rest) < 3 || rest[0] != filterLZMA2 {
		return 0, nil, fmt.Errorf("filters other than LZMA2 are not supported")
	}
	if rest[1] != 1 {
		return 0, nil, corrupt("properties of LZMA2 have %d bytes", rest[1])
	}
	code := rest[2]
	const maxCode = 40
	if code > maxCode {
		return 0, nil, corrupt("dictionary size %d", code)
	}
	if len(bytes.Trim(rest[3:], "\x00")) > 0 {
		return 0, nil, corrupt("padding of a block header")
	}
	return uint64(2|code&1) << (code/2 + 11), b, nil
}

// startChunk reads the header of a chunk, and its content if it is compressed.
func (z *Reader) startChunk() error {
	var h [6]byte
	if err := z.full(h[:1]); err != nil {
		return err
	}
	control := h[0]
	z.block.packed++
	if control == 0 {
		return z.endBlock()
	}
	z.raw = control < 0x80
	switch {
	case control == 1 || control >= 0xe0:
		z.needDict, z.needProps = false, true
		z.from, z.lz.pos, z.lz.wrapped = 0, 0, false
	case z.needDict:
		return corrupt("first chunk does not reset the dictionary")
	}
	if z.raw {
		if control > 2 {
			return corrupt("unknown chunk %#x", control)
		}
		if err := z.full(h[:2]); err != nil {
			return err
		}
		z.block.packed += 2
		z.left = int(binary.BigEndian.Uint16(h[:])) + 1
		return nil
	}
	return z.startLZMA(control)
}

func (z *Reader) startLZMA(control byte) error {
	n := 4
	if control >= 0xc0 {
		n = 5
	}
	var h [5]byte
	if err := z.full(h[:n]); err != nil {
		return err
	}
	switch {
	case control >= 0xc0:
		if !z.lz.setProperties(h[4]) {
			return corrupt("unknown properties %#x", h[4])
		}
		z.needProps = false
		z.lz.resetState()
	case z.needProps:
		return corrupt("first chunk has no properties")
	case control >= 0xa0:
		z.lz.resetState()
	}
	z.left = int(control&0x1f)<<16 + int(binary.BigEndian.Uint16(h[:])) + 1
	size := int(binary.BigEndian.Uint16(h[2:])) + 1
	if size < startLen {
		return corrupt("chunk of %d bytes", size)
	}
	if err := z.full(z.lz.in[:size]); err != nil {
		return err
	}
	z.block.packed += int64(n + size)
	z.lz.size = uint32(size)
	var ok bool
	if z.lz.rc, ok = start(&z.lz.in); !ok {
		return corrupt("chunk does not begin with 0")
	}
	return nil
}

// endBlock reads padding and checksum.
func (z *Reader) endBlock() error {
	b := z.block
	if b.wantPacked >= 0 && b.wantPacked != b.packed || b.wanted >= 0 && b.wanted != b.unpacked {
		return corrupt("block has other sizes than its header says")
	}
	z.index.add(uint64(b.head+b.packed)+uint64(z.check.size), uint64(b.unpacked))
	if err := z.padding(b.packed); err != nil {
		return err
	}
	sum := make([]byte, z.check.size)
	if err := z.full(sum); err != nil {
		return err
	}
	if z.verify && z.check.hash != nil && !bytes.Equal(sum, z.check.sum()) {
		return corrupt("data has a wrong checksum")
	}
	z.block = nil
	return nil
}

// padding reads zeros up to a multiple of four.
func (z *Reader) padding(n int64) error {
	var b [3]byte
	p := b[:-n&3]
	if err := z.full(p); err != nil {
		return err
	}
	if b != [3]byte{} {
		return corrupt("padding")
	}
	return nil
}
