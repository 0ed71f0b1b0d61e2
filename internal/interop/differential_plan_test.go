package interop

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// plan thinks of steps. It looks at the real command's world to know what there is.
type plan struct {
	r     *rand.Rand
	dir   string
	n     int // numbers names and times
	trees []randomTree
	paths []string // seen in some tree
	modes map[string]string
}

func newPlan(r *rand.Rand, dir string) *plan {
	return &plan{r: r, dir: dir, modes: map[string]string{}}
}

// operation makes a step, or nil if there is nothing to do it with.
type operation struct {
	weight int
	make   func(*plan) *step
}

func (p *plan) next() *step {
	if len(p.repos()) == 0 {
		return p.initialize()
	}
	ops := operations()
	total := 0
	for _, o := range ops {
		total += o.weight
	}
	for {
		n := p.r.IntN(total)
		for _, o := range ops {
			if n -= o.weight; n < 0 {
				if st := o.make(p); st != nil {
					return st
				}
				break
			}
		}
	}
}

func (p *plan) name(prefix string) string {
	p.n++
	return fmt.Sprintf("%s%d", prefix, p.n)
}

func (p *plan) repos() (list []string) {
	names, _ := filepath.Glob(filepath.Join(p.dir, "r*/objects"))
	for _, name := range names {
		list = append(list, filepath.Base(filepath.Dir(name)))
	}
	return list
}

func (p *plan) repo() string { return pick(p.r, p.repos()) }

func (p *plan) commits(repo string) (list []string) {
	names, _ := filepath.Glob(filepath.Join(p.dir, repo, "objects/??/*.commit"))
	for _, name := range names {
		list = append(list, filepath.Base(filepath.Dir(name))+strings.TrimSuffix(filepath.Base(name), ".commit"))
	}
	return list
}

// refs lists the refspecs of a repository.
func (p *plan) refs(repo string) (list []string) {
	base := filepath.Join(p.dir, repo, "refs")
	filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(base, name)
			kind, rest, _ := strings.Cut(rel, "/")
			if kind == "remotes" {
				remote, ref, _ := strings.Cut(rest, "/")
				rest = remote + ":" + ref
			}
			if kind != "mirrors" {
				list = append(list, rest)
			}
		}
		return nil
	})
	return list
}

var refNames = []string{"main", "next", "os/x86_64/stable", "os/x86_64/testing", "os", "a.b-c_d", "x/y", "x", "ünï/ref", "bad..ref", "-dash", "with space", "trailing/", "/lead", "a//b", ".dot", "abc@x"}

func (p *plan) refName() string {
	if chance(p.r, 12) {
		return pick(p.r, refNames)
	}
	return refNames[p.r.IntN(5)]
}

// rev is a revision, most often one that is there.
func (p *plan) rev(repo string) string {
	refs, commits := p.refs(repo), p.commits(repo)
	if chance(p.r, 25) || len(commits) == 0 {
		return pick(p.r, []string{"nope", "main", "main^^^^^^^^", "origin:main", strings.Repeat("f", 64), strings.Repeat("a", 64), "0", "x:y:z", "a b", strings.ToUpper(pick(p.r, append(commits, "abc"))), "remote:"})
	}
	rev := pick(p.r, commits)
	switch p.r.IntN(6) {
	case 0:
		rev = rev[:1+p.r.IntN(12)]
	case 1, 2, 3, 4:
		if len(refs) > 0 {
			rev = pick(p.r, refs)
		}
	}
	if chance(p.r, 6) {
		rev += strings.Repeat("^", 1+p.r.IntN(2))
	}
	return rev
}

// path is a path in some tree, with its slash.
func (p *plan) path() string {
	if len(p.paths) == 0 || chance(p.r, 8) {
		return pick(p.r, []string{"/", "/nope", "/a/b/c", "a", "/usr", "usr/lib"})
	}
	name := "/" + pick(p.r, p.paths)
	if chance(p.r, 10) {
		name = filepath.Dir(name)
	}
	if chance(p.r, 10) {
		name = strings.TrimPrefix(name, "/")
	}
	return name
}

// tree makes the next version of a tree, or a new one.
func (p *plan) tree(w wildness) randomTree {
	var tree randomTree
	if len(p.trees) > 0 && chance(p.r, 2) && !w.invalid && !w.tame {
		tree = pick(p.r, p.trees).mutated(p.r, w)
	} else {
		tree = newRandomTree(p.r, w)
	}
	if !w.invalid {
		p.trees = append(p.trees, tree)
	}
	for _, e := range tree {
		if e.path != "." && utf8.ValidString(e.path) && !slices.Contains(p.paths, e.path) {
			p.paths = append(p.paths, e.path)
		}
	}
	return tree
}

// option adds an option with a chance of one in n.
func (p *plan) option(argv *[]string, n int, words ...string) bool {
	if chance(p.r, n) {
		*argv = append(*argv, words...)
		return true
	}
	return false
}

func (p *plan) timestamp() string {
	p.n++
	at := time.Unix(1_600_000_000+int64(p.n)*1000, 0).UTC()
	return "--timestamp=" + pick(p.r, []string{"@" + fmt.Sprint(at.Unix()), at.Format(time.RFC3339), at.Format("2006-01-02 15:04:05 +0000"), at.Format("2006-01-02 15:04:05")})
}

func (p *plan) initialize() *step {
	n := len(p.repos())
	name := fmt.Sprintf("r%d", n)
	if n >= 4 || n > 0 && chance(p.r, 6) {
		name = p.repo()
	}
	if n > 0 && chance(p.r, 20) {
		name = "missing/parent"
	}
	argv := []string{"init", "--repo=" + name}
	mode := pick(p.r, []string{"bare", "bare-user", "bare-user-only", "archive", "archive", "archive-z2"})
	if chance(p.r, 20) {
		mode = pick(p.r, []string{"nope", ""})
	}
	if !chance(p.r, 10) {
		argv = append(argv, "--mode="+mode)
	}
	p.option(&argv, 4, "--collection-id="+pick(p.r, []string{"org.example.One", "org.example.Two", "bad id", ""}))
	return &step{argv: argv}
}

// tune changes the configuration, most often so that nothing is synced.
func (p *plan) tune() *step {
	argv := []string{"config", "--repo=" + p.repo()}
	keys := []string{"core.fsync", "core.mode", "core.repo_version", "core.nope", "nope", "nope.key", "core.collection-id", "core.tombstone-commits", "core.auto-update-summary", `remote "origin".url`, "archive.zlib-level", "core.min-free-space-percent"}
	key := pick(p.r, keys)
	switch p.r.IntN(4) {
	case 0:
		argv = append(argv, "get", key)
	case 1:
		argv = append(argv, "set", pick(p.r, []string{"core.fsync", "core.tombstone-commits", "x.y", "core.locking"}), pick(p.r, []string{"true", "false"}))
		if !chance(p.r, 4) {
			argv[len(argv)-1] = pick(p.r, []string{"true", "false"})
		}
	case 2:
		argv = append(argv, "unset", pick(p.r, []string{"core.nope", "x.y", "core.tombstone-commits", "y.y"}))
	case 3:
		argv = append(argv, pick(p.r, [][]string{{"get"}, {"set", "a.b"}, {"frob", "a.b"}, {}, {"get", "--group=core", "mode"}, {"set", "--group=a.b.c", "k", "v=w"}, {"get", "--group=a.b.c", "k"}, {"unset", "--group=a.b.c", "k"}, {"get", "core.mode", "extra"}, {"set", "core.fsync", "false"}})...)
	}
	return &step{argv: argv}
}

// linkedToObjects reports whether a directory has hardlinks of objects of a bare-user repository, with their attribute,
// which the real command takes for one of the file.
func (p *plan) linkedToObjects(dir string) bool {
	return slices.ContainsFunc(p.walk(dir), func(name string) bool {
		_, err := unix.Lgetxattr(filepath.Join(p.dir, name), "user.ostreemeta", nil)
		return err == nil
	})
}

// checkouts lists the directories that checkouts made.
func (p *plan) checkouts() (list []string) {
	names, _ := filepath.Glob(filepath.Join(p.dir, "co*"))
	for _, name := range names {
		var st unix.Stat_t
		if unix.Lstat(name, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
			list = append(list, filepath.Base(name))
		}
	}
	return list
}

// exists reports whether something matches a pattern.
func (p *plan) exists(pattern string) bool {
	names, _ := filepath.Glob(filepath.Join(p.dir, pattern))
	return len(names) > 0
}

// walk lists what is in a directory, without the directory.
func (p *plan) walk(dir string) (list []string) {
	filepath.WalkDir(filepath.Join(p.dir, dir), func(name string, _ fs.DirEntry, err error) error {
		if rel, rerr := filepath.Rel(p.dir, name); err == nil && rerr == nil && rel != dir {
			list = append(list, rel)
		}
		return nil
	})
	return list
}

// objects lists the checksums of all objects.
func (p *plan) objects(repo string) (list []string) {
	names, _ := filepath.Glob(filepath.Join(p.dir, repo, "objects/??/*"))
	for _, name := range names {
		rest, _, _ := strings.Cut(filepath.Base(name), ".")
		list = append(list, filepath.Base(filepath.Dir(name))+rest)
	}
	return list
}

func (p *plan) config(repo string) string {
	data, _ := os.ReadFile(filepath.Join(p.dir, repo, "config"))
	return string(data)
}

// deltaName is the name of a delta as the command takes it.
func (p *plan) deltaName(repo string) string {
	commits := p.commits(repo)
	names, _ := filepath.Glob(filepath.Join(p.dir, repo, "deltas/??/*/superblock"))
	if len(names) == 0 || chance(p.r, 6) {
		return pick(p.r, append(commits, "nope", strings.Repeat("2", 64)+"-"+strings.Repeat("1", 64)))
	}
	name := filepath.Dir(pick(p.r, names))
	return deltaHex(filepath.Base(filepath.Dir(name)) + filepath.Base(name))
}

// inlined reports whether some delta of a repository has its parts in it.
func (p *plan) inlined(repo string) bool {
	names, _ := filepath.Glob(filepath.Join(p.dir, repo, "deltas/??/*"))
	return slices.ContainsFunc(names, func(name string) bool {
		_, err := os.Stat(filepath.Join(name, "0"))
		return err != nil
	})
}

// deltaFile is a file or directory with a delta.
func (p *plan) deltaFile() string {
	names, _ := filepath.Glob(filepath.Join(p.dir, "delta*"))
	more, _ := filepath.Glob(filepath.Join(p.dir, "r*/deltas/??/*"))
	if names = append(names, more...); len(names) == 0 {
		return ""
	}
	rel, _ := filepath.Rel(p.dir, pick(p.r, names))
	return rel
}

// deltaHex turns the modified base64 of a delta's directory into the name that commands take.
func deltaHex(name string) string {
	var words []string
	for word := range strings.SplitSeq(name, "-") {
		data, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(word, "_", "/"))
		if err != nil {
			return name
		}
		words = append(words, hex.EncodeToString(data))
	}
	return strings.Join(words, "-")
}
