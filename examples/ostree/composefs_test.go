package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestComposefs compares the digest in a commit with that of the image it is about.
func TestComposefs(t *testing.T) {
	testenv.NeedTool(t, "fsverity", "fsck.erofs")
	dir := t.TempDir()
	t.Chdir(dir)
	selinuxTrees(t, dir)
	ours(t, dir, "init --repo=repo --mode=archive")
	ours(t, dir, "commit --repo=repo -b x --generate-composefs-metadata src")
	ours(t, dir, "checkout --repo=repo --composefs x image")
	ours(t, dir, "checkout --repo=repo --composefs-noverity x plain")
	digest := func(name string) string {
		testenv.Run(t, dir, "fsck.erofs", name)
		return strings.TrimSpace(testenv.Run(t, dir, "fsverity", "digest", "--compact", name))
	}
	shown := ours(t, dir, "show --repo=repo --print-metadata-key=ostree.composefs.digest.v0 x")
	bytes := regexp.MustCompile(`\b0x|[^0-9a-f]|byte`).ReplaceAllString(shown, "")
	require.Equal(t, digest("image"), bytes)
	require.NotEqual(t, digest("image"), digest("plain"))
	again := runLine(t, dir, "checkout --repo=repo --composefs x image")
	require.Equal(t, 1, again.Code)
	require.Contains(t, strings.ToLower(again.Err), "file exists")
	ours(t, dir, "commit --repo=repo -b bad --add-metadata=ostree.composefs.digest.v0=@ay[] src")
	bad := runLine(t, dir, "checkout --repo=repo --composefs bad new")
	require.Equal(t, 1, bad.Code)
	require.Contains(t, bad.Err, "doesn't match expected digest ()")
	ours(t, dir, "checkout --repo=repo --composefs-noverity bad new2")
	missing := runLine(t, dir, "checkout --repo=repo --composefs nothing new")
	require.Equal(t, 1, missing.Code)
	require.NoFileExists(t, filepath.Join(dir, "new"))
}
