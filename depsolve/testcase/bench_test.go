package testcase_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
)

// BenchmarkCase runs the case in the file RPMOSTREE_TESTCASE as a whole, reading
// its repositories and solving.
func BenchmarkCase(b *testing.B) {
	dir := os.Getenv("RPMOSTREE_TESTCASE")
	if dir == "" {
		b.Skip("RPMOSTREE_TESTCASE names no directory with a testcase.t")
	}
	for b.Loop() {
		_, err := testcase.Run(context.Background(), os.DirFS(dir), "testcase.t")
		require.NoError(b, err)
	}
}
