package bootloader

import (
	"fmt"
	"strings"
)

const grubConfig = "grub.cfg"

// grub2 has grub2-mkconfig write boot/loader.B/grub.cfg; grub's own
// configuration file leads to boot/loader/grub.cfg.
type grub2 struct {
	exec []string
}

// Grub2Options configure Grub2. The zero value runs grub2-mkconfig.
type Grub2Options struct {
	// Exec is the program and its first arguments; "-o FILE" is added.
	// Nil = grub2-mkconfig.
	Exec []string
}

// Grub2 returns the backend for GNU GRUB on BIOS machines whose menu is made
// by grub2-mkconfig or a program of the same interface (OSTREE_GRUB2_EXEC). The
// program gets "-o FILE" and the environment variable
// _OSTREE_GRUB2_BOOTVERSION, and needs Options.Run.
func Grub2(o *Grub2Options) Backend {
	g := &grub2{exec: []string{"grub2-mkconfig"}}
	if o != nil && len(o.Exec) > 0 {
		g.exec = o.Exec
	}
	return g
}

func (*grub2) Name() string { return "grub2" }

func (*grub2) Render(RenderInput) ([]File, error) { return nil, nil }

func (*grub2) ConfigName() string { return grubConfig }

func (g *grub2) Command(dst string, in RenderInput) Command {
	return Command{
		Argv: append(append([]string(nil), g.exec...), "-o", dst),
		Env:  []string{fmt.Sprintf("_OSTREE_GRUB2_BOOTVERSION=%d", in.State.BootVersion)},
	}
}

// Grub2MenuOptions configure Grub2Menu; they come from the grub.d script.
type Grub2MenuOptions struct {
	// DeviceID tells the entries of several systems apart (GRUB2_BOOT_DEVICE_ID).
	DeviceID string
	// PrepareRoot holds the commands that make the boot partition GRUB's root
	// (GRUB2_PREPARE_ROOT_CACHE).
	PrepareRoot string
	// Linux16 uses the 16-bit loader commands that older GRUBs on x86 BIOS need.
	Linux16 bool
}

// Grub2Menu renders the menu entries that a grub.d script prints for
// grub2-mkconfig (`ostree admin instutil grub2-generate`).
func Grub2Menu(in RenderInput, o *Grub2MenuOptions) (string, error) {
	if o == nil {
		o = &Grub2MenuOptions{}
	}
	suffix := ""
	if o.Linux16 {
		suffix = "16"
	}
	var b strings.Builder
	for i, e := range in.Entries {
		if e.Linux == "" {
			return "", fmt.Errorf("grub2: entry %q: no kernel", e.Title)
		}
		if _, err := e.Format(); err != nil {
			return "", fmt.Errorf("grub2: %w", err)
		}
		fmt.Fprintf(&b, "menuentry %s --class gnu-linux --class gnu --class os --unrestricted %s {\n",
			grubQuote(e.Title), grubQuote(fmt.Sprintf("ostree-%d-%s", i, o.DeviceID)))
		b.WriteString("load_video\nset gfxpayload=keep\ninsmod gzio\n")
		if o.PrepareRoot != "" {
			b.WriteString(strings.TrimRight(o.PrepareRoot, "\n") + "\n")
		}
		fmt.Fprintf(&b, "linux%s %s\n", suffix, strings.TrimSpace(e.Linux+" "+e.Options))
		if len(e.Initrd) > 0 {
			fmt.Fprintf(&b, "initrd%s %s\n", suffix, strings.Join(e.Initrd, " "))
		}
		if e.DeviceTree != "" {
			fmt.Fprintf(&b, "devicetree %s\n", e.DeviceTree)
		}
		b.WriteString("}\n")
	}
	return b.String(), nil
}

// grubQuote makes one word: single quotes keep everything but themselves.
func grubQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
