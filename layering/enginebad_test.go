package layering_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// damage rewrites a file of the package repository.
func (s *site) damage(name string, change func([]byte) []byte) {
	s.t.Helper()
	path := s.path("extra", name)
	data, err := os.ReadFile(path)
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(path, change(data), 0o644))
}

func TestBadPackages(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	foo := layering.Request{Install: []string{"foo"}}
	const name = "foo-1.0-1.noarch.rpm"
	good, err := os.ReadFile(s.path("extra", name))
	require.NoError(t, err)
	for what, data := range map[string][]byte{
		"truncated": good[:len(good)-20],
		"bit flip":  append(bytes.Clone(good[:len(good)-9]), append([]byte{good[len(good)-9] ^ 1}, good[len(good)-8:]...)...),
		"empty":     {},
		"garbage":   bytes.Repeat([]byte("x"), len(good)),
	} {
		t.Run("in a repository: "+what, func(t *testing.T) {
			s.damage(name, func([]byte) []byte { return data })
			s.refused(foo, name)
		})
		t.Run("as a file: "+what, func(t *testing.T) {
			path := s.path("damaged.rpm")
			require.NoError(t, os.WriteFile(path, data, 0o644))
			s.refused(layering.Request{InstallFiles: []string{path}, Install: []string{"foo-data"}}, "")
		})
	}
	t.Run("another package than promised", func(t *testing.T) {
		other, err := (&rpmtest.Package{Name: "foo", Files: file("/usr/bin/foo", "evil")}).Build()
		require.NoError(t, err)
		s.damage(name, func([]byte) []byte { return other })
		s.refused(foo, name)
	})
	t.Run("missing file", func(t *testing.T) {
		require.NoError(t, os.Remove(s.path("extra", name)))
		s.refused(foo, name)
	})
	t.Run("damaged metadata", func(t *testing.T) {
		found, err := filepath.Glob(s.path("extra", "repodata", "*primary*"))
		require.NoError(t, err)
		require.Len(t, found, 1)
		s.damage(filepath.Join("repodata", filepath.Base(found[0])), func(d []byte) []byte { d[len(d)/2] ^= 1; return d })
		require.NoError(t, os.RemoveAll(s.path("cache")))
		s.refused(layering.Request{Install: []string{"bar"}}, "primary")
	})
}

// Names that lead out of the tree, and packages that cannot be part of an image.
func TestHostilePackages(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	for what, test := range map[string]struct {
		files []rpmtest.File
		want  string
	}{
		"parent directory":      {[]rpmtest.File{{Path: "/usr/../../../evil", Body: "x"}}, ".."},
		"outside of the tree":   {[]rpmtest.File{{Path: "/evil", Body: "x"}}, "evil"},
		"below a link":          {[]rpmtest.File{{Path: "/usr/lib/l", LinkTo: "/tmp"}, {Path: "/usr/lib/l/evil", Body: "x"}}, "usr/lib/l"},
		"file over a directory": {[]rpmtest.File{{Path: "/usr/bin", Body: "x"}}, "usr/bin"},
	} {
		t.Run(what, func(t *testing.T) {
			p := &rpmtest.Package{Name: "hostile", Files: test.files}
			if _, err := p.Build(); err != nil {
				t.Skipf("cannot be built: %v", err)
			}
			s.refused(layering.Request{InstallFiles: []string{s.rpm(p)}}, test.want)
			require.NoFileExists(t, s.path("evil"))
			require.NoFileExists(t, "/tmp/evil")
		})
	}
	// A link that leads out is nothing bad in itself: it is stored, not followed.
	s.apply(layering.Request{InstallFiles: []string{s.rpm(&rpmtest.Package{Name: "link", Files: []rpmtest.File{{Path: "/usr/lib/out", LinkTo: "/etc/passwd"}}})}})
	to, err := os.Readlink(filepath.Join(s.sys.Deployments()[0].Path(s.sys), "usr/lib/out"))
	require.NoError(t, err)
	require.Equal(t, "/etc/passwd", to)
}

// Without a sandbox, a package with a scriptlet is refused, and nothing is left of it.
func TestScriptsNeedASandbox(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.publish(&rpmtest.Package{Name: "scripted", NoAutoRequires: true, Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("true")}})
	s.refused(layering.Request{Install: []string{"scripted"}}, "Package 'scripted' has a script in '%post'", "bubblewrap")
}

// The power fails at every durable step of Apply: the machine boots the old or the new system, and doing it again
// completes and leaves nothing unneeded.
func TestApplyCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("enumerating power cuts takes minutes; left out with -short")
	}
	world := newSite(t, ostree.ModeBareUser)
	root := world.path("root")
	require.NoError(t, world.sys.Close())
	open := func(dir string) (*site, func()) {
		s := *world
		o := sysroottest.Options(dir)
		o.NoSync = false
		sys, err := sysroot.Open(context.Background(), dir, o)
		require.NoError(t, err)
		s.sys = sys
		return &s, func() { sys.Close() }
	}
	op := func(ctx context.Context, dir string) error {
		s, done := open(dir)
		defer done()
		if slices.Contains(s.packages(), "foo-1.0") {
			return s.engine().Collect(ctx) // the switch had happened
		}
		return s.try(ctx, layering.Request{Install: []string{"foo"}})
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		Setup: func(t testing.TB, dir string) {
			testenv.Run(t, dir, "cp", "-a", root+"/.", dir)
		},
		Op:     op,
		Stride: 29, // of several hundred steps; each costs a copy of the root
		Check: func(t testing.TB, dir string, died bool) {
			checks, err := sysroot.Verify(context.Background(), dir)
			require.NoError(t, err)
			require.NotEmpty(t, checks)
			for _, c := range checks {
				require.NoError(t, c.Err, c.File)
			}
			deployed := filepath.Join(dir, "ostree/deploy/own/deploy", checks[0].Deployment)
			_, foo := os.Stat(filepath.Join(deployed, "usr/bin/foo"))
			_, data := os.Stat(filepath.Join(deployed, "usr/share/foo/data"))
			require.Equal(t, foo == nil, data == nil, "all or nothing")
			require.FileExists(t, filepath.Join(deployed, "usr/bin/tool"))
			require.FileExists(t, filepath.Join(deployed, "etc/own.conf"))
		},
		Final: func(t testing.TB, dir string) {
			s, done := open(dir)
			defer done()
			require.Contains(t, s.packages(), "foo-1.0")
			require.Len(t, s.sys.Deployments(), 2)
			require.Equal(t, []string{"0"}, s.refs("rpmostree/base"))
			require.Len(t, s.refs("rpmostree/pkg"), 3)
			left, err := filepath.Glob(filepath.Join(dir, "ostree/repo/extensions/rpmostree/private/*"))
			require.NoError(t, err)
			require.Empty(t, left)
			rep, err := s.sys.Repo().Fsck(context.Background(), nil)
			require.NoError(t, err)
			require.Empty(t, rep.Problems)
		},
	})
}

// The JSON of the status is an interface: lists are always there, and never null.
func TestStatusJSON(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"foo"}, OverrideRemove: []string{"tool"}})
	data, err := json.Marshal(s.status())
	require.NoError(t, err)
	require.NotContains(t, string(data), ":null,\"requested")
	var st struct {
		Deployments  []map[string]any
		Transaction  any
		CachedUpdate any `json:"cached-update"`
		UpdateDriver any `json:"update-driver"`
	}
	require.NoError(t, json.Unmarshal(data, &st))
	var top map[string]any
	require.NoError(t, json.Unmarshal(data, &top))
	for _, key := range []string{"deployments", "transaction", "cached-update", "update-driver"} {
		require.Contains(t, top, key)
	}
	require.Len(t, st.Deployments, 2)
	for i, d := range st.Deployments {
		for _, key := range []string{
			"requested-packages", "requested-local-packages", "requested-local-fileoverride-packages", "requested-base-removals",
			"requested-base-local-replacements", "packages", "modules", "base-removals", "base-local-replacements", "initramfs-args", "initramfs-etc",
		} {
			require.IsType(t, []any{}, d[key], key)
		}
		for _, key := range []string{"requested-base-remote-replacements", "base-remote-replacements", "base-commit-meta"} {
			require.IsType(t, map[string]any{}, d[key], key)
		}
		for _, key := range []string{"booted", "staged", "pinned", "finalization-locked", "regenerate-initramfs", "cliwrap", "gpg-enabled"} {
			require.Equal(t, false, d[key], key)
		}
		require.Equal(t, "none", d["unlocked"])
		require.Equal(t, followed, d["origin"])
		require.Equal(t, "own", d["osname"])
		require.Equal(t, "1.0", d["version"])
		require.True(t, strings.HasPrefix(d["id"].(string), "own-"+d["checksum"].(string)+"."))
		require.Equal(t, i == 0, d["base-checksum"] != nil)
		require.Equal(t, i == 0, d["layered-commit-meta"] != nil)
	}
	layered := st.Deployments[0]
	require.Equal(t, []any{"foo"}, layered["packages"])
	require.Equal(t, []any{[]any{"tool-1.0-1.noarch", "tool", 0.0, "1.0", "1", "noarch"}}, layered["base-removals"])
	require.NotContains(t, layered["layered-commit-meta"], "rpmostree.rpmdb.pkglist")
	require.Equal(t, true, layered["layered-commit-meta"].(map[string]any)["rpmostree.clientlayer"])
	require.Equal(t, "1.0", layered["base-version"])
}
