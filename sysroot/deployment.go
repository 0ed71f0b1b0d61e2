package sysroot

import (
	"path/filepath"
	"strconv"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/ostree"
)

// Unlocked says whether and how /usr of a deployment is writable.
type Unlocked string

// The states, as `ostree admin status` names them.
const (
	UnlockedNone        Unlocked = "none"
	UnlockedDevelopment Unlocked = "development"
	UnlockedTransient   Unlocked = "transient"
	UnlockedHotfix      Unlocked = "hotfix"
)

// Deployment is one bootable tree. Treat one from Sysroot.Deployments as
// read-only and use Clone to make a changed one.
type Deployment struct {
	Stateroot string
	Commit    ostree.Checksum
	// Serial tells deployments of one commit apart.
	Serial int
	// BootCsum identifies kernel and initramfs, BootSerial the deployments that
	// share them.
	BootCsum   string
	BootSerial int
	// Index is the position in the list; 0 boots by default.
	Index int
	// Booted is the running one; Staged waits for its final steps at shutdown;
	// Pinned is not removed by operations that make room.
	Booted, Staged, Pinned bool
	// Origin is nil if the deployment has none.
	Origin   *Origin
	Unlocked Unlocked
	// Boot is the boot entry; nil for a staged deployment.
	Boot *bls.Entry
	// EntryFile is the file name of the boot entry, "" for a new one.
	EntryFile string

	// stagedKargs are the kernel arguments of a staged deployment, stagedMerge
	// is the deployment to merge /etc from.
	stagedKargs []string
	stagedMerge *Deployment
	// stagedOverlays are the checksums of its overlay images.
	stagedOverlays []string
	originErr      error
}

// OriginError is why Origin is nil although the deployment has an origin file: it cannot be read. Whoever would replace
// the file must refuse then, as what it says would be lost.
func (d *Deployment) OriginError() error { return d.originErr }

// Name is CHECKSUM.SERIAL, the name of its directory.
func (d *Deployment) Name() string { return d.Commit.String() + "." + strconv.Itoa(d.Serial) }

// Path is the root directory of d in s.
func (d *Deployment) Path(s *Sysroot) string { return filepath.Join(s.path, ostreeDir, d.dir()) }

// Clone returns an independent copy.
func (d *Deployment) Clone() *Deployment {
	c := *d
	if d.Origin != nil {
		c.Origin = d.Origin.Clone()
	}
	if d.Boot != nil {
		c.Boot = d.Boot.Clone()
	}
	return &c
}

// Equal reports whether both are the same directory.
func (d *Deployment) Equal(o *Deployment) bool {
	return d != nil && o != nil && d.Stateroot == o.Stateroot && d.Commit == o.Commit && d.Serial == o.Serial
}

// KernelArgs returns the kernel arguments, without the one that names the
// deployment itself (ostree=).
func (d *Deployment) KernelArgs() *kargs.Args { return d.allArgs().Without("ostree") }

func (d *Deployment) allArgs() *kargs.Args {
	if d.Boot == nil {
		return kargs.New(d.stagedKargs...)
	}
	return kargs.Parse(d.Boot.Options)
}
