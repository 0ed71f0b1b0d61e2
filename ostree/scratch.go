package ostree

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"sync"
)

// scratchSize is the size of the buffer that one worker needs. Files up to this
// size are read once, hashed in memory, and written only when missing; larger
// ones are streamed through it. Most files of an operating system are smaller
// than 64 KiB, and a megabyte for each worker is little.
const scratchSize = 1 << 20

// scratch is the reusable state of hashing and copying one file.
type scratch struct {
	hash    hash.Hash
	named   bool      // the name is given: hash is not of use
	both    bool      // payload is of use
	payload hash.Hash // of what follows the header
	buf     []byte    // scratchSize bytes
	head    []byte    // file header under construction
	out     [32]byte
	ctx     context.Context // ends what takes long, if not nil
}

var scratchPool = sync.Pool{New: func() any {
	return &scratch{hash: sha256.New(), payload: sha256.New(), buf: make([]byte, scratchSize), head: make([]byte, 0, 256)}
}}

func getScratch() *scratch { return scratchPool.Get().(*scratch) }

func (s *scratch) put() {
	s.named, s.both, s.ctx = false, false, nil
	scratchPool.Put(s)
}

// start begins the checksum of a file object with header h.
func (s *scratch) start(h *FileHeader) {
	s.head = h.appendStream(s.head[:0])
	s.hash.Reset()
	s.hash.Write(s.head)
	if s.both {
		s.payload.Reset()
	}
}

// feed adds a piece of the payload.
func (s *scratch) feed(p []byte) {
	if !s.named {
		s.hash.Write(p)
	}
	if s.both {
		s.payload.Write(p)
	}
}

// payloadSum is the checksum of the payload alone; both must be set.
func (s *scratch) payloadSum() (c Checksum) {
	s.payload.Sum(c[:0])
	return c
}

func (s *scratch) sum() Checksum {
	s.hash.Sum(s.out[:0])
	return s.out
}

// hashFrom adds everything in r to the checksum.
func (s *scratch) hashFrom(r io.Reader) (int64, error) { return s.pump(nil, r) }

// pump reads r to its end, adds it to the checksum and writes it to w unless w
// is nil.
func (s *scratch) pump(w io.Writer, r io.Reader) (int64, error) {
	return s.each(r, func(p []byte) error {
		s.feed(p)
		if w == nil {
			return nil
		}
		_, err := w.Write(p)
		return err
	})
}

// decoder is a Reader that has its output in memory.
type decoder interface {
	io.Reader
	// next returns bytes that are good until the next call, and an error or [io.EOF] with the last ones.
	next() ([]byte, error)
}

// each calls fn with what is in r, piece by piece, and returns its length. A piece of a decoder is still in the cache of
// the processor when fn gets it.
func (s *scratch) each(r io.Reader, fn func(p []byte) error) (int64, error) {
	d, ok := r.(decoder)
	for total := int64(0); ; {
		var p []byte
		var err error
		if ok {
			p, err = d.next()
		} else {
			var n int
			n, err = r.Read(s.buf)
			p = s.buf[:n]
		}
		if len(p) > 0 {
			total += int64(len(p))
			if s.ctx != nil && s.ctx.Err() != nil {
				return total, s.ctx.Err()
			}
			if err := fn(p); err != nil {
				return total, err
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}
