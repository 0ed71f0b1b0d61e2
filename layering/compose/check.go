package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree/sepolicy"
)

// UnsupportedKeyError is a treefile key that [Compose] cannot honour.
type UnsupportedKeyError struct {
	Key    string
	Reason string // what to do instead, or ""
}

// Error names the key.
func (e *UnsupportedKeyError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("treefile: %s is not supported", e.Key)
	}
	return fmt.Sprintf("treefile: %s is not supported: %s", e.Key, e.Reason)
}

// Check reports every key of a treefile that would have to be ignored. A
// treefile that passes is built completely.
func Check(tf *treefile.Treefile) error {
	var errs []error
	no := func(set bool, key, reason string) {
		if set {
			errs = append(errs, &UnsupportedKeyError{key, reason})
		}
	}
	on := func(b *bool) bool { return treefile.Bool(b, false) }
	no(tf.GPGKey != "", "gpg-key", "sign the commit afterwards")
	no(len(tf.LockfileRepos) > 0, "lockfile-repos", "")
	no(tf.Modules != nil, "modules", "the feature is gone")
	no(tf.PlatformModule != "", "platform-module", "the feature is gone")
	no(len(tf.InstallLangs) > 0 && !slices.Equal(tf.InstallLangs, []string{"all"}), "install-langs", "")
	no(on(tf.IMA), "ima", "")
	no(tf.SELinuxLabelVersion != nil && (*tf.SELinuxLabelVersion < 0 || *tf.SELinuxLabelVersion > sepolicy.MaxEpoch), "selinux-label-version", "use 0 or 1")
	no(on(tf.OptUsrLocalOverlays), "opt-usrlocal-overlays", "")
	no(tf.OptUsrLocal == "state-overlay", "opt-usrlocal: state-overlay", "")
	no(tf.BootLocation == "kernel-install", "boot-location: kernel-install", "use modules or new")
	for key, c := range map[string]*treefile.CheckUsers{"check-passwd": tf.CheckPasswd, "check-groups": tf.CheckGroups} {
		no(c != nil && (c.Type == "file" || c.Type == "data"), key+" of type file or data", "use preserve-passwd")
	}
	no(on(tf.Cliwrap), "cliwrap", "")
	no(len(tf.CliwrapBinaries) > 0, "cliwrap-binaries", "")
	no(tf.RPMDB == "ndb" || tf.RPMDB == "bdb", "rpmdb: "+tf.RPMDB, "the database is always sqlite")
	no(tf.FinalizeD != "", "finalize.d", "use postprocess")
	no(tf.RepoMetadata == "detached", "repo-metadata: detached", "use inline or disabled")
	no(tf.AdvisoriesMetadata == "detached" || tf.AdvisoriesMetadata == "inline", "advisories-metadata", "")
	no(tf.Sysusers == "compose-forced", "sysusers: compose-forced", "sysusers.d files are always applied")
	errs = append(errs, checkDerive(tf)...)
	slices.SortStableFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// checkDerive refuses what only has a meaning on a client.
func checkDerive(tf *treefile.Treefile) []error {
	var errs []error
	for key, set := range map[string]bool{
		"base-refspec": tf.BaseRefspec != "", "container-image-reference": tf.ContainerImage != "",
		"packages-local": len(tf.PackagesLocal) > 0, "packages-local-fileoverride": len(tf.PackagesLocalOverride) > 0,
		"override-remove": len(tf.OverrideRemove) > 0, "ex-override-replace": len(tf.OverrideReplace) > 0,
		"override-replace-local": len(tf.OverrideReplaceLocal) > 0, "override-commit": tf.OverrideCommit != "",
		"initramfs": tf.Initramfs != nil, "custom": tf.Custom != nil,
	} {
		if set {
			errs = append(errs, &UnsupportedKeyError{key, "it describes a client, not an image"})
		}
	}
	return errs
}
