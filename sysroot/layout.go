package sysroot

import (
	"fmt"
	"path"
	"regexp"
	"strconv"

	"example.com/rpmostree/ostree"
)

// Paths below the physical root.
const (
	ostreeDir  = "ostree"
	repoDir    = "ostree/repo"
	bootDir    = "boot"
	lockName   = "lock"   // below ostree
	deployDir  = "deploy" // below ostree, and again below a stateroot
	backingDir = "backing"
	kernelsDir = "ostree" // below boot
	overlayDir = "initramfs-overlays"
)

// Files below the run directory.
const (
	bootedFile   = "ostree-booted"
	stagedFile   = "ostree/staged-deployment"
	stagedLocked = "ostree/staged-deployment-locked"
	stagedInitrd = "ostree/staged-initrds"
	stateDir     = "ostree/deployment-state"
)

// deploymentName is CSUM.SERIAL.
var deploymentName = regexp.MustCompile(`^([0-9a-f]{64})\.([0-9]+)$`)

// bootlinkArg is the value of the kernel argument ostree=.
var bootlinkArg = regexp.MustCompile(`^/ostree/boot\.([01])/([^/]+)/([^/]+)/([0-9]+)$`)

// parseDeploymentName splits the name of a deployment directory.
func parseDeploymentName(name string) (ostree.Checksum, int, error) {
	m := deploymentName.FindStringSubmatch(name)
	if m == nil {
		return ostree.Checksum{}, 0, fmt.Errorf("deployment name %q: not CHECKSUM.SERIAL", name)
	}
	c, err := ostree.ParseChecksum(m[1])
	if err != nil {
		return c, 0, err
	}
	serial, err := strconv.Atoi(m[2])
	if err != nil {
		return c, 0, fmt.Errorf("deployment name %q: %w", name, err)
	}
	return c, serial, nil
}

// stateroots: paths below ostree.
func staterootDir(name string) string   { return path.Join(deployDir, name) }
func deploymentsDir(name string) string { return path.Join(deployDir, name, deployDir) }
func varDir(name string) string         { return path.Join(deployDir, name, "var") }

// dir is the deployment's root below ostree.
func (d *Deployment) dir() string { return path.Join(deploymentsDir(d.Stateroot), d.Name()) }

func (d *Deployment) originFile() string { return d.dir() + ".origin" }

func (d *Deployment) backing() string {
	return path.Join(deployDir, d.Stateroot, backingDir, d.Name())
}

// kernelDir is the directory of its kernel below boot.
func (d *Deployment) kernelDir() string {
	return path.Join(kernelsDir, d.Stateroot+"-"+d.BootCsum)
}

// linkPath is its bootlink below boot.B.
func (d *Deployment) linkPath() string {
	return path.Join(d.Stateroot, d.BootCsum, strconv.Itoa(d.BootSerial))
}
