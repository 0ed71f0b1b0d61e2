package bls

import (
	"fmt"
	"strconv"
	"strings"
)

// FileName is the parsed name of an entry file: BASE[+LEFT[-DONE]].conf.
type FileName struct {
	// Base is the name without counters and ".conf", for example "ostree-2".
	Base string
	// Counted tells that the name carries boot counters.
	Counted bool
	// Left and Done count the boot attempts left and those already made.
	Left, Done int
}

// ParseFileName splits the name of an entry file. The counters follow the last
// "+"; what does not look like counters belongs to the base name.
func ParseFileName(name string) (FileName, error) {
	base, ok := strings.CutSuffix(name, ".conf")
	if !ok || base == "" || strings.ContainsAny(name, "/\x00") {
		return FileName{}, fmt.Errorf("boot entry file name %q: want NAME.conf", name)
	}
	f := FileName{Base: base}
	i := strings.LastIndexByte(base, '+')
	if i <= 0 {
		return f, nil
	}
	left, done, _ := strings.Cut(base[i+1:], "-")
	l, okLeft := counter(left)
	d, okDone := counter(done)
	if !okLeft || (!okDone && done != "") {
		return f, nil
	}
	if l == 0 && d == 0 {
		return FileName{Base: base[:i]}, nil
	}
	return FileName{Base: base[:i], Counted: true, Left: l, Done: d}, nil
}

func counter(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// String returns the file name: "+LEFT" for an entry that was never tried,
// "+LEFT-DONE" later, no counters when both are zero or Counted is false.
func (f FileName) String() string {
	switch {
	case !f.Counted || (f.Left == 0 && f.Done == 0):
		return f.Base + ".conf"
	case f.Done == 0:
		return fmt.Sprintf("%s+%d.conf", f.Base, f.Left)
	}
	return fmt.Sprintf("%s+%d-%d.conf", f.Base, f.Left, f.Done)
}
