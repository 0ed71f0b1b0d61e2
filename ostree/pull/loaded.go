package pull

import (
	"context"
	"sync"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// keptCommits is how many bytes of commits with their detached metadata are kept in case another ref or history leads to
// them too. That of an operating system has a few kilobytes.
const keptCommits = 16 << 20

// loadedCommits has the commits that one pull has loaded, so that one which several refs or histories lead to is asked
// for once.
type loadedCommits struct {
	mu   sync.Mutex
	m    map[ostree.Checksum]*loadedCommit
	size int
}

// loadedCommit is locked while the commit is loaded: others wait for it.
type loadedCommit struct {
	mu       sync.Mutex
	data     []byte // nil if it is not kept
	detached *gvariant.Dict
	missing  error // what the source said if it does not have it
}

func (l *loadedCommits) of(c ostree.Checksum) *loadedCommit {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.m[c]
	if e == nil {
		if l.m == nil {
			l.m = map[ostree.Checksum]*loadedCommit{}
		}
		e = &loadedCommit{}
		l.m[c] = e
	}
	return e
}

// mayKeep reserves room for a commit.
func (l *loadedCommits) mayKeep(data []byte, detached *gvariant.Dict) bool {
	n := len(data)
	if detached != nil {
		n += len(detached.Value().Bytes())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n > keptCommits-l.size {
		return false
	}
	l.size += n
	return true
}

// loadOnce is loadCommit for all who want the same commit at the same time or later.
func (f *commitFetch) loadOnce(ctx context.Context, w want, stored bool) ([]byte, *gvariant.Dict, error) {
	e := f.loaded.of(w.commit)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.data != nil || e.missing != nil {
		return e.data, e.detached, e.missing
	}
	data, detached, err := f.loadCommit(ctx, w, stored)
	switch {
	case isNotExist(err):
		e.missing = err
	case err == nil && f.loaded.mayKeep(data, detached):
		e.data, e.detached = data, detached
	}
	return data, detached, err
}
