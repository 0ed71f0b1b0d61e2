package layering_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// policy is a package with a policy of file_contexts lines.
func policy(version, lines string) *rpmtest.Package {
	return &rpmtest.Package{Name: "policy", Version: version, Files: []rpmtest.File{
		{Path: "/etc/selinux/config", Body: "SELINUX=permissive\nSELINUXTYPE=small\n"}, {Path: "/etc/selinux/small/policy/policy.33", Body: version},
		{Path: "/etc/selinux/small/contexts/files/file_contexts", Body: lines},
		{Path: "/etc/selinux/small/contexts/files/file_contexts.subs_dist", Body: "/lib /usr/lib\n"},
	}}
}

func (s *site) labels(c ostree.Checksum) map[string]string {
	s.t.Helper()
	fsys, err := s.sys.Repo().FS(s.t.Context(), c)
	require.NoError(s.t, err)
	out := map[string]string{}
	require.NoError(s.t, fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		require.NoError(s.t, err)
		info, err := e.Info()
		require.NoError(s.t, err)
		var xattrs ostree.Xattrs
		switch x := info.Sys().(type) {
		case *ostree.DirMeta:
			xattrs = x.Xattrs
		case *ostree.FileHeader:
			xattrs = x.Xattrs
		}
		label, _ := xattrs.Get("security.selinux")
		out[name] = strings.TrimSuffix(string(label), "\x00")
		return nil
	}))
	return out
}

// What is layered gets the labels of the policy of the base, and everything those of a policy that replaces it.
func TestLayersAreLabelled(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		const lines = "/.* any\n/usr(/.*)? usr\n/usr/bin(/.*)? bin\n/etc(/.*)? etc\n"
		s.release("2.0", append(basePackages("2.0"), policy("1", lines))...)
		d := s.apply(layering.Request{Upgrade: true, Install: []string{"foo", "bar"}})
		got := s.labels(d.Commit)
		for name, want := range map[string]string{
			".": "any", "usr": "usr", "usr/bin": "bin", "usr/bin/tool": "bin", "usr/bin/foo": "bin", "usr/share/foo": "usr", "usr/share/foo/data": "usr",
			"usr/etc/bar.conf": "etc", "usr/etc/motd": "etc", "usr/share/rpm/rpmdb.sqlite": "usr", "boot": "any",
		} {
			require.Equal(t, want, got[name], name)
		}
		for name, label := range got {
			require.NotEmpty(t, label, name)
		}

		other := s.rpm(policy("2", strings.ReplaceAll(lines, "bin\n", "program\n")))
		d = s.apply(layering.Request{OverrideReplace: []string{other}})
		got = s.labels(d.Commit)
		require.Equal(t, []string{"program", "program", "program", "usr"}, []string{got["usr/bin"], got["usr/bin/tool"], got["usr/bin/foo"], got["usr/lib/lib.so"]})
	})
}
