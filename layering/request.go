package layering

import (
	"errors"
	"fmt"

	"example.com/rpmostree/bootloader/kargs"
)

// Request is what a user wants changed. Requests add up: what earlier ones asked for stays in force until it is
// withdrawn, because each deployment's origin carries it to the next. The zero Request changes nothing.
type Request struct {
	Stateroot string // "" is that of the booted deployment, or the only one

	// Upgrade takes the newest commit of what the machine follows. Refspec makes it follow another "REMOTE:REF",
	// "REMOTE:" (the same ref there), "REF" (the same remote) or ":REF" (a local ref or commit). Revision picks a commit of it by
	// checksum or version.
	Upgrade           bool
	Refspec, Revision string
	// SkipBranchCheck accepts a Revision that is not of the branch that the machine follows.
	SkipBranchCheck bool
	// AllowDowngrade accepts a commit older than the current one in an upgrade; DisallowDowngrade refuses it also for
	// a new refspec or revision.
	AllowDowngrade, DisallowDowngrade bool

	// Install and Uninstall are names, NEVRAs, capabilities or paths of files. InstallFiles are package files.
	Install, Uninstall, InstallFiles []string
	// ForceReplaceFiles lets the files of InstallFiles replace those of the base.
	ForceReplaceFiles bool
	UninstallAll      bool // also package files

	// Overrides of packages of the base: removed by name, replaced by package files, or as the base has them again.
	OverrideRemove, OverrideReplace, OverrideReset []string
	OverrideResetAll                               bool

	// OverrideReplaceRemote are names of base packages to replace from repositories.
	OverrideReplaceRemote []RemoteOverride

	Initramfs *InitramfsRequest // nil leaves it

	KernelArgs *kargs.Edits // nil leaves them
	// KernelArgsFrom are the kernel arguments to begin with; nil takes those of the newest deployment.
	KernelArgsFrom *kargs.Args

	Idempotent    bool // what is already requested, or not requested, is no error
	AllowInactive bool // packages that the base has may be requested
	CacheOnly     bool // download nothing
	RefreshRepos  bool // do not rely on cached repository metadata
	// LockFinalization keeps a staged deployment from becoming the default at the next boot until somebody unlocks it.
	LockFinalization bool
}

// changesBase tells whether another base commit may come in.
func (r *Request) changesBase() bool { return r.Upgrade || r.Refspec != "" || r.Revision != "" }

// refusesOlder tells whether a base commit older than the current one is refused.
func (r *Request) refusesOlder() bool {
	return r.DisallowDowngrade || r.Upgrade && !r.AllowDowngrade
}

// check refuses contradictions.
func (r *Request) check() error {
	switch {
	case r.Upgrade && r.Refspec != "":
		return errors.New("request: an upgrade keeps to its refspec; rebase to change it")
	case r.AllowDowngrade && r.DisallowDowngrade:
		return errors.New("request: downgrades cannot be both allowed and refused")
	}
	removed := map[string]bool{}
	for _, name := range r.Uninstall {
		removed[name] = true
	}
	for _, name := range r.Install {
		if removed[name] {
			return fmt.Errorf("request: %q is to be both installed and uninstalled", name)
		}
	}
	return nil
}
