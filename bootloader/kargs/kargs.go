// Package kargs models the kernel command line: an ordered multimap of
// arguments "key" or "key=value" with double quotes around white space.
//
// Most users need [Parse] and [Args.String]; the operations between them are
// those of `ostree admin kargs` and `rpm-ostree kargs` with the same results
// and error texts. The package does not know what an argument means and reads
// no file (give it the text of /proc/cmdline or of a boot entry).
//
// Format reference: Documentation/admin-guide/kernel-parameters.rst of the
// Linux kernel ("parameter values with spaces use double quotes").
package kargs

import (
	"fmt"
	"strings"
)

// Arg is one argument. Quotes stay part of Key and Value as written.
type Arg struct {
	Key   string
	Value string
	// HasValue tells "key=" (true, empty value) from "key" (false).
	HasValue bool
}

// ParseArg splits one argument at its first "=".
func ParseArg(s string) Arg {
	k, v, ok := strings.Cut(s, "=")
	return Arg{Key: k, Value: v, HasValue: ok}
}

// String returns "key" or "key=value".
func (a Arg) String() string {
	if !a.HasValue {
		return a.Key
	}
	return a.Key + "=" + a.Value
}

// Args is an ordered list of arguments; keys may repeat. The zero value is an
// empty command line. It is not safe for concurrent use.
type Args struct {
	list []Arg
}

// New returns a command line of the given arguments, each "key" or "key=value".
func New(args ...string) *Args {
	a := &Args{}
	a.Append(args...)
	return a
}

// Parse splits a command line at white space outside double quotes. Runs of
// white space count once. A quote that is never closed reaches to the end, as
// it does in the kernel. Parse(s).String() equals s for single-spaced text.
func Parse(s string) *Args {
	a := &Args{}
	a.Append(Split(s)...)
	return a
}

// Split cuts a command line into its arguments; quotes are kept.
func Split(s string) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\t' || r == '\n' || r == '\r')
	})
}

// String joins the arguments with one space, in order.
func (a *Args) String() string {
	return strings.Join(a.Strings(), " ")
}

// Strings returns the arguments in order.
func (a *Args) Strings() []string {
	out := make([]string, len(a.list))
	for i, arg := range a.list {
		out[i] = arg.String()
	}
	return out
}

// All returns a copy of the arguments in order.
func (a *Args) All() []Arg { return append([]Arg(nil), a.list...) }

// Len returns the number of arguments.
func (a *Args) Len() int { return len(a.list) }

// Clone returns an independent copy; of a nil receiver an empty one.
func (a *Args) Clone() *Args {
	if a == nil {
		return &Args{}
	}
	return &Args{list: a.All()}
}

// Equal reports whether both have the same arguments in the same order.
func (a *Args) Equal(b *Args) bool { return a.String() == b.String() }

// Values returns the values of a key in order; a bare key gives "".
func (a *Args) Values(key string) []string {
	var out []string
	for _, i := range a.find(key) {
		out = append(out, a.list[i].Value)
	}
	return out
}

// Last returns the value of the last argument with this key.
func (a *Args) Last(key string) (string, bool) {
	at := a.find(key)
	if len(at) == 0 {
		return "", false
	}
	return a.list[at[len(at)-1]].Value, true
}

// ContainsKey reports whether any argument has this key.
func (a *Args) ContainsKey(key string) bool { return len(a.find(key)) > 0 }

// Contains reports whether exactly this argument ("key" or "key=value") exists.
func (a *Args) Contains(arg string) bool {
	return a.index(ParseArg(arg)) >= 0
}

// Without returns a copy that lacks every argument with one of the keys.
func (a *Args) Without(keys ...string) *Args {
	c := a.Clone()
	for _, k := range keys {
		c.removeKey(k)
	}
	return c
}

// Validate refuses arguments that would break the line-based files a boot
// loader reads: NUL and line breaks.
func (a *Args) Validate() error {
	for _, arg := range a.list {
		if strings.ContainsAny(arg.String(), "\x00\n\r") {
			return fmt.Errorf("kernel argument %q: line break or NUL", arg)
		}
	}
	return nil
}

func (a *Args) find(key string) []int {
	var at []int
	for i, arg := range a.list {
		if arg.Key == key {
			at = append(at, i)
		}
	}
	return at
}

func (a *Args) index(want Arg) int {
	for i, arg := range a.list {
		if arg == want {
			return i
		}
	}
	return -1
}

func (a *Args) removeAt(i int) { a.list = append(a.list[:i], a.list[i+1:]...) }

func (a *Args) removeKey(key string) {
	kept := a.list[:0]
	for _, arg := range a.list {
		if arg.Key != key {
			kept = append(kept, arg)
		}
	}
	a.list = kept
}
