package ostree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// matrixTree has files that every mode can hold, as far as the mode of the source allows.
func matrixCommit(t *testing.T, r *Repo) Checksum {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/plain", []byte("plain"), 0o644))
	require.NoError(t, os.WriteFile(dir+"/exe", []byte("exe"), 0o755))
	require.NoError(t, os.WriteFile(dir+"/empty", nil, 0o644))
	require.NoError(t, os.WriteFile(dir+"/large", []byte(strings.Repeat("large", scratchSize)), 0o644))
	require.NoError(t, os.Mkdir(dir+"/d", 0o755))
	require.NoError(t, os.Symlink("../plain", dir+"/d/link"))
	c, err := commitDir(t.Context(), r, dir, &ImportOptions{CanonicalPermissions: true})
	require.NoError(t, err)
	return c
}

// TestImportObjectMatrix takes a whole commit from each mode into each, trusted and not. Which objects become hard links is
// what makes pulls between repositories fast: all between equal modes, metadata always, and regular files from
// bare-user into bare-user-only.
func TestImportObjectMatrix(t *testing.T) {
	testenv.NeedRoot(t)
	modes := append(writableModes, ModeBareSplitXattrs)
	for _, from := range modes {
		for _, to := range modes {
			for _, untrusted := range []bool{false, true} {
				name := from.String() + " to " + to.String()
				if untrusted {
					name += " untrusted"
				}
				t.Run(name, func(t *testing.T) {
					src := newRepo(t, from, "ex-split-xattrs.write=true")
					dst := newRepo(t, to, "ex-split-xattrs.write=true")
					commit := matrixCommit(t, src)
					objects, err := src.Traverse(t.Context(), commit, 0)
					require.NoError(t, err)
					tx := begin(t, dst)
					files := 0
					for n := range objects.All() {
						linked, err := tx.ImportObject(t.Context(), src, n, &ImportObjectOptions{Untrusted: untrusted})
						require.NoError(t, err)
						if n.Type != TypeFile {
							require.True(t, linked, n)
						} else if linked {
							files++
						}
						linked, err = tx.ImportObject(t.Context(), src, n, nil)
						require.NoError(t, err)
						require.False(t, linked, "it is there")
					}
					finish(t, tx)
					want := 0
					switch {
					case from == to && from != ModeBareSplitXattrs:
						want = 5
					case from == ModeBareUser && to == ModeBareUserOnly:
						want = 4 // not the symbolic link
					}
					require.Equal(t, want, files)
					requireSound(t, dst)
					requireCommits(t, dst, true, commit)
					d, err := dst.DetachedMetadata(t.Context(), commit)
					require.NoError(t, err)
					v, _ := d.String("k")
					require.Equal(t, "v", v)
				})
			}
		}
	}
}

// An object that is damaged in the source is refused, except where only a link or an exact copy is made on trust.
func TestImportObjectDamage(t *testing.T) {
	testenv.NeedRoot(t)
	for _, from := range writableModes {
		for _, to := range writableModes {
			t.Run(from.String()+" to "+to.String(), func(t *testing.T) {
				src := newRepo(t, from)
				tx := begin(t, src)
				body := strings.Repeat("content ", 100)
				c, err := tx.WriteFile(t.Context(), ownHeader(from), int64(len(body)), strings.NewReader(body))
				require.NoError(t, err)
				finish(t, tx)
				n := ObjectName{c, TypeFile}
				p := filepath.Join(src.Path(), "objects", n.LoosePath(from))
				data, err := os.ReadFile(p)
				require.NoError(t, err)
				data[len(data)-3] ^= 1
				f, err := os.OpenFile(p, os.O_WRONLY, 0)
				require.NoError(t, err)
				_, err = f.WriteAt(data, 0)
				require.NoError(t, err)
				require.NoError(t, f.Close())

				dst := newRepo(t, to)
				tx = begin(t, dst)
				_, err = tx.ImportObject(t.Context(), src, n, &ImportObjectOptions{Untrusted: true})
				var corrupt *CorruptError
				require.ErrorAs(t, err, &corrupt)
				require.ErrorContains(t, err, n.String())
				finish(t, tx)
				require.Empty(t, repoObjects(t, dst))
			})
		}
	}
}

func TestImportObjectFromParent(t *testing.T) {
	parent := newRepo(t, ModeArchive)
	commit := matrixCommit(t, parent)
	child := newRepo(t, ModeBareUserOnly, "core.parent="+parent.Path())
	require.Nil(t, child.Parent(), "the setting is that of the next Open")
	child, err := Open(t.Context(), child.Path(), nil)
	require.NoError(t, err)
	defer child.Close()
	require.True(t, child.Parent().Equal(parent))
	dst := newRepo(t, ModeArchive)
	tx := begin(t, dst)
	objects, err := child.Traverse(t.Context(), commit, 0)
	require.NoError(t, err)
	for n := range objects.All() {
		linked, err := tx.ImportObject(t.Context(), child, n, nil)
		require.NoError(t, err)
		require.True(t, linked, "from the store that has it")
	}
	finish(t, tx)
	requireSound(t, dst)
}

func TestImportObjectRefusals(t *testing.T) {
	src, dst := newRepo(t, ModeArchive), newRepo(t, ModeArchive)
	tx := begin(t, dst)
	for _, typ := range []ObjectType{TypeCommitMeta, TypeTombstone, TypePayloadLink, TypeFileXattrs, TypeFileXattrsLink} {
		_, err := tx.ImportObject(t.Context(), src, ObjectName{Checksum{1}, typ}, nil)
		require.ErrorContains(t, err, "cannot be imported")
	}
	for _, typ := range []ObjectType{TypeFile, TypeDirTree, TypeDirMeta, TypeCommit} {
		_, err := tx.ImportObject(t.Context(), src, ObjectName{Checksum{1}, typ}, nil)
		require.ErrorIs(t, err, os.ErrNotExist, typ)
	}
	require.NoError(t, tx.Abort())
	_, err := tx.ImportObject(t.Context(), src, ObjectName{Checksum{1}, TypeFile}, nil)
	require.ErrorIs(t, err, errTxDone)
}

// A transaction that continues keeps the lock and the refs: nothing is lost between its parts, and no ref shows early.
func TestTxContinue(t *testing.T) {
	r := newRepo(t, ModeArchive, "core.lock-timeout-secs=0")
	tx := begin(t, r)
	first := putTree(t, tx, Checksum{}, "a")
	tx.SetRef("main", first)
	next, err := tx.Continue(t.Context())
	require.NoError(t, err)
	defer next.Abort()
	requireCommits(t, r, true, first)
	_, err = r.ResolveRev(t.Context(), "main")
	require.Error(t, err, "refs are set at the end")
	var locked *LockedError
	_, err = r.Prune(t.Context(), nil)
	require.ErrorAs(t, err, &locked)
	_, err = tx.Commit(t.Context())
	require.ErrorIs(t, err, errTxDone)
	second := putTree(t, next, first, "b")
	next.SetRef("main", second)
	finish(t, next)
	got, err := r.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	require.Equal(t, second, got)
	_, err = r.Prune(t.Context(), nil)
	require.NoError(t, err)
	requireCommits(t, r, true, first, second)
}

// PruneDeltas removes the deltas to one commit, and nothing else.
func TestPruneDeltas(t *testing.T) {
	r := newRepo(t, ModeArchive)
	one := put(t, r, "main", Checksum{}, "a")
	two := put(t, r, "main", one, "b")
	dir := func(from, to Checksum) string {
		return filepath.Join(r.Path(), deltaPath(from, to))
	}
	for _, p := range []string{dir(Checksum{}, one), dir(Checksum{}, two), dir(one, two)} {
		require.NoError(t, os.MkdirAll(p, 0o755))
		require.NoError(t, os.WriteFile(p+"/superblock", []byte("x"), 0o644))
	}
	require.NoError(t, r.PruneDeltas(t.Context(), two))
	require.DirExists(t, dir(Checksum{}, one))
	require.NoDirExists(t, dir(Checksum{}, two))
	require.NoDirExists(t, dir(one, two))
	requireCommits(t, r, true, one, two)
}

// deltaPath follows the format: modified base64, two characters of the first name as a directory.
func deltaPath(from, to Checksum) string {
	b64 := func(c Checksum) string {
		const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_"
		var out strings.Builder
		for i := 0; i < 43; i++ {
			v := 0
			for bit := range 6 {
				at := i*6 + bit
				v <<= 1
				if at < 256 {
					v |= int(c[at/8]>>(7-at%8)) & 1
				}
			}
			out.WriteByte(digits[v])
		}
		return out.String()
	}
	if from.IsZero() {
		name := b64(to)
		return "deltas/" + name[:2] + "/" + name[2:]
	}
	name := b64(from)
	return "deltas/" + name[:2] + "/" + name[2:] + "-" + b64(to)
}
