package ostree_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

type ctx = context.Context

// deltaPath is the directory of a static delta below deltas/.
func deltaPath(from, to ostree.Checksum) string {
	b64 := func(c ostree.Checksum) string {
		return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(c[:]), "/", "_")
	}
	name := b64(to)
	if !from.IsZero() {
		name = b64(from) + "-" + name
	}
	return name[:2] + "/" + name[2:]
}

func TestSummary(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := ostreetest.Write(t, repo, "os/a", map[string]string{"f": "1"})
	b := ostreetest.Write(t, repo, "os/b", map[string]string{"f": "2"})
	require.NoError(t, repo.SetRef(t.Context(), "remote:ref", a))
	dir := filepath.Join(repo.Path(), "deltas", deltaPath(a, b))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(dir+"/superblock", []byte("superblock"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(repo.Path(), "summary.sig"), nil, 0o644))
	extra := gvariant.NewDict()
	extra.Set("user.key", gvariant.NewString("value"))
	now := time.Unix(1_600_000_000, 0).UTC()
	require.NoError(t, repo.UpdateSummary(t.Context(), &ostree.SummaryOptions{Metadata: extra, Time: now}))
	require.NoFileExists(t, filepath.Join(repo.Path(), "summary.sig"))

	data, err := os.ReadFile(filepath.Join(repo.Path(), "summary"))
	require.NoError(t, err)
	s, err := ostree.ParseSummary(data)
	require.NoError(t, err)
	require.Len(t, s.Refs, 2)
	r, ok := s.Ref("os/b")
	require.True(t, ok)
	require.Equal(t, b, r.Checksum)
	raw, err := repo.LoadMetadata(t.Context(), ostree.ObjectName{Checksum: b, Type: ostree.TypeCommit})
	require.NoError(t, err)
	require.EqualValues(t, len(raw), r.CommitSize)
	require.Equal(t, int64(1_300_000_000), r.Timestamp.Unix())
	_, ok = s.Ref("ref")
	require.False(t, ok)
	modified, ok := s.Time(ostree.KeySummaryLastModified)
	require.True(t, ok)
	require.Equal(t, now, modified)
	_, ok = s.Time(ostree.KeySummaryExpires)
	require.False(t, ok)
	require.Equal(t, map[string]ostree.Checksum{a.String() + "-" + b.String(): sha256sum([]byte("superblock"))}, s.Deltas)
	value, _ := s.Metadata.String("user.key")
	require.Equal(t, "value", value)
}

func TestParseSummaryRejects(t *testing.T) {
	ref := func(name string, sum []byte) gvariant.Value {
		return gvariant.NewTuple(gvariant.NewString(name), gvariant.NewTuple(gvariant.NewUint64(1), gvariant.NewBytes(sum), gvariant.NewDict().Value()))
	}
	good := make([]byte, 32)
	meta := func(key string, v gvariant.Value) *gvariant.Dict {
		d := gvariant.NewDict()
		d.Set(key, v)
		return d
	}
	for name, tc := range map[string]struct {
		refs []gvariant.Value
		meta *gvariant.Dict
		want string
	}{
		"bad name":       {refs: []gvariant.Value{ref("../x", good)}, want: "../x"},
		"short checksum": {refs: []gvariant.Value{ref("x", good[:31])}, want: "31 bytes"},
		"twice":          {refs: []gvariant.Value{ref("x", good), ref("x", good)}, want: "occurs twice"},
		"deltas type":    {meta: meta("ostree.static-deltas", gvariant.NewString("x")), want: "has type s"},
		"collections":    {meta: meta("ostree.summary.collection-map", gvariant.NewString("x")), want: "has type s"},
		"delta checksum": {meta: meta("ostree.static-deltas", meta("x", gvariant.NewBytes(nil)).Value()), want: `delta "x"`},
	} {
		refs, err := gvariant.NewArray("(s(taya{sv}))", tc.refs...)
		require.NoError(t, err)
		_, err = ostree.ParseSummary(gvariant.NewTuple(refs, tc.meta.Value()).Bytes())
		require.ErrorContains(t, err, tc.want, name)
	}
	_, err := ostree.ParseSummary([]byte("garbage"))
	require.Error(t, err)
}

func FuzzParseSummary(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x00"))
	refs, _ := gvariant.NewArray("(s(taya{sv}))", gvariant.NewTuple(gvariant.NewString("x"), gvariant.NewTuple(gvariant.NewUint64(1), gvariant.NewBytes(make([]byte, 32)), gvariant.NewDict().Value())))
	f.Add(gvariant.NewTuple(refs, gvariant.NewDict().Value()).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ostree.ParseSummary(data)
		if err == nil && s.Metadata == nil {
			t.Fatal("no metadata")
		}
	})
}

func TestDiff(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	a := rootOf(t, repo, ostreetest.Write(t, repo, "a", map[string]string{"same": "s", "mod": "1", "gone/sub/f": "x", "tofile/f": "x", "todir": "x", "meta/x": "x", "xattr user.a=1": "x"}))
	b := rootOf(t, repo, ostreetest.Write(t, repo, "b", map[string]string{"same": "s", "mod": "2", "new/sub/f": "x", "tofile": "x", "todir/f": "x", "meta/ mode=0700": "", "meta/x": "x", "xattr user.a=2": "x"}))
	items, err := repo.Diff(t.Context(), a, b, nil)
	require.NoError(t, err)
	var lines []string
	for _, i := range items {
		lines = append(lines, i.String())
	}
	require.Equal(t, []string{"M    /mod", "M    /todir", "M    /xattr", "M    /meta", "M    /tofile", "D    /gone", "A    /new", "A    /new/sub", "A    /new/sub/f"}, lines)
	items, err = repo.Diff(t.Context(), a, b, &ostree.DiffOptions{NoXattrs: true})
	require.NoError(t, err)
	require.NotContains(t, items, ostree.DiffItem{Kind: ostree.DiffModified, Path: "/xattr"})
	require.Len(t, items, 8)
	items, err = repo.Diff(t.Context(), a, a, nil)
	require.NoError(t, err)
	require.Empty(t, items)
}
