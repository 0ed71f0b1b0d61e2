package pull_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// TestPerObjectSync: objects are flushed one by one.
func TestPerObjectSync(t *testing.T) {
	src, sums := history(t)
	count := func(o pull.Options) (map[atomicfs.Op]int, *ostree.Repo) {
		var mu sync.Mutex
		ops := map[atomicfs.Op]int{}
		ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, path string) error {
			mu.Lock()
			defer mu.Unlock()
			ops[op]++
			return nil
		})
		dst := newRepo(t, ostree.ModeArchive)
		o.Refs = []string{"main"}
		_, err := pull.Pull(ctx, dst, serve(t, src).source(), &o)
		require.NoError(t, err)
		requireComplete(t, dst, "main", sums[2])
		return ops, dst
	}
	normal, _ := count(pull.Options{})
	each, dst := count(pull.Options{PerObjectSync: true})
	objects := len(objectFiles(t, dst))
	require.GreaterOrEqual(t, each[atomicfs.OpFsync], objects)
	require.Less(t, normal[atomicfs.OpFsync], each[atomicfs.OpFsync])
	none, _ := count(pull.Options{NoSync: true, PerObjectSync: true})
	require.Less(t, none[atomicfs.OpFsync], objects, "NoSync wins")
}
