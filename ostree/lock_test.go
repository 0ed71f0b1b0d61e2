package ostree_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// TestLock: what belongs to the holder goes on, everybody else waits until it is over.
func TestLock(t *testing.T) {
	for _, tc := range []struct {
		name                     string
		exclusive                bool
		begin, prune, otherBegin bool // what is possible
	}{
		{"shared", false, true, false, true},
		{"exclusive", true, true, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			repo := ostreetest.NewRepo(t, ostree.ModeArchive)
			ostreetest.Write(t, repo, "x", map[string]string{"f": "1"})
			other, err := ostree.Open(t.Context(), repo.Path(), nil)
			require.NoError(t, err)
			defer other.Close()
			config := other.Config()
			config.Set("core", "lock-timeout-secs", "0")
			require.NoError(t, other.WriteConfig(t.Context(), config))

			begin := func(ctx context.Context, r *ostree.Repo) error {
				tx, err := r.Begin(ctx, nil)
				if err == nil {
					err = tx.Abort()
				}
				return err
			}
			ctx, unlock, err := repo.Lock(t.Context(), tc.exclusive)
			require.NoError(t, err)
			require.Equal(t, tc.begin, begin(ctx, repo) == nil)
			_, err = repo.Prune(ctx, nil)
			require.Equal(t, tc.prune, err == nil, "%v", err)
			err = begin(t.Context(), other)
			require.Equal(t, tc.otherBegin, err == nil, "%v", err)
			if !tc.otherBegin {
				var locked *ostree.LockedError
				require.ErrorAs(t, err, &locked)
				require.Equal(t, repo.Path(), locked.Path)
			}
			_, err = other.Prune(t.Context(), nil)
			require.Error(t, err, "an exclusive lock is possible")

			require.NoError(t, unlock())
			require.NoError(t, unlock(), "once is enough")
			require.NoError(t, begin(t.Context(), other))
			_, err = other.Prune(t.Context(), nil)
			require.NoError(t, err)
		})
	}
}
