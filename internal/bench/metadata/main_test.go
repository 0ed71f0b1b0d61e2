package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// Both binary forms are made and used for the same answer.
func TestChildren(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	world := func(name string, pkgs ...*rpmtest.Package) string {
		sub := filepath.Join(dir, name)
		require.NoError(t, os.Mkdir(sub, 0o755))
		for _, p := range pkgs {
			data, err := p.Build()
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(sub, p.FileName()), data, 0o644))
		}
		_, err := repodata.CreateRepo(ctx, sub, &repodata.CreateOptions{Time: time.Unix(1, 0)})
		require.NoError(t, err)
		files, err := filepath.Glob(filepath.Join(sub, "repodata", "*primary.xml*"))
		require.NoError(t, err)
		require.Len(t, files, 1)
		f, err := os.Open(files[0])
		require.NoError(t, err)
		defer f.Close()
		r, err := repodata.NewReader(f)
		require.NoError(t, err)
		defer r.Close()
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		require.NoError(t, err)
		plain := filepath.Join(dir, name+".xml")
		require.NoError(t, os.WriteFile(plain, b.Bytes(), 0o644))
		return plain
	}
	all := world("all", &rpmtest.Package{Name: "app", Version: "2", Requires: []string{"lib", "base"}}, &rpmtest.Package{Name: "lib", Version: "5"})
	base := world("base", &rpmtest.Package{Name: "base", Version: "1"})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"parse", all}, " 2\n"},
		{[]string{"build", all, all + ".bin"}, " 0\n"},
		{[]string{"load", all, all + ".bin"}, " 2\n"},
		{[]string{"layer", all, all + ".bin", base, base + ".bin", "app"}, " 2\n"},
	} {
		var out bytes.Buffer
		require.NoError(t, run(ctx, append([]string{"-child"}, c.args...), &out), c.args)
		require.Contains(t, out.String(), c.want)
	}
	require.Error(t, run(ctx, []string{"-child", "nothing"}, &bytes.Buffer{}))
	require.Error(t, run(ctx, nil, &bytes.Buffer{}))
}
