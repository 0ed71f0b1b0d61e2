package interop

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/testenv"
)

// killWorld is a server with two commits of main, and a delta between them.
type killWorld struct {
	dir, src string
	old, new string // checksums
	server   *loggingServer
	ours     string // our command
	rnd      *rand.Rand
}

func newKillWorld(t *testing.T) *killWorld {
	t.Helper()
	testenv.NeedTool(t, "ostree", "strace")
	testenv.NeedRoot(t)
	w := &killWorld{dir: t.TempDir(), ours: ourCommand(t), rnd: rand.New(rand.NewPCG(1, 1))}
	testenv.NeedUserXattrs(t, w.dir)
	w.src = filepath.Join(w.dir, "src")
	testenv.Run(t, "", "ostree", "--repo="+w.src, "init", "--mode=archive")
	testenv.Run(t, "", "ostree", "--repo="+w.src, "config", "set", "core.fsync", "false")
	for _, version := range []string{"1", "2"} {
		tree := filepath.Join(w.dir, "tree"+version)
		for i := range 30 {
			data := randomBytes(uint64(i), 10+i*i*40)
			if i%3 == 0 {
				data = append(data, version...)
			}
			p := filepath.Join(tree, fmt.Sprint("d", i%6), fmt.Sprint("f", i))
			require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
			require.NoError(t, os.WriteFile(p, data, 0o644))
		}
		require.NoError(t, os.Symlink("f1"+version, filepath.Join(tree, "link")))
		realCommit(t, w.src, tree, "main", "--timestamp=2020-01-0"+version)
	}
	w.old, w.new = w.rev(t, w.src, "main^"), w.rev(t, w.src, "main")
	testenv.Run(t, "", "ostree", "--repo="+w.src, "static-delta", "generate", "main")
	testenv.Run(t, "", "ostree", "--repo="+w.src, "summary", "-u")
	w.server = serveLogged(t, w.src)
	return w
}

func (w *killWorld) rev(t *testing.T, repo, rev string) string {
	t.Helper()
	return strings.TrimSpace(testenv.Run(t, "", "ostree", "--repo="+repo, "rev-parse", rev))
}

// killOp is a command that is killed and then run again.
type killOp struct {
	name     string
	args     string // words; REPO, SRC, NEW and TREE stand for what their names say
	oursOnly bool
	damaged  bool // the repository is not sound before the command has run
	// realUnsafe: what the real command leaves when it is killed is not sound.
	realUnsafe bool
	setup      func(t *testing.T, w *killWorld, dir string)
	after      func(t *testing.T, w *killWorld, dir string) // of the kill; nil checks nothing more
	done       func(t *testing.T, w *killWorld, dir string)
}

// withOld is a repository that has the old commit.
func withOld(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	repo := filepath.Join(dir, "repo")
	testenv.Run(t, "", "ostree", "--repo="+repo, "init", "--mode=bare-user")
	testenv.Run(t, "", "ostree", "--repo="+repo, "remote", "add", "--no-gpg-verify", "origin", w.server.URL)
	testenv.Run(t, "", "ostree", "--repo="+repo, "pull-local", "--disable-fsync", "--remote=origin", w.src, w.old)
	testenv.Run(t, "", "ostree", "--repo="+repo, "refs", "--create=origin:main", w.old)
}

// withBoth has both, and no ref for the old one.
func withBoth(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	withOld(t, w, dir)
	testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "pull-local", "--disable-fsync", "--remote=origin", w.src, "main")
}

// withDamage has a file of the new commit with other content.
func withDamage(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	withBoth(t, w, dir)
	repo := openRepo(t, filepath.Join(dir, "repo"))
	files := 0
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		path := filepath.Join(dir, "repo/objects", n.LoosePath(repo.Mode()))
		if st, err := os.Stat(path); err == nil && strings.HasSuffix(path, ".file") && st.Size() > 1000 && files < 5 {
			files++
			require.NoError(t, overwrite(path, []byte("damaged")))
		}
	}
	require.Equal(t, 5, files)
}

// hasNew demands that the commit is complete, by both commands.
func hasNew(ref string) func(*testing.T, *killWorld, string) {
	return func(t *testing.T, w *killWorld, dir string) {
		t.Helper()
		repo := filepath.Join(dir, "repo")
		require.Equal(t, w.new, w.rev(t, repo, strings.ReplaceAll(ref, "NEW", w.new)))
		require.NoFileExists(t, filepath.Join(repo, "state", w.new+".commitpartial"))
		testenv.Run(t, "", "ostree", "--repo="+repo, "ls", "-R", w.new)
	}
}

func killOps() []killOp {
	return []killOp{
		{name: "pull", args: "pull --disable-static-deltas origin main", setup: withOld, done: hasNew("origin:main")},
		{name: "pull with deltas", args: "pull origin main", setup: withOld, done: hasNew("origin:main")},
		{name: "pull without sync", args: "pull --disable-fsync --disable-static-deltas origin main", setup: withOld, done: hasNew("origin:main")},
		{name: "pull-local", args: "pull-local --remote=origin SRC main", setup: withOld, done: hasNew("origin:main")},
		{name: "delta", args: "static-delta apply-offline DELTA", setup: withOld, done: hasNew("NEW")},
		{name: "commit", args: "commit -b main TREE", setup: consumable, done: committed},
		{name: "commit --consume", args: "commit -b main --consume TREE", oursOnly: true, setup: consumable, after: allOrNothing, done: func(*testing.T, *killWorld, string) {}},
		{name: "prune", args: "prune --refs-only --depth=0", setup: withBoth, realUnsafe: true, // it deletes commits and what they need in no order
			done: func(t *testing.T, w *killWorld, dir string) {
				hasNew("origin:main")(t, w, dir)
				require.NoFileExists(t, filepath.Join(dir, "repo/objects", w.old[:2], w.old[2:]+".commit"))
				require.Contains(t, testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "prune", "--refs-only", "--depth=0", "--no-prune"), "No unreachable objects")
			}},
		{name: "summary", args: "summary -u", setup: func(t *testing.T, w *killWorld, dir string) {
			consumable(t, w, dir)
			testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "pull-local", "--disable-fsync", w.src, "main")
			testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "summary", "-u")
			testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "refs", "--create=other", "main")
		}, after: wholeSummary(1), done: wholeSummary(2)},
		{name: "fsck --delete", args: "fsck --delete", damaged: true, setup: withDamage, done: func(t *testing.T, w *killWorld, dir string) {
			testenv.Run(t, "", w.ours, "--repo="+dir+"/repo", "pull", "--disable-fsync", "origin", "main", w.old)
		}},
		{name: "fsck --repair", args: "fsck --repair=SRC", oursOnly: true, damaged: true, setup: withDamage, done: hasNew("origin:main")},
	}
}

// consumable has a tree to be committed to an empty repository.
func consumable(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "init", "--mode=bare-user")
	testenv.Run(t, "", "cp", "-a", w.dir+"/tree2", dir+"/tree")
}

func committed(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	require.Empty(t, testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "diff", "main", w.dir+"/tree2"))
}

// allOrNothing: either there is a commit, or all of the tree.
func allOrNothing(t *testing.T, w *killWorld, dir string) {
	t.Helper()
	if _, err := os.Stat(dir + "/repo/refs/heads/main"); err == nil {
		committed(t, w, dir)
		return
	}
	testenv.Run(t, "", "diff", "-r", "--no-dereference", w.dir+"/tree2", dir+"/tree")
	testenv.Run(t, "", w.ours, "--repo="+dir+"/repo", "commit", "-b", "main", "--consume", dir+"/tree")
	committed(t, w, dir)
	require.NoDirExists(t, dir+"/tree")
	testenv.Run(t, "", "cp", "-a", w.dir+"/tree2", dir+"/tree") // for the run that every command gets
}

// wholeSummary: the summary has at least as many refs.
func wholeSummary(refs int) func(*testing.T, *killWorld, string) {
	return func(t *testing.T, w *killWorld, dir string) {
		t.Helper()
		require.GreaterOrEqual(t, strings.Count(testenv.Run(t, "", "ostree", "--repo="+dir+"/repo", "summary", "-v"), "Latest Commit"), refs)
	}
}

// killCalls are the system calls before which a process is killed: those that change something, or send a request.
const killCalls = "linkat,renameat,renameat2,unlinkat,mkdirat,symlinkat,write,pwrite64,fsetxattr,fchmod,ftruncate,fsync,fdatasync,syncfs,utimensat"

// TestKilled kills a command at a system call, checks what it has left, and lets the same command or the other one finish
// the work. RPMOSTREE_KILLS=N kills each pair of commands N times instead of the few that time allows here.
func TestKilled(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	for _, op := range killOps() {
		for _, by := range [][2]string{{w.ours, w.ours}, {w.ours, "ostree"}, {"ostree", w.ours}} {
			if op.oursOnly && by != [2]string{w.ours, w.ours} {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s, then %s", op.name, side(by[0]), side(by[1])), func(t *testing.T) {
				w.testKilled(t, op, by[0], by[1])
			})
		}
	}
}

func side(bin string) string {
	if bin == "ostree" {
		return "real"
	}
	return "ours"
}

func (w *killWorld) testKilled(t *testing.T, op killOp, first, second string) {
	rounds := 2
	if n := os.Getenv("RPMOSTREE_KILLS"); n != "" {
		var err error
		rounds, err = strconv.Atoi(n)
		require.NoError(t, err)
	}
	pristine := t.TempDir()
	op.setup(t, w, pristine)
	clone := func() string {
		dir := t.TempDir()
		testenv.Run(t, "", "cp", "-a", pristine+"/.", dir)
		return dir
	}
	most := w.countCalls(t, clone(), first, op)
	for deaths, tries := 0, 0; deaths < rounds; tries++ {
		require.Less(t, tries, 10*rounds, "only %d deaths", deaths)
		// Threads count by themselves, and share the calls in another way each time.
		dir, k := clone(), 1+w.rnd.IntN(1+w.rnd.IntN(most))
		if !w.kill(t, dir, first, op, k) {
			continue
		}
		deaths++
		t.Logf("killed at call %d of at most %d", k, most)
		if !op.damaged && !(op.realUnsafe && first == "ostree") {
			w.requireSoundRepo(t, dir)
		}
		if op.after != nil {
			op.after(t, w, dir)
		}
		there := objectsAnywhere(t, dir+"/repo")
		w.server.asked("")
		out, code := outcome(t, second, w.words(dir, op)...)
		require.True(t, code == 0 || op.damaged, "%s", out)
		if second == w.ours {
			for _, path := range w.server.asked("") {
				require.False(t, there[strings.TrimSuffix(path, "z")], "%s is fetched again", path)
			}
		}
		op.done(t, w, dir)
		if op.damaged && first == "ostree" { // it marks a commit before it has deleted what is damaged, and marked ones are not checked
			testenv.Run(t, "", w.ours, "--repo="+dir+"/repo", "fsck", "--repair="+w.src)
		}
		w.requireSoundRepo(t, dir)
		requireNoLeftovers(t, dir+"/repo")
	}
}

// words are the arguments of a command for the repository in dir.
func (w *killWorld) words(dir string, op killOp) []string {
	args := strings.Fields("--repo=" + dir + "/repo " + op.args)
	for i, a := range args {
		switch a {
		case "SRC":
			args[i] = w.src
		case "TREE":
			args[i] = dir + "/tree"
		case "DELTA":
			found, _ := filepath.Glob(w.src + "/deltas/*/*")
			args[i] = found[0]
		}
		args[i] = strings.ReplaceAll(args[i], "=SRC", "="+w.src)
	}
	return args
}

// countCalls returns how many of the calls the busiest thread makes.
func (w *killWorld) countCalls(t *testing.T, dir, bin string, op killOp) int {
	t.Helper()
	log := filepath.Join(dir, "log")
	args := append([]string{"-f", "-qq", "-o", log, "-e", "trace=" + killCalls, "-e", "signal=none", bin}, w.words(dir, op)...)
	if out, err := exec.Command("strace", args...).CombinedOutput(); err != nil && !op.damaged {
		require.NoError(t, err, "%s", out)
	}
	data, err := os.ReadFile(log)
	require.NoError(t, err)
	threads, most := map[string]int{}, 0
	for line := range strings.Lines(string(data)) {
		id, call, _ := strings.Cut(line, " ")
		if strings.Contains(call, "(") && !strings.Contains(call, "resumed>") {
			threads[id]++
			most = max(most, threads[id])
		}
	}
	require.Positive(t, most)
	return most
}

// kill runs the command until a thread makes its k-th call, and reports whether one did.
func (w *killWorld) kill(t *testing.T, dir, bin string, op killOp, k int) bool {
	t.Helper()
	inject := "inject=" + killCalls + ":signal=KILL:when=" + strconv.Itoa(k)
	args := append([]string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + killCalls, "-e", inject, bin}, w.words(dir, op)...)
	cmd := exec.Command("strace", args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() < 0 {
		return true
	}
	if bytes.Contains(out, []byte("strace: ptrace(")) {
		return false // it was confused by the death of a thread
	}
	require.True(t, err == nil || op.damaged, "%s", out)
	return false
}

// requireSoundRepo: both commands find nothing wrong, and each object that has its name has the content.
func (w *killWorld) requireSoundRepo(t *testing.T, dir string) {
	t.Helper()
	for _, bin := range []string{"ostree", w.ours} {
		out, code := outcome(t, bin, "--repo="+dir+"/repo", "fsck")
		require.Zero(t, code, "%s: %s", side(bin), out)
	}
	repo := openRepo(t, dir+"/repo")
	for n, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		if !strings.HasSuffix(n.String(), ".commitmeta") {
			require.NoError(t, rehash(t.Context(), repo, n))
		}
	}
}

// objectsAnywhere returns the objects of a repository and of its staging directories, as paths on a server without the z.
// Detached metadata may change and is no object in this sense.
func objectsAnywhere(t *testing.T, repo string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	roots := []string{repo + "/objects"}
	found, err := filepath.Glob(repo + "/tmp/staging-*")
	require.NoError(t, err)
	for _, root := range append(roots, found...) {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".commitmeta") && root != path {
				out["/objects/"+strings.TrimPrefix(path, root+"/")] = true
			}
			return err
		}))
	}
	return out
}

// requireNoLeftovers: the next transaction removes what the dead one had not finished, but for a directory that somebody has
// just made and may be about to lock.
func requireNoLeftovers(t *testing.T, repo string) {
	t.Helper()
	tx, err := openRepo(t, repo).Begin(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(repo, func(path string, d fs.DirEntry, err error) error {
		require.False(t, strings.HasPrefix(d.Name(), atomicfs.TempPrefix), path)
		if strings.HasPrefix(d.Name(), "staging-") {
			require.True(t, d.IsDir(), path)
			require.NoFileExists(t, path+"-lock")
			entries, err := os.ReadDir(path)
			require.NoError(t, err)
			require.Empty(t, entries, path)
		}
		return err
	}))
}
