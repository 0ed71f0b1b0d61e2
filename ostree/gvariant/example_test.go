package gvariant_test

import (
	"fmt"

	"example.com/rpmostree/ostree/gvariant"
)

func Example() {
	meta := gvariant.NewDict()
	meta.Set("version", gvariant.NewString("1.0"))
	meta.Set("ostree.ref-binding", gvariant.NewStrings([]string{"stable"}))
	data := meta.Value().Bytes()

	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		fmt.Println(err)
		return
	}
	version, _ := v.Lookup("version")
	fmt.Println(version.Str())
	fmt.Println(v)
	// Output:
	// 1.0
	// {'version': <'1.0'>, 'ostree.ref-binding': <['stable']>}
}

func ExampleParseText() {
	v, err := gvariant.ParseText("{'answer': <uint32 42>}", "")
	fmt.Println(v.Type(), v, err)
	_, err = gvariant.ParseText("[1, 'two']", "")
	fmt.Println(err)
	// Output:
	// a{sv} {'answer': <uint32 42>} <nil>
	// parse gvariant text: at byte 4: no type fits this value and the ones before it
}
