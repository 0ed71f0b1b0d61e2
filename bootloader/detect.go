package bootloader

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/internal/dirfd"
)

// ErrUnsupported is what Detect returns for boot loaders that exist but that
// this package has no backend for.
var ErrUnsupported = errors.New("boot loader not supported")

// Detect finds the backend for the root at path: the configured name, or for
// "" and "auto" the first active one of syslinux, grub2, uboot, else None.
// zipl and aboot match ErrUnsupported.
func Detect(path, config string) (Backend, error) {
	root, err := dirfd.Open(path)
	if err != nil {
		return nil, fmt.Errorf("detect boot loader of %s: %w", path, err)
	}
	defer root.Close()
	return detect(root, config)
}

func detect(root *dirfd.Dir, config string) (Backend, error) {
	switch config {
	case "none":
		return None(), nil
	case "syslinux":
		return Syslinux(), nil
	case "grub2":
		return Grub2(nil), nil
	case "uboot":
		return UBoot(), nil
	case "zipl", "aboot":
		return nil, fmt.Errorf("sysroot.bootloader=%s: %w; use none, syslinux, grub2 or uboot", config, ErrUnsupported)
	case "", "auto":
		return detectAuto(root)
	}
	return nil, fmt.Errorf("sysroot.bootloader=%s: unknown boot loader; want auto, none, syslinux, grub2 or uboot", config)
}

func detectAuto(root *dirfd.Dir) (Backend, error) {
	if ok, err := exists(root, "boot/syslinux/syslinux.cfg"); ok || err != nil {
		return Syslinux(), err
	}
	if ok, err := grubActive(root); ok || err != nil {
		return Grub2(nil), err
	}
	if ok, err := ubootActive(root); ok || err != nil {
		return UBoot(), err
	}
	return None(), nil
}

// grubActive: a BIOS grub.cfg that this system generates. With static
// configurations (bootupd), GRUB reads the entry files itself.
func grubActive(root *dirfd.Dir) (bool, error) {
	static, err := staticGrub(root)
	if static || err != nil {
		return false, err
	}
	for _, name := range []string{"boot/grub/grub.cfg", "boot/grub2/grub.cfg"} {
		if ok, err := exists(root, name); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

const maxStateFile = 1 << 20

func staticGrub(root *dirfd.Dir) (bool, error) {
	data, err := root.ReadFile("boot/bootupd-state.json", maxStateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var state struct {
		Static json.RawMessage `json:"static-configs"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return false, fmt.Errorf("boot/bootupd-state.json: %w", err)
	}
	return len(state.Static) > 0 && string(state.Static) != "null", nil
}

func ubootActive(root *dirfd.Dir) (bool, error) {
	b := Boot{root: root}
	var err error
	if b.boot, err = root.OpenDir(bootDir); err != nil {
		return false, ignoreMissing(err)
	}
	defer b.boot.Close()
	target, err := readVersionLink(b.boot, loaderLink)
	if err != nil || target == "" {
		return false, err
	}
	if dirfd.CheckName(target) != nil {
		return false, nil
	}
	return exists(b.boot, target+"/"+ubootConfig)
}

func exists(d *dirfd.Dir, rel string) (bool, error) {
	_, err := d.Lstat(rel)
	if err == nil {
		return true, nil
	}
	return false, ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
