package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// maxOSRelease bounds an os-release file.
const maxOSRelease = 1 << 20

// osName returns PRETTY_NAME, else ID of the tree's os-release(5) file.
func osName(root *dirfd.Dir) (string, error) {
	var data []byte
	var err error
	for _, name := range []string{"usr/lib/os-release", "etc/os-release", "usr/etc/os-release"} {
		if data, err = readFollowing(root, name, maxOSRelease); err == nil {
			break
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", &fs.PathError{Op: "find", Path: root.Join("usr/lib/os-release"), Err: fs.ErrNotExist}
	}
	if err != nil {
		return "", err
	}
	values := parseOSRelease(string(data))
	for _, key := range []string{"PRETTY_NAME", "ID"} {
		if v := values[key]; v != "" {
			return v, nil
		}
	}
	return "", fmt.Errorf("%s: os-release has neither PRETTY_NAME nor ID", root.Path())
}

// readFollowing reads a file that may be a symbolic link inside the tree.
func readFollowing(root *dirfd.Dir, rel string, limit int64) ([]byte, error) {
	const maxLinks = 8
	for range maxLinks {
		target, err := root.Readlink(rel)
		if err != nil { // not a link, or nothing there
			return root.ReadFile(rel, limit)
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", path.Dir(rel), target)
		}
		rel = strings.TrimPrefix(path.Clean(target), "/")
	}
	return nil, &fs.PathError{Op: "open", Path: root.Join(rel), Err: unix.ELOOP}
}

// parseOSRelease reads shell-like assignments as os-release(5) defines them.
func parseOSRelease(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		out[key] = unquote(value)
	}
	return out
}

// unquote removes the quoting of a shell word without expansions.
func unquote(s string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// entryTitle is the text of a boot menu entry.
func entryTitle(os, version, stateroot string, several bool, index int) string {
	var b strings.Builder
	b.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\x00", " ").Replace(os))
	if version != "" && !strings.Contains(os, version) {
		b.WriteString(" " + version)
	}
	b.WriteString(" (ostree")
	if several {
		b.WriteString(":" + stateroot)
	}
	fmt.Fprintf(&b, ":%d)", index)
	return b.String()
}
