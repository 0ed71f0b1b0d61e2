package loader_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func info(t *testing.T, nevra string, requires ...string) *rpmpkg.Info {
	n, err := rpmver.ParseNEVRA(nevra)
	require.NoError(t, err)
	i := &rpmpkg.Info{NEVRA: n, Vendor: "v"}
	for _, r := range requires {
		d, err := rpmdep.Parse(r)
		require.NoError(t, err)
		i.Requires = append(i.Requires, d)
	}
	return i
}

func sequence(err error, infos ...*rpmpkg.Info) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		for _, i := range infos {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestLoad(t *testing.T) {
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("r", nil)
	lib := info(t, "lib-2-1.x86_64")
	lib.Files = []string{"/usr/lib64/lib.so"}
	app := info(t, "app-1-1.x86_64", "lib >= 2", "/usr/lib64/lib.so", "rpmlib(CompressedFileNames) <= 3.0.4-1", "(lib or other)")
	require.NoError(t, loader.Load(repo, sequence(nil, lib, app)))
	tr, err := pool.Solve(context.Background(), []depsolve.Job{{Action: depsolve.Install, Select: pool.Match("app")}}, nil)
	require.NoError(t, err)
	var got []string
	for _, id := range tr.Installed() {
		got = append(got, pool.PkgString(id))
		require.Equal(t, pool.Package(id).NEVRA, pool.Package(id).Data.(*rpmpkg.Info).NEVRA)
	}
	require.Equal(t, []string{"lib-2-1.x86_64", "app-1-1.x86_64"}, got)
}

func TestLoadStopsAtTheFirstError(t *testing.T) {
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("broken", nil)
	broken := errors.New("truncated")
	err := loader.Load(repo, sequence(broken, info(t, "a-1-1.noarch")))
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "load broken")
	require.Len(t, repo.Packages(), 1)
}
