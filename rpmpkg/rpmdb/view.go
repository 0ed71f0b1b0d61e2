package rpmdb

import (
	"bytes"
	"encoding/binary"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// view gives the values of an installed header by tag. An entry behind the region replaces one in it.
type view struct {
	x     *index
	byTag map[rpmtag.Tag]entry
}

func newView(blob []byte) (*view, error) {
	x, err := parseIndex(blob)
	if err != nil {
		return nil, err
	}
	v := &view{x: x, byTag: make(map[rpmtag.Tag]entry, len(x.entries))}
	for _, e := range x.entries {
		v.byTag[e.tag] = e
	}
	return v, nil
}

func (v *view) bytes(tag rpmtag.Tag) ([]byte, error) {
	e, ok := v.byTag[tag]
	if !ok {
		return nil, nil
	}
	return v.x.value(e)
}

// strings gives the elements of a string entry, nil if there is none.
func (v *view) strings(tag rpmtag.Tag) ([]string, error) {
	e, ok := v.byTag[tag]
	if !ok || !e.typ.IsString() {
		return nil, nil
	}
	b, err := v.x.value(e)
	if err != nil {
		return nil, err
	}
	list := make([]string, 0, bytes.Count(b, []byte{0}))
	for len(b) > 0 {
		i := bytes.IndexByte(b, 0)
		list = append(list, string(b[:i]))
		b = b[i+1:]
	}
	return list, nil
}

// uint32s gives the elements of a 32-bit entry, nil if there is none.
func (v *view) uint32s(tag rpmtag.Tag) ([]uint32, error) {
	e, ok := v.byTag[tag]
	if !ok || e.typ != rpmtag.TypeInt32 {
		return nil, nil
	}
	b, err := v.x.value(e)
	if err != nil {
		return nil, err
	}
	list := make([]uint32, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, binary.BigEndian.Uint32(b))
	}
	return list, nil
}
