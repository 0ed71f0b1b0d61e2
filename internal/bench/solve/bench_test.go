package main

import (
	"context"
	"os"
	"strings"
	"testing"
)

// BenchmarkSolve solves the same requests on the repositories that
// RPMOSTREE_BENCH_REPOS names, "ID=PRIMARY.xml.gz ...", without the other side:
// for profiles.
func BenchmarkSolve(b *testing.B) {
	repos := strings.Fields(os.Getenv("RPMOSTREE_BENCH_REPOS"))
	if len(repos) == 0 {
		b.Skip("RPMOSTREE_BENCH_REPOS names no repositories")
	}
	pool, err := load(context.Background(), repos)
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range requests {
		b.Run(r, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := solve(context.Background(), pool, strings.Fields(r)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
