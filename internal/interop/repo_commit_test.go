package interop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// repoStamp is the time of all commits that both commands make.
const repoStamp = "2020-01-02T03:04:05Z"

var repoModes = []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser, ostree.ModeBareUserOnly, ostree.ModeArchive}

// repoTree makes a directory with everything that a commit can contain.
// Ownership is only varied as root, set-id bits only where the mode takes them.
func repoTree(t testing.TB, dir string) {
	t.Helper()
	write := func(name string, mode os.FileMode, body string) {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(body), 0o644))
		require.NoError(t, os.Chmod(p, mode))
	}
	write("empty", 0o644, "")
	write("usr/bin/exe", 0o755, "#!/bin/sh\necho hi\n")
	write("usr/bin/suid", 0o755|os.ModeSetuid|os.ModeSetgid, "suid")
	shadow := os.FileMode(0)
	if os.Geteuid() != 0 {
		shadow = 0o400
	}
	write("usr/etc/shadow", shadow, "secret\n")
	write("usr/share/naïve", 0o664, "not ASCII\n")
	write("usr/share/big", 0o644, strings.Repeat("0123456789abcdef", 200_000))
	write("usr/share/attrs", 0o600, "attributes\n")
	write(".dot", 0o640, "dot\n")
	for i := range 300 {
		write(fmt.Sprintf("usr/share/many/%03d", i), 0o644, fmt.Sprintf("file %d\n", i))
	}
	require.NoError(t, os.Link(filepath.Join(dir, "usr/bin/exe"), filepath.Join(dir, "usr/bin/hardlink")))
	require.NoError(t, os.Symlink("exe", filepath.Join(dir, "usr/bin/link")))
	require.NoError(t, os.Symlink("/nonexistent/"+strings.Repeat("long/", 100), filepath.Join(dir, "dangling")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "emptydir"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(dir, "emptydir"), 0o777|os.ModeSticky))
	attrs := filepath.Join(dir, "usr/share/attrs")
	for name, value := range map[string]string{"user.zeta": "1", "user.alpha": "two", "user.empty": "", "user.long": strings.Repeat("v", 300)} {
		require.NoError(t, unix.Setxattr(attrs, name, []byte(value), 0))
	}
	require.NoError(t, unix.Setxattr(filepath.Join(dir, "usr/share"), "user.dir", []byte("D"), 0))
	if os.Geteuid() == 0 {
		require.NoError(t, os.Lchown(filepath.Join(dir, "usr/share/attrs"), 1000, 100))
		require.NoError(t, os.Lchown(filepath.Join(dir, "emptydir"), 5, 7))
		require.NoError(t, os.Lchown(filepath.Join(dir, "dangling"), 5, 7))
	}
}

func TestRepoCommitSameChecksum(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedUserXattrs(t, t.TempDir())
	zero := uint32(0)
	for _, mode := range repoModes {
		for _, tc := range []struct {
			name string
			args []string
			o    *ostree.ImportOptions
		}{
			{"plain", nil, nil},
			{"owner", []string{"--owner-uid=0", "--owner-gid=0"}, &ostree.ImportOptions{OwnerUID: &zero, OwnerGID: &zero}},
			{"no xattrs", []string{"--no-xattrs"}, &ostree.ImportOptions{NoXattrs: true}},
			{"canonical", []string{"--canonical-permissions"}, &ostree.ImportOptions{CanonicalPermissions: true}},
		} {
			t.Run(mode.String()+"/"+tc.name, func(t *testing.T) {
				if mode == ostree.ModeBare {
					testenv.NeedRoot(t)
				}
				dir := t.TempDir()
				src, ours, theirs := filepath.Join(dir, "src"), filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
				repoTree(t, src)
				repo, err := ostree.Init(context.Background(), ours, &ostree.InitOptions{Mode: mode})
				require.NoError(t, err)
				defer repo.Close()
				got := importTree(t, repo, src, "test/ref", tc.o)
				testenv.Run(t, "", "ostree", "--repo="+theirs, "init", "--mode="+mode.String())
				want := realCommit(t, theirs, src, "test/ref", tc.args...)
				require.Equal(t, want, got.String())

				testenv.Run(t, "", "ostree", "--repo="+ours, "fsck")
				require.Equal(t, storedObjects(t, theirs), storedObjects(t, ours), "stored objects")
			})
		}
	}
}

// storedObjects describes the files below objects/: name, type, mode, owner, time
// and, unless compressed, size and attributes.
func storedObjects(t testing.TB, repo string) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := filepath.Join(repo, "objects")
	require.NoError(t, filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		var st syscall.Stat_t
		if err := syscall.Lstat(p, &st); err != nil {
			return err
		}
		line := fmt.Sprintf("mode=%o owner=%d:%d", st.Mode, st.Uid, st.Gid)
		if !strings.HasSuffix(p, ".filez") {
			line += fmt.Sprintf(" size=%d", st.Size)
		}
		if strings.HasSuffix(p, ".file") && d.Type().IsRegular() {
			buf := make([]byte, 4096)
			n, err := unix.Llistxattr(p, buf)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" mtime=%d xattrs=%q", st.Mtim.Sec, buf[:n])
			if n, err := unix.Lgetxattr(p, "user.ostreemeta", buf); err == nil {
				line += fmt.Sprintf(" meta=%x", buf[:n])
			}
		}
		out[strings.TrimPrefix(p, root)] = line
		return nil
	}))
	return out
}

// TestRepoReadsTheirs reads a repository made by the real command object for
// object, in each mode.
func TestRepoReadsTheirs(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	testenv.NeedUserXattrs(t, t.TempDir())
	ctx := context.Background()
	for _, mode := range repoModes {
		t.Run(mode.String(), func(t *testing.T) {
			if mode == ostree.ModeBare {
				testenv.NeedRoot(t)
			}
			dir := t.TempDir()
			src, path := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
			repoTree(t, src)
			testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode="+mode.String())
			want := realCommit(t, path, src, "test/ref")
			repo, err := ostree.Open(ctx, path, nil)
			require.NoError(t, err)
			defer repo.Close()
			require.Equal(t, mode, repo.Mode())
			c, err := repo.ResolveRev(ctx, "test/ref")
			require.NoError(t, err)
			require.Equal(t, want, c.String())
			count := map[ostree.ObjectType]int{}
			for n, err := range repo.Objects(ctx) {
				require.NoError(t, err)
				count[n.Type]++
				require.NoError(t, rehash(ctx, repo, n), n)
			}
			require.Equal(t, 1, count[ostree.TypeCommit])
			require.Greater(t, count[ostree.TypeFile], 300)
			require.Greater(t, count[ostree.TypeDirTree], 5)
		})
	}
}

// rehash computes the name of an object from what our package reads.
func rehash(ctx context.Context, repo *ostree.Repo, n ostree.ObjectName) error {
	var got ostree.Checksum
	switch n.Type {
	case ostree.TypeFile:
		f, err := repo.LoadFile(ctx, n.Checksum)
		if err != nil {
			return err
		}
		defer f.Close()
		size := int64(0)
		if f.Reader == nil {
			got, _, err = ostree.ContentChecksum(&f.Header, nil)
		} else {
			got, size, err = ostree.ContentChecksum(&f.Header, f.Reader)
		}
		if err != nil {
			return err
		}
		if size != f.Size {
			return fmt.Errorf("read %d bytes, size is %d", size, f.Size)
		}
	case ostree.TypeDirTree:
		d, err := repo.LoadDirTree(ctx, n.Checksum)
		if err != nil {
			return err
		}
		got = d.Checksum()
	case ostree.TypeDirMeta:
		d, err := repo.LoadDirMeta(ctx, n.Checksum)
		if err != nil {
			return err
		}
		got = d.Checksum()
	default:
		return nil
	}
	if got != n.Checksum {
		return fmt.Errorf("checksum of what was read is %s", got)
	}
	return nil
}

// TestRepoImportBetweenModes moves a commit of the real command through all
// pairs of modes with ImportObject; the real fsck must accept each result.
func TestRepoImportBetweenModes(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedUserXattrs(t, t.TempDir())
	ctx := context.Background()
	modes := repoModes
	if os.Geteuid() != 0 {
		modes = modes[1:] // bare needs root
	}
	for _, from := range modes {
		dir := t.TempDir()
		src, path := filepath.Join(dir, "src"), filepath.Join(dir, "from")
		repoTree(t, src)
		testenv.Run(t, "", "ostree", "--repo="+path, "init", "--mode="+from.String())
		realCommit(t, path, src, "test/ref", "--canonical-permissions")
		repo, err := ostree.Open(ctx, path, nil)
		require.NoError(t, err)
		defer repo.Close()
		commit, err := repo.ResolveRev(ctx, "test/ref")
		require.NoError(t, err)
		for _, to := range modes {
			for _, untrusted := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s to %s untrusted=%v", from, to, untrusted), func(t *testing.T) {
					path := filepath.Join(t.TempDir(), "to")
					dst, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: to})
					require.NoError(t, err)
					defer dst.Close()
					tx, err := dst.Begin(ctx, nil)
					require.NoError(t, err)
					defer tx.Abort()
					links := 0
					for n, err := range repo.Objects(ctx) {
						require.NoError(t, err)
						linked, err := tx.ImportObject(ctx, repo, n, &ostree.ImportObjectOptions{Untrusted: untrusted})
						require.NoError(t, err)
						if linked && n.Type == ostree.TypeFile {
							links++
						}
					}
					tx.SetRef("test/ref", commit)
					_, err = tx.Commit(ctx)
					require.NoError(t, err)
					testenv.Run(t, "", "ostree", "--repo="+path, "fsck")
					if from == to {
						require.Greater(t, links, 300, "hardlinked files, untrusted ones once verified")
					}
				})
			}
		}
	}
}

func TestRepoRefsAndRemotesSeenByRealCommand(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ctx := context.Background()
	dir := t.TempDir()
	src, path := filepath.Join(dir, "src"), filepath.Join(dir, "repo")
	require.NoError(t, os.Mkdir(src, 0o755))
	repo, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	defer repo.Close()
	c := importTree(t, repo, src, "a/b", nil)
	require.NoError(t, repo.SetRef(ctx, "origin:x/y", c))
	require.NoError(t, repo.SetAlias(ctx, "a/alias", "a/b"))
	got := strings.Fields(testenv.Run(t, "", "ostree", "--repo="+path, "refs"))
	require.ElementsMatch(t, []string{"a/b", "a/alias", "origin:x/y"}, got)
	require.Equal(t, "a/alias -> a/b", strings.TrimSpace(testenv.Run(t, "", "ostree", "--repo="+path, "refs", "-A")))
	require.Equal(t, c.String(), strings.TrimSpace(testenv.Run(t, "", "ostree", "--repo="+path, "rev-parse", "a/alias")))

	testenv.Run(t, "", "ostree", "--repo="+path, "refs", "a/b", "--create=other")
	testenv.Run(t, "", "ostree", "--repo="+path, "refs", "a/b", "--create=third", "-A")
	refs, err := repo.Refs(ctx, &ostree.RefsOptions{Remotes: true})
	require.NoError(t, err)
	want := []ostree.Ref{
		{Name: "a/alias", Checksum: c, Alias: "a/b"},
		{Name: "a/b", Checksum: c},
		{Name: "other", Checksum: c},
		{Name: "third", Checksum: c, Alias: "a/b"},
		{Remote: "origin", Name: "x/y", Checksum: c},
	}
	if d := cmp.Diff(want, refs); d != "" {
		t.Errorf("refs (-want +got):\n%s", d)
	}

	rem := ostree.Remote{Name: "origin", URL: "http://example.com/repo", Branches: []string{"a/b", "c"}, Options: map[string]string{"gpg-verify": "false"}}
	require.NoError(t, repo.AddRemote(ctx, rem, nil))
	require.Equal(t, "origin  http://example.com/repo", strings.TrimSpace(testenv.Run(t, "", "ostree", "--repo="+path, "remote", "list", "-u")))
	theirs := filepath.Join(dir, "theirs")
	testenv.Run(t, "", "ostree", "--repo="+theirs, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+theirs, "remote", "add", "--no-gpg-verify", "origin", "http://example.com/repo", "a/b", "c")
	read := func(p string) string {
		data, err := os.ReadFile(filepath.Join(p, "config"))
		require.NoError(t, err)
		return string(data)
	}
	require.Equal(t, read(theirs), read(path), "config")
}
