package interop

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// initUnsynced makes a repository with the real command, in which nobody waits for the disk.
func initUnsynced(t testing.TB, repo, mode string) {
	t.Helper()
	testenv.Run(t, "", "ostree", "--repo="+repo, "init", "--mode="+mode)
	config, err := os.OpenFile(repo+"/config", os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = config.WriteString("fsync=false\n") // there is one section, [core]
	require.NoError(t, err)
	require.NoError(t, config.Close())
}

// realRepo makes a repository with the real command: two commits of main and
// one of other, canonical so that every mode can hold it.
func realRepo(t *testing.T, mode string) string {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	repo := filepath.Join(t.TempDir(), "repo")
	initUnsynced(t, repo, mode)
	if mode == "bare-user" {
		testenv.NeedUserXattrs(t, repo)
	}
	for i, branch := range []string{"main", "main", "other"} {
		testenv.Run(t, "/", "ostree", "--repo="+repo, "commit", "--canonical-permissions", "-b", branch,
			"--tree=dir="+pullTree(t, fmt.Sprint(i)), "--add-metadata-string=version="+fmt.Sprint(i),
			"--add-detached-metadata-string=sig="+fmt.Sprint(i), fmt.Sprintf("--timestamp=@%d", 1700000000+i))
	}
	return repo
}

// smallRepo makes an archive repository with one commit of main by the real command.
func smallRepo(t *testing.T, args ...string) string {
	t.Helper()
	repo, tree := filepath.Join(t.TempDir(), "repo"), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644))
	initUnsynced(t, repo, "archive")
	testenv.Run(t, "/", append([]string{"ostree", "--repo=" + repo, "commit", "-b", "main", "--canonical-permissions", "--tree=dir=" + tree}, args...)...)
	return repo
}

// openRepo opens a repository until the end of the test.
func openRepo(t testing.TB, path string) *ostree.Repo {
	t.Helper()
	r, err := ostree.Open(t.Context(), path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// initRepo makes a repository with our package.
func initRepo(t *testing.T, mode string) *ostree.Repo {
	t.Helper()
	m, err := ostree.ParseMode(mode)
	require.NoError(t, err)
	r, err := ostree.Init(t.Context(), filepath.Join(t.TempDir(), "ours"), &ostree.InitOptions{Mode: m})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// copyRepo clones a repository directory with all attributes and opens the clone.
func copyRepo(t testing.TB, from string) *ostree.Repo {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	testenv.Run(t, "", "cp", "-a", from, to)
	return openRepo(t, to)
}

// importTree commits dir with our package the way `ostree commit` does.
func importTree(t testing.TB, repo *ostree.Repo, dir, ref string, o *ostree.ImportOptions) ostree.Checksum {
	t.Helper()
	ctx := context.Background()
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	tree := ostree.NewMutableTree()
	require.NoError(t, tx.ImportDir(ctx, tree, dir, o))
	root, meta, err := tx.WriteTree(ctx, tree)
	require.NoError(t, err)
	stamp, err := time.Parse(time.RFC3339, repoStamp)
	require.NoError(t, err)
	metadata := gvariant.NewDict()
	metadata.Set("version", gvariant.NewString("1.0"))
	metadata.Set(ostree.KeyRefBinding, gvariant.NewStrings([]string{ref}))
	c, err := tx.WriteCommit(ctx, &ostree.Commit{Metadata: metadata, Subject: "First", Body: "Body text", Timestamp: stamp, RootTree: root, RootMeta: meta})
	require.NoError(t, err)
	tx.SetRef(ref, c)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	return c
}

// realCommit is importTree with the real command.
func realCommit(t testing.TB, repo, dir, ref string, args ...string) string {
	t.Helper()
	argv := append([]string{"ostree", "--repo=" + repo, "commit", "-b", ref, "-s", "First", "-m", "Body text", "--timestamp=" + repoStamp,
		"--add-metadata-string=version=1.0", "--tree=dir=" + dir}, args...)
	return strings.TrimSpace(testenv.Run(t, "", argv...))
}

// requireCommit checks with the real command that the commit is complete and
// undamaged.
func requireCommit(t *testing.T, repo, commit string) {
	t.Helper()
	testenv.Run(t, "", "ostree", "refs", "--repo="+repo, "--create=probe", commit)
	testenv.Run(t, "", "ostree", "fsck", "--repo="+repo)
	require.Empty(t, testenv.Run(t, "", "find", repo+"/state", "-type", "f"), "commits marked partial")
	testenv.Run(t, "", "ostree", "refs", "--repo="+repo, "--delete", "probe")
}

// randomBytes does not compress, and is always the same for a seed.
func randomBytes(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}
