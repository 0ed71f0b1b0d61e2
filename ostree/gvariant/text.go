package gvariant

import "errors"

// String returns the text form.
func (v Value) String() string { return "" }

// ParseText parses the text form.
func ParseText(text, typ string) (Value, error) {
	return Value{}, errors.New("parse gvariant text: unsupported")
}
