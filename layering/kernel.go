package layering

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// The places of kernels in an image.
const (
	modulesDir    = "usr/lib/modules"
	ostreeBootDir = "usr/lib/ostree-boot"
)

// Kernel is the kernel of an image.
type Kernel struct {
	Version   string // the name of its directory in usr/lib/modules
	Path      string // of the kernel, relative to the root
	Initramfs string // path, or "" if there is none
	// Location tells whether there are copies in usr/lib/ostree-boot too.
	Location BootLocation
}

// FindKernel finds the one kernel of an image: in usr/lib/modules/VERSION, or
// in usr/lib/ostree-boot. Nil means that there is none; several are an error.
func FindKernel(ctx context.Context, t *Tree) (*Kernel, error) {
	versions, err := t.ReadDir(ctx, modulesDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var found []Kernel
	for _, v := range versions {
		if ok, err := t.Exists(ctx, modulesDir+"/"+v+"/vmlinuz"); err != nil {
			return nil, err
		} else if ok {
			found = append(found, Kernel{Version: v, Path: modulesDir + "/" + v + "/vmlinuz"})
		}
	}
	if len(found) == 0 {
		if found, err = bootKernels(ctx, t, versions); err != nil {
			return nil, err
		}
	}
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) > 1:
		var paths []string
		for _, k := range found {
			paths = append(paths, "/"+k.Path)
		}
		return nil, fmt.Errorf("find kernel: Multiple kernels (vmlinuz) found in: %s", strings.Join(paths, ", "))
	}
	k := &found[0]
	initramfs := modulesDir + "/" + k.Version + "/initramfs.img"
	if ok, err := t.Exists(ctx, initramfs); err != nil {
		return nil, err
	} else if ok {
		k.Initramfs = initramfs
	}
	k.Location = BootModules
	copies, err := bootKernels(ctx, t, []string{k.Version})
	if len(copies) > 0 {
		k.Location = BootNew
	}
	return k, err
}

// bootKernels looks for vmlinuz-VERSION files that packages have in /boot.
func bootKernels(ctx context.Context, t *Tree, versions []string) ([]Kernel, error) {
	names, err := t.ReadDir(ctx, ostreeBootDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Kernel
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, "vmlinuz-")
		if !ok || strings.Contains(name, ".hmac") {
			continue
		}
		for _, v := range versions {
			if rest == v || strings.HasPrefix(rest, v+"-") {
				found = append(found, Kernel{Version: v, Path: ostreeBootDir + "/" + name})
				break
			}
		}
	}
	return found, nil
}

// BootLocation is where an image keeps kernel and initramfs.
type BootLocation string

// The boot locations of treefiles.
const (
	BootNew     BootLocation = "new"     // usr/lib/modules and usr/lib/ostree-boot
	BootModules BootLocation = "modules" // only usr/lib/modules
)

// PlaceKernel puts kernel and initramfs where the boot location wants them.
func PlaceKernel(ctx context.Context, t *Tree, k *Kernel, where BootLocation) error {
	inModules := modulesDir + "/" + k.Version + "/vmlinuz"
	if k.Path != inModules {
		if err := t.Copy(ctx, k.Path, inModules); err != nil {
			return err
		}
		k.Path = inModules
	}
	if err := removeBootCopies(ctx, t); err != nil {
		return err
	}
	if where != BootNew {
		return nil
	}
	sum, err := bootChecksum(ctx, t, k)
	if err != nil {
		return err
	}
	if err := t.Copy(ctx, k.Path, ostreeBootDir+"/vmlinuz-"+k.Version+"-"+sum); err != nil {
		return err
	}
	if k.Initramfs == "" {
		return nil
	}
	return t.Copy(ctx, k.Initramfs, ostreeBootDir+"/initramfs-"+k.Version+".img-"+sum)
}

// removeBootCopies removes kernels and initramfs files from usr/lib/ostree-boot.
func removeBootCopies(ctx context.Context, t *Tree) error {
	names, err := t.ReadDir(ctx, ostreeBootDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, "vmlinuz-") || strings.HasPrefix(name, "initramfs-") || strings.HasPrefix(name, "initrd.img-") {
			if err := t.Remove(ctx, ostreeBootDir+"/"+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// bootChecksum is the SHA-256 over kernel and initramfs.
func bootChecksum(ctx context.Context, t *Tree, k *Kernel) (string, error) {
	h := sha256.New()
	for _, name := range []string{k.Path, k.Initramfs} {
		if name == "" {
			continue
		}
		f, err := t.file(ctx, "read", name)
		if err != nil {
			return "", err
		}
		if f.Reader != nil {
			_, err = io.Copy(h, f.Reader)
		}
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return "", treeError("read", name, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
