package depsolve

// Options change the policies of Pool.Solve. The zero value keeps every
// installed package in place as far as it can: no downgrades, no changes of
// architecture or vendor, no removals that nobody asked for.
type Options struct {
	AllowDowngrade    bool // updates may lower the version
	AllowArchChange   bool // updates may change the architecture
	AllowVendorChange bool // updates may change the vendor
	NoNameChange      bool // updates never follow obsoletes to another name
	AllowUninstall    bool // erase installed packages if that makes the rest possible

	DupNoDowngrade    bool // the same for DistUpgrade, where all four are allowed by default
	DupNoArchChange   bool
	DupNoVendorChange bool
	DupNoNameChange   bool

	IgnoreWeak            bool // do not install recommended packages
	AddAlreadyRecommended bool // also those recommended by packages installed before
	OnlyNamespaceWeak     bool // only weak dependencies on namespaces
	StrongRecommends      bool // recommends bind as requires do where it is possible at all

	NoUpdateProvide       bool // packages that just provide the name are no updates
	NeedUpdateProvide     bool // packages that obsolete one are updates only if they provide its name
	SplitProvides         bool // honour split-provides namespaces in updates
	NoInfArchCheck        bool // do not forbid worse architectures of a name
	BestObeyPolicy        bool // ForceBest never overrides vendor, architecture and other policy
	NoAutoTarget          bool // an Update that matches nothing installed does nothing
	KeepOrphans           bool // DistUpgrade keeps packages that no repository has
	BreakOrphans          bool // requirements of such packages may break
	FocusInstalled        bool // look at updates of installed packages before the jobs
	FocusNew              bool // complete what jobs install before updating the rest
	FocusBest             bool // the same for everything new
	YumObsoletes          bool // follow all packages that split up an obsoleted one
	InstallAlsoUpdates    bool // Install behaves as with OrUpdate
	StrictRepoPriority    bool // packages of worse repositories are never considered
	KeepExplicitObsoletes bool // obsoletes count for MultiVersion packages too

	// MaxSteps ends a run with ErrStepLimit after so many decisions and
	// conflicts, so that hostile metadata cannot hold it up for long. The
	// search for solutions of a problem may take as many again. Real requests
	// take a few times as many steps as packages change. 0: after 20,000
	// conflicts, of which real requests have some dozens; < 0: never.
	MaxSteps int
}
