package repo

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs/crashtest"
)

func storeText(ctx context.Context, m *Metadata, text string) error {
	return m.StoreDerived(ctx, "x", func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

func derivedText(m *Metadata) (string, error) {
	f, err := m.OpenDerived("x")
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return string(text), err
}

func TestDerivedFilesLiveAsLongAsThePackages(t *testing.T) {
	for _, local := range []bool{false, true} {
		s, cache, ctx := newSite(t, foo), t.TempDir(), context.Background()
		r := New("test", s.server.URL)
		if local {
			r = New("test", s.dir)
		}
		m := refreshed(t, r, cache, nil)
		_, err := derivedText(m)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoError(t, storeText(ctx, m, "one"))
		require.NoError(t, storeText(ctx, m, "two"))
		text, err := derivedText(refreshed(t, r, cache, nil))
		require.NoError(t, err)
		require.Equal(t, "two", text)

		broken := errors.New("broken")
		require.ErrorIs(t, m.StoreDerived(ctx, "x", func(io.Writer) error { return broken }), broken)
		text, err = derivedText(m)
		require.NoError(t, err)
		require.Equal(t, "two", text)

		filtered := *r
		filtered.Exclude = []string{"foo"}
		hidden := refreshed(t, &filtered, cache, nil)
		require.NotEqual(t, m.PackagesKey(), hidden.PackagesKey())
		_, err = derivedText(hidden)
		require.ErrorIs(t, err, fs.ErrNotExist)

		s.write(1_700_001_000, bar)
		next := refreshed(t, r, cache, &Options{Force: true})
		_, err = derivedText(next)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoError(t, storeText(ctx, next, "three"))
		files, err := filepath.Glob(filepath.Join(cache, "*", "repodata", "*.x"))
		require.NoError(t, err)
		require.Len(t, files, 1)
	}
}

func TestDerivedFilesNeedACache(t *testing.T) {
	s := newSite(t, foo)
	m := refreshed(t, New("test", s.dir), "", nil)
	require.ErrorIs(t, storeText(context.Background(), m, "one"), fs.ErrNotExist)
	_, err := derivedText(m)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// Whatever step of storing is the last one, the file is the old one, the new one or gone, and the next try works.
func TestStoreDerivedCrash(t *testing.T) {
	s := newSite(t, foo)
	open := func(ctx context.Context, dir string) (*Metadata, error) {
		return Refresh(ctx, New("test", s.dir), dir, nil)
	}
	store := func(text string) func(context.Context, string) error {
		return func(ctx context.Context, dir string) error {
			m, err := open(ctx, dir)
			if err != nil {
				return err
			}
			return errors.Join(storeText(ctx, m, text), m.Close())
		}
	}
	have := func(t testing.TB, dir string) string {
		m, err := open(context.Background(), dir)
		require.NoError(t, err)
		defer m.Close()
		text, err := derivedText(m)
		if !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
		}
		return text
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		Setup: func(t testing.TB, dir string) {
			require.NoError(t, os.MkdirAll(dir, 0o755))
			require.NoError(t, store("old")(context.Background(), dir))
		},
		Op:    store("new"),
		Check: func(t testing.TB, dir string, _ bool) { require.Contains(t, []string{"old", "new", ""}, have(t, dir)) },
		Retry: store("new"),
		Final: func(t testing.TB, dir string) { require.Equal(t, "new", have(t, dir)) },
	})
}
