package composefs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
	"example.com/rpmostree/ostree/ostreetest"
)

// TestVerity compares with the command of fsverity-utils, at the edges of blocks
// and of levels of the hash tree.
func TestVerity(t *testing.T) {
	testenv.NeedTool(t, "fsverity")
	data := make([]byte, 128*128*4096+1)
	_, err := rand.NewChaCha8([32]byte{1}).Read(data)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "f")
	for _, n := range []int{0, 1, 4095, 4096, 4097, 8192, 128 * 4096, 128*4096 + 1, 129 * 4096, 128 * 128 * 4096, len(data)} {
		require.NoError(t, os.WriteFile(file, data[:n], 0o600))
		want, _, _ := strings.Cut(testenv.Run(t, "", "fsverity", "digest", "--compact", file), "\n")
		for _, step := range []int{n + 1, 5000} {
			var v composefs.Verity
			for r := bytes.NewReader(data[:n]); r.Len() > 0; {
				_, err := io.CopyN(&v, r, int64(min(step, r.Len())))
				require.NoError(t, err)
			}
			require.Equal(t, want, v.Digest().String(), "%d bytes in steps of %d", n, step)
		}
	}
}

// tree is a commit with everything an image can have in different forms.
func tree() map[string]string {
	files := map[string]string{
		"usr/bin/sh":                        "#!",
		"usr/bin/empty":                     "",
		"usr/lib/big":                       strings.Repeat("0123456789abcdef", 100_000),
		"usr/lib/link -> ":                  "",
		"usr/lib/.hidden":                   "h",
		"usr/lib/-first":                    "f",
		"etc/ mode=0700":                    "",
		"usr/su mode=04755 uid=70000 gid=7": "s",
	}
	delete(files, "usr/lib/link -> ")
	files["usr/lib/link -> ../bin/sh"] = ""
	files["usr/lib/long -> "+strings.Repeat("a/", 1900)+"b"] = ""
	files["usr/lib/longest -> "+strings.Repeat("a/", 2040)+"b"] = ""
	for i := range 700 {
		files[fmt.Sprintf("usr/many/%s%d", strings.Repeat("n", i%40), i)] = fmt.Sprint(i)
	}
	return files
}

func TestImageIsStable(t *testing.T) {
	ctx := t.Context()
	var digests []composefs.Digest
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser} {
		repo := ostreetest.NewRepo(t, mode)
		commit := ostreetest.Write(t, repo, "x", tree())
		var first bytes.Buffer
		d, err := composefs.WriteImage(ctx, &first, repo, commit, nil)
		require.NoError(t, err)
		digests = append(digests, d)
		var v composefs.Verity
		_, err = v.Write(first.Bytes())
		require.NoError(t, err)
		require.Equal(t, d, v.Digest())
		for _, workers := range []int{1, 4} {
			var again bytes.Buffer
			_, err = composefs.WriteImage(ctx, &again, repo, commit, &composefs.Options{Workers: workers})
			require.NoError(t, err)
			require.True(t, bytes.Equal(first.Bytes(), again.Bytes()))
		}
		c, err := repo.LoadCommit(ctx, commit)
		require.NoError(t, err)
		same, err := composefs.DigestOf(ctx, repo, c.Root())
		require.NoError(t, err)
		require.Equal(t, d, same)
		other, err := composefs.WriteImage(ctx, io.Discard, repo, commit, &composefs.Options{NoVerity: true})
		require.NoError(t, err)
		require.NotEqual(t, d, other)
	}
	require.Equal(t, digests[0], digests[1], "the mode of the repository does not matter")
}

func TestImageErrors(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	_, err := composefs.WriteImage(t.Context(), io.Discard, repo, ostree.Checksum{1}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)

	commit := ostreetest.Write(t, repo, "x", map[string]string{"a": "content"})
	boom := errors.New("disk full")
	_, err = composefs.WriteImage(t.Context(), failing{boom}, repo, commit, nil)
	require.ErrorIs(t, err, boom)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = composefs.WriteImage(canceled, io.Discard, repo, commit, nil)
	require.ErrorIs(t, err, context.Canceled)

	for name, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		if name.Type == ostree.TypeFile {
			require.NoError(t, os.Remove(filepath.Join(repo.Path(), "objects", name.LoosePath(repo.Mode()))))
			_, err := composefs.WriteImage(t.Context(), io.Discard, repo, commit, nil)
			require.ErrorIs(t, err, os.ErrNotExist)
			require.ErrorContains(t, err, name.Checksum.String())
		}
	}
}

// TestImageRefuses has a legal object that no image can show.
func TestImageRefuses(t *testing.T) {
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o40755}).Encode())
	require.NoError(t, err)
	long, err := tx.WriteFile(ctx, &ostree.FileHeader{Mode: 0o100644, Xattrs: ostree.Xattrs{{Name: "user." + strings.Repeat("n", 256), Value: []byte("v")}}}, 0, strings.NewReader(""))
	require.NoError(t, err)
	attr, err := tx.WriteMetadata(ctx, ostree.TypeDirTree, (&ostree.DirTree{Files: []ostree.FileEntry{{Name: "f", Checksum: long}}}).Encode())
	require.NoError(t, err)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	_, err = composefs.DigestOf(ctx, repo, ostree.Tree{Tree: attr, Meta: meta})
	require.ErrorContains(t, err, "f: extended attribute")
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
