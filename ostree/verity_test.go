package ostree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/gvariant"
)

// fakeVerity is a kernel with fs-verity: it refuses files that are open for writing, and files that have it.
type fakeVerity struct {
	mu     sync.Mutex
	sealed map[uint64]bool // by inode
	calls  int
}

func (v *fakeVerity) enable(f *os.File) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls++
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return err
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	switch {
	case err != nil:
		return err
	case flags&unix.O_ACCMODE != unix.O_RDONLY:
		return unix.ETXTBSY
	case v.sealed[st.Ino]:
		return unix.EEXIST
	}
	if v.sealed == nil {
		v.sealed = map[uint64]bool{}
	}
	v.sealed[st.Ino] = true
	return nil
}

// requireSealed demands that exactly the regular files with content that never changes have fs-verity.
func (v *fakeVerity) requireSealed(t *testing.T, r *Repo) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(r.Path(), "objects"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		var st unix.Stat_t
		require.NoError(t, unix.Lstat(p, &st))
		require.Equal(t, !strings.HasSuffix(p, ".commitmeta"), v.sealed[st.Ino], p)
		files++
		return nil
	}))
	require.Greater(t, files, 4)
}

func sealTree(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/small", []byte("s"), 0o644))
	require.NoError(t, os.WriteFile(dir+"/empty", nil, 0o755))
	require.NoError(t, os.WriteFile(dir+"/large", make([]byte, scratchSize+1), 0o644))
	require.NoError(t, os.Symlink("small", dir+"/link"))
	return dir
}

// commitDir commits a directory with detached metadata.
func commitDir(ctx context.Context, r *Repo, dir string, o *ImportOptions) (Checksum, error) {
	tx, err := r.Begin(ctx, nil)
	if err != nil {
		return Checksum{}, err
	}
	defer tx.Abort()
	m := NewMutableTree()
	if err := tx.ImportDir(ctx, m, dir, o); err != nil {
		return Checksum{}, err
	}
	root, meta, err := tx.WriteTree(ctx, m)
	if err != nil {
		return Checksum{}, err
	}
	c, err := tx.WriteCommit(ctx, &Commit{Metadata: gvariant.NewDict(), RootTree: root, RootMeta: meta})
	if err != nil {
		return Checksum{}, err
	}
	d := gvariant.NewDict()
	d.Set("k", gvariant.NewString("v"))
	if err := tx.SetDetachedMetadata(ctx, c, d); err != nil {
		return Checksum{}, err
	}
	tx.SetRef("main", c)
	_, err = tx.Commit(ctx)
	return c, err
}

func TestVeritySealsObjects(t *testing.T) {
	for _, setting := range []string{"ex-integrity.fsverity=yes", "ex-integrity.fsverity=maybe", "ex-fsverity.required=true", "ex-fsverity.opportunistic=true"} {
		for _, mode := range append(writableModes, ModeBareSplitXattrs) {
			t.Run(setting+"/"+mode.String(), func(t *testing.T) {
				if mode == ModeBareSplitXattrs {
					testenv.NeedRoot(t)
				}
				r := newRepo(t, mode, setting, "ex-split-xattrs.write=true")
				v := &fakeVerity{}
				ctx := atomicfs.WithVerity(t.Context(), v.enable)
				_, err := commitDir(ctx, r, sealTree(t), nil)
				require.NoError(t, err)
				v.requireSealed(t, r)
				report, err := r.Fsck(t.Context(), nil)
				require.NoError(t, err)
				require.NoError(t, report.Err())
			})
		}
	}
}

// Objects that become part of a repository by a link have it too.
func TestVeritySealsLinks(t *testing.T) {
	for _, mode := range writableModes {
		t.Run(mode.String(), func(t *testing.T) {
			from := newRepo(t, mode)
			v := &fakeVerity{}
			ctx := atomicfs.WithVerity(t.Context(), v.enable)
			_, err := commitDir(ctx, from, sealTree(t), nil)
			require.NoError(t, err)
			require.Zero(t, v.calls)

			to := newRepo(t, mode, "ex-integrity.fsverity=yes")
			tx := begin(t, to)
			links := 0
			for n, err := range from.Objects(ctx) {
				require.NoError(t, err)
				if n.Type == TypeCommitMeta {
					continue
				}
				linked, err := tx.ImportObject(ctx, from, n, nil)
				require.NoError(t, err)
				if linked {
					links++
				}
			}
			_, err = tx.Commit(ctx)
			require.NoError(t, err)
			require.Greater(t, links, 4)
			v.requireSealed(t, to)
		})
	}
}

// TestEnableVerity: objects from before the setting, of all kinds, get it; so do those of a copy.
func TestEnableVerity(t *testing.T) {
	for _, mode := range append(writableModes, ModeBareSplitXattrs) {
		t.Run(mode.String(), func(t *testing.T) {
			if mode == ModeBareSplitXattrs {
				testenv.NeedRoot(t)
			}
			r := newRepo(t, mode, "ex-split-xattrs.write=true")
			v := &fakeVerity{}
			ctx := atomicfs.WithVerity(t.Context(), v.enable)
			_, err := commitDir(ctx, r, sealTree(t), nil)
			require.NoError(t, err)
			image := filepath.Join(t.TempDir(), "image")
			require.NoError(t, os.WriteFile(image, []byte("x"), 0o644))
			require.NoError(t, r.EnableVerity(ctx, image))
			require.Zero(t, v.calls, "the setting is no")
			configure(t, r, "ex-integrity.fsverity=yes")
			for range 2 {
				require.NoError(t, r.EnableVerity(ctx, image))
				v.requireSealed(t, r)
				var st unix.Stat_t
				require.NoError(t, unix.Stat(image, &st))
				require.True(t, v.sealed[st.Ino])
			}
			require.ErrorIs(t, r.EnableVerity(ctx, image+".missing"), fs.ErrNotExist)

			none := atomicfs.WithVerity(t.Context(), func(*os.File) error { return unix.EOPNOTSUPP })
			err = r.EnableVerity(none)
			require.ErrorIs(t, err, errors.ErrUnsupported)
			require.ErrorContains(t, err, "or set ex-integrity.fsverity to maybe")
			configure(t, r, "ex-integrity.fsverity=maybe")
			require.NoError(t, r.EnableVerity(none, image))
		})
	}
}

func TestVerityConsumes(t *testing.T) {
	r := newRepo(t, ModeBareUserOnly, "ex-integrity.fsverity=yes")
	v := &fakeVerity{}
	dir := filepath.Join(filepath.Dir(r.Path()), "gone")
	require.NoError(t, os.Rename(sealTree(t), dir))
	_, err := commitDir(atomicfs.WithVerity(t.Context(), v.enable), r, dir, &ImportOptions{Consume: true})
	require.NoError(t, err)
	require.NoDirExists(t, dir)
	v.requireSealed(t, r)
}

func TestVerityMissing(t *testing.T) {
	for _, missing := range []error{unix.EOPNOTSUPP, unix.ENOTTY} {
		calls := 0
		ctx := atomicfs.WithVerity(t.Context(), func(*os.File) error { calls++; return missing })
		_, err := commitDir(ctx, newRepo(t, ModeArchive, "ex-integrity.fsverity=maybe"), sealTree(t), &ImportOptions{Workers: 1})
		require.NoError(t, err)
		require.Equal(t, 1, calls, "the question is not asked again")

		r := newRepo(t, ModeArchive, "ex-integrity.fsverity=yes")
		_, err = commitDir(ctx, r, sealTree(t), nil)
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorContains(t, err, "tune2fs -O verity")
		require.ErrorContains(t, err, "set ex-integrity.fsverity to maybe")
		require.Empty(t, repoObjects(t, r))
	}
	_, err := commitDir(atomicfs.WithVerity(t.Context(), func(*os.File) error { return unix.EIO }),
		newRepo(t, ModeArchive, "ex-integrity.fsverity=maybe"), sealTree(t), nil)
	require.ErrorIs(t, err, unix.EIO, "any other failure counts")
}

func repoObjects(t testing.TB, r *Repo) (out []ObjectName) {
	t.Helper()
	for n, err := range r.Objects(t.Context()) {
		require.NoError(t, err)
		out = append(out, n)
	}
	return out
}

func TestVerityConfig(t *testing.T) {
	for _, tc := range []struct {
		settings []string
		want     tristate
		err      string
	}{
		{nil, settingNo, ""},
		{[]string{"ex-integrity.fsverity=no"}, settingNo, ""},
		{[]string{"ex-integrity.fsverity=false"}, settingNo, ""},
		{[]string{"ex-integrity.fsverity=maybe"}, settingMaybe, ""},
		{[]string{"ex-integrity.fsverity=yes"}, settingYes, ""},
		{[]string{"ex-integrity.fsverity=1"}, settingYes, ""},
		{[]string{"ex-integrity.fsverity=no", "ex-fsverity.required=true"}, settingNo, ""},
		{[]string{"ex-fsverity.opportunistic=true"}, settingMaybe, ""},
		{[]string{"ex-fsverity.opportunistic=true", "ex-fsverity.required=true"}, settingYes, ""},
		{[]string{"ex-integrity.fsverity=often"}, 0, "ex-integrity.fsverity: \"often\" is not yes, no or maybe"},
		{[]string{"ex-fsverity.required=often"}, 0, "ex-fsverity.required"},
	} {
		c := &Config{newRepo(t, ModeArchive).config.f.Clone()}
		for _, s := range tc.settings {
			key, value, _ := strings.Cut(s, "=")
			group, key, _ := strings.Cut(key, ".")
			c.Set(group, key, value)
		}
		s, err := readSettings(c)
		if tc.err != "" {
			require.ErrorContains(t, err, tc.err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, tc.want, s.verity, tc.settings)
	}
}
