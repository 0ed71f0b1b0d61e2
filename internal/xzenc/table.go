package xzenc

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// table is a slice outside of the heap: tables of a hundred megabytes would let
// the heap grow by as much before garbage is collected.
type table[T any] struct {
	s   []T
	raw []byte
}

// allocate makes s n elements long. They keep what they had, or are zero.
func (t *table[T]) allocate(n int) error {
	if n <= cap(t.s) {
		t.s = t.s[:n]
		return nil
	}
	if err := t.free(); err != nil {
		return err
	}
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	raw, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return fmt.Errorf("allocate %d bytes: %w", size, err)
	}
	// Nearly every access is to another page.
	_ = unix.Madvise(raw, unix.MADV_HUGEPAGE)
	t.raw = raw
	t.s = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), n)
	return nil
}

func (t *table[T]) free() error {
	if t.raw == nil {
		return nil
	}
	raw := t.raw
	t.s, t.raw = nil, nil
	return unix.Munmap(raw)
}
