package interop

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sepolicy"
)

// selinuxFile is a path with the st_mode to look it up with.
type selinuxFile struct {
	path string
	mode uint32
}

// selinuxLookups asks libselinux for labels, "" where it finds none.
const selinuxLookups = `
import selinux, sys
opt = selinux.selinux_opt()
opt.type = selinux.SELABEL_OPT_PATH
opt.value = sys.argv[1]
handle = selinux.selabel_open(selinux.SELABEL_CTX_FILE, opt, 1)
out = []
for line in sys.stdin.read().split("\0")[:-1]:
    mode, path = line.split(" ", 1)
    try:
        out.append(selinux.selabel_lookup_raw(handle, path, int(mode))[1])
    except FileNotFoundError:
        out.append("")
sys.stdout.write("\0".join(out))
`

func selinuxLabels(t *testing.T, contexts string, files []selinuxFile) []string {
	t.Helper()
	var in strings.Builder
	for _, f := range files {
		fmt.Fprintf(&in, "%d %s\x00", f.mode, f.path)
	}
	cmd := exec.Command(testenv.NeedPython(t, "selinux"), "-c", selinuxLookups, contexts)
	cmd.Stdin, cmd.Stderr = strings.NewReader(in.String()), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.Split(string(out), "\x00")
}

// compareLabels looks all files up with both, and reports the first differences.
func compareLabels(t *testing.T, p *sepolicy.Policy, contexts string, files []selinuxFile) {
	t.Helper()
	want := selinuxLabels(t, contexts, files)
	require.Len(t, want, len(files))
	labelled, differ := 0, 0
	for i, f := range files {
		got, ok := p.Lookup(f.path, f.mode)
		require.Equal(t, ok, got != "")
		if ok {
			labelled++
		}
		if got != want[i] {
			t.Errorf("label of %q, mode %o: %q, libselinux has %q", f.path, f.mode, got, want[i])
			if differ++; differ == 20 {
				t.FailNow()
			}
		}
	}
	t.Logf("%d files, %d have a label", len(files), labelled)
	require.Greater(t, labelled, len(files)/4, "the comparison is empty")
}

const debianContexts = "etc/selinux/default/contexts/files/file_contexts"

func debianPolicy(t *testing.T) *sepolicy.Policy {
	t.Helper()
	testenv.NeedFile(t, "/"+debianContexts, "the package selinux-policy-default")
	p, err := sepolicy.LoadFile(os.DirFS("/"), debianContexts)
	require.NoError(t, err)
	return p
}

// TestSepolicyRealTree labels what is installed here.
func TestSepolicyRealTree(t *testing.T) {
	t.Parallel()
	p := debianPolicy(t)
	var files []selinuxFile
	for _, top := range []string{"/etc", "/var/lib", "/usr"} {
		n := 0
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if n++; err != nil || n > 40_000 {
				return fs.SkipAll
			}
			if strings.ToValidUTF8(path, "") == path {
				files = append(files, selinuxFile{path, statMode(d)})
			}
			return nil
		})
		require.NoError(t, err)
	}
	compareLabels(t, p, "/"+debianContexts, files)
}

func statMode(d fs.DirEntry) uint32 {
	switch d.Type() {
	case fs.ModeDir:
		return unix.S_IFDIR | 0o755
	case fs.ModeSymlink:
		return unix.S_IFLNK | 0o777
	}
	return unix.S_IFREG | 0o644
}

// TestSepolicyRandomPaths derives paths from the expressions of the policy, so
// that most come near one.
func TestSepolicyRandomPaths(t *testing.T) {
	t.Parallel()
	p := debianPolicy(t)
	text, err := os.ReadFile("/" + debianContexts)
	require.NoError(t, err)
	var exprs []string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 {
			exprs = append(exprs, words[0])
		}
	}
	compareLabels(t, p, "/"+debianContexts, randomPaths(exprs, 20_000))
}

func randomPaths(exprs []string, n int) []selinuxFile {
	rng := rand.New(rand.NewPCG(1, 2))
	modes := []uint32{0, unix.S_IFREG, unix.S_IFDIR, unix.S_IFLNK, unix.S_IFBLK, unix.S_IFCHR, unix.S_IFIFO, unix.S_IFSOCK}
	fill := strings.NewReplacer("(/.*)?", "/x/y", ".*", "zz", "[^/]*", "q", "[^/]+", "joe", "[0-9]+", "7", "[0-9]", "3", "?", "", "+", "", `\`, "", "(", "", ")", "")
	odd := []string{"/", "//", ".", "x", "\n", "é", "/lib64", "/usr", "/var/run", " ", "bin", "-", "0", ".so.1"}
	files := make([]selinuxFile, n)
	for i := range files {
		e := exprs[rng.IntN(len(exprs))]
		if rng.IntN(4) > 0 {
			e = fill.Replace(e)
		}
		if alternatives := strings.Split(e, "|"); rng.IntN(2) == 0 {
			e = alternatives[rng.IntN(len(alternatives))]
		}
		for range rng.IntN(3) {
			at := rng.IntN(len(e) + 1)
			e = e[:at] + odd[rng.IntN(len(odd))] + e[at:]
		}
		if rng.IntN(3) == 0 {
			e = odd[rng.IntN(len(odd))] + e
		}
		if !strings.HasPrefix(e, "/") {
			e = "/" + e
		}
		files[i] = selinuxFile{strings.ToValidUTF8(e, ""), modes[rng.IntN(len(modes))] | 0o644}
	}
	return files
}

// TestSepolicyRules compares the corners of the rules in policies made for that.
func TestSepolicyRules(t *testing.T) {
	testenv.NeedPython(t, "selinux")
	for _, tc := range []struct {
		name  string
		files map[string]string
		paths []string
	}{
		{"literal wins over a later expression", map[string]string{"": "/a/b L\n/a/b -d LD\n/a/.* M\n/a/b.* N\n/c\\.d/e X\n/c.d/e Y\n"}, []string{"/a/b", "/a/bc", "/a/c", "/c.d/e", "/cxd/e", "/a", "/"}},
		{"files in order", map[string]string{"": "/h/.* A\n/x X\n", ".homedirs": "/h/b/.* B\n/h/.*/deep H\n", ".local": "/h/b/c(/.*)? C\n/x Y\n"}, []string{"/h/q", "/h/b/x", "/h/b/c", "/h/b/c/d", "/h/b/deep", "/h/b/c/deep", "/x"}},
		{"stem with a backslash", map[string]string{"": "/a\\-b/c S\n/a\\-b/.* T\n/a-b/d U\n"}, []string{"/a-b/c", "/a-b/x", "/a-b/d", "/a\\-b/c", "/a\\-b/-b/c"}},
		{"alternative at the outermost level", map[string]string{"": "/one/a|/b S\n/t.o/a|/b T\nc|d U\n"}, []string{"/one/a", "/one/ab", "/one/b", "/one/x/b", "/b", "/txo/ab", "/c/b", "/xd", "/c", "/dx"}},
		{"line feed at the end", map[string]string{"": "/a/b S\n/c/d(/.*)? T\n/e/f[0-9] U\n/g/.* V\n"}, []string{"/a/b\n", "/a/b\n\n", "/c/d\n", "/c/d\n/x", "/c/d/\n", "/e/f1\n", "/e/f1\n1", "/g/\n", "/a\n/b"}},
		{"slashes", map[string]string{"": "/ ROOT\n/a/b/ S\n/a/c T\n//d U\n/d V\n"}, []string{"/", "//", "///", "/a/b", "/a/b/", "//a///c//", "/d", "//d", "/a/c///"}},
		{"bytes", map[string]string{"": "/a/. ONE\n/a/.. TWO\n/a/[^/]{3} THREE\n/a/\\w+ W\n/b/\\xc3\\xa9(/.*)? X\n/b/x\\xc3. Y\n"}, []string{"/b/é", "/b/é/c", "/b/xé", "/b/x", "/a/x", "/a/é", "/a/xé", "/a/€", "/a/ß"}},
		{"types", map[string]string{"": "/t/.* ANY\n/t/r -- R\n/t/d -d D\n/t/l -l L\n/t/b -b B\n/t/c -c C\n/t/p -p P\n/t/s -s S\n/t/n -d <<none>>\n"}, []string{"/t/r", "/t/d", "/t/l", "/t/b", "/t/c", "/t/p", "/t/s", "/t/n", "/t/x"}},
		{"space around words, words behind", map[string]string{"": "  # comment\n\t/a/b \v\f -- S trailing words\r\n\n/c/d -- T more\n/e/f --\tU\n"}, []string{"/a/b", "/c/d", "/e/f"}},
		{"white space in classes", map[string]string{"": "/a/\\s S\n/b/\\S T\n/c/[\\sx] U\n/d/[[:space:]] V\n/e/[]\\s] W\n"}, []string{"/a/ ", "/a/\v", "/a/x", "/b/x", "/b/\v", "/c/\v", "/c/x", "/c/\\", "/d/\v", "/e/]", "/e/\v"}},
		{"nothing matches", map[string]string{"": "/.* A\n/proc/.* <<none>>\n/proc <<none>>\n"}, []string{"/proc", "/proc/1", "/process", "relative", "x/y", "/"}},
		{"aliases", map[string]string{"": "/.* ANY\n/usr/lib/.* LIB\n/q/.* Q\n/r/.* R\n/s/.* S\n/ ROOT\n/x X\n", ".subs": "/a /q\n/a/b /r\n/c /usr/lib\n /d /a\n#/e /q\n/f\n/g / trailing\n/h/ /q\n/i /lib64\n/j /q/\n", ".subs_dist": "/lib64 /usr/lib\n/q /s\n/k /lib64\n/k /r\n/k /q\n"},
			[]string{"/a/x", "/a/b/x", "/a", "/ab/x", "/c/x", "/d/x", "/e/x", "/f/x", "/g/x", "/g", "/g/", "/h/x", "/i/x", "/lib64/x", "/q/x", "/j/x", "/k/x", "/k", "//a//x/"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for suffix, text := range tc.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "fc"+suffix), []byte(text), 0o644))
			}
			p, err := sepolicy.LoadFile(os.DirFS(dir), "fc")
			require.NoError(t, err)
			var files []selinuxFile
			for _, path := range tc.paths {
				for _, mode := range []uint32{0, unix.S_IFREG, unix.S_IFDIR, unix.S_IFLNK, unix.S_IFBLK, unix.S_IFCHR, unix.S_IFIFO, unix.S_IFSOCK} {
					files = append(files, selinuxFile{path, mode})
				}
			}
			want := selinuxLabels(t, filepath.Join(dir, "fc"), files)
			var got []string
			for _, f := range files {
				label, _ := p.Lookup(f.path, f.mode)
				got = append(got, label)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				for i := range files {
					if want[i] != got[i] {
						t.Errorf("%q mode %o: got %q, libselinux has %q", files[i].path, files[i].mode, got[i], want[i])
					}
				}
			}
		})
	}
}

// selinuxRoot copies the policy of this system to DIR/etc/selinux, and makes
// files with and without labels.
func selinuxRoot(t *testing.T, dir, etc string) {
	t.Helper()
	debianPolicy(t)
	to := filepath.Join(dir, etc, "selinux/default/contexts/files")
	require.NoError(t, os.MkdirAll(to, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, etc, "selinux/default/policy"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, etc, "selinux/default/policy/policy.33"), []byte("binary"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, etc, "selinux/config"), []byte("SELINUX=permissive\nSELINUXTYPE=default \n"), 0o644))
	for _, suffix := range []string{"", ".homedirs", ".subs_dist"} {
		data, err := os.ReadFile("/" + debianContexts + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, "file_contexts"+suffix), data, 0o644))
	}
	for _, name := range []string{"usr/bin/su", "usr/etc/shadow", "usr/lib/libx.so.1", "home/joe/.ssh/id", "run/no-label.pid", "run/kept.pid"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(name), 0o644))
	}
	require.NoError(t, os.Symlink("su", filepath.Join(dir, "usr/bin/link")))
	for _, name := range []string{"usr/bin/su", "run/kept.pid"} {
		require.NoError(t, unix.Setxattr(filepath.Join(dir, name), "security.selinux", []byte("old_u:object_r:old_t:s0\x00"), 0))
	}
	capability := append([]byte{1, 0, 0, 2, 0, 0x20}, make([]byte, 14)...)
	require.NoError(t, unix.Setxattr(filepath.Join(dir, "usr/bin/su"), "security.capability", capability, 0))
}

// TestSepolicyCommit labels a tree on import with both commands.
func TestSepolicyCommit(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	for _, tc := range []struct {
		name string
		etc  string // where the policy is
		mode ostree.Mode
		args []string
		o    ostree.ImportOptions
	}{
		{"archive", "etc", ostree.ModeArchive, nil, ostree.ImportOptions{}},
		{"usr/etc", "usr/etc", ostree.ModeArchive, nil, ostree.ImportOptions{}},
		{"bare", "etc", ostree.ModeBare, nil, ostree.ImportOptions{}},
		{"bare-user", "etc", ostree.ModeBareUser, nil, ostree.ImportOptions{}},
		{"bare-user-only", "etc", ostree.ModeBareUserOnly, nil, ostree.ImportOptions{}},
		{"no xattrs", "etc", ostree.ModeArchive, []string{"--no-xattrs"}, ostree.ImportOptions{NoXattrs: true}},
		{"canonical permissions", "etc", ostree.ModeArchive, []string{"--canonical-permissions"}, ostree.ImportOptions{CanonicalPermissions: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, dir := t.Context(), t.TempDir()
			src, theirs := filepath.Join(dir, "src"), filepath.Join(dir, "theirs")
			selinuxRoot(t, src, tc.etc)
			testenv.Run(t, "", "ostree", "--repo="+theirs, "init", "--mode="+tc.mode.String())
			argv := append([]string{"ostree", "--repo=" + theirs, "commit", "-b", "x", "--selinux-policy=" + src, src}, tc.args...)
			sum, err := ostree.ParseChecksum(strings.TrimSpace(testenv.Run(t, "", argv...)))
			require.NoError(t, err)
			repo, err := ostree.Open(ctx, theirs, nil)
			require.NoError(t, err)
			defer repo.Close()
			want, err := repo.LoadCommit(ctx, sum)
			require.NoError(t, err)

			ours, err := ostree.Init(ctx, filepath.Join(dir, "ours"), &ostree.InitOptions{Mode: tc.mode})
			require.NoError(t, err)
			defer ours.Close()
			p, err := sepolicy.Load(os.DirFS(src))
			require.NoError(t, err)
			require.Equal(t, "default", p.Name())
			require.Equal(t, strings.Fields(testenv.Run(t, "", "sha256sum", filepath.Join(src, tc.etc, "selinux/default/policy/policy.33")))[0], p.Checksum())
			o := tc.o
			o.Xattrs = (&sepolicy.Labeler{Policy: p}).Xattrs
			tx, err := ours.Begin(ctx, nil)
			require.NoError(t, err)
			defer tx.Abort()
			tree := ostree.NewMutableTree()
			require.NoError(t, tx.ImportDir(ctx, tree, src, &o))
			root, meta, err := tx.WriteTree(ctx, tree)
			require.NoError(t, err)
			require.Equal(t, want.RootTree, root)
			require.Equal(t, want.RootMeta, meta)
		})
	}
}

// TestSepolicySplitXattrs commits with labels and capabilities into bare-split-xattrs mode, which the real command can only
// read, and compares what it reads there with its own commit.
func TestSepolicySplitXattrs(t *testing.T) {
	testenv.NeedTool(t, "ostree", "getfattr")
	testenv.NeedRoot(t)
	dir := t.TempDir()
	src, theirs, split := filepath.Join(dir, "src"), filepath.Join(dir, "theirs"), filepath.Join(dir, "split")
	selinuxRoot(t, src, "usr/etc")
	testenv.Run(t, "", "ostree", "--repo="+theirs, "init", "--mode=archive")
	commit := []string{"commit", "-b", "x", "--timestamp=" + repoStamp, "--selinux-policy=" + src, src}
	want := testenv.Run(t, "", append([]string{"ostree", "--repo=" + theirs}, commit...)...)

	ours := ourCommand(t)
	testenv.Run(t, "", ours, "--repo="+split, "init", "--mode=bare-split-xattrs")
	testenv.Run(t, "", ours, "--repo="+split, "config", "set", "ex-split-xattrs.write", "true")
	require.Equal(t, want, testenv.Run(t, "", append([]string{ours, "--repo=" + split}, commit...)...))
	testenv.Run(t, "", "ostree", "--repo="+split, "fsck")
	list := []string{"ls", "-R", "-X", "-C", "x"}
	require.Equal(t, testenv.Run(t, "", append([]string{"ostree", "--repo=" + theirs}, list...)...), testenv.Run(t, "", append([]string{"ostree", "--repo=" + split}, list...)...))

	attributes := func(program, repo, out string) string {
		testenv.Run(t, "", program, "--repo="+repo, "checkout", "x", filepath.Join(dir, out))
		return testenv.Run(t, filepath.Join(dir, out), "getfattr", "-h", "-R", "-d", "-m", "-", "-e", "hex", ".")
	}
	checkedOut := attributes("ostree", theirs, "out1")
	require.Contains(t, checkedOut, "security.capability=0x0100000200200000")
	require.Contains(t, checkedOut, "security.selinux=")
	require.Equal(t, checkedOut, attributes("ostree", split, "out2"))
	require.Equal(t, checkedOut, attributes(ours, split, "out3"))
	require.Equal(t, checkedOut, attributes(ours, theirs, "out4"))

	// And back: nothing changes on the way through a repository that a checkout filled.
	testenv.Run(t, "", "ostree", "--repo="+theirs, "commit", "-b", "again", "--timestamp="+repoStamp, "--tree=dir="+filepath.Join(dir, "out3"))
	root := func(rev string) string {
		return testenv.Run(t, "", "ostree", "--repo="+theirs, "ls", "-d", "-C", "-X", rev)
	}
	require.Equal(t, root("x"), root("again"))
}
