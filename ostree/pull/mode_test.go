package pull_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// Of a repository in another mode than archive a server has no file that is an object by itself, but its metadata.
func TestServersOfOtherModesHaveOnlyMetadata(t *testing.T) {
	ctx := t.Context()
	for _, mode := range []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser} {
		t.Run(mode.String(), func(t *testing.T) {
			src := newRepo(t, mode)
			sum := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
			s, dst := serve(t, src), newRepo(t, ostree.ModeBareUser)
			refused := func(o *pull.Options) {
				t.Helper()
				_, err := pull.Pull(ctx, dst, s.source(), o)
				require.ErrorContains(t, err, fmt.Sprintf("can't pull from archives with mode %q", mode))
				requireUnchangedRefs(t, dst)
			}
			refused(mainRef)
			res, err := pull.Pull(ctx, newRepo(t, ostree.ModeBareUser), s.source(), &pull.Options{Refs: []string{"main"}, CommitOnly: true})
			require.NoError(t, err)
			require.Equal(t, map[string]ostree.Checksum{"main": sum}, res.Refs)

			// One that says so in its summary is not asked for anything.
			require.NoError(t, src.UpdateSummary(ctx, nil))
			asked := s.count(".commit")
			refused(&pull.Options{Refs: []string{"main"}, CommitOnly: true})
			require.Equal(t, asked, s.count(".commit"))

			// What needs no file is there.
			have := newRepo(t, ostree.ModeBareUser)
			_, err = pull.Pull(ctx, have, pull.Local(src), &pull.Options{Refs: []string{"main"}})
			require.NoError(t, err)
			next := (&commitSpec{ref: "next", files: smallTree, parent: sum}).write(t, src)
			_, err = pull.Pull(ctx, have, s.source(), &pull.Options{Refs: []string{next.String()}})
			require.NoError(t, err)
			requireIntact(t, have)
		})
	}
}

func requireUnchangedRefs(t *testing.T, dst *ostree.Repo) {
	t.Helper()
	refs, err := dst.Refs(t.Context(), &ostree.RefsOptions{Remotes: true, Mirrors: true})
	require.NoError(t, err)
	require.Empty(t, refs)
}

// Objects and refs are enough: servers need not publish their configuration, or one that tells the mode.
func TestServersNeedNoConfiguration(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	sum := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	for name, answer := range map[string]http.HandlerFunc{"none": http.NotFound, "no mode": send([]byte("[core]\nrepo_version=1\n"))} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, src)
			s.setHook(only("config", answer))
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sum)
		})
	}
}

// A remote with a file:// address has what its summary says, as if a server had it. Only its configuration tells of which
// collection it is.
func TestRemoteOnDiskGoesByItsSummary(t *testing.T) {
	ctx := t.Context()
	src := newRepo(t, ostree.ModeArchive)
	old := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	fromRemote := func(o *pull.Options) (*ostree.Repo, error) {
		t.Helper()
		s, opts, err := pull.OpenRemote(ctx, nil, ostree.Remote{Name: "origin", URL: "file://" + src.Path(), CollectionID: "org.example.Os"})
		require.NoError(t, err)
		opts.Refs, opts.Mirror = o.Refs, o.Mirror
		dst := newRepo(t, ostree.ModeArchive)
		_, err = pull.Pull(ctx, dst, s, opts)
		return dst, err
	}
	dst, err := fromRemote(mainRef)
	require.NoError(t, err, "bound to no collection, as the source is of none")
	requireComplete(t, dst, "origin:main", old)
	_, err = fromRemote(&pull.Options{Mirror: true})
	require.ErrorContains(t, err, "does not have a summary")
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, src.UpdateSummary(ctx, nil))
	now := (&commitSpec{ref: "main", files: smallTree, parent: old}).write(t, src)
	(&commitSpec{ref: "new", files: smallTree}).write(t, src)
	for _, o := range []*pull.Options{mainRef, {Mirror: true}} {
		dst, err = fromRemote(o)
		require.NoError(t, err)
		requireComplete(t, dst, map[bool]string{true: "main", false: "origin:main"}[o.Mirror], old)
	}
	_, err = fromRemote(&pull.Options{Refs: []string{"new"}})
	require.ErrorContains(t, err, "no such ref in the repository's summary")

	dst = newRepo(t, ostree.ModeArchive)
	_, err = pull.Pull(ctx, dst, pull.Local(src), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", now)
}
