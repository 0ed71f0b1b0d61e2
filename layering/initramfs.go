package layering

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/rpmpkg/cpio"
)

// randomDevices is a compressed archive with /dev/random and /dev/urandom:
// inside a sandbox no device nodes can be made, but early user space needs
// these before it can make any.
func randomDevices() ([]byte, error) {
	var out bytes.Buffer
	zw, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := cpio.NewWriter(zw)
	for i, h := range []cpio.Header{
		{Name: "dev", Mode: unix.S_IFDIR | 0o755, Nlink: 2},
		{Name: "dev/random", Mode: unix.S_IFCHR | 0o666, Nlink: 1, RMajor: 1, RMinor: 8},
		{Name: "dev/urandom", Mode: unix.S_IFCHR | 0o666, Nlink: 1, RMajor: 1, RMinor: 9},
	} {
		h.Index, h.Inode = -1, uint32(i+1)
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// completeInitramfs appends that archive to an initramfs. The kernel accepts
// archives one after the other, with zeros up to a multiple of 4 bytes between
// them (see initramfs-buffer-format of the kernel's documentation). Calling it
// again changes nothing.
func completeInitramfs(ctx context.Context, t *Tree, name string) error {
	nodes, err := randomDevices()
	if err != nil {
		return err
	}
	f, err := t.file(ctx, "read", name)
	if err != nil || f.Reader == nil {
		return err
	}
	defer f.Close()
	tail := &tailBuffer{n: len(nodes)}
	if _, err := io.Copy(tail, f.Reader); err != nil {
		return treeError("read", name, err)
	}
	if bytes.Equal(tail.buf, nodes) {
		return nil
	}
	body, err := t.file(ctx, "read", name)
	if err != nil {
		return err
	}
	defer body.Close()
	padding := make([]byte, 4+-body.Size&3)
	size := body.Size + int64(len(padding)+len(nodes))
	h := body.Header
	return t.put(ctx, "write", name, &h, size, io.MultiReader(body.Reader, bytes.NewReader(padding), bytes.NewReader(nodes)))
}

// tailBuffer keeps the last n bytes.
type tailBuffer struct {
	n   int
	buf []byte
}

func (t *tailBuffer) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p[max(0, len(p)-t.n):]...)
	t.buf = t.buf[max(0, len(t.buf)-t.n):]
	return len(p), nil
}
