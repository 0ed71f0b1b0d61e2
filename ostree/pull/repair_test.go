package pull_test

import (
	"context"
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

// damaged are the objects of a commit that the tests break.
type damaged struct{ file, tree, meta ostree.ObjectName }

// victims are the objects of usr/version, of the directory usr and of the root.
func victims(t testing.TB, r *ostree.Repo, commit ostree.Checksum) damaged {
	t.Helper()
	c, err := r.LoadCommit(t.Context(), commit)
	require.NoError(t, err)
	root, err := r.LoadDirTree(t.Context(), c.RootTree)
	require.NoError(t, err)
	usr, err := r.LoadDirTree(t.Context(), root.Dirs[0].Tree)
	require.NoError(t, err)
	return damaged{
		file: ostree.ObjectName{Checksum: usr.Files[0].Checksum, Type: ostree.TypeFile},
		tree: ostree.ObjectName{Checksum: root.Dirs[0].Tree, Type: ostree.TypeDirTree},
		meta: ostree.ObjectName{Checksum: c.RootMeta, Type: ostree.TypeDirMeta},
	}
}

func stored(r *ostree.Repo, n ostree.ObjectName) string {
	return filepath.Join(r.Path(), "objects", n.LoosePath(r.Mode()))
}

// corruptObject changes a byte in the middle in place; metadata is told from its checksum only.
func corruptObject(t testing.TB, r *ostree.Repo, n ostree.ObjectName) []byte {
	t.Helper()
	data, err := os.ReadFile(stored(r, n))
	require.NoError(t, err)
	data[len(data)/2] ^= 0x55
	f, err := os.OpenFile(stored(r, n), os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteAt(data, 0)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return data
}

func requireRealFsck(t testing.TB, r *ostree.Repo) {
	t.Helper()
	out, err := exec.Command("ostree", "fsck", "--repo="+r.Path()).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func pulled(t testing.TB, mode ostree.Mode, src pull.Source) *ostree.Repo {
	t.Helper()
	dst := newRepo(t, mode)
	_, err := pull.Pull(context.Background(), dst, src, &pull.Options{Refs: []string{"main"}, Remote: "origin"})
	require.NoError(t, err)
	return dst
}

// TestRepair: file and directory are corrupt and a dirmeta is missing. The broken directory hides the broken file, so
// one check does not find everything.
func TestRepair(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser, ostree.ModeBareUserOnly} {
		for _, local := range []bool{false, true} {
			name := mode.String() + " over HTTP"
			if local {
				name = mode.String() + " from a path"
			}
			t.Run(name, func(t *testing.T) {
				origin, sums := history(t)
				http := serve(t, origin).source()
				dst := pulled(t, mode, http)
				v := victims(t, dst, sums[2])
				corruptObject(t, dst, v.file)
				corruptObject(t, dst, v.tree)
				require.NoError(t, os.Remove(stored(dst, v.meta)))
				report, err := dst.Fsck(t.Context(), nil)
				require.NoError(t, err)
				require.Equal(t, sums[2:], report.MarkedPartial)
				src := http
				if local {
					src = pull.Local(origin)
				}
				res, err := pull.Repair(t.Context(), dst, []pull.Source{src}, nil)
				require.NoError(t, err)
				require.ElementsMatch(t, []ostree.ObjectName{v.file, v.tree, v.meta}, res.Repaired)
				require.Empty(t, res.Failed)
				require.Equal(t, sums[2:], res.Unmarked)
				require.NoError(t, res.Report.Err())
				requireComplete(t, dst, "origin:main", sums[2])
				requireRealFsck(t, dst)
			})
		}
	}
}

// TestRepairFromDamagedSource: what the source has broken too stays as it is, the rest is repaired, and another source
// ends it.
func TestRepairFromDamagedSource(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser} {
		t.Run(mode.String(), func(t *testing.T) {
			origin, sums := history(t)
			mirror := pulled(t, ostree.ModeBareUser, pull.Local(origin))
			dst := pulled(t, mode, serve(t, origin).source())
			v := victims(t, dst, sums[2])
			want := corruptObject(t, dst, v.file)
			require.NoError(t, os.Remove(stored(dst, v.meta)))
			corruptObject(t, origin, v.file)
			for _, src := range []pull.Source{serve(t, origin).source(), pull.Local(origin)} {
				res, err := pull.Repair(t.Context(), dst, []pull.Source{src}, nil)
				require.NoError(t, err)
				require.Len(t, res.Failed, 1)
				require.Equal(t, v.file, res.Failed[0].Object)
				require.Error(t, res.Report.Err())
				got, err := os.ReadFile(stored(dst, v.file))
				require.NoError(t, err)
				require.Equal(t, want, got, "the only copy must stay")
			}
			_, err := os.Stat(stored(dst, v.meta))
			require.NoError(t, err)
			res, err := pull.Repair(t.Context(), dst, []pull.Source{pull.Local(origin), pull.Local(mirror)}, nil)
			require.NoError(t, err)
			require.Equal(t, []ostree.ObjectName{v.file}, res.Repaired)
			requireComplete(t, dst, "origin:main", sums[2])
			requireRealFsck(t, dst)
		})
	}
}

// TestRepairCommit: a ref whose commit is gone, and one whose commit is broken.
func TestRepairCommit(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	for name, harm := range map[string]func(testing.TB, *ostree.Repo, ostree.ObjectName){
		"missing": func(t testing.TB, r *ostree.Repo, n ostree.ObjectName) { require.NoError(t, os.Remove(stored(r, n))) },
		"corrupt": func(t testing.TB, r *ostree.Repo, n ostree.ObjectName) { corruptObject(t, r, n) },
	} {
		t.Run(name, func(t *testing.T) {
			origin, sums := history(t)
			s := serve(t, origin)
			dst := pulled(t, ostree.ModeBareUser, s.source())
			harm(t, dst, ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommit})
			_, err := pull.Repair(t.Context(), dst, []pull.Source{s.source()}, nil)
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
			requireRealFsck(t, dst)
		})
	}
}

// TestRepairUnreachable: a server that fails and no server at all are the same for what is stored.
func TestRepairUnreachable(t *testing.T) {
	origin, sums := history(t)
	s := serve(t, origin)
	dst := pulled(t, ostree.ModeArchive, s.source())
	v := victims(t, dst, sums[2])
	require.NoError(t, os.Remove(stored(dst, v.file)))
	s.setHook(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	for _, sources := range [][]pull.Source{nil, {s.source()}} {
		res, err := pull.Repair(t.Context(), dst, sources, nil)
		require.NoError(t, err)
		require.Len(t, res.Failed, 1)
		require.Empty(t, res.Repaired)
		require.Error(t, res.Report.Err())
		state, err := dst.CommitState(t.Context(), sums[2])
		require.NoError(t, err)
		require.Equal(t, ostree.CommitFsckPartial, state)
	}
}
