package pull_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// sendMany sends megabytes that are not announced.
func sendMany(megabytes int) http.HandlerFunc {
	piece := make([]byte, 1<<20)
	return func(w http.ResponseWriter, _ *http.Request) {
		for range megabytes {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}

// TestLargeFilesTakeLittleMemory: before it is verified, nothing large is in memory, be it one file or many at once.
func TestLargeFilesTakeLittleMemory(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	files := map[string]string{}
	for i := range 12 {
		files[fmt.Sprintf("d%d/file", i)] = fmt.Sprint(i)
	}
	sum := (&commitSpec{ref: "main", files: files}).write(t, src)
	c, err := src.LoadCommit(t.Context(), sum)
	require.NoError(t, err)
	root := objectOf(c.RootTree, ostree.TypeDirTree)
	for _, tc := range []struct {
		name  string
		lies  func(path string) bool
		sends int
		want  string
	}{
		{"endless directory", func(path string) bool { return path == root }, 1 << 20, "exceeded maximum size of 134217728 bytes"},
		{"endless directories", func(path string) bool { return strings.HasSuffix(path, ".dirtree") && path != root }, 1 << 20, "exceeded maximum size of 134217728 bytes"},
		{"other directories", func(path string) bool { return strings.HasSuffix(path, ".dirtree") && path != root }, 30, "content has checksum"},
		{"commit", func(path string) bool { return strings.HasSuffix(path, ".commit") }, 15, "content has checksum"},
		{"endless summary", func(path string) bool { return path == "summary" }, 1 << 20, "exceeded maximum size of 134217728 bytes"},
		{"endless detached metadata", func(path string) bool { return strings.HasSuffix(path, ".commitmeta") }, 1 << 20, "exceeded maximum size of 134217728 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, src)
			send := sendMany(tc.sends)
			s.setHook(func(w http.ResponseWriter, r *http.Request) bool {
				lies := tc.lies(strings.TrimPrefix(r.URL.Path, "/"))
				if lies {
					send(w, r)
				}
				return lies
			})
			dst := newRepo(t, ostree.ModeBareUser)
			source := pull.NewHTTP(nil, &pull.HTTPOptions{URLs: []string{s.URL}, Retries: -1})
			peak, stop := watchMemory()
			_, err := pull.Pull(t.Context(), dst, source, &pull.Options{Remote: "origin", Refs: []string{"main"}})
			stop()
			require.ErrorContains(t, err, tc.want)
			require.Less(t, *peak, uint64(64<<20))
			requireUnchanged(t, dst)
			left, err := filepath.Glob(dst.Path() + "/tmp/.tmp-*")
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func objectOf(c ostree.Checksum, typ ostree.ObjectType) string {
	return "objects/" + ostree.ObjectName{Checksum: c, Type: typ}.LoosePath(ostree.ModeArchive)
}

// TestLargeDirectory: what is large and true arrives.
func TestLargeDirectory(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	files := map[string]string{}
	for i := range 5000 {
		files[fmt.Sprintf("%0240d", i)] = "same"
	}
	sum := (&commitSpec{ref: "main", files: files}).write(t, src)
	c, err := src.LoadCommit(t.Context(), sum)
	require.NoError(t, err)
	st, err := os.Stat(filepath.Join(src.Path(), objectOf(c.RootTree, ostree.TypeDirTree)))
	require.NoError(t, err)
	require.Greater(t, st.Size(), int64(1<<20))
	dst := newRepo(t, ostree.ModeBareUser)
	_, err = pull.Pull(t.Context(), dst, serve(t, src).source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sum)
}

// TestLargeSummary also where the repository cannot be written, which a dry run does not need.
func TestLargeSummary(t *testing.T) {
	src, _ := history(t)
	extra := gvariant.NewDict()
	extra.Set("large", gvariant.NewString(strings.Repeat("x", 3<<20)))
	require.NoError(t, src.UpdateSummary(t.Context(), &ostree.SummaryOptions{Metadata: extra, Time: time.Unix(1, 0)}))
	dst := newRepo(t, ostree.ModeBareUser)
	require.NoError(t, os.RemoveAll(dst.Path()+"/tmp"))
	e, err := pull.DryRun(t.Context(), dst, serve(t, src).source(), &pull.Options{Refs: []string{"main"}, RequireSummary: true})
	require.NoError(t, err)
	require.Len(t, e.Commits, 1)
}
