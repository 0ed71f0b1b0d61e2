package gvariant

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

var (
	errPadding = errors.New("padding is not zero")
	errOffset  = errors.New("framing offset out of place")
	errWidth   = errors.New("framing offsets wider than needed")
	errDepth   = fmt.Errorf("nested deeper than %d", maxDepth)
)

// checkNormal reports why b is not the normal form of a value of type t. depth counts the
// containers around it.
func checkNormal(t *typ, b []byte, depth int) error {
	if depth+t.depth > maxDepth {
		return errDepth
	}
	if t.size != 0 && len(b) != t.size {
		return fmt.Errorf("%d bytes for type %s, want %d", len(b), t.str, t.size)
	}
	switch t.kind {
	case 'b':
		if b[0] > 1 {
			return fmt.Errorf("boolean is %d", b[0])
		}
	case 's', 'o', 'g':
		return stringError(t.kind, b)
	case 'a':
		return checkArray(t, b, depth)
	case 'm':
		return checkMaybe(t, b, depth)
	case '(', '{':
		return checkTuple(t, b, depth)
	case 'v':
		return checkVariant(b, depth)
	}
	return nil
}

// needsCheck reports whether some byte string of the right size is no normal value of t.
func (t *typ) needsCheck() bool {
	switch t.kind {
	case 'y', 'n', 'q', 'i', 'u', 'h', 'x', 't', 'd':
		return false
	}
	return true
}

func checkArray(t *typ, b []byte, depth int) error {
	if size := t.elem.size; size != 0 {
		if len(b)%size != 0 {
			return fmt.Errorf("%d bytes are no array of %d-byte elements", len(b), size)
		}
		if !t.elem.needsCheck() {
			return nil
		}
		for ; len(b) > 0; b = b[size:] {
			if err := checkNormal(t.elem, b[:size], depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	frame, n, ok := arrayFrame(b)
	if !ok {
		return errOffset
	}
	w := offsetWidth(len(b))
	if n > 0 && w != minWidth(frame, n) {
		return errWidth
	}
	pos := 0
	for i := range n {
		end := offsetAt(b, frame+i*w, w)
		child, err := nextChild(b, pos, end, frame, t.elem.align)
		if err != nil {
			return err
		}
		if err := checkNormal(t.elem, child, depth+1); err != nil {
			return err
		}
		pos = end
	}
	return nil
}

// nextChild returns the child between pos and end, and checks the padding before it.
func nextChild(b []byte, pos, end, limit, align int) ([]byte, error) {
	start := alignUp(pos, align)
	if end < start || end > limit {
		return nil, errOffset
	}
	if !zero(b[pos:start]) {
		return nil, errPadding
	}
	return b[start:end:end], nil
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func checkMaybe(t *typ, b []byte, depth int) error {
	if len(b) == 0 {
		return nil
	}
	if t.elem.size == 0 {
		last := len(b) - 1
		if b[last] != 0 {
			return errPadding
		}
		b = b[:last:last]
	}
	return checkNormal(t.elem, b, depth+1)
}

func checkTuple(t *typ, b []byte, depth int) error {
	frame := tupleFrame(t, b)
	if frame < 0 {
		return errOffset
	}
	w := offsetWidth(len(b))
	pos := 0
	for i := range t.members {
		m := &t.members[i]
		end := frame
		switch {
		case m.t.size != 0:
			end = alignUp(pos, m.t.align) + m.t.size
		case m.framed:
			end = offsetAt(b, len(b)-(m.prev+1)*w, w)
		}
		child, err := nextChild(b, pos, end, frame, m.t.align)
		if err != nil {
			return err
		}
		if err := checkNormal(m.t, child, depth+1); err != nil {
			return err
		}
		pos = end
	}
	switch {
	case t.size != 0:
		if !zero(b[pos:]) {
			return errPadding
		}
	case pos != frame:
		return errOffset
	case t.offsets > 0 && w != minWidth(frame, t.offsets):
		return errWidth
	}
	return nil
}

func checkVariant(b []byte, depth int) error {
	t, child, err := splitVariant(b)
	if err != nil {
		return err
	}
	return checkNormal(t, child, depth+1)
}

// stringError reports why b is no serialised string, object path or signature.
func stringError(kind byte, b []byte) error {
	n := len(b) - 1
	if n < 0 || bytes.IndexByte(b, 0) != n {
		return errors.New("string without one NUL byte at its end")
	}
	switch {
	case kind == 's' && !utf8.Valid(b[:n]):
		return errors.New("string is not UTF-8")
	case kind == 'o' && !isObjectPath(string(b[:n])):
		return errors.New("no object path")
	case kind == 'g' && !isSignature(string(b[:n])):
		return errors.New("no signature")
	}
	return nil
}

// isObjectPath follows the D-Bus Specification, "Valid Object Paths".
func isObjectPath(s string) bool {
	if s == "/" {
		return true
	}
	if !strings.HasPrefix(s, "/") {
		return false
	}
	for part := range strings.SplitSeq(s[1:], "/") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			return false
		}
	}
	return true
}

// isSignature follows the D-Bus Specification, "Type Signatures": any number of complete
// types, without the maybe type, which D-Bus does not have.
func isSignature(s string) bool {
	if strings.ContainsRune(s, 'm') {
		return false
	}
	for s != "" {
		_, rest, err := parseOne(s, 0)
		if err != nil {
			return false
		}
		s = rest
	}
	return true
}
