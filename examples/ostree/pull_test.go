package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestUpdateFrequency(t *testing.T) {
	for frequency, want := range map[int]time.Duration{0: time.Second, 20: 20 * time.Millisecond, 5000: 5 * time.Second, -1: time.Second} {
		require.Equal(t, want, (&pullOptions{frequency: frequency}).interval())
	}
}

// ostreeCommand runs the command in process, with a repository.
func ostreeCommand(t *testing.T, repo string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(context.Background(), args, []string{"OSTREE_REPO=" + repo}, nil, &out, &errOut)
	return code, out.String(), errOut.String()
}

// mustOstree is ostreeCommand for what has to succeed; it returns the output.
func mustOstree(t *testing.T, repo string, args ...string) string {
	t.Helper()
	code, out, errOut := ostreeCommand(t, repo, args...)
	require.Zero(t, code, "ostree %v: %s", args, errOut)
	return out
}

// published is an archive repository with one commit of main, and its server.
func published(t *testing.T) (repo string, s *httptest.Server) {
	t.Helper()
	repo = filepath.Join(t.TempDir(), "src")
	mustOstree(t, repo, "init", "--mode=archive")
	tree := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644))
	mustOstree(t, repo, "commit", "--canonical-permissions", "-b", "main", tree)
	s = httptest.NewServer(http.FileServer(http.Dir(repo)))
	t.Cleanup(s.Close)
	return repo, s
}

// client is a repository with the remote "origin" at a URL.
func client(t *testing.T, url string) string {
	t.Helper()
	repo := filepath.Join(t.TempDir(), "repo")
	mustOstree(t, repo, "init", "--mode=bare-user-only")
	mustOstree(t, repo, "remote", "add", "--no-gpg-verify", "origin", url)
	return repo
}

func TestCacheDir(t *testing.T) {
	src, s := published(t)
	repo := client(t, s.URL)
	for _, c := range []struct{ verb, want string }{
		{"refs", "error: Remote refs not available; server has no summary file\n"},
		{"summary", "error: Remote server has no summary file\n"},
	} {
		_, _, errOut := ostreeCommand(t, repo, "remote", c.verb, "origin")
		require.Equal(t, c.want, errOut)
	}
	mustOstree(t, src, "summary", "-u")
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(src, "summary"), old, old))
	for _, verb := range [][]string{{"remote", "refs", "origin"}, {"remote", "summary", "origin"}, {"pull", "origin", "main"}} {
		dir := t.TempDir()
		mustOstree(t, repo, append(verb, "--cache-dir="+dir)...)
		require.FileExists(t, filepath.Join(dir, "summaries/origin"), verb)
		code, _, errOut := ostreeCommand(t, repo, append(verb, "--cache-dir="+dir+"/missing")...)
		require.Equal(t, 1, code)
		require.Equal(t, "error: opendir("+dir+"/missing): No such file or directory\n", errOut)
	}
	require.NoFileExists(t, filepath.Join(repo, "tmp/cache/summaries/origin"))
	mustOstree(t, repo, "remote", "refs", "origin")
	require.FileExists(t, filepath.Join(repo, "tmp/cache/summaries/origin"))
}
