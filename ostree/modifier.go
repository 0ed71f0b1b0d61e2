package ostree

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// ModeOverride changes the permission bits of an imported file or directory.
type ModeOverride struct {
	Mode uint32 // within 07777
	Set  bool   // replace the bits instead of adding to them
}

// ParseStatOverride reads the file format of `ostree commit --statoverride`: a
// line "MODE PATH" or "+MODE PATH" adds the bits of the decimal number MODE,
// "=MODE PATH" replaces those the path has.
func ParseStatOverride(r io.Reader) (map[string]ModeOverride, error) {
	out := map[string]ModeOverride{}
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		mode, path, ok := strings.Cut(lines.Text(), " ")
		if !ok {
			return nil, fmt.Errorf("parse statoverride: line %d: not MODE PATH", number)
		}
		digits, set := strings.CutPrefix(mode, "=")
		if !set {
			digits = strings.TrimPrefix(digits, "+")
		}
		n, err := strconv.ParseUint(digits, 10, 12)
		if err != nil {
			return nil, fmt.Errorf("parse statoverride: line %d: mode: %w", number, err)
		}
		out[path] = ModeOverride{uint32(n), set}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("parse statoverride: %w", err)
	}
	return out, nil
}

// modifier applies the options that change or leave out entries. If ordered says
// so apply must be called by one goroutine, xattrs may be called by several.
type modifier struct {
	o         *ImportOptions
	canonical bool
	noXattrs  bool
	skip      map[string]bool         // true when matched
	overrides map[string]ModeOverride // not matched yet
}

func newModifier(o *ImportOptions, canonical, noXattrs bool) *modifier {
	m := &modifier{o: o, canonical: canonical, noXattrs: noXattrs || canonical, skip: map[string]bool{}}
	for _, p := range o.Skip {
		m.skip[p] = false
	}
	m.overrides = maps.Clone(o.ModeOverrides)
	return m
}

// ordered reports whether apply has to be called in the order of names, by one goroutine, and may leave entries out.
func (m *modifier) ordered() bool {
	return m.o.Filter != nil || len(m.skip) > 0 || len(m.overrides) > 0
}

// apply changes the header of the entry at path.
func (m *modifier) apply(path string, h *FileHeader) FilterResult {
	if _, ok := m.skip[path]; ok {
		m.skip[path] = true
		return FilterSkip
	}
	if m.o.OwnerUID != nil {
		h.UID = *m.o.OwnerUID
	}
	if m.o.OwnerGID != nil {
		h.GID = *m.o.OwnerGID
	}
	if v, ok := m.overrides[path]; ok {
		delete(m.overrides, path)
		if v.Set {
			h.Mode &^= 0o7777
		}
		h.Mode |= v.Mode & 0o7777
	}
	if m.o.Filter != nil && m.o.Filter(path, h) == FilterSkip {
		return FilterSkip
	}
	if m.canonical {
		h.UID, h.GID = 0, 0
		if h.Mode&unix.S_IFMT != unix.S_IFLNK {
			h.Mode &= unix.S_IFMT | 0o755
		}
	}
	return FilterKeep
}

// xattrs fills in the attributes; read gets those on disk.
func (m *modifier) xattrs(path string, h *FileHeader, read func() ([]dirfd.Xattr, error)) error {
	h.Xattrs = nil
	if !m.noXattrs {
		onDisk, err := read()
		if err != nil {
			return err
		}
		h.Xattrs = fromDisk(slices.DeleteFunc(onDisk, isObjectMeta))
	}
	if m.o.Xattrs == nil {
		return nil
	}
	x, err := m.o.Xattrs(path, h)
	if err == nil {
		h.Xattrs, err = x.normalize()
	}
	return err
}

// isObjectMeta recognises what a hardlink of a bare-user object has because it is
// an object.
func isObjectMeta(x dirfd.Xattr) bool { return x.Name == metaXattr }

// unmatched reports options that named nothing.
func (m *modifier) unmatched() error {
	var errs []error
	for _, p := range slices.Sorted(maps.Keys(m.overrides)) {
		errs = append(errs, fmt.Errorf("unmatched statoverride path %s", p))
	}
	for _, p := range slices.Sorted(maps.Keys(m.skip)) {
		if !m.skip[p] {
			errs = append(errs, fmt.Errorf("unmatched skip path %s", p))
		}
	}
	return errors.Join(errs...)
}
