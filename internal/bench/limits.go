package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// limits are the times that the machine needs for the parts of the work that nobody can leave out.
type limits struct {
	read limit // read all files, one after the other
	hash limit // read and hash all files, on all processors
	stat limit // look at all files
	link limit // cp -al
	copy limit // cp -a

	files, bytes int64
	sha256       float64 // MB/s of one processor, in memory
}

// limit is one of them.
type limit struct {
	name string
	time time.Duration
}

// measure takes the best of three runs of each.
func (l *limits) measure(ctx context.Context, tree, scratch string) error {
	l.sha256 = hashSpeed()
	paths, err := l.list(tree)
	if err != nil {
		return err
	}
	cp := func(option string) func() error {
		return func() error { return run(ctx, "cp", option, tree, scratch) }
	}
	for _, m := range []struct {
		to   *limit
		name string
		do   func() error
	}{
		{&l.stat, "stat", func() error { _, err := l.list(tree); return err }},
		{&l.read, "read", func() error { return readAll(paths, 1, io.Discard) }},
		{&l.hash, "hash", func() error { return readAll(paths, runtime.GOMAXPROCS(0), nil) }},
		{&l.link, "cp -al", cp("-al")},
		{&l.copy, "cp -a", cp("-a")},
	} {
		*m.to = limit{m.name, time.Hour}
		for range 3 {
			if err := os.RemoveAll(scratch); err != nil {
				return err
			}
			start := time.Now()
			if err := m.do(); err != nil {
				return err
			}
			m.to.time = min(m.to.time, time.Since(start))
		}
	}
	return os.RemoveAll(scratch)
}

// list returns the regular files and counts them.
func (l *limits) list(tree string) ([]string, error) {
	var paths []string
	l.bytes = 0
	err := filepath.WalkDir(tree, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		paths = append(paths, p)
		l.bytes += info.Size()
		return nil
	})
	l.files = int64(len(paths))
	return paths, err
}

// readAll reads files on so many goroutines into w, or into one hash each.
func readAll(paths []string, workers int, w io.Writer) error {
	jobs := make(chan string)
	errs := make(chan error, workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			buf := make([]byte, 1<<20)
			for p := range jobs {
				if err := readOne(p, w, buf); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for _, p := range paths {
		jobs <- p
	}
	close(jobs)
	wg.Wait()
	close(errs)
	return <-errs
}

func readOne(path string, w io.Writer, buf []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if w == nil {
		w = sha256.New()
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f}, buf)
	return err
}

func hashSpeed() float64 {
	data := make([]byte, 1<<20)
	h := sha256.New()
	start, rounds := time.Now(), 0
	for time.Since(start) < 300*time.Millisecond {
		h.Write(data)
		rounds++
	}
	return float64(rounds) * float64(len(data)) / 1e6 / time.Since(start).Seconds()
}

func (l *limits) describe(runs int) string {
	s := fmt.Sprintf("tree: %d files, %.0f MB; %d runs each; ratios are real / ours, above 1 is better for us\n", l.files, float64(l.bytes)/1e6, runs)
	s += fmt.Sprintf("limits: SHA-256 %.0f MB/s on one processor", l.sha256)
	for _, m := range []limit{l.stat, l.read, l.hash, l.link, l.copy} {
		s += fmt.Sprintf(", %s %.2f s", m.name, m.time.Seconds())
	}
	return s + "\n"
}
