// Package dirfd performs file operations relative to an open directory, and
// never leaves it: names come from repositories, packages and archives, so a
// symbolic link or ".." planted in one must not redirect a write.
//
// Open (or Dir.OpenDir) gives a Dir; Dir.OpenFile and the other methods take a
// relative slash path. Parents are resolved with openat2(2)
// RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS, or one component at a time with
// O_NOFOLLOW on kernels without it; the last component is never followed.
//
// The package only reads, creates and changes attributes. Everything that must
// survive a crash (rename, link, unlink, fsync) is internal/atomicfs.
package dirfd

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrBadName is the cause when a path is empty, absolute, contains "..", ".",
// an empty component or a NUL byte.
var ErrBadName = errors.New("path is not a plain relative path")

// Dir is an open directory. It is safe for concurrent use; Close must not run
// at the same time as other methods.
type Dir struct {
	fd   int
	path string
}

// Open opens the directory at path, following symbolic links in it (the path
// is the caller's, not a stranger's).
func Open(p string) (*Dir, error) {
	fd, err := openRetry(unix.AT_FDCWD, p, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: err}
	}
	return &Dir{fd: fd, path: p}, nil
}

// Close releases the descriptor. A second Close is a no-op.
func (d *Dir) Close() error {
	if d.fd < 0 {
		return nil
	}
	err := unix.Close(d.fd)
	d.fd = -1
	if err != nil {
		return &fs.PathError{Op: "close", Path: d.path, Err: err}
	}
	return nil
}

// Fd is the descriptor, owned by d.
func (d *Dir) Fd() int { return d.fd }

// Path is the path given at open plus what OpenDir appended; for messages.
func (d *Dir) Path() string { return d.path }

// Join is the path of rel for messages.
func (d *Dir) Join(rel string) string { return path.Join(d.path, rel) }

func (d *Dir) err(op, rel string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: d.Join(rel), Err: err}
}

// CheckName reports whether name is a single path component that can be
// created below a Dir.
func CheckName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return &fs.PathError{Op: "check", Path: name, Err: ErrBadName}
	}
	return nil
}

// CheckPath reports whether rel is a plain relative slash path or ".".
func CheckPath(rel string) error {
	if !validPath(rel) {
		return &fs.PathError{Op: "check", Path: rel, Err: ErrBadName}
	}
	return nil
}

// validPath is fs.ValidPath without its UTF-8 requirement: file names on disk
// are bytes.
func validPath(rel string) bool {
	if rel == "." {
		return true
	}
	start := 0
	for i := 0; i <= len(rel); i++ {
		if i < len(rel) && rel[i] == 0 {
			return false
		}
		if i < len(rel) && rel[i] != '/' {
			continue
		}
		if c := rel[start:i]; c == "" || c == "." || c == ".." {
			return false
		}
		start = i + 1
	}
	return true
}
