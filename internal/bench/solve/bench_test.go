package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/depsolve"
)

// BenchmarkSolve solves the same requests on the repositories that
// RPMOSTREE_BENCH_REPOS names, "ID=PRIMARY.xml.gz ..." or the path of a case, without the other side: for
// profiles.
func BenchmarkSolve(b *testing.B) {
	repos := strings.Fields(os.Getenv("RPMOSTREE_BENCH_REPOS"))
	if len(repos) == 0 {
		b.Skip("RPMOSTREE_BENCH_REPOS names no repositories")
	}
	w, err := loadWorld(context.Background(), repos)
	if err != nil {
		b.Fatal(err)
	}
	list := requests
	if w.jobs != nil {
		list = []string{"case"}
	}
	for _, r := range list {
		b.Run(r, func(b *testing.B) {
			jobs := w.jobs
			if jobs == nil {
				for _, s := range strings.Fields(r) {
					jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: w.pool.Match(s)})
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := solve(context.Background(), w.pool, jobs, &w.opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWhole does whole runs without the other side.
func BenchmarkWhole(b *testing.B) {
	repos := strings.Fields(os.Getenv("RPMOSTREE_BENCH_REPOS"))
	if len(repos) == 0 {
		b.Skip("RPMOSTREE_BENCH_REPOS names no repositories")
	}
	dir := b.TempDir()
	specs, _, err := prepareWhole(context.Background(), dir, repos)
	if err != nil {
		b.Fatal(err)
	}
	all := append([]string{"@System=" + filepath.Join(dir, "system.xml")}, repos...)
	b.ReportAllocs()
	for b.Loop() {
		if err := serveWhole(context.Background(), dir, specs, all, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
