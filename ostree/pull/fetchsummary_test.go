package pull_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// TestFetchSummary: it is kept in the directory for that, and asked for with its validators the next time.
func TestFetchSummary(t *testing.T) {
	src, _ := history(t)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, _, err := pull.FetchSummary(t.Context(), dst, s.source(), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	old := time.Now().Add(-time.Hour) // a younger one could change within the second
	require.NoError(t, os.Chtimes(filepath.Join(src.Path(), "summary"), old, old))
	want, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
	require.NoError(t, err)
	for _, dir := range []string{"", t.TempDir()} {
		o := &pull.Options{Remote: "origin", CacheDir: dir}
		for range 2 {
			got, signature, err := pull.FetchSummary(t.Context(), dst, s.source(), o)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Nil(t, signature)
		}
		file := filepath.Join(dst.Path(), "tmp/cache/summaries/origin")
		if dir != "" {
			file = filepath.Join(dir, "summaries/origin")
		}
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, want, kept)
	}
	bad := errors.New("bad signature")
	_, _, err = pull.FetchSummary(t.Context(), dst, s.source(), &pull.Options{Verify: &verifier{summary: bad}})
	require.ErrorIs(t, err, bad)
	got, _, err := pull.FetchSummary(t.Context(), dst, pull.Local(src), nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// slowSource needs three seconds for each directory.
type slowSource struct{ dir string }

func (s slowSource) Get(_ context.Context, path string) (io.ReadCloser, int64, error) {
	if strings.HasSuffix(path, ".dirtree") {
		time.Sleep(3 * time.Second)
	}
	f, err := os.Open(filepath.Join(s.dir, path))
	return f, -1, err
}

func TestProgressInterval(t *testing.T) {
	src, _ := history(t)
	for _, c := range []struct {
		interval time.Duration
		atLeast  int
		atMost   int
	}{{0, 150, 1000}, {time.Second, 15, 100}, {time.Hour, 1, 1}} {
		dst := newRepo(t, ostree.ModeBareUser)
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			_, err := pull.Pull(t.Context(), dst, slowSource{src.Path()}, &pull.Options{Refs: []string{"main"}, Concurrency: 1,
				ProgressInterval: c.interval, Progress: func(pull.Progress) { calls++ }})
			require.NoError(t, err)
			require.GreaterOrEqual(t, calls, c.atLeast)
			require.LessOrEqual(t, calls, c.atMost)
		})
	}
}
