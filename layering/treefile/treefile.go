// Package treefile reads treefiles, the declarative description of an
// operating system image: which packages from which repositories, and what is
// done with the resulting tree.
//
// Most users need two functions: [Load], which reads a treefile with all that
// it includes from disk, and [Treefile.Checksum], which names the content of
// the result. [Parse] is the pure codec of one file without includes.
//
// The package knows every key of the format, checks the shape of the values
// and combines included files. It does not build anything; package compose
// does, and refuses the keys that it cannot honour.
//
// Format reference: the "Treefile reference" of the rpm-ostree documentation.
package treefile

// Treefile is one treefile after parsing, or a whole set after merging.
// Pointers are nil where the file does not set the key; the accessor methods
// give the documented defaults.
type Treefile struct {
	Edition  string         `yaml:"edition" json:"edition,omitempty"`
	Ref      string         `yaml:"ref" json:"ref,omitempty"`
	Metadata map[string]any `yaml:"metadata" json:"metadata,omitempty"`
	GPGKey   string         `yaml:"gpg-key" json:"gpg-key,omitempty"`

	// Where packages come from.
	Repos         StringList        `yaml:"repos" json:"repos,omitempty"`
	LockfileRepos StringList        `yaml:"lockfile-repos" json:"lockfile-repos,omitempty"`
	RepoVars      map[string]string `yaml:"repovars" json:"repovars,omitempty"`
	ReleaseVer    Scalar            `yaml:"releasever" json:"releasever,omitempty"`
	BaseArch      string            `yaml:"basearch" json:"basearch,omitempty"`
	Variables     map[string]Scalar `yaml:"variables" json:"variables,omitempty"`

	// Other files. All three are empty after [Load].
	Include            StringList            `yaml:"include" json:"include,omitempty"`
	ArchInclude        map[string]StringList `yaml:"arch-include" json:"arch-include,omitempty"`
	ConditionalInclude []ConditionalInclude  `yaml:"conditional-include" json:"conditional-include,omitempty"`

	// What is installed. PackagesArch holds packages-ARCH keys by architecture.
	Packages          PackageList            `yaml:"packages" json:"packages,omitempty"`
	PackagesArch      map[string]PackageList `yaml:"-" json:"packages-arch,omitempty"`
	BootstrapPackages PackageList            `yaml:"bootstrap_packages" json:"bootstrap_packages,omitempty"`
	RepoPackages      []RepoPackages         `yaml:"repo-packages" json:"repo-packages,omitempty"`
	ExcludePackages   StringList             `yaml:"exclude-packages" json:"exclude-packages,omitempty"`
	Recommends        *bool                  `yaml:"recommends" json:"recommends,omitempty"`
	Documentation     *bool                  `yaml:"documentation" json:"documentation,omitempty"`
	InstallLangs      StringList             `yaml:"install-langs" json:"install-langs,omitempty"`
	OSTreeLayers      StringList             `yaml:"ostree-layers" json:"ostree-layers,omitempty"`
	OverrideLayers    StringList             `yaml:"ostree-override-layers" json:"ostree-override-layers,omitempty"`
	Modules           any                    `yaml:"modules" json:"modules,omitempty"`

	// The shape of the tree.
	SELinux             *bool  `yaml:"selinux" json:"selinux,omitempty"`
	SELinuxLabelVersion *int   `yaml:"selinux-label-version" json:"selinux-label-version,omitempty"`
	IMA                 *bool  `yaml:"ima" json:"ima,omitempty"`
	IgnoreDevices       *bool  `yaml:"ignore-devices" json:"ignore-devices,omitempty"`
	BootLocation        string `yaml:"boot-location" json:"boot-location,omitempty"`
	TmpIsDir            *bool  `yaml:"tmp-is-dir" json:"tmp-is-dir,omitempty"`
	MachineIDCompat     *bool  `yaml:"machineid-compat" json:"machineid-compat,omitempty"`
	OptUsrLocal         string `yaml:"opt-usrlocal" json:"opt-usrlocal,omitempty"`
	OptUsrLocalOverlays *bool  `yaml:"opt-usrlocal-overlays" json:"opt-usrlocal-overlays,omitempty"`
	ReadOnlyExecutables *bool  `yaml:"readonly-executables" json:"readonly-executables,omitempty"`

	// Systemd.
	Units         StringList `yaml:"units" json:"units,omitempty"`
	DefaultTarget string     `yaml:"default-target" json:"default-target,omitempty"`

	// Users and groups.
	EtcGroupMembers     StringList  `yaml:"etc-group-members" json:"etc-group-members,omitempty"`
	PreservePasswd      *bool       `yaml:"preserve-passwd" json:"preserve-passwd,omitempty"`
	CheckPasswd         *CheckUsers `yaml:"check-passwd" json:"check-passwd,omitempty"`
	CheckGroups         *CheckUsers `yaml:"check-groups" json:"check-groups,omitempty"`
	IgnoreRemovedUsers  StringList  `yaml:"ignore-removed-users" json:"ignore-removed-users,omitempty"`
	IgnoreRemovedGroups StringList  `yaml:"ignore-removed-groups" json:"ignore-removed-groups,omitempty"`
	Sysusers            string      `yaml:"sysusers" json:"sysusers,omitempty"`

	// Kernel.
	NoInitramfs   *bool      `yaml:"no-initramfs" json:"no-initramfs,omitempty"`
	InitramfsArgs StringList `yaml:"initramfs-args" json:"initramfs-args,omitempty"`

	Cliwrap         *bool      `yaml:"cliwrap" json:"cliwrap,omitempty"`
	CliwrapBinaries StringList `yaml:"cliwrap-binaries" json:"cliwrap-binaries,omitempty"`

	RPMDB          string `yaml:"rpmdb" json:"rpmdb,omitempty"`
	RPMDBNormalize *bool  `yaml:"rpmdb-normalize" json:"rpmdb-normalize,omitempty"`

	// Versions.
	MutateOSRelease        string `yaml:"mutate-os-release" json:"mutate-os-release,omitempty"`
	AutomaticVersionPrefix string `yaml:"automatic-version-prefix" json:"automatic-version-prefix,omitempty"`
	AutomaticVersionSuffix string `yaml:"automatic-version-suffix" json:"automatic-version-suffix,omitempty"`

	// Changes to the tree.
	AddFiles           []AddFile  `yaml:"add-files" json:"add-files,omitempty"`
	RemoveFiles        StringList `yaml:"remove-files" json:"remove-files,omitempty"`
	RemoveFromPackages [][]string `yaml:"remove-from-packages" json:"remove-from-packages,omitempty"`
	Postprocess        StringList `yaml:"postprocess" json:"postprocess,omitempty"`
	PostprocessScript  string     `yaml:"postprocess-script" json:"postprocess-script,omitempty"`
	FinalizeD          string     `yaml:"finalize.d" json:"finalize.d,omitempty"`

	// What the commit carries.
	AddCommitMetadata  map[string]any `yaml:"add-commit-metadata" json:"add-commit-metadata,omitempty"`
	RepoMetadata       string         `yaml:"repo-metadata" json:"repo-metadata,omitempty"`
	AdvisoriesMetadata string         `yaml:"advisories-metadata" json:"advisories-metadata,omitempty"`
	Container          *bool          `yaml:"container" json:"container,omitempty"`
	ContainerCmd       StringList     `yaml:"container-cmd" json:"container-cmd,omitempty"`

	PlatformModule string `yaml:"platform-module" json:"platform-module,omitempty"`
	Rojig          *Rojig `yaml:"rojig" json:"rojig,omitempty"`
	Derive         `yaml:",inline"`

	externals map[string]External
}

// Derive holds the keys that only a derivation on a client may set.
type Derive struct {
	BaseRefspec           string            `yaml:"base-refspec" json:"base-refspec,omitempty"`
	ContainerImage        string            `yaml:"container-image-reference" json:"container-image-reference,omitempty"`
	PackagesLocal         map[string]string `yaml:"packages-local" json:"packages-local,omitempty"`
	PackagesLocalOverride map[string]string `yaml:"packages-local-fileoverride" json:"packages-local-fileoverride,omitempty"`
	OverrideRemove        StringList        `yaml:"override-remove" json:"override-remove,omitempty"`
	OverrideReplace       []any             `yaml:"ex-override-replace" json:"ex-override-replace,omitempty"`
	OverrideReplaceLocal  map[string]string `yaml:"override-replace-local" json:"override-replace-local,omitempty"`
	OverrideCommit        string            `yaml:"override-commit" json:"override-commit,omitempty"`
	Initramfs             any               `yaml:"initramfs" json:"initramfs,omitempty"`
	Custom                any               `yaml:"custom" json:"custom,omitempty"`
}

// RepoPackages takes packages from one repository only.
type RepoPackages struct {
	Repo     string      `yaml:"repo" json:"repo"`
	Packages PackageList `yaml:"packages" json:"packages"`
}

// AddFile copies a file that lies beside the treefile into the tree.
type AddFile struct {
	Source string // as written in the treefile
	Dest   string // absolute path in the tree
}

// CheckUsers is the value of check-passwd and check-groups.
type CheckUsers struct {
	Type     string         `yaml:"type" json:"type"` // none, previous, file, data
	Filename string         `yaml:"filename" json:"filename,omitempty"`
	Entries  map[string]any `yaml:"entries" json:"entries,omitempty"` // name -> uid or [uid, gid]
}

// Rojig is the remainder of a dead feature; only Name is looked at, as a
// fallback for ref.
type Rojig struct {
	Name        string `yaml:"name" json:"name,omitempty"`
	Summary     string `yaml:"summary" json:"summary,omitempty"`
	License     string `yaml:"license" json:"license,omitempty"`
	Description string `yaml:"description" json:"description,omitempty"`
}

// Bool returns the value of an optional switch, or def if it is not set.
func Bool(v *bool, def bool) bool {
	if v == nil {
		return def
	}
	return *v
}

// External is a file that a treefile names.
type External struct {
	Data       []byte
	Executable bool
}

// External returns a file that the treefile names: the source of an add-files
// entry, postprocess-script, or the file of check-passwd and check-groups.
// [Load] reads them.
func (t *Treefile) External(name string) (External, bool) {
	f, ok := t.externals[name]
	return f, ok
}
