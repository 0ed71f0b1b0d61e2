package repodata_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func put(t testing.TB, dir string, pkgs ...*rpmtest.Package) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, p := range pkgs {
		data, err := p.Build()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, p.FileName()), data, 0o644))
	}
}

func create(t testing.TB, dir string, o *repodata.CreateOptions) *repodata.Repomd {
	t.Helper()
	m, err := repodata.CreateRepo(context.Background(), dir, o)
	require.NoError(t, err)
	return m
}

// locations gives the packages that the repository in dir lists.
func locations(t testing.TB, dir string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "repodata", "repomd.xml"))
	require.NoError(t, err)
	defer f.Close()
	m, err := repodata.ParseRepomd(f)
	require.NoError(t, err)
	d, ok := m.Find("primary")
	require.True(t, ok)
	data, err := os.ReadFile(filepath.Join(dir, d.Location))
	require.NoError(t, err)
	require.Equal(t, d.Checksum, digest.FromBytes(data))
	require.Equal(t, d.Size, int64(len(data)))
	r, err := repodata.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer r.Close()
	var list []string
	for info, err := range repodata.ParsePrimary(context.Background(), r) {
		require.NoError(t, err)
		list = append(list, info.Location)
	}
	return list
}

func names(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestCreateRepo(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x"), &rpmtest.Package{Name: "b"}, &rpmtest.Package{Name: "debug"})
	put(t, filepath.Join(dir, "y"), &rpmtest.Package{Name: "a"}, &rpmtest.Package{Name: "c"})
	var steps []int
	o := &repodata.CreateOptions{Time: time.Unix(1_700_000_000, 0), ContentTags: []string{"binary"},
		Exclude:  func(location string) bool { return strings.Contains(location, "debug") },
		Progress: func(done, total int) { steps = append(steps, 10*done+total) }}
	m := create(t, dir, o)
	require.Equal(t, "1700000000", m.Revision)
	require.Equal(t, []string{"y/a-1.0-1.noarch.rpm", "x/b-1.0-1.noarch.rpm", "y/c-1.0-1.noarch.rpm"}, locations(t, dir))
	require.Equal(t, []int{13, 23, 33}, steps)
	require.Len(t, names(t, filepath.Join(dir, "repodata")), 4)

	o.Jobs = 1
	require.Empty(t, cmp.Diff(m, create(t, dir, o)), "equal input gives equal files")

	put(t, dir, &rpmtest.Package{Name: "z"})
	create(t, dir, o)
	require.Len(t, locations(t, dir), 4)
	require.Equal(t, []string{"repodata", "x", "y", "z-1.0-1.noarch.rpm"}, names(t, dir), "the old metadata is gone")
	require.Len(t, names(t, filepath.Join(dir, "repodata")), 4)
}

func TestCreateRepoOfNothing(t *testing.T) {
	dir := t.TempDir()
	create(t, dir, nil)
	require.Empty(t, locations(t, dir))
}

func TestCreateRepoExtra(t *testing.T) {
	dir := t.TempDir()
	zstd := repodata.Zstd
	m := create(t, dir, &repodata.CreateOptions{Compression: &zstd, Extra: []repodata.Extra{
		{Type: "group", Name: "comps.xml", Content: []byte("<comps/>")}, {Type: "modules", Name: "modules.yaml", Content: []byte("---\n")}}})
	var got []string
	for _, d := range m.Data {
		_, suffix, _ := strings.Cut(d.Location, "-")
		got = append(got, d.Type+" "+suffix)
	}
	require.Equal(t, []string{"primary primary.xml.zst", "filelists filelists.xml.zst", "other other.xml.zst", "group comps.xml", "group_gz comps.xml.gz",
		"modules modules.yaml.zst"}, got)
	for _, bad := range []string{"", "../x", "a/b", ".hidden"} {
		_, err := repodata.CreateRepo(context.Background(), dir, &repodata.CreateOptions{Extra: []repodata.Extra{{Type: "x", Name: bad}}})
		require.ErrorContains(t, err, "bad type or file name")
	}
}

func TestCreateRepoRefusesDamagedPackages(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, &rpmtest.Package{Name: "a"})
	create(t, dir, nil)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.rpm"), []byte("no package"), 0o644))
	_, err := repodata.CreateRepo(context.Background(), dir, nil)
	require.ErrorContains(t, err, "bad.rpm")
	require.Len(t, locations(t, dir), 1, "the old metadata stays")
	require.Equal(t, []string{"a-1.0-1.noarch.rpm", "bad.rpm", "repodata"}, names(t, dir))

	_, err = repodata.CreateRepo(context.Background(), filepath.Join(dir, "none"), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = repodata.CreateRepo(ctx, dir, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestCreateRepoPowerLoss stops at each durable step: the repository is the old or the new one.
func TestCreateRepoPowerLoss(t *testing.T) {
	for step := 1; ; step++ {
		dir := t.TempDir()
		put(t, dir, &rpmtest.Package{Name: "a"})
		create(t, dir, nil)
		put(t, dir, &rpmtest.Package{Name: "b"})
		n := 0
		ctx := atomicfs.WithHook(context.Background(), func(atomicfs.Op, string) error {
			if n++; n >= step {
				return fs.ErrClosed
			}
			return nil
		})
		_, err := repodata.CreateRepo(ctx, dir, nil)
		got := locations(t, dir)
		require.Contains(t, []int{1, 2}, len(got))
		if err == nil {
			require.Len(t, got, 2)
			require.Greater(t, step, 8)
			return
		}
	}
}

func record(files ...repodata.FileEntry) *repodata.Record {
	return &repodata.Record{Files: files, Info: &rpmpkg.Info{Checksum: digest.FromString("x"), Location: "a.rpm",
		NEVRA: rpmver.NEVRA{Name: "a", Arch: "noarch", EVR: rpmver.EVR{Version: "1", Release: "2"}}}}
}

func TestEncoderCountsPackages(t *testing.T) {
	var b bytes.Buffer
	e, err := repodata.NewEncoder(&b, "primary", 1)
	require.NoError(t, err)
	require.ErrorContains(t, e.Close(), "1 packages less than announced")
	require.NoError(t, e.Encode(record()))
	require.ErrorContains(t, e.Encode(record()), "more packages than announced")
	_, err = repodata.NewEncoder(&b, "updateinfo", 1)
	require.ErrorContains(t, err, `unknown type "updateinfo"`)
}

// TestEncodeAnyText shows that no text of a package can break the document.
func TestEncodeAnyText(t *testing.T) {
	for text, want := range map[string]string{
		"<a b=\"c\">&</a>":    "<a b=\"c\">&</a>",
		"]]> --> <!--":        "]]> --> <!--",
		"line\r\nline\ttab":   "line\r\nline\ttab",
		"latin \xe4\xf6\xfc":  "latin äöü",
		"bell \x07 zero \x00": "bell  zero ",
		"not a char \ufffe":   "not a char ",
		"\U0001f600 é":        "\U0001f600 é",
	} {
		r := record(repodata.FileEntry{Path: "/etc/" + text})
		r.Info.Summary, r.Info.NEVRA.Arch = text, text
		var b bytes.Buffer
		e, err := repodata.NewEncoder(&b, "primary", 1)
		require.NoError(t, err)
		require.NoError(t, e.Encode(r))
		require.NoError(t, e.Close())
		for info, err := range repodata.ParsePrimary(context.Background(), &b) {
			require.NoError(t, err)
			require.Equal(t, want, info.Summary)
			require.Equal(t, want, info.NEVRA.Arch)
			require.Equal(t, []string{"/etc/" + want}, info.Files)
		}
	}
}

func ExampleCreateRepo() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	data, err := (&rpmtest.Package{Name: "hello", Version: "2.12"}).Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "hello.rpm"), data, 0o644); err != nil {
		fmt.Println(err)
		return
	}
	m, err := repodata.CreateRepo(ctx, dir, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	primary, _ := m.Find("primary")
	f, err := os.Open(filepath.Join(dir, primary.Location))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	r, err := repodata.NewReader(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	for info, err := range repodata.ParsePrimary(ctx, r) {
		fmt.Println(info.NEVRA, info.Location, err)
	}
	// Output: hello-2.12-1.noarch hello.rpm <nil>
}
