package pull_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

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
