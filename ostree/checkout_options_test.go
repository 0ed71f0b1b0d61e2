package ostree_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// onDisk makes files: "NAME/" is a directory, "NAME -> TARGET" a link.
func onDisk(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, body := range files {
		link, target, isLink := strings.Cut(name, " -> ")
		p := filepath.Join(dir, link)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		switch {
		case isLink:
			require.NoError(t, os.Symlink(target, p))
		case strings.HasSuffix(name, "/"):
			require.NoError(t, os.MkdirAll(p, 0o755))
		default:
			require.NoError(t, os.WriteFile(p, []byte(body), 0o644))
		}
	}
}

// diskContent is the inverse of onDisk; directories with something in them are left out.
func diskContent(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, p)
		if err != nil || rel == "." {
			return err
		}
		delete(out, filepath.Dir(rel)+"/")
		switch {
		case d.IsDir():
			out[rel+"/"] = ""
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			out[rel+" -> "+target] = ""
			return err
		case d.Type()&fs.ModeCharDevice != 0:
			out[rel+" is a whiteout"] = ""
		default:
			data, err := os.ReadFile(p)
			out[rel] = string(data)
			return err
		}
		return nil
	}))
	return out
}

// TestCheckoutInto writes trees into directories that exist. The expected results follow the manual page
// ostree-checkout(1) and, for whiteouts, the layer format of container images.
func TestCheckoutInto(t *testing.T) {
	for _, tc := range []struct {
		name   string
		o      ostree.CheckoutOptions
		commit map[string]string
		dest   map[string]string // nil for none
		want   map[string]string // nil for failure
	}{
		{"new directory", ostree.CheckoutOptions{}, map[string]string{"a": "1", "d/b": "2", "l -> a": "", "e/": ""}, nil,
			map[string]string{"a": "1", "d/b": "2", "l -> a": "", "e/": ""}},
		{"directory exists", ostree.CheckoutOptions{}, map[string]string{"a": "1"}, map[string]string{"b": "2"}, nil},

		{"union replaces files", ostree.CheckoutOptions{Union: ostree.UnionFiles}, map[string]string{"a": "new", "d/b": "new"},
			map[string]string{"a": "old", "d/c": "kept"}, map[string]string{"a": "new", "d/b": "new", "d/c": "kept"}},
		{"union replaces links", ostree.CheckoutOptions{Union: ostree.UnionFiles}, map[string]string{"a -> x": "", "b": "file"},
			map[string]string{"a": "old", "b -> elsewhere": ""}, map[string]string{"a -> x": "", "b": "file"}},
		{"union keeps a directory where a file goes", ostree.CheckoutOptions{Union: ostree.UnionFiles}, map[string]string{"a": "new"},
			map[string]string{"a/b": "old"}, nil},
		{"union keeps a file where a directory goes", ostree.CheckoutOptions{Union: ostree.UnionFiles}, map[string]string{"a/b": "new"},
			map[string]string{"a": "old"}, nil},

		{"add keeps files", ostree.CheckoutOptions{Union: ostree.UnionAdd}, map[string]string{"a": "new", "b": "new", "d/c": "new"},
			map[string]string{"a": "old", "d/c -> x": ""}, map[string]string{"a": "old", "b": "new", "d/c -> x": ""}},
		{"identical files", ostree.CheckoutOptions{Union: ostree.UnionIdentical, RequireHardlinks: true}, map[string]string{"a": "same", "b": "new"},
			map[string]string{"c": "kept"}, map[string]string{"a": "same", "b": "new", "c": "kept"}},
		{"different files", ostree.CheckoutOptions{Union: ostree.UnionIdentical, RequireHardlinks: true}, map[string]string{"a": "one"},
			map[string]string{"a": "two"}, nil},
		{"different links", ostree.CheckoutOptions{Union: ostree.UnionIdentical, RequireHardlinks: true}, map[string]string{"a -> x": ""},
			map[string]string{"a -> y": ""}, nil},
		{"identical links", ostree.CheckoutOptions{Union: ostree.UnionIdentical, RequireHardlinks: true}, map[string]string{"a -> x": ""},
			map[string]string{"a -> x": ""}, map[string]string{"a -> x": ""}},

		{"whiteout", ostree.CheckoutOptions{Whiteouts: true, Union: ostree.UnionFiles}, map[string]string{".wh.a": "", "d/.wh.b": "", ".wh.none": ""},
			map[string]string{"a": "1", "a2": "2", "d/b/deep": "3", "d/c": "4"}, map[string]string{"a2": "2", "d/c": "4"}},
		{"opaque directory", ostree.CheckoutOptions{Whiteouts: true, Union: ostree.UnionFiles}, map[string]string{"d/.wh..wh..opq": "", "d/new": "n"},
			map[string]string{"d/old": "1", "d/sub/old": "2", "other": "3"}, map[string]string{"d/new": "n", "other": "3"}},
		{"layers replace each other's kinds", ostree.CheckoutOptions{Whiteouts: true, Union: ostree.UnionFiles}, map[string]string{"a/b": "dir", "c": "file"},
			map[string]string{"a": "file", "c/d": "dir"}, map[string]string{"a/b": "dir", "c": "file"}},
		{"whiteouts are files otherwise", ostree.CheckoutOptions{Union: ostree.UnionFiles}, map[string]string{".wh.a": "w"},
			map[string]string{"a": "1"}, map[string]string{"a": "1", ".wh.a": "w"}},

		{"subdirectory", ostree.CheckoutOptions{Subpath: "/d/e"}, map[string]string{"d/e/f": "1", "d/g": "2"}, nil, map[string]string{"f": "1"}},
		{"single file", ostree.CheckoutOptions{Subpath: "d/f"}, map[string]string{"d/f": "1", "d/g": "2"}, nil, map[string]string{"f": "1"}},
		{"single file into a directory", ostree.CheckoutOptions{Subpath: "d/f", Union: ostree.UnionFiles}, map[string]string{"d/f": "1"},
			map[string]string{"f": "old", "g": "kept"}, map[string]string{"f": "1", "g": "kept"}},
		{"single link", ostree.CheckoutOptions{Subpath: "l"}, map[string]string{"l -> x": ""}, nil, map[string]string{"l -> x": ""}},
		{"missing subpath", ostree.CheckoutOptions{Subpath: "no"}, map[string]string{"a": "1"}, nil, nil},
		{"below a file", ostree.CheckoutOptions{Subpath: "a/b"}, map[string]string{"a": "1"}, nil, nil},
		{"missing subpath allowed", ostree.CheckoutOptions{Subpath: "no", AllowMissing: true}, map[string]string{"a": "1"}, nil, map[string]string{}},
		{"skip", ostree.CheckoutOptions{Skip: map[string]bool{"/d": true, "/b": true}}, map[string]string{"a": "1", "b": "2", "d/c": "3"}, nil,
			map[string]string{"a": "1"}},
	} {
		for _, mode := range []ostree.Mode{ostree.ModeBareUserOnly, ostree.ModeArchive} {
			if tc.o.RequireHardlinks && mode == ostree.ModeArchive {
				continue
			}
			t.Run(tc.name+"/"+mode.String(), func(t *testing.T) {
				repo := ostreetest.NewRepo(t, mode)
				commit := ostreetest.Write(t, repo, "x", tc.commit)
				dest := filepath.Join(t.TempDir(), "dest")
				if tc.dest != nil {
					onDisk(t, dest, tc.dest)
				}
				o := tc.o
				o.UserMode = true
				err := repo.Checkout(t.Context(), commit, dest, &o)
				if tc.want == nil {
					require.Error(t, err)
					for name := range maps.Keys(tc.dest) {
						_, err := os.Lstat(filepath.Join(dest, strings.Split(name, " ")[0]))
						require.NoError(t, err, "what is in the way stays")
					}
					return
				}
				require.NoError(t, err)
				if len(tc.want) > 0 {
					require.Equal(t, tc.want, diskContent(t, dest))
				} else {
					require.NoDirExists(t, dest)
				}
			})
		}
	}
}

// TestCheckoutPassthroughWhiteouts makes the devices that overlayfs takes for whiteouts.
func TestCheckoutPassthroughWhiteouts(t *testing.T) {
	testenv.NeedRoot(t)
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/.ostree-wh.gone mode=0640 uid=3 gid=4": "", "d/f": "f"})
	dest := t.TempDir() + "/dest"
	require.NoError(t, repo.Checkout(t.Context(), commit, dest, &ostree.CheckoutOptions{PassthroughWhiteouts: true}))
	require.Equal(t, map[string]string{"d/gone is a whiteout": "", "d/f": "f"}, diskContent(t, dest))
	var st unix.Stat_t
	require.NoError(t, unix.Lstat(dest+"/d/gone", &st))
	require.Equal(t, uint32(unix.S_IFCHR|0o640), st.Mode)
	require.Equal(t, [3]uint64{3, 4, 0}, [3]uint64{uint64(st.Uid), uint64(st.Gid), st.Rdev})

	for _, union := range []ostree.UnionMode{ostree.UnionFiles, ostree.UnionAdd} {
		require.NoError(t, repo.Checkout(t.Context(), commit, dest, &ostree.CheckoutOptions{PassthroughWhiteouts: true, Union: union}), "again")
	}
	plain := t.TempDir() + "/plain"
	require.NoError(t, repo.Checkout(t.Context(), commit, plain, nil))
	require.Equal(t, map[string]string{"d/.ostree-wh.gone": "", "d/f": "f"}, diskContent(t, plain))
}

// TestCheckoutSharing looks at which files are links to the repository, by mode and option, and that a copy has no tie to it.
func TestCheckoutSharing(t *testing.T) {
	for _, tc := range []struct {
		mode ostree.Mode
		o    ostree.CheckoutOptions
		link bool // of a regular file with content
		fail bool
	}{
		{ostree.ModeBare, ostree.CheckoutOptions{}, true, false},
		{ostree.ModeBare, ostree.CheckoutOptions{RequireHardlinks: true}, true, false},
		{ostree.ModeBare, ostree.CheckoutOptions{UserMode: true}, false, false},
		{ostree.ModeBare, ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}, false, true},
		{ostree.ModeBare, ostree.CheckoutOptions{ForceCopy: true}, false, false},
		{ostree.ModeBareUser, ostree.CheckoutOptions{UserMode: true}, true, false},
		{ostree.ModeBareUser, ostree.CheckoutOptions{}, false, false},
		{ostree.ModeBareUser, ostree.CheckoutOptions{RequireHardlinks: true}, false, true},
		{ostree.ModeBareUserOnly, ostree.CheckoutOptions{}, true, false},
		{ostree.ModeBareUserOnly, ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}, true, false},
		{ostree.ModeArchive, ostree.CheckoutOptions{}, false, false},
		{ostree.ModeArchive, ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}, false, true},
	} {
		t.Run(fmt.Sprintf("%s/user=%t,H=%t,C=%t", tc.mode, tc.o.UserMode, tc.o.RequireHardlinks, tc.o.ForceCopy), func(t *testing.T) {
			testenv.NeedRoot(t)
			repo := ostreetest.NewRepo(t, tc.mode)
			commit := ostreetest.Write(t, repo, "x", map[string]string{"f": "content", "empty": "", "l -> f": ""})
			dest := t.TempDir() + "/dest"
			err := repo.Checkout(t.Context(), commit, dest, &tc.o)
			if tc.fail {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			var st unix.Stat_t
			require.NoError(t, unix.Lstat(dest+"/f", &st))
			require.Equal(t, tc.link, st.Nlink > 1)
			require.NoError(t, unix.Lstat(dest+"/empty", &st))
			require.EqualValues(t, 1, st.Nlink, "empty files are never shared")
			if !tc.link {
				require.NoError(t, os.WriteFile(dest+"/f", []byte("changed"), 0o644))
				report, err := repo.Fsck(t.Context(), nil)
				require.NoError(t, err)
				require.NoError(t, report.Err())
			}
		})
	}
}

// TestCheckoutFSync counts what is flushed: nothing unless asked for, else every new file and directory.
func TestCheckoutFSync(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"a": "1", "d/b": "2", "d/e/c": "3", "l -> a": ""})
	for _, sync := range []bool{false, true} {
		flushed := map[string]bool{}
		hook := make(chan string, 100)
		ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, path string) error {
			if op == atomicfs.OpFsync || op == atomicfs.OpSyncFS {
				hook <- path
			}
			return nil
		})
		dest := t.TempDir() + "/dest"
		require.NoError(t, repo.Checkout(ctx, commit, dest, &ostree.CheckoutOptions{UserMode: true, FSync: sync}))
		close(hook)
		n := 0
		for p := range hook {
			flushed[p] = true
			n++
		}
		if !sync {
			require.Empty(t, flushed)
			continue
		}
		require.GreaterOrEqual(t, n, 3+3, "three files, and the directories with them")
	}
}
