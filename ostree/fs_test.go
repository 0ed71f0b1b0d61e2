package ostree_test

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

var fsModes = []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser, ostree.ModeBareUserOnly, ostree.ModeArchive}

func TestFS(t *testing.T) {
	for _, mode := range fsModes {
		t.Run(mode.String(), func(t *testing.T) {
			repo := ostreetest.NewRepo(t, mode)
			commit := ostreetest.Write(t, repo, "x", map[string]string{
				"usr/bin/sh mode=0755": "shell", "usr/lib/os-release": "NAME=x\n", "etc/os-release -> ../usr/lib/os-release": "",
				"etc/abs -> /usr/lib/os-release": "", "bin -> usr/bin": "", "up -> ../../../etc": "",
				"empty": "", "emptydir/": "", "usr/tmp/ mode=0777": "",
			})
			fsys, err := repo.FS(t.Context(), commit)
			require.NoError(t, err)
			require.NoError(t, fstest.TestFS(fsys, "usr/bin/sh", "usr/lib/os-release", "etc/os-release", "empty", "emptydir"))

			for _, name := range []string{"etc/os-release", "etc/abs", "up/os-release"} {
				data, err := fs.ReadFile(fsys, name)
				require.NoError(t, err, name)
				require.Equal(t, "NAME=x\n", string(data))
			}
			info, err := fsys.Stat("bin/sh")
			require.NoError(t, err)
			require.Equal(t, "sh", info.Name())
			require.Equal(t, fs.FileMode(0o755), info.Mode())
			require.IsType(t, &ostree.FileHeader{}, info.Sys())
			info, err = fsys.Lstat("bin")
			require.NoError(t, err)
			require.Equal(t, fs.ModeSymlink|0o777, info.Mode())
			target, err := fsys.ReadLink("bin")
			require.NoError(t, err)
			require.Equal(t, "usr/bin", target)
		})
	}
}

func TestFSErrors(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"d/f": "1", "loop -> loop": "", "dangling -> nowhere": ""})
	fsys, err := repo.FS(t.Context(), commit)
	require.NoError(t, err)
	for name, want := range map[string]error{
		"none": fs.ErrNotExist, "d/none": fs.ErrNotExist, "dangling": fs.ErrNotExist, "../x": fs.ErrInvalid, "/d": fs.ErrInvalid, "": fs.ErrInvalid,
	} {
		_, err := fsys.Open(name)
		require.ErrorIs(t, err, want, name)
		var pe *fs.PathError
		require.ErrorAs(t, err, &pe, name)
	}
	_, err = fsys.Open("loop")
	require.ErrorContains(t, err, "too many levels of symbolic links")
	_, err = fsys.Open("d/f/x")
	require.ErrorContains(t, err, "not a directory")
	_, err = fsys.ReadLink("d/f")
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = fsys.ReadDir("d/f")
	require.ErrorContains(t, err, "not a directory")
}

// A payload that is longer or shorter than its header says must not pass for the file.
func TestFSChecksSize(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUserOnly)
	commit := ostreetest.Write(t, repo, "x", map[string]string{"f": "content"})
	fsys, err := repo.FS(t.Context(), commit)
	require.NoError(t, err)
	f, err := fsys.Open("f")
	require.NoError(t, err)
	defer f.Close()
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		if n.Type == ostree.TypeFile {
			require.NoError(t, os.Truncate(repo.Path()+"/objects/"+n.LoosePath(repo.Mode()), 3))
		}
	}
	_, err = fs.ReadFile(onlyOpen{f}, "f")
	var ce *ostree.CorruptError
	require.ErrorAs(t, err, &ce)
}

// onlyOpen is a file system of one open file.
type onlyOpen struct{ f fs.File }

func (o onlyOpen) Open(string) (fs.File, error) { return o.f, nil }
