package bootloadertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bls"
)

// Deployment names a fake deployment: a version and the kernel it boots.
type Deployment struct {
	Version string
	Kernel  string
}

func (d Deployment) checksum() string { return fakeSum(d.Version) }

// fakeSum is a stable 64-digit name that need not be a checksum of anything.
func fakeSum(s string) string { return (fmt.Sprintf("%x", s) + strings.Repeat("0", 64))[:64] }

// MakeRoot creates the directories of an empty system below root.
func MakeRoot(root string) error {
	for _, dir := range []string{"boot", "ostree/repo", "ostree/deploy/os/deploy"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// Install puts deployment directory and kernel in place, as a deploy does
// before it touches the boot configuration.
func (d Deployment) Install(root string) error {
	kernel := filepath.Join(root, "boot/ostree/os-"+fakeSum(d.Kernel))
	for _, dir := range []string{kernel, filepath.Join(root, "ostree/deploy/os/deploy", d.checksum()+".0/usr")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(kernel, "vmlinuz"), []byte("kernel "+d.Kernel), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(kernel, "initramfs.img"), []byte("initramfs "+d.Kernel), 0o644)
}

// Config returns the boot configuration of the deployments, the first being
// the default, for the state next.
func Config(next bootloader.State, list []Deployment) *bootloader.Config {
	c := &bootloader.Config{Links: Links(list)}
	for i, d := range list {
		dir := "/ostree/os-" + fakeSum(d.Kernel)
		c.Entries = append(c.Entries, bootloader.NewEntry{
			FileName: fmt.Sprintf("ostree-%d.conf", len(list)-i),
			Entry: &bls.Entry{
				Title:   fmt.Sprintf("Test OS %s (ostree:%d)", d.Version, i),
				Version: fmt.Sprint(len(list) - i),
				Options: fmt.Sprintf("quiet ostree=/ostree/boot.%d/%s", next.BootVersion, c.Links[i].Path),
				Linux:   dir + "/vmlinuz",
				Initrd:  []string{dir + "/initramfs.img"},
			},
		})
	}
	return c
}

// Links returns the bootlinks of the deployments, numbered for each kernel.
func Links(list []Deployment) []bootloader.Bootlink {
	serial := map[string]int{}
	var links []bootloader.Bootlink
	for _, d := range list {
		links = append(links, bootloader.Bootlink{
			Path:   fmt.Sprintf("os/%s/%d", fakeSum(d.Kernel), serial[d.Kernel]),
			Target: "../../../deploy/os/deploy/" + d.checksum() + ".0",
		})
		serial[d.Kernel]++
	}
	return links
}

// Target is the deployment's directory relative to the root, as in Choice.
func (d Deployment) Target() string { return "ostree/deploy/os/deploy/" + d.checksum() + ".0" }
