// Package grubenv models the GRUB environment block: a file of exactly 1024
// bytes with variables that GRUB itself can write, such as boot_success.
//
// Most users need [Parse] and [Block.Bytes]. GRUB overwrites the file's blocks
// in place, so its size never changes; writing the file is up to the caller.
//
// Format reference: GNU GRUB manual, "The GRUB environment block".
package grubenv

import (
	"errors"
	"fmt"
	"strings"
)

// Size is the length of an environment block in bytes.
const Size = 1024

const signature = "# GRUB Environment Block\n"

// ErrFull is the cause when the variables do not fit.
var ErrFull = errors.New("environment block is full")

// Block is an ordered list of variables. The zero value is empty.
type Block struct {
	names  []string
	values map[string]string
}

// Parse reads a block. Lines that are not NAME=VALUE are skipped; of a
// repeated name the last value counts.
func Parse(data []byte) (*Block, error) {
	if len(data) != Size {
		return nil, fmt.Errorf("parse grubenv: %d bytes, want %d", len(data), Size)
	}
	rest, ok := strings.CutPrefix(string(data), signature)
	if !ok {
		return nil, errors.New("parse grubenv: no signature")
	}
	b := &Block{}
	for rest != "" {
		var line string
		line, rest = cutLine(rest)
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		b.put(name, value)
	}
	return b, nil
}

// cutLine returns the next line with its escapes resolved: a backslash takes
// away the meaning of the next character, also of a line break.
func cutLine(s string) (line, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '\n':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

func (b *Block) put(name, value string) {
	if b.values == nil {
		b.values = map[string]string{}
	}
	if _, ok := b.values[name]; !ok {
		b.names = append(b.names, name)
	}
	b.values[name] = value
}

// Get returns a variable.
func (b *Block) Get(name string) (string, bool) {
	v, ok := b.values[name]
	return v, ok
}

// Names returns the names in order.
func (b *Block) Names() []string { return append([]string(nil), b.names...) }

// Set adds or changes a variable, keeping its place. The error matches ErrFull
// when the block would not fit; nothing is changed then.
func (b *Block) Set(name, value string) error {
	if name == "" || strings.ContainsAny(name, "=#\\\n\x00 ") || strings.Contains(value, "\x00") {
		return fmt.Errorf("set grubenv variable %q: bad name or value", name)
	}
	old, had := b.values[name]
	b.put(name, value)
	if len(b.text()) > Size {
		if b.Unset(name); had {
			b.put(name, old)
		}
		return fmt.Errorf("set grubenv variable %s: %w", name, ErrFull)
	}
	return nil
}

// Unset removes a variable and tells whether it was there.
func (b *Block) Unset(name string) bool {
	if _, ok := b.values[name]; !ok {
		return false
	}
	delete(b.values, name)
	kept := b.names[:0]
	for _, n := range b.names {
		if n != name {
			kept = append(kept, n)
		}
	}
	b.names = kept
	return true
}

func (b *Block) text() string {
	escape := strings.NewReplacer("\\", "\\\\", "\n", "\\\n")
	var t strings.Builder
	t.WriteString(signature)
	for _, n := range b.names {
		t.WriteString(n + "=" + escape.Replace(b.values[n]) + "\n")
	}
	return t.String()
}

// Bytes returns the block of Size bytes, filled up with "#".
func (b *Block) Bytes() ([]byte, error) {
	t := b.text()
	if len(t) > Size {
		return nil, fmt.Errorf("format grubenv: %w", ErrFull)
	}
	return []byte(t + strings.Repeat("#", Size-len(t))), nil
}
