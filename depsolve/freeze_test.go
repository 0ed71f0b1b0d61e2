package depsolve_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// frozenWorld are packages with every kind of list, rich dependencies in each other and files.
func frozenWorld(t testing.TB) []depsolve.Package {
	t.Helper()
	deps := func(texts ...string) []rpmdep.Dep {
		var out []rpmdep.Dep
		for _, s := range texts {
			d, err := rpmdep.Parse(s)
			require.NoError(t, err)
			out = append(out, d)
		}
		return out
	}
	pre := deps("/bin/sh")
	pre[0].Sense |= rpmdep.SensePre
	nevra := func(s string) rpmver.NEVRA {
		n, err := rpmver.ParseNEVRA(s)
		require.NoError(t, err)
		return n
	}
	return []depsolve.Package{
		{NEVRA: nevra("app-2:1.0-1.x86_64"), Vendor: "Maker", BuildTime: time.Unix(1<<33, 0),
			Provides: deps("app(x86-64) = 2:1.0-1"), Requires: append(deps("lib >= 1", "(a or (b and c) or d)"), pre...),
			Conflicts: deps("old < 3"), Obsoletes: deps("older"), Recommends: deps("(x if y else z)"), Suggests: deps("s"),
			Supplements: deps("(e and f)"), Enhances: deps("g"), Files: []string{"/usr/bin/app", "/etc/app.conf"}},
		{NEVRA: nevra("lib-1-1.noarch")},
		{NEVRA: nevra("sh-1-1.x86_64"), Files: []string{"/bin/sh"}},
		{NEVRA: nevra("a-1-1.x86_64")},
	}
}

func frozen(t testing.TB) []byte {
	t.Helper()
	pool := depsolve.NewPool("")
	repo := pool.AddRepo("r", nil)
	for _, p := range frozenWorld(t) {
		repo.Add(p)
	}
	var b bytes.Buffer
	require.NoError(t, repo.Freeze(&b))
	return b.Bytes()
}

func section(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// texts describes a package without the ids of a pool.
func texts(p *depsolve.Pool, id depsolve.PkgID) []string {
	raw := p.Raw(id)
	out := []string{raw.Name, raw.EVR, raw.Arch, raw.Vendor, fmt.Sprint(raw.BuildTime, raw.InstallTime), fmt.Sprint(raw.Files)}
	for _, list := range [][]depsolve.DepID{
		raw.Provides, raw.Requires, raw.PreRequires, raw.Conflicts, raw.Obsoletes, raw.Recommends, raw.Suggests, raw.Supplements, raw.Enhances,
	} {
		out = append(out, "")
		for _, d := range list {
			out = append(out, p.DepString(d))
		}
	}
	return out
}

// What comes out of the binary form is what Add makes, even in a pool whose ids are others.
func TestThawIsLikeAdd(t *testing.T) {
	for _, shift := range []bool{false, true} {
		thawIsLikeAdd(t, shift)
	}
}

func thawIsLikeAdd(t *testing.T, shift bool) {
	t.Helper()
	added, thawed := depsolve.NewPool("x86_64"), depsolve.NewPool("x86_64")
	repo := added.AddRepo("r", nil)
	for _, p := range frozenWorld(t) {
		repo.Add(p)
	}
	if shift {
		thawed.Name("shifts all ids")
		thawed.Relation(thawed.Name("c"), depsolve.OpAnd, thawed.Name("b"))
	}
	into := thawed.AddRepo("r", nil)
	require.NoError(t, into.Thaw(section(frozen(t)), func(n int) any { return n }))
	require.Len(t, into.Packages(), len(repo.Packages()))
	for i, id := range into.Packages() {
		require.Empty(t, cmp.Diff(texts(added, repo.Packages()[i]), texts(thawed, id)))
		require.Equal(t, i, thawed.Package(id).Data)
	}
	extra := into.Add(frozenWorld(t)[3])
	require.Nil(t, thawed.Package(extra).Data)

	for _, p := range []*depsolve.Pool{added, thawed} {
		tr, err := p.Solve(context.Background(), []depsolve.Job{{Action: depsolve.Install, Select: p.Match("app")}}, nil)
		require.NoError(t, err)
		var got []string
		for _, id := range tr.Installed() {
			got = append(got, p.PkgString(id))
		}
		slices.Sort(got)
		require.Equal(t, []string{"a-1-1.x86_64", "app-2:1.0-1.x86_64", "lib-1-1.noarch", "sh-1-1.x86_64"}, got)
	}
}

func TestFreezeNeedsAnUnusedPool(t *testing.T) {
	pool := depsolve.NewPool("")
	repo := pool.AddRepo("r", nil)
	repo.Add(frozenWorld(t)[0])
	pool.Matches(depsolve.SelectProvides(pool.Name("app")))
	require.ErrorContains(t, repo.Freeze(io.Discard), "freeze r")
	pool.AddRepo("s", nil)
	require.ErrorContains(t, repo.Freeze(io.Discard), "freeze r")
	require.ErrorContains(t, repo.Thaw(section(nil), nil), "has packages already")
}

// Every cut is an error, and no change of a number panics or makes the pool read outside of its slices.
func TestThawDamage(t *testing.T) {
	good := frozen(t)
	for n := range good {
		require.Error(t, depsolve.NewPool("").AddRepo("r", nil).Thaw(section(good[:n]), nil), "cut at %d", n)
	}
	require.Error(t, depsolve.NewPool("").AddRepo("r", nil).Thaw(section(append(slices.Clone(good), 0, 0, 0, 0)), nil))
	for at := 0; at+4 <= len(good); at += 4 {
		for _, v := range []uint32{0, 1, 7, 1 << 31, 1<<31 + 1, 1<<32 - 1} {
			bad := slices.Clone(good)
			binary.LittleEndian.PutUint32(bad[at:], v)
			useThawed(t, bad)
		}
	}
}

// useThawed loads and, if that works, touches everything.
func useThawed(t testing.TB, data []byte) {
	t.Helper()
	useThawedIn(t, depsolve.NewPool("x86_64"), data)
	used := depsolve.NewPool("x86_64")
	used.Name("shifts all ids")
	useThawedIn(t, used, data)
}

func useThawedIn(t testing.TB, pool *depsolve.Pool, data []byte) {
	t.Helper()
	repo := pool.AddRepo("r", nil)
	if err := repo.Thaw(section(data), nil); err != nil {
		require.ErrorContains(t, err, "thaw r")
	}
	for _, id := range repo.Packages() {
		require.Len(t, slices.Compact(texts(pool, id)[:1]), 1)
	}
	pool.Matches(depsolve.SelectProvides(pool.Name("lib")))
}

func FuzzThaw(f *testing.F) {
	f.Add(frozen(f))
	f.Add([]byte("solvpkg\x01"))
	f.Fuzz(func(t *testing.T, data []byte) { useThawed(t, data) })
}
