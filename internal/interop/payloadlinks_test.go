package interop

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// mountedFS makes and mounts a file system; ext4 has no reflinks.
func mountedFS(t *testing.T, kind string) string {
	t.Helper()
	testenv.NeedMounts(t)
	dir := t.TempDir()
	image, mnt := filepath.Join(dir, "image"), filepath.Join(dir, "mnt")
	require.NoError(t, os.WriteFile(image, nil, 0o600))
	require.NoError(t, os.Truncate(image, 400<<20))
	require.NoError(t, os.Mkdir(mnt, 0o755))
	args := []string{"mkfs." + kind, "-q", image}
	if kind == "xfs" {
		args = []string{"mkfs.xfs", "-q", "-m", "reflink=1", image}
	}
	testenv.NeedTool(t, args[0], "filefrag", "mount")
	testenv.Run(t, "", args...)
	mountAt(t, mnt, "-o", "loop", image)
	return mnt
}

// payloadTree has payloads that several files share: small and large ones, in memory and streamed when imported.
func payloadTree(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	big, small := strings.Repeat("big payload ", 200_000), strings.Repeat("small ", 2000)
	for name, body := range map[string]string{
		"big1": big, "big2": big, "small1": small, "small2": small, "below": strings.Repeat("b", 999), "at": strings.Repeat("a", 1000), "empty": "",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644))
	}
	for _, name := range []string{"big2", "small2"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, name), 0o600))
	}
	require.NoError(t, os.Symlink(strings.Repeat("target/", 144), filepath.Join(dir, "link")))
}

func initLinking(t *testing.T, path string, mode ostree.Mode) *ostree.Repo {
	t.Helper()
	testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode="+mode.String())
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.payload-link-threshold", "1000")
	testenv.Run(t, "", "ostree", "--repo="+path, "config", "set", "core.min-free-space-percent", "0")
	return openRepo(t, path)
}

// payloadLinks returns the payload links of a repository, each of which must name an object with that payload.
func payloadLinks(t *testing.T, repo string) (links []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(repo, "objects/??/*.payload-link"))
	require.NoError(t, err)
	for _, p := range found {
		target, err := os.Readlink(p)
		require.NoError(t, err)
		require.Regexp(t, `^\.\./[0-9a-f]{2}/[0-9a-f]{62}\.file$`, target)
		data, err := os.ReadFile(p)
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		name := hex.EncodeToString(sum[:])
		require.Equal(t, name[:2]+"/"+name[2:]+".payload-link", strings.TrimPrefix(p, repo+"/objects/"))
		links = append(links, name)
	}
	return links
}

// sharing tells which file objects share their data with others, by size, as the file system sees it. Files smaller than
// a block have no extent on some file systems.
func sharing(t *testing.T, repo string) map[int64]int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repo, "objects/??/*.file"))
	require.NoError(t, err)
	testenv.Run(t, "", "sync", "-f", repo)
	out := map[int64]int{}
	for _, p := range files {
		st, err := os.Lstat(p)
		require.NoError(t, err)
		if st.Mode().IsRegular() && st.Size() >= 4096 && strings.Contains(testenv.Run(t, "", "filefrag", "-v", p), "shared") {
			out[st.Size()]++
		}
	}
	return out
}

// TestPayloadLinks commits the same tree with both commands, twice with other owners, on file systems with reflinks.
func TestPayloadLinks(t *testing.T) {
	testenv.NeedTool(t, "ostree", "mkfs.xfs", "mkfs.btrfs")
	for _, kind := range []string{"xfs", "btrfs"} {
		mnt := mountedFS(t, kind)
		for _, mode := range []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser, ostree.ModeBareUserOnly} {
			t.Run(kind+"/"+mode.String(), func(t *testing.T) {
				testPayloadLinks(t, filepath.Join(mnt, mode.String()), mode)
			})
		}
	}
}

func testPayloadLinks(t *testing.T, dir string, mode ostree.Mode) {
	src := filepath.Join(dir, "src")
	payloadTree(t, src)
	theirs, ours := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours")
	_, repo := initLinking(t, theirs, mode), initLinking(t, ours, mode)
	uid := uint32(7)
	require.Equal(t, realCommit(t, theirs, src, "one"), importTree(t, repo, src, "one", nil).String())
	require.Equal(t, payloadLinks(t, theirs), payloadLinks(t, ours))
	require.Equal(t, realCommit(t, theirs, src, "two", "--owner-uid=7"), importTree(t, repo, src, "two", &ostree.ImportOptions{OwnerUID: &uid}).String())
	require.Equal(t, payloadLinks(t, theirs), payloadLinks(t, ours))
	require.Equal(t, sharing(t, theirs), sharing(t, ours))
	if mode == ostree.ModeBareUserOnly {
		require.Empty(t, payloadLinks(t, ours))
	} else {
		require.Len(t, payloadLinks(t, ours), 3)
		require.Len(t, sharing(t, ours), 2)
	}
	testenv.Run(t, "", "ostree", "--repo="+ours, "fsck")
	for _, p := range []string{ours, theirs} {
		report, err := openRepo(t, p).Fsck(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, report.Err())
	}

	// Each finds the links of the other.
	before := sharing(t, ours)
	testenv.Run(t, "", "ostree", "--repo="+ours, "commit", "-b", "three", "--owner-uid=8", src)
	uid = 8
	importTree(t, openRepo(t, theirs), src, "three", &ostree.ImportOptions{OwnerUID: &uid})
	require.Equal(t, sharing(t, theirs), sharing(t, ours))
	for size, n := range before {
		require.Greater(t, sharing(t, ours)[size], n, size)
	}

	// Pruning keeps links of what stays and drops the others, and counts the same.
	for _, step := range []string{"one", "three", "two"} {
		want := testenv.Run(t, "", "ostree", "--repo="+theirs, "refs", "--delete", step) + testenv.Run(t, "", "ostree", "--repo="+theirs, "prune", "--refs-only")
		r := openRepo(t, ours)
		require.NoError(t, r.DeleteRef(t.Context(), step))
		stats, err := r.Prune(t.Context(), &ostree.PruneOptions{RefsOnly: true})
		require.NoError(t, err)
		require.Contains(t, want, fmt.Sprintf("Total objects: %d\n", stats.Total))
		if stats.Pruned > 0 {
			require.Contains(t, want, fmt.Sprintf("Deleted %d objects", stats.Pruned))
		}
		require.Equal(t, payloadLinks(t, theirs), payloadLinks(t, ours))
	}
	require.Empty(t, objectList(t, openRepo(t, ours)))
}

// TestPayloadLinksOfImports brings objects in ways other than from a directory.
func TestPayloadLinksOfImports(t *testing.T) {
	testenv.NeedTool(t, "ostree", "mkfs.xfs", "tar")
	mnt := mountedFS(t, "xfs")
	src := filepath.Join(mnt, "src")
	payloadTree(t, src)
	plain, archive := filepath.Join(mnt, "plain"), filepath.Join(mnt, "archive")
	testenv.Run(t, "", "ostree", "--repo="+plain, "init", "--mode=bare-user")
	testenv.Run(t, "", "ostree", "--repo="+archive, "init", "--mode=archive")
	rev := realCommit(t, plain, src, "one")
	realCommit(t, archive, src, "one")
	ours := ourCommand(t)
	for _, tc := range []struct {
		name  string
		links int
		run   func(repo string)
	}{
		{"hardlinks", 3, func(repo string) { testenv.Run(t, "", ours, "--repo="+repo, "pull-local", plain, rev) }},
		{"archive", 3, func(repo string) { testenv.Run(t, "", ours, "--repo="+repo, "pull-local", "--untrusted", archive, rev) }},
		{"tar", 3, func(repo string) {
			tarball := filepath.Join(mnt, "tree.tar")
			testenv.Run(t, "", "tar", "-C", src, "-cf", tarball, ".")
			testenv.Run(t, "", ours, "--repo="+repo, "commit", "-b", "one", "--tree=tar="+tarball)
		}},
		{"consume", 3, func(repo string) {
			gone := filepath.Join(mnt, "gone")
			testenv.Run(t, "", "cp", "-a", src, gone)
			testenv.Run(t, "", ours, "--repo="+repo, "commit", "-b", "one", "--consume", gone)
		}},
		{"threshold off", 0, func(repo string) {
			testenv.Run(t, "", ours, "--repo="+repo, "config", "set", "core.payload-link-threshold", "--", "-1")
			testenv.Run(t, "", ours, "--repo="+repo, "commit", "-b", "one", src)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repo := filepath.Join(mnt, "to-"+strings.ReplaceAll(tc.name, " ", "-"))
			initLinking(t, repo, ostree.ModeBareUser)
			tc.run(repo)
			require.Len(t, payloadLinks(t, repo), tc.links)
			testenv.Run(t, "", "ostree", "--repo="+repo, "fsck")
		})
	}
}

// TestPayloadLinksWrong has links that do not lead to the payload: they count for nothing.
func TestPayloadLinksWrong(t *testing.T) {
	testenv.NeedTool(t, "ostree", "mkfs.xfs")
	mnt := mountedFS(t, "xfs")
	src := filepath.Join(mnt, "src")
	payloadTree(t, src)
	body, err := os.ReadFile(filepath.Join(src, "at"))
	require.NoError(t, err)
	sum := sha256.Sum256(body)
	name := hex.EncodeToString(sum[:])
	zeros := strings.Repeat("0", 62)
	for i, target := range []string{
		"../00/" + zeros + ".file", "../00/" + zeros + ".commit", "/etc/passwd", "../../../src/at", "x", "../", "../00/" + zeros + ".payload-link",
	} {
		t.Run(target, func(t *testing.T) {
			path := filepath.Join(mnt, fmt.Sprint("repo", i))
			repo := initLinking(t, path, ostree.ModeBareUser)
			sub := filepath.Join(path, "objects", name[:2])
			require.NoError(t, os.MkdirAll(sub, 0o755))
			require.NoError(t, os.MkdirAll(filepath.Join(path, "objects/00"), 0o755))
			require.NoError(t, os.Symlink(target, filepath.Join(sub, name[2:]+".payload-link")))
			// An object of another length than the payload.
			require.NoError(t, os.WriteFile(filepath.Join(path, "objects/00", zeros+".file"), []byte("other"), 0o644))
			importTree(t, repo, src, "one", nil)
			require.Len(t, payloadLinks(t, path), 3, "the link is replaced")
			report, err := repo.Fsck(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, report.Err())
		})
	}
}

// TestPayloadLinksNeedReflinks sets the threshold where it has no effect.
func TestPayloadLinksNeedReflinks(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	dir := mountedFS(t, "ext4")
	src := filepath.Join(dir, "src")
	payloadTree(t, src)
	for _, mode := range []ostree.Mode{ostree.ModeBareUser, ostree.ModeArchive} {
		path := filepath.Join(dir, mode.String())
		importTree(t, initLinking(t, path, mode), src, "one", nil)
		require.Empty(t, payloadLinks(t, path))
		testenv.Run(t, "", "ostree", "--repo="+path, "fsck")
	}
	bad := filepath.Join(dir, ostree.ModeBareUser.String())
	testenv.Run(t, "", "ostree", "--repo="+bad, "config", "set", "core.payload-link-threshold", "many")
	_, err := ostree.Open(t.Context(), bad, nil)
	require.ErrorContains(t, err, "core.payload-link-threshold")
}

// TestPayloadLinksStreamed imports a tar whose large file cannot be read twice.
func TestPayloadLinksStreamed(t *testing.T) {
	testenv.NeedTool(t, "ostree", "mkfs.btrfs")
	mnt := mountedFS(t, "btrfs")
	path := filepath.Join(mnt, "repo")
	repo := initLinking(t, path, ostree.ModeBareUser)
	body := strings.Repeat("streamed payload ", 150_000)
	for i := range 2 {
		pr, pw := io.Pipe()
		go func() {
			w := tar.NewWriter(pw)
			err := w.WriteHeader(&tar.Header{Name: "file", Mode: 0o600 + int64(i), Size: int64(len(body)), Typeflag: tar.TypeReg})
			if err == nil {
				_, err = io.WriteString(w, body)
			}
			if err == nil {
				err = w.Close()
			}
			pw.CloseWithError(err)
		}()
		tx, err := repo.Begin(t.Context(), nil)
		require.NoError(t, err)
		tree := ostree.NewMutableTree()
		require.NoError(t, tx.ImportTar(t.Context(), tree, pr, nil))
		require.NoError(t, pr.Close())
		_, err = tx.Commit(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, payloadLinks(t, path), 1)
	require.Equal(t, map[int64]int{int64(len(body)): 2}, sharing(t, path))
}
