package sysroot_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/sysroot/sysroottest"
)

// TestPostCopy: a copy has no fs-verity; it comes back for objects and images, if the repository wants it.
func TestPostCopy(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	root := s.Deployments()[0].Path(s)
	image := filepath.Join(root, ".ostree.cfs")
	require.NoError(t, os.WriteFile(image, []byte("image"), 0o644))
	var mu sync.Mutex
	sealed := map[string]bool{}
	ctx := atomicfs.WithVerity(t.Context(), func(f *os.File) error {
		mu.Lock()
		defer mu.Unlock()
		sealed[f.Name()] = true
		return nil
	})
	require.NoError(t, s.PostCopy(ctx))
	require.Empty(t, sealed)

	c := s.Repo().Config()
	c.Set("ex-integrity", "fsverity", "yes")
	require.NoError(t, s.Repo().WriteConfig(t.Context(), c))
	require.NoError(t, s.PostCopy(ctx))
	require.Contains(t, sealed, image)
	objects := 0
	for n, err := range s.Repo().Objects(t.Context()) {
		require.NoError(t, err)
		st, err := os.Lstat(filepath.Join(s.Path(), "ostree/repo/objects", n.LoosePath(s.Repo().Mode())))
		require.NoError(t, err)
		if st.Mode().IsRegular() {
			objects++
		}
	}
	require.Len(t, sealed, objects+1)

	none := errors.New("disk")
	err := s.PostCopy(atomicfs.WithVerity(t.Context(), func(*os.File) error { return none }))
	require.ErrorIs(t, err, none)
	require.ErrorContains(t, err, "post-copy: enable fs-verity in "+s.Repo().Path())
}
