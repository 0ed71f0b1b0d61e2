package delta

import (
	"context"
	"testing"

	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestApplyLeavesFreeSpace: the limits of the repository hold for all that deltas write, whole files as well as those put
// together, and what is refused leaves nothing behind.
func TestApplyLeavesFreeSpace(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	for kind, o := range map[string]GenerateOptions{
		"patches": {MinFallbackSize: -1},
		"chunks":  {MinFallbackSize: -1, MaxPatchSize: -1},
		"inline":  {MinFallbackSize: -1, Inline: true},
		"scratch": {MinFallbackSize: -1},
	} {
		name := w.name
		if kind == "scratch" {
			name.From = ostree.Checksum{}
		}
		_, err := Generate(ctx, w.repo, name, &o)
		require.NoError(t, err)
		d, err := Open(w.repo, name)
		require.NoError(t, err)
		for key, value := range map[string]string{"min-free-space-size": "4000000TB", "min-free-space-percent": "99"} {
			for _, mode := range modes {
				t.Run(kind+" "+key+" "+string(mode), func(t *testing.T) {
					clone := w.clone(t, mode)
					set := func(value string) {
						c := clone.Config()
						c.Set("core", key, value)
						require.NoError(t, clone.WriteConfig(ctx, c))
					}
					before := countFiles(t, clone)
					set(value)
					_, err := d.Apply(ctx, clone, nil)
					require.ErrorIs(t, err, unix.ENOSPC)
					require.ErrorContains(t, err, "core."+key)
					has, err := clone.Has(ctx, ostree.ObjectName{Checksum: name.To, Type: ostree.TypeCommit})
					require.NoError(t, err)
					require.False(t, has)
					require.Equal(t, before, countFiles(t, clone))

					set(map[string]string{"min-free-space-size": "0MB", "min-free-space-percent": "0"}[key])
					_, err = d.Apply(ctx, clone, nil)
					require.NoError(t, err)
				})
			}
		}
	}
}

// countFiles counts content objects.
func countFiles(t *testing.T, repo *ostree.Repo) int {
	n := 0
	for name, err := range repo.Objects(context.Background()) {
		require.NoError(t, err)
		if name.Type == ostree.TypeFile {
			n++
		}
	}
	return n
}
