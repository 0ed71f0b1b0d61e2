package interop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

func objectList(t testing.TB, repo *ostree.Repo) []string {
	t.Helper()
	var out []string
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		out = append(out, n.String())
	}
	slices.Sort(out)
	return out
}

// damages are ways to spoil a stored object.
var damages = map[string]func(p string) error{
	"remove": os.Remove,
	"flip": func(p string) error {
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 0x40
		return overwrite(p, data)
	},
	"truncate": func(p string) error { return os.Truncate(p, 1) },
	"append": func(p string) error {
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return overwrite(p, append(data, 'x'))
	},
	"chmod": func(p string) error { return os.Chmod(p, 0o600) },
}

func overwrite(p string, data []byte) error {
	f, err := os.OpenFile(p, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	return errors.Join(err, f.Close())
}

// TestFsckEqualsReal damages every object of a repository that the real command made, in several ways, and compares
// the verdicts of both, and what --delete does.
func TestFsckEqualsReal(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	for _, mode := range repoModes {
		dir := t.TempDir()
		src, repoDir := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
		require.NoError(t, os.MkdirAll(src+"/d", 0o755))
		require.NoError(t, os.WriteFile(src+"/d/file", []byte("content of a file\n"), 0o644))
		require.NoError(t, os.Symlink("file", src+"/d/link"))
		testenv.Run(t, "", "ostree", "--repo="+repoDir, "init", "--mode="+mode.String())
		realCommit(t, repoDir, src, "a")
		repo, err := ostree.Open(t.Context(), repoDir, nil)
		require.NoError(t, err)
		defer repo.Close()
		var names []ostree.ObjectName
		for n, err := range repo.Objects(t.Context()) {
			require.NoError(t, err)
			names = append(names, n)
		}
		for _, n := range names {
			for how, damage := range damages {
				rel := n.LoosePath(mode)
				st, err := os.Lstat(filepath.Join(repoDir, "objects", rel))
				require.NoError(t, err)
				if how != "remove" && st.Mode()&fs.ModeSymlink != 0 {
					continue
				}
				t.Run(mode.String()+"/"+n.Type.String()+"/"+how, func(t *testing.T) {
					ours, theirs := copyRepo(t, repoDir), copyRepo(t, repoDir)
					for _, r := range []*ostree.Repo{ours, theirs} {
						require.NoError(t, damage(filepath.Join(r.Path(), "objects", rel)))
					}
					if how == "append" && (mode == ostree.ModeArchive && n.Type == ostree.TypeFile || mode == ostree.ModeBareUser && isLink(t, repo, n)) {
						t.Skip("the real command does not see what follows a compressed payload or the end of a link target")
					}
					sameVerdict(t, theirs, ours, nil)
					sameVerdict(t, theirs, ours, &ostree.FsckOptions{Delete: true}, "--delete")
					if n.Type == ostree.TypeDirTree {
						return // the real command gives up where it cannot read a directory; ours goes on to repair
					}
					require.Equal(t, objectList(t, theirs), objectList(t, ours), "objects after --delete")
					require.Equal(t, states(t, theirs), states(t, ours), "states of commits")
				})
			}
		}
	}
}

func isLink(t *testing.T, repo *ostree.Repo, n ostree.ObjectName) bool {
	if n.Type != ostree.TypeFile {
		return false
	}
	f, err := repo.LoadFile(t.Context(), n.Checksum)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Header.IsSymlink()
}

func sameVerdict(t *testing.T, theirs, ours *ostree.Repo, o *ostree.FsckOptions, args ...string) {
	t.Helper()
	out, wantErr := exec.Command("ostree", append([]string{"--repo=" + theirs.Path(), "fsck", "-a"}, args...)...).CombinedOutput()
	report, err := ours.Fsck(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, wantErr != nil, report.Err() != nil, "real: %s\nours: %v", out, report.Err())
}

func states(t testing.TB, repo *ostree.Repo) map[string]string {
	t.Helper()
	out := make(map[string]string)
	entries, err := os.ReadDir(repo.Path() + "/state")
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(repo.Path() + "/state/" + e.Name())
		require.NoError(t, err)
		out[e.Name()] = string(data)
	}
	return out
}

func TestPruneEqualsReal(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	for _, mode := range repoModes {
		t.Run(mode.String(), func(t *testing.T) { pruneBoth(t, mode) })
	}
}

func pruneBoth(t *testing.T, mode ostree.Mode) {
	repo := ostreetest.NewRepo(t, mode)
	for i, files := range []map[string]string{{"a": "1", "d/x": "x"}, {"a": "2", "d/x": "x", "e/": ""}, {"a": "3", "l -> a": ""}, {"a": "3", "d/x": "x"}} {
		ostreetest.Write(t, repo, "x", files)
		ostreetest.Write(t, repo, "y", map[string]string{"n": strings.Repeat("y", i)})
	}
	loose := ostreetest.Write(t, repo, "gone", map[string]string{"only": "here"})
	require.NoError(t, repo.DeleteRef(t.Context(), "gone"))
	for _, tc := range []struct {
		name string
		args []string
		o    ostree.PruneOptions
	}{
		{"all", nil, ostree.PruneOptions{}},
		{"refs", []string{"--refs-only"}, ostree.PruneOptions{RefsOnly: true}},
		{"depth 0", []string{"--refs-only", "--depth=0"}, ostree.PruneOptions{RefsOnly: true, Depth: new(0)}},
		{"depth 1", []string{"--refs-only", "--depth=1"}, ostree.PruneOptions{RefsOnly: true, Depth: new(1)}},
		{"dry run", []string{"--refs-only", "--depth=0", "--no-prune"}, ostree.PruneOptions{RefsOnly: true, Depth: new(0), NoPrune: true}},
		{"commits", []string{"--refs-only", "--depth=0", "--commit-only"}, ostree.PruneOptions{RefsOnly: true, Depth: new(0), CommitOnly: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ours, theirs := copyRepo(t, repo.Path()), copyRepo(t, repo.Path())
			for _, r := range []*ostree.Repo{ours, theirs} { // leave orphans behind
				require.NoError(t, r.Delete(t.Context(), ostree.ObjectName{Checksum: loose, Type: ostree.TypeCommit}))
			}
			out := testenv.Run(t, "", append([]string{"ostree", "--repo=" + theirs.Path(), "prune"}, tc.args...)...)
			stats, err := ours.Prune(t.Context(), &tc.o)
			require.NoError(t, err)
			require.Equal(t, objectList(t, theirs), objectList(t, ours))
			want := fmt.Sprintf("Total objects: %d\n", stats.Total)
			if tc.o.CommitOnly {
				want = strings.Replace(want, "Total", "Total (commit only)", 1)
			}
			switch {
			case stats.Pruned == 0:
				want += "No unreachable objects\n"
			case tc.o.NoPrune:
				want += fmt.Sprintf("Would delete: %d objects, freeing %s\n", stats.Pruned, formatSize(stats.Freed))
			default:
				want += fmt.Sprintf("Deleted %d objects, %s freed\n", stats.Pruned, formatSize(stats.Freed))
			}
			require.Equal(t, want, out)
			testenv.Run(t, "", "ostree", "--repo="+ours.Path(), "fsck")
		})
	}
}

// formatSize is GLib's way, with a no-break space before kB.
func formatSize(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f\u00a0kB", float64(n)/1000)
}

func TestDiffEqualsReal(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	trees := map[string]map[string]string{
		"one":  {"same": "s", "mod": "1", "gone/sub/f": "x", "gone/g": "g", "tofile/f": "x", "todir": "x", "meta/x": "x", "exec": "e", "l -> a": "", "d/": "", "deep/a/b": "1", "deep/z": "1"},
		"two":  {"same": "s", "mod": "2", "new/sub/f": "x", "tofile": "x", "todir/f": "x", "meta/ mode=0700": "", "meta/x": "x", "exec mode=0755": "e", "l -> b": "", "d/": "", "z": "", "deep/a/b": "2", "deep/a/n": "", "deep/z": "2", "deep/a.b/x": ""},
		"none": {},
	}
	for name, files := range trees {
		ostreetest.Write(t, repo, name, files)
	}
	for from := range trees {
		for to := range trees {
			want := strings.Split(strings.TrimSpace(testenv.Run(t, "", "ostree", "--repo="+repo.Path(), "diff", from, to)), "\n")
			items, err := repo.Diff(t.Context(), root(t, repo, from), root(t, repo, to), nil)
			require.NoError(t, err)
			var got []string
			for _, i := range items {
				got = append(got, i.String())
			}
			if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
				t.Errorf("%s to %s: %s", from, to, diff)
			}
		}
	}
}

func root(t testing.TB, repo *ostree.Repo, rev string) ostree.Tree {
	t.Helper()
	sum, err := repo.ResolveRev(t.Context(), rev)
	require.NoError(t, err)
	c, err := repo.LoadCommit(t.Context(), sum)
	require.NoError(t, err)
	return c.Root()
}

// TestSummaryEqualsReal: same bytes as the real command, and each reads the other's.
func TestSummaryEqualsReal(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	for _, id := range []string{"", "org.example.Collection"} {
		t.Run("collection "+id, func(t *testing.T) {
			theirs := summaryRepo(t, id)
			testenv.Run(t, "", "ostree", "--repo="+theirs, "summary", "-u", "--add-metadata=user.key='value'", "--add-metadata=a.b=uint32 5")
			ours := copyRepo(t, theirs)
			want, err := os.ReadFile(filepath.Join(theirs, "summary"))
			require.NoError(t, err)
			parsed, err := ostree.ParseSummary(want)
			require.NoError(t, err)
			when, ok := parsed.Time(ostree.KeySummaryLastModified)
			require.True(t, ok)
			if id != "" { // make the commit of ostree-metadata again, too
				require.NoError(t, ours.DeleteRef(t.Context(), "ostree-metadata"))
			}
			require.NoError(t, ours.UpdateSummary(t.Context(), &ostree.SummaryOptions{Time: when, Metadata: extraMetadata(parsed)}))
			got, err := os.ReadFile(filepath.Join(ours.Path(), "summary"))
			require.NoError(t, err)
			if diff := cmp.Diff(summaryText(t, want), summaryText(t, got)); diff != "" {
				t.Error(diff)
			}
			require.Equal(t, want, got)
			require.Equal(t, testenv.Run(t, "", "ostree", "--repo="+theirs, "summary", "-v"), testenv.Run(t, "", "ostree", "--repo="+ours.Path(), "summary", "-v"))
		})
	}
}

// summaryRepo makes a repository whose summary has something of everything.
func summaryRepo(t *testing.T, id string) string {
	dir := t.TempDir()
	src, repo := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
	require.NoError(t, os.MkdirAll(src, 0o755))
	require.NoError(t, os.WriteFile(src+"/f", []byte("x"), 0o644))
	argv := []string{"ostree", "--repo=" + repo, "init", "--mode=archive"}
	if id != "" {
		argv = append(argv, "--collection-id="+id)
	}
	testenv.Run(t, "", argv...)
	realCommit(t, repo, src, "os/one")
	require.NoError(t, os.WriteFile(src+"/f", []byte(strings.Repeat("y", 5000)), 0o644))
	realCommit(t, repo, src, "os/two", "--add-metadata-string=other=key")
	if id == "" {
		testenv.Run(t, "", "ostree", "--repo="+repo, "static-delta", "generate", "--from=os/one", "--to=os/two")
		testenv.Run(t, "", "ostree", "--repo="+repo, "static-delta", "generate", "--empty", "--to=os/two")
		return repo
	}
	mirror := filepath.Join(repo, "refs/mirrors/org.other.Id")
	require.NoError(t, os.MkdirAll(mirror, 0o755))
	data, err := os.ReadFile(filepath.Join(repo, "refs/heads/os/one"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(mirror+"/mirrored", data, 0o644))
	return repo
}

// extraMetadata returns the keys of a summary that are not generated.
func extraMetadata(s *ostree.Summary) *gvariant.Dict {
	d := gvariant.NewDict()
	for _, k := range s.Metadata.Keys() {
		if !strings.HasPrefix(k, "ostree.") {
			v, _ := s.Metadata.Get(k)
			d.Set(k, v)
		}
	}
	return d
}

func summaryText(t testing.TB, data []byte) string {
	t.Helper()
	v, err := gvariant.Decode("(a(s(taya{sv}))a{sv})", data)
	require.NoError(t, err)
	return strings.ReplaceAll(v.String(), "'ostree.", "\n'ostree.")
}
