package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// errorf makes an error in the real command's words, which begin with a capital and which scripts match.
func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// xattrText is how ls -X prints extended attributes.
func xattrText(x ostree.Xattrs) string {
	items := make([]gvariant.Value, len(x))
	for i, a := range x {
		items[i] = gvariant.NewTuple(gvariant.NewByteString([]byte(a.Name)), gvariant.NewBytes(a.Value))
	}
	v, err := gvariant.NewArray("(ayay)", items...)
	if err != nil {
		return err.Error()
	}
	return v.String()
}

// readLines reads a file of one item a line; empty lines do not count.
func readLines(name string) ([]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

// parseFsync reads the value of --fsync.
func parseFsync(s string, def bool) (bool, error) {
	if s == "" {
		return def, nil
	}
	switch strings.ToLower(s) {
	case "on", "yes":
		return true, nil
	case "off", "no", "none":
		return false, nil
	}
	b, err := strconv.ParseBool(s)
	if err != nil {
		return false, errorf("Invalid boolean argument '%s'", s)
	}
	return b, nil
}

// keyValue splits KEY=VALUE.
func keyValue(s string) (key, value string, err error) {
	key, value, ok := strings.Cut(s, "=")
	if !ok {
		return "", "", errorf("Missing '=' in KEY=VALUE metadata '%s'", s)
	}
	return key, value, nil
}
