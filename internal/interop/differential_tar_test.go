package interop

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// tarball writes the tree as a tar archive, in one of the styles that are around.
func (t randomTree) tarball(r *rand.Rand, parents bool) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	prefix := pick(r, []string{"", "./", "./", "/"})
	orphans := chance(r, 6) && parents // directories are not told
	repeated := chance(r, 8)           // the first file comes twice
	var again []*tar.Header            // at the end
	content := map[string][]byte{}
	for _, e := range t {
		if strings.Contains(e.path, "\u0301") || strings.ContainsAny(e.target, "ü\u0301") {
			continue // the real command, or rather libarchive, would change it
		}
		h := e.header(prefix)
		if orphans { // the real command gives a directory to who needs it last
			h.Uid, h.Gid = 5, 6
		}
		if e.mode&unix.S_IFMT == unix.S_IFDIR && orphans || e.path == "." && chance(r, 3) {
			continue
		}
		if e.mode&unix.S_IFMT == unix.S_IFREG && !e.hardlink {
			content[h.Name] = e.data()
		}
		if repeated && h.Typeflag == tar.TypeReg && again == nil {
			again = append(again, h)
		}
		if err := errors.Join(w.WriteHeader(h), write(w, content[h.Name])); err != nil {
			return nil, fmt.Errorf("%q: %w", e.path, err)
		}
	}
	for _, h := range again {
		if err := errors.Join(w.WriteHeader(h), write(w, content[h.Name])); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil || !chance(r, 2) {
		return out.Bytes(), err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	return packed.Bytes(), errors.Join(write(z, out.Bytes()), z.Close())
}

func write(w io.Writer, data []byte) error {
	_, err := w.Write(data)
	return err
}

func (e *randomEntry) header(prefix string) *tar.Header {
	h := &tar.Header{Name: prefix + e.path, Mode: int64(e.mode & 0o7777), Uid: e.uid, Gid: e.gid, ModTime: time.Unix(1e9, 0), Format: tar.FormatPAX}
	for _, name := range slices.Sorted(maps.Keys(e.xattrs)) {
		value := e.xattrs[name]
		if !strings.Contains(name, "ü") { // one at most: the real command does not sort them
			h.PAXRecords = map[string]string{"SCHILY.xattr." + name: value}
			break
		}
	}
	switch e.mode & unix.S_IFMT {
	case unix.S_IFDIR:
		h.Typeflag, h.Name = tar.TypeDir, path.Clean(h.Name)+"/"
	case unix.S_IFLNK:
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.target
	case unix.S_IFREG:
		h.Typeflag, h.Size = tar.TypeReg, int64(e.size)
		if e.hardlink {
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, prefix+e.target, 0
		}
	case unix.S_IFIFO:
		h.Typeflag = tar.TypeFifo
	case unix.S_IFCHR:
		h.Typeflag, h.Devmajor, h.Devminor = tar.TypeChar, 1, 3
	}
	return h
}

// describeTar lists what an archive holds, one line a member. The real command writes no attributes, and no
// decomposed letters.
func describeTar(data []byte) string {
	var lines []string
	for r := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return strings.Join(lines, "\n")
		}
		if err != nil {
			return strings.Join(append(lines, err.Error()), "\n")
		}
		content, err := io.ReadAll(r)
		line := fmt.Sprintf("%q %c %o %d:%d %q:%q %s -> %q dev %d,%d %s %v", h.Name, h.Typeflag, h.Mode, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime.UTC(), h.Linkname, h.Devmajor, h.Devminor, digest(content), err)
		lines = append(lines, strings.ReplaceAll(line, "a\u0301", "\u00e1"))
	}
}
