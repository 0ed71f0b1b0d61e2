package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFailBeforeCommit: the hook of the test suite leaves what a process leaves that dies at this moment. It is one of
// the command, not of the library; other values of the variable mean other moments.
func TestFailBeforeCommit(t *testing.T) {
	dir := t.TempDir()
	repo, tree := filepath.Join(dir, "repo"), filepath.Join(dir, "tree")
	require.NoError(t, os.Mkdir(tree, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte("content"), 0o644))
	call := func(env, line string) (int, string) {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields("--repo="+repo+" "+line), []string{env, "OSTREE_BOOTID=one-boot"}, strings.NewReader(""), &out, &errOut)
		return code, errOut.String()
	}
	staging := func() []string {
		found, err := filepath.Glob(filepath.Join(repo, "tmp/staging-*"))
		require.NoError(t, err)
		return found
	}
	code, msg := call("", "init --mode=archive")
	require.Zero(t, code, msg)
	code, msg = call("OSTREE_REPO_TEST_ERROR=pre-commit", "commit -b main "+tree)
	require.Equal(t, 1, code)
	require.Contains(t, msg, "OSTREE_REPO_TEST_ERROR_PRE_COMMIT")
	require.NotEmpty(t, staging())
	code, msg = call("", "rev-parse main")
	require.Equal(t, 1, code, msg)
	code, msg = call("OSTREE_REPO_TEST_ERROR=invalid-cache", "commit -b main "+tree)
	require.Zero(t, code, msg)
	require.Empty(t, staging())
	code, msg = call("", "fsck")
	require.Zero(t, code, msg)
}
