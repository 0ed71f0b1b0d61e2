package ostree

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// LoadFileHeader returns the header of a file object and the size of its payload, 0 for a symbolic link. It is
// cheaper than [Repo.LoadFile] where the payload is not needed.
func (r *Repo) LoadFileHeader(ctx context.Context, c Checksum) (*FileHeader, int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	return loadHeader(r.stores(), c)
}

func loadHeader(stores []looseStore, c Checksum) (*FileHeader, int64, error) {
	n := ObjectName{c, TypeFile}
	f, err := firstOf(stores, n, func(s *looseStore) (*File, error) {
		if s.mode == ModeBareUser {
			if f, err := s.bareUserHeader(n); f != nil || err != nil {
				return f, err
			}
		}
		return s.loadFile(c)
	})
	if err != nil {
		return nil, 0, err
	}
	return &f.Header, f.Size, f.Close()
}

// bareUserHeader reads the header of a regular file without opening it. It returns nil for what loadFile has to look at: symbolic links, and everything unexpected.
func (s *looseStore) bareUserHeader(n ObjectName) (*File, error) {
	if s.subs == nil {
		return nil, nil
	}
	d := s.subs.get(s.dir, n.Checksum[0])
	if d == nil {
		return nil, nil
	}
	name := n.looseName(s.mode)
	st, err := d.Lstat(name)
	if errors.Is(err, unix.ENOENT) {
		return nil, err
	}
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, nil
	}
	var buf [512]byte
	k, err := d.GetXattrInto(name, metaXattr, buf[:])
	if err != nil {
		return nil, nil
	}
	h, err := parseFileMeta(buf[:k])
	if err != nil || h.IsSymlink() {
		return nil, nil
	}
	return &File{Header: h, Size: st.Size}, nil
}
