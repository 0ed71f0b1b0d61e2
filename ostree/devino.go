package ostree

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

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

// DevIno notes the inode of every file object of the repository itself, so that an import recognises hardlinks of them.
func (r *Repo) DevIno(ctx context.Context) (*DevInoCache, error) {
	dirs, err := objectDirs(r.objects)
	if err != nil {
		return nil, fmt.Errorf("list objects of %s: %w", r.path, err)
	}
	plain := tellsInodes(r.objects.Fd())
	list := func(dir string) ([]inode, error) { return r.inodes(dir, plain) }
	var all [][]inode
	total := 0
	for inodes, err := range inOrder(ctx, dirs, list) {
		if err != nil {
			return nil, fmt.Errorf("list objects of %s: %w", r.path, err)
		}
		all, total = append(all, inodes), total+len(inodes)
	}
	d := &DevInoCache{m: make(map[devIno]Checksum, total)}
	for _, inodes := range all {
		for _, i := range inodes {
			d.m[i.id] = i.checksum
		}
	}
	return d, nil
}

// inode is that of a file object.
type inode struct {
	id       devIno
	checksum Checksum
}

// inodes lists the file objects in one directory; plain means that its entries tell the inodes.
func (r *Repo) inodes(name string, plain bool) ([]inode, error) {
	sub, err := r.objects.OpenDir(name)
	if err != nil {
		return nil, err
	}
	defer sub.Close()
	here, err := sub.Lstat(".")
	if err != nil {
		return nil, err
	}
	entries, err := sub.ReadDir(".")
	if err != nil {
		return nil, err
	}
	out := make([]inode, 0, len(entries))
	for _, e := range entries {
		n, ok := parseLooseName(name, e.Name, r.mode)
		if !ok || n.Type != TypeFile {
			continue
		}
		id := devIno{uint64(here.Dev), e.Ino}
		if !plain {
			st, err := sub.Lstat(e.Name)
			if err != nil {
				return nil, err
			}
			id = devIno{uint64(st.Dev), st.Ino}
		}
		out = append(out, inode{id, n.Checksum})
	}
	return out, nil
}

// tellsInodes knows the file systems whose directories have the inode numbers of lstat(2). With others, like stacked
// ones, a wrong number would make one file pass for another.
func tellsInodes(fd int) bool {
	var st unix.Statfs_t
	if unix.Fstatfs(fd, &st) != nil {
		return false
	}
	switch uint32(st.Type) { // its type is another on every architecture, int32 on some
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC:
		return true
	}
	return false
}
