package depsolve_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

func TestMissingFiles(t *testing.T) {
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("r", nil)
	for _, p := range frozenWorld(t) {
		repo.Add(p)
	}
	require.Empty(t, pool.MissingFiles(), "/bin/sh is a file of sh")
	pool.Match("/usr/libexec/app")
	pool.Match("/usr/bin/app")
	require.Equal(t, []string{"/usr/libexec/app"}, pool.MissingFiles())
	id := repo.Packages()[0]
	pool.AddFiles(id, append(pool.Raw(id).Files, "/usr/libexec/app"))
	require.Empty(t, pool.MissingFiles())
	require.True(t, pool.HasFile(id, "/usr/bin/app"))
	require.Equal(t, []depsolve.PkgID{id}, pool.Matches(pool.Match("/usr/libexec/app")))
}
