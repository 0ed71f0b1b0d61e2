package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// collectionRef names a ref of a collection.
type collectionRef struct{ collection, name string }

func (r collectionRef) String() string { return fmt.Sprintf("(%s, %s)", r.collection, r.name) }

// collectionRefArgs reads COLLECTION-ID REF pairs.
func collectionRefArgs(args []string) ([]collectionRef, error) {
	if len(args) < 2 {
		return nil, glibopt.Usagef("At least one COLLECTION-ID REF pair must be specified")
	}
	if len(args)%2 != 0 {
		return nil, glibopt.Usagef("Only complete COLLECTION-ID REF pairs may be specified")
	}
	var refs []collectionRef
	for pair := range slices.Chunk(args, 2) {
		if err := ostree.ValidateCollectionID(pair[0]); err != nil {
			return nil, errorf("Invalid collection ID %s", pair[0])
		}
		if err := ostree.ValidateRefName(pair[1]); err != nil {
			return nil, errorf("Invalid ref name %s", pair[1])
		}
		refs = append(refs, collectionRef{pair[0], pair[1]})
	}
	return refs, nil
}

// collectionRefsOf maps the refs of a repository that belong to collections: mirrored ones, those of remotes that have
// a collection, local ones if the repository has.
func collectionRefsOf(ctx context.Context, repo *ostree.Repo) (map[collectionRef]ostree.Checksum, error) {
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: true, Mirrors: true})
	if err != nil {
		return nil, err
	}
	out := map[collectionRef]ostree.Checksum{}
	for _, r := range refs {
		collection := r.Collection
		switch {
		case r.Remote != "":
			rem, err := repo.Remote(r.Remote)
			if err != nil {
				continue // deleted, its refs are not
			}
			collection = rem.CollectionID
		case collection == "":
			collection = repo.CollectionID()
		}
		if collection != "" {
			out[collectionRef{collection, r.Name}] = r.Checksum
		}
	}
	return out, nil
}

type createUSBOptions struct {
	disableFsync        bool
	destination, commit string
}

func (a *app) createUSBCommand() *cobra.Command {
	var o createUSBOptions
	c := &cobra.Command{Use: "create-usb MOUNT-PATH COLLECTION-ID REF [COLLECTION-ID REF...]", Short: "Copy the refs to a USB stick"}
	glibopt.Bool(c, &o.disableFsync, "disable-fsync", "", "Do not invoke fsync()")
	glibopt.String(c, &o.destination, "destination-repo", "", "DEST", "Use custom repository directory within the mount")
	glibopt.String(c, &o.commit, "commit", "", "COMMIT", "Pull a specific commit (only works when a single ref is specified)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("A MOUNT-PATH must be specified")
		}
		refs, err := collectionRefArgs(args[1:])
		if err != nil {
			return err
		}
		if o.commit != "" && len(refs) > 1 {
			return glibopt.Usagef("The --commit option can only be used when a single COLLECTION-ID REF pair is specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.createUSB(c.Context(), repo, args[0], refs, o) })
	}
	return c
}

// createUSB copies refs into an archive on a mounted volume, where other machines look for it.
func (a *app) createUSB(ctx context.Context, repo *ostree.Repo, mount string, refs []collectionRef, o createUSBOptions) (err error) {
	known, err := collectionRefsOf(ctx, repo)
	if err != nil {
		return err
	}
	dst, place, volume, err := openVolume(ctx, mount, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close(), volume.Close()) }()
	commits := map[string]map[string]ostree.Checksum{} // by collection and ref
	for _, r := range refs {
		sum, ok := known[r]
		if o.commit != "" {
			if sum, err = resolve(ctx, repo, o.commit); err != nil {
				return err
			}
			if _, err := repo.LoadCommit(ctx, sum); err != nil {
				return noSuchObject(err, sum, ostree.TypeCommit)
			}
		} else if !ok {
			return errorf("Collection–ref %s not found", r)
		}
		if commits[r.collection] == nil {
			commits[r.collection] = map[string]ostree.Checksum{}
		}
		commits[r.collection][r.name] = sum
	}
	for collection, wanted := range commits {
		_, err := pull.Pull(ctx, dst, pull.Local(repo), &pull.Options{Mirror: true, MirrorCollection: collection, OverrideCommits: wanted, NoSync: o.disableFsync})
		if err != nil {
			return pullWords(err)
		}
	}
	if err := updateSummary(ctx, dst, nil); err != nil {
		return err
	}
	if err := linkRepo(volume, place); err != nil {
		return err
	}
	a.printf("Copied %[1]d/%[1]d refs successfully from ‘%[2]s’ to ‘%[3]s’ repository in ‘%[4]s’.\n", len(refs), repo.Path(), place, mount)
	return nil
}

// openVolume makes the repository on a volume.
func openVolume(ctx context.Context, mount string, o createUSBOptions) (*ostree.Repo, string, *os.Root, error) {
	if st, err := os.Stat(mount); err != nil || !st.IsDir() {
		return nil, "", nil, errorf("opendir(%s): No such file or directory", mount)
	}
	place := cmp.Or(o.destination, ".ostree/repo")
	if filepath.IsAbs(place) {
		return nil, "", nil, glibopt.Usagef("--destination-repo must be a descendent of MOUNT-PATH")
	}
	if !filepath.IsLocal(place) {
		return nil, "", nil, errorf("Invalid destination %s: not below the mount", place)
	}
	volume, err := os.OpenRoot(mount) // a link on a stick must not lead us elsewhere
	if err != nil {
		return nil, "", nil, err
	}
	if err := volume.MkdirAll(place, 0o755); err != nil {
		return nil, "", nil, errors.Join(err, volume.Close())
	}
	dst, err := ostree.Init(ctx, filepath.Join(mount, place), &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		return nil, "", nil, errors.Join(err, volume.Close())
	}
	return dst, place, volume, nil
}

// reposDir is where the repositories of a volume are listed, by links.
const reposDir = ".ostree/repos.d"

// linkRepo makes a repository findable that is in none of the usual places.
func linkRepo(volume *os.Root, place string) error {
	place = filepath.Clean(place)
	if place == ".ostree/repo" || place == "ostree/repo" || filepath.Dir(place) == reposDir {
		return nil
	}
	if err := volume.MkdirAll(reposDir, 0o755); err != nil {
		return err
	}
	target := strings.Repeat("../", strings.Count(reposDir, "/")+1) + place
	for i := 0; ; i++ {
		link := filepath.Join(reposDir, fmt.Sprintf("%02d-generated", i))
		old, err := volume.Readlink(link)
		switch {
		case err == nil && old == target:
			return nil
		case errors.Is(err, fs.ErrNotExist):
			return volume.Symlink(target, link)
		}
	}
}
