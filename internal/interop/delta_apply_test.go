package interop

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// deltaWorld is an archive repository of the real command with two commits that
// differ in every way that deltas know.
type deltaWorld struct {
	dir, repo string
	from, to  string // checksums
}

func newDeltaWorld(t *testing.T) *deltaWorld {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	w := &deltaWorld{dir: t.TempDir()}
	w.repo = filepath.Join(w.dir, "repo")
	a, b := filepath.Join(w.dir, "a"), filepath.Join(w.dir, "b")
	write := func(root, name string, data []byte) {
		p := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, data, 0o644))
	}
	roll, patched := randomBytes(1, 300_000), randomBytes(2, 200_000)
	text := []byte(strings.Repeat("the quick brown fox jumps over the lazy dog\n", 4000))
	for _, root := range []string{a, b} {
		write(root, "usr/same", []byte("same\n"))
		write(root, "usr/empty", nil)
	}
	write(a, "usr/gone", []byte("gone\n"))
	write(a, "usr/roll.bin", roll)
	write(b, "usr/roll.bin", bytes.Join([][]byte{roll[:100_000], []byte("INSERTED"), roll[100_000:]}, nil))
	write(a, "usr/patched.bin", patched)
	changed := bytes.Clone(patched)
	for i := 0; i < len(changed); i += 1500 {
		changed[i] ^= 1
	}
	write(b, "usr/patched.bin", changed)
	write(a, "usr/libx.so.1.0", text)
	write(b, "usr/libx.so.1.1", bytes.ReplaceAll(text[:150_000], []byte("lazy"), []byte("eager")))
	write(b, "usr/new", []byte("new file\n"))
	write(b, "usr/huge.bin", bytes.Repeat(randomBytes(3, 50_000), 100)) // large, and soon compressed
	write(b, "etc/suid", []byte("suid"))
	write(b, "etc/with-xattr", []byte("x"))
	require.NoError(t, os.Symlink("new", filepath.Join(b, "usr/lnk")))
	require.NoError(t, os.Chown(filepath.Join(b, "etc/suid"), 1000, 100))
	require.NoError(t, os.Chmod(filepath.Join(b, "etc/suid"), 0o755|os.ModeSetuid))
	require.NoError(t, os.Chmod(filepath.Join(b, "usr/roll.bin"), 0o750))
	require.NoError(t, unix.Setxattr(filepath.Join(b, "etc/with-xattr"), "user.alpha", []byte("two"), 0))
	initUnsynced(t, w.repo, "archive")
	w.from = w.commit(t, a, "2020-01-02T03:04:05Z")
	w.to = w.commit(t, b, "2020-01-03T03:04:05Z")
	return w
}

func (w *deltaWorld) commit(t *testing.T, tree, date string) string {
	return strings.TrimSpace(testenv.Run(t, "", "ostree", "commit", "--repo="+w.repo, "-b", "x", "--timestamp="+date,
		"--add-detached-metadata-string=note="+date, "--tree=dir="+tree))
}

func (w *deltaWorld) checksum(t *testing.T, s string) ostree.Checksum {
	c, err := ostree.ParseChecksum(s)
	require.NoError(t, err)
	return c
}

func (w *deltaWorld) name(t *testing.T) delta.Name {
	return delta.Name{From: w.checksum(t, w.from), To: w.checksum(t, w.to)}
}

// clone makes a repository of the mode with the given commit in it.
func (w *deltaWorld) clone(t *testing.T, mode string, commits ...string) string {
	dir := filepath.Join(t.TempDir(), "clone")
	initUnsynced(t, dir, mode)
	for _, c := range commits {
		testenv.Run(t, "", "ostree", "pull-local", "--repo="+dir, w.repo, c)
	}
	return dir
}

// TestDeltaApplyTheirs applies what the real command makes.
func TestDeltaApplyTheirs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	both := []string{"--from=" + w.from, "--to=" + w.to}
	scratch := []string{"--empty", "--to=" + w.to}
	for _, tc := range []struct {
		name    string
		args    []string
		scratch bool
		inline  bool
	}{
		{"inline", append(both, "--inline", "--min-fallback-size=0"), false, true},
		{"parts", append(both, "--min-fallback-size=0"), false, false},
		{"small parts", append(both, "--min-fallback-size=0", "--max-chunk-size=1"), false, false},
		{"no bsdiff", append(both, "--min-fallback-size=0", "--disable-bsdiff"), false, false},
		{"swapped", append(both, "--min-fallback-size=0", "--swap-endianness"), false, false},
		{"scratch", append(scratch, "--min-fallback-size=0"), true, false},
		{"scratch inline swapped", append(scratch, "--min-fallback-size=0", "--inline", "--swap-endianness"), true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"ostree", "static-delta", "generate", "--repo=" + w.repo, "--filename=" + dir + "/superblock"}, tc.args...)
			testenv.Run(t, "", args...)
			for _, mode := range []string{"bare", "bare-user", "archive"} {
				var have []string
				if !tc.scratch {
					have = []string{w.from}
				}
				clone := w.clone(t, mode, have...)
				d, err := delta.OpenPath(dir)
				require.NoError(t, err)
				if len(d.Superblock.Parts) > 0 {
					require.Equal(t, tc.inline, d.Inline(0))
				}
				stats, err := d.Apply(t.Context(), openRepo(t, clone), nil)
				require.NoError(t, err, mode)
				require.Positive(t, stats.ContentWritten)
				requireCommit(t, clone, w.to)
				note := testenv.Run(t, "", "ostree", "show", "--repo="+clone, "--print-detached-metadata-key=note", w.to)
				require.Contains(t, note, "2020-01-03")
			}
		})
	}
}

// TestDeltaTheirFallback: what has fallbacks cannot be applied without a server.
func TestDeltaTheirFallback(t *testing.T) {
	t.Parallel()
	w := newDeltaWorld(t)
	testenv.Run(t, "", "ostree", "static-delta", "generate", "--repo="+w.repo, "--from="+w.from, "--to="+w.to)
	d, err := delta.Open(openRepo(t, w.repo), w.name(t))
	require.NoError(t, err)
	require.Len(t, d.Superblock.Fallbacks, 1)
	require.EqualValues(t, 5_000_000, d.Superblock.Fallbacks[0].Usize)
	_, err = d.Apply(t.Context(), openRepo(t, w.clone(t, "bare-user", w.from)), nil)
	var missing *delta.MissingError
	require.ErrorAs(t, err, &missing)
}
