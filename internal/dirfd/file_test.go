package dirfd

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestFileReadsLikeAnyReader(t *testing.T) {
	d, p := openTemp(t)
	data := make([]byte, 10_000)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), data, 0o600))
	for _, stat := range []bool{false, true} {
		f, err := d.OpenRead("f")
		require.NoError(t, err)
		if stat {
			st, err := f.Stat()
			require.NoError(t, err)
			require.EqualValues(t, len(data), st.Size)
		}
		require.NoError(t, iotest.TestReader(f, data), "stat %v", stat)
		require.Equal(t, filepath.Join(p, "f"), f.Name())
		require.NoError(t, f.Close())
		require.ErrorIs(t, f.Close(), fs.ErrClosed)
	}
}

func TestFileThatChangesAfterStat(t *testing.T) {
	d, p := openTemp(t)
	path := filepath.Join(p, "f")
	for _, now := range []string{"", "short", "just right", "this one is longer"} {
		require.NoError(t, os.WriteFile(path, []byte("ten bytes!"), 0o600))
		f, err := d.OpenRead("f")
		require.NoError(t, err)
		_, err = f.Stat()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(now), 0o600))
		got, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, now, string(got))
		require.NoError(t, f.Close())
	}
}

func TestOpenReadFollowsNoLinkAndDoesNotWait(t *testing.T) {
	d, p := openTemp(t)
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(p, "l")))
	_, err := d.OpenRead("l")
	require.ErrorIs(t, err, unix.ELOOP)
	_, err = d.OpenRead("../x")
	require.ErrorIs(t, err, ErrBadName)
	require.NoError(t, unix.Mkfifo(filepath.Join(p, "fifo"), 0o600))
	f, err := d.OpenRead("fifo") // nobody writes to it
	require.NoError(t, err)
	defer f.Close()
	st, err := f.Stat()
	require.NoError(t, err)
	require.EqualValues(t, unix.S_IFIFO, st.Mode&unix.S_IFMT)
}

func TestFileXattrs(t *testing.T) {
	d, p := openTemp(t)
	testenv.NeedUserXattrs(t, p)
	require.NoError(t, os.WriteFile(filepath.Join(p, "f"), nil, 0o600))
	require.NoError(t, d.SetXattr("f", "user.b", []byte("2")))
	require.NoError(t, d.SetXattr("f", "user.a", []byte("1")))
	f, err := d.OpenRead("f")
	require.NoError(t, err)
	all, err := f.ReadXattrs()
	require.NoError(t, err)
	require.Equal(t, []Xattr{{"user.a", []byte("1")}, {"user.b", []byte("2")}}, all)
	v, err := f.GetXattr("user.b")
	require.NoError(t, err)
	require.Equal(t, "2", string(v))
	_, err = f.GetXattr("user.c")
	require.ErrorIs(t, err, unix.ENODATA)
	own := f.Take()
	defer own.Close()
	all, err = FReadXattrs(own)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.ErrorIs(t, f.Close(), fs.ErrClosed)
}
