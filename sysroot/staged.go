package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// maxStagedFile bounds the description of a staged deployment.
const maxStagedFile = 1 << 20

// loadStaged reads the deployment that is to be finalised at shutdown, nil if
// there is none. The file is a GVariant a{sv}: "target" and "merge-deployment"
// are a{sv} of name, osname and bootcsum; "kargs" and "overlay-initrds" (SHA-256)
// are as; "locked" is b.
func (s *Sysroot) loadStaged() (*Deployment, error) {
	data, err := readRunFile(filepath.Join(s.opts.runDir(), stagedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return nil, err
	}
	d, err := parseStagedName(v, "target")
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, errors.New(`no key "target"`)
	}
	d.Staged, d.BootSerial = true, -1
	if d.stagedMerge, err = parseStagedName(v, "merge-deployment"); err != nil {
		return nil, err
	}
	if args, ok := v.Lookup("kargs"); ok && args.Type() == "as" {
		d.stagedKargs = args.Strings()
	}
	if sums, ok := v.Lookup("overlay-initrds"); ok && sums.Type() == "as" {
		for _, sum := range sums.Strings() {
			if _, err := ostree.ParseChecksum(sum); err != nil {
				return nil, fmt.Errorf("overlay-initrds: %w", err)
			}
			d.stagedOverlays = append(d.stagedOverlays, sum)
		}
	}
	if _, err := s.ostree.Lstat(d.dir()); err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	return d, s.loadDetails(d)
}

// parseStagedName reads how the file names a deployment.
func parseStagedName(v gvariant.Value, key string) (*Deployment, error) {
	x, ok := v.Lookup(key)
	if !ok {
		return nil, nil
	}
	if x.Type() != "a{sv}" {
		return nil, fmt.Errorf("key %q has type %s", key, x.Type())
	}
	d := &Deployment{}
	name, _ := lookupString(x, "name")
	d.Stateroot, _ = lookupString(x, "osname")
	d.BootCsum, _ = lookupString(x, "bootcsum")
	err := checkStateroot(d.Stateroot)
	if err == nil {
		d.Commit, d.Serial, err = parseDeploymentName(name)
	}
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", key, err)
	}
	return d, nil
}

func lookupString(v gvariant.Value, key string) (string, bool) {
	x, ok := v.Lookup(key)
	if !ok || x.Type() != "s" {
		return "", false
	}
	return x.Str(), true
}

// StagedLocked reports whether the staged deployment is kept from being
// finalised.
func (s *Sysroot) StagedLocked() bool {
	if _, err := os.Stat(filepath.Join(s.opts.runDir(), stagedLocked)); err == nil {
		return true
	}
	data, err := readRunFile(filepath.Join(s.opts.runDir(), stagedFile))
	if err != nil {
		return false
	}
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return false
	}
	locked, ok := v.Lookup("locked")
	return ok && locked.Type() == "b" && locked.Bool()
}

// backingRoot reads device and inode of the booted deployment from the file
// that the initramfs left: GVariant a{sv}, key "backing-root-device-inode",
// (tt). It is needed where the root is an overlay or image.
func backingRoot(file string) (dev, ino uint64, ok bool) {
	data, err := readRunFile(file)
	if err != nil || len(data) == 0 {
		return 0, 0, false
	}
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return 0, 0, false
	}
	pair, found := v.Lookup("backing-root-device-inode")
	if !found || pair.Type() != "(tt)" {
		return 0, 0, false
	}
	return pair.Index(0).Uint(), pair.Index(1).Uint(), true
}

func readRunFile(name string) ([]byte, error) {
	d, err := dirfd.Open(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadFile(filepath.Base(name), maxStagedFile)
}
