package dirfd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func openTemp(t *testing.T) (*Dir, string) {
	t.Helper()
	p := t.TempDir()
	d, err := Open(p)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d, p
}

func TestHostileNamesAreRefused(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.Mkdir(filepath.Join(p, "a"), 0o755))
	for _, rel := range []string{"", "/", "/etc/passwd", "..", "../x", "a/..", "a/../b", "a/./b", "a//b", "a/", "./a", "x\x00y", "a/x\x00"} {
		_, err := d.OpenFile(rel, unix.O_RDWR|unix.O_CREAT, 0o644)
		require.ErrorIs(t, err, ErrBadName, "%q", rel)
		_, err = d.Lstat(rel)
		require.ErrorIs(t, err, ErrBadName, "%q", rel)
		require.ErrorIs(t, d.Mknod(rel, unix.S_IFIFO|0o600, 0), ErrBadName, "%q", rel)
		require.ErrorIs(t, CheckPath(rel), ErrBadName, "%q", rel)
	}
	for _, rel := range []string{"a", "...", "a/b/c", ".x", "a b\n", "\xff"} {
		require.NoError(t, CheckPath(rel), "%q", rel)
	}
	require.NoError(t, CheckPath("."))
	require.ErrorIs(t, CheckName("a/b"), ErrBadName)
	require.ErrorIs(t, CheckName("."), ErrBadName)
}

func TestLinksAreNotFollowed(t *testing.T) {
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600))
	d, p := openTemp(t)
	require.NoError(t, os.Mkdir(filepath.Join(p, "real"), 0o755))
	require.NoError(t, os.Symlink(outside, filepath.Join(p, "abs")))
	require.NoError(t, os.Symlink("real", filepath.Join(p, "rel")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(p, "file")))

	for _, rel := range []string{"abs/secret", "abs/new", "rel/new", "file"} {
		_, err := d.OpenFile(rel, unix.O_RDWR|unix.O_CREAT, 0o644)
		require.ErrorIs(t, err, unix.ELOOP, rel)
	}
	_, err := d.OpenDir("abs")
	require.Error(t, err)
	_, err = d.ReadDir("abs")
	require.Error(t, err)
	_, err = d.ReadFile("file", 100)
	require.ErrorIs(t, err, unix.ELOOP)
	require.Error(t, d.Chmod("file", 0o777))
	st, err := os.Stat(filepath.Join(outside, "secret"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), st.Mode())

	target, err := d.Readlink("rel")
	require.NoError(t, err)
	require.Equal(t, "real", target)
	lst, err := d.Lstat("abs")
	require.NoError(t, err)
	require.EqualValues(t, unix.S_IFLNK, lst.Mode&unix.S_IFMT)
}

// The component-wise fallback must refuse the same things as openat2.
func TestOpenStepsEqualsOpenat2(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.MkdirAll(filepath.Join(p, "a/b"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(p, "a/b/f"), []byte("x"), 0o600))
	require.NoError(t, os.Symlink("a", filepath.Join(p, "l")))
	require.NoError(t, os.Symlink("f", filepath.Join(p, "a/b/l")))
	for _, rel := range []string{"a/b/f", "l/b/f", "a/b/l", "a/b/f/x", "a/missing/f"} {
		fd1, err1 := openBeneath(d.Fd(), rel, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		fd2, err2 := openSteps(d.Fd(), rel, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		require.Equal(t, err1 == nil, err2 == nil, "%s: %v, %v", rel, err1, err2)
		if err1 == nil {
			unix.Close(fd1)
			unix.Close(fd2)
		}
	}
}

func TestLongLinkTarget(t *testing.T) {
	d, p := openTemp(t)
	long := string(make([]byte, 0))
	for range 500 {
		long += "abcdef/"
	}
	require.NoError(t, os.Symlink(long, filepath.Join(p, "l")))
	got, err := d.Readlink("l")
	require.NoError(t, err)
	require.Equal(t, long, got)
}

func TestReadFileLimits(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), []byte("12345"), 0o600))
	got, err := d.ReadFile("f", 5)
	require.NoError(t, err)
	require.Equal(t, "12345", string(got))
	_, err = d.ReadFile("f", 4)
	require.ErrorIs(t, err, ErrTooLarge)
	_, err = d.ReadFile("absent", 4)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, d.Mknod("fifo", unix.S_IFIFO|0o600, 0))
	_, err = d.ReadFile("fifo", 4) // must not hang
	require.ErrorContains(t, err, "not a regular file")
}

func TestReadDirIsSortedAndTyped(t *testing.T) {
	d, p := openTemp(t)
	for i := range 2000 { // more than one getdents buffer
		require.NoError(t, os.WriteFile(filepath.Join(p, "some-rather-long-name-"+string(rune('a'+i%26))+time.Duration(i).String()), nil, 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(p, "A"), 0o755))
	require.NoError(t, os.Symlink("x", filepath.Join(p, "B")))
	ents, err := d.ReadDir(".")
	require.NoError(t, err)
	want, err := os.ReadDir(p)
	require.NoError(t, err)
	require.Len(t, ents, len(want))
	for i := range want {
		require.Equal(t, want[i].Name(), ents[i].Name)
	}
	for i, typ := range []uint8{unix.DT_DIR, unix.DT_LNK} {
		st, err := d.Lstat(ents[i].Name)
		require.NoError(t, err)
		require.Equal(t, Dirent{[]string{"A", "B"}[i], typ, st.Ino}, ents[i])
	}
	require.Equal(t, uint8(unix.DT_REG), ents[2].Type)
}

func TestXattrs(t *testing.T) {
	d, p := openTemp(t)
	testenv.NeedUserXattrs(t, p)
	require.NoError(t, os.MkdirAll(filepath.Join(p, "s"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(p, "s/f"), nil, 0o600))
	require.NoError(t, d.SetXattr("s/f", "user.b", []byte("2")))
	require.NoError(t, d.SetXattr("s/f", "user.a", []byte("1")))
	require.NoError(t, d.SetXattr("s/f", "user.empty", nil))
	names, err := d.ListXattrs("s/f")
	require.NoError(t, err)
	require.Subset(t, names, []string{"user.a", "user.b", "user.empty"})
	all, err := d.ReadXattrs("s/f")
	require.NoError(t, err)
	want := []Xattr{{"user.a", []byte("1")}, {"user.b", []byte("2")}}
	require.Equal(t, want, all)

	f, err := d.OpenFile("s/f", unix.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	all, err = FReadXattrs(f)
	require.NoError(t, err)
	require.Equal(t, want, all)
	require.NoError(t, FSetXattr(f, "user.c", []byte("3")))
	v, err := d.GetXattr("s/f", "user.c")
	require.NoError(t, err)
	require.Equal(t, "3", string(v))
	require.NoError(t, d.RemoveXattr("s/f", "user.c"))
	_, err = d.GetXattr("s/f", "user.c")
	require.ErrorIs(t, err, unix.ENODATA)
}

// The calls of Linux 6.13 must tell what those through /proc tell.
func TestXattrCallsAgree(t *testing.T) {
	d, p := openTemp(t)
	testenv.NeedUserXattrs(t, p)
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), nil, 0o600))
	require.NoError(t, os.Symlink("f", filepath.Join(p, "l")))
	require.NoError(t, os.Mkdir(filepath.Join(p, "d"), 0o755))
	require.NoError(t, d.SetXattr("f", "user.a", []byte("1")))
	require.NoError(t, d.SetXattr("f", "user.long", make([]byte, 300)))
	require.NoError(t, d.SetXattr("d", "user.d", []byte("2")))
	for _, name := range []string{"f", "l", "d", ".", "absent"} {
		for _, size := range []int{0, 3, 1000} {
			a, b := make([]byte, size), make([]byte, size)
			n, err := listxattrat(d.Fd(), name, a)
			if err == unix.ENOSYS || err == unix.EPERM {
				t.Skip("this kernel has no listxattrat(2)")
			}
			m, err2 := unix.Llistxattr(procPath(d.Fd(), name), b)
			require.Equal(t, err2, err, "%s %d", name, size)
			require.Equal(t, max(m, 0), n)
			require.Equal(t, b, a)
			for _, attr := range []string{"user.a", "user.long", "user.d"} {
				n, err := getxattrat(d.Fd(), name, attr, a)
				m, err2 := unix.Lgetxattr(procPath(d.Fd(), name), attr, b)
				require.Equal(t, err2, err, "%s %s %d", name, attr, size)
				require.Equal(t, max(m, 0), n)
				require.Equal(t, b, a)
			}
		}
	}
}

func TestAttributes(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), nil, 0o600))
	require.NoError(t, d.Chmod("f", 0o4751))
	when := time.Unix(1234567, 890)
	require.NoError(t, d.Utimens("f", when, when))
	st, err := d.Lstat("f")
	require.NoError(t, err)
	require.EqualValues(t, 0o4751, st.Mode&0o7777)
	require.Equal(t, when, time.Unix(st.Mtim.Unix()))
	require.NoError(t, d.Touch("f"))
	st, err = d.Lstat("f")
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), time.Unix(st.Mtim.Unix()), time.Minute)

	fd, _, err := d.Parent("f")
	require.NoError(t, err)
	require.NoError(t, chmodProc(fd, "f", 0o640))
	require.NoError(t, os.Symlink("f", filepath.Join(p, "l")))
	require.ErrorIs(t, chmodProc(fd, "l", 0o600), unix.EOPNOTSUPP)
	st, err = d.Lstat("f")
	require.NoError(t, err)
	require.EqualValues(t, 0o640, st.Mode&0o7777)
}

func TestImmutable(t *testing.T) {
	testenv.NeedRoot(t)
	d, p := openTemp(t)
	require.NoError(t, os.Mkdir(filepath.Join(p, "dir"), 0o755))
	err := d.SetImmutable("dir", true)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("file system without immutable flag")
	}
	require.NoError(t, err)
	on, err := d.Immutable("dir")
	require.NoError(t, err)
	require.True(t, on)
	require.Error(t, os.WriteFile(filepath.Join(p, "dir/x"), nil, 0o600))
	require.NoError(t, d.SetImmutable("dir", false))
	require.NoError(t, os.WriteFile(filepath.Join(p, "dir/x"), nil, 0o600))
}
