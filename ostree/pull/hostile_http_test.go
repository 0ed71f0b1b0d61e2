package pull_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
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

// TestHostileRanges: the rest of an object that broke off is not what was asked for.
func TestHostileRanges(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	good, err := os.ReadFile(filepath.Join(src.Path(), victim))
	require.NoError(t, err)
	half := len(good) / 2
	partial := func(contentRange string, data []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", contentRange)
			w.Header().Set("Content-Length", strconv.Itoa(len(data)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(data)
		}
	}
	of := func(first, last, total int) string { return fmt.Sprintf("bytes %d-%d/%d", first, last, total) }
	wrong := bytes.Repeat([]byte{'x'}, len(good)-half)
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   string // "" for a transfer that starts over, and is fine
	}{
		{"the rest", partial(of(half, len(good)-1, len(good)), good[half:]), ""},
		{"other bytes", partial(of(half, len(good)-1, len(good)), wrong), checksumOf(victim)},
		{"less than announced", partial(of(half, len(good)-1, len(good)), good[half:len(good)-2]), ""},
		{"more than announced", partial(of(half, len(good)-1, len(good)), append(bytes.Clone(good[half:]), 0)), checksumOf(victim)},
		{"another place", partial(of(0, half, len(good)), good[:half]), ""},
		{"of a longer file", partial(of(half, len(good)-1, 1<<40), good[half:]), ""},
		{"no Content-Range", partial("", good[half:]), ""},
		{"Content-Range is garbage", partial("bytes -1-99999999999999999999/x", good[half:]), ""},
		{"the whole again", send(good), ""},
		{"not satisfiable", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestedRangeNotSatisfiable) }, ""},
		{"moved to another object", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/config", http.StatusFound) }, ""},
		{"not modified", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, src)
			n := 0
			s.setHook(only(victim, func(w http.ResponseWriter, r *http.Request) {
				switch n++; {
				case r.Header.Get("Range") != "":
					c.answer(w, r)
				case n == 1:
					breakOff(good[:half], len(good))(w, r)
				default:
					send(good)(w, r)
				}
			}))
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.GreaterOrEqual(t, n, 2)
			if c.want == "" {
				require.NoError(t, err)
				requireComplete(t, dst, "origin:main", sums[2])
				return
			}
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, s.URL+"/"+victim)
			requireUnchanged(t, dst)
		})
	}
}
