package pull_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
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

// dictVerifier wants a certain value in the detached metadata.
type dictVerifier struct{ want string }

var errUnsigned = errors.New("not signed")

func (v dictVerifier) VerifyCommit(_ context.Context, _ []byte, d *gvariant.Dict) error {
	if d == nil {
		return errUnsigned
	}
	if got, _ := d.String("sig"); !strings.HasPrefix(got, v.want) {
		return errUnsigned
	}
	return nil
}

func (dictVerifier) VerifySummary(context.Context, []byte, []byte) error { return nil }

// TestRepairDetached: detached metadata has no checksum; damaged is what cannot be read, or is refused.
func TestRepairDetached(t *testing.T) {
	text := func(s string) *gvariant.Dict {
		d := gvariant.NewDict()
		d.Set("sig", gvariant.NewString(s))
		return d
	}
	for _, c := range []struct {
		name   string
		verify bool
		harm   func(t *testing.T, dst *ostree.Repo, file string, sum ostree.Checksum)
		source func(t *testing.T, src *ostree.Repo, sum ostree.Checksum)
		want   string // of the first key, "" for damage that stays
		fixed  bool
	}{
		{name: "sound", want: "sig2"},
		{name: "garbage", want: "sig2", fixed: true,
			harm: func(t *testing.T, _ *ostree.Repo, file string, _ ostree.Checksum) {
				require.NoError(t, os.WriteFile(file, []byte("garbage"), 0o644))
			}},
		{name: "garbage, and the source has none",
			harm: func(t *testing.T, _ *ostree.Repo, file string, _ ostree.Checksum) {
				require.NoError(t, os.WriteFile(file, []byte("garbage"), 0o644))
			},
			source: func(t *testing.T, src *ostree.Repo, sum ostree.Checksum) {
				require.NoError(t, src.SetDetachedMetadata(t.Context(), sum, nil))
			}},
		{name: "changed, but nobody demands a signature", want: "changed",
			harm: func(t *testing.T, dst *ostree.Repo, _ string, sum ostree.Checksum) {
				require.NoError(t, dst.SetDetachedMetadata(t.Context(), sum, text("changed")))
			}},
		{name: "badly signed", verify: true, want: "sig2", fixed: true,
			harm: func(t *testing.T, dst *ostree.Repo, _ string, sum ostree.Checksum) {
				require.NoError(t, dst.SetDetachedMetadata(t.Context(), sum, text("changed")))
			}},
		{name: "signature gone", verify: true, want: "sig2", fixed: true,
			harm: func(t *testing.T, dst *ostree.Repo, file string, _ ostree.Checksum) {
				require.NoError(t, os.Remove(file))
			}},
		{name: "the source is not signed either", verify: true, want: "changed",
			harm: func(t *testing.T, dst *ostree.Repo, _ string, sum ostree.Checksum) {
				require.NoError(t, dst.SetDetachedMetadata(t.Context(), sum, text("changed")))
			},
			source: func(t *testing.T, src *ostree.Repo, sum ostree.Checksum) {
				require.NoError(t, src.SetDetachedMetadata(t.Context(), sum, text("other")))
			}},
	} {
		for _, local := range []bool{false, true} {
			t.Run(c.name+map[bool]string{true: ", path", false: ", HTTP"}[local], func(t *testing.T) {
				origin, sums := history(t)
				dst := pulled(t, ostree.ModeBareUser, pull.Local(origin))
				file := stored(dst, ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommitMeta})
				if c.harm != nil {
					c.harm(t, dst, file, sums[2])
				}
				if c.source != nil {
					c.source(t, origin, sums[2])
				}
				src := pull.Local(origin)
				if !local {
					src = serve(t, origin).source()
				}
				o := &pull.RepairOptions{}
				if c.verify {
					o.Verify = map[string]pull.Verifier{"origin": dictVerifier{"sig"}}
				}
				before, _ := os.ReadFile(file)
				res, err := pull.Repair(t.Context(), dst, []pull.Source{src}, o)
				require.NoError(t, err)
				require.NoError(t, res.Report.Err(), "objects are fine")
				require.Empty(t, res.Repaired)
				if c.fixed {
					require.Equal(t, []ostree.Checksum{sums[2]}, res.Detached)
				} else {
					require.Empty(t, res.Detached)
					after, err := os.ReadFile(file)
					require.NoError(t, err)
					require.Equal(t, before, after)
				}
				if c.want == "sig2" || c.want == "changed" && !c.verify {
					require.Empty(t, res.Failed)
				} else {
					require.Len(t, res.Failed, 1)
					require.Equal(t, ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommitMeta}, res.Failed[0].Object)
				}
				if c.want != "" {
					d, err := dst.DetachedMetadata(t.Context(), sums[2])
					require.NoError(t, err)
					got, _ := d.String("sig")
					require.Equal(t, c.want, got)
				}
			})
		}
	}
}

// TestRemovedDetached: signatures that are taken away at the source go here too, as an empty file says.
func TestRemovedDetached(t *testing.T) {
	origin, sums := history(t)
	s := serve(t, origin)
	dst := pulled(t, ostree.ModeBareUser, s.source())
	require.NoError(t, origin.SetDetachedMetadata(t.Context(), sums[2], nil))
	_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	d, err := dst.DetachedMetadata(t.Context(), sums[2])
	require.NoError(t, err)
	if d != nil {
		require.Empty(t, d.Keys())
	}
}
