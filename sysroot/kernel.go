package sysroot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// modulesDir is where kernels live in a tree; the others are older layouts.
const modulesDir = "usr/lib/modules"

var legacyKernelDirs = []string{"usr/lib/ostree-boot", "boot"}

// kernel is what a tree has to boot: files below dir, "" for what is missing.
type kernel struct {
	dir, version string
	image        string
	initramfs    string
	deviceTree   string // a file
	deviceTrees  string // a directory, used if there is no file
	hmac, aboot  string
	csum         string // of the legacy layout, whose file names carry it
}

// ErrNoKernel is the cause when a tree has nothing to boot.
var ErrNoKernel = errors.New("Failed to find kernel in /usr/lib/modules, /usr/lib/ostree-boot or /boot") //lint:ignore ST1005 the text users search for

// findKernel looks in the tree root. The modules layout wins, unless it lacks
// an initramfs and an older layout has one. Two kernels are an error, since
// nothing says which one is meant.
func findKernel(root *dirfd.Dir, noDeviceTree bool) (*kernel, error) {
	k, err := findModulesKernel(root)
	if err != nil {
		return nil, err
	}
	if k == nil || k.initramfs == "" {
		old, err := findLegacyKernel(root)
		if err != nil {
			return nil, err
		}
		if old != nil && (k == nil || old.initramfs != "") {
			k = old
		}
	}
	if k == nil {
		return nil, ErrNoKernel
	}
	if noDeviceTree {
		k.deviceTree, k.deviceTrees = "", ""
	}
	return k, nil
}

func findModulesKernel(root *dirfd.Dir) (*kernel, error) {
	versions, err := readDirIfThere(root, modulesDir)
	if err != nil {
		return nil, err
	}
	var k *kernel
	for _, v := range versions {
		dir := path.Join(modulesDir, v.Name)
		if v.Type != unix.DT_DIR || !isRegular(root, path.Join(dir, "vmlinuz")) {
			continue
		}
		if k != nil {
			return nil, fmt.Errorf("two kernels in /%s: %s and %s", modulesDir, k.version, v.Name)
		}
		k = &kernel{dir: dir, version: v.Name, image: "vmlinuz"}
	}
	if k == nil {
		return nil, nil
	}
	first := func(names ...string) string {
		for _, n := range names {
			if isRegular(root, path.Join(k.dir, n)) {
				return n
			}
		}
		return ""
	}
	k.initramfs = first("initramfs.img", "initramfs")
	k.deviceTree = first("devicetree")
	k.aboot = first("aboot.img")
	k.hmac = first(".vmlinuz.hmac")
	if st, err := root.Lstat(path.Join(k.dir, "dtb")); err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		k.deviceTrees = "dtb"
	}
	return k, nil
}

// legacyFile is KIND-VERSION-CHECKSUM.
var legacyFile = regexp.MustCompile(`^(vmlinuz|initramfs|devicetree)-(?:(.*)-)?([0-9a-f]{64})$`)

func findLegacyKernel(root *dirfd.Dir) (*kernel, error) {
	for _, dir := range legacyKernelDirs {
		ents, err := readDirIfThere(root, dir)
		if err != nil {
			return nil, err
		}
		k := &kernel{dir: dir}
		for _, e := range ents {
			m := legacyFile.FindStringSubmatch(e.Name)
			if m == nil || e.Type != unix.DT_REG {
				continue
			}
			if k.csum != "" && k.csum != m[3] {
				return nil, fmt.Errorf("kernel files of different checksums in /%s: %s and %s", dir, k.csum, m[3])
			}
			if err := k.addLegacy(m[1], m[2], e.Name); err != nil {
				return nil, fmt.Errorf("/%s: %w", dir, err)
			}
			k.csum = m[3]
		}
		if k.image != "" {
			return k, nil
		}
	}
	return nil, nil
}

func (k *kernel) addLegacy(kind, version, name string) error {
	slot := &k.image
	switch kind {
	case "initramfs":
		slot = &k.initramfs
	case "devicetree":
		slot = &k.deviceTree
	default:
		k.version = version
	}
	if *slot != "" {
		return fmt.Errorf("two files of one kind: %s and %s", *slot, name)
	}
	*slot = name
	return nil
}

// installedNames maps the files to their names below boot/ostree/OS-CSUM.
func (k *kernel) installedNames() map[string]string {
	names := map[string]string{}
	add := func(src, dst string) {
		if src != "" {
			names[src] = dst
		}
	}
	if k.csum != "" { // the directory has the checksum
		for _, n := range []string{k.image, k.initramfs, k.deviceTree} {
			add(n, strings.TrimSuffix(n, "-"+k.csum))
		}
		return names
	}
	add(k.image, "vmlinuz-"+k.version)
	add(k.initramfs, "initramfs-"+k.version+".img")
	add(k.hmac, ".vmlinuz-"+k.version+".hmac")
	add(k.aboot, "aboot-"+k.version+".img")
	if k.deviceTree != "" {
		add(k.deviceTree, "devicetree-"+k.version)
	} else {
		add(k.deviceTrees, "dtb")
	}
	return names
}

// bootCsum is the SHA-256 of image, initramfs and device tree, the latter either
// the file or all regular files of the directory in byte order of their paths.
func (k *kernel) bootCsum(ctx context.Context, root *dirfd.Dir) (string, error) {
	if k.csum != "" {
		return k.csum, nil
	}
	files := []string{k.image}
	if k.initramfs != "" {
		files = append(files, k.initramfs)
	}
	switch {
	case k.deviceTree != "":
		files = append(files, k.deviceTree)
	case k.deviceTrees != "":
		dtbs, err := regularFiles(root, k.dir, k.deviceTrees)
		if err != nil {
			return "", err
		}
		files = append(files, dtbs...)
	}
	h := sha256.New()
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if err := hashFile(h, root, path.Join(k.dir, f)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(w io.Writer, root *dirfd.Dir, rel string) error {
	f, err := root.OpenFile(rel, unix.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// regularFiles lists the files below base/rel, relative to base, depth first
// in name order.
func regularFiles(root *dirfd.Dir, base, rel string) ([]string, error) {
	ents, err := root.ReadDir(path.Join(base, rel))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range ents {
		name := path.Join(rel, e.Name)
		switch e.Type {
		case unix.DT_REG:
			out = append(out, name)
		case unix.DT_DIR:
			sub, err := regularFiles(root, base, name)
			if err != nil {
				return nil, err
			}
			out = append(out, sub...)
		}
	}
	return out, nil
}

func isRegular(root *dirfd.Dir, rel string) bool {
	st, err := root.Lstat(rel)
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFREG
}

func readDirIfThere(root *dirfd.Dir, rel string) ([]dirfd.Dirent, error) {
	ents, err := root.ReadDir(rel)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return nil, nil
	}
	return ents, err
}
