package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

// repairOrigin stands for --repair without a value. It can neither be a remote nor sensibly a path.
const repairOrigin = ":"

// fsckRepair is fsck --repair: what is missing or damaged comes again from where the refs come from.
func (a *app) fsckRepair(ctx context.Context, repo *ostree.Repo, o fsckOptions, say func(string, ...any)) error {
	sources, err := a.repairSources(ctx, repo, o.repair)
	defer closeSources(sources)
	if err != nil {
		return err
	}
	verify, err := a.repairVerifiers(ctx, repo)
	if err != nil {
		return err
	}
	say("Verifying and repairing objects...\n")
	res, err := pull.Repair(ctx, repo, sources, &pull.RepairOptions{Verify: verify})
	for _, n := range res.Repaired {
		say("Repaired object: %s\n", n)
	}
	for _, c := range res.Detached {
		say("Repaired detached metadata: %s\n", c)
	}
	for _, f := range res.Failed {
		fmt.Fprintf(a.stderr, "Cannot repair object %s: %v\n", f.Object, f.Err)
	}
	for _, c := range res.Unmarked {
		say("Commit is complete again: %s\n", c)
	}
	if err != nil {
		return err
	}
	o.all = true
	if len(res.Failed) > 0 && res.Report.Err() == nil { // only detached metadata, which an ordinary check does not look at
		return errorf("Repository corruption encountered")
	}
	return a.fsckReport(res.Report, o, say)
}

// repairVerifiers are those of the remotes that demand signatures of commits.
func (a *app) repairVerifiers(ctx context.Context, repo *ostree.Repo) (map[string]pull.Verifier, error) {
	remotes, err := repo.Remotes()
	if err != nil {
		return nil, err
	}
	verify := map[string]pull.Verifier{}
	for _, rem := range remotes {
		commits, _, err := sign.Demanded(rem)
		if err == nil && commits {
			verify[rem.Name], err = sign.ForRemote(ctx, repo, rem, a.signOptions())
		}
		if err != nil {
			return nil, err
		}
	}
	return verify, nil
}

// repairSources opens the named remote or repository, or all remotes that refs come from.
func (a *app) repairSources(ctx context.Context, repo *ostree.Repo, from string) ([]pull.Source, error) {
	if from != repairOrigin {
		src, err := a.repairSource(ctx, repo, from)
		if err != nil {
			return nil, err
		}
		return []pull.Source{src}, nil
	}
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: true})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(refs, func(a, b ostree.Ref) int { return cmp.Compare(a.Remote, b.Remote) })
	var sources []pull.Source
	last := ""
	for _, ref := range refs {
		if ref.Remote == last {
			continue
		}
		last = ref.Remote
		src, err := a.repairSource(ctx, repo, ref.Remote)
		if err != nil {
			fmt.Fprintf(a.stderr, "Cannot repair from remote %s: %v\n", ref.Remote, err)
			continue
		}
		sources = append(sources, src)
	}
	if len(sources) == 0 {
		return nil, errorf("No ref comes from a usable remote; use --repair=REMOTE or --repair=PATH")
	}
	return sources, nil
}

func (a *app) repairSource(ctx context.Context, repo *ostree.Repo, from string) (pull.Source, error) {
	rem, err := repo.Remote(from)
	if err == nil {
		src, _, err := a.openRemote(ctx, repo, rem, nil)
		return src, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	path, err := absolute(from)
	if err != nil {
		return nil, err
	}
	file := url.URL{Scheme: "file", Path: path}
	src, _, err := pull.OpenRemote(ctx, nil, ostree.Remote{Name: "repair", URL: file.String()})
	if err != nil {
		return nil, fmt.Errorf("%s is no remote and no repository: %w", from, err)
	}
	return src, nil
}

func closeSources(sources []pull.Source) {
	for _, src := range sources {
		if c, ok := src.(io.Closer); ok {
			c.Close()
		}
	}
}
