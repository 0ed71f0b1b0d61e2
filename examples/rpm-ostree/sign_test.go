package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/ostree/pull"
)

func TestImagesOfRemotesAreVerified(t *testing.T) {
	src, dst := ostreetest.NewRepo(t, ostree.ModeArchive), ostreetest.NewRepo(t, ostree.ModeArchive)
	ostreetest.Write(t, src, "main", map[string]string{"file": "content"})
	none := filepath.Join(t.TempDir(), "none")
	a := &app{env: func(key string) string { return map[string]string{"OSTREE_GPG_HOME": none}[key] }}
	for _, c := range []struct {
		remote ostree.Remote
		want   string // "" is success
	}{
		{ostree.Remote{GPGVerify: true}, "GPG verification enabled, but no signatures found (use gpg-verify=false in remote config to disable)"},
		{ostree.Remote{Options: map[string]string{"sign-verify": "true"}}, "Can't verify commit without detached metadata"},
		{ostree.Remote{}, ""},
	} {
		c.remote.Name, c.remote.URL, c.remote.Branches = "origin", "file://"+src.Path(), []string{"main"}
		from, o, err := a.openRemote(t.Context(), dst, c.remote)
		require.NoError(t, err)
		_, err = pull.Pull(t.Context(), dst, from, o)
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, c.want)
		refs, err := dst.Refs(t.Context(), &ostree.RefsOptions{Remotes: true})
		require.NoError(t, err)
		require.Empty(t, refs)
	}
}
