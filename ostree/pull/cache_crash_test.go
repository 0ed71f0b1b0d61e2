package pull_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree/pull"
)

// cachedScenario pulls by a signed summary that goes to the cache.
func cachedScenario(t *testing.T) crashtest.Scenario {
	src, sums := history(t)
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	summary, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
	require.NoError(t, err)
	sum := sha256.Sum256(summary)
	require.NoError(t, os.WriteFile(filepath.Join(src.Path(), "summary.sig"), sum[:], 0o644))
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{"summary", "summary.sig"} {
		require.NoError(t, os.Chtimes(filepath.Join(src.Path(), name), old, old))
	}
	s := crashScenario(t, sums, serve(t, src).source(), pull.Options{Concurrency: 1, RequireSummary: true, Verify: digestVerifier{}})
	check, final := s.Check, s.Final
	cache := func(dir string) string { return filepath.Join(dir, "repo/tmp/cache/summaries/origin") }
	s.Check = func(t testing.TB, dir string, died bool) {
		check(t, dir, died)
		// What has a name in the cache is whole.
		for name, want := range map[string][]byte{"": summary, ".sig": sum[:]} {
			if got, err := os.ReadFile(cache(dir) + name); err == nil {
				require.Equal(t, want, got)
			}
		}
	}
	s.Final = func(t testing.TB, dir string) {
		final(t, dir)
		_, err := os.Stat(cache(dir))
		require.NoError(t, err)
	}
	return s
}

// TestCrashOfTheSummaryCache kills a pull while it caches the summary.
func TestCrashOfTheSummaryCache(t *testing.T) {
	s := cachedScenario(t)
	s.Stride = 2
	require.Greater(t, crashtest.Enumerate(t, s), 20)
}

// TestFaultsOfTheSummaryCache: a disk that fails costs at most the cache.
func TestFaultsOfTheSummaryCache(t *testing.T) {
	crashtest.Faults(t, cachedScenario(t), syscall.ENOSPC, syscall.EIO, syscall.EINTR)
}
