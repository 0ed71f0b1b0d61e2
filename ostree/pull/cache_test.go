package pull_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
)

// digestVerifier takes the SHA-256 of a summary for its signature.
type digestVerifier struct{}

var errDigest = errors.New("signature is of another summary")

func (digestVerifier) VerifyCommit(context.Context, []byte, *gvariant.Dict) error { return nil }

func (digestVerifier) VerifySummary(_ context.Context, summary, signature []byte) error {
	if sum := sha256.Sum256(summary); string(sum[:]) != string(signature) {
		return errDigest
	}
	return nil
}

// signedSummaries serves two states of a repository; publish puts parts of them in place.
type signedSummaries struct {
	repo      *ostree.Repo
	summaries [2][]byte
	time      time.Time
}

func newSignedSummaries(t *testing.T) *signedSummaries {
	src, sums := history(t)
	s := &signedSummaries{repo: src, time: time.Now().Add(-24 * time.Hour)}
	for i, commit := range []ostree.Checksum{sums[1], sums[2]} {
		require.NoError(t, src.SetRef(t.Context(), "main", commit))
		require.NoError(t, src.UpdateSummary(t.Context(), nil))
		data, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
		require.NoError(t, err)
		s.summaries[i] = data
	}
	require.NoError(t, os.Remove(filepath.Join(src.Path(), "summary")))
	return s
}

func (s *signedSummaries) publish(t *testing.T, summary, signature int) {
	t.Helper()
	sum := sha256.Sum256(s.summaries[signature])
	for name, data := range map[string][]byte{"summary": s.summaries[summary], "summary.sig": sum[:]} {
		path := filepath.Join(s.repo.Path(), name)
		if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
			continue
		}
		s.time = s.time.Add(time.Minute)
		require.NoError(t, os.WriteFile(path, data, 0o644))
		require.NoError(t, os.Chtimes(path, s.time, s.time))
	}
}

// TestSummaryRaces looks at a server that changes summary and signature between the two requests.
func TestSummaryRaces(t *testing.T) {
	s := newSignedSummaries(t)
	s.publish(t, 0, 0)
	web := serve(t, s.repo)
	dst := newRepo(t, ostree.ModeBareUser)
	cache := filepath.Join(dst.Path(), "tmp/cache/summaries/origin")
	try := func() error {
		_, err := pull.Pull(t.Context(), dst, web.source(), &pull.Options{Remote: "origin", Refs: []string{"main"},
			RequireSummary: true, Verify: digestVerifier{}})
		return err
	}
	requireCached := func(n int) {
		t.Helper()
		got, err := os.ReadFile(cache)
		require.NoError(t, err)
		require.Equal(t, s.summaries[n], got)
		sig, err := os.ReadFile(cache + ".sig")
		require.NoError(t, err)
		require.NoError(t, digestVerifier{}.VerifySummary(t.Context(), s.summaries[n], sig))
	}
	require.NoError(t, try())
	requireCached(0)

	s.publish(t, 0, 1) // the old summary with the new signature
	require.ErrorIs(t, try(), errDigest)
	requireCached(0)
	s.publish(t, 1, 1)
	require.NoError(t, try())
	requireCached(1)

	s.publish(t, 0, 1) // a server that caches: the summary here is the one that was signed
	web.setHook(nil)
	require.NoError(t, try())
	requireCached(1)
	require.Zero(t, web.count("/summary"), "not asked for")

	// A damaged cache is fetched anew, though the server says that nothing has changed.
	s.publish(t, 1, 1)
	require.NoError(t, os.WriteFile(cache, []byte("damaged"), 0o644))
	require.NoError(t, os.Chtimes(cache, s.time, s.time))
	stop := errors.New("stop")
	_, err := pull.Pull(t.Context(), dst, web.source(), &pull.Options{Remote: "origin", Refs: []string{"main"}, RequireSummary: true,
		Verify: digestVerifier{}, BrokenCache: func(why error) error { return errors.Join(stop, why) }})
	require.ErrorIs(t, err, stop)
	require.ErrorIs(t, err, errDigest)
	require.NoError(t, try())
	requireCached(1)
}

// TestDamagedCacheWithoutSignatures recovers from a cached summary that is none.
func TestDamagedCacheWithoutSignatures(t *testing.T) {
	s := newSignedSummaries(t)
	s.publish(t, 1, 1)
	web := serve(t, s.repo)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, web.source(), mainRef)
	require.NoError(t, err)
	cache := filepath.Join(dst.Path(), "tmp/cache/summaries/origin")
	st, err := os.Stat(cache)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cache, []byte("damaged"), 0o644))
	require.NoError(t, os.Chtimes(cache, st.ModTime(), st.ModTime()))
	_, err = pull.Pull(t.Context(), dst, web.source(), mainRef)
	require.NoError(t, err)
	got, err := os.ReadFile(cache)
	require.NoError(t, err)
	require.Equal(t, s.summaries[1], got)
}
