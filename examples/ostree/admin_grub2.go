package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader"
)

// grub2GenerateCommand prints the menu for the grub.d script that grub2-mkconfig runs.
func (a *app) grub2GenerateCommand() *cobra.Command {
	c := &cobra.Command{Use: "grub2-generate [BOOTVERSION]", Short: "Generate GRUB2 configuration from given BLS entries"}
	a.sysrootFlag(c)
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		b, err := bootloader.Open(a.sysrootDir(), nil)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.Close()) }()
		version, err := a.grub2BootVersion(c.Context(), b, args)
		if err != nil {
			return err
		}
		return a.grub2Generate(b, version)
	}
	return c
}

// grub2BootVersion is that of the arguments, of the swap that runs grub2-mkconfig, or the current one.
func (a *app) grub2BootVersion(ctx context.Context, b *bootloader.Boot, args []string) (int, error) {
	text := a.env("_OSTREE_GRUB2_BOOTVERSION")
	if len(args) > 0 {
		text = args[0]
	}
	switch text {
	case "":
		s, err := b.State(ctx)
		return s.BootVersion, err
	case "0":
		return 0, nil
	case "1":
		return 1, nil
	}
	return 0, errorf("Invalid bootversion: %s", text)
}

func (a *app) grub2Generate(b *bootloader.Boot, version int) error {
	o := &bootloader.Grub2MenuOptions{DeviceID: a.env("GRUB2_BOOT_DEVICE_ID"), PrepareRoot: a.env("GRUB2_PREPARE_ROOT_CACHE")}
	if o.DeviceID == "" {
		return errorf("GRUB2_BOOT_DEVICE_ID is not set; this command is for the grub.d script that grub2-mkconfig runs")
	}
	stored, problems, err := b.MenuEntries(version)
	if err = errors.Join(append(problems, err)...); err != nil {
		return err // half a menu would be taken for the whole
	}
	var in bootloader.RenderInput
	for _, e := range stored {
		in.Entries = append(in.Entries, e.Entry)
	}
	menu, err := bootloader.Grub2Menu(in, o)
	if err != nil {
		return err
	}
	a.printf("%s", menu)
	return nil
}
