package rpmpkg

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"example.com/rpmostree/rpmpkg/cpio"
)

// joiner joins the entries of the archive with the files of the header.
type joiner struct {
	files   []FileInfo
	byPath  map[string]int
	seen    []bool
	sets    map[int]*linkSet // by file
	algo    DigestAlgo       // of files to check; 0 = leave them
	archive *cpio.Reader
	yield   func(*PayloadFile) bool
}

// linkSet is a set of hard links: files with the same device and inode.
type linkSet struct {
	left    int    // members not yet seen in a stripped archive
	waiting []int  // members seen without content
	content string // path of the member that had the content
}

var errStopped = errors.New("stopped")

func newJoiner(files []FileInfo) (*joiner, error) {
	j := &joiner{files: files, byPath: make(map[string]int, len(files)), seen: make([]bool, len(files)), sets: linkSets(files)}
	for i := range files {
		key := archiveName(files[i].Path)
		if _, dup := j.byPath[key]; dup {
			return nil, fmt.Errorf("%s: listed twice in the header", files[i].Path)
		}
		j.byPath[key] = i
	}
	return j, nil
}

// linkSets finds the sets of hard links among files that have content.
func linkSets(files []FileInfo) map[int]*linkSet {
	type id struct{ dev, ino uint32 }
	members := map[id][]int{}
	for i := range files {
		f := &files[i]
		if f.IsRegular() && !f.IsGhost() && (f.Inode != 0 || f.Device != 0) {
			members[id{f.Device, f.Inode}] = append(members[id{f.Device, f.Inode}], i)
		}
	}
	sets := map[int]*linkSet{}
	for _, m := range members {
		if len(m) < 2 {
			continue
		}
		s := &linkSet{left: len(m)}
		for _, i := range m {
			sets[i] = s
		}
	}
	return sets
}

// archiveName is the form of a path by which header and archive are compared:
// archives write "./usr/x", "/usr/x" or "usr/x", source packages "x".
func archiveName(p string) string {
	p = strings.TrimPrefix(p, ".")
	return strings.TrimPrefix(p, "/")
}

// sizeOf tells the size of the data of an entry in a stripped archive: of hard
// links only the last one has data.
func (j *joiner) sizeOf(i int) (int64, error) {
	if i >= len(j.files) {
		return 0, fmt.Errorf("archive has file %d of %d", i, len(j.files))
	}
	f := &j.files[i]
	if s := j.sets[i]; s != nil {
		if s.left--; s.left > 0 {
			return 0, nil
		}
	}
	if !f.IsRegular() && !f.IsSymlink() {
		return 0, nil
	}
	if f.Size > 1<<62 {
		return 0, fmt.Errorf("%s: size %d", f.Path, f.Size)
	}
	return int64(f.Size), nil
}

// run goes through the archive and checks at its end that nothing is missing.
func (j *joiner) run() (stopped bool, err error) {
	for {
		h, err := j.archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
		if err := j.entry(h); err == errStopped {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
	if err := j.archive.Rest(); err != nil {
		return false, err
	}
	return false, j.complete()
}

func (j *joiner) complete() error {
	for i := range j.files {
		f := &j.files[i]
		switch s := j.sets[i]; {
		case !j.seen[i] && !f.IsGhost():
			return fmt.Errorf("%s: missing in the archive", f.Path)
		case s != nil && s.content == "" && len(s.waiting) > 0:
			return fmt.Errorf("%s: the archive has no content for any of its hard links", f.Path)
		}
	}
	return nil
}

// entry handles one entry of the archive.
func (j *joiner) entry(h *cpio.Header) error {
	i, err := j.lookup(h)
	if err != nil {
		return err
	}
	f := &j.files[i]
	if j.seen[i] {
		return fmt.Errorf("%s: twice in the archive", f.Path)
	}
	j.seen[i] = true
	switch {
	case f.IsGhost(): // some old versions of rpm packed them
		return nil
	case f.IsRegular():
		err = j.regular(i, h.Size)
	case f.IsSymlink():
		err = j.symlink(f, h.Size)
	case h.Size != 0:
		err = fmt.Errorf("%d bytes of data for a file without content", h.Size)
	default:
		err = j.emit(&PayloadFile{FileInfo: *f})
	}
	if err != nil && err != errStopped {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	return err
}

func (j *joiner) lookup(h *cpio.Header) (int, error) {
	if h.Index >= 0 {
		return h.Index, nil // sizeOf has checked the range
	}
	i, ok := j.byPath[archiveName(h.Name)]
	if !ok {
		return 0, fmt.Errorf("archive entry %q is not in the header", h.Name)
	}
	if h.Mode&modeType != j.files[i].Mode&modeType {
		return 0, fmt.Errorf("%s: mode %o in the archive, %o in the header", j.files[i].Path, h.Mode, j.files[i].Mode)
	}
	return i, nil
}

func (j *joiner) emit(f *PayloadFile) error {
	if !j.yield(f) {
		return errStopped
	}
	return nil
}

// regular yields a regular file, or keeps a hard link until its content is known.
func (j *joiner) regular(i int, size int64) error {
	f, set := &j.files[i], j.sets[i]
	switch {
	case set != nil && size == 0 && set.content != "":
		return j.emit(&PayloadFile{FileInfo: *f, HardlinkTo: set.content})
	case set != nil && size == 0 && f.Size != 0:
		set.waiting = append(set.waiting, i)
		return nil
	case uint64(size) != f.Size:
		return fmt.Errorf("%d bytes in the archive, %d in the header", size, f.Size)
	case set != nil && set.content != "":
		return fmt.Errorf("content of a hard link of %s comes twice", set.content)
	}
	if err := j.content(f); err != nil {
		return err
	}
	if set == nil {
		return nil
	}
	set.content = f.Path
	for _, w := range set.waiting {
		if err := j.emit(&PayloadFile{FileInfo: j.files[w], HardlinkTo: f.Path}); err != nil {
			return err
		}
	}
	set.waiting = nil
	return nil
}

// content yields a regular file with its data.
func (j *joiner) content(f *FileInfo) error {
	c := &content{archive: j.archive, path: f.Path}
	if j.algo != 0 && f.Digest != "" {
		var err error
		if c.sum, err = j.algo.New(); err != nil {
			return err
		}
		c.want = f.Digest
	}
	if err := j.emit(&PayloadFile{FileInfo: *f, Reader: c}); err != nil {
		return err
	}
	if c.sum == nil { // the archive skips the rest
		c.err = errors.New("read of a file after the iteration went on")
		return nil
	}
	_, err := io.Copy(io.Discard, c)
	return err
}

// content is the data of one file; at its end it compares the digest.
type content struct {
	archive *cpio.Reader
	path    string
	want    string
	sum     hash.Hash
	err     error
}

// Read implements io.Reader.
func (c *content) Read(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.archive.Read(b)
	if c.sum != nil {
		c.sum.Write(b[:n])
	}
	if err == io.EOF {
		err = c.end()
	}
	c.err = err
	return n, err
}

// WriteTo implements io.WriterTo, which saves io.Copy a buffer.
func (c *content) WriteTo(w io.Writer) (int64, error) {
	if c.err != nil {
		if c.err == io.EOF {
			return 0, nil
		}
		return 0, c.err
	}
	if c.sum != nil {
		w = io.MultiWriter(c.sum, w)
	}
	n, err := c.archive.WriteTo(w)
	if err == nil {
		err = c.end()
	}
	c.err = err
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// end returns io.EOF, or that the digest is wrong.
func (c *content) end() error {
	if c.sum != nil {
		if err := checkDigest(c.path, c.sum, c.want); err != nil {
			return err
		}
	}
	return io.EOF
}

// symlink compares the target in the archive with the header's.
func (j *joiner) symlink(f *FileInfo, size int64) error {
	if f.LinkTo == "" || size != int64(len(f.LinkTo)) {
		return fmt.Errorf("link target of %d bytes in the archive, %q in the header", size, f.LinkTo)
	}
	target := make([]byte, size)
	if _, err := io.ReadFull(j.archive, target); err != nil {
		return err
	}
	if string(target) != f.LinkTo {
		return fmt.Errorf("link target %q in the archive, %q in the header", target, f.LinkTo)
	}
	return j.emit(&PayloadFile{FileInfo: *f})
}
