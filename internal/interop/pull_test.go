package interop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

var pullModes = []string{"archive", "bare", "bare-user", "bare-user-only"}

// pullTree makes a tree with one of each kind of thing: sizes around buffer
// limits, links, an empty directory, the same content twice, odd names.
func pullTree(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		require.NoError(t, os.Chmod(path, mode))
	}
	file("usr/bin/tool", "#!/bin/sh\necho "+version+"\n", 0o755)
	file("usr/bin/suid", "s", 0o755)
	file("usr/lib/empty", "", 0o644)
	file("usr/lib/private", "secret", 0o600)
	file("usr/lib/same1", "same content", 0o644)
	file("usr/lib/same2", "same content", 0o644)
	file("usr/share/a file with spaces é", "x", 0o644)
	file("usr/share/big", strings.Repeat("0123456789abcdef", 200_000), 0o644)
	file("usr/share/random", string(randomBytes(1, 1<<20+1)), 0o644)
	for i := range 40 {
		file(fmt.Sprintf("usr/share/d%d/f%d", i%7, i), fmt.Sprintf("file %d", i), 0o644)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "usr/empty"), 0o755))
	require.NoError(t, os.Symlink("../lib/empty", filepath.Join(dir, "usr/bin/link")))
	require.NoError(t, os.Symlink("/nowhere", filepath.Join(dir, "usr/dangling")))
	return dir
}

// requireSame checks with the real command that a ref of both repositories is
// the same complete tree.
func requireSame(t *testing.T, want, wantRef, got, gotRef string) {
	t.Helper()
	real := func(repo string, args ...string) string {
		return testenv.Run(t, "/", append([]string{"ostree", "--repo=" + repo}, args...)...)
	}
	require.Equal(t, real(want, "rev-parse", wantRef), real(got, "rev-parse", gotRef))
	real(got, "fsck", "-q")
	require.Equal(t, real(want, "ls", "-RCX", wantRef), real(got, "ls", "-RCX", gotRef))
	require.Equal(t, real(want, "show", "--print-detached-metadata-key=sig", wantRef), real(got, "show", "--print-detached-metadata-key=sig", gotRef))
	partial, err := filepath.Glob(filepath.Join(got, "state/*.commitpartial"))
	require.NoError(t, err)
	require.Empty(t, partial)
}

func TestPullLocalFromReal(t *testing.T) {
	t.Parallel() // waits for disks and processes
	for _, from := range pullModes {
		src := realRepo(t, from)
		for _, to := range pullModes {
			for _, untrusted := range []bool{false, true} {
				if untrusted && from != to {
					continue // converting always verifies
				}
				t.Run(fmt.Sprintf("%s to %s untrusted=%v", from, to, untrusted), func(t *testing.T) {
					dst := initRepo(t, to)
					res, err := pull.Pull(t.Context(), dst, pull.Local(openRepo(t, src)), &pull.Options{Untrusted: untrusted, Depth: -1, NoSync: true})
					require.NoError(t, err)
					require.Len(t, res.Refs, 2)
					requireSame(t, src, "main", dst.Path(), "main")
					requireSame(t, src, "other", dst.Path(), "other")
					requireSame(t, src, "main^", dst.Path(), "main^")
					if from == to {
						require.Positive(t, res.Linked, "objects are hardlinked, untrusted ones once verified")
					}
				})
			}
		}
	}
}

func TestPullHTTPFromReal(t *testing.T) {
	t.Parallel()
	src := realRepo(t, "archive")
	for _, summary := range []bool{false, true} {
		if summary {
			testenv.Run(t, "/", "ostree", "--repo="+src, "summary", "-u")
		}
		server := httptest.NewServer(http.FileServer(http.Dir(src)))
		defer server.Close()
		for _, to := range pullModes {
			t.Run(fmt.Sprintf("to %s summary=%v", to, summary), func(t *testing.T) {
				dst := initRepo(t, to)
				o := &pull.Options{Remote: "origin", Refs: []string{"main", "other"}, NoSync: true}
				res, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), o)
				require.NoError(t, err)
				require.Positive(t, res.Bytes)
				requireSame(t, src, "main", dst.Path(), "origin:main")
				requireSame(t, src, "other", dst.Path(), "origin:other")
				again, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), o)
				require.NoError(t, err)
				require.Zero(t, again.Metadata+again.Content)
			})
		}
	}
}

func TestPullMirrorFromReal(t *testing.T) {
	src := realRepo(t, "archive")
	testenv.Run(t, "/", "ostree", "--repo="+src, "summary", "-u")
	server := httptest.NewServer(http.FileServer(http.Dir(src)))
	defer server.Close()
	dst := initRepo(t, "archive")
	_, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), &pull.Options{Remote: "origin", Mirror: true, Depth: -1})
	require.NoError(t, err)
	requireSame(t, src, "main", dst.Path(), "main")
	requireSame(t, src, "main^", dst.Path(), "main^")
	want, err := os.ReadFile(filepath.Join(src, "summary"))
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(dst.Path(), "summary"))
	require.NoError(t, err)
	require.Equal(t, want, got, "the summary is kept as it is")
	require.Equal(t, testenv.Run(t, "/", "ostree", "--repo="+src, "summary", "-v"),
		testenv.Run(t, "/", "ostree", "--repo="+dst.Path(), "summary", "-v"))
}

func TestPullIncrementalFromReal(t *testing.T) {
	t.Parallel()
	src := realRepo(t, "archive")
	server := httptest.NewServer(http.FileServer(http.Dir(src)))
	defer server.Close()
	dst := initRepo(t, "bare-user")
	o := &pull.Options{Remote: "origin", Refs: []string{"main"}}
	_, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), o)
	require.NoError(t, err)
	testenv.Run(t, "/", "ostree", "--repo="+src, "commit", "--canonical-permissions", "-b", "main", "--tree=dir="+pullTree(t, "new"),
		"--add-detached-metadata-string=sig=new", "--timestamp=@1700000100")
	res, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), o)
	require.NoError(t, err)
	require.Equal(t, 1, res.Content, "one file has changed")
	require.Equal(t, 4, res.Metadata, "commit and three directories")
	requireSame(t, src, "main", dst.Path(), "origin:main")
}

// oursFrom fills a repository of our own from a real one.
func oursFrom(t *testing.T, mode string) (ours *ostree.Repo, real string) {
	t.Helper()
	real = realRepo(t, mode)
	ours = initRepo(t, mode)
	_, err := pull.Pull(t.Context(), ours, pull.Local(openRepo(t, real)), &pull.Options{Depth: -1, Untrusted: true, NoSync: true})
	require.NoError(t, err)
	return ours, real
}

func TestRealPullsFromOurs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	ours, orig := oursFrom(t, "archive")
	server := httptest.NewServer(http.FileServer(http.Dir(ours.Path())))
	defer server.Close()
	for _, summary := range []bool{false, true} {
		if summary {
			require.NoError(t, ours.UpdateSummary(t.Context(), nil))
		}
		for _, to := range pullModes {
			t.Run(fmt.Sprintf("to %s summary=%v", to, summary), func(t *testing.T) {
				dst := filepath.Join(t.TempDir(), "repo")
				run := func(args ...string) {
					testenv.Run(t, "/", append([]string{"ostree", "--repo=" + dst}, args...)...)
				}
				run("init", "--mode="+to)
				run("config", "set", "core.fsync", "false")
				run("remote", "add", "--no-gpg-verify", "origin", server.URL)
				run("pull", "--depth=-1", "origin", "main", "other")
				requireSame(t, orig, "main", dst, "origin:main")
				requireSame(t, orig, "other", dst, "origin:other")
				requireSame(t, orig, "main^", dst, "origin:main^")
			})
		}
	}
	t.Run("mirror", func(t *testing.T) {
		dst := filepath.Join(t.TempDir(), "repo")
		testenv.Run(t, "/", "ostree", "--repo="+dst, "init", "--mode=archive")
		testenv.Run(t, "/", "ostree", "--repo="+dst, "remote", "add", "--no-gpg-verify", "origin", server.URL)
		testenv.Run(t, "/", "ostree", "--repo="+dst, "pull", "--mirror", "origin")
		requireSame(t, orig, "main", dst, "main")
	})
}

func TestRealPullsLocallyFromOurs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	for _, from := range pullModes {
		ours, orig := oursFrom(t, from)
		for _, to := range pullModes {
			t.Run(from+" to "+to, func(t *testing.T) {
				dst := filepath.Join(t.TempDir(), "repo")
				testenv.Run(t, "/", "ostree", "--repo="+dst, "init", "--mode="+to)
				testenv.Run(t, "/", "ostree", "--repo="+dst, "config", "set", "core.fsync", "false")
				testenv.Run(t, "/", "ostree", "--repo="+dst, "pull-local", "--untrusted", ours.Path())
				requireSame(t, orig, "main", dst, "main")
			})
		}
	}
}

// TestPullContinuesARealPull: what the real command left after a failure is
// completed by us, and the other way round.
func TestPullContinuesARealPull(t *testing.T) {
	t.Parallel()
	src := realRepo(t, "archive")
	var broken string // object that the server does not have for now
	files := http.FileServer(http.Dir(src))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken != "" && strings.HasSuffix(r.URL.Path, broken) {
			http.Error(w, "gone", http.StatusNotFound)
			return
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	name := strings.Fields(testenv.Run(t, "/", "ostree", "--repo="+src, "ls", "-C", "main", "/usr/share/random"))[4]
	dst := initRepo(t, "bare-user")
	real := func(args ...string) (string, bool) {
		args = append([]string{"ostree", "--repo=" + dst.Path()}, args...)
		if args[2] != "pull" {
			return testenv.Run(t, "/", args...), true
		}
		out := testenv.RunErr(t, "/", args...)
		return out, false
	}
	real("remote", "add", "--no-gpg-verify", "origin", server.URL)
	o := &pull.Options{Remote: "origin", Refs: []string{"main"}}

	broken = name[2:] + ".filez"
	out, _ := real("pull", "origin", "main")
	require.Contains(t, out, "404")
	broken = ""
	_, err := pull.Pull(t.Context(), dst, pull.HTTP(nil, server.URL), o)
	require.NoError(t, err)
	requireSame(t, src, "main", dst.Path(), "origin:main")

	other := initRepo(t, "bare-user")
	broken = name[2:] + ".filez"
	_, err = pull.Pull(t.Context(), other, pull.HTTP(nil, server.URL), o)
	require.ErrorContains(t, err, name)
	broken = ""
	testenv.Run(t, "/", "ostree", "--repo="+other.Path(), "remote", "add", "--no-gpg-verify", "origin", server.URL)
	testenv.Run(t, "/", "ostree", "--repo="+other.Path(), "pull", "origin", "main")
	requireSame(t, src, "main", other.Path(), "origin:main")
}
