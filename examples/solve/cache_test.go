package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCacheChangesNoAnswer(t *testing.T) {
	args, cache := world(t), t.TempDir()
	code, want, errs := call(append(args, "install", "app")...)
	require.Zero(t, code, errs)
	for range 2 { // it is made, then it is used
		code, got, errs := call(append(args, "--cache", cache, "install", "app")...)
		require.Zero(t, code, errs)
		require.Equal(t, want, got)
		files, err := filepath.Glob(filepath.Join(cache, "fedora-*", "repodata", "*.packages"))
		require.NoError(t, err)
		require.Len(t, files, 1)
	}
}
