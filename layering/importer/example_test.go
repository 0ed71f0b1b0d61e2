package importer_test

import (
	"fmt"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func ExampleRefFor() {
	n, _ := rpmver.ParseNEVRA("gtk+-1:2.0~rc1-3.x86_64")
	ref := importer.RefFor(n)
	fmt.Println(ref)
	back, err := importer.ParseRef(ref)
	fmt.Println(back, err)
	// Output:
	// rpmostree/pkg/gtk_2B/1_3A2.0_7Erc1-3.x86__64
	// gtk+-1:2.0~rc1-3.x86_64 <nil>
}
