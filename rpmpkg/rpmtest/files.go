package rpmtest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/cpio"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Types of files (st_mode).
const (
	typeMask = 0o170000
	typeDir  = 0o040000
	typeReg  = 0o100000
	typeLink = 0o120000
)

// entry is a file with all that follows from its description.
type entry struct {
	File
	mode  uint32
	inode uint32
	set   []*entry // of a hard link: all members in order of path
}

func (e *entry) regular() bool { return e.mode&typeMask == typeReg }

// content is what the archive holds for the file.
func (e *entry) content() string {
	if e.mode&typeMask == typeLink {
		return e.LinkTo
	}
	return e.Body
}

// sortedFiles completes the files and sorts them by path, the order of headers.
func (p *Package) sortedFiles() ([]*entry, error) {
	byPath := map[string]*entry{}
	list := make([]*entry, 0, len(p.Files))
	for _, f := range p.Files {
		e := &entry{File: f, mode: f.fullMode()}
		if f.Path != path.Clean(f.Path) || f.Path[0] != '/' {
			return nil, fmt.Errorf("file %q: not a clean absolute path", f.Path)
		}
		if byPath[f.Path] != nil {
			return nil, fmt.Errorf("file %q: listed twice", f.Path)
		}
		if !e.regular() && f.Body != "" {
			return nil, fmt.Errorf("file %q: only regular files have a body", f.Path)
		}
		byPath[f.Path] = e
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(a.Path, b.Path) })
	for i, e := range list {
		e.inode = uint32(i + 1)
	}
	return list, linkFiles(list, byPath)
}

func (f *File) fullMode() uint32 {
	switch {
	case f.LinkTo != "":
		return typeLink | or(f.Mode&^typeMask, 0o777)
	case f.Dir:
		return typeDir | or(f.Mode&^typeMask, 0o755)
	case f.Mode&typeMask != 0:
		return f.Mode
	}
	return typeReg | or(f.Mode, 0o644)
}

// linkFiles makes hard links share inode, content and list of members.
func linkFiles(list []*entry, byPath map[string]*entry) error {
	for _, e := range list {
		if e.Hardlink == "" {
			continue
		}
		target := byPath[e.Hardlink]
		if target == nil || !target.regular() || target.Hardlink != "" || target.Ghost {
			return fmt.Errorf("file %q: hard link to %q, which is no regular file of the package", e.Path, e.Hardlink)
		}
		if target.set == nil {
			target.set = []*entry{target}
		}
		target.set = append(target.set, e)
	}
	for _, target := range list {
		if target.Hardlink != "" || target.set == nil {
			continue
		}
		slices.SortFunc(target.set, func(a, b *entry) int { return cmp.Compare(a.Path, b.Path) })
		for _, e := range target.set {
			e.inode, e.Body, e.mode, e.set = target.inode, target.Body, target.mode, target.set
		}
	}
	return nil
}

// archive writes the payload: hard links together, the content with the last one.
func (p *Package) archive(files []*entry) ([]byte, error) {
	index := map[*entry]int{}
	for i, e := range files {
		index[e] = i
	}
	var out bytes.Buffer
	w := cpio.NewWriter(&out)
	done := map[*entry]bool{}
	for _, e := range files {
		group := []*entry{e}
		if e.set != nil {
			group = e.set
		}
		for i, m := range group {
			if m.Ghost || done[m] {
				continue
			}
			done[m] = true
			data := m.content()
			if i < len(group)-1 {
				data = ""
			}
			if err := p.archiveEntry(w, m, index[m], data); err != nil {
				return nil, err
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (p *Package) archiveEntry(w *cpio.Writer, e *entry, index int, data string) error {
	h := &cpio.Header{Index: index, Size: int64(len(data))}
	if !p.V6 {
		h = &cpio.Header{
			Index: -1, Name: "." + e.Path, Mode: e.mode, Nlink: uint32(max(1, len(e.set))), MTime: p.mtime(e), Size: int64(len(data)),
			Inode: e.inode, Minor: 1, RMajor: e.Rdev >> 8, RMinor: e.Rdev & 0xff,
		}
	}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write([]byte(data))
	return err
}

func (p *Package) mtime(e *entry) uint32 {
	if e.MTime.IsZero() {
		return unix(p.buildTime())
	}
	return unix(e.MTime)
}

// addFiles adds the parallel arrays of file metadata.
func (p *Package) addFiles(h *headerWriter, files []*entry) {
	p.addNames(h, files)
	var modes, rdevs []uint16
	var mtimes, flags, verify, devices, inodes, colors []uint32
	var digests, links, users, groups, langs, caps []string
	anyCaps := false
	for _, e := range files {
		modes, rdevs = append(modes, uint16(e.mode)), append(rdevs, uint16(e.Rdev))
		mtimes, flags = append(mtimes, p.mtime(e)), append(flags, uint32(e.flags()))
		verify, devices = append(verify, e.verifyFlags()), append(devices, 1)
		inodes, colors = append(inodes, e.inode), append(colors, e.Color)
		digests, links = append(digests, e.digest()), append(links, e.LinkTo)
		users, groups = append(users, or(e.User, "root")), append(groups, or(e.Group, "root"))
		langs, caps = append(langs, e.Lang), append(caps, e.Caps)
		anyCaps = anyCaps || e.Caps != ""
	}
	h.u16s(rpmtag.FileModes, modes...)
	h.u16s(rpmtag.FileRdevs, rdevs...)
	h.u32s(rpmtag.FileMtimes, mtimes...)
	h.u32s(rpmtag.FileFlags, flags...)
	h.u32s(rpmtag.FileVerifyFlags, verify...)
	h.u32s(rpmtag.FileDevices, devices...)
	h.u32s(rpmtag.FileInodes, inodes...)
	h.u32s(rpmtag.FileColors, colors...)
	h.strs(rpmtag.FileDigests, digests...)
	h.strs(rpmtag.FileLinkTos, links...)
	h.strs(rpmtag.FileUserName, users...)
	h.strs(rpmtag.FileGroupName, groups...)
	h.strs(rpmtag.FileLangs, langs...)
	if anyCaps {
		h.strs(rpmtag.FileCaps, caps...)
	}
	if len(files) > 0 {
		h.u32s(rpmtag.FileDigestAlgo, uint32(rpmpkg.DigestSHA256))
	}
}

// addNames adds paths and sizes.
func (p *Package) addNames(h *headerWriter, files []*entry) {
	var base, dirs []string
	var dirIndex []uint32
	var sizes []uint64
	var total uint64
	for _, e := range files {
		i := strings.LastIndexByte(e.Path, '/') + 1
		d := slices.Index(dirs, e.Path[:i])
		if d < 0 {
			d = len(dirs)
			dirs = append(dirs, e.Path[:i])
		}
		base, dirIndex = append(base, e.Path[i:]), append(dirIndex, uint32(d))
		size := uint64(len(e.content()))
		if e.Ghost {
			size = 0
		}
		sizes = append(sizes, size)
		if e.set == nil || e == e.set[0] {
			total += size
		}
	}
	h.strs(rpmtag.Basenames, base...)
	h.strs(rpmtag.DirNames, dirs...)
	h.u32s(rpmtag.DirIndexes, dirIndex...)
	if p.V6 {
		h.u64s(rpmtag.LongFileSizes, sizes...)
		h.u64s(rpmtag.LongSize, total)
		return
	}
	var small []uint32
	for _, s := range sizes {
		small = append(small, uint32(s))
	}
	h.u32s(rpmtag.FileSizes, small...)
	h.u32s(rpmtag.Size, uint32(total))
}

func (e *entry) flags() rpmpkg.FileFlags {
	var f rpmpkg.FileFlags
	for _, b := range []struct {
		set  bool
		flag rpmpkg.FileFlags
	}{
		{e.Config || e.NoReplace, rpmpkg.FileConfig}, {e.NoReplace, rpmpkg.FileNoReplace}, {e.Doc, rpmpkg.FileDoc},
		{e.MissingOK, rpmpkg.FileMissingOK}, {e.Ghost, rpmpkg.FileGhost}, {e.License, rpmpkg.FileLicense}, {e.Artifact, rpmpkg.FileArtifact},
	} {
		if b.set {
			f |= b.flag
		}
	}
	return f
}

func (e *entry) verifyFlags() uint32 {
	const all, ghost = 0xffffffff, 0xffffffd8 // of a ghost neither digest, size, link target nor time
	switch {
	case e.VerifyFlags != 0:
		return e.VerifyFlags
	case e.Ghost:
		return ghost
	}
	return all
}

func (e *entry) digest() string {
	if !e.regular() || e.Ghost {
		return ""
	}
	sum := sha256.Sum256([]byte(e.Body))
	return hex.EncodeToString(sum[:])
}
