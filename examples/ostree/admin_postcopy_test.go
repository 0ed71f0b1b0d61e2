package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/sysroot/sysroottest"
)

// TestPostCopy: with a setting that the file system may refuse, the verb works everywhere and prints nothing.
func TestPostCopy(t *testing.T) {
	s := sysroottest.New(t)
	admin := adminOf(t, s.Path(), sysroottest.Options(s.Path()))
	for _, setting := range []string{"no", "maybe"} {
		c := s.Repo().Config()
		c.Set("ex-integrity", "fsverity", setting)
		require.NoError(t, s.Repo().WriteConfig(t.Context(), c))
		require.Empty(t, admin(0, "post-copy"))
	}
}
