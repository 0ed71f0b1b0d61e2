package testcase_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
)

func TestRequestsAreNotSolved(t *testing.T) {
	const text = `repo system 0 testtags <inline>
#>=Pkg: a 1 1 noarch
#>=Prv: a = 1-1
repo available 0 testtags <inline>
#>=Pkg: b 1 1 noarch
#>=Prv: b = 1-1
system unset rpm system
solverflags allowuninstall
job install name b
result transaction <inline>
#>install nonsense
nextjob
job erase name a
result transaction <inline>
`
	list, err := testcase.Requests(context.Background(), fstest.MapFS{"x.t": {Data: []byte(text)}}, "x.t")
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.True(t, list[0].Options.AllowUninstall)
	require.False(t, list[1].Options.AllowUninstall)
	for i, want := range []string{"b-1-1.noarch", "a-1-1.noarch"} {
		tr, err := list[i].Pool.Solve(context.Background(), list[i].Jobs, &list[i].Options)
		require.NoError(t, err)
		require.Len(t, tr.Steps(), 1)
		require.Equal(t, want, list[i].Pool.PkgString(tr.Steps()[0].Package))
	}
}
