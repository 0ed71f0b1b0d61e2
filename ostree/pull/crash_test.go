package pull_test

import (
	"context"
	"io/fs"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// crashScenario pulls the newest commit into a repository that has the oldest.
func crashScenario(t *testing.T, sums []ostree.Checksum, src pull.Source, o pull.Options) crashtest.Scenario {
	open := func(t testing.TB, dir string) *ostree.Repo {
		r, err := ostree.Open(context.Background(), filepath.Join(dir, "repo"), nil)
		require.NoError(t, err)
		return r
	}
	run := func(ctx context.Context, dir string, o *pull.Options) error {
		r, err := ostree.Open(ctx, filepath.Join(dir, "repo"), nil)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = pull.Pull(ctx, r, src, o)
		return err
	}
	o.Remote, o.Refs = "origin", []string{"main"}
	return crashtest.Scenario{
		CloneSetup: true,
		Setup: func(t testing.TB, dir string) {
			r, err := ostree.Init(context.Background(), filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeBareUser})
			require.NoError(t, err)
			require.NoError(t, r.Close())
			require.NoError(t, run(context.Background(), dir, &pull.Options{Remote: "origin", OverrideCommits: map[string]ostree.Checksum{"main": sums[0]}}))
		},
		Op: func(ctx context.Context, dir string) error { return run(ctx, dir, &o) },
		Check: func(t testing.TB, dir string, died bool) {
			r := open(t, dir)
			defer r.Close()
			// The ref is old or new, and what it names is complete.
			c, err := r.ResolveRev(context.Background(), "origin:main")
			require.NoError(t, err)
			require.Contains(t, []ostree.Checksum{sums[0], sums[2]}, c)
			_, err = r.Traverse(context.Background(), c, 0)
			require.NoError(t, err)
			requireIntact(t, r)
		},
		Final: func(t testing.TB, dir string) {
			r := open(t, dir)
			defer r.Close()
			requireComplete(t, r, "origin:main", sums[2])
			marks, err := filepath.Glob(filepath.Join(dir, "repo/state/*"))
			require.NoError(t, err)
			require.Empty(t, marks)
			staging, err := filepath.Glob(filepath.Join(dir, "repo/tmp/staging-*"))
			require.NoError(t, err)
			require.Empty(t, staging)
		},
	}
}

// TestCrash kills a pull at each of its durable steps; the next one completes.
func TestCrash(t *testing.T) {
	src, sums := history(t)
	web := serve(t, src)
	for _, tc := range []struct {
		name string
		src  pull.Source
		o    pull.Options
	}{
		// One worker makes the order of steps the same in each round.
		{"http", web.source(), pull.Options{Concurrency: 1, Depth: 1}},
		{"local", pull.Local(src), pull.Options{Concurrency: 1}},
		{"http without sync", web.source(), pull.Options{Concurrency: 1, NoSync: true}},
		{"http parallel", web.source(), pull.Options{Concurrency: 8}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := crashScenario(t, sums, tc.src, tc.o)
			if tc.o.Concurrency > 1 || tc.o.Depth > 0 {
				s.Stride = 3
			}
			n := crashtest.Enumerate(t, s)
			require.Greater(t, n, 10)
		})
	}
}

// TestFaults fails each step once, as a full or broken disk does.
func TestFaults(t *testing.T) {
	src, sums := history(t)
	crashtest.Faults(t, crashScenario(t, sums, pull.Local(src), pull.Options{Concurrency: 1}), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}

// TestResumeKeepsObjects: what was fetched before a failure is not fetched
// again.
func TestResumeKeepsObjects(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	victim := fileObject(t, src, sums[2], "usr/version")
	dst := newRepo(t, ostree.ModeBareUser)
	s.setHook(only(victim, http.NotFound))
	o := &pull.Options{Refs: []string{"main"}, Concurrency: 1}
	_, err := pull.Pull(t.Context(), dst, s.source(), o)
	require.ErrorIs(t, err, fs.ErrNotExist)
	first := s.count(".filez") + s.count(".dirtree")
	s.setHook(nil)
	_, err = pull.Pull(t.Context(), dst, s.source(), o)
	require.NoError(t, err)
	requireComplete(t, dst, "main", sums[2])
	require.Equal(t, 0, s.count(".dirtree"))
	require.Less(t, s.count(".filez"), first)
}
