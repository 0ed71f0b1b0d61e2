package bootloader_test

import (
	"context"
	"fmt"
	"os"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/bootloadertest"
)

func Example() {
	ctx := context.Background()
	root, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	if err := bootloadertest.MakeRoot(root); err != nil {
		fmt.Println(err)
		return
	}
	if err := switchTo(ctx, root); err != nil {
		fmt.Println(err)
		return
	}
	target, err := os.Readlink(root + "/boot/loader")
	fmt.Println(target, err)
	// Output: loader.1 <nil>
}

// switchTo makes one deployment the only thing to boot.
func switchTo(ctx context.Context, root string) error {
	boot, err := bootloader.Open(root, nil)
	if err != nil {
		return err
	}
	defer boot.Close()
	next, err := boot.Next(ctx)
	if err != nil {
		return err
	}
	link := bootloader.Bootlink{Path: "os/0123/0", Target: "../../../deploy/os/deploy/4567.0"}
	swap, err := boot.Prepare(ctx, &bootloader.Config{
		Entries: []bootloader.NewEntry{{FileName: "ostree-1.conf", Entry: &bls.Entry{
			Title: "My OS 1 (ostree:0)", Version: "1", Linux: "/ostree/os-0123/vmlinuz",
			Options: fmt.Sprintf("quiet ostree=/ostree/boot.%d/%s", next.BootVersion, link.Path),
		}}},
		Links: []bootloader.Bootlink{link},
	})
	if err != nil {
		return err
	}
	defer swap.Abort()
	if err := swap.Commit(ctx); err != nil {
		return err
	}
	return boot.CleanUp(ctx)
}
