package bootloader

import (
	"fmt"
	"strings"
)

const ubootConfig = "uEnv.txt"

// uboot renders boot/loader/uEnv.txt: one set of variables an entry, the first
// without suffix, the others with 2, 3, ...
type uboot struct{}

// UBoot returns the backend for U-Boot, for roots with boot/loader/uEnv.txt.
// RenderInput.Extra (usr/lib/ostree-boot/uEnv.txt of the default deployment)
// follows the first bootargs line.
func UBoot() Backend { return uboot{} }

func (uboot) Name() string { return "uboot" }

func (uboot) Render(in RenderInput) ([]File, error) {
	var b strings.Builder
	for i, e := range in.Entries {
		if e.Linux == "" {
			return nil, fmt.Errorf("uboot: entry %q: no kernel", e.Title)
		}
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprint(i + 1)
		}
		e = mapPaths(e, inRoot)
		set := func(key, value string) {
			if value != "" {
				b.WriteString(key + suffix + "=" + value + "\n")
			}
		}
		set("kernel_image", e.Linux)
		if len(e.Initrd) > 0 {
			set("ramdisk_image", e.Initrd[0])
		}
		set("fdt_file", e.DeviceTree)
		set("fdtdir", e.DeviceTreeDir)
		set("bootargs", e.Options)
		if i == 0 && len(in.Extra) > 0 {
			b.WriteString(strings.TrimRight(string(in.Extra), "\n") + "\n")
		}
		if strings.ContainsAny(e.Options+e.Linux+e.DeviceTree+e.DeviceTreeDir, "\r\n\x00") {
			return nil, fmt.Errorf("uboot: entry %q: line break or NUL in a value", e.Title)
		}
	}
	return []File{{ubootConfig, []byte(b.String())}}, nil
}
