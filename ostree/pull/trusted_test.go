package pull_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// TestTrustedHTTP: only an archive mirror takes the files of a trusted server as
// they are.
func TestTrustedHTTP(t *testing.T) {
	src, _ := history(t)
	files, err := filepath.Glob(filepath.Join(src.Path(), "objects/*/*.filez"))
	require.NoError(t, err)
	require.Greater(t, len(files), 1)
	wrong, err := os.ReadFile(files[0])
	require.NoError(t, err)
	s := serve(t, src)
	rel, err := filepath.Rel(src.Path(), files[1])
	require.NoError(t, err)
	s.setHook(only(rel, func(w http.ResponseWriter, _ *http.Request) { w.Write(wrong) }))
	for _, tc := range []struct {
		name            string
		mode            ostree.Mode
		mirror, trusted bool
		want            string
	}{
		{"archive mirror", ostree.ModeArchive, true, true, ""},
		{"archive mirror of others", ostree.ModeArchive, true, false, "content has checksum"},
		{"no mirror", ostree.ModeArchive, false, true, "content has checksum"},
		{"bare-user", ostree.ModeBareUser, true, true, "content has checksum"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst := newRepo(t, tc.mode)
			_, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{
				Refs: []string{"main"}, Mirror: tc.mirror, TrustedHTTP: tc.trusted, Depth: -1})
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.want)
			requireUnchanged(t, dst)
		})
	}
}

// damagedArchive has the content of one file under the name of another.
func damagedArchive(t *testing.T) (*ostree.Repo, ostree.Checksum) {
	t.Helper()
	src := newRepo(t, ostree.ModeArchive)
	sum := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	wrong, err := os.ReadFile(filepath.Join(src.Path(), fileObject(t, src, sum, "usr/lib/b/other")))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(src.Path(), fileObject(t, src, sum, "usr/lib/a/deep")), wrong, 0o644))
	return src, sum
}

// TestTrustedLocal: a local repository is believed as the real command believes it, unless it is untrusted.
func TestTrustedLocal(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	src, _ := damagedArchive(t)
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser, ostree.ModeBareUserOnly} {
		for _, untrusted := range []bool{false, true} {
			theirs, ours := newRepo(t, mode), newRepo(t, mode)
			args := []string{"pull-local", "--repo=" + theirs.Path(), src.Path(), "main"}
			if untrusted {
				args = append(args, "--untrusted")
			}
			wantErr := exec.Command("ostree", args...).Run()
			require.Equal(t, untrusted, wantErr != nil, "%s: %v", mode, wantErr)
			_, err := pull.Pull(t.Context(), ours, pull.Local(src), &pull.Options{Refs: []string{"main"}, Untrusted: untrusted})
			if untrusted {
				require.ErrorContains(t, err, "content has checksum", mode)
				continue
			}
			require.NoError(t, err, mode)
			report, err := ours.Fsck(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, report.Problems, 1, mode)
		}
	}
}

// TestLocalCacheIsNotTrusted: what the cache has came from elsewhere than the commit that is verified.
func TestLocalCacheIsNotTrusted(t *testing.T) {
	cache, sum := damagedArchive(t)
	src := newRepo(t, ostree.ModeArchive)
	require.Equal(t, sum, (&commitSpec{ref: "main", files: smallTree}).write(t, src))
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser} {
		dst := newRepo(t, mode)
		_, err := pull.Pull(t.Context(), dst, serve(t, src).source(), &pull.Options{Refs: []string{"main"}, LocalCache: []*ostree.Repo{cache}})
		require.ErrorContains(t, err, "content has checksum", mode)
		requireUnchanged(t, dst)
	}
}
