package ostree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// chain makes n commits, the oldest first.
func chain(t *testing.T, r *Repo, n int) []Checksum {
	t.Helper()
	root := mustCommit(t, r, "main", newFiles)
	first, err := r.LoadCommit(t.Context(), root)
	require.NoError(t, err)
	out := []Checksum{root}
	tx := begin(t, r)
	for range n - 1 {
		c, err := tx.WriteCommit(t.Context(), &Commit{Parent: out[len(out)-1], RootTree: first.RootTree, RootMeta: first.RootMeta})
		require.NoError(t, err)
		out = append(out, c)
	}
	tx.SetRef("main", out[len(out)-1])
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return out
}

func TestHistory(t *testing.T) {
	r := newRepo(t, ModeArchive)
	commits := chain(t, r, 4)
	collect := func(from Checksum) (out []Checksum, err error) {
		for c, err := range r.History(t.Context(), from) {
			if err != nil {
				require.Nil(t, c.Commit)
				return append(out, c.Checksum), err
			}
			out = append(out, c.Checksum)
		}
		return out, nil
	}
	got, err := collect(commits[3])
	require.NoError(t, err)
	require.Equal(t, []Checksum{commits[3], commits[2], commits[1], commits[0]}, got)
	for c, err := range r.History(t.Context(), commits[3]) {
		require.NoError(t, err)
		require.Equal(t, commits[2], c.Parent)
		break
	}

	require.NoError(t, r.Delete(t.Context(), ObjectName{commits[1], TypeCommit}))
	got, err = collect(commits[3])
	require.Equal(t, []Checksum{commits[3], commits[2], commits[1]}, got, "the last one is missing")
	require.ErrorIs(t, err, fs.ErrNotExist)
	var missing *MissingError
	require.True(t, errors.As(err, &missing))
	require.Equal(t, ObjectName{commits[1], TypeCommit}, missing.Object)

	got, err = collect(Checksum{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, []Checksum{{}}, got)
}

func TestKernelVersion(t *testing.T) {
	r := newRepo(t, ModeArchive)
	for name, tc := range map[string]struct {
		files []string
		want  string
		err   string
	}{
		"one":       {[]string{"usr/lib/modules/6.1/vmlinuz", "usr/lib/modules/6.0/modules.dep"}, "6.1", ""},
		"two":       {[]string{"usr/lib/modules/6.1/vmlinuz", "usr/lib/modules/6.0/vmlinuz"}, "", "several in /usr/lib/modules: 6.0, 6.1; a tree can have only one"},
		"directory": {[]string{"usr/lib/modules/6.1/vmlinuz/x"}, "", "look up /usr/lib/modules/VERSION/vmlinuz"},
		"none":      {[]string{"usr/bin/sh"}, "", "look up /usr/lib: file does not exist"},
		"a file":    {[]string{"usr/lib/modules"}, "", "look up /usr/lib/modules: file"},
		"empty":     {nil, "", "look up /usr: file does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			tx, m := begin(t, r), NewMutableTree()
			meta, err := tx.WriteMetadata(t.Context(), TypeDirMeta, (&DirMeta{Mode: 0o40755}).Encode())
			require.NoError(t, err)
			m.SetMeta(meta)
			file, err := tx.WriteFile(t.Context(), ownHeader(r.Mode()), 1, strings.NewReader("x"))
			require.NoError(t, err)
			for _, f := range tc.files {
				_, err := m.EnsureDir(t.Context(), path.Dir(f), meta)
				require.NoError(t, err)
				require.NoError(t, m.SetFile(t.Context(), f, file))
			}
			tree, root, err := tx.WriteTree(t.Context(), m)
			require.NoError(t, err)
			got, err := tx.KernelVersion(t.Context(), Tree{tree, root})
			if tc.err != "" {
				require.ErrorContains(t, err, "find kernel: "+tc.err)
				require.Equal(t, name != "two", errors.Is(err, fs.ErrNotExist))
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
}

// TestChecksumFile compares with what `ostree checksum` prints.
func TestChecksumFile(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	dir := hardlinks(t)
	t.Chdir(dir)
	require.NoError(t, os.Mkdir("dir", 0o710))
	testenv.Run(t, dir, "setfattr", "-n", "user.ostreemeta", "-v", "x", "file")
	testenv.Run(t, dir, "setfattr", "-n", "user.d", "-v", "x", "dir")
	want, got := map[string]string{}, map[string]string{}
	for name, typ := range map[string]ObjectType{"file": TypeFile, "empty": TypeFile, "link": TypeFile, "dir": TypeDirMeta, "/": TypeDirMeta, ".": TypeDirMeta} {
		for _, flag := range []string{"", "--ignore-xattrs"} {
			args := []string{"ostree", "checksum", name}
			if flag != "" {
				args = append(args, flag)
			}
			want[name+flag] = testenv.Run(t, dir, args...)
			n, err := ChecksumFile(t.Context(), name, &ChecksumOptions{NoXattrs: flag != ""})
			require.NoError(t, err)
			require.Equal(t, typ, n.Type)
			got[name+flag] = n.Checksum.String() + "\n"
		}
	}
	require.Empty(t, cmp.Diff(want, got))
	require.NotEqual(t, want["file"], want["file--ignore-xattrs"])
	_, err := ChecksumFile(t.Context(), "missing", nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = ChecksumFile(t.Context(), "/dev/null", nil)
	require.ErrorContains(t, err, "checksum /dev/null: only directories, regular files and symbolic links can be stored, not type 020000")
}
