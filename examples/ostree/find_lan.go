package main

import (
	"context"
	"fmt"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// lanRepos asks Avahi; what cannot be used is told and left out.
func (a *app) lanRepos(ctx context.Context) ([]pull.LANRepo, error) {
	return pull.LANRepos(ctx, &pull.LANOptions{Bus: a.env("DBUS_SYSTEM_BUS_ADDRESS"), Ignored: func(service string, why error) {
		fmt.Fprintf(a.stderr, "Ignoring '%s': %v\n", service, why)
	}})
}

// onLAN looks for neighbours that may have some of the refs, each once for each remote whose keys vouch for a collection.
func (a *app) onLAN(ctx context.Context, remotes []ostree.Remote, refs []collectionRef) ([]*foundRemote, error) {
	list := a.neighbours
	if list == nil {
		list = a.lanRepos
	}
	near, err := list(ctx)
	if err != nil {
		return nil, err
	}
	var found []*foundRemote
	for _, n := range near {
		var served []*foundRemote
		for _, r := range refs {
			rem, trusted := standIn(remotes, r.collection, n.URL)
			if !trusted || !n.Advert.MayHave(r.collection, r.name) {
				continue
			}
			at := slices.IndexFunc(served, func(f *foundRemote) bool { return f.remote.Name == rem.Name })
			if at < 0 {
				at = len(served)
				served = append(served, &foundRemote{remote: rem, address: n.URL, finder: lanFinder, modified: n.Advert.Modified})
			}
			served[at].refs = append(served[at].refs, r)
		}
		found = append(found, served...)
	}
	return found, nil
}

// openFound opens the source that a remote was found at. Neighbours come and go: they are not asked often in vain.
func (a *app) openFound(ctx context.Context, repo *ostree.Repo, f *foundRemote) (pull.Source, *pull.Options, error) {
	var o *pull.HTTPOptions
	if f.finder == lanFinder {
		o = &pull.HTTPOptions{Retries: 1, Uncached: true}
	}
	return a.openRemote(ctx, repo, f.remote, o)
}
