package ostree

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchTree makes a tree of files with text that compresses about as well as
// what an operating system has. RPMOSTREE_BENCH_TREE names a real one instead.
func benchTree(b *testing.B) (dir string, bytes int64) {
	b.Helper()
	if dir := os.Getenv("RPMOSTREE_BENCH_TREE"); dir != "" {
		require.NoError(b, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			info, err := d.Info()
			bytes += info.Size()
			return err
		}))
		return dir, bytes
	}
	dir = b.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 2000)
	for i := range words {
		words[i] = fmt.Sprintf("%x ", rng.Uint64()>>(rng.IntN(40)+16))
	}
	for i := range 2000 {
		size := 1 << (6 + rng.IntN(12)) // 64 bytes to 128 KiB
		var body []byte
		for len(body) < size {
			body = append(body, words[rng.IntN(len(words))]...)
		}
		p := filepath.Join(dir, fmt.Sprintf("d%02d/f%04d", i%50, i))
		require.NoError(b, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(b, os.WriteFile(p, body, 0o644))
		bytes += int64(len(body))
	}
	return dir, bytes
}

func benchImport(b *testing.B, r *Repo, dir string) {
	ctx := context.Background()
	tx, err := r.Begin(ctx, nil)
	require.NoError(b, err)
	defer tx.Abort()
	m := NewMutableTree()
	require.NoError(b, tx.ImportDir(ctx, m, dir, &ImportOptions{CanonicalPermissions: true}))
	root, meta, err := tx.WriteTree(ctx, m)
	require.NoError(b, err)
	c, err := tx.WriteCommit(ctx, &Commit{Subject: "bench", RootTree: root, RootMeta: meta})
	require.NoError(b, err)
	tx.SetRef("bench", c)
	_, err = tx.Commit(ctx)
	require.NoError(b, err)
}

// BenchmarkCommit commits a directory into an empty repository.
func BenchmarkCommit(b *testing.B) {
	for _, mode := range []Mode{ModeBareUser, ModeBareUserOnly, ModeArchive} {
		b.Run(mode.String(), func(b *testing.B) {
			dir, bytes := benchTree(b)
			b.SetBytes(bytes)
			for b.Loop() {
				b.StopTimer()
				r := newRepo(b, mode)
				b.StartTimer()
				benchImport(b, r, dir)
				b.StopTimer()
				require.NoError(b, os.RemoveAll(r.Path()))
				b.StartTimer()
			}
		})
	}
}

// BenchmarkCommitAgain commits a directory that the repository has already.
func BenchmarkCommitAgain(b *testing.B) {
	for _, mode := range []Mode{ModeBareUser, ModeArchive} {
		b.Run(mode.String(), func(b *testing.B) {
			dir, bytes := benchTree(b)
			r := newRepo(b, mode)
			benchImport(b, r, dir)
			b.SetBytes(bytes)
			for b.Loop() {
				benchImport(b, r, dir)
			}
		})
	}
}

func BenchmarkParseDirTree(b *testing.B) {
	tree := &DirTree{}
	for i := range 500 {
		tree.Files = append(tree.Files, FileEntry{fmt.Sprintf("file-%04d", i), Checksum{byte(i)}})
	}
	data := tree.Encode()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseDirTree(data); err != nil {
			b.Fatal(err)
		}
	}
}
