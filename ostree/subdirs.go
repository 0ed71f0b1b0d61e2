package ostree

import (
	"errors"
	"sync"

	"example.com/rpmostree/internal/dirfd"
)

// subdirs keeps the 256 directories of a loose store open once they have been
// used: looking up one short name is cheaper than a path that must not leave the
// store. Nobody deletes these directories.
type subdirs struct {
	mu   sync.Mutex
	dirs [256]*dirfd.Dir
}

// get returns nil if the directory does not exist or cannot be opened, which
// looking up the path explains.
func (s *subdirs) get(parent *dirfd.Dir, b byte) *dirfd.Dir {
	d, err := s.open(parent, b)
	if err != nil {
		return nil
	}
	return d
}

// open returns the directory for checksums that start with b.
func (s *subdirs) open(parent *dirfd.Dir, b byte) (*dirfd.Dir, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dirs[b] == nil {
		const hex = "0123456789abcdef"
		d, err := parent.OpenDir(string([]byte{hex[b>>4], hex[b&15]}))
		if err != nil {
			return nil, err
		}
		s.dirs[b] = d
	}
	return s.dirs[b], nil
}

func (s *subdirs) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for i, d := range s.dirs {
		if d != nil {
			errs = append(errs, d.Close())
			s.dirs[i] = nil
		}
	}
	return errors.Join(errs...)
}
