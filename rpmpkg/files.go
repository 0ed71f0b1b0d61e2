package rpmpkg

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// FileInfo is what the header says of one file of the package.
type FileInfo struct {
	Path        string // absolute and clean; a bare name in source packages
	Mode        uint32 // type and permissions as in st_mode
	User, Group string // names; numbers are the business of the target system
	Size        uint64
	MTime       time.Time
	Digest      string // lower-case hex of the content, see Header.FileDigestAlgo; empty if not a regular file
	LinkTo      string // target of a symbolic link
	Flags       FileFlags
	VerifyFlags uint32 // which attributes rpm -V compares
	Caps        string // capabilities as text ("cap_net_raw=ep")
	Rdev        uint32 // of a device: major<<8 | minor
	Device      uint32
	Inode       uint32 // files with equal Device and Inode are hard links of each other
	Color       uint32 // 1 = 32-bit ELF, 2 = 64-bit ELF, 0 = other
	Lang        string // language of the file's content, empty for all
	State       FileState
	Index       int // position in the header
}

// FileFlags are the attributes that the package gives a file.
type FileFlags uint32

// Flags of files.
const (
	FileConfig    FileFlags = 1 << 0
	FileDoc       FileFlags = 1 << 1
	FileMissingOK FileFlags = 1 << 3
	FileNoReplace FileFlags = 1 << 4
	FileGhost     FileFlags = 1 << 6
	FileLicense   FileFlags = 1 << 7
	FileReadme    FileFlags = 1 << 8
	FilePubKey    FileFlags = 1 << 11
	FileArtifact  FileFlags = 1 << 12
)

// FileState tells what became of a file at installation.
type FileState uint8

// States of installed files. Packages that are not installed have StateNormal.
const (
	StateNormal       FileState = 0
	StateReplaced     FileState = 1 // another package's file took its place
	StateNotInstalled FileState = 2 // documentation or a language that was not wanted
	StateNetShared    FileState = 3
	StateWrongColor   FileState = 4 // the other ELF class took its place
	StateMissing      FileState = 0xff
)

// Types of files in FileInfo.Mode (st_mode, POSIX <sys/stat.h>).
const (
	modeType    = 0o170000
	modeFIFO    = 0o010000
	modeChar    = 0o020000
	modeDir     = 0o040000
	modeBlock   = 0o060000
	modeRegular = 0o100000
	modeSymlink = 0o120000
	modeSocket  = 0o140000
)

// IsDir reports whether the file is a directory.
func (f *FileInfo) IsDir() bool { return f.Mode&modeType == modeDir }

// IsRegular reports whether the file is a regular one.
func (f *FileInfo) IsRegular() bool { return f.Mode&modeType == modeRegular }

// IsSymlink reports whether the file is a symbolic link.
func (f *FileInfo) IsSymlink() bool { return f.Mode&modeType == modeSymlink }

// IsGhost reports whether the package only claims the path and brings no content.
func (f *FileInfo) IsGhost() bool { return f.Flags&FileGhost != 0 }

// IsConfig reports whether the file is configuration that the user may change.
func (f *FileInfo) IsConfig() bool { return f.Flags&FileConfig != 0 }

// IsDoc reports whether the file is documentation.
func (f *FileInfo) IsDoc() bool { return f.Flags&FileDoc != 0 }

// IsLicense reports whether the file is a licence text.
func (f *FileInfo) IsLicense() bool { return f.Flags&FileLicense != 0 }

// Paths returns the paths of all files in header order. It fails if a path is not
// absolute and clean, so that joining it to a root cannot leave the root.
func (h *Header) Paths() ([]string, error) {
	if !h.Has(rpmtag.Basenames) {
		return h.oldPaths()
	}
	base, dirs, index := h.Strings(rpmtag.Basenames), h.Strings(rpmtag.DirNames), h.Uint32s(rpmtag.DirIndexes)
	if len(index) != len(base) {
		return nil, fmt.Errorf("%d base names but %d directory indexes", len(base), len(index))
	}
	for _, d := range dirs {
		if err := checkDir(d, h.isSource()); err != nil {
			return nil, fmt.Errorf("directory name %q: %w", d, err)
		}
	}
	paths := make([]string, len(base))
	for i, b := range base {
		if uint64(index[i]) >= uint64(len(dirs)) {
			return nil, fmt.Errorf("file %q: directory index %d of %d", b, index[i], len(dirs))
		}
		dir := dirs[index[i]]
		if err := checkName(b); err != nil && !(b == "" && dir == "/") {
			return nil, fmt.Errorf("file name %q in %q: %w", b, dir, err)
		}
		paths[i] = dir + b
	}
	return paths, nil
}

// oldPaths reads the file list of packages made before rpm 4.
func (h *Header) oldPaths() ([]string, error) {
	paths := h.Strings(rpmtag.OldFilenames)
	for _, p := range paths {
		i := strings.LastIndexByte(p, '/') + 1
		if p == "/" {
			continue
		}
		if err := errors.Join(checkDir(p[:i], h.isSource()), checkName(p[i:])); err != nil {
			return nil, fmt.Errorf("file name %q: %w", p, err)
		}
	}
	return paths, nil
}

// checkDir accepts "/", "/a/b/" and for source packages the empty string.
func checkDir(d string, source bool) error {
	switch {
	case d == "" && source, d == "/":
		return nil
	case d == "" || d[0] != '/' || d[len(d)-1] != '/':
		return errors.New("not an absolute path with a trailing slash")
	}
	for c := range strings.SplitSeq(d[1:len(d)-1], "/") {
		if err := checkName(c); err != nil {
			return err
		}
	}
	return nil
}

func checkName(n string) error {
	switch {
	case n == "":
		return errors.New("empty name")
	case n == "." || n == "..":
		return errors.New("names with . or .. are not allowed")
	case strings.Contains(n, "/"):
		return errors.New("slash in a name")
	}
	return nil
}
