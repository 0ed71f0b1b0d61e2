package composefs

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"golang.org/x/sys/unix"
)

// Values of the on-disk format.
const (
	composefsMagic   = 0xd078629a
	composefsVersion = 1
	flagHasACL       = 1
	erofsMagic       = 0xE0F5E1E2
	compatMtime      = 0x2
	compatFilter     = 0x4
	layoutPlain      = 0
	layoutInline     = 2
	layoutChunks     = 4
	hole             = math.MaxUint32 // chunk without data
)

// encoder writes an image in one pass. Errors stay in the bufio.Writer.
type encoder struct {
	*layout
	w    *bufio.Writer
	pos  uint64
	next uint64 // next free block of the data area
}

// encode writes the image of the tree below root, whose nodes are finished.
func encode(w io.Writer, root *node) error {
	l, err := plan(root)
	if err != nil {
		return err
	}
	e := &encoder{layout: l, w: bufio.NewWriterSize(w, 1<<16), next: l.dataStart / blockSize}
	e.header()
	for _, n := range l.nodes {
		e.pad(n.pos)
		e.inode(n)
	}
	e.pad(l.inodesEnd)
	for _, a := range l.shared.list {
		e.attr(a)
	}
	e.pad(l.dataStart)
	for _, n := range l.nodes {
		e.data(n)
	}
	if e.pos != l.dataEnd {
		return fmt.Errorf("image has %d bytes instead of %d", e.pos, l.dataEnd)
	}
	return e.w.Flush()
}

// data writes what a node has in the data area.
func (e *encoder) data(n *node) {
	switch {
	case n.full == 0:
	case n.isDir():
		for _, d := range n.blocks()[:n.full] {
			e.dirents(d)
			e.pad(roundUp(e.pos, blockSize))
		}
	default:
		e.write([]byte(n.target))
		e.pad(roundUp(e.pos, blockSize))
	}
}

func (e *encoder) write(p []byte) {
	_, _ = e.w.Write(p) // Flush returns the error
	e.pos += uint64(len(p))
}

// pad writes zeros up to an offset.
func (e *encoder) pad(to uint64) {
	var zeros [blockSize]byte
	for e.pos < to {
		e.write(zeros[:min(to-e.pos, blockSize)])
	}
}

func (e *encoder) header() {
	b := make([]byte, superOffset+superSize)
	le := binary.LittleEndian
	le.PutUint32(b, composefsMagic)
	le.PutUint32(b[4:], composefsVersion)
	if e.hasACL {
		le.PutUint32(b[8:], flagHasACL)
	}
	s := b[superOffset:]
	le.PutUint32(s, erofsMagic)
	le.PutUint32(s[8:], compatMtime|compatFilter)
	s[12] = blockBits
	le.PutUint16(s[14:], uint16(e.nodes[0].pos/slotSize))
	le.PutUint64(s[16:], uint64(len(e.nodes)))
	le.PutUint64(s[24:], uint64(e.oldest.sec))
	le.PutUint32(s[32:], e.oldest.nsec)
	le.PutUint32(s[36:], uint32(e.dataEnd/blockSize))
	le.PutUint32(s[44:], uint32(e.inodesEnd/blockSize)) // s[40:], the block of the inodes, is 0
	e.write(b)
}

// inode writes an inode and what belongs behind it.
func (e *encoder) inode(n *node) {
	if n.compact {
		e.write(e.compactInode(n))
	} else {
		e.write(e.extendedInode(n))
	}
	e.attrs(n)
	switch {
	case n.isDir() && n.tail > 0:
		parts := n.blocks()
		e.dirents(parts[len(parts)-1])
	case n.kind() == unix.S_IFLNK && n.tail > 0:
		e.write([]byte(n.target))
	case n.hasChunks():
		for range n.chunks() {
			e.write(binary.LittleEndian.AppendUint32(nil, hole))
		}
	}
}

// format is the first field of an inode without the bit for the long form.
func (n *node) format() uint16 {
	switch {
	case n.hasChunks():
		return layoutChunks << 1
	case n.tail > 0:
		return layoutInline << 1
	}
	return layoutPlain << 1
}

// union is the field whose meaning depends on the type.
func (e *encoder) union(n *node) uint32 {
	switch {
	case n.full > 0:
		at := e.next
		e.next += n.full
		return uint32(at)
	case n.hasChunks():
		return uint32(n.chunkBits() - blockBits)
	case n.kind() == unix.S_IFCHR || n.kind() == unix.S_IFBLK:
		return n.rdev
	}
	return 0
}

func (e *encoder) compactInode(n *node) []byte {
	b := make([]byte, compactSize)
	le := binary.LittleEndian
	le.PutUint16(b, n.format())
	le.PutUint16(b[2:], uint16(n.attrCount()))
	le.PutUint16(b[4:], uint16(n.mode))
	le.PutUint16(b[6:], uint16(n.linkCount()))
	le.PutUint32(b[8:], uint32(n.diskSize()))
	le.PutUint32(b[16:], e.union(n))
	le.PutUint32(b[20:], n.number)
	le.PutUint16(b[24:], uint16(n.uid))
	le.PutUint16(b[26:], uint16(n.gid))
	return b
}

func (e *encoder) extendedInode(n *node) []byte {
	b := make([]byte, extendedSize)
	le := binary.LittleEndian
	le.PutUint16(b, n.format()|1)
	le.PutUint16(b[2:], uint16(n.attrCount()))
	le.PutUint16(b[4:], uint16(n.mode))
	le.PutUint64(b[8:], n.diskSize())
	le.PutUint32(b[16:], e.union(n))
	le.PutUint32(b[20:], n.number)
	le.PutUint32(b[24:], n.uid)
	le.PutUint32(b[28:], n.gid)
	le.PutUint64(b[32:], uint64(n.mtime.sec))
	le.PutUint32(b[40:], n.mtime.nsec)
	le.PutUint32(b[44:], n.linkCount())
	return b
}

// attrs writes the attributes of an inode: references to shared ones, which count
// from the block they begin in, then its own.
func (e *encoder) attrs(n *node) {
	if n.attrLen == 0 {
		return
	}
	shared, own := e.shared.divide(n)
	b := make([]byte, attrHeaderSize, attrHeaderSize+4*len(shared))
	binary.LittleEndian.PutUint32(b, nameFilter(n.attrs))
	b[4] = uint8(len(shared))
	for _, a := range shared {
		at := e.inodesEnd%blockSize + e.layout.shared.offset[a]
		b = binary.LittleEndian.AppendUint32(b, uint32(at/4))
	}
	e.write(b)
	for _, a := range own {
		e.attr(a)
	}
}

func (e *encoder) attr(a attr) {
	index, suffix := a.split()
	b := []byte{uint8(len(suffix)), index, uint8(len(a.value)), uint8(len(a.value) >> 8)}
	b = append(append(b, suffix...), a.value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	e.write(b)
}

// fileTypes are the numbers of types in a directory.
var fileTypes = map[uint32]uint8{
	unix.S_IFREG: 1, unix.S_IFDIR: 2, unix.S_IFCHR: 3, unix.S_IFBLK: 4, unix.S_IFIFO: 5, unix.S_IFSOCK: 6, unix.S_IFLNK: 7,
}

// dirents writes entries, and behind them their names.
func (e *encoder) dirents(entries []dirent) {
	b := make([]byte, 0, blockSize)
	name := len(entries) * direntSize
	for _, d := range entries {
		b = binary.LittleEndian.AppendUint64(b, d.to.pos/slotSize)
		b = binary.LittleEndian.AppendUint16(b, uint16(name))
		b = append(b, fileTypes[d.to.kind()], 0)
		name += len(d.name)
	}
	for _, d := range entries {
		b = append(b, d.name...)
	}
	e.write(b)
}
