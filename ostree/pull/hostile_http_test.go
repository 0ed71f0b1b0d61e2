package pull_test

import (
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// TestHostileHTTP has servers that lie below the level of the repository.
func TestHostileHTTP(t *testing.T) {
	src, sums := history(t)
	c, err := src.LoadCommit(t.Context(), sums[2])
	require.NoError(t, err)
	tree := "objects/" + ostree.ObjectName{Checksum: c.RootTree, Type: ostree.TypeDirTree}.LoosePath(ostree.ModeArchive)
	data, err := os.ReadFile(filepath.Join(src.Path(), tree))
	require.NoError(t, err)
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"redirect to itself", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "stopped after 10 redirects"},
		{"redirect to a local file", redirect("file:///etc/passwd"), "unsupported protocol scheme"},
		{"redirect to another object", redirect("/config"), "content has checksum"},
		{"compressed on the way", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(data)
			z.Close()
		}, "content has checksum"},
		{"a part of it, not asked for", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 4-8/100")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(data[4:9])
		}, "206 Partial Content"},
		{"not modified, not asked for", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }, "304 Not Modified"},
		{"no content", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }, "204 No Content"},
		{"empty", send(nil), "content has checksum"},
		{"one byte more", send(append(data[:len(data):len(data)], 0)), "content has checksum"},
		{"error page", send([]byte("<html>Please log in</html>")), "content has checksum"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, src)
			s.setHook(only(tree, tc.answer))
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, c.RootTree.String()+".dirtree", "names the object")
			require.ErrorContains(t, err, s.URL+"/"+tree, "names the URL")
			requireUnchanged(t, dst)
			s.setHook(nil)
			_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.NoError(t, err, "what was kept of the failed pull does no harm")
			requireComplete(t, dst, "origin:main", sums[2])
		})
	}
}
