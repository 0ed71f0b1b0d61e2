package ostree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/internal/testenv"
)

func newSplitRepo(t *testing.T) *Repo {
	return newRepo(t, ModeBareSplitXattrs, "ex-split-xattrs.write=true")
}

// splitObjects counts the objects of a type.
func splitObjects(t *testing.T, r *Repo, typ ObjectType) (n int) {
	for name, err := range r.Objects(t.Context()) {
		require.NoError(t, err)
		if name.Type == typ {
			n++
		}
	}
	return n
}

func writeSplit(t *testing.T, r *Repo, files map[string]Xattrs) Checksum {
	ctx := t.Context()
	tx := begin(t, r)
	m := NewMutableTree()
	root := &DirMeta{Mode: 0o40755}
	c, err := tx.WriteMetadata(ctx, TypeDirMeta, root.Encode())
	require.NoError(t, err)
	m.SetMeta(c)
	for name, xattrs := range files {
		h := ownHeader(ModeBare)
		h.Xattrs = xattrs
		c, err := tx.WriteFile(ctx, h, -1, strings.NewReader(name))
		require.NoError(t, err)
		require.NoError(t, m.SetFile(ctx, name, c))
	}
	tree, meta, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	commit, err := tx.WriteCommit(ctx, &Commit{RootTree: tree, RootMeta: meta})
	require.NoError(t, err)
	tx.SetRef("x", commit)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	return commit
}

func TestSplitXattrsSharesAttributes(t *testing.T) {
	r := newSplitRepo(t)
	a := Xattrs{{"security.selinux", []byte("a\x00")}}
	writeSplit(t, r, map[string]Xattrs{"1": a, "2": a, "3": nil, "4": nil, "5": {{"user.b", []byte("b")}}})
	require.Equal(t, 5, splitObjects(t, r, TypeFileXattrsLink))
	// The name of the empty set is the SHA-256 of nothing, as in the fixture of the distribution.
	require.Equal(t, 3, splitObjects(t, r, TypeFileXattrs))
	_, err := os.Stat(filepath.Join(r.Path(), "objects/e3/b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.file-xattrs"))
	require.NoError(t, err)
	report, err := r.Fsck(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, report.Err())

	writeSplit(t, r, map[string]Xattrs{"5": {{"user.b", []byte("b")}}})
	stats, err := r.Prune(t.Context(), &PruneOptions{RefsOnly: true})
	require.NoError(t, err)
	require.Equal(t, 1, splitObjects(t, r, TypeFile))
	require.Equal(t, 1, splitObjects(t, r, TypeFileXattrsLink))
	require.Equal(t, 1, splitObjects(t, r, TypeFileXattrs))
	require.Equal(t, 6, stats.Pruned, "attributes live and die with files")
	report, err = r.Fsck(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, report.Err())
}

func TestSplitXattrsWritesWhatLacksAttributesAgain(t *testing.T) {
	r := newSplitRepo(t)
	files := map[string]Xattrs{"f": {{"user.b", []byte("b")}}}
	commit := writeSplit(t, r, files)
	for n, err := range r.Objects(t.Context()) {
		require.NoError(t, err)
		if n.Type == TypeFileXattrsLink {
			require.NoError(t, os.Remove(filepath.Join(r.Path(), "objects", n.LoosePath(r.Mode()))))
		}
	}
	report, err := r.Fsck(t.Context(), &FsckOptions{KeepStates: true})
	require.NoError(t, err)
	require.Error(t, report.Err())
	require.Equal(t, commit, writeSplit(t, r, files))
	report, err = r.Fsck(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, report.Err())
}

func TestSplitXattrsIsReadOnlyUnlessConfigured(t *testing.T) {
	r := newRepo(t, ModeBareSplitXattrs)
	_, err := r.Begin(context.Background(), nil)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, "unless ex-split-xattrs.write is set")
}

// TestSplitXattrsSurvivesCrashes dies at each step: no file may be there without its attributes.
func TestSplitXattrsSurvivesCrashes(t *testing.T) {
	testenv.NeedRoot(t)
	for _, settings := range [][]string{{}, {"core.per-object-fsync=true"}} {
		settings = append(settings, "ex-split-xattrs.write=true")
		crashtest.Enumerate(t, commitScenario(ModeBareSplitXattrs, settings...))
		crashtest.Faults(t, commitScenario(ModeBareSplitXattrs, settings...), unix.ENOSPC)
	}
}
