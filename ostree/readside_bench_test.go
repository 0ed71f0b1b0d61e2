package ostree_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// benchFiles resembles a tree of programs: many small files in directories of ten.
func benchFiles(seed, n int) map[string]string {
	files := make(map[string]string, n)
	for i := range n {
		files[fmt.Sprintf("usr/d%02d/s%d/f%d-%d", i%40, i/40%10, seed, i)] = strings.Repeat(fmt.Sprintf("%d %d\n", seed, i), 1+i%300)
	}
	return files
}

func BenchmarkCheckoutHardlink(b *testing.B) {
	repo := ostreetest.NewRepo(b, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(b, repo, "x", benchFiles(0, 4000))
	dir := b.TempDir()
	for b.Loop() {
		require.NoError(b, repo.Checkout(b.Context(), commit, dir+"/out", &ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}))
		b.StopTimer()
		require.NoError(b, os.RemoveAll(dir+"/out"))
		b.StartTimer()
	}
}

func BenchmarkCheckoutArchive(b *testing.B) {
	repo := ostreetest.NewRepo(b, ostree.ModeArchive)
	commit := ostreetest.Write(b, repo, "x", benchFiles(0, 1000))
	dir := b.TempDir()
	for b.Loop() {
		require.NoError(b, repo.Checkout(b.Context(), commit, dir+"/out", &ostree.CheckoutOptions{UserMode: true}))
		b.StopTimer()
		require.NoError(b, os.RemoveAll(dir+"/out"))
		b.StartTimer()
	}
}

func BenchmarkFsck(b *testing.B) {
	for _, mode := range []ostree.Mode{ostree.ModeBareUserOnly, ostree.ModeArchive} {
		b.Run(mode.String(), func(b *testing.B) {
			repo := ostreetest.NewRepo(b, mode)
			ostreetest.Write(b, repo, "x", benchFiles(0, 4000))
			for b.Loop() {
				report, err := repo.Fsck(b.Context(), nil)
				require.NoError(b, err)
				require.NoError(b, report.Err())
			}
		})
	}
}

// BenchmarkMerge lays 50 small trees over a large one, all in the same directories.
func BenchmarkMerge(b *testing.B) {
	repo := ostreetest.NewRepo(b, ostree.ModeArchive)
	base := rootOf(b, repo, ostreetest.Write(b, repo, "base", benchFiles(0, 4000)))
	var overlays []ostree.Overlay
	for i := range 50 {
		tree := rootOf(b, repo, ostreetest.Write(b, repo, "over", benchFiles(i+1, 40)))
		overlays = append(overlays, ostree.Overlay{Tree: tree, Mode: ostree.UnionIdentical, Name: fmt.Sprint(i)})
	}
	for b.Loop() {
		tx, err := repo.Begin(b.Context(), &ostree.TxOptions{NoSync: true})
		require.NoError(b, err)
		_, err = tx.MergeTrees(b.Context(), base, overlays)
		require.NoError(b, err)
		require.NoError(b, tx.Abort())
	}
}
