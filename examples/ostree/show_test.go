package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestShowHex: what is no byte array is printed as ever; the bytes are those that the real command stored.
func TestShowHex(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	repo := filepath.Join(t.TempDir(), "repo")
	for _, args := range [][]string{
		{"init", "--mode=archive"},
		{"commit", "-b", "main", "--add-metadata-string=s=1", "--add-metadata=bytes=[byte 0xff, 0x00]", "--add-metadata=text=b'abc'",
			"--add-metadata=none=@ay []", "--add-metadata-string=a=2", "--add-detached-metadata-string=det=x", "--tree=dir=" + t.TempDir()},
	} {
		out, err := exec.Command("ostree", append([]string{"--repo=" + repo}, args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	for key, want := range map[string]string{"s": "'1'\n", "bytes": "ff00\n", "text": "61626300\n", "none": "\n"} {
		require.Equal(t, want, mustOstree(t, repo, "show", "--print-hex", "--print-metadata-key="+key, "main"), key)
	}
	require.Equal(t, "'x'\n", mustOstree(t, repo, "show", "--print-hex", "--print-detached-metadata-key=det", "main"))
	require.Equal(t, "b'\\377'\n", mustOstree(t, repo, "show", "--print-metadata-key=bytes", "main"))
	keys := strings.Fields(mustOstree(t, repo, "show", "--list-metadata-keys", "main"))
	require.Equal(t, []string{"a", "bytes", "none", "ostree.ref-binding", "s", "text"}, keys, "sorted")
	require.Equal(t, "det\n", mustOstree(t, repo, "show", "--list-detached-metadata-keys", "main"))
}
