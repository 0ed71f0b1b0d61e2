package sysroot

import (
	"log/slog"
	"strings"

	"example.com/rpmostree/bootloader"
)

// Options change how a root is opened and worked on. The zero value is right
// for the running system.
type Options struct {
	// Log receives what a person may want to know later; nil = silent.
	Log *slog.Logger
	// Notify is told about the main steps; nil = nobody.
	Notify func(Event)
	// Run executes programs that a boot loader needs (grub2-mkconfig).
	Run bootloader.Runner
	// GrubExec is run in place of grub2-mkconfig, see bootloader.Grub2.
	GrubExec string
	// AllowFreeze: see bootloader.Options.
	AllowFreeze bool
	// RemotesDir holds further remotes, see ostree.OpenOptions; "" means
	// /etc/ostree/remotes.d for the root "/", and none for others.
	RemotesDir string
	// BootID identifies the boot of the running system, see ostree.OpenOptions.
	BootID string

	// RunDir and RootDir are those of the running system, "" = "/run" and "/".
	// They decide which deployment is booted.
	RunDir, RootDir string

	// MutableDeployments leaves out the immutable flag of new deployments.
	MutableDeployments bool
	// NoDeviceTree ignores device trees of kernels.
	NoDeviceTree bool
	// LegacyEntryNames names entries "ostree-K-STATEROOT.conf", as before 2024,
	// instead of "ostree-K.conf".
	LegacyEntryNames bool
	// NoSync leaves out syncs, for image builds that sync at the end.
	NoSync bool
}

// FromEnvironment sets the fields that the variables OSTREE_SYSROOT_DEBUG,
// OSTREE_SYSROOT_OPTS, OSTREE_GRUB2_EXEC and OSTREE_BOOTID control, with getenv as in os.Getenv.
// Unknown words are ignored.
func (o *Options) FromEnvironment(getenv func(string) string) {
	o.GrubExec, o.BootID = getenv("OSTREE_GRUB2_EXEC"), getenv("OSTREE_BOOTID")
	for _, word := range strings.FieldsFunc(getenv("OSTREE_SYSROOT_DEBUG"), isListSep) {
		switch word {
		case "mutable-deployments":
			o.MutableDeployments = true
		case "no-dtb":
			o.NoDeviceTree = true
		}
	}
	for _, word := range strings.FieldsFunc(getenv("OSTREE_SYSROOT_OPTS"), isListSep) {
		switch word {
		case "skip-sync":
			o.NoSync = true
		case "bootloader-naming-1":
			o.LegacyEntryNames = true
		case "bootloader-naming-2":
			o.LegacyEntryNames = false
		}
	}
}

func isListSep(r rune) bool { return strings.ContainsRune(",;: \t", r) }

func (o *Options) runDir() string {
	if o.RunDir == "" {
		return "/run"
	}
	return o.RunDir
}

func (o *Options) rootDir() string {
	if o.RootDir == "" {
		return "/"
	}
	return o.RootDir
}
