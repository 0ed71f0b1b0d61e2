package interop

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/repodata"
)

// link makes a directory with hard links to files, or copies if there are none.
func link(t *testing.T, files []string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		to := filepath.Join(dir, filepath.Base(filepath.Dir(f)), filepath.Base(f))
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to, data, 0o644))
	}
	return dir
}

func readRepomd(t *testing.T, dir string) *repodata.Repomd {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "repodata", "repomd.xml"))
	require.NoError(t, err)
	defer f.Close()
	m, err := repodata.ParseRepomd(f)
	require.NoError(t, err)
	return m
}

// content gives a metadata file of a repository, uncompressed.
func content(t *testing.T, dir, typ string) string {
	t.Helper()
	d, ok := readRepomd(t, dir).Find(typ)
	require.True(t, ok, typ)
	f, err := os.Open(filepath.Join(dir, d.Location))
	require.NoError(t, err)
	defer f.Close()
	r, err := repodata.NewReader(f)
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(data)
}

// sameRepo compares the files that both programs made of the same packages.
func sameRepo(t *testing.T, dir string) {
	t.Helper()
	testenv.NeedTool(t, "createrepo_c")
	theirs := t.TempDir()
	testenv.Run(t, dir, "createrepo_c", "--quiet", "--no-database", "-o", theirs, dir)
	_, err := repodata.CreateRepo(context.Background(), dir, nil)
	require.NoError(t, err)
	for _, typ := range []string{"primary", "filelists", "other"} {
		want, got := content(t, theirs, typ), content(t, dir, typ)
		if want != got {
			diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n"))
			t.Errorf("%s (-createrepo_c +ours):\n%.6000s", typ, diff)
		}
	}
}

func TestCreateRepoEqualsRealOnRealPackages(t *testing.T) {
	sameRepo(t, link(t, realRPMs(t)))
}
