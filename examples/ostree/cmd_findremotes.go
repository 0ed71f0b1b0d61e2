package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
		if err := checkFinders(o.finders); err != nil {
			return err
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.findRemotes(c.Context(), repo, refs, o) })
	}
	return c
}

// checkFinders takes "config", which asks the configured remotes. Volumes and neighbours on the network are not asked.
func checkFinders(list string) error {
	if list == "" {
		return nil
	}
	var seen []string
	for _, name := range strings.Split(list, ",") {
		switch {
		case slices.Contains(seen, name) || !slices.Contains([]string{"config", "lan", "mount"}, name):
			return glibopt.Usagef("Unknown or duplicate finder type given in --finders option: ‘%s’", name)
		case name != "config":
			return errorf("Finder ‘%s’ is not available; use --finders=config", name)
		}
		seen = append(seen, name)
	}
	return nil
}

// configPriority is that of the finder of configured remotes.
const configPriority = 100

// foundRemote is a remote that has some of the refs.
type foundRemote struct {
	remote   ostree.Remote
	modified time.Time
	refs     []collectionRef // those that were asked for of its collections
	have     map[collectionRef]ostree.SummaryRef
}

// findRemotes asks every remote with a collection for the refs, by its verified summary.
func (a *app) findRemotes(ctx context.Context, repo *ostree.Repo, refs []collectionRef, o findOptions) error {
	remotes, err := repo.Remotes()
	if err != nil {
		return err
	}
	var found []*foundRemote
	for _, rem := range remotes {
		if !slices.ContainsFunc(refs, func(r collectionRef) bool { return r.collection == rem.CollectionID }) {
			continue
		}
		f, err := a.askRemote(ctx, repo, rem, refs, o.cacheDir)
		if err != nil {
			fmt.Fprintf(a.stderr, "Ignoring remote '%s': %v\n", rem.Name, err)
			continue
		}
		found = append(found, f)
	}
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

func (a *app) askRemote(ctx context.Context, repo *ostree.Repo, rem ostree.Remote, refs []collectionRef, cacheDir string) (_ *foundRemote, err error) {
	src, opts, err := a.openRemote(ctx, repo, rem, nil)
	if err != nil {
		return nil, err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	opts.CacheDir = cacheDir
	data, _, err := pull.FetchSummary(ctx, repo, src, opts)
	if err != nil {
		return nil, err
	}
	s, err := ostree.ParseSummary(data)
	if err != nil {
		return nil, err
	}
	f := &foundRemote{remote: rem, have: map[collectionRef]ostree.SummaryRef{}}
	f.modified, _ = s.Time(ostree.KeySummaryLastModified)
	own, _ := s.Metadata.String(ostree.KeySummaryCollectionID)
	for _, r := range refs {
		if r.collection != rem.CollectionID {
			continue
		}
		f.refs = append(f.refs, r)
		list := s.Collections[r.collection]
		if own == r.collection {
			list = s.Refs
		}
		if i := slices.IndexFunc(list, func(e ostree.SummaryRef) bool { return e.Name == r.name }); i >= 0 {
			f.have[r] = list[i]
		}
	}
	return f, nil
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
		a.printf("Result %d: %s\n - Finder: OstreeRepoFinderConfig\n - Keyring: %s.trustedkeys.gpg\n - Priority: %d\n", i, f.remote.URL, f.remote.Name, configPriority)
		if !f.modified.IsZero() {
			a.printf(" - Summary last modified: %s\n", f.modified.UTC().Format("2006-01-02T15:04:05Z"))
		}
		a.println(" - Refs:")
		for _, r := range f.refs {
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
	done := map[collectionRef]bool{}
	var failed []error
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
		if err := a.pullFrom(ctx, repo, f.remote, wanted, o); err != nil {
			failed = append(failed, err)
			continue
		}
		for r := range f.have {
			done[r] = true
		}
	}
	if len(done) < total {
		return errorf("Failed to pull some refs from the remotes: %w", errors.Join(failed...))
	}
	a.printf("Pulled %d/%d refs successfully.\n", len(done), total)
	return nil
}

func (a *app) pullFrom(ctx context.Context, repo *ostree.Repo, rem ostree.Remote, commits map[string]ostree.Checksum, o findOptions) (err error) {
	src, opts, err := a.openRemote(ctx, repo, rem, nil)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	opts.Refs, opts.OverrideCommits, opts.Mirror, opts.NoSync, opts.CacheDir = nil, commits, o.mirror, o.disableFsync, o.cacheDir
	_, err = pull.Pull(ctx, repo, src, opts)
	return err
}
