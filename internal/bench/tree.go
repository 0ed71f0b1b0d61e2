package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// generate makes a tree that looks like /usr to a repository: sizes spread over five orders of magnitude, half text
// and half binary, links, some executables, some equal files. It is the same for the same arguments.
func generate(dir string, files int, total int64) error {
	r := rand.New(rand.NewPCG(1, 2))
	sizes := make([]float64, files)
	sum := 0.0
	for i := range sizes {
		sizes[i] = math.Exp(r.NormFloat64() * 2)
		sum += sizes[i]
	}
	words := vocabulary(r)
	for i, s := range sizes {
		sub := filepath.Join(dir, "usr", fmt.Sprintf("d%02d", i%37), fmt.Sprintf("s%d", i%11))
		if i < 37*11 {
			if err := os.MkdirAll(sub, 0o755); err != nil {
				return err
			}
		}
		name := filepath.Join(sub, fmt.Sprintf("file%06d", i))
		if i%15 == 14 {
			if err := os.Symlink(fmt.Sprintf("../s%d/file%06d", (i+1)%11, i+1), name); err != nil {
				return err
			}
			continue
		}
		mode := os.FileMode(0o644)
		if i%6 == 0 {
			mode = 0o755
		}
		if err := os.WriteFile(name, content(r, words, int(s/sum*float64(total)), i%2 == 0), mode); err != nil {
			return err
		}
	}
	return nil
}

func vocabulary(r *rand.Rand) [][]byte {
	words := make([][]byte, 2000)
	for i := range words {
		w := make([]byte, 2+r.IntN(9))
		for j := range w {
			w[j] = byte('a' + r.IntN(26))
		}
		words[i] = append(w, ' ')
	}
	return words
}

// content is text from the vocabulary, or bytes with about the entropy of machine code.
func content(r *rand.Rand, words [][]byte, size int, text bool) []byte {
	var b bytes.Buffer
	b.Grow(size + 16)
	for b.Len() < size {
		if text || r.IntN(3) == 0 {
			b.Write(words[int(math.Abs(r.NormFloat64())*300)%len(words)])
			continue
		}
		x := r.Uint64()
		b.Write([]byte{byte(x), byte(x >> 8), 0, byte(x>>16) & 15, 0x48, byte(x >> 24), byte(x>>32) & 7, 0})
	}
	return b.Bytes()[:size]
}

// change makes dst a copy of src, by links, with one file in 20 changed as an update would: most are edited in place,
// some replaced by another one, deleted, or added.
func change(src, dst string) error {
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	return filepath.WalkDir(src, func(from string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, from)
		if err != nil {
			return err
		}
		to := filepath.Join(dst, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case !d.Type().IsRegular() || r.IntN(20) != 0:
			return os.Link(from, to)
		}
		n++
		return changeFile(r, from, to, n%10)
	})
}

// changeFile writes the successor of a file; kind is 0 to 9.
func changeFile(r *rand.Rand, from, to string, kind int) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	switch {
	case kind < 6: // edited: an insertion, and a few runs overwritten
		for range 1 + len(data)/200_000 {
			randomize(r, data[r.IntN(len(data)+1):], 64)
		}
		mid := len(data) / 2
		data = slices.Concat(data[:mid], []byte("# changed\n"), data[mid:])
	case kind < 8: // half of it new
		randomize(r, data[len(data)/2:], len(data))
	case kind == 8: // deleted
		return nil
	default: // a new file beside it
		if err := os.Link(from, to); err != nil {
			return err
		}
		to += ".new"
		randomize(r, data, 512)
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

// randomize overwrites up to n bytes at the start of b.
func randomize(r *rand.Rand, b []byte, n int) {
	for i := range b[:min(n, len(b))] {
		b[i] = byte(r.Uint32())
	}
}
