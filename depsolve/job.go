package depsolve

// Action is what a job asks for.
type Action uint8

// The actions. The first four change the system on their own, the others bend
// how the wishes are fulfilled.
const (
	Noop            Action = iota
	Install                // one package of the selection
	Erase                  // all packages of the selection
	Update                 // installed packages of the selection, if possible
	DistUpgrade            // bring to exactly what the repositories have, downgrades included
	Verify                 // repair broken dependencies of installed packages
	Lock                   // keep: installed ones stay, available ones are not installed
	MultiVersion           // several versions may be installed side by side
	UserInstalled          // asked for by the user; not removed as unneeded
	DropOrphaned           // erase those no repository has
	AllowUninstall         // may be erased if the other jobs need it
	Favor                  // prefer where there is a choice
	Disfavor               // avoid where there is a choice
	Blacklist              // only to be installed by an exact request
	ExcludeFromWeak        // do not install because of weak dependencies
	WeakenDeps             // requirements of the selection may be broken
)

// Job is one wish. The order of jobs matters only to break ties.
type Job struct {
	Action Action
	Select Selection

	Weak      bool // may be dropped silently if it cannot be fulfilled
	Essential bool // never proposed for dropping unless nothing else helps
	CleanDeps bool // with Erase: also what nothing else needs afterwards
	OrUpdate  bool // with Install: an update is welcome even if something fitting is installed
	ForceBest bool // insist on the best version
	Targeted  bool // with Update: the selection is what to update to
	NotByUser bool // with Install: does not count as asked for by the user

	// The request is so exact that policy on this aspect no longer counts. Set
	// automatically from the selection unless NoAutoSet.
	SetEV, SetEVR, SetArch, SetVendor, SetRepo, SetName bool
	NoAutoSet                                           bool
}

var actionNames = [...]string{
	Noop: "noop", Install: "install", Erase: "erase", Update: "update", DistUpgrade: "distupgrade",
	Verify: "verify", Lock: "lock", MultiVersion: "multiversion", UserInstalled: "userinstalled",
	DropOrphaned: "droporphaned", AllowUninstall: "allowuninstall", Favor: "favor", Disfavor: "disfavor",
	Blacklist: "blacklist", ExcludeFromWeak: "excludefromweak", WeakenDeps: "weakendeps",
}

// String returns the lower-case name.
func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return "unknown"
}
