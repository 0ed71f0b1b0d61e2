package composefs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// KeyDigest is the key of the digest in a commit's metadata. The value is an
// array of 32 bytes.
const KeyDigest = "ostree.composefs.digest.v0"

// Digest is an fs-verity digest with SHA-256.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// blockSize is that of the image, and of hash trees.
const blockSize = 4096

// Verity computes the fs-verity digest of what is written to it, as
// Documentation/filesystems/fsverity.rst of the kernel defines it, with SHA-256,
// blocks of 4096 bytes and no salt. The zero value is ready for use.
type Verity struct {
	size   uint64
	levels []*verityLevel // of the hash tree; the first has the data
}

// verityLevel collects one block. It is hashed only when more comes: the only
// block of a level is the root.
type verityLevel struct {
	block  [blockSize]byte
	used   int
	hashed bool // the next level has at least one hash
}

// Write adds p to the file. It never fails.
func (v *Verity) Write(p []byte) (int, error) {
	v.size += uint64(len(p))
	v.add(0, p)
	return len(p), nil
}

func (v *Verity) add(level int, p []byte) {
	if level == len(v.levels) {
		v.levels = append(v.levels, &verityLevel{})
	}
	l := v.levels[level]
	for len(p) > 0 {
		if l.used == blockSize {
			v.flush(level)
		}
		n := copy(l.block[l.used:], p)
		l.used += n
		p = p[n:]
	}
}

// flush moves the hash of the block to the next level.
func (v *Verity) flush(level int) {
	l := v.levels[level]
	clear(l.block[l.used:])
	sum := sha256.Sum256(l.block[:])
	l.used, l.hashed = 0, true
	v.add(level+1, sum[:])
}

// Digest returns the digest of everything written. Nothing can be written after
// that.
func (v *Verity) Digest() Digest {
	var root [sha256.Size]byte
	for i := 0; i < len(v.levels); i++ {
		l := v.levels[i]
		if !l.hashed {
			clear(l.block[l.used:])
			root = sha256.Sum256(l.block[:])
			break
		}
		v.flush(i)
	}
	// struct fsverity_descriptor
	var d [256]byte
	d[0] = 1  // version
	d[1] = 1  // FS_VERITY_HASH_ALG_SHA256
	d[2] = 12 // log2 of the block size
	binary.LittleEndian.PutUint64(d[8:], v.size)
	copy(d[16:], root[:])
	return sha256.Sum256(d[:])
}
