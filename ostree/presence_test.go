package ostree

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// An empty repository is not looked at for each object. What somebody else has written there meanwhile is neither lost nor
// counted as written.
func TestWriterDoesNotLookIntoMissingDirectories(t *testing.T) {
	h := &FileHeader{Mode: unix.S_IFREG | 0o644}
	for _, sync := range []bool{false, true} {
		r := newRepo(t, ModeBareUser)
		o := &TxOptions{NoSync: !sync}
		tx, err := r.Begin(t.Context(), o)
		require.NoError(t, err)
		c, _, err := ContentChecksum(h, strings.NewReader("content"))
		require.NoError(t, err)
		n := ObjectName{c, TypeFile}
		ok, err := tx.has(t.Context(), n)
		require.NoError(t, err)
		require.False(t, ok)
		require.Equal(t, noDirectory, tx.presence[c[0]])

		other, err := r.Begin(t.Context(), &TxOptions{NoSync: true})
		require.NoError(t, err)
		require.NoError(t, other.WriteFileExpect(t.Context(), c, h, -1, strings.NewReader("content")))
		_, err = other.Commit(t.Context())
		require.NoError(t, err)

		ok, err = tx.has(t.Context(), n)
		require.NoError(t, err)
		require.False(t, ok, "not looked for")
		ok, err = tx.Has(t.Context(), n)
		require.NoError(t, err)
		require.True(t, ok, "found by those who ask")
		require.NoError(t, tx.WriteFileExpect(t.Context(), c, h, -1, strings.NewReader("content")))
		stats, err := tx.Commit(t.Context())
		require.NoError(t, err)
		require.Zero(t, stats.ContentWritten)
		f, err := r.LoadFile(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, "content", readFile(t, f))
	}
}

func TestWriterKnowsWhatItHasWrittenIntoNewDirectories(t *testing.T) {
	forModes(t, func(t *testing.T, r *Repo) {
		tx := begin(t, r)
		h := ownHeader(r.Mode())
		for range 2 {
			_, err := tx.WriteFile(t.Context(), h, -1, strings.NewReader("content"))
			require.NoError(t, err)
		}
		c, _, err := ContentChecksum(h, strings.NewReader("content"))
		require.NoError(t, err)
		ok, err := tx.has(t.Context(), ObjectName{c, TypeFile})
		require.NoError(t, err)
		require.True(t, ok)
		stats, err := tx.Commit(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, stats.ContentWritten)
		require.Equal(t, 2, stats.ContentTotal)
	})
}

func TestWriterLooksIntoParents(t *testing.T) {
	parent := newRepo(t, ModeBareUser)
	h := &FileHeader{Mode: unix.S_IFREG | 0o644}
	write := func(r *Repo) TxStats {
		tx := begin(t, r)
		_, err := tx.WriteFile(t.Context(), h, -1, strings.NewReader("content"))
		require.NoError(t, err)
		stats, err := tx.Commit(t.Context())
		require.NoError(t, err)
		return stats
	}
	require.Equal(t, 1, write(parent).ContentWritten)
	child := newRepo(t, ModeBareUser, "core.parent="+parent.Path())
	child, err := Open(t.Context(), child.Path(), nil)
	require.NoError(t, err)
	defer child.Close()
	require.Equal(t, 0, write(child).ContentWritten)
}
