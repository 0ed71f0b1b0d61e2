package delta

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// storage holds a decoded part outside of the heap: a small one in memory, a
// larger one in a file without a name that is mapped.
type storage struct {
	ctx   context.Context
	tmp   *dirfd.Dir
	limit int64
	large bool // is said to be, so that memory would be for nothing

	memory []byte // of size inMemory, only touched where it is used
	file   *os.File
	size   int64

	data []byte // the result
	used atomic.Int64
}

const (
	// inMemory is the largest part that is decoded into memory.
	inMemory = 8 << 20
	// keepMapped is how much of a file stays mapped when it is not used any more.
	keepMapped = 4 << 20
)

// Write implements io.Writer.
func (s *storage) Write(b []byte) (int, error) {
	if int64(len(b)) > s.limit-s.size {
		return 0, fmt.Errorf("is larger than %d bytes when decompressed", s.limit)
	}
	if s.file == nil {
		if !s.large && s.size+int64(len(b)) <= inMemory {
			return s.keep(b)
		}
		if err := s.toFile(); err != nil {
			return 0, err
		}
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	return n, err
}

func (s *storage) keep(b []byte) (int, error) {
	if s.memory == nil {
		var err error
		if s.memory, err = unix.Mmap(-1, 0, inMemory, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON); err != nil {
			return 0, fmt.Errorf("allocate %d bytes: %w", inMemory, err)
		}
	}
	n := copy(s.memory[s.size:], b)
	s.size += int64(n)
	return n, nil
}

// toFile moves what is in memory to a file.
func (s *storage) toFile() error {
	var err error
	if s.file, err = atomicfs.TempFile(s.ctx, s.tmp, 0o600); err != nil {
		return err
	}
	if _, err := s.file.Write(s.memory[:s.size]); err != nil {
		return err
	}
	return s.unmap(&s.memory)
}

// finish makes data of what has been written.
func (s *storage) finish() error {
	if s.file == nil {
		s.data = s.memory[:s.size]
		return nil
	}
	var err error
	s.data, err = unix.Mmap(int(s.file.Fd()), 0, int(s.size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return &os.PathError{Op: "mmap", Path: s.file.Name(), Err: err}
	}
	f := s.file
	s.file = nil
	return atomicfs.Discard(s.ctx, s.tmp, f)
}

// done says that n bytes have been used, each of which counts once. From time to
// time what is mapped is let go; who needs it gets it back from the file.
func (s *storage) done(n int) {
	if s.memory != nil || s.used.Add(int64(n)) < keepMapped {
		return
	}
	s.used.Store(0)
	// An error would mean that it stays mapped.
	_ = unix.Madvise(s.data, unix.MADV_DONTNEED)
}

// free gives everything back. What has been read from data must not be used any
// more.
func (s *storage) free() error {
	var err error
	if s.file != nil {
		err = atomicfs.Discard(s.ctx, s.tmp, s.file)
	}
	if s.memory != nil {
		s.data = nil
	}
	return errors.Join(err, s.unmap(&s.memory), s.unmap(&s.data))
}

func (s *storage) unmap(m *[]byte) error {
	b := *m
	*m = nil
	if b == nil {
		return nil
	}
	return unix.Munmap(b)
}
