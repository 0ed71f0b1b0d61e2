package loader

import (
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
)

// counted yields n packages, their number in PackageSize, then err, and counts how many were taken and whether it ended.
func counted(n int, err error, taken *int, ended *bool) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		defer func() { *ended = true }()
		for i := range n {
			*taken++
			if !yield(&rpmpkg.Info{PackageSize: uint64(i)}, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestAheadKeepsTheOrder(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int{0, 1, aheadBatch - 1, aheadBatch, aheadBatch + 1, 10 * aheadBatch} {
		for _, end := range []error{nil, broken} {
			taken, ended, got := 0, false, 0
			var last error
			for info, err := range ahead(counted(n, end, &taken, &ended)) {
				require.NoError(t, last, "nothing comes after an error")
				if last = err; err == nil {
					require.Equal(t, uint64(got), info.PackageSize)
					got++
				}
			}
			require.Equal(t, end, last)
			require.Equal(t, n, got)
			require.True(t, ended)
		}
	}
}

// Who stops early waits for the sequence to end, which has not run far.
func TestAheadStops(t *testing.T) {
	for _, at := range []int{0, 1, aheadBatch, 3*aheadBatch + 1} {
		taken, ended, got := 0, false, 0
		for range ahead(counted(1<<20, nil, &taken, &ended)) {
			if got++; got > at {
				break
			}
		}
		require.True(t, ended)
		require.LessOrEqual(t, taken, at+(aheadDepth+3)*aheadBatch)
	}
}
