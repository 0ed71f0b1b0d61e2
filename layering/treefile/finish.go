package treefile

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// finish settles a merged treefile for one architecture: packages-ARCH joins
// packages, variables are substituted, bundles of defaults are applied and the
// values are checked.
func (t *Treefile) finish(arch string) error {
	t.BaseArch = arch
	t.Packages = unionPackages(t.Packages, t.BootstrapPackages)
	t.Packages = unionPackages(t.Packages, t.PackagesArch[arch])
	t.BootstrapPackages, t.PackagesArch = nil, nil
	if t.Ref == "" && t.Rojig != nil {
		t.Ref = t.Rojig.Name
	}
	if err := t.substitute(); err != nil {
		return err
	}
	t.applyBundles()
	return t.Validate()
}

func (t *Treefile) substitute() error {
	vars := map[string]string{"basearch": t.BaseArch}
	if t.ReleaseVer != "" {
		vars["releasever"] = string(t.ReleaseVer)
	}
	for k, v := range t.Variables {
		if _, taken := vars[k]; taken {
			return fmt.Errorf("variables: %q is reserved", k)
		}
		vars[k] = string(v)
	}
	for key, field := range map[string]*string{
		"ref":                      &t.Ref,
		"automatic-version-prefix": &t.AutomaticVersionPrefix,
		"mutate-os-release":        &t.MutateOSRelease,
	} {
		text, err := Substitute(*field, vars)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		*field = text
	}
	return nil
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// Substitute replaces each ${NAME}. A name that is not in vars is an error.
func Substitute(s string, vars map[string]string) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(s, func(m string) string {
		name := m[2 : len(m)-1]
		value, ok := vars[name]
		if !ok && missing == nil {
			missing = fmt.Errorf("%q: variable %q is not set", s, name)
		}
		return value
	})
	if missing == nil && strings.Contains(out, "${") {
		missing = fmt.Errorf("%q: unclosed variable", s)
	}
	return out, missing
}

// applyBundles sets the defaults that "edition: 2024" and "container: true"
// stand for, where the treefile does not say otherwise.
func (t *Treefile) applyBundles() {
	yes, no := true, false
	def := func(field **bool, v *bool) {
		if *field == nil {
			*field = v
		}
	}
	if t.Edition == "2024" {
		def(&t.IgnoreDevices, &yes)
		def(&t.TmpIsDir, &yes)
		def(&t.RPMDBNormalize, &yes)
		def(&t.MachineIDCompat, &no)
		if t.BootLocation == "" {
			t.BootLocation = "modules"
		}
		if t.OptUsrLocal == "" {
			t.OptUsrLocal = "root"
		}
	}
	if Bool(t.Container, false) {
		def(&t.SELinux, &no)
		def(&t.TmpIsDir, &yes)
		def(&t.PreservePasswd, &no)
		if t.BootLocation == "" {
			t.BootLocation = "modules"
		}
	}
}

// Validate checks the values that can be checked without looking at anything
// else, and reports every problem.
func (t *Treefile) Validate() error {
	var errs []error
	oneOf := func(key, value string, allowed ...string) {
		if value != "" && !slices.Contains(allowed, value) {
			errs = append(errs, fmt.Errorf("%s: %q is not one of %s", key, value, strings.Join(allowed, ", ")))
		}
	}
	oneOf("edition", t.Edition, "2014", "2024")
	oneOf("boot-location", t.BootLocation, "new", "modules", "kernel-install")
	oneOf("opt-usrlocal", t.OptUsrLocal, "var", "root", "state-overlay")
	oneOf("sysusers", t.Sysusers, "compose-auto", "compose-forced")
	oneOf("rpmdb", t.RPMDB, "target", "host", "sqlite", "ndb", "bdb")
	oneOf("repo-metadata", t.RepoMetadata, "inline", "detached", "disabled")
	oneOf("advisories-metadata", t.AdvisoriesMetadata, "inline", "detached", "disabled")
	for key, c := range map[string]*CheckUsers{"check-passwd": t.CheckPasswd, "check-groups": t.CheckGroups} {
		if c != nil {
			oneOf(key+" type", c.Type, "none", "previous", "file", "data")
		}
	}
	if len(t.Units) > 0 && !Bool(t.MachineIDCompat, true) {
		errs = append(errs, errors.New("units: cannot be used with machineid-compat: false; use presets instead"))
	}
	errs = append(errs, t.validatePaths()...)
	errs = append(errs, t.validatePatterns()...)
	return errors.Join(errs...)
}

// addFileRoots are the directories that add-files may write to.
var addFileRoots = []string{"usr", "etc", "bin", "sbin", "lib", "lib64"}

func (t *Treefile) validatePaths() []error {
	var errs []error
	for _, f := range t.AddFiles {
		rel, err := CleanPath(f.Dest)
		top, _, _ := strings.Cut(rel, "/")
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("add-files: %w", err))
		case !slices.Contains(addFileRoots, top) || rel == top:
			errs = append(errs, fmt.Errorf("add-files: destination %q is not below /usr, /etc, /bin, /sbin, /lib or /lib64", f.Dest))
		case strings.HasPrefix(rel, "usr/local/"):
			errs = append(errs, fmt.Errorf("add-files: destination %q is below /usr/local", f.Dest))
		}
	}
	for _, name := range t.RemoveFiles {
		if _, err := CleanPath(name); err != nil {
			errs = append(errs, fmt.Errorf("remove-files: %w", err))
		}
	}
	for _, unit := range append(slices.Clone(t.Units), t.DefaultTarget) {
		if strings.Contains(unit, "/") {
			errs = append(errs, fmt.Errorf("units: %q is not a unit name", unit))
		}
	}
	return errs
}

func (t *Treefile) validatePatterns() []error {
	var errs []error
	for _, entry := range t.RemoveFromPackages {
		if len(entry) < 2 {
			errs = append(errs, fmt.Errorf("remove-from-packages: entry %q needs a package and at least one pattern", entry))
		}
		for _, pattern := range entry {
			if _, err := regexp.Compile(pattern); err != nil {
				errs = append(errs, fmt.Errorf("remove-from-packages: %w", err))
			}
		}
	}
	return errs
}

// CleanPath turns a path of the target, with or without a leading slash, into
// one relative to its root, and refuses "..", the root itself and NUL bytes.
func CleanPath(name string) (string, error) {
	rel := strings.TrimLeft(name, "/")
	if slices.Contains(strings.Split(rel, "/"), "..") || strings.ContainsRune(rel, 0) {
		return "", fmt.Errorf("path %q leaves the tree", name)
	}
	rel = path.Clean(rel)
	if rel == "." {
		return "", fmt.Errorf("path %q is the root of the tree", name)
	}
	return rel, nil
}
