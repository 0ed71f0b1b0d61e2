package keyfile

import (
	"fmt"
	"strconv"
	"strings"
)

// Get returns a string value with escapes resolved. An invalid escape is kept
// as it stands.
func (f *File) Get(group, key string) (string, bool) {
	raw, ok := f.GetRaw(group, key)
	if !ok {
		return "", false
	}
	parts := split(raw, false)
	return parts[0], true
}

// GetBool returns a boolean, def if the key is absent. The format's values are
// true and false; 1 and 0 are the older spelling. Anything else is an error.
func (f *File) GetBool(group, key string, def bool) (bool, error) {
	raw, ok := f.GetRaw(group, key)
	if !ok {
		return def, nil
	}
	switch strings.TrimRight(raw, " \t") {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return def, fmt.Errorf("[%s] %s=%s: not a boolean", group, key, raw)
}

// GetInt returns a decimal integer, def if the key is absent.
func (f *File) GetInt(group, key string, def int64) (int64, error) {
	raw, ok := f.GetRaw(group, key)
	if !ok {
		return def, nil
	}
	n, err := strconv.ParseInt(strings.TrimRight(raw, " \t"), 10, 64)
	if err != nil {
		return def, fmt.Errorf("[%s] %s=%s: not an integer", group, key, raw)
	}
	return n, nil
}

// GetList returns the elements of a ';' separated list; nil if the key is
// absent or empty. "\;" is a semicolon inside an element.
func (f *File) GetList(group, key string) []string {
	raw, ok := f.GetRaw(group, key)
	if !ok || raw == "" {
		return nil
	}
	return split(raw, true)
}

// Set sets a string value. An existing key keeps its position.
func (f *File) Set(group, key, value string) { f.SetRaw(group, key, escape(value, false)) }

// SetBool sets true or false.
func (f *File) SetBool(group, key string, value bool) {
	f.SetRaw(group, key, strconv.FormatBool(value))
}

// SetInt sets a decimal integer.
func (f *File) SetInt(group, key string, value int64) {
	f.SetRaw(group, key, strconv.FormatInt(value, 10))
}

// SetList sets a list; every element, also the last, is followed by ';'.
func (f *File) SetList(group, key string, values []string) {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(escape(v, true))
		b.WriteByte(';')
	}
	f.SetRaw(group, key, b.String())
}

// split resolves escapes, and with list set cuts at unescaped ';'. It always
// returns at least one element unless list is set and raw is empty.
func split(raw string, list bool) []string {
	var out []string
	var b strings.Builder
	open := !list || raw != ""
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		open = true
		switch {
		case c == ';' && list:
			out = append(out, b.String())
			b.Reset()
			open = false
		case c == '\\' && i+1 < len(raw):
			i++
			b.WriteString(unescape(raw[i], list))
		default:
			b.WriteByte(c)
		}
	}
	if open { // the last element may lack its separator
		out = append(out, b.String())
	}
	return out
}

func unescape(c byte, list bool) string {
	switch c {
	case 's':
		return " "
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '\\':
		return `\`
	case ';':
		if list {
			return ";"
		}
	}
	return string([]byte{'\\', c})
}

// escape protects what the format gives a meaning: control characters,
// backslash, a leading space, and in lists the separator.
func escape(s string, list bool) string {
	if !strings.ContainsAny(s, " \n\t\r\\;") {
		return s
	}
	var b strings.Builder
	leading := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' && leading:
			b.WriteString(`\s`)
			continue
		case c == '\t' && leading:
			b.WriteString(`\t`)
			continue
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\\':
			b.WriteString(`\\`)
		case c == ';' && list:
			b.WriteString(`\;`)
			leading = true
			continue
		default:
			b.WriteByte(c)
		}
		leading = false
	}
	return b.String()
}
