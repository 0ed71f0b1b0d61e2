package ostree

import "sync"

// DevInoCache remembers which inode is a hardlink of which file object. A
// checkout fills it, a directory import looks files up instead of reading them.
// The zero value is ready; it is safe for concurrent use.
//
// It is only valid while nothing writes to the checked-out files in place:
// their inodes are those of the repository.
type DevInoCache struct {
	mu sync.RWMutex
	m  map[devIno]Checksum
}

type devIno struct{ dev, ino uint64 }

// Add records that the inode is the object c.
func (d *DevInoCache) Add(dev, ino uint64, c Checksum) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.m == nil {
		d.m = make(map[devIno]Checksum)
	}
	d.m[devIno{dev, ino}] = c
}

// Lookup returns the object of an inode. A nil cache is empty.
func (d *DevInoCache) Lookup(dev, ino uint64) (Checksum, bool) {
	if d == nil {
		return Checksum{}, false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	c, ok := d.m[devIno{dev, ino}]
	return c, ok
}

// Len returns the number of inodes known.
func (d *DevInoCache) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.m)
}
