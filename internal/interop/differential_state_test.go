package interop

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree/gvariant"
)

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return fmt.Sprintf("%d:%x", len(data), sum[:8])
}

// state is everything below a directory, as text by path. Descriptions are kept as long as the inode does not change.
type state struct {
	dir   string
	start time.Time // what is newer has "now" as its time
	known map[inode]string
}

type inode struct {
	path         string
	ino          uint64
	size         int64
	ctime, mtime unix.Timespec
}

// take describes what is below dir now.
func (s *state) take(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(p, &st); err != nil {
			return err
		}
		key := inode{p, st.Ino, st.Size, st.Ctim, st.Mtim}
		text, ok := s.known[key]
		if !ok {
			if text, err = s.describe(p, rel, &st); err != nil {
				return err
			}
			s.known[key] = text
		}
		if rel = stableName(rel); rel != "" {
			out[rel] = text
		}
		return nil
	})
	return out, err
}

var (
	deltaPart = regexp.MustCompile(`/deltas/../[^/]+/\d+$|^\d+$`) // of a delta in a file: beside it
	superblok = regexp.MustCompile(`/superblock$`)
	filez     = regexp.MustCompile(`^(r\d+|usb/[^/]+(/[^/]+)*)/objects/../.*\.filez$`)
	loose     = regexp.MustCompile(`^(r\d+|usb/[^/]+(/[^/]+)*)/(objects/|refs/)`)
)

// stableName is how a path is called in a state; "" leaves it out: when a lock is taken is not compared.
func stableName(rel string) string {
	if base := filepath.Base(rel); base == ".lock" || base == "uncompressed-objects-cache" { // what is in it has its own names
		return ""
	}
	return rel
}

// sweep removes what failed commands of the real command leave in tmp/ for the next one to go on with; ours leave
// nothing unless they were killed.
func sweep(dir string) error {
	for _, pattern := range []string{"r*/tmp/staging-*", "usb/*/*/tmp/staging-*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := os.RemoveAll(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *state) describe(p, rel string, st *unix.Stat_t) (string, error) {
	text := fmt.Sprintf("%o %d:%d", st.Mode, st.Uid, st.Gid)
	switch mtime := time.Unix(st.Mtim.Unix()); {
	case mtime.Before(s.start) && st.Mode&unix.S_IFMT == unix.S_IFREG:
		text += " old" // when consumed, our objects have the same time as others
	case mtime.Before(s.start):
		text += mtime.UTC().Format(" 2006-01-02T15:04:05.999999999")
	default:
		text += " now"
	}
	xattrs, err := listXattrs(p)
	if err != nil {
		return "", err
	}
	text += xattrs
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		target, err := os.Readlink(p)
		return text + " -> " + target, err
	case unix.S_IFREG:
		data, err := os.ReadFile(p)
		return fmt.Sprintf("%s links=%d %s", text, st.Nlink, strings.ReplaceAll(fileContent(rel, data), s.dir, "@DIR")), err
	case unix.S_IFDIR:
		return text, nil
	}
	return text + fmt.Sprintf(" rdev=%d", st.Rdev), nil
}

func listXattrs(p string) (string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Llistxattr(p, buf)
	if err != nil || n == 0 {
		return "", err
	}
	names := strings.Split(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00")
	slices.Sort(names)
	text := ""
	for _, name := range names {
		if name == "user.etag" { // of the test's server
			continue
		}
		n, err := unix.Lgetxattr(p, name, buf)
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf(" %s=%q", name, buf[:n])
	}
	return text, nil
}

// fileContent describes the content of a file by what it is.
func fileContent(rel string, data []byte) string {
	base := filepath.Base(rel)
	switch {
	case filez.MatchString(rel):
		return unpacked(data)
	case deltaPart.MatchString(rel):
		return "part"
	case superblok.MatchString(rel):
		return "superblock"
	case base == "summary" || filepath.Base(filepath.Dir(rel)) == "summaries":
		return fmt.Sprintf("summary of %d bytes", len(data))
	case strings.HasPrefix(rel, "delta"):
		return "superblock"
	case strings.HasSuffix(base, ".index"):
		return fmt.Sprintf("index of %d bytes", len(data))
	case strings.HasSuffix(base, ".tar"):
		return describeTar(data)
	case strings.HasSuffix(base, ".commitmeta"): // has the order of a hash table
		v, _ := gvariant.Decode("a{sv}", data)
		var keys []string
		for _, e := range v.All() {
			keys = append(keys, e.String())
		}
		slices.Sort(keys)
		return strings.Join(keys, " ")
	case base == "config": // what `remote add` sets has no order
		lines := strings.Split(maskAddress(string(data)), "\n")
		slices.Sort(lines)
		return fmt.Sprintf("%q", lines)
	case loose.MatchString(rel) && len(data) < 4096 && !bytes.ContainsRune(data, 0):
		return fmt.Sprintf("%q", data)
	}
	return digest(data)
}

// unpacked describes a file as an archive repository keeps it: no checksum covers the compressed bytes.
func unpacked(data []byte) string {
	if len(data) < 8 {
		return "short " + digest(data)
	}
	end := 8 + uint64(binary.BigEndian.Uint32(data))
	if end > uint64(len(data)) {
		return "short " + digest(data)
	}
	text := fmt.Sprintf("filez %x", data[:end])
	if end == uint64(len(data)) {
		return text
	}
	payload, err := io.ReadAll(flate.NewReader(bytes.NewReader(data[end:])))
	return fmt.Sprintf("%s %s %v", text, digest(payload), err)
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func maskAddress(s string) string { return address.ReplaceAllString(s, "ADDRESS") }

// differing lists the paths where two states differ, with both descriptions.
func differing(want, got map[string]string) (lines []string) {
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, p := range slices.Sorted(maps.Keys(all)) {
		a, inA := want[p]
		b, inB := got[p]
		switch {
		case !inA:
			lines = append(lines, fmt.Sprintf("%q: not there, but %s", p, b))
		case !inB:
			lines = append(lines, fmt.Sprintf("%q: missing, should be %s", p, a))
		case a != b:
			lines = append(lines, fmt.Sprintf("%q: should be (-) but is (+)\n%s", p, otherLines(a, b)))
		}
	}
	return lines
}
