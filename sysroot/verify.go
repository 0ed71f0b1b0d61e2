package sysroot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// BootCheck is one boot entry, followed the way a machine would.
type BootCheck struct {
	// File is the name of the entry file, Title its title.
	File, Title string
	// Stateroot and Deployment (CHECKSUM.SERIAL) are where the entry leads.
	Stateroot, Deployment string
	// Err is nil if the entry would boot: kernel, initramfs and device tree are
	// in the boot directory, the bootlink leads to a deployment, and that has
	// the kernel which the link's checksum promises.
	Err error
}

// Verify says what the boot loader would find now, the default first. It reads
// only files that a boot loader and the initramfs read, not the list of an open
// Sysroot, so it can judge what a crash left. The error is about reading the
// entries at all.
func Verify(ctx context.Context, root string) ([]BootCheck, error) {
	dir := filepath.Join(root, bootDir, "loader", "entries")
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("verify boot entries: %w", err)
	}
	type found struct {
		file  string
		entry *bls.Entry
		err   error
	}
	var all []found
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".conf") {
			continue
		}
		f := found{file: n.Name(), entry: &bls.Entry{}}
		data, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err == nil {
			var e *bls.Entry
			if e, err = bls.Parse(data); err == nil {
				f.entry = e
			}
		}
		f.err = err
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b found) int { return bls.Compare(a.entry, b.entry) })
	var checks []BootCheck
	for _, f := range all {
		c := BootCheck{File: f.file, Title: f.entry.Title, Err: f.err}
		if c.Err == nil {
			c.Err = c.follow(ctx, root, f.entry)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

// Verify is the function of that name for s, with the first error of the
// default entry as its own.
func (s *Sysroot) Verify(ctx context.Context) ([]BootCheck, error) {
	checks, err := Verify(ctx, s.path)
	if err == nil && len(checks) == 0 {
		err = errors.New("verify boot entries: there are none")
	}
	if err == nil && checks[0].Err != nil {
		err = fmt.Errorf("verify boot entry %s: %w", checks[0].File, checks[0].Err)
	}
	return checks, err
}

func (c *BootCheck) follow(ctx context.Context, root string, e *bls.Entry) error {
	boot, err := dirfd.Open(filepath.Join(root, bootDir))
	if err != nil {
		return err
	}
	defer boot.Close()
	if e.Linux == "" {
		return errors.New("no kernel")
	}
	files := append([]string{e.Linux}, e.Initrd...)
	if e.DeviceTree != "" {
		files = append(files, e.DeviceTree)
	}
	for _, f := range files {
		st, err := boot.Lstat(path.Clean(strings.TrimPrefix(strings.TrimPrefix(f, "/boot"), "/")))
		if err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size == 0 {
			return fmt.Errorf("%s: not a file with content", f)
		}
	}
	return c.followLink(ctx, root, e)
}

func (c *BootCheck) followLink(ctx context.Context, root string, e *bls.Entry) error {
	link, err := parseBootlink(e)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(filepath.Join(root, link.full))
	if err != nil {
		return fmt.Errorf("bootlink: %w", err)
	}
	c.Stateroot, c.Deployment = link.stateroot, filepath.Base(real)
	if _, _, err := parseDeploymentName(c.Deployment); err != nil {
		return err
	}
	tree, err := dirfd.Open(real)
	if err != nil {
		return err
	}
	defer tree.Close()
	k, err := findKernel(tree, false)
	if err != nil {
		return err
	}
	sum, err := k.bootCsum(ctx, tree)
	if err == nil && sum != link.bootCsum {
		var bare string
		k.deviceTree, k.deviceTrees = "", "" // it may have been made ignoring device trees
		if bare, err = k.bootCsum(ctx, tree); err == nil && bare != link.bootCsum {
			err = fmt.Errorf("kernel of %s has checksum %s, the entry wants %s", c.Deployment, sum, link.bootCsum)
		}
	}
	return err
}
