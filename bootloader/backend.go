package bootloader

import (
	"context"
	"slices"

	"example.com/rpmostree/bootloader/bls"
)

// File is a rendered file; Name is below the new boot/loader.B.
type File struct {
	Name string
	Data []byte
}

// RenderInput is all a backend may look at.
type RenderInput struct {
	// Entries in menu order, the default first; paths without "/boot".
	Entries []*bls.Entry
	// State is the state being prepared.
	State State
	// Current holds the backend's files of the running configuration by name,
	// so that what an administrator wrote there can be kept.
	Current map[string][]byte
	// Extra is text that the default deployment ships for the boot loader
	// (uboot: usr/lib/ostree-boot/uEnv.txt).
	Extra []byte
}

// Backend renders the configuration of one boot loader. Implementations are
// pure: they read nothing but their input and write nothing.
type Backend interface {
	// Name is the configured name ("syslinux").
	Name() string
	// Render returns the files for the new boot/loader.B; none for boot
	// loaders that read the entries themselves.
	Render(in RenderInput) ([]File, error)
}

// Command is an outside program that a backend needs.
type Command struct {
	Argv []string
	// Env holds "KEY=VALUE" to add to the environment.
	Env []string
	// Root is the directory of the system to run in; "" = the running one.
	Root string
}

// Runner executes a Command; the caller decides how (chroot, container).
type Runner func(ctx context.Context, c Command) error

// Generator is a Backend whose configuration an outside program writes.
type Generator interface {
	Backend
	// ConfigName is the file below the new boot/loader.B that it writes.
	ConfigName() string
	// Command returns the program that writes dst, the path of that file in
	// the root the program runs in.
	Command(dst string, in RenderInput) Command
}

// none serves boot loaders that read the entries themselves.
type none struct{}

// None returns the backend of boot loaders that read the entry files.
func None() Backend { return none{} }

func (none) Name() string                       { return "none" }
func (none) Render(RenderInput) ([]File, error) { return nil, nil }

// mapPaths returns a copy with fn applied to all paths.
func mapPaths(e *bls.Entry, fn func(string) string) *bls.Entry {
	c := e.Clone()
	for _, p := range []*string{&c.Linux, &c.DeviceTree, &c.DeviceTreeDir} {
		if *p != "" {
			*p = fn(*p)
		}
	}
	for i := range c.Initrd {
		c.Initrd[i] = fn(c.Initrd[i])
	}
	return c
}

func sortEntries(list []StoredEntry) {
	slices.SortStableFunc(list, func(a, b StoredEntry) int { return bls.Compare(a.Entry, b.Entry) })
}
