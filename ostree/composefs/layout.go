package composefs

import (
	"errors"
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

// Sizes of structures of the on-disk format.
const (
	superOffset     = 1024
	superSize       = 128
	slotSize        = 32 // unit of inode numbers
	compactSize     = 32
	extendedSize    = 64
	attrHeaderSize  = 12
	attrEntrySize   = 4
	direntSize      = 12
	blockBits       = 12
	maxChunkBits    = 31 // of the size of a chunk, in blocks
	chunkEntrySize  = 4
	maxInlineDirent = blockSize / 2 // a rest of a directory above that gets a block
)

// place is where a node is in the image.
type place struct {
	number  uint32 // breadth first
	pos     uint64 // of the inode
	compact bool
	attrLen uint64 // size of the attributes behind the inode
	full    uint64 // whole blocks in the data area
	tail    uint64 // size of what is behind the attributes
}

// layout is the plan of an image.
type layout struct {
	nodes     []*node // breadth first
	shared    sharedAttrs
	oldest    timestamp
	hasACL    bool
	inodesEnd uint64 // where shared attributes begin
	dataStart uint64
	dataEnd   uint64
}

func roundUp(n, unit uint64) uint64 { return (n + unit - 1) / unit * unit }

func plan(root *node) (*layout, error) {
	l := &layout{nodes: []*node{root}, oldest: root.mtime}
	for i := 0; i < len(l.nodes); i++ {
		n := l.nodes[i]
		n.number = uint32(i)
		if n.mtime.before(l.oldest) {
			l.oldest = n.mtime
		}
		for _, a := range n.attrs {
			l.hasACL = l.hasACL || a.name == "system.posix_acl_access" || a.name == "system.posix_acl_default"
		}
		l.nodes = append(l.nodes, n.children...)
	}
	l.shared = share(l.nodes)
	pos, blocks := uint64(superOffset+superSize), uint64(0)
	for _, n := range l.nodes {
		if err := l.place(n, pos); err != nil {
			return nil, err
		}
		pos = n.pos + n.inodeSize() + n.attrLen + n.tail
		blocks += n.full
	}
	l.inodesEnd = roundUp(pos, slotSize)
	l.dataStart = roundUp(l.inodesEnd+l.shared.size, blockSize)
	l.dataEnd = l.dataStart + blocks*blockSize
	if l.dataEnd/blockSize > math.MaxUint32 {
		return nil, errors.New("image too large")
	}
	return l, nil
}

// place puts the inode of n at pos or behind.
func (l *layout) place(n *node, pos uint64) error {
	n.full, n.tail = n.dataSize()
	n.compact = l.fitsCompact(n)
	shared, own := l.shared.divide(n)
	n.attrLen = 0
	if len(n.attrs) > 0 {
		n.attrLen = attrHeaderSize + 4*uint64(len(shared))
		for _, a := range own {
			n.attrLen += a.size()
		}
	}
	if n.attrCount() > math.MaxUint16 {
		return errors.New(n.name + ": too many extended attributes for an image")
	}
	n.pos = roundUp(pos, slotSize)
	return n.alignTail()
}

// alignTail moves the inode so that the tail is within one block, with the inode
// if it is a symbolic link. A tail for which that is impossible becomes a block.
func (n *node) alignTail() error {
	head := n.inodeSize() + n.attrLen
	if n.kind() == unix.S_IFLNK {
		if head+n.tail > blockSize {
			n.full, n.tail = 1, 0
		} else if n.pos/blockSize != (n.pos+head+n.tail-1)/blockSize {
			n.pos = roundUp(n.pos, blockSize)
		}
		return nil
	}
	room := func(pos uint64) uint64 { return blockSize - (pos+head)%blockSize }
	if room(n.pos) >= n.tail {
		return nil
	}
	if moved := n.pos + roundUp(room(n.pos), slotSize); room(moved) >= n.tail {
		n.pos = moved
		return nil
	}
	if !n.isDir() {
		return errors.New(n.name + ": file too large for an image")
	}
	n.full, n.tail = n.full+1, 0
	return nil
}

// dataSize returns the number of blocks in the data area and the size of the tail.
func (n *node) dataSize() (blocks, tail uint64) {
	switch {
	case n.isDir():
		parts := n.blocks()
		for _, d := range parts[len(parts)-1] {
			tail += direntSize + uint64(len(d.name))
		}
		if tail > maxInlineDirent {
			return uint64(len(parts)), 0
		}
		return uint64(len(parts) - 1), tail
	case n.kind() == unix.S_IFLNK:
		return 0, uint64(len(n.target))
	case n.hasChunks():
		return 0, n.chunks() * chunkEntrySize
	}
	return 0, 0
}

// chunkBits is the binary logarithm of the size of a chunk: as few chunks as
// possible, of the smallest size.
func (n *node) chunkBits() uint64 {
	return min(max(uint64(bits.Len64(n.size-1)), blockBits), blockBits+maxChunkBits)
}

func (n *node) chunks() uint64 {
	size := uint64(1) << n.chunkBits()
	return n.size/size + min(n.size%size, 1)
}

// fitsCompact reports whether the short form of an inode is enough. It has the
// time of the superblock.
func (l *layout) fitsCompact(n *node) bool {
	return n.mtime == l.oldest && n.linkCount() <= math.MaxUint16 &&
		n.uid <= math.MaxUint16 && n.gid <= math.MaxUint16 && n.diskSize() <= math.MaxUint32
}

// diskSize is the size in the inode.
func (n *node) diskSize() uint64 {
	switch n.kind() {
	case unix.S_IFDIR:
		return n.full*blockSize + n.tail
	case unix.S_IFLNK:
		return uint64(len(n.target))
	case unix.S_IFREG:
		return n.size
	}
	return 0
}

func (n *node) linkCount() uint32 {
	if !n.isDir() {
		return max(n.links, 1)
	}
	links := uint32(2)
	for _, c := range n.children {
		if c.isDir() {
			links++
		}
	}
	return links
}

func (n *node) inodeSize() uint64 {
	if n.compact {
		return compactSize
	}
	return extendedSize
}

// attrCount is the size of the attributes in the unit of the inode.
func (n *node) attrCount() uint64 {
	if n.attrLen == 0 {
		return 0
	}
	return (n.attrLen-attrHeaderSize)/4 + 1
}
