package cpio

import (
	"errors"
	"fmt"
	"io"
)

// Writer writes an archive in newc format, or the stripped one for headers with an
// Index. Close writes the trailer but does not close the output.
type Writer struct {
	w    io.Writer
	left int64
	pad  int64
	err  error
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// WriteHeader ends the current entry, whose data must be complete, and starts the
// one that h describes. An h.Index of 0 or more starts a stripped entry.
func (w *Writer) WriteHeader(h *Header) error {
	if err := w.endEntry(); err != nil {
		return err
	}
	front := fmt.Sprintf("%s%08x", strippedMagic, h.Index)
	if h.Index < 0 {
		if h.Size < 0 || h.Size > maxNewcSize {
			return fmt.Errorf("write cpio entry %q: size %d does not fit the format", h.Name, h.Size)
		}
		if len(h.Name)+1 > maxNameSize {
			return fmt.Errorf("write cpio entry: name of %d bytes is too long", len(h.Name))
		}
		front = newcHeader(h)
	}
	w.left, w.pad = h.Size, padding(h.Size)
	return w.write([]byte(front + zeros[:padding(int64(len(front)))]))
}

// Write writes data of the current entry.
func (w *Writer) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		return 0, errors.New("write cpio entry: more data than announced")
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.w.Write(p)
	w.left -= int64(n)
	w.err = err
	return n, err
}

// Close ends the archive.
func (w *Writer) Close() error {
	return w.WriteHeader(&Header{Index: -1, Name: trailerName, Nlink: 1})
}

const zeros = "\x00\x00\x00"

func newcHeader(h *Header) string {
	return fmt.Sprintf("%s%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00", newcMagic,
		h.Inode, h.Mode, h.UID, h.GID, h.Nlink, h.MTime, h.Size, h.Major, h.Minor, h.RMajor, h.RMinor, len(h.Name)+1, 0, h.Name)
}

func (w *Writer) endEntry() error {
	if w.left > 0 {
		return fmt.Errorf("write cpio entry: %d bytes of data are missing", w.left)
	}
	pad := zeros[:w.pad]
	w.pad = 0
	return w.write([]byte(pad))
}

func (w *Writer) write(p []byte) error {
	if w.err == nil && len(p) > 0 {
		_, w.err = w.w.Write(p)
	}
	return w.err
}
