package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

type findOptions struct {
	pull, mirror, disableFsync bool
	finders, cacheDir          string
}

func (a *app) findRemotesCommand() *cobra.Command {
	var o findOptions
	c := &cobra.Command{Use: "find-remotes COLLECTION-ID REF [COLLECTION-ID REF...]", Short: "Find remotes to serve the given refs"}
	glibopt.String(c, &o.cacheDir, "cache-dir", "", "", "Use custom cache dir")
	glibopt.Bool(c, &o.disableFsync, "disable-fsync", "", "Do not invoke fsync()")
	glibopt.String(c, &o.finders, "finders", "", "FINDERS", "Use the specified comma separated list of finders (e.g. config,lan,mount)")
	glibopt.Bool(c, &o.pull, "pull", "", "Pull the updates after finding them")
	glibopt.Bool(c, &o.mirror, "mirror", "", "Do a mirror pull (see ostree pull --mirror)")
	c.RunE = func(c *cobra.Command, args []string) error {
		refs, err := collectionRefArgs(args)
		if err != nil {
			return err
		}
		if o.mirror && !o.pull {
			return glibopt.Usagef("When --mirror is specified, --pull must also be")
		}
		finders, err := parseFinders(o.finders)
		if err != nil {
			return err
		}
		if err := checkCacheDir(o.cacheDir); err != nil {
			return err
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.findRemotes(c.Context(), repo, refs, finders, o) })
	}
	return c
}

// finder is a way to find remotes; the lowest priority number comes first.
type finder struct {
	name, class string
	priority    int
}

var (
	mountFinder  = finder{"mount", "OstreeRepoFinderMount", 50}
	lanFinder    = finder{"lan", "OstreeRepoFinderAvahi", 60}
	configFinder = finder{"config", "OstreeRepoFinderConfig", 100}
)

func finderNamed(name string) (finder, bool) {
	all := []finder{mountFinder, lanFinder, configFinder}
	if i := slices.IndexFunc(all, func(f finder) bool { return f.name == name }); i >= 0 {
		return all[i], true
	}
	return finder{}, false
}

// parseFinders reads the value of --finders.
func parseFinders(list string) ([]finder, error) {
	if list == "" {
		return nil, nil
	}
	var finders []finder
	for name := range strings.SplitSeq(list, ",") {
		f, ok := finderNamed(name)
		if !ok || slices.Contains(finders, f) {
			return nil, glibopt.Usagef("Unknown or duplicate finder type given in --finders option: ‘%s’", name)
		}
		finders = append(finders, f)
	}
	return finders, nil
}

// chosenFinders are those of --finders; without, the configuration decides, core.default-repo-finders.
func chosenFinders(repo *ostree.Repo, finders []finder) ([]finder, error) {
	names, ok := repo.Config().Get("core", "default-repo-finders")
	switch {
	case finders != nil:
		return finders, nil
	case !ok || names == "":
		return []finder{mountFinder, configFinder}, nil
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(names, ";"), ";") {
		f, ok := finderNamed(name)
		if !ok {
			return nil, errorf("Invalid configured repo-finder '%s'", name)
		}
		finders = append(finders, f)
	}
	return finders, nil
}

// foundRemote is a remote that has some of the refs.
type foundRemote struct {
	remote   ostree.Remote
	address  string // the URL as it is shown, not escaped
	finder   finder
	modified time.Time
	refs     []collectionRef // those that were asked for of its collections
	have     map[collectionRef]ostree.SummaryRef
}

// findRemotes asks volumes, neighbours and every remote with a collection for the refs, by their verified summary.
func (a *app) findRemotes(ctx context.Context, repo *ostree.Repo, refs []collectionRef, finders []finder, o findOptions) error {
	finders, err := chosenFinders(repo, finders)
	if err != nil {
		return err
	}
	remotes, err := repo.Remotes()
	if err != nil {
		return err
	}
	var found []*foundRemote
	if slices.Contains(finders, mountFinder) {
		if found, err = a.onVolumes(ctx, remotes, refs); err != nil {
			return err
		}
	}
	if slices.Contains(finders, lanFinder) {
		near, err := a.onLAN(ctx, remotes, refs)
		if err != nil && len(finders) == 1 {
			return err
		}
		if err != nil {
			fmt.Fprintf(a.stderr, "Avahi finder failed; removing it: %v\n", err)
		}
		found = append(found, near...)
	}
	if slices.Contains(finders, configFinder) {
		found = append(found, configuredRemotes(remotes, refs)...)
	}
	found = slices.DeleteFunc(found, func(f *foundRemote) bool {
		err := a.askRemote(ctx, repo, f, o.cacheDir)
		if err != nil {
			fmt.Fprintf(a.stderr, "Ignoring remote '%s': %v\n", f.remote.Name, err)
		}
		return err != nil
	})
	found = newestOnly(found, refs)
	if len(found) == 0 {
		a.println("No results.")
		return nil
	}
	missing := a.printFound(found, refs)
	if !o.pull {
		return nil
	}
	return a.pullFound(ctx, repo, found, len(refs)-len(missing), o)
}

// configuredRemotes are the remotes that have one of the collections.
func configuredRemotes(remotes []ostree.Remote, refs []collectionRef) []*foundRemote {
	var found []*foundRemote
	for _, rem := range remotes {
		if of := ofCollections(refs, rem.CollectionID); len(of) > 0 {
			found = append(found, &foundRemote{remote: rem, address: rem.URL, finder: configFinder, refs: of})
		}
	}
	return found
}

// standIn is the remote of a collection as it would be on a volume or at a neighbour. Without a remote nobody vouches for
// the collection. Commits must be signed with the keys of the remote even where it is trusted without; the summary is made
// by whoever wrote the volume.
func standIn(remotes []ostree.Remote, collection, address string) (ostree.Remote, bool) {
	i := slices.IndexFunc(remotes, func(rem ostree.Remote) bool { return rem.CollectionID == collection })
	if i < 0 {
		return ostree.Remote{}, false
	}
	rem := remotes[i]
	return ostree.Remote{Name: rem.Name, URL: address, CollectionID: collection, GPGVerify: true,
		Options: map[string]string{"gpgkeypath": rem.Options["gpgkeypath"]}}, true
}

func ofCollections(refs []collectionRef, collections ...string) []collectionRef {
	return slices.DeleteFunc(slices.Clone(refs), func(r collectionRef) bool { return !slices.Contains(collections, r.collection) })
}

// askRemote finds out which of the refs a remote has.
func (a *app) askRemote(ctx context.Context, repo *ostree.Repo, f *foundRemote, cacheDir string) (err error) {
	src, opts, err := a.openFound(ctx, repo, f)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	opts.CacheDir = cacheDir
	data, _, err := pull.FetchSummary(ctx, repo, src, opts)
	if err != nil {
		return err
	}
	s, err := ostree.ParseSummary(data)
	if err != nil {
		return err
	}
	f.have = map[collectionRef]ostree.SummaryRef{}
	if t, ok := s.Time(ostree.KeySummaryLastModified); ok {
		f.modified = t
	}
	own, _ := s.Metadata.String(ostree.KeySummaryCollectionID)
	for _, r := range f.refs {
		list := s.Collections[r.collection]
		if own == r.collection {
			list = s.Refs
		}
		if i := slices.IndexFunc(list, func(e ostree.SummaryRef) bool { return e.Name == r.name }); i >= 0 {
			f.have[r] = list[i]
		}
	}
	return nil
}

// newestOnly drops refs of which another remote has a newer commit, and remotes that have nothing left.
func newestOnly(found []*foundRemote, refs []collectionRef) []*foundRemote {
	for _, r := range refs {
		var newest time.Time
		for _, f := range found {
			if e, ok := f.have[r]; ok && e.Timestamp.After(newest) {
				newest = e.Timestamp
			}
		}
		for _, f := range found {
			if e, ok := f.have[r]; ok && e.Timestamp.Before(newest) {
				delete(f.have, r)
			}
		}
	}
	return slices.DeleteFunc(found, func(f *foundRemote) bool { return len(f.have) == 0 })
}

// printFound returns the refs that no remote has.
func (a *app) printFound(found []*foundRemote, refs []collectionRef) (missing []collectionRef) {
	for i, f := range found {
		if i > 0 {
			a.println()
		}
		a.printf("Result %d: %s\n - Finder: %s\n - Keyring: %s.trustedkeys.gpg\n - Priority: %d\n", i, f.address, f.finder.class, f.remote.Name, f.finder.priority)
		if !f.modified.IsZero() {
			a.printf(" - Summary last modified: %s\n", f.modified.UTC().Format("2006-01-02T15:04:05Z"))
		}
		a.println(" - Refs:")
		for _, r := range refs {
			if e, ok := f.have[r]; ok {
				a.printf("    - %s = %s\n", r, e.Checksum)
			} else {
				a.printf("    - %s = (not found)\n", r)
			}
		}
	}
	for _, r := range refs {
		if !slices.ContainsFunc(found, func(f *foundRemote) bool { _, ok := f.have[r]; return ok }) {
			missing = append(missing, r)
		}
	}
	a.printf("\n%d/%d refs were found.\n", len(refs)-len(missing), len(refs))
	if len(missing) > 0 {
		a.println("Refs not found in any remote:")
		for _, r := range missing {
			a.printf(" - %s\n", r)
		}
	}
	return missing
}

// pullFound pulls each ref from the first remote that delivers it.
func (a *app) pullFound(ctx context.Context, repo *ostree.Repo, found []*foundRemote, total int, o findOptions) error {
	done, failed := map[collectionRef]bool{}, map[collectionRef]bool{}
	for _, f := range found {
		wanted := map[string]ostree.Checksum{}
		for r, e := range f.have {
			if !done[r] {
				wanted[r.name] = e.Checksum
			}
		}
		if len(wanted) == 0 {
			continue
		}
		err := a.pullFrom(ctx, repo, f, wanted, o)
		if err != nil {
			fmt.Fprintf(a.stderr, "Cannot pull from '%s': %v\n", f.address, realWords(err))
		}
		for r := range f.have {
			done[r] = done[r] || err == nil
			failed[r] = !done[r]
		}
	}
	maps.DeleteFunc(failed, func(_ collectionRef, still bool) bool { return !still })
	if len(failed) > 0 {
		var lost []string
		for r := range failed {
			lost = append(lost, r.String())
		}
		slices.Sort(lost)
		return errorf("Failed to pull some refs from the remotes: %s", strings.Join(lost, ", "))
	}
	a.printf("Pulled %d/%d refs successfully.\n", total, total)
	return nil
}

// pullFrom does not trust what is on a volume: it could be any.
func (a *app) pullFrom(ctx context.Context, repo *ostree.Repo, f *foundRemote, commits map[string]ostree.Checksum, o findOptions) (err error) {
	src, opts, err := a.openFound(ctx, repo, f)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	opts.CollectionID, opts.MirrorCollection = f.remote.CollectionID, f.remote.CollectionID
	opts.Refs, opts.OverrideCommits, opts.Mirror, opts.NoSync, opts.CacheDir = nil, commits, o.mirror, o.disableFsync, o.cacheDir
	opts.Untrusted = f.finder == mountFinder
	_, err = pull.Pull(ctx, repo, src, opts)
	return err
}
