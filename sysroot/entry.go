package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/kargs"
)

// prepareRoot is started as init when there is no initramfs to do its work.
const prepareRoot = "usr/lib/ostree/ostree-prepare-root"

// maxBootTries bounds sysroot.boot-counting-tries.
const maxBootTries = 5

// entryWriter makes the boot entries of a list for a boot version.
type entryWriter struct {
	s     *Sysroot
	list  []*Deployment
	state bootloader.State
}

// entry installs the kernel of deployment i and returns its boot entry.
func (w *entryWriter) entry(ctx context.Context, i int) (bootloader.NewEntry, error) {
	d := w.list[i]
	e := &bls.Entry{}
	if d.Boot != nil {
		e = d.Boot.Clone()
	}
	root, err := w.s.openDeployment(d)
	if err != nil {
		return bootloader.NewEntry{}, err
	}
	defer root.Close()
	name, err := osName(root)
	if err != nil {
		return bootloader.NewEntry{}, err
	}
	version, err := w.s.Version(ctx, d)
	if errors.Is(err, fs.ErrNotExist) && d.EntryFile != "" {
		// An older deployment whose commit is gone still boots.
		w.s.log.Warn("commit of deployment is missing", "deployment", d.Name(), "error", err)
		err = nil
	}
	if err != nil {
		return bootloader.NewEntry{}, err
	}
	e.Title = entryTitle(name, version, d.Stateroot, severalStateroots(w.list), i)
	e.Version = strconv.Itoa(len(w.list) - i)
	k, err := findKernel(root, w.s.opts.NoDeviceTree)
	switch {
	case errors.Is(err, ErrNoKernel) && e.Linux != "":
		// A damaged older deployment must not block every change: what its
		// entry names is still in the boot directory.
		w.s.log.Warn("deployment lacks its kernel, entry kept", "deployment", d.Name())
		k = nil
	case err != nil:
		return bootloader.NewEntry{}, err
	default:
		if err := w.s.installKernel(ctx, root, k, d.kernelDir()); err != nil {
			return bootloader.NewEntry{}, err
		}
		setFiles(e, d, k)
	}
	e.Options = w.options(d, k, e)
	if err := w.appendExtras(e, i); err != nil {
		return bootloader.NewEntry{}, err
	}
	file, err := w.fileName(i)
	return bootloader.NewEntry{FileName: file, Entry: e}, err
}

// setFiles points the entry at the installed files; overlay images stay.
func setFiles(e *bls.Entry, d *Deployment, k *kernel) {
	names := k.installedNames()
	at := func(src string) string { return path.Join("/", d.kernelDir(), names[src]) }
	e.Linux, e.DeviceTree, e.DeviceTreeDir = at(k.image), "", ""
	extra := overlays(d)
	e.Initrd = nil
	if k.initramfs != "" {
		e.Initrd = append(e.Initrd, at(k.initramfs))
	}
	e.Initrd = append(e.Initrd, extra...)
	switch {
	case k.deviceTree != "":
		e.DeviceTree = at(k.deviceTree)
	case k.deviceTrees != "":
		e.DeviceTreeDir = at(k.deviceTrees)
	}
	e.Unset("aboot")
	if k.aboot != "" {
		e.Set("aboot", at(k.aboot))
	}
}

// options sets ostree= in its place. Without an initramfs the kernel starts
// the program that sets up the root.
func (w *entryWriter) options(d *Deployment, k *kernel, e *bls.Entry) string {
	link := path.Join("/ostree", fmt.Sprintf("boot.%d", w.state.BootVersion), d.linkPath())
	args := d.allArgs()
	args.Set("ostree=" + link)
	hasInit := false
	out := kargs.New()
	for _, a := range args.All() {
		if a.Key == "init" && strings.HasPrefix(a.Value, "/ostree/boot.") {
			if len(e.Initrd) > 0 || hasInit { // from a time without initramfs
				continue
			}
			a.Value, hasInit = path.Join(link, prepareRoot), true
		}
		out.Append(a.String())
	}
	if k != nil && k.initramfs == "" && !hasInit {
		out.Append("init=" + path.Join(link, prepareRoot))
	}
	return out.String()
}

// appendExtras handles sysroot.bls-append-except-default: keys that every entry
// but the default has.
func (w *entryWriter) appendExtras(e *bls.Entry, i int) error {
	text, _ := w.s.repo.Config().Get("sysroot", "bls-append-except-default")
	for pair := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return fmt.Errorf("sysroot.bls-append-except-default: %q is not key=value", pair)
		}
		e.Unset(key)
		if i > 0 {
			e.Set(key, strings.TrimSpace(value))
		}
	}
	return nil
}

// fileName is that of the entry's file; boot counters of a known entry are kept.
func (w *entryWriter) fileName(i int) (string, error) {
	d := w.list[i]
	f := bls.FileName{Base: fmt.Sprintf("ostree-%d", len(w.list)-i)}
	if w.s.opts.LegacyEntryNames {
		f.Base += "-" + d.Stateroot
	}
	tries, err := w.s.repo.Config().GetInt("sysroot", "boot-counting-tries", 0)
	if err != nil {
		return "", err
	}
	if tries < 0 || tries > maxBootTries {
		return "", fmt.Errorf("sysroot.boot-counting-tries: %d is not in 0..%d", tries, maxBootTries)
	}
	if d.EntryFile == "" {
		f.Counted, f.Left = tries > 0, int(tries)
	} else if old, err := bls.ParseFileName(d.EntryFile); err == nil {
		f.Counted, f.Left, f.Done = old.Counted, old.Left, old.Done
	}
	return f.String(), nil
}
