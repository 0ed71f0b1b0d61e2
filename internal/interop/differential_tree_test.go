package interop

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// randomEntry is one path of a random tree.
type randomEntry struct {
	path     string
	mode     uint32 // with the type
	uid, gid int
	content  uint64 // seed
	size     int
	target   string // of a symlink, or the path a hardlink shares its file with
	hardlink bool
	xattrs   map[string]string
}

// randomTree is a directory as it is to be made; parents come before what they hold.
type randomTree []*randomEntry

// wildness says what a tree may hold.
type wildness struct {
	tame    bool // nothing that some mode of repository refuses
	invalid bool // one entry that every repository refuses
}

var plainNames = []string{"a", "b", "usr", "etc", "lib", "bin", "file.txt", "x.so.1", "x.so.2", "README"}

var oddNames = []string{
	".hidden", "with space", "tab\there", "new\nline", "ünïcödé", "日本語", "-dash", "--opt", "a'b\"c", "back\\slash", "\x01ctl\x7f", "*glob?", "%s%d", "a:b", "a@b^", "...", "~",
	"$HOME", "=", "\U0001f600", "a\u0301", "\u00e1", "\ufeffbom", "A", "a-b", "a.b", "0", strings.Repeat("n", 255), strings.Repeat("é", 127),
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// chance is true once in n.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

// newRandomTree makes a tree of some ten to sixty paths.
func newRandomTree(r *rand.Rand, w wildness) randomTree {
	tree := randomTree{{path: ".", mode: unix.S_IFDIR | randomDirMode(r, w)}}
	if chance(r, 4) {
		tree[0].own(r, w)
	}
	for range 3 + r.IntN(30) {
		tree = tree.add(r, w)
	}
	if chance(r, 8) { // deep
		at := "."
		for range 30 {
			at = path.Join(at, pick(r, plainNames)+"d")
			if tree.at(at) == nil {
				tree = append(tree, &randomEntry{path: at, mode: unix.S_IFDIR | 0o755})
			}
		}
	}
	if w.invalid {
		tree = tree.addInvalid(r)
	}
	return tree
}

func (t randomTree) at(p string) *randomEntry {
	for _, e := range t {
		if e.path == p {
			return e
		}
	}
	return nil
}

// special reports whether there is something else than files, directories and symbolic links.
func (t randomTree) special() bool {
	return len(t.kind(unix.S_IFIFO))+len(t.kind(unix.S_IFCHR)) > 0
}

func (t randomTree) kind(kind uint32) (list []*randomEntry) {
	for _, e := range t {
		if e.mode&unix.S_IFMT == kind && !e.hardlink {
			list = append(list, e)
		}
	}
	return list
}

func (t randomTree) freeName(r *rand.Rand) string {
	dir := pick(r, t.kind(unix.S_IFDIR)).path
	for {
		name := pick(r, plainNames)
		if chance(r, 3) {
			name = pick(r, oddNames)
		}
		if chance(r, 3) {
			name += fmt.Sprint(r.IntN(100))
		}
		if p := path.Join(dir, name); t.at(p) == nil && len(name) < 256 {
			return p
		}
	}
}

func (t randomTree) add(r *rand.Rand, w wildness) randomTree {
	e := &randomEntry{path: t.freeName(r)}
	switch r.IntN(10) {
	case 0, 1, 2:
		e.mode = unix.S_IFDIR | randomDirMode(r, w)
	case 3, 4:
		e.mode, e.target = unix.S_IFLNK|0o777, pick(r, []string{"a", "/etc/passwd", "../..", "usr/", "dangling", ".", strings.Repeat("long/", 200), strings.Repeat("x", 59), strings.Repeat("x", 60), "with space\n", "ü"})
	case 5:
		if files := t.kind(unix.S_IFREG); len(files) > 0 {
			f := pick(r, files)
			*e = randomEntry{path: e.path, mode: f.mode, target: f.path, hardlink: true}
			return append(t, e)
		}
		fallthrough
	default:
		e.mode, e.content, e.size = unix.S_IFREG|randomFileMode(r, w), uint64(r.IntN(40)), randomSize(r)
	}
	if chance(r, 3) {
		e.own(r, w)
	}
	return append(t, e)
}

func (e *randomEntry) own(r *rand.Rand, w wildness) {
	ids := []int{0, 0, 1, 33, 1000, 65534, 1 << 30}
	e.uid, e.gid = pick(r, ids), pick(r, ids)
	if w.tame && e.mode&unix.S_IFMT == unix.S_IFREG {
		e.uid, e.gid = 0, 0
	}
	if chance(r, 2) {
		e.xattrs = randomXattrs(r, e.mode&unix.S_IFMT)
	}
}

func (t randomTree) addInvalid(r *rand.Rand) randomTree {
	e := &randomEntry{path: t.freeName(r)}
	switch r.IntN(4) {
	case 0:
		e.mode = unix.S_IFIFO | 0o644
	case 1:
		e.mode = unix.S_IFCHR | 0o644
	case 2:
		e.path, e.mode = path.Join(path.Dir(e.path), "\xff\xfe"), unix.S_IFREG|0o644
	case 3:
		e.path, e.mode = path.Join(path.Dir(e.path), "latin\xe9"), unix.S_IFDIR|0o755
	}
	return append(t, e)
}

func randomFileMode(r *rand.Rand, w wildness) uint32 {
	modes := []uint32{0o644, 0o644, 0o755, 0o755, 0o600, 0o664, 0o775, 0o400, 0o444, 0o555}
	if !w.tame {
		modes = append(modes, 0o4755, 0o2755, 0o6755, 0o1644, 0o666, 0o777, 0o7777, 0o4711)
	}
	return pick(r, modes)
}

func randomDirMode(r *rand.Rand, w wildness) uint32 {
	modes := []uint32{0o755, 0o755, 0o755, 0o700, 0o775}
	if !w.tame {
		modes = append(modes, 0o1777, 0o2755, 0o2775, 0o777, 0o4755, 0o500, 0o000, 0o7777)
	}
	return pick(r, modes)
}

func randomSize(r *rand.Rand) int {
	return pick(r, []int{0, 0, 1, 5, 32, 33, 100, 1000, 4095, 4096, 4097, 20000, 65536, 100_000})
}

func randomXattrs(r *rand.Rand, kind uint32) map[string]string {
	m := map[string]string{}
	if kind != unix.S_IFLNK { // user.* only on files and directories
		for range r.IntN(4) {
			m["user."+pick(r, []string{"a", "b", "mime_type", "ü", strings.Repeat("k", 200), "a.b", "B"})] = pick(r, []string{"", "x", "text/plain", "\x00\x01\xff", strings.Repeat("v", 1000), "with\x00nul", "ends\x00"})
		}
	}
	if chance(r, 3) {
		m["trusted.t"] = pick(r, []string{"1", "", "\xfe"})
	}
	if kind == unix.S_IFREG && chance(r, 3) {
		m["security.capability"] = "\x01\x00\x00\x02\x00\x04\x00\x00" + strings.Repeat("\x00", 12)
	}
	return m
}

// data is the content that belongs to a seed: prose, noise, zeros.
func (e *randomEntry) data() []byte {
	r := rand.New(rand.NewPCG(e.content, 7))
	out := make([]byte, 0, e.size+8)
	for len(out) < e.size {
		switch e.content % 4 {
		case 0:
			out = append(out, byte(r.Uint32()))
		case 1:
			out = append(out, 0)
		default:
			out = fmt.Appendf(out, "%d line %d\n", e.content, r.IntN(30))
		}
	}
	return out[:e.size]
}

// mutated is the next version of a tree.
func (t randomTree) mutated(r *rand.Rand, w wildness) randomTree {
	next := slices.Clone(t)
	for range 1 + r.IntN(6) {
		switch r.IntN(5) {
		case 0, 1:
			next = next.add(r, w)
		case 2:
			next = next.without(pick(r, next).path)
		default:
			i := r.IntN(len(next))
			e := *next[i]
			switch {
			case e.hardlink:
			case e.mode&unix.S_IFMT == unix.S_IFREG && chance(r, 2):
				e.content, e.size = uint64(r.IntN(40)), randomSize(r)
			case e.mode&unix.S_IFMT == unix.S_IFREG:
				e.mode = unix.S_IFREG | randomFileMode(r, w)
			case e.mode&unix.S_IFMT == unix.S_IFDIR:
				e.mode = unix.S_IFDIR | randomDirMode(r, w)
			default:
				e.target += "x"
			}
			next[i] = &e
		}
	}
	return next
}

// without leaves out a path, what is below it, and what shares its file.
func (t randomTree) without(p string) randomTree {
	if p == "." {
		return t
	}
	gone := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(t), func(e *randomEntry) bool {
		gone[e.path] = e.path == p || strings.HasPrefix(e.path, p+"/") || e.hardlink && gone[e.target]
		return gone[e.path]
	})
}

// make writes a tree to a directory that does not exist.
func (t randomTree) make(dir string) error {
	for _, e := range t {
		if err := e.make(dir); err != nil {
			return fmt.Errorf("%q: %w", e.path, err)
		}
	}
	old := unix.NsecToTimespec(time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC).UnixNano())
	for _, e := range slices.Backward(t) { // children before the modes and times of their directories
		p := filepath.Join(dir, e.path)
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, p, []unix.Timespec{old, old}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return err
		}
	}
	return nil
}

func (e *randomEntry) make(dir string) error {
	p := filepath.Join(dir, e.path)
	if e.hardlink {
		return os.Link(filepath.Join(dir, e.target), p)
	}
	var err error
	switch e.mode & unix.S_IFMT {
	case unix.S_IFDIR:
		err = os.Mkdir(p, 0o700)
	case unix.S_IFREG:
		err = os.WriteFile(p, e.data(), 0o600)
	case unix.S_IFLNK:
		err = os.Symlink(e.target, p)
	default:
		err = unix.Mknod(p, e.mode, int(unix.Mkdev(1, 3)))
	}
	if err == nil {
		err = os.Lchown(p, e.uid, e.gid)
	}
	for name, value := range e.xattrs {
		if err == nil {
			err = unix.Lsetxattr(p, name, []byte(value), 0)
		}
	}
	if err == nil && e.mode&unix.S_IFMT != unix.S_IFLNK {
		err = unix.Chmod(p, e.mode&0o7777)
	}
	return err
}
