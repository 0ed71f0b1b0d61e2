package rpmpkg

import (
	"fmt"
	"time"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Files returns the metadata of all files in header order, ghosts included.
func (h *Header) Files() ([]FileInfo, error) {
	paths, err := h.Paths()
	if err != nil {
		return nil, err
	}
	a := fileArrays{h: h, files: make([]FileInfo, len(paths))}
	for i, p := range paths {
		a.files[i].Path, a.files[i].Index = p, i
	}
	a.uint(rpmtag.FileModes, func(f *FileInfo, n uint64) { f.Mode = uint32(n) })
	a.uint(rpmtag.FileRdevs, func(f *FileInfo, n uint64) { f.Rdev = uint32(n) })
	a.uint(rpmtag.FileMtimes, func(f *FileInfo, n uint64) { f.MTime = time.Unix(int64(n), 0).UTC() })
	a.uint(rpmtag.FileFlags, func(f *FileInfo, n uint64) { f.Flags = FileFlags(n) })
	a.uint(rpmtag.FileVerifyFlags, func(f *FileInfo, n uint64) { f.VerifyFlags = uint32(n) })
	a.uint(rpmtag.FileDevices, func(f *FileInfo, n uint64) { f.Device = uint32(n) })
	a.uint(rpmtag.FileInodes, func(f *FileInfo, n uint64) { f.Inode = uint32(n) })
	a.uint(rpmtag.FileColors, func(f *FileInfo, n uint64) { f.Color = uint32(n) })
	a.uint(rpmtag.FileStates, func(f *FileInfo, n uint64) { f.State = FileState(n) })
	if size := rpmtag.LongFileSizes; h.Has(size) {
		a.uint(size, func(f *FileInfo, n uint64) { f.Size = n })
	} else {
		a.uint(rpmtag.FileSizes, func(f *FileInfo, n uint64) { f.Size = n })
	}
	a.str(rpmtag.FileUserName, func(f *FileInfo, s string) { f.User = s })
	a.str(rpmtag.FileGroupName, func(f *FileInfo, s string) { f.Group = s })
	a.str(rpmtag.FileDigests, func(f *FileInfo, s string) { f.Digest = s })
	a.str(rpmtag.FileLinkTos, func(f *FileInfo, s string) { f.LinkTo = s })
	a.str(rpmtag.FileLangs, func(f *FileInfo, s string) { f.Lang = s })
	a.str(rpmtag.FileCaps, func(f *FileInfo, s string) { f.Caps = s })
	if a.err != nil {
		return nil, a.err
	}
	if len(paths) > 0 && !h.Has(rpmtag.FileModes) {
		return nil, fmt.Errorf("header has %d files but no modes", len(paths))
	}
	return a.files, nil
}

// fileArrays fills files from arrays that run parallel to the file list.
type fileArrays struct {
	h     *Header
	files []FileInfo
	err   error
}

func (a *fileArrays) check(t rpmtag.Tag) bool {
	n := a.h.Count(t)
	if n != 0 && n != len(a.files) && a.err == nil {
		a.err = fmt.Errorf("tag %s has %d values for %d files", t, n, len(a.files))
	}
	return n != 0 && a.err == nil
}

func (a *fileArrays) uint(t rpmtag.Tag, set func(*FileInfo, uint64)) {
	if !a.check(t) {
		return
	}
	e, _ := a.h.find(t)
	for i := range a.files {
		set(&a.files[i], e.uint(i))
	}
}

func (a *fileArrays) str(t rpmtag.Tag, set func(*FileInfo, string)) {
	if !a.check(t) {
		return
	}
	for i, s := range a.h.Strings(t) {
		set(&a.files[i], s)
	}
}
