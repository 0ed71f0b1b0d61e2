package ostree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/gvariant"
)

var writableModes = []Mode{ModeBare, ModeBareUser, ModeBareUserOnly, ModeArchive}

// newRepo makes a repository in a temporary directory. It keeps no free space, so
// that tests do not depend on the disk.
func newRepo(t testing.TB, mode Mode, settings ...string) *Repo {
	t.Helper()
	if mode == ModeBareUser {
		testenv.NeedUserXattrs(t, t.TempDir())
	}
	ctx := context.Background()
	r, err := Init(ctx, filepath.Join(t.TempDir(), "repo"), &InitOptions{Mode: mode})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	configure(t, r, append([]string{"core.min-free-space-percent=0"}, settings...)...)
	return r
}

func configure(t testing.TB, r *Repo, settings ...string) {
	t.Helper()
	c := r.Config()
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		group, key, _ := strings.Cut(key, ".")
		c.Set(group, key, value)
	}
	require.NoError(t, r.WriteConfig(context.Background(), c))
}

func begin(t testing.TB, r *Repo) *Tx {
	t.Helper()
	tx, err := r.Begin(context.Background(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { tx.Abort() })
	return tx
}

// ownHeader is a regular file that every mode can store without privilege.
func ownHeader(mode Mode) *FileHeader {
	h := &FileHeader{Mode: 0o100644}
	if mode == ModeBare {
		h.UID, h.GID = uint32(os.Geteuid()), uint32(os.Getegid())
	}
	return h
}

// commitFiles commits a directory with files name=content and sets ref.
func commitFiles(ctx context.Context, r *Repo, ref string, files map[string]string) (Checksum, error) {
	tx, err := r.Begin(ctx, nil)
	if err != nil {
		return Checksum{}, err
	}
	defer tx.Abort()
	tree := NewMutableTree()
	meta, err := tx.WriteMetadata(ctx, TypeDirMeta, (&DirMeta{Mode: 0o40755}).Encode())
	if err != nil {
		return Checksum{}, err
	}
	tree.SetMeta(meta)
	for name, content := range files {
		c, err := tx.WriteFile(ctx, ownHeader(r.Mode()), int64(len(content)), strings.NewReader(content))
		if err != nil {
			return Checksum{}, err
		}
		if err := tree.SetFile(ctx, name, c); err != nil {
			return Checksum{}, err
		}
	}
	root, meta, err := tx.WriteTree(ctx, tree)
	if err != nil {
		return Checksum{}, err
	}
	c, err := tx.WriteCommit(ctx, &Commit{Subject: ref, Timestamp: time.Unix(1577934245, 0), RootTree: root, RootMeta: meta})
	if err != nil {
		return Checksum{}, err
	}
	tx.SetRef(ref, c)
	_, err = tx.Commit(ctx)
	return c, err
}

func mustCommit(t testing.TB, r *Repo, ref string, files map[string]string) Checksum {
	t.Helper()
	c, err := commitFiles(context.Background(), r, ref, files)
	require.NoError(t, err)
	return c
}

func TestInitAllModes(t *testing.T) {
	ctx := context.Background()
	for _, mode := range append(writableModes, ModeBareSplitXattrs) {
		t.Run(mode.String(), func(t *testing.T) {
			if mode == ModeBareUser {
				testenv.NeedUserXattrs(t, t.TempDir())
			}
			path := filepath.Join(t.TempDir(), "a/b/repo")
			r, err := Init(ctx, path, &InitOptions{Mode: mode})
			require.NoError(t, err)
			defer r.Close()
			require.Equal(t, mode, r.Mode())
			require.Equal(t, mode != ModeBareSplitXattrs, r.Writable())
			config, err := os.ReadFile(filepath.Join(path, "config"))
			require.NoError(t, err)
			require.Equal(t, "[core]\nrepo_version=1\nmode="+mode.String()+"\n", string(config))
			again, err := Init(ctx, path, &InitOptions{Mode: ModeArchive, CollectionID: "org.example.X"})
			require.NoError(t, err, "a second Init changes nothing")
			defer again.Close()
			require.Equal(t, mode, again.Mode())
			require.Empty(t, again.CollectionID())
			require.True(t, r.Equal(again))
			require.False(t, r.Equal(nil))
		})
	}
}

func TestInitRejectsCollectionID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "repo")
	_, err := Init(context.Background(), path, &InitOptions{CollectionID: "bad"})
	require.ErrorContains(t, err, `invalid collection id "bad"`)
	require.NoDirExists(t, path)
}

func TestOpenErrors(t *testing.T) {
	ctx := context.Background()
	_, err := Open(ctx, filepath.Join(t.TempDir(), "none"), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for name, tc := range map[string]struct{ config, want string }{
		"no version":   {"[core]\nmode=bare\n", "repo_version is missing"},
		"version":      {"[core]\nrepo_version=2\n", `repo_version "2" is not supported`},
		"mode":         {"[core]\nrepo_version=1\nmode=fast\n", `unknown mode`},
		"old archive":  {"[core]\nrepo_version=1\narchive=true\n", "obsolete format"},
		"boolean":      {"[core]\nrepo_version=1\nfsync=maybe\n", "core.fsync"},
		"percent":      {"[core]\nrepo_version=1\nmin-free-space-percent=100\n", "100 is out of range"},
		"size":         {"[core]\nrepo_version=1\nmin-free-space-size=5\n", "does not end in MB, GB or TB"},
		"size too big": {"[core]\nrepo_version=1\nmin-free-space-size=99999999999TB\n", "min-free-space-size"},
		"no key file":  {"core\n", "parse config"},
		"parent":       {"[core]\nrepo_version=1\nparent=../nowhere\n", "parent"},
		"own parent":   {"[core]\nrepo_version=1\nparent=.\n", "too many parent"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(dir, "objects"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "config"), []byte(tc.config), 0o644))
			_, err := Open(ctx, dir, nil)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

// TestOpenBootID: the id is that of staging directories, so that it must not lead elsewhere.
func TestOpenBootID(t *testing.T) {
	path := newRepo(t, ModeArchive).Path()
	for _, id := range []string{"..", "a/b", "a b", "x\x00", "\u00e9"} {
		_, err := Open(t.Context(), path, &OpenOptions{BootID: id})
		require.ErrorContains(t, err, "not made of letters, digits and dashes", id)
	}
	r, err := Open(t.Context(), path, &OpenOptions{BootID: "3072029c-8b10-60d1-d31b-8422eeff9b42"})
	require.NoError(t, err)
	defer r.Close()
	tx := begin(t, r)
	defer tx.Abort()
	found, err := filepath.Glob(filepath.Join(path, "tmp/staging-3072029c-8b10-60d1-d31b-8422eeff9b42-*"))
	require.NoError(t, err)
	require.NotEmpty(t, found)
}

// TestReloadConfig: another program has changed the file.
func TestReloadConfig(t *testing.T) {
	ctx := t.Context()
	r := newRepo(t, ModeArchive)
	path := filepath.Join(r.Path(), "config")
	write := func(text string) {
		require.NoError(t, os.WriteFile(path, []byte("[core]\nrepo_version=1\n"+text), 0o644))
	}
	write("mode=archive-z2\ncollection-id=org.example.Os\n[remote \"new\"]\nurl=https://example.com\n")
	require.Empty(t, r.CollectionID())
	require.NoError(t, r.ReloadConfig(ctx))
	require.Equal(t, "org.example.Os", r.CollectionID())
	rem, err := r.Remote("new")
	require.NoError(t, err)
	require.Equal(t, "https://example.com", rem.URL)
	for text, want := range map[string]string{
		"mode=bare-user\n":               "mode has changed from archive-z2 to bare-user; open the repository again",
		"mode=archive-z2\nparent=../x\n": `core.parent has changed from "" to "../x"; open the repository again`,
		"mode=archive-z2\nfsync=maybe\n": "core.fsync",
		"mode":                           "parse config",
	} {
		write(text)
		require.ErrorContains(t, r.ReloadConfig(ctx), want)
		require.Equal(t, "org.example.Os", r.CollectionID(), "nothing has changed")
	}
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, r.ReloadConfig(ctx), fs.ErrNotExist)
}

func TestConfigKeepsCommentsAndRefusesDamage(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	path := filepath.Join(r.Path(), "config")
	require.NoError(t, os.WriteFile(path, []byte("# mine\n[core]\nrepo_version=1\nmode=archive\n\n[x]\nk=v\n"), 0o644))
	r, err := Open(ctx, r.Path(), nil)
	require.NoError(t, err)
	defer r.Close()
	c := r.Config()
	c.Set("archive", "zlib-level", "1")
	require.True(t, c.Unset("x", "k"))
	require.False(t, c.Unset("x", "k"))
	require.NoError(t, r.WriteConfig(ctx, c))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(data), "# mine\n"), "%s", data)
	require.Contains(t, string(data), "[core]\nrepo_version=1\nmode=archive\n")
	require.Contains(t, string(data), "[archive]\nzlib-level=1\n")

	c.Set("core", "mode", "bare")
	mustCommit(t, r, "main", map[string]string{"a": "x"})
	require.ErrorContains(t, r.WriteConfig(ctx, c), "mode cannot change")
	c.Set("core", "mode", "archive-z2")
	c.Set("core", "repo_version", "7")
	require.ErrorContains(t, r.WriteConfig(ctx, c), "not supported")
	c.Set("core", "repo_version", "1")
	c.Set("x", "k", "\xff")
	require.ErrorContains(t, r.WriteConfig(ctx, c), "could not be read again")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(data), string(after))
}

func TestRemotes(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	extra := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(extra, "os.conf"), []byte("[remote \"os\"]\nurl=https://os.example\ncustom=1\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(extra, "notes.txt"), []byte("no key file"), 0o644))
	r, err := Open(ctx, r.Path(), &OpenOptions{RemotesDir: extra})
	require.NoError(t, err)
	defer r.Close()
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "b", URL: "file:///b", Branches: []string{"x", "y"}, GPGVerifySummary: true,
		Options: map[string]string{"gpg-verify": "false", "url": "ignored"}}, nil))
	got, err := r.Remotes()
	require.NoError(t, err)
	want := []Remote{
		{Name: "b", URL: "file:///b", Branches: []string{"x", "y"}, GPGVerifySummary: true, Options: map[string]string{
			"url": "file:///b", "branches": "x;y;", "gpg-verify": "false", "gpg-verify-summary": "true"}},
		{Name: "os", URL: "https://os.example", GPGVerify: true, Options: map[string]string{"url": "https://os.example", "custom": "1"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("remotes (-want +got):\n%s", d)
	}

	require.ErrorIs(t, r.AddRemote(ctx, Remote{Name: "b", URL: "file:///c"}, nil), fs.ErrExist)
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "b", URL: "file:///c"}, &RemoteOptions{IfNotExists: true}))
	require.NoError(t, r.AddRemote(ctx, Remote{Name: "b", URL: "file:///d"}, &RemoteOptions{Replace: true}))
	b, err := r.Remote("b")
	require.NoError(t, err)
	require.Equal(t, "file:///d", b.URL)
	require.True(t, b.GPGVerify)
	require.ErrorContains(t, r.AddRemote(ctx, Remote{Name: "a/b"}, nil), `invalid remote name`)

	require.NoError(t, os.WriteFile(filepath.Join(r.Path(), "b.trustedkeys.gpg"), nil, 0o644))
	require.NoError(t, r.DeleteRemote(ctx, "b"))
	require.NoFileExists(t, filepath.Join(r.Path(), "b.trustedkeys.gpg"))
	require.ErrorIs(t, r.DeleteRemote(ctx, "b"), fs.ErrNotExist)
	_, err = r.Remote("b")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.WriteFile(filepath.Join(extra, "twice.conf"), []byte("[remote \"os\"]\nurl=x\n"), 0o644))
	_, err = r.Remotes()
	require.ErrorContains(t, err, `remote "os" is defined twice`)
}

func TestParentRepository(t *testing.T) {
	ctx := context.Background()
	parent := newRepo(t, ModeArchive)
	c := mustCommit(t, parent, "base", map[string]string{"f": "in parent\n"})
	r := newRepo(t, ModeBareUserOnly, "core.parent="+parent.Path())
	r, err := Open(ctx, r.Path(), nil)
	require.NoError(t, err)
	defer r.Close()
	got, err := r.ResolveRev(ctx, "base")
	require.NoError(t, err)
	require.Equal(t, c, got)
	commit, err := r.LoadCommit(ctx, c)
	require.NoError(t, err)
	tree, err := r.LoadDirTree(ctx, commit.RootTree)
	require.NoError(t, err)
	f, err := r.LoadFile(ctx, tree.Files[0].Checksum)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, c, mustCommit(t, r, "base", map[string]string{"f": "in parent\n"}))
	for n, err := range r.Objects(ctx) {
		require.NoError(t, err)
		t.Errorf("%s is stored although the parent has it", n)
	}
}

// Everybody who waits for the lock stops waiting when told to, in any order.
func TestLockWaitersCanBeCancelled(t *testing.T) {
	r := newRepo(t, ModeArchive)
	other, err := Open(t.Context(), r.Path(), nil)
	require.NoError(t, err)
	defer other.Close()
	_, unlock, err := other.lock(t.Context(), true)
	require.NoError(t, err)
	const waiters = 6
	var cancels [waiters]context.CancelFunc
	var results [waiters]chan error
	for i := range waiters {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cancels[i], results[i] = cancel, make(chan error, 1)
		started := make(chan struct{})
		go func() {
			close(started)
			_, _, err := r.lock(ctx, false)
			results[i] <- err
		}()
		<-started
	}
	for _, i := range []int{3, 0, 5, 1, 4, 2} {
		cancels[i]()
		select {
		case err := <-results[i]:
			require.ErrorIs(t, err, context.Canceled)
		case <-time.After(10 * time.Second):
			t.Fatal("a waiter does not see that it is cancelled")
		}
	}
	require.NoError(t, unlock())
	_, unlock, err = r.lock(t.Context(), true)
	require.NoError(t, err)
	require.NoError(t, unlock())
}

func TestLockExcludes(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive, "core.lock-timeout-secs=0")
	other, err := Open(ctx, r.Path(), nil)
	require.NoError(t, err)
	defer other.Close()
	tx := begin(t, r)
	for _, repo := range []*Repo{r, other} {
		_, _, err := repo.lock(ctx, true)
		var locked *LockedError
		require.ErrorAs(t, err, &locked)
		require.Equal(t, r.Path(), locked.Path)
		_, unlock, err := repo.lock(ctx, false)
		require.NoError(t, err, "shared locks go together")
		require.NoError(t, unlock())
	}
	require.NoError(t, tx.Abort())

	held, unlock, err := r.lock(ctx, true)
	require.NoError(t, err)
	_, nested, err := r.lock(held, false)
	require.NoError(t, err, "nested in the holder's context")
	require.NoError(t, nested())
	_, err = other.Begin(ctx, nil)
	var locked *LockedError
	require.ErrorAs(t, err, &locked)
	require.NoError(t, unlock())
	require.NoError(t, unlock(), "unlocking twice")

	shared, unlock, err := r.lock(ctx, false)
	require.NoError(t, err)
	_, _, err = r.lock(shared, true)
	require.ErrorContains(t, err, "inside a shared one")
	require.NoError(t, unlock())
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, unlock, err = other.lock(ctx, true)
	require.NoError(t, err)
	_, err = r.Begin(cancelled, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, unlock())
}

func TestRefsAndResolve(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	a := mustCommit(t, r, "os/stable", map[string]string{"f": "1"})
	tx := begin(t, r)
	loaded, err := tx.LoadCommit(ctx, a)
	require.NoError(t, err)
	loaded.Parent, loaded.Subject = a, "child"
	b, err := tx.WriteCommit(ctx, loaded)
	require.NoError(t, err)
	tx.SetRef("os/stable", b)
	tx.SetRef("origin:os/stable", a)
	tx.SetRef("origin:only/there", a)
	tx.SetRef("gone", a)
	tx.DeleteRef("gone")
	tx.SetCollectionRef("org.example.Coll", "m", a)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	require.NoError(t, r.SetAlias(ctx, "alias", "os/stable"))

	for rev, want := range map[string]Checksum{
		a.String(): a, a.String()[:10]: a, "os/stable": b, "os/stable^": a, b.String()[:12] + "^": a, "origin:os/stable": a,
		"origin/only/there": a, "only/there": a, "alias": b, "alias^": a,
	} {
		got, err := r.ResolveRev(ctx, rev)
		require.NoError(t, err, rev)
		require.Equal(t, want, got, rev)
	}
	for _, rev := range []string{"os", "gone", "os/stable^^", "none:os/stable", "os/stable/below", "", "^", "ffff", "m"} {
		_, err := r.ResolveRev(ctx, rev)
		require.Error(t, err, rev)
	}
	_, err = r.ResolveRev(ctx, "os/stable^^")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "has no parent")

	refs, err := r.Refs(ctx, &RefsOptions{Remotes: true, Mirrors: true})
	require.NoError(t, err)
	want := []Ref{
		{Name: "alias", Checksum: b, Alias: "os/stable"}, {Name: "os/stable", Checksum: b},
		{Collection: "org.example.Coll", Name: "m", Checksum: a},
		{Remote: "origin", Name: "only/there", Checksum: a}, {Remote: "origin", Name: "os/stable", Checksum: a},
	}
	if d := cmp.Diff(want, refs); d != "" {
		t.Errorf("refs (-want +got):\n%s", d)
	}
	refs, err = r.Refs(ctx, &RefsOptions{OnlyAliases: true})
	require.NoError(t, err)
	require.Equal(t, want[:1], refs)
	refs, err = r.Refs(ctx, &RefsOptions{Prefix: "os"})
	require.NoError(t, err)
	require.Equal(t, want[1:2], refs)

	require.ErrorContains(t, r.SetRef(ctx, "os", a), "conflict")
	require.ErrorContains(t, r.SetRef(ctx, "os/stable/x", a), "conflict")
	require.NoError(t, r.DeleteRef(ctx, "os/stable"))
	require.NoError(t, r.SetRef(ctx, "os", a), "an empty directory makes room")
	require.ErrorIs(t, r.DeleteRef(ctx, "os/stable"), fs.ErrNotExist)
	_, err = r.ResolveRev(ctx, "alias")
	require.Error(t, err, "alias of nothing")
	require.ErrorIs(t, r.SetAlias(ctx, "x", "nothing"), fs.ErrNotExist)

	refFile := filepath.Join(r.Path(), "refs/heads/os")
	require.NoError(t, os.WriteFile(refFile, []byte("junk\n"), 0o644))
	_, err = r.Refs(ctx, nil)
	var ce *CorruptError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, refFile, ce.Path)
	require.NoError(t, os.Remove(refFile))
	require.NoError(t, os.WriteFile(filepath.Join(r.Path(), "refs/heads/.rsync_info"), []byte("junk"), 0o644))
	require.NoError(t, os.Symlink("../../../../etc/passwd", filepath.Join(r.Path(), "refs/heads/out")))
	_, err = r.ResolveRev(ctx, "out")
	require.ErrorContains(t, err, "outside of refs/heads")
}

func TestDetachedMetadataAndState(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	c := mustCommit(t, r, "x", map[string]string{"f": "1"})
	d, err := r.DetachedMetadata(ctx, c)
	require.NoError(t, err)
	require.Nil(t, d)
	set := gvariant.NewDict()
	set.Set("dkey", gvariant.NewString("dval"))
	require.NoError(t, r.SetDetachedMetadata(ctx, c, set))
	data, err := r.LoadMetadata(ctx, ObjectName{c, TypeCommitMeta})
	require.NoError(t, err)
	require.Equal(t, unhex(t, "646b6579000000006476616c0000730510"), data)
	d, err = r.DetachedMetadata(ctx, c)
	require.NoError(t, err)
	require.Equal(t, []string{"dkey"}, d.Keys())
	require.NoError(t, r.SetDetachedMetadata(ctx, c, nil))
	d, err = r.DetachedMetadata(ctx, c)
	require.NoError(t, err)
	require.Nil(t, d)

	state, err := r.CommitState(ctx, c)
	require.NoError(t, err)
	require.Equal(t, CommitNormal, state)
	require.NoError(t, r.MarkPartial(ctx, c, true))
	state, err = r.CommitState(ctx, c)
	require.NoError(t, err)
	require.Equal(t, CommitPartial, state)
	require.NoError(t, os.WriteFile(filepath.Join(r.Path(), statePath(c)), []byte("f"), 0o644))
	state, err = r.CommitState(ctx, c)
	require.NoError(t, err)
	require.Equal(t, CommitFsckPartial, state)

	configure(t, r, "core.tombstone-commits=true")
	require.NoError(t, r.Delete(ctx, ObjectName{c, TypeCommit}))
	for _, typ := range []ObjectType{TypeCommit, TypeCommitMeta} {
		ok, err := r.Has(ctx, ObjectName{c, typ})
		require.NoError(t, err)
		require.False(t, ok, typ)
	}
	state, err = r.CommitState(ctx, c)
	require.NoError(t, err)
	require.Equal(t, CommitNormal, state)
	ok, err := r.Has(ctx, ObjectName{c, TypeTombstone})
	require.NoError(t, err)
	require.True(t, ok)
	require.ErrorIs(t, r.Delete(ctx, ObjectName{Checksum{1}, TypeFile}), fs.ErrNotExist)

	require.Equal(t, c, mustCommit(t, r, "x", map[string]string{"f": "1"}))
	ok, err = r.Has(ctx, ObjectName{c, TypeTombstone})
	require.NoError(t, err)
	require.False(t, ok, "writing the commit again takes the tombstone away")
}

func TestReadOnlyModeRefusesChanges(t *testing.T) {
	ctx := context.Background()
	r, err := Init(ctx, filepath.Join(t.TempDir(), "repo"), &InitOptions{Mode: ModeBareSplitXattrs})
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Begin(ctx, nil)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, "mode bare-split-xattrs is read-only")
	require.ErrorIs(t, r.SetDetachedMetadata(ctx, Checksum{1}, nil), errors.ErrUnsupported)
	require.NoError(t, r.SetRef(ctx, "x", Checksum{1}), "refs are no objects")
}

func TestSplitXattrsRead(t *testing.T) {
	ctx := context.Background()
	r, err := Init(ctx, filepath.Join(t.TempDir(), "repo"), &InitOptions{Mode: ModeBareSplitXattrs})
	require.NoError(t, err)
	defer r.Close()
	h := ownHeader(ModeBare)
	h.Xattrs = Xattrs{{"user.a", []byte("1")}}
	c, _, err := ContentChecksum(h, strings.NewReader("content"))
	require.NoError(t, err)
	put := func(n ObjectName, data string) {
		p := filepath.Join(r.Path(), "objects", n.LoosePath(r.Mode()))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(data), 0o644))
	}
	put(ObjectName{c, TypeFile}, "content")
	_, err = r.LoadFile(ctx, c)
	require.ErrorContains(t, err, "no object file-xattrs-link")
	put(ObjectName{c, TypeFileXattrsLink}, string(h.Xattrs.appendTo(nil)))
	f, err := r.LoadFile(ctx, c)
	require.NoError(t, err)
	defer f.Close()
	got, _, err := ContentChecksum(&f.Header, f.Reader)
	require.NoError(t, err)
	require.Equal(t, c, got)
}
