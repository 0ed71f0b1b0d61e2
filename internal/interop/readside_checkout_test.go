package interop

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// snapshot describes everything below dir that a checkout decides: type, mode, owner, attributes, content, the time of
// directories, and whether a file is a hardlink to something.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	root, err := dirfd.Open(dir)
	require.NoError(t, err)
	defer root.Close()
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		out[rel], err = describe(root, rel)
		return err
	})
	require.NoError(t, err)
	return out
}

func describe(root *dirfd.Dir, rel string) (string, error) {
	st, err := root.Lstat(rel)
	if err != nil {
		return "", err
	}
	s := fmt.Sprintf("%o %d:%d", st.Mode, st.Uid, st.Gid)
	xattrs, err := root.ReadXattrs(rel)
	if err != nil {
		return "", err
	}
	for _, x := range xattrs {
		s += fmt.Sprintf(" %s=%q", x.Name, x.Value)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return s + fmt.Sprintf(" epoch=%v", st.Mtim.Sec == 0), nil
	case unix.S_IFLNK:
		target, err := root.Readlink(rel)
		return s + " -> " + target, err
	case unix.S_IFREG:
		data, err := root.ReadFile(rel, 1<<30)
		return s + fmt.Sprintf(" linked=%v size=%d %x", st.Nlink > 1, len(data), sha256.Sum256(data)), err
	}
	return s + fmt.Sprintf(" rdev=%d", st.Rdev), nil
}

// checkoutCase is a set of options, for both commands.
type checkoutCase struct {
	name  string
	args  []string
	o     ostree.CheckoutOptions
	modes string // substrings of the modes that support it; "" for all
}

var checkoutCases = []checkoutCase{
	{name: "plain"},
	{name: "user", args: []string{"-U", "--disable-cache"}, o: ostree.CheckoutOptions{UserMode: true}},
	{name: "user cache", args: []string{"-U"}, o: ostree.CheckoutOptions{UserMode: true, UncompressedCache: true}},
	{name: "user cache again", args: []string{"-U"}, o: ostree.CheckoutOptions{UserMode: true, UncompressedCache: true}},
	{name: "copy", args: []string{"-C"}, o: ostree.CheckoutOptions{ForceCopy: true}},
	{name: "user copy", args: []string{"-U", "-C"}, o: ostree.CheckoutOptions{UserMode: true, ForceCopy: true}},
	{name: "dirs", args: []string{"-M"}, o: ostree.CheckoutOptions{BareUserOnlyDirs: true}},
	{name: "subpath", args: []string{"--subpath=/usr/share"}, o: ostree.CheckoutOptions{Subpath: "/usr/share"}},
	{name: "file", args: []string{"--subpath=usr/bin/exe"}, o: ostree.CheckoutOptions{Subpath: "usr/bin/exe"}},
	{name: "hardlinks", args: []string{"-H"}, o: ostree.CheckoutOptions{RequireHardlinks: true}, modes: "bare bare-user-only"},
	{name: "user hardlinks", args: []string{"-U", "-H"}, o: ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true}, modes: "bare-user bare-user-only"},
}

func TestCheckoutEqualsReal(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	for _, mode := range repoModes {
		dir := t.TempDir()
		src, repoDir := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
		repoTree(t, src)
		testenv.Run(t, "", "ostree", "--repo="+repoDir, "init", "--mode="+mode.String())
		commit, err := ostree.ParseChecksum(realCommit(t, repoDir, src, "test/ref"))
		require.NoError(t, err)
		repo, err := ostree.Open(t.Context(), repoDir, nil)
		require.NoError(t, err)
		defer repo.Close()
		for _, tc := range checkoutCases {
			if tc.modes != "" && !strings.Contains(" "+tc.modes+" ", " "+mode.String()+" ") {
				continue
			}
			t.Run(mode.String()+"/"+tc.name, func(t *testing.T) {
				want, got := filepath.Join(t.TempDir(), "want"), filepath.Join(t.TempDir(), "got")
				testenv.Run(t, "", append([]string{"ostree", "--repo=" + repoDir, "checkout", "test/ref", want}, tc.args...)...)
				require.NoError(t, repo.Checkout(t.Context(), commit, got, &tc.o))
				theirs := snapshot(t, want)
				if mode == ostree.ModeBareUser && tc.o.UserMode && !tc.o.ForceCopy {
					// The real command copies this file, whose recorded mode is 0, although the object is readable.
					theirs["usr/etc/shadow"] = snapshot(t, got)["usr/etc/shadow"]
				}
				if diff := cmp.Diff(theirs, snapshot(t, got)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestCheckoutOfOurs: they check out what we commit.
func TestCheckoutOfOurs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	for _, mode := range repoModes {
		t.Run(mode.String(), func(t *testing.T) {
			dir := t.TempDir()
			src := filepath.Join(dir, "src")
			repoTree(t, src)
			repo := ostreetest.NewRepo(t, mode)
			commit := importTree(t, repo, src, "test/ref", nil)
			testenv.Run(t, "", "ostree", "--repo="+repo.Path(), "checkout", "test/ref", dir+"/theirs")
			require.NoError(t, repo.Checkout(t.Context(), commit, dir+"/ours", nil))
			if diff := cmp.Diff(snapshot(t, dir+"/theirs"), snapshot(t, dir+"/ours")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// unionLayers are trees to lay over each other; real and ours must agree about the result and about failing.
var unionLayers = map[string]map[string]string{
	"base":        {"a": "1", "d/x": "x", "d/y": "y", "e/ mode=0700 uid=5": "", "l -> a": ""},
	"same":        {"a": "1", "d/x": "x", "d/ mode=0711": "", "l -> a": ""},
	"changed":     {"a": "2", "d/x": "other", "d/new": "n", "e/z": "z", "f/g": "g"},
	"fileondir":   {"d": "now a file"},
	"dironfile":   {"a/sub": "now a directory"},
	"whiteouts":   {".wh.a": "", "d/.wh..wh..opq": "", "d/z": "new", "l": "file now"},
	"whswap":      {".wh.nothing": "", "d": "file over directory", "a/k": "directory over file"},
	"opaque root": {".wh..wh..opq": "", "only": "this"},
	"passwh":      {".ostree-wh.gone mode=0600 uid=1": "", "d/.ostree-wh.x": ""},
}

func TestUnionEqualsReal(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	commits := make(map[string]ostree.Checksum)
	for name, files := range unionLayers {
		commits[name] = ostreetest.Write(t, repo, strings.ReplaceAll(name, " ", "-"), files)
	}
	for _, tc := range []struct {
		name string
		args []string
		o    ostree.CheckoutOptions
	}{
		{"none", nil, ostree.CheckoutOptions{}},
		{"files", []string{"--union"}, ostree.CheckoutOptions{Union: ostree.UnionFiles}},
		{"add", []string{"--union-add"}, ostree.CheckoutOptions{Union: ostree.UnionAdd}},
		{"identical", []string{"--union-identical", "-H"}, ostree.CheckoutOptions{Union: ostree.UnionIdentical, RequireHardlinks: true}},
		{"files copy", []string{"--union", "-C"}, ostree.CheckoutOptions{Union: ostree.UnionFiles, ForceCopy: true}},
		{"add copy", []string{"--union-add", "-C"}, ostree.CheckoutOptions{Union: ostree.UnionAdd, ForceCopy: true}},
		{"whiteouts", []string{"--union", "--whiteouts"}, ostree.CheckoutOptions{Union: ostree.UnionFiles, Whiteouts: true}},
		{"passthrough", []string{"--union", "--process-passthrough-whiteouts"}, ostree.CheckoutOptions{Union: ostree.UnionFiles, PassthroughWhiteouts: true}},
	} {
		for layer := range unionLayers {
			t.Run(tc.name+"/"+layer, func(t *testing.T) {
				dir := t.TempDir()
				real := func(dest, ref string, args ...string) error {
					out, err := command("ostree", append([]string{"--repo=" + repo.Path(), "checkout", ref, dest}, args...)...)
					t.Logf("%s", out)
					return err
				}
				require.NoError(t, real(dir+"/want", "base"))
				require.NoError(t, real(dir+"/got", "base"))
				wantErr := real(dir+"/want", strings.ReplaceAll(layer, " ", "-"), tc.args...)
				gotErr := repo.Checkout(t.Context(), commits[layer], dir+"/got", &tc.o)
				if tc.o.Whiteouts && strings.Contains("dironfile whswap", layer) {
					// Of layers with whiteouts, ours lets directories replace files, as the OCI image specification
					// has it; the real command only the reverse.
					require.NoError(t, gotErr)
					return
				}
				require.Equal(t, wantErr == nil, gotErr == nil, "real: %v; ours: %v", wantErr, gotErr)
				if wantErr != nil {
					return // how far a failed checkout came is not defined
				}
				if diff := cmp.Diff(snapshot(t, dir+"/want"), snapshot(t, dir+"/got")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestCheckoutErrors(t *testing.T) {
	testenv.NeedRoot(t)
	repo := ostreetest.NewRepo(t, ostree.ModeBare)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"a": "1", "d/x": "x"})
	dest := filepath.Join(t.TempDir(), "dest")
	require.NoError(t, repo.Checkout(t.Context(), commit, dest, nil))
	for _, tc := range []struct {
		name string
		o    ostree.CheckoutOptions
		dest string
		want error
	}{
		{"exists", ostree.CheckoutOptions{}, dest, fs.ErrExist},
		{"no parent", ostree.CheckoutOptions{}, dest + "/no/parent", fs.ErrNotExist},
		{"no subpath", ostree.CheckoutOptions{Subpath: "/d/none"}, dest + "2", fs.ErrNotExist},
		{"subpath below a file", ostree.CheckoutOptions{Subpath: "/a/b"}, dest + "2", unix.ENOTDIR},
		{"subpath up", ostree.CheckoutOptions{Subpath: "d/../a"}, dest + "2", fs.ErrNotExist},
	} {
		require.ErrorIs(t, repo.Checkout(t.Context(), commit, tc.dest, &tc.o), tc.want, tc.name)
	}
	require.NoError(t, repo.Checkout(t.Context(), commit, dest+"3", &ostree.CheckoutOptions{Subpath: "/none", AllowMissing: true}))
	_, err := os.Stat(dest + "3")
	require.ErrorIs(t, err, fs.ErrNotExist)
	err = repo.Checkout(t.Context(), commit, dest+"4", &ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true})
	require.ErrorContains(t, err, "bare repository mode cannot hardlink in user checkout mode")
}
