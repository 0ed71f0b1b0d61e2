package main

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// The rows of the repository with large files.
const (
	generateLarge   = "static-delta generate, one large file"
	generateScratch = "static-delta generate, from scratch"
	applyLarge      = "static-delta apply-offline, one large file"
)

// chunk is how much of a large file is in memory: this process has to stay small.
const chunk = 1 << 20

// largeFixture makes an archive with a file of a fifth of the tree as main, the same after it was linked again as next,
// and four files as parts. The delta between the first two is made by the real command.
func (b *bench) largeFixture(ctx context.Context) error {
	if _, err := os.Stat(b.path("large.delta")); err == nil || !b.wants(generateLarge) && !b.wants(generateScratch) && !b.wants(applyLarge) {
		return nil
	}
	trees := map[string]func(string) error{
		"main":  func(dir string) error { return writeLarge(dir+"/large", 7, b.bytes/5) },
		"next":  func(dir string) error { return relink(b.path("large-main")+"/large", dir+"/large") },
		"parts": b.writeParts,
	}
	repo := "--repo=" + b.path("fix-large")
	if err := b.initRepo(ctx, b.path("fix-large"), "archive"); err != nil {
		return err
	}
	for _, branch := range []string{"main", "next", "parts"} {
		dir := b.path("large-" + branch)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := trees[branch](dir); err != nil {
			return err
		}
		if err := b.realOstree(ctx, repo, "commit", "-b", branch, "--tree=dir="+dir); err != nil {
			return err
		}
	}
	return run(ctx, b.real, "static-delta", "generate", repo, "--from=main", "--to=next", "--inline", "--min-fallback-size=0",
		"--filename="+b.path("large.delta"))
}

func (b *bench) writeParts(dir string) error {
	for i, name := range []string{"a", "b", "c", "d"} {
		if err := writeLarge(filepath.Join(dir, name), uint64(i), b.bytes/20); err != nil {
			return err
		}
	}
	return nil
}

func writeLarge(name string, seed uint64, size int64) error {
	r := rand.New(rand.NewPCG(seed, 6))
	words := vocabulary(r)
	return write(name, func(w *bufio.Writer) error {
		for ; size > 0; size -= chunk {
			if _, err := w.Write(content(r, words, int(min(size, chunk)), size/chunk%2 == 0)); err != nil {
				return err
			}
		}
		return nil
	})
}

func write(name string, f func(*bufio.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	if err := f(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// relink writes what a linker makes of a program after a small change: many addresses are others, a few functions are
// longer or shorter.
func relink(from, to string) error {
	r := rand.New(rand.NewPCG(8, 9))
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return write(to, func(w *bufio.Writer) error {
		data := make([]byte, chunk)
		for {
			n, err := io.ReadFull(in, data)
			if n == 0 {
				if err == io.EOF {
					err = nil
				}
				return err
			}
			b := data[:n]
			for i := 0; i < n; i += 30 + r.IntN(170) {
				b[i] += byte(1 + r.IntN(4)*16)
			}
			for len(b) > 0 {
				k := min(len(b), 500+r.IntN(20_000))
				if _, err := w.Write(b[:k]); err != nil {
					return err
				}
				b = b[k:]
				switch r.IntN(10) {
				case 0, 1, 2:
					added := make([]byte, 4+r.IntN(300))
					randomize(r, added, len(added))
					if _, err := w.Write(added); err != nil {
						return err
					}
				case 3, 4:
					b = b[min(len(b), 4+r.IntN(3000)):]
				}
			}
		}
	})
}

func (b *bench) largeOperations() []operation {
	dst := "--repo=" + b.path("dst")
	archive := func(ctx context.Context) error { return b.cloneRepo(ctx, b.path("fix-large")) }
	old := func(ctx context.Context) error {
		if err := b.initRepo(ctx, b.path("dst"), "bare-user"); err != nil {
			return err
		}
		return b.realOstree(ctx, dst, "pull-local", b.path("fix-large"), "main")
	}
	return []operation{
		{generateLarge, 2, nil, archive, []string{"static-delta", "generate", dst, "--from=main", "--to=next", "--min-fallback-size=0"}},
		{generateScratch, 2, nil, archive, []string{"static-delta", "generate", dst, "--empty", "--to=parts", "--min-fallback-size=0"}},
		{applyLarge, 1.3, nil, old, []string{"static-delta", "apply-offline", dst, b.path("large.delta")}},
	}
}
