package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
