package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPruneKeepsYoungUnreferenced: a commit that has no ref yet stays for a while.
func TestPruneKeepsYoungUnreferenced(t *testing.T) {
	repo, tree := filepath.Join(t.TempDir(), "repo"), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tree, "f"), []byte("content"), 0o644))
	call := func(line string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields("--repo="+repo+" "+line), nil, strings.NewReader(""), &out, &errOut)
		require.Zero(t, code, errOut.String())
		return strings.TrimSpace(out.String())
	}
	call("init --mode=archive")
	call("commit -b main --timestamp=2026-01-01 " + tree)
	old := call("commit --orphan --timestamp=2026-01-02 " + tree)
	young := call("commit --orphan --timestamp=2026-01-04 " + tree)
	require.Contains(t, call("prune --refs-only --keep-unreferenced-younger-than=2026-01-03"), "Deleted 1 objects")
	require.NoFileExists(t, filepath.Join(repo, "objects", old[:2], old[2:]+".commit"))
	require.Equal(t, young, call("rev-parse "+young))
	require.Contains(t, call("prune --keep-younger-than=2026-01-05"), "Deleted 1 objects")
	call("rev-parse main")
}
