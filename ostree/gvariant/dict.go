package gvariant

import (
	"fmt"
	"slices"
)

// Dict is an ordered dictionary of type a{sv}, the type of commit metadata. The order is part
// of the bytes and with them of a commit's checksum, so Set keeps the place of a key that is
// there and appends one that is not. A nil *Dict reads as empty. Not safe for concurrent changes.
type Dict struct {
	keys []string
	vals map[string]Value
}

// NewDict makes an empty dictionary.
func NewDict() *Dict { return &Dict{} }

// DictFromValue reads an a{sv}. A key that occurs twice is an error.
func DictFromValue(v Value) (*Dict, error) {
	if v.Type() != "a{sv}" {
		return nil, fmt.Errorf("gvariant dict: type is %q, not a{sv}", v.Type())
	}
	d := NewDict()
	for _, e := range v.All() {
		key := e.Index(0).Str()
		if _, dup := d.Get(key); dup {
			return nil, fmt.Errorf("gvariant dict: key %q occurs twice", key)
		}
		d.Set(key, e.Index(1).Variant())
	}
	return d, nil
}

// Set stores v, which is not a variant itself unless a variant in a variant is meant.
func (d *Dict) Set(key string, v Value) {
	if _, ok := d.vals[key]; !ok {
		d.keys = append(d.keys, key)
	}
	if d.vals == nil {
		d.vals = make(map[string]Value)
	}
	d.vals[key] = v
}

// Get returns the value of key without the variant around it.
func (d *Dict) Get(key string) (Value, bool) {
	if d == nil {
		return Value{}, false
	}
	v, ok := d.vals[key]
	return v, ok
}

// Delete removes key if it is there.
func (d *Dict) Delete(key string) {
	if _, ok := d.Get(key); ok {
		delete(d.vals, key)
		d.keys = slices.DeleteFunc(d.keys, func(k string) bool { return k == key })
	}
}

// Keys returns the keys in order.
func (d *Dict) Keys() []string {
	if d == nil {
		return nil
	}
	return slices.Clone(d.keys)
}

// Len returns the number of keys.
func (d *Dict) Len() int {
	if d == nil {
		return 0
	}
	return len(d.keys)
}

// Value returns d as an a{sv}. It is invalid if a key is not UTF-8 or a value is invalid.
func (d *Dict) Value() Value {
	entries := make([]Value, 0, d.Len())
	for _, k := range d.Keys() {
		entries = append(entries, NewDictEntry(NewString(k), NewVariant(d.vals[k])))
	}
	v, err := NewArray("{sv}", entries...)
	if err != nil {
		return Value{}
	}
	return v
}

// Clone returns a copy that may be changed on its own.
func (d *Dict) Clone() *Dict {
	c := NewDict()
	for _, k := range d.Keys() {
		c.Set(k, d.vals[k])
	}
	return c
}

// String returns the value of key if that is an s.
func (d *Dict) String(key string) (string, bool) {
	v, _ := d.Get(key)
	return v.Str(), v.Type() == "s"
}

// Bool returns the value of key if that is a b.
func (d *Dict) Bool(key string) (value, ok bool) {
	v, _ := d.Get(key)
	return v.Bool(), v.Type() == "b"
}

// Strings returns the value of key if that is an as.
func (d *Dict) Strings(key string) ([]string, bool) {
	v, _ := d.Get(key)
	if v.Type() != "as" {
		return nil, false
	}
	return v.Strings(), true
}
