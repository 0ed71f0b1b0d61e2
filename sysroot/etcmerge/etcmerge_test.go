package etcmerge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// tree is a directory as text: path -> "CONTENT", "-> TARGET", "dir", "fifo",
// each optionally preceded by "MODE ".
type tree map[string]string

func build(t *testing.T, dir string, spec tree) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	dirModes := map[string]fs.FileMode{} // last, so that read-only ones can be filled
	defer func() {
		for p, mode := range dirModes {
			require.NoError(t, os.Chmod(p, mode))
		}
	}()
	for _, p := range slices.Sorted(maps.Keys(spec)) {
		mode, what := fs.FileMode(0), spec[p]
		if m, rest, ok := strings.Cut(what, " "); ok && len(m) == 4 {
			if n, err := strconv.ParseUint(m, 8, 32); err == nil {
				mode, what = fs.FileMode(n), rest
			}
		}
		full := filepath.Join(dir, p)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		switch {
		case what == "dir":
			require.NoError(t, os.MkdirAll(full, 0o755))
			if mode != 0 {
				dirModes[full] = mode
				continue
			}
		case what == "fifo":
			require.NoError(t, unix.Mkfifo(full, 0o644))
		case strings.HasPrefix(what, "-> "):
			require.NoError(t, os.Symlink(what[3:], full))
			continue
		default:
			require.NoError(t, os.WriteFile(full, []byte(what), 0o644))
		}
		if mode != 0 {
			require.NoError(t, os.Chmod(full, mode))
		}
	}
}

// list is the inverse of build; default modes (0644, 0755) are left out.
func list(t *testing.T, dir string) tree {
	t.Helper()
	out := tree{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		rel, _ := filepath.Rel(dir, p)
		info, err := e.Info()
		require.NoError(t, err)
		text, def := "dir", fs.FileMode(0o755)
		switch {
		case rel == ".":
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(p)
			require.NoError(t, err)
			out[rel] = "-> " + to
			return nil
		case e.Type().IsRegular():
			b, err := os.ReadFile(p)
			require.NoError(t, err)
			text, def = string(b), 0o644
		case e.Type()&fs.ModeNamedPipe != 0:
			text, def = "fifo", 0o644
		}
		if info.Mode().Perm() != def {
			text = fmt.Sprintf("%04o %s", info.Mode().Perm(), text)
		}
		out[rel] = text
		return nil
	}))
	return out
}

type mergeCase struct {
	name            string
	orig, mod, next tree
	want            tree // nil = conflict under Fail
	conflicts       []Conflict
	keep, take      tree // results under the other policies when there is a conflict
	ignored         []string
}

var cases = []mergeCase{
	{name: "unmodified follows the default: changed, removed, added",
		orig: tree{"a": "1", "b": "1"}, mod: tree{"a": "1", "b": "1"}, next: tree{"a": "2", "c": "n"},
		want: tree{"a": "2", "c": "n"}},
	{name: "modified content wins",
		orig: tree{"a": "1"}, mod: tree{"a": "m"}, next: tree{"a": "2"}, want: tree{"a": "m"}},
	{name: "modified of equal size wins",
		orig: tree{"a": "xx"}, mod: tree{"a": "yy"}, next: tree{"a": "zz"}, want: tree{"a": "yy"}},
	{name: "modified mode wins over new content",
		orig: tree{"a": "1"}, mod: tree{"a": "0600 1"}, next: tree{"a": "2"}, want: tree{"a": "0600 1"}},
	{name: "modified file that the new default dropped stays, with its parents",
		orig: tree{"d": "0750 dir", "d/a": "1", "d/b": "1"}, mod: tree{"d": "0750 dir", "d/a": "m", "d/b": "1"}, next: tree{},
		want: tree{"d": "0750 dir", "d/a": "m"}},
	{name: "chmod of a dir that the new default dropped brings all of it along",
		orig: tree{"d/a": "1", "d/b": "1", "d/e/f": "1", "d/g": "1"}, mod: tree{"d": "0700 dir", "d/a": "m", "d/b": "1", "d/e/f": "1"}, next: tree{},
		want: tree{"d": "0700 dir", "d/a": "m", "d/b": "1", "d/e": "dir", "d/e/f": "1"}},
	{name: "modified to the new default",
		orig: tree{"a": "1"}, mod: tree{"a": "2"}, next: tree{"a": "2"}, want: tree{"a": "2"}},
	{name: "deleted stays deleted",
		orig: tree{"a": "1", "d/x": "1", "d/y/z": "1"}, mod: tree{}, next: tree{"a": "2", "d/x": "2", "d/new": "n"}, want: tree{}},
	{name: "added file over a new default file",
		orig: tree{}, mod: tree{"a": "m"}, next: tree{"a": "2"}, want: tree{"a": "m"}},
	{name: "added dir over a new default file",
		orig: tree{}, mod: tree{"a/x": "m"}, next: tree{"a": "2"}, want: tree{"a": "dir", "a/x": "m"}},
	{name: "added dir joins a new default dir",
		orig: tree{}, mod: tree{"a": "0700 dir", "a/x": "m"}, next: tree{"a/y": "n"}, want: tree{"a": "0700 dir", "a/x": "m", "a/y": "n"}},
	{name: "added file over a new default dir",
		orig: tree{}, mod: tree{"a": "m"}, next: tree{"a/x": "n"},
		conflicts: []Conflict{{Path: "a"}}, keep: tree{"a": "m"}, take: tree{"a": "dir", "a/x": "n"}},
	{name: "modified file over a new default dir",
		orig: tree{"a": "1"}, mod: tree{"a": "m"}, next: tree{"a/x": "n"},
		conflicts: []Conflict{{Path: "a"}}, keep: tree{"a": "m"}, take: tree{"a": "dir", "a/x": "n"}},
	{name: "default dir replaced by a link, default unchanged",
		orig: tree{"a/x": "1"}, mod: tree{"a": "-> elsewhere"}, next: tree{"a/x": "1"},
		conflicts: []Conflict{{Path: "a"}}, keep: tree{"a": "-> elsewhere"}, take: tree{"a": "dir", "a/x": "1"}},
	{name: "modified file in a dir that newly is a file",
		orig: tree{"a/x": "1", "a/y": "1"}, mod: tree{"a/x": "m", "a/y": "m"}, next: tree{"a": "n"},
		conflicts: []Conflict{{Path: "a", AdminDir: true}}, keep: tree{"a": "dir", "a/x": "m", "a/y": "m"}, take: tree{"a": "n"}},
	{name: "every conflict is listed",
		orig: tree{"a": "1", "b": "1", "c": "1"}, mod: tree{"a": "m", "b": "m", "c": "m"}, next: tree{"a/x": "n", "b": "2", "c/y": "n"},
		conflicts: []Conflict{{Path: "a"}, {Path: "c"}}, keep: tree{"a": "m", "b": "m", "c": "m"},
		take: tree{"a": "dir", "a/x": "n", "b": "m", "c": "dir", "c/y": "n"}},
	{name: "dir mode is carried over",
		orig: tree{"d/x": "1"}, mod: tree{"d": "0700 dir", "d/x": "1"}, next: tree{"d/x": "2"}, want: tree{"d": "0700 dir", "d/x": "2"}},
	{name: "read-only dir can be filled",
		orig: tree{}, mod: tree{"d": "0555 dir", "d/x": "m"}, next: tree{}, want: tree{"d": "0555 dir", "d/x": "m"}},
	{name: "file to link", orig: tree{"a": "1"}, mod: tree{"a": "-> x"}, next: tree{"a": "2"}, want: tree{"a": "-> x"}},
	{name: "link retargeted", orig: tree{"a": "-> x"}, mod: tree{"a": "-> y"}, next: tree{"a": "-> z"}, want: tree{"a": "-> y"}},
	{name: "file to dir", orig: tree{"a": "1"}, mod: tree{"a/b/c": "m", "a/d": "m"}, next: tree{"a": "2"},
		want: tree{"a": "dir", "a/b": "dir", "a/b/c": "m", "a/d": "m"}},
	{name: "file to fifo is absent", orig: tree{"a": "1"}, mod: tree{"a": "fifo"}, next: tree{"a": "2"}, want: tree{}, ignored: []string{"a"}},
	{name: "added fifo is ignored", orig: tree{}, mod: tree{"p": "fifo", "q": "m"}, next: tree{}, want: tree{"q": "m"}, ignored: []string{"p"}},
	{name: "added empty dirs and deep trees", orig: tree{}, mod: tree{"e": "dir", "t/u/v/w": "0600 m"}, next: tree{},
		want: tree{"e": "dir", "t": "dir", "t/u": "dir", "t/u/v": "dir", "t/u/v/w": "0600 m"}},
	{name: "names that sort around the slash", orig: tree{"a.b": "1", "a/x": "1", "a-": "1"}, mod: tree{"a.b": "m", "a/x": "m", "a-": "1"},
		next: tree{"a.b": "2", "a/x": "2", "a-": "2"}, want: tree{"a": "dir", "a.b": "m", "a/x": "m", "a-": "2"}},
}

type dirs struct{ orig, mod, next string }

func (c *mergeCase) build(t *testing.T) dirs {
	base := t.TempDir()
	d := dirs{filepath.Join(base, "orig"), filepath.Join(base, "mod"), filepath.Join(base, "next")}
	build(t, d.orig, c.orig)
	build(t, d.mod, c.mod)
	build(t, d.next, c.next)
	t.Cleanup(func() { // so that an unprivileged t.TempDir can remove them
		filepath.WalkDir(base, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				os.Chmod(p, 0o755)
			}
			return nil
		})
	})
	return d
}

func TestMerge(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := c.build(t)
			p, err := New(t.Context(), d.orig, d.mod, d.next, nil)
			if c.want == nil {
				var ce *ConflictError
				require.ErrorAs(t, err, &ce)
				require.Empty(t, cmp.Diff(c.conflicts, ce.Conflicts))
				require.Empty(t, cmp.Diff(c.take, c.merge(t, TakeDefault)))
				require.Empty(t, cmp.Diff(c.keep, c.merge(t, KeepAdmin)))
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.ignored, p.Ignored)
			require.NoError(t, p.Apply(t.Context(), d.mod, d.next))
			require.Empty(t, cmp.Diff(c.want, list(t, d.next)))
			require.Empty(t, p.Conflicts)
			// Merging again onto the same defaults changes nothing more.
			require.Empty(t, cmp.Diff(c.want, c.merge(t, KeepAdmin)))
		})
	}
}

func (c *mergeCase) merge(t *testing.T, policy Policy) tree {
	t.Helper()
	d := c.build(t)
	p, err := New(t.Context(), d.orig, d.mod, d.next, &Options{Policy: policy})
	require.NoError(t, err)
	require.Equal(t, c.conflicts, p.Conflicts)
	require.NoError(t, p.Apply(t.Context(), d.mod, d.next))
	return list(t, d.next)
}

func TestConflictTexts(t *testing.T) {
	err := &ConflictError{[]Conflict{{Path: "a/b"}, {Path: "c", AdminDir: true}}}
	require.EqualError(t, err, "Modified config file newly defaults to directory 'a/b', cannot merge; "+
		"Directory with modified config files newly defaults to file 'c', cannot merge")
}

func TestDiff(t *testing.T) {
	c := mergeCase{
		orig: tree{"same": "1", "mod": "1", "gone/x": "1", "dir/x": "1"},
		mod:  tree{"same": "1", "mod": "2", "new/x": "1", "dir": "0700 dir", "dir/x": "1"},
	}
	d := c.build(t)
	// Neither times nor extended attributes are a change.
	require.NoError(t, os.Chtimes(filepath.Join(d.mod, "same"), time.Unix(1, 0), time.Unix(1, 0)))
	unix.Setxattr(filepath.Join(d.mod, "same"), "user.test", []byte("x"), 0)
	changes, err := Diff(t.Context(), d.orig, d.mod)
	require.NoError(t, err)
	require.Equal(t, []Change{{Modified, "dir"}, {Removed, "gone"}, {Modified, "mod"}, {Added, "new"}, {Added, "new/x"}}, changes)
	require.Equal(t, "M    mod", changes[2].String())
	m, r, a := (&Plan{Changes: changes}).Counts()
	require.Equal(t, []int{2, 1, 2}, []int{m, r, a})
}

func TestCopyKeepsTimesXattrsAndOwner(t *testing.T) {
	c := mergeCase{mod: tree{"f": "0640 x", "d": "dir"}}
	d := c.build(t)
	when := time.Unix(1_000_000_000, 123_456_789)
	require.NoError(t, os.Chtimes(filepath.Join(d.mod, "f"), when, when))
	haveXattr := unix.Setxattr(filepath.Join(d.mod, "f"), "user.test", []byte("x"), 0) == nil &&
		unix.Setxattr(filepath.Join(d.mod, "d"), "user.test", []byte("y"), 0) == nil
	if os.Geteuid() == 0 {
		require.NoError(t, os.Chown(filepath.Join(d.mod, "f"), 12, 34))
	}
	p, err := New(t.Context(), d.orig, d.mod, d.next, nil)
	require.NoError(t, err)
	require.NoError(t, p.Apply(t.Context(), d.mod, d.next))
	st, err := os.Stat(filepath.Join(d.next, "f"))
	require.NoError(t, err)
	require.True(t, st.ModTime().Equal(when))
	require.Equal(t, fs.FileMode(0o640), st.Mode())
	if os.Geteuid() == 0 {
		require.EqualValues(t, 12, st.Sys().(*syscall.Stat_t).Uid)
		require.EqualValues(t, 34, st.Sys().(*syscall.Stat_t).Gid)
	}
	if haveXattr {
		buf := make([]byte, 10)
		n, err := unix.Getxattr(filepath.Join(d.next, "d"), "user.test", buf)
		require.NoError(t, err)
		require.Equal(t, "y", string(buf[:n]))
	}
}

// Owner of a directory is carried too, and set-id bits survive the chown.
func TestOwnerOfDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to change owners")
	}
	c := mergeCase{orig: tree{"d/x": "1"}, mod: tree{"d/x": "1"}, next: tree{"d/x": "2"}}
	d := c.build(t)
	require.NoError(t, os.Chown(filepath.Join(d.mod, "d"), 7, 8))
	require.NoError(t, unix.Chmod(filepath.Join(d.mod, "d"), 0o2770))
	p, err := New(t.Context(), d.orig, d.mod, d.next, nil)
	require.NoError(t, err)
	require.Equal(t, []Step{{OpAttr, "d"}}, p.Steps)
	require.NoError(t, p.Apply(t.Context(), d.mod, d.next))
	var st unix.Stat_t
	require.NoError(t, unix.Stat(filepath.Join(d.next, "d"), &st))
	require.EqualValues(t, []uint32{7, 8, unix.S_IFDIR | 0o2770}, []uint32{st.Uid, st.Gid, st.Mode})
}

// A file that vanishes between plan and apply counts as removed.
func TestVanishedFile(t *testing.T) {
	c := mergeCase{orig: tree{"a": "1", "d/b": "1"}, mod: tree{"a": "m", "d/b": "m", "n/x": "m"}, next: tree{"a": "2", "d/b": "2"}}
	d := c.build(t)
	p, err := New(t.Context(), d.orig, d.mod, d.next, nil)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(d.mod, "a")))
	require.NoError(t, os.RemoveAll(filepath.Join(d.mod, "n")))
	require.NoError(t, p.Apply(t.Context(), d.mod, d.next))
	require.Equal(t, tree{"d": "dir", "d/b": "m"}, list(t, d.next))
}

func TestApplyReportsFaults(t *testing.T) {
	c := mergeCase{orig: tree{"a": "1"}, mod: tree{"a": "m", "d/x": "m", "l": "-> x"}, next: tree{"a": "2"}}
	for k := 0; ; k++ {
		d := c.build(t)
		p, err := New(t.Context(), d.orig, d.mod, d.next, nil)
		require.NoError(t, err)
		n := 0
		ctx := atomicfs.WithHook(t.Context(), func(atomicfs.Op, string) error {
			n++
			if n == k+1 {
				return unix.ENOSPC
			}
			return nil
		})
		err = p.Apply(ctx, d.mod, d.next)
		if n <= k {
			require.NoError(t, err)
			break
		}
		require.ErrorIs(t, err, unix.ENOSPC)
	}
}

func TestCancel(t *testing.T) {
	d := cases[0].build(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := New(ctx, d.orig, d.mod, d.next, nil)
	require.True(t, errors.Is(err, context.Canceled))
}
