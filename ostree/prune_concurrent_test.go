package ostree

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree/gvariant"
)

// putTree writes a tree with a directory d that has a file for each word, and a commit of it, without a ref.
func putTree(t testing.TB, tx *Tx, parent Checksum, words ...string) Checksum {
	t.Helper()
	ctx := context.Background()
	m := NewMutableTree()
	for i, w := range words {
		c, err := tx.WriteFile(ctx, ownHeader(tx.Repo().Mode()), int64(len(w)), strings.NewReader(w))
		require.NoError(t, err)
		dm, err := tx.WriteMetadata(ctx, TypeDirMeta, (&DirMeta{Mode: 0o40755}).Encode())
		require.NoError(t, err)
		m.SetMeta(dm)
		sub, err := m.EnsureDir(ctx, w, dm)
		require.NoError(t, err)
		require.NoError(t, sub.SetFile(ctx, fmt.Sprint(i), c))
	}
	root, meta, err := tx.WriteTree(ctx, m)
	require.NoError(t, err)
	c, err := tx.WriteCommit(ctx, &Commit{Metadata: gvariant.NewDict(), Parent: parent, RootTree: root, RootMeta: meta, Subject: strings.Join(words, " ")})
	require.NoError(t, err)
	return c
}

func finish(t testing.TB, tx *Tx) {
	t.Helper()
	_, err := tx.Commit(context.Background())
	require.NoError(t, err)
}

// put commits to a ref, or to none if it is "".
func put(t testing.TB, r *Repo, ref string, parent Checksum, words ...string) Checksum {
	t.Helper()
	tx := begin(t, r)
	c := putTree(t, tx, parent, words...)
	if ref != "" {
		tx.SetRef(ref, c)
	}
	finish(t, tx)
	return c
}

func requireSound(t testing.TB, r *Repo) {
	t.Helper()
	report, err := r.Fsck(context.Background(), &FsckOptions{KeepStates: true})
	require.NoError(t, err)
	require.NoError(t, report.Err())
}

func requireCommits(t testing.TB, r *Repo, there bool, commits ...Checksum) {
	t.Helper()
	for i, c := range commits {
		ok, err := r.Has(context.Background(), ObjectName{c, TypeCommit})
		require.NoError(t, err)
		require.Equal(t, there, ok, "commit %d: %s", i, c)
	}
}

// hide takes an object away and returns what brings it back.
func hide(t testing.TB, r *Repo, n ObjectName) func() {
	p := filepath.Join(r.Path(), "objects", n.LoosePath(r.Mode()))
	require.NoError(t, os.Rename(p, p+".hidden"))
	return func() { require.NoError(t, os.Rename(p+".hidden", p)) }
}

// pruneRace is a change between the two parts of pruning.
type pruneRace struct {
	name string
	o    PruneOptions
	// before runs before the scan and returns what runs between scan and sweep, and then what checks the result besides that
	// nothing is damaged. The repository has commits "one" and "two" on ref main, and "loose" without a ref.
	before func(t testing.TB, r *Repo, w raceWorld) (between, check func())
}

type raceWorld struct{ one, two, loose Checksum }

func newRaceWorld(t testing.TB, r *Repo) raceWorld {
	one := put(t, r, "main", Checksum{}, "a", "b")
	return raceWorld{one: one, two: put(t, r, "main", one, "a", "c"), loose: put(t, r, "", Checksum{}, "x", "y", "z")}
}

func refsOnly() PruneOptions { return PruneOptions{RefsOnly: true, Depth: new(0)} }

var pruneRaces = []pruneRace{
	{"nothing happens", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() {}, func() {
			requireCommits(t, r, false, w.one, w.loose)
			requireCommits(t, r, true, w.two)
			require.Len(t, repoObjects(t, r), 1+1+3+2)
		}
	}},
	{"commit of unreachable files", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		var c Checksum
		return func() { c = put(t, r, "other", Checksum{}, "x", "y") }, func() { requireCommits(t, r, true, c) }
	}},
	{"commit of unreachable files without a ref", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		var c Checksum
		return func() { c = put(t, r, "", Checksum{}, "x", "y") }, func() { requireCommits(t, r, true, c); requireCommits(t, r, false, w.loose) }
	}},
	{"the same without refs-only", PruneOptions{}, func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		require.NoError(t, r.Delete(t.Context(), ObjectName{w.loose, TypeCommit}))
		var c Checksum
		return func() { c = put(t, r, "", Checksum{}, "x", "y") }, func() { requireCommits(t, r, true, c, w.one, w.two) }
	}},
	{"the same tree again", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() { put(t, r, "other", Checksum{}, "x", "y", "z") }, func() { requireCommits(t, r, true, w.loose) }
	}},
	{"transaction that begins before the scan", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		tx := begin(t, r)
		c := putTree(t, tx, w.loose, "x", "new")
		tx.SetRef("other", c)
		return func() { finish(t, tx) }, func() { requireCommits(t, r, true, c) }
	}},
	{"transaction that is given up", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		tx := begin(t, r)
		putTree(t, tx, w.loose, "x", "new")
		return func() { require.NoError(t, tx.Abort()) }, func() { requireCommits(t, r, false, w.loose) }
	}},
	{"ref to an unreachable commit", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() { require.NoError(t, r.SetRef(t.Context(), "other", w.loose)) }, func() { requireCommits(t, r, true, w.loose) }
	}},
	{"ref set back", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() { require.NoError(t, r.SetRef(t.Context(), "main", w.one)) }, func() { requireCommits(t, r, true, w.one) }
	}},
	{"ref deleted", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() { require.NoError(t, r.DeleteRef(t.Context(), "main")) }, func() {
			_, err := r.Prune(t.Context(), &PruneOptions{RefsOnly: true})
			require.NoError(t, err)
			require.Empty(t, repoObjects(t, r), "the next run deletes it")
		}
	}},
	{"history is continued", PruneOptions{RefsOnly: true}, func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		var c Checksum
		return func() { c = put(t, r, "other", w.loose, "n") }, func() { requireCommits(t, r, true, c, w.loose, w.one) }
	}},
	{"history is mended", PruneOptions{RefsOnly: true}, func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		middle := put(t, r, "", w.loose, "middle")
		head := put(t, r, "head", middle, "head")
		back := hide(t, r, ObjectName{middle, TypeCommit})
		return back, func() { requireCommits(t, r, true, w.loose, middle, head) }
	}},
	{"partial commit is completed", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		require.NoError(t, r.SetRef(t.Context(), "other", w.loose))
		require.NoError(t, r.MarkPartial(t.Context(), w.loose, true))
		c, err := r.LoadCommit(t.Context(), w.loose)
		require.NoError(t, err)
		back := hide(t, r, ObjectName{c.RootTree, TypeDirTree})
		return func() { back(); require.NoError(t, r.MarkPartial(t.Context(), w.loose, false)) }, func() { requireCommits(t, r, true, w.loose) }
	}},
	{"commit appears before its directories", PruneOptions{}, func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		c, err := r.LoadCommit(t.Context(), w.two)
		require.NoError(t, err)
		root, err := r.LoadDirTree(t.Context(), c.RootTree)
		require.NoError(t, err)
		return hide(t, r, ObjectName{root.Dirs[1].Tree, TypeDirTree}), func() { requireCommits(t, r, true, w.one, w.two, w.loose) }
	}},
	{"directory of two commits, one of which goes", PruneOptions{}, func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		again := put(t, r, "", w.two, "x", "y", "z")
		c, err := r.LoadCommit(t.Context(), again)
		require.NoError(t, err)
		back := hide(t, r, ObjectName{c.RootTree, TypeDirTree})
		return func() { back(); require.NoError(t, r.Delete(t.Context(), ObjectName{w.loose, TypeCommit})) }, func() { requireCommits(t, r, true, again) }
	}},
	{"another run, and all is written again", refsOnly(), func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
		return func() {
			require.NoError(t, r.DeleteRef(t.Context(), "main"))
			_, err := r.Prune(t.Context(), &PruneOptions{RefsOnly: true})
			require.NoError(t, err)
			put(t, r, "new", Checksum{}, "x", "y", "a", "b", "c")
		}, func() { requireCommits(t, r, false, w.two, w.loose) }
	}},
	{"own rule sees the change", PruneOptions{}, nil}, // made by ownRule
}

// ownRule is a PruneOptions.Reachable that keeps what refs have, as the options of the command line do.
func ownRule(r *Repo) PruneOptions {
	return PruneOptions{Reachable: func(ctx context.Context, keep *ObjectSet) error {
		refs, err := r.Refs(ctx, nil)
		for _, ref := range refs {
			if err == nil {
				err = r.TraverseInto(ctx, keep, ref.Checksum, 0)
			}
		}
		return err
	}}
}

func (race *pruneRace) run(t testing.TB, r *Repo) {
	ctx := context.Background()
	w := newRaceWorld(t, r)
	o, before := race.o, race.before
	if before == nil {
		o = ownRule(r)
		before = func(t testing.TB, r *Repo, w raceWorld) (func(), func()) {
			return func() { require.NoError(t, r.SetRef(ctx, "other", w.loose)) }, func() { requireCommits(t, r, true, w.loose, w.two); requireCommits(t, r, false, w.one) }
		}
	}
	between, check := before(t, r, w)
	p := &pruner{r: r, o: &o}
	require.NoError(t, r.locked(ctx, false, p.scan))
	between()
	require.NoError(t, r.locked(ctx, true, p.sweep))
	requireSound(t, r)
	check()
}

// TestPruneRaces changes the repository between scan and sweep.
func TestPruneRaces(t *testing.T) {
	for _, mode := range []Mode{ModeArchive, ModeBareUserOnly} {
		for _, sync := range []string{"true", "false"} {
			for _, race := range pruneRaces {
				t.Run(fmt.Sprintf("%s/fsync=%s/%s", mode, sync, race.name), func(t *testing.T) {
					race.run(t, newRepo(t, mode, "core.fsync="+sync))
				})
			}
		}
	}
}

// TestPruneRandomRaces checks the law behind the cases: whatever transactions do between scan and sweep, nothing that has
// a ref, or was committed since the scan began, is damaged.
func TestPruneRandomRaces(t *testing.T) {
	words := strings.Fields("a b c d e f g h")
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	for seed := range uint64(rounds) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r := newRepo(t, ModeArchive, "core.fsync=false")
		some := func() []string {
			n := 1 + rnd.IntN(4)
			out := make([]string, 0, n)
			for _, i := range rnd.Perm(len(words))[:n] {
				out = append(out, words[i])
			}
			return out
		}
		var commits []Checksum
		parent := func() Checksum {
			if len(commits) == 0 || rnd.IntN(2) == 0 {
				return Checksum{}
			}
			return commits[rnd.IntN(len(commits))]
		}
		step := func() {
			ref := fmt.Sprint("r", rnd.IntN(3))
			switch rnd.IntN(5) {
			case 0:
				require.NoError(t, ignoreNotExist(r.DeleteRef(t.Context(), ref)))
			case 1:
				if len(commits) > 0 {
					c := commits[rnd.IntN(len(commits))]
					if ok, err := r.Has(t.Context(), ObjectName{c, TypeCommit}); err == nil && ok {
						require.NoError(t, r.SetRef(t.Context(), ref, c))
					}
				}
			case 2:
				commits = append(commits, put(t, r, "", parent(), some()...))
			default:
				commits = append(commits, put(t, r, ref, parent(), some()...))
			}
		}
		for range 6 {
			for range rnd.IntN(6) {
				step()
			}
			tx := begin(t, r)
			early := putTree(t, tx, parent(), some()...)
			withRef := rnd.IntN(2) == 0
			if withRef {
				tx.SetRef("early", early)
			}
			o := PruneOptions{RefsOnly: rnd.IntN(3) > 0}
			if rnd.IntN(2) == 0 {
				o.Depth = new(rnd.IntN(2))
			}
			p := &pruner{r: r, o: &o}
			require.NoError(t, r.locked(t.Context(), false, p.scan))
			for range rnd.IntN(5) {
				step()
			}
			finish(t, tx)
			require.NoError(t, r.locked(t.Context(), true, p.sweep))
			requireSound(t, r)
			if withRef || !o.RefsOnly {
				requireCommits(t, r, true, early)
			}
			refs, err := r.Refs(t.Context(), nil)
			require.NoError(t, err)
			for _, ref := range refs {
				requireCommits(t, r, true, ref.Checksum)
			}
			commits = append(commits, early)
		}
	}
}

// TestCrashPruneRaces dies at every step of the sweep after a change.
func TestCrashPruneRaces(t *testing.T) {
	for _, i := range []int{1, 5, 12} {
		race := pruneRaces[i]
		t.Run(race.name, func(t *testing.T) {
			steps := crashtest.Enumerate(t, crashtest.Scenario{
				Setup: func(t testing.TB, dir string) {
					r, err := Init(context.Background(), dir+"/repo", &InitOptions{Mode: ModeArchive})
					require.NoError(t, err)
					defer r.Close()
					newRaceWorld(t, r)
				},
				Op: func(ctx context.Context, dir string) error {
					r, err := Open(ctx, dir+"/repo", nil)
					if err != nil {
						return err
					}
					defer r.Close()
					refs, err := r.Refs(ctx, nil)
					if err != nil {
						return err
					}
					var loose Checksum
					for n, err := range r.Objects(ctx) {
						if err != nil {
							return err
						}
						if n.Type == TypeCommit && n.Checksum != refs[0].Checksum {
							loose = n.Checksum
						}
					}
					between, _ := race.before(t, r, raceWorld{two: refs[0].Checksum, loose: loose})
					p := &pruner{r: r, o: &race.o}
					err = r.locked(ctx, false, p.scan)
					between()
					if err != nil {
						return err
					}
					return r.locked(ctx, true, p.sweep)
				},
				Check: func(t testing.TB, dir string, died bool) {
					r, err := Open(context.Background(), dir+"/repo", nil)
					require.NoError(t, err)
					defer r.Close()
					requireSound(t, r)
				},
			})
			require.Greater(t, steps, 4)
		})
	}
}

// A dry run keeps nobody out, and damage is reported by it too.
func TestPruneDryRun(t *testing.T) {
	r := newRepo(t, ModeArchive)
	w := newRaceWorld(t, r)
	tx := begin(t, r)
	o := refsOnly()
	o.NoPrune = true
	stats, err := r.Prune(t.Context(), &o)
	require.NoError(t, err)
	require.Positive(t, stats.Pruned)
	require.Zero(t, stats.Exclusive)
	require.NoError(t, tx.Abort())
	requireCommits(t, r, true, w.one, w.two, w.loose)

	c, err := r.LoadCommit(t.Context(), w.two)
	require.NoError(t, err)
	back := hide(t, r, ObjectName{c.RootTree, TypeDirTree})
	for _, dry := range []bool{true, false} {
		_, err = r.Prune(t.Context(), &PruneOptions{RefsOnly: true, NoPrune: dry})
		require.ErrorContains(t, err, "traverse commit "+w.two.String())
	}
	back()
	requireCommits(t, r, true, w.one, w.two, w.loose)
	requireSound(t, r)
}

// TestPruneFaults fails the removal of an object.
func TestPruneFaultsInSweep(t *testing.T) {
	crashtest.Faults(t, crashtest.Scenario{
		Setup: func(t testing.TB, dir string) {
			r, err := Init(context.Background(), dir+"/repo", &InitOptions{Mode: ModeArchive})
			require.NoError(t, err)
			defer r.Close()
			newRaceWorld(t, r)
		},
		Op: func(ctx context.Context, dir string) error {
			r, err := Open(ctx, dir+"/repo", nil)
			if err != nil {
				return err
			}
			defer r.Close()
			o := refsOnly()
			_, err = r.Prune(ctx, &o)
			return err
		},
		Check: func(t testing.TB, dir string, died bool) {
			r, err := Open(context.Background(), dir+"/repo", nil)
			require.NoError(t, err)
			defer r.Close()
			requireSound(t, r)
		},
	}, unix.EIO)
}
