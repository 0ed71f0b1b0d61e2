// Package bls models Boot Loader Specification type 1 entries, the files
// loader/entries/*.conf that list what a machine can boot.
//
// Most users need [Parse] and [Entry.Format]; [Compare] and [CompareVersions]
// order entries as boot loaders do, [ParseFileName] understands the boot
// counting suffix of entry file names. The package reads and writes no files
// and does not check that a kernel exists.
//
// Format reference: UAPI.1 "Boot Loader Specification", type #1 entries, and
// systemd's "Automatic Boot Assessment" for the counters in file names.
package bls

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Field is a key with its value, for keys that Entry has no field for.
type Field struct{ Key, Value string }

// Entry is one boot entry. Paths are relative to the boot partition.
type Entry struct {
	// Title is what a menu shows.
	Title string
	// Version orders the entries (see CompareVersions); the highest is the default.
	Version string
	// Options is the kernel command line.
	Options string
	// Linux is the path of the kernel.
	Linux string
	// Initrd holds the initramfs images; the kernel reads them in this order.
	Initrd []string
	// DeviceTree is a device tree file, DeviceTreeDir (key fdtdir) a directory of them.
	DeviceTree    string
	DeviceTreeDir string
	// Extra holds all other keys. Format writes them sorted by key.
	Extra []Field
}

// maxEntrySize bounds what Parse accepts: an entry is a few lines, the kernel
// takes at most a few KiB of command line.
const maxEntrySize = 1 << 20

// Parse reads an entry. Lines that do not start with a letter (comments, blank
// ones) are skipped. A repeated key "options" adds to the line with a space, a
// repeated "initrd" to the list; of other repeated keys the last one counts.
func Parse(data []byte) (*Entry, error) {
	if len(data) > maxEntrySize {
		return nil, fmt.Errorf("parse boot entry: %d bytes are more than %d", len(data), maxEntrySize)
	}
	if i := slices.Index(data, 0); i >= 0 {
		return nil, fmt.Errorf("parse boot entry: NUL byte at offset %d", i)
	}
	e := &Entry{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := splitLine(strings.TrimRight(line, "\r\n")); ok {
			e.Set(key, value)
		}
	}
	return e, nil
}

func splitLine(line string) (key, value string, ok bool) {
	if line == "" || !isLetter(line[0]) {
		return "", "", false
	}
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return "", "", false
	}
	return line[:i], strings.Trim(line[i:], " \t"), true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// Set stores a value under its key in the file format: repeated "options" are
// joined, "initrd" is added to the list, others are replaced.
func (e *Entry) Set(key, value string) {
	switch key {
	case "title":
		e.Title = value
	case "version":
		e.Version = value
	case "options":
		e.Options = strings.TrimSpace(e.Options + " " + value)
	case "linux":
		e.Linux = value
	case "initrd":
		e.Initrd = append(e.Initrd, value)
	case "devicetree":
		e.DeviceTree = value
	case "fdtdir":
		e.DeviceTreeDir = value
	default:
		e.setExtra(key, value)
	}
}

func (e *Entry) setExtra(key, value string) {
	for i := range e.Extra {
		if e.Extra[i].Key == key {
			e.Extra[i].Value = value
			return
		}
	}
	e.Extra = append(e.Extra, Field{key, value})
}

// Get returns a value by its key in the file format; of "initrd" the first.
func (e *Entry) Get(key string) (string, bool) {
	for _, f := range e.fields() {
		if f.Key == key {
			return f.Value, true
		}
	}
	return "", false
}

// Unset removes a key of Extra and tells whether it was there.
func (e *Entry) Unset(key string) bool {
	n := len(e.Extra)
	e.Extra = slices.DeleteFunc(e.Extra, func(f Field) bool { return f.Key == key })
	return len(e.Extra) != n
}

// Clone returns an independent copy.
func (e *Entry) Clone() *Entry {
	c := *e
	c.Initrd = slices.Clone(e.Initrd)
	c.Extra = slices.Clone(e.Extra)
	return &c
}

// fields lists what is set, in the order of the file: title, version, options,
// devicetree, linux, initrd..., then fdtdir and Extra together sorted by key.
func (e *Entry) fields() []Field {
	var out []Field
	add := func(key, value string) {
		if value != "" {
			out = append(out, Field{key, value})
		}
	}
	add("title", e.Title)
	add("version", e.Version)
	add("options", e.Options)
	add("devicetree", e.DeviceTree)
	add("linux", e.Linux)
	for _, path := range e.Initrd {
		add("initrd", path)
	}
	tail := len(out)
	add("fdtdir", e.DeviceTreeDir)
	out = append(out, e.Extra...)
	slices.SortStableFunc(out[tail:], func(a, b Field) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// Format returns the file: one "key value" line each in a fixed order, so that
// equal entries give equal bytes. It refuses keys that Parse would not read
// back and values with line breaks or NUL.
func (e *Entry) Format() ([]byte, error) {
	var b strings.Builder
	for _, f := range e.fields() {
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("format boot entry %q: %w", e.Title, err)
		}
		b.WriteString(f.Key + " " + f.Value + "\n")
	}
	return []byte(b.String()), nil
}

func (f Field) check() error {
	if f.Key == "" || !isLetter(f.Key[0]) || strings.ContainsAny(f.Key, " \t\r\n\x00") {
		return fmt.Errorf("bad key %q", f.Key)
	}
	if strings.ContainsAny(f.Value, "\r\n\x00") {
		return fmt.Errorf("key %s: line break or NUL in value %q", f.Key, f.Value)
	}
	return nil
}
