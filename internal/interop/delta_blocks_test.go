package interop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
)

// TestDeltaOfBlocksForTheirs: a large part is a stream of several blocks, which xz and the real command read.
func TestDeltaOfBlocksForTheirs(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree", "xz", "sh")
	dir := t.TempDir()
	tree := filepath.Join(dir, "tree")
	require.NoError(t, os.Mkdir(tree, 0o755))
	large := bytes.Repeat(append(randomBytes(9, 4000), []byte(strings.Repeat("text ", 8000))...), 420)
	require.Greater(t, len(large), 17<<20)
	require.NoError(t, os.WriteFile(filepath.Join(tree, "large"), large, 0o644))
	w := &deltaWorld{dir: dir, repo: filepath.Join(dir, "repo")}
	testenv.Run(t, "", "ostree", "init", "--repo="+w.repo, "--mode=archive")
	w.to = w.commit(t, tree, "2020-01-02T03:04:05Z")
	out := t.TempDir()
	_, err := delta.Generate(t.Context(), openRepo(t, w.repo), delta.Name{From: ostree.Checksum{}, To: w.checksum(t, w.to)},
		&delta.GenerateOptions{Output: filepath.Join(out, "superblock"), MinFallbackSize: -1})
	require.NoError(t, err)
	testenv.Run(t, out, "sh", "-c", "for i in [0-9]; do tail -c +2 $i > part.xz && xz -t part.xz && xz --robot --list part.xz; done > listed")
	listed, err := os.ReadFile(filepath.Join(out, "listed"))
	require.NoError(t, err)
	require.Contains(t, string(listed), "file\t1\t2\t", "one stream of two blocks")
	clone := w.clone(t, "bare-user")
	testenv.Run(t, "", "ostree", "static-delta", "apply-offline", "--repo="+clone, filepath.Join(out, "superblock"))
	requireCommit(t, clone, w.to)
}
