package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// mountedVolumes lists where USB sticks and the like are mounted.
func mountedVolumes() (mounts []string, err error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return pull.Volumes(f)
}

// volumeRepo is a repository on a volume with the refs it has.
type volumeRepo struct {
	path string
	refs map[collectionRef]ostree.Checksum
}

// onVolumes looks for the refs in the repositories of volumes, each in the first that has it.
func (a *app) onVolumes(ctx context.Context, remotes []ostree.Remote, refs []collectionRef) ([]*foundRemote, error) {
	list := a.volumes
	if list == nil {
		list = mountedVolumes
	}
	mounts, err := list()
	if err != nil {
		return nil, err
	}
	var found []*foundRemote
	for _, mount := range mounts {
		repos := a.volumeRepos(ctx, mount)
		for _, r := range refs {
			at := slices.IndexFunc(repos, func(v volumeRepo) bool { _, ok := v.refs[r]; return ok })
			if at < 0 {
				continue
			}
			file := url.URL{Scheme: "file", Path: repos[at].path}
			rem, trusted := standIn(remotes, r.collection, file.String())
			if trusted && !slices.ContainsFunc(found, func(f *foundRemote) bool { return f.remote.URL == rem.URL && f.remote.Name == rem.Name }) {
				found = append(found, &foundRemote{remote: rem, address: "file://" + repos[at].path, finder: mountFinder,
					refs: ofCollections(refs, rem.CollectionID)})
			}
		}
	}
	return found, nil
}

// volumeRepos opens what there is on a volume; what cannot be used is told and left out.
func (a *app) volumeRepos(ctx context.Context, mount string) []volumeRepo {
	ignore := func(what string, err error) { fmt.Fprintf(a.stderr, "Ignoring '%s': %v\n", what, err) }
	paths, err := pull.VolumeRepos(mount)
	if err != nil {
		ignore(mount, err)
	}
	var repos []volumeRepo
	for _, path := range paths {
		r, err := ostree.Open(ctx, path, nil)
		if err != nil {
			ignore(path, err)
			continue
		}
		refs, err := collectionRefsOf(ctx, r)
		if err = errors.Join(err, r.Close()); err != nil {
			ignore(path, err)
			continue
		}
		repos = append(repos, volumeRepo{path, refs})
	}
	return repos
}
