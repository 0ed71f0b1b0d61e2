package ostreetest_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

func TestWriteAndList(t *testing.T) {
	files := map[string]string{
		"usr/":                           "",
		"usr/bin/ mode=0700 uid=1 gid=2": "",
		"usr/bin/su mode=04755":          "binary",
		"usr/lib64 -> lib":               "",
		"usr/x uid=3 user.a=b user.z=1":  "text\n",
	}
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser, ostree.ModeBare} {
		t.Run(mode.String(), func(t *testing.T) {
			repo := ostreetest.NewRepo(t, mode)
			first := ostreetest.Write(t, repo, "a/b", files)
			if diff := cmp.Diff(files, ostreetest.List(t, repo, first)); diff != "" {
				t.Error(diff)
			}
			more := maps.Clone(files)
			more["usr/y"] = "new"
			second := ostreetest.Write(t, repo, "a/b", more)
			c, err := repo.LoadCommit(t.Context(), second)
			require.NoError(t, err)
			require.Equal(t, first, c.Parent)
		})
	}
}

func TestWriteTxtar(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	sum := ostreetest.WriteTxtar(t, repo, "x", "comment\n-- etc/motd mode=0600 --\nhello\n-- etc/l -> motd --\n")
	require.Equal(t, map[string]string{"etc/": "", "etc/motd mode=0600": "hello\n", "etc/l -> motd": ""}, ostreetest.List(t, repo, sum))
}
