package delta

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func noise(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 3))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// world is an archive repository with two commits.
type world struct {
	repo *ostree.Repo
	name Name
}

func newWorld(t testing.TB) *world {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	roll, bin := noise(1, 120_000), noise(2, 50_000)
	flipped := []byte(bin)
	for i := 0; i < len(flipped); i += 700 {
		flipped[i]++
	}
	from := ostreetest.Write(t, repo, "main", map[string]string{
		"usr/same": "same", "usr/gone": "gone", "usr/roll": roll, "usr/bin": bin, "usr/libx.so.1": roll[:70_000], "usr/mode": "mode",
	})
	to := ostreetest.Write(t, repo, "main", map[string]string{
		"usr/same": "same", "usr/new": "new", "usr/roll": roll[:40_000] + "INSERTED" + roll[40_000:], "usr/bin": string(flipped),
		"usr/libx.so.2": roll[:30_000] + roll[31_000:70_000], "usr/mode mode=0600": "mode", "usr/lnk -> new": "",
		"usr/empty": "", "etc/x user.a=b uid=5": "x", "usr/big": noise(4, 300_000),
	})
	return &world{repo, Name{from, to}}
}

// modes that deltas are applied to.
var modes = []ostree.Mode{ostree.ModeBare, ostree.ModeBareUser, ostree.ModeArchive}

// clone makes a repository with the old commit.
func (w *world) clone(t testing.TB, mode ostree.Mode) *ostree.Repo {
	repo := ostreetest.NewRepo(t, mode)
	w.copyOld(t, repo)
	return repo
}

func (w *world) copyOld(t testing.TB, repo *ostree.Repo) {
	ctx := context.Background()
	set, err := w.repo.Traverse(ctx, w.name.From, 0)
	require.NoError(t, err)
	tx, err := repo.Begin(ctx, &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	defer tx.Abort()
	for n := range set.All() {
		_, err := tx.ImportObject(ctx, w.repo, n, nil)
		require.NoError(t, err)
	}
	tx.SetRef("main", w.name.From)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
}

func requireIntact(t testing.TB, repo *ostree.Repo) {
	t.Helper()
	report, err := repo.Fsck(context.Background(), nil)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Zero(t, report.PartialCommits+report.FsckPartialCommits)
}

var allOptions = map[string]GenerateOptions{
	"parts":       {},
	"small parts": {MaxPartSize: 20_000},
	"inline":      {Inline: true},
	"chunks":      {MaxPatchSize: -1},
	"big-endian":  {BigEndian: true},
}

func TestGenerateAndApply(t *testing.T) {
	w := newWorld(t)
	want := ostreetest.List(t, w.repo, w.name.To)
	for name, o := range allOptions {
		for _, scratch := range []bool{false, true} {
			n := w.name
			if scratch {
				n.From = ostree.Checksum{}
			}
			stats, err := Generate(t.Context(), w.repo, n, &o)
			require.NoError(t, err, name)
			d, err := Open(w.repo, n)
			require.NoError(t, err)
			require.Equal(t, o.BigEndian, d.Superblock.BigEndian)
			require.Equal(t, stats.Parts, len(d.Superblock.Parts))
			if !scratch {
				require.Positive(t, stats.Patched+stats.Chunked)
			}
			for _, mode := range modes {
				dst := ostreetest.NewRepo(t, mode)
				if !scratch {
					w.copyOld(t, dst)
				}
				_, err = d.Apply(t.Context(), dst, nil)
				require.NoError(t, err, "%s in %s", name, mode)
				requireIntact(t, dst)
				require.Empty(t, cmp.Diff(want, ostreetest.List(t, dst, w.name.To)))
				again, err := d.Apply(t.Context(), dst, nil)
				require.NoError(t, err)
				require.Zero(t, again.ContentTotal)
			}
		}
	}
	entries, err := os.ReadDir(w.repo.Path() + "/tmp")
	require.NoError(t, err)
	for _, e := range entries {
		require.False(t, strings.HasPrefix(e.Name(), "delta-"), e.Name())
	}
}

// The parts do not depend on the number of workers.
func TestGenerateIsDeterministic(t *testing.T) {
	w := newWorld(t)
	var first []byte
	for _, workers := range []int{1, 4, 2} {
		o := &GenerateOptions{Workers: workers, MaxPartSize: 30_000, Time: time.Unix(1, 0)}
		_, err := Generate(t.Context(), w.repo, w.name, o)
		require.NoError(t, err)
		d, err := Open(w.repo, w.name)
		require.NoError(t, err)
		if first == nil {
			first = d.Bytes()
		}
		require.Equal(t, first, d.Bytes())
	}
}

func TestFallback(t *testing.T) {
	w := newWorld(t)
	stats, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{MinFallbackSize: 200_000})
	require.NoError(t, err)
	require.Equal(t, 1, stats.Fallbacks)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	require.EqualValues(t, 300_000, d.Superblock.Fallbacks[0].Usize)
	_, err = d.Apply(t.Context(), w.clone(t, ostree.ModeArchive), nil)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, d.Superblock.Fallbacks[0].Object, missing.Object)
}

func TestApplyNeedsOldCommit(t *testing.T) {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, nil)
	require.NoError(t, err)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	_, err = d.Apply(t.Context(), ostreetest.NewRepo(t, ostree.ModeArchive), nil)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, w.name.From, missing.Object.Checksum)
	_, err = Open(w.repo, Name{From: w.name.To, To: w.name.From})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// What a delta lacks is noticed before the commit appears.
func TestApplyIncomplete(t *testing.T) {
	w := newWorld(t)
	_, err := Generate(t.Context(), w.repo, w.name, &GenerateOptions{MaxPartSize: 20_000})
	require.NoError(t, err)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	d.Superblock.Parts = d.Superblock.Parts[:len(d.Superblock.Parts)-1]
	dst := w.clone(t, ostree.ModeArchive)
	_, err = d.Apply(t.Context(), dst, nil)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	has, err := dst.Has(t.Context(), ostree.ObjectName{Checksum: w.name.To, Type: ostree.TypeCommit})
	require.NoError(t, err)
	require.False(t, has)
}

func TestListDeleteIndex(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	scratch := Name{To: w.name.To}
	for _, n := range []Name{w.name, scratch, w.name} {
		_, err := Generate(ctx, w.repo, n, nil)
		require.NoError(t, err)
	}
	require.NoError(t, os.MkdirAll(w.repo.Path()+"/deltas/xx/not-a-delta", 0o755))
	names, err := List(w.repo)
	require.NoError(t, err)
	require.ElementsMatch(t, []Name{w.name, scratch}, names)
	require.NoError(t, Reindex(ctx, w.repo))
	data, err := os.ReadFile(filepath.Join(w.repo.Path(), IndexPath(w.name.To)))
	require.NoError(t, err)
	index, err := ParseIndex(data)
	require.NoError(t, err)
	require.Len(t, index, 2)
	d, err := Open(w.repo, w.name)
	require.NoError(t, err)
	require.Equal(t, d.Superblock.Checksum, index[w.name])
	on, err := w.repo.Config().GetBool("core", "indexed-deltas", false)
	require.NoError(t, err)
	require.True(t, on)

	require.NoError(t, Delete(ctx, w.repo, w.name))
	require.ErrorIs(t, Delete(ctx, w.repo, w.name), fs.ErrNotExist)
	commits, err := Indexes(w.repo)
	require.NoError(t, err)
	require.Equal(t, []ostree.Checksum{w.name.To}, commits)
	require.NoError(t, Delete(ctx, w.repo, scratch))
	commits, err = Indexes(w.repo)
	require.NoError(t, err)
	require.Empty(t, commits)
}

// Names as the real command makes them.
func TestNames(t *testing.T) {
	n, err := ParseName("96c31a636842aa9a743ba531212ad3f9442729c56b64f2321045aba14c73a47b-7e0d6712eff3054f584e2a19759288b8ac7564679e5283741e1eb0f55de791cb")
	require.NoError(t, err)
	require.Equal(t, "deltas/ls/MaY2hCqpp0O6UxISrT+UQnKcVrZPIyEEWroUxzpHs-fg1nEu_zBU9YTioZdZKIuKx1ZGeeUoN0Hh6w9V3nkcs", n.Dir())
	require.Equal(t, "deltas/fg/1nEu_zBU9YTioZdZKIuKx1ZGeeUoN0Hh6w9V3nkcs", Name{To: n.To}.Dir())
	require.Equal(t, "delta-indexes/fg/1nEu_zBU9YTioZdZKIuKx1ZGeeUoN0Hh6w9V3nkcs.index", IndexPath(n.To))
	back, err := parseDir(strings.Replace(strings.TrimPrefix(n.Dir(), "deltas/"), "/", "", 1))
	require.NoError(t, err)
	require.Equal(t, n, back)
	for _, bad := range []string{"", "-", n.From.String() + "-", "-" + n.To.String(), strings.ToUpper(n.To.String()), strings.Repeat("0", 64), n.String() + "-"} {
		_, err := ParseName(bad)
		require.Error(t, err, bad)
	}
	for _, bad := range []string{"", "-", "fg1nEu/zBU9YTioZdZKIuKx1ZGeeUoN0Hh6w9V3nkcs", "fg1nEu_zBU9YTioZdZKIuKx1ZGeeUoN0Hh6w9V3nkct", "fg1n"} {
		_, err := parseDir(bad)
		require.Error(t, err, bad)
	}
}

type verifyFunc func([]byte, *gvariant.Dict) error

func (f verifyFunc) VerifyDelta(_ context.Context, super []byte, d *gvariant.Dict) error {
	return f(super, d)
}

func TestSigned(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "signed")
	var signed []byte
	o := &GenerateOptions{Output: file, Inline: true, Sign: func(_ context.Context, super []byte) (*gvariant.Dict, error) {
		signed = bytes.Clone(super)
		d := gvariant.NewDict()
		v, err := gvariant.NewArray("ay", gvariant.NewBytes([]byte("sig")))
		d.Set("ostree.sign.test", v)
		return d, err
	}}
	_, err := Generate(t.Context(), w.repo, w.name, o)
	require.NoError(t, err)
	d, err := OpenPath(file)
	require.NoError(t, err)
	require.Equal(t, signed, d.Bytes())
	bad := errors.New("bad signature")
	dst := w.clone(t, ostree.ModeArchive)
	_, err = d.Apply(t.Context(), dst, &ApplyOptions{Verify: verifyFunc(func([]byte, *gvariant.Dict) error { return bad })})
	require.ErrorIs(t, err, bad)
	c := dst.Config()
	c.Set("core", "sign-verify-deltas", "true")
	require.NoError(t, dst.WriteConfig(t.Context(), c))
	_, err = d.Apply(t.Context(), dst, nil)
	require.ErrorContains(t, err, "sign-verify-deltas")
	_, err = d.Apply(t.Context(), dst, &ApplyOptions{Verify: verifyFunc(func(super []byte, d *gvariant.Dict) error {
		require.Equal(t, signed, super)
		require.Equal(t, []string{"ostree.sign.test"}, d.Keys())
		return nil
	})})
	require.NoError(t, err)
	requireIntact(t, dst)
}
