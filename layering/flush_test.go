package layering

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// A prune that waits for the lock must not get it between the transactions of one assembly: it would delete what the
// first has written and only the second will name.
func TestFlushKeepsPruneOut(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	tree, err := EditTree(t.Context(), repo, ostree.Tree{}, nil)
	require.NoError(t, err)
	defer tree.Abort()
	require.NoError(t, tree.WriteFile(t.Context(), "usr/a", []byte("a"), 0o644))
	other, err := ostree.Open(t.Context(), repo.Path(), nil)
	require.NoError(t, err)
	defer other.Close()
	var waiting []chan error
	for _, r := range []*ostree.Repo{repo, other} { // in this process, and as another program
		started, done := make(chan struct{}), make(chan error, 1)
		go func() {
			close(started)
			_, err := r.Prune(t.Context(), &ostree.PruneOptions{RefsOnly: true})
			done <- err
		}()
		<-started
		written, err := tree.flush(t.Context())
		require.NoError(t, err)
		select {
		case err := <-done:
			t.Fatalf("pruned meanwhile: %v", err)
		default:
		}
		_, err = repo.LoadDirTree(t.Context(), written.Tree)
		require.NoError(t, err)
		waiting = append(waiting, done)
	}
	require.NoError(t, tree.Abort())
	for _, done := range waiting {
		require.NoError(t, <-done)
	}
}
