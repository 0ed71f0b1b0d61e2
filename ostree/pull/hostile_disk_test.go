package pull_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

// secret is what a repository that somebody else made must not lead to.
const secret = "the content of a file outside, long enough to be found again"

// outside is a directory beside the repository with files that nobody means.
type outside struct {
	dir    string
	before map[string]string
}

func newOutside(t *testing.T, dir string) *outside {
	t.Helper()
	o := &outside{dir: filepath.Join(dir, "outside")}
	require.NoError(t, os.MkdirAll(filepath.Join(o.dir, "dir/heads"), 0o755))
	for _, name := range []string{"passwd", "dir/file", "dir/heads/main"} {
		require.NoError(t, os.WriteFile(filepath.Join(o.dir, name), []byte(secret), 0o640))
	}
	require.NoError(t, unix.Mkfifo(o.dir+".fifo", 0o600))
	o.before = o.look(t)
	return o
}

// look describes everything but the number of links, and access times.
func (o *outside) look(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(o.dir, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &st)
		}
		if err != nil {
			return err
		}
		data, _ := os.ReadFile(path)
		names := make([]byte, 1<<10)
		n, _ := unix.Llistxattr(path, names)
		out[path] = fmt.Sprintf("%o %d %d %v %s %s", st.Mode, st.Uid, st.Gid, st.Mtim, names[:max(n, 0)], data)
		return nil
	}))
	return out
}

// planting puts something in the place of a file or directory of the repository.
type planting struct {
	name  string
	plant func(o *outside, path string) error
}

// The most telling ones come first: those are tried everywhere.
func plantings() []planting {
	node := func(mode uint32, dev uint64) func(*outside, string) error {
		return func(_ *outside, path string) error { return unix.Mknod(path, mode, int(dev)) }
	}
	link := func(target string) func(*outside, string) error {
		return func(o *outside, path string) error {
			return os.Symlink(strings.ReplaceAll(target, "OUTSIDE", o.dir), path)
		}
	}
	return []planting{
		{"fifo", node(unix.S_IFIFO|0o666, 0)},
		{"endless device", node(unix.S_IFCHR|0o666, unix.Mkdev(1, 5))}, // /dev/zero
		{"sparse", func(_ *outside, path string) error {
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				return err
			}
			return os.Truncate(path, 1<<40)
		}},
		{"symlink to a file", link("OUTSIDE/passwd")},
		{"directory", func(_ *outside, path string) error { return os.MkdirAll(filepath.Join(path, "f"), 0o755) }},
		{"symlink to a directory", link("OUTSIDE/dir")},
		{"socket", node(unix.S_IFSOCK|0o666, 0)},
		{"symlink to a fifo", link("OUTSIDE.fifo")},
		{"symlink to itself", link("self")},
		{"relative symlink", link("../../../../outside/passwd")},
		{"hardlink", func(o *outside, path string) error { return os.Link(filepath.Join(o.dir, "passwd"), path) }},
	}
}

// diskVictims are the paths of a repository with two commits and a delta that may be anything.
func diskVictims(t *testing.T, r *ostree.Repo, commit ostree.Checksum, staging string) map[string]string {
	t.Helper()
	c, err := r.LoadCommit(t.Context(), commit)
	require.NoError(t, err)
	loose := func(sum ostree.Checksum, typ ostree.ObjectType) string {
		return "objects/" + ostree.ObjectName{Checksum: sum, Type: typ}.LoosePath(r.Mode())
	}
	file := strings.TrimSuffix(fileObject(t, r, commit, "usr/lib/a/deep"), "z")
	if r.Mode() == ostree.ModeArchive {
		file += "z"
	}
	name := delta.Name{To: commit}
	return map[string]string{
		"file": file, "dirtree": loose(c.RootTree, ostree.TypeDirTree), "dirmeta": loose(c.RootMeta, ostree.TypeDirMeta),
		"commit": loose(commit, ostree.TypeCommit), "commitmeta": loose(commit, ostree.TypeCommitMeta),
		"tombstone": loose(c.Parent, ostree.TypeTombstone), "fan-out": filepath.Dir(file),
		"state": "state/" + commit.String() + ".commitpartial", "states": "state",
		"ref": "refs/heads/main", "refs": "refs/heads", "remotes": "refs/remotes/origin",
		"config": "config", "summary": "summary", "signature": "summary.sig", "lock": ".lock", "keyring": "origin.trustedkeys.gpg",
		"tmp": "tmp", "cache": "tmp/cache/summaries", "staging": staging, "staging lock": staging + "-lock",
		"superblock": name.Dir() + "/superblock", "part": name.Dir() + "/0", "deltas": "deltas", "index": delta.IndexPath(commit),
	}
}

// TestHostileRepositoryOnDisk: a repository on a stick or a share may have anything in the place of its files. What we do with
// it may fail, but it ends, stays inside, and takes no memory by the numbers it finds.
func TestHostileRepositoryOnDisk(t *testing.T) {
	testenv.NeedRoot(t) // device nodes
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	require.NoError(t, err)
	staging := "tmp/staging-" + strings.TrimSpace(string(boot)) + "-x"
	for _, mode := range []ostree.Mode{ostree.ModeArchive, ostree.ModeBareUser, ostree.ModeBare} {
		good, commit := diskRepo(t, mode)
		for victim, path := range diskVictims(t, good, commit, staging) {
			isObject := strings.HasPrefix(path, "objects/")
			for i, p := range plantings() {
				switch {
				case p.name == "sparse" && victim == "file" && mode != ostree.ModeArchive:
					continue // it has a terabyte to be read: see TestSparseObjectCanBeLeft
				case !isObject && (i > 3 || mode != ostree.ModeArchive), // other files are the same in all modes
					mode != ostree.ModeArchive && victim != "file" && victim != "fan-out": // and so are other objects
					continue
				}
				t.Run(mode.String()+"/"+victim+"/"+p.name, func(t *testing.T) {
					dir := t.TempDir()
					testenv.Run(t, "", "cp", "-al", filepath.Dir(good.Path())+"/.", dir)
					o := newOutside(t, dir)
					require.NoError(t, os.RemoveAll(filepath.Join(dir, "repo", path)))
					require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, "repo", path)), 0o755))
					require.NoError(t, p.plant(o, filepath.Join(dir, "repo", path)))
					useHostile(t, dir, commit, p.name == "hardlink")
					require.Equal(t, o.before, o.look(t), "outside")
				})
			}
		}
		requireIntact(t, good) // the copies share its files: they were replaced, not written to
	}
}

// diskRepo has two commits of main, a delta with its index and a summary. Beside it are empty repositories.
func diskRepo(t *testing.T, mode ostree.Mode) (*ostree.Repo, ostree.Checksum) {
	t.Helper()
	r := newRepo(t, mode)
	c := r.Config()
	c.Set("core", "fsync", "false")
	c.Set("core", "tmp-expiry-secs", "0")
	c.Set(`remote "origin"`, "url", "http://localhost:1")
	require.NoError(t, r.WriteConfig(t.Context(), c))
	first := (&commitSpec{ref: "main", files: smallTree, detached: "sig"}).write(t, r)
	commit := (&commitSpec{ref: "main", files: smallTree, parent: first, time: 1, detached: "sig"}).write(t, r)
	require.NoError(t, r.SetRef(t.Context(), "origin:main", first))
	_, err := delta.Generate(t.Context(), r, delta.Name{To: commit}, nil)
	require.NoError(t, err)
	require.NoError(t, delta.Reindex(t.Context(), r))
	require.NoError(t, r.UpdateSummary(t.Context(), nil))
	for name, mode := range map[string]ostree.Mode{"trusted": mode, "untrusted": mode, "applied": ostree.ModeBareUser} {
		dst, err := ostree.Init(t.Context(), filepath.Join(filepath.Dir(r.Path()), name), &ostree.InitOptions{Mode: mode})
		require.NoError(t, err)
		require.NoError(t, dst.Close())
	}
	return r, commit
}

// useHostile does with dir/repo what one does with a repository, first without changing it.
func useHostile(t *testing.T, dir string, commit ostree.Checksum, hardlink bool) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var src *ostree.Repo
	within(t, "open", func() (err error) {
		src, err = ostree.Open(context.Background(), filepath.Join(dir, "repo"), nil)
		return err
	})
	if src == nil {
		return
	}
	defer src.Close()
	dsts := map[string]*ostree.Repo{}
	for _, step := range hostileUses(dir, src, commit, dsts) {
		within(t, step.name, step.do)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
	requireNothingFrom(t, filepath.Join(dir, "checkout"), hardlink)
	requireNothingFrom(t, filepath.Join(dir, "linked"), hardlink)
	requireNothingFrom(t, filepath.Join(dir, "trusted"), hardlink)
	requireNothingFrom(t, filepath.Join(dir, "untrusted"), false)
	if dst := dsts["untrusted"]; dst != nil {
		requireIntact(t, dst)
		require.NoError(t, dst.Close())
	}
	if dst := dsts["trusted"]; dst != nil {
		require.NoError(t, dst.Close())
	}
}

type hostileUse struct {
	name string
	do   func() error
}

func hostileUses(dir string, src *ostree.Repo, commit ostree.Checksum, dsts map[string]*ostree.Repo) []hostileUse {
	ctx := context.Background()
	pullTo := func(name string, o pull.Options) func() error {
		return func() error {
			dst, err := ostree.Open(ctx, filepath.Join(dir, name), nil)
			if err != nil {
				return err
			}
			dsts[name] = dst
			o.Refs, o.Remote = []string{"main", commit.String()}, "origin"
			_, err = pull.Pull(ctx, dst, pull.Local(src), &o)
			return err
		}
	}
	return []hostileUse{
		{"refs", func() error {
			_, err := src.Refs(ctx, &ostree.RefsOptions{Remotes: true, Mirrors: true})
			return err
		}},
		{"resolve", func() error { _, err := src.ResolveRev(ctx, "main"); return err }},
		{"keys", func() error { _, err := sign.RemoteKeyring(src, ostree.Remote{Name: "origin"}, nil); return err }},
		{"fsck", func() error { _, err := src.Fsck(ctx, &ostree.FsckOptions{KeepStates: true}); return err }},
		{"ls", func() error {
			fsys, err := src.FS(ctx, commit)
			if err != nil {
				return err
			}
			return fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					_, err = fs.ReadFile(fsys, path)
				}
				return err
			})
		}},
		{"export", func() error {
			c, err := src.LoadCommit(ctx, commit)
			if err != nil {
				return err
			}
			return src.ExportTar(ctx, c.Root(), io.Discard, nil)
		}},
		{"checkout", func() error {
			return src.Checkout(ctx, commit, filepath.Join(dir, "checkout"), &ostree.CheckoutOptions{UserMode: true, ForceCopy: true})
		}},
		{"checkout by links", func() error {
			return src.Checkout(ctx, commit, filepath.Join(dir, "linked"), &ostree.CheckoutOptions{UserMode: src.Mode() == ostree.ModeBareUser})
		}},
		{"pull untrusted", pullTo("untrusted", pull.Options{Untrusted: true, NoSync: true})},
		{"pull trusted", pullTo("trusted", pull.Options{NoSync: true})},
		{"get files", func() (err error) {
			for _, path := range []string{"summary", "summary.sig", "config", "refs/heads/main", "deltas"} {
				var r io.ReadCloser
				if r, _, err = pull.Local(src).Get(ctx, path); err == nil {
					_, err = io.Copy(io.Discard, io.LimitReader(r, 1<<20))
					r.Close()
				}
			}
			return err
		}},
		{"inspect delta", func() error {
			d, err := delta.Open(src, delta.Name{To: commit})
			if err == nil {
				_, err = d.Inspect(ctx, src, 0)
			}
			return err
		}},
		{"apply delta", func() error {
			dst, err := ostree.Open(ctx, filepath.Join(dir, "applied"), nil)
			if err != nil {
				return err
			}
			defer dst.Close()
			d, err := delta.OpenPath(filepath.Join(src.Path(), delta.Name{To: commit}.Dir()))
			if err == nil {
				_, err = d.Apply(ctx, dst, &delta.ApplyOptions{NoSync: true})
			}
			return err
		}},
		{"summary", func() error { return src.UpdateSummary(ctx, nil) }},
		{"prune", func() error {
			_, err := src.Prune(ctx, &ostree.PruneOptions{RefsOnly: true, Depth: new(0)})
			return err
		}},
		{"fsck --delete", func() error {
			_, err := src.Fsck(ctx, &ostree.FsckOptions{Delete: true, AddTombstones: true})
			return err
		}},
		{"transaction", func() error {
			tx, err := src.Begin(ctx, nil)
			if err != nil {
				return err
			}
			defer tx.Abort()
			tx.SetRef("other", commit)
			_, err = tx.Commit(ctx)
			return err
		}},
		{"set state", func() error { return src.MarkPartial(ctx, commit, true) }},
		{"delete", func() error { return src.Delete(ctx, ostree.ObjectName{Checksum: commit, Type: ostree.TypeCommit}) }},
		{"prune all", func() error {
			_, err := src.Prune(ctx, &ostree.PruneOptions{RefsOnly: true, Depth: new(0)})
			return err
		}},
	}
}

// within fails if fn does not end: it waits for the other end of a fifo, or reads a device for ever.
func within(t *testing.T, what string, fn func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		if err != nil {
			require.NotEqual(t, secret, err.Error())
		}
	case <-time.After(30 * time.Second):
		stacks := make([]byte, 1<<20)
		t.Fatalf("%s does not end:\n%s", what, stacks[:runtime.Stack(stacks, true)])
	}
}

// requireNothingFrom looks for the secret, and for what is neither file, link nor directory.
func requireNothingFrom(t *testing.T, dir string, hardlink bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		require.Zero(t, d.Type()&^fs.ModeSymlink, "%s is a %s", path, d.Type())
		if d.Type().IsRegular() && !hardlink {
			f, err := os.Open(path)
			require.NoError(t, err)
			defer f.Close()
			data, err := io.ReadAll(io.LimitReader(f, 1<<20))
			require.NoError(t, err)
			require.False(t, bytes.Contains(data, []byte(secret)), path)
		}
		return nil
	})
	if err != nil {
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}

// TestSparseObjectCanBeLeft: an object that claims a terabyte takes as long to read as one that has it, but whoever
// waits for it can give up.
func TestSparseObjectCanBeLeft(t *testing.T) {
	r, commit := diskRepo(t, ostree.ModeBareUser)
	path := filepath.Join(r.Path(), strings.TrimSuffix(fileObject(t, r, commit, "usr/lib/a/deep"), "z"))
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, os.Truncate(path, 1<<40))
	dst := newRepo(t, ostree.ModeBareUser)
	for name, use := range map[string]func(context.Context) error{
		"fsck": func(ctx context.Context) error { _, err := r.Fsck(ctx, nil); return err },
		"checkout": func(ctx context.Context) error {
			return r.Checkout(ctx, commit, filepath.Join(t.TempDir(), "x"), &ostree.CheckoutOptions{UserMode: true, ForceCopy: true})
		},
		"pull": func(ctx context.Context) error {
			_, err := pull.Pull(ctx, dst, pull.Local(r), &pull.Options{Refs: []string{"main"}, Untrusted: true})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			within(t, name, func() error {
				err := use(ctx)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				return err
			})
		})
	}
}
