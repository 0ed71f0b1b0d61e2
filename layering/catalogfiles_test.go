package layering

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// The complete file lists are downloaded when a path needs them, and only then.
func TestFileListsAreDownloadedForPathsOnly(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	for _, p := range []*rpmtest.Package{
		{Name: "tool", Version: "1", Files: []rpmtest.File{{Path: "/usr/libexec/tool", Body: "x"}, {Path: "/usr/bin/tool", Body: "x"}}},
		{Name: "user", Version: "1", Requires: []string{"/usr/libexec/tool"}},
		{Name: "plain", Version: "1", Requires: []string{"/usr/bin/tool"}},
		{Name: "broken", Version: "1", Requires: []string{"/usr/libexec/nowhere"}},
	} {
		data, err := p.Build()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, p.FileName()), data, 0o644))
	}
	_, err := repodata.CreateRepo(ctx, dir, &repodata.CreateOptions{Time: time.Unix(1_700_000_000, 0)})
	require.NoError(t, err)
	var lists int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "filelists") {
			lists++
		}
		http.FileServer(http.Dir(dir)).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	cache := t.TempDir()

	for _, c := range []struct {
		spec      string
		want      []string
		lists     int
		cacheOnly bool
	}{
		{spec: "plain", want: []string{"plain", "tool"}},
		{spec: "/usr/bin/tool", want: []string{"tool"}},
		{spec: "user", cacheOnly: true}, // the lists are not in the cache
		{spec: "user", want: []string{"tool", "user"}, lists: 1},
		{spec: "/usr/libexec/tool", want: []string{"tool"}}, // in the cache by now
		{spec: "user", cacheOnly: true, want: []string{"tool", "user"}},
		{spec: "broken"},
	} {
		lists = 0
		cat, err := OpenCatalog(ctx, &CatalogOptions{Repos: []*repo.Repo{repo.New("r", server.URL)}, CacheDir: cache, CacheOnly: c.cacheOnly})
		require.NoError(t, err)
		sel, err := cat.Match(ctx, c.spec)
		require.NoError(t, err)
		tr, err := cat.Solve(ctx, []depsolve.Job{{Action: depsolve.Install, Select: sel}}, nil)
		require.Equal(t, c.lists, lists, c.spec)
		if c.want == nil {
			var unsolvable *depsolve.UnsolvableError
			require.ErrorAs(t, err, &unsolvable, c.spec)
		} else {
			require.NoError(t, err, c.spec)
			var got []string
			for _, id := range tr.Installed() {
				got = append(got, cat.Pool().Package(id).NEVRA.Name)
			}
			slices.Sort(got)
			require.Equal(t, c.want, got, c.spec)
		}
		require.NoError(t, cat.Close())
	}
}
