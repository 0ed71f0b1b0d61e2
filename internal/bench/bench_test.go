package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

func TestGeneratedTreeIsReproducibleAndHasTheAskedSize(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, generate(a, 500, 1_000_000))
	require.NoError(t, generate(b, 500, 1_000_000))
	files, bytes := 0, 0
	err := filepath.WalkDir(a, func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(a, p)
		require.NoError(t, err)
		one, err := os.ReadFile(p)
		require.NoError(t, err)
		two, err := os.ReadFile(filepath.Join(b, rel))
		require.NoError(t, err)
		assert.Equal(t, one, two, rel)
		files, bytes = files+1, bytes+len(one)
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, 467, files, "500 entries, every 15th a link")
	assert.InDelta(t, 1_000_000, bytes, 200_000)
}

func TestRatiosArePaired(t *testing.T) {
	theirs := []sample{{wall: 10}, {wall: 40}, {wall: 30}}
	ours := []sample{{wall: 5}, {wall: 10}, {wall: 10}}
	assert.InDelta(t, 3, pairedRatio(theirs, ours, func(s sample) float64 { return float64(s.wall) }), 1e-9)
	assert.InDelta(t, 30, median(theirs, func(s sample) float64 { return float64(s.wall) }), 1e-9)
	assert.InDelta(t, 2.5, middle([]float64{4, 1, 2, 3}), 1e-9)
}

func TestOnlyAndSkipChooseOperations(t *testing.T) {
	for _, c := range []struct {
		only, skip string
		want       bool
	}{
		{"", "", true}, {"fsck", "", true}, {"ls,archive", "", true}, {"ls,prune", "", false},
		{"", "fsck", false}, {"", "ls,prune", true}, {"fsck", "archive", false},
	} {
		assert.Equal(t, c.want, (&config{only: c.only, skip: c.skip}).wants("fsck archive"), c)
	}
}

func TestBenchRunsEveryOperation(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	const real = "ostree"
	var out strings.Builder
	c := &config{files: 40, bytes: 100_000, runs: 1, work: t.TempDir(), real: real}
	c.ours = real // what is tested is the bench, and the real command can do all of it
	c.tree = filepath.Join(c.work, "tree")
	require.NoError(t, c.makeTrees())
	require.NoError(t, c.run(t.Context(), &out))
	rows := 0
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| operation") {
			rows++
			assert.Equal(t, strings.Count(header, "|")/2, strings.Count(line, "|"), line)
		}
	}
	want := 26
	if os.Geteuid() == 0 {
		want++ // mode bare
	}
	assert.Equal(t, want, rows)
	assert.NoDirExists(t, c.work+"/dst")
	assert.NoDirExists(t, c.work+"/out")
	assert.Contains(t, out.String(), "x cp -al |")
}

func TestChangeTouchesOneFileInTwenty(t *testing.T) {
	src, dst := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, generate(src, 2000, 1_000_000))
	require.NoError(t, change(src, dst))
	kept, changed, gone, total := 0, 0, 0, 0
	err := filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !d.Type().IsRegular() {
			return nil
		}
		total++
		rel, err := filepath.Rel(src, p)
		require.NoError(t, err)
		old, err := os.ReadFile(p)
		require.NoError(t, err)
		switch now, err := os.ReadFile(filepath.Join(dst, rel)); {
		case err != nil:
			gone++
		case string(now) != string(old):
			changed++
		default:
			kept++
		}
		return nil
	})
	require.NoError(t, err)
	assert.InDelta(t, 0.05*float64(total), changed+gone, 0.02*float64(total))
	assert.Positive(t, gone)
	assert.Greater(t, kept, total*9/10)
}

// TestRelinkedFileIsSimilar: a delta has something to do, and something to find.
func TestRelinkedFileIsSimilar(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	require.NoError(t, writeLarge(a, 1, 3_000_000))
	require.NoError(t, relink(a, b))
	old, err := os.ReadFile(a)
	require.NoError(t, err)
	next, err := os.ReadFile(b)
	require.NoError(t, err)
	require.Len(t, old, 3_000_000)
	require.InDelta(t, len(old), len(next), 300_000)
	same := 0
	for i := 0; i+16 < len(next); i += 1000 {
		if strings.Contains(string(old), string(next[i:i+16])) {
			same++
		}
	}
	require.InDelta(t, 0.8, float64(same)*1000/float64(len(next)), 0.15)
}
