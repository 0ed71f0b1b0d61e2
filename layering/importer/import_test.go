package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func open(t testing.TB, p *rpmtest.Package) *rpmpkg.Package {
	t.Helper()
	data, err := p.Build()
	require.NoError(t, err)
	pkg, err := rpmpkg.Read(bytes.NewReader(data), nil)
	require.NoError(t, err)
	return pkg
}

// importOne imports a package alone and returns its commit.
func importOne(t testing.TB, repo *ostree.Repo, p *rpmtest.Package, o *Options) (ostree.Checksum, error) {
	t.Helper()
	ctx := t.Context()
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	_, commit, err := Import(ctx, tx, open(t, p), o)
	if err != nil {
		return commit, err
	}
	_, err = tx.Commit(ctx)
	return commit, err
}

// rich has one of everything.
var rich = &rpmtest.Package{
	Name: "rich", Epoch: 2, Version: "1.0~rc1", Release: "3", Arch: "x86_64",
	BuildTime: time.Unix(1700000000, 0),
	Files: []rpmtest.File{
		{Path: "/usr/bin/tool", Mode: 0o4755, Body: "tool\n", User: "daemon", Group: "games"},
		{Path: "/usr/bin/ping", Mode: 0o755, Body: "ping\n", Caps: "cap_net_raw=ep"},
		{Path: "/usr/bin/tool2", Hardlink: "/usr/bin/tool", Mode: 0o4755},
		{Path: "/usr/bin/link", LinkTo: "tool"},
		{Path: "/usr/lib/closed", Dir: true, Mode: 0o550},
		{Path: "/etc/rich.conf", Body: "a=1\n", Config: true, Mode: 0o640},
		{Path: "/opt/vendor/app", Body: "app\n", Mode: 0o755},
		{Path: "/boot/vmlinuz-1", Body: "kernel\n"},
		{Path: "/usr/share/doc/rich/README", Body: "read me\n", Doc: true},
		{Path: "/usr/share/doc/rich/COPYING", Body: "licence\n", Doc: true, License: true},
		{Path: "/var/lib/rich", Dir: true, Mode: 0o2750, User: "rich", Group: "rich"},
		{Path: "/var/lib/rich/file", Body: "dropped\n"},
		{Path: "/var/lib/rpm/x", Body: "dropped\n"},
		{Path: "/var/run/rich", Dir: true},
		{Path: "/var/spool/mail", LinkTo: "../mail"},
		{Path: "/var/lib/alternatives", Dir: true},
		{Path: "/usr/lib/ghost", Ghost: true},
		{Path: "/usr/lib/fifo", Mode: 0o10644},
		{Path: "/dev/null", Mode: 0o20666, Rdev: 0x103},
		{Path: "/usr/sbin/legacy", LinkTo: "../..//sbin/chkconfig"},
	},
}

func TestImportTree(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeBareUser)
	commit, err := importOne(t, repo, rich, &Options{RepoID: "base", RepoTimestamp: 77, RepodataChecksum: "sha256:abc"})
	require.NoError(t, err)
	got := ostreetest.List(t, repo, commit)
	tmpfiles := "L /opt/vendor - - - - ../../usr/lib/opt/vendor\n" +
		"d /run/rich 0755 root root - -\n" +
		"L /var/lib/alternatives - - - - ../../usr/lib/alternatives\n" +
		"d /var/lib/rich 2750 rich rich - -\n" +
		"L /var/spool/mail - - - - ../mail\n"
	want := map[string]string{
		"usr/": "", "usr/bin/": "", "usr/etc/": "", "usr/sbin/": "", "usr/lib/": "", "usr/lib/closed/ mode=0750": "",
		"usr/bin/tool mode=04755": "tool\n", "usr/bin/tool2 mode=04755": "tool\n",
		"usr/bin/ping mode=0755 security.capability=\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00": "ping\n",
		"usr/bin/link -> tool": "", "usr/sbin/legacy -> ../../sbin/chkconfig": "",
		"usr/etc/rich.conf mode=0640": "a=1\n",
		"usr/lib/opt/":                "", "usr/lib/opt/vendor/": "", "usr/lib/opt/vendor/app mode=0755": "app\n",
		"usr/lib/ostree-boot/": "", "usr/lib/ostree-boot/vmlinuz-1": "kernel\n", "usr/lib/alternatives/": "",
		"usr/share/": "", "usr/share/doc/": "", "usr/share/doc/rich/": "",
		"usr/share/doc/rich/README": "read me\n", "usr/share/doc/rich/COPYING": "licence\n",
		"usr/lib/rpm-ostree/": "", "usr/lib/rpm-ostree/tmpfiles.d/": "", "usr/lib/rpm-ostree/tmpfiles.d/rich.conf": tmpfiles,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c, err := repo.LoadCommit(t.Context(), commit)
	require.NoError(t, err)
	require.Equal(t, int64(1700000000), c.Timestamp.Unix())
	require.True(t, c.Parent.IsZero())
	require.Equal(t, "('rich-2:1.0~rc1-3.x86_64', 'rich', uint64 2, '1.0~rc1', '3', 'x86_64')", get(t, c, "rpmostree.nevra"))
	require.Equal(t, "{'id': <'base'>, 'timestamp': <uint64 77>}", get(t, c, "rpmostree.repo"))
}

func get(t *testing.T, c *ostree.Commit, key string) string {
	v, ok := c.Metadata.Get(key)
	require.True(t, ok, key)
	return v.String()
}

func TestImportNoDocs(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	p := &rpmtest.Package{Name: "docs", Files: []rpmtest.File{
		{Path: "/usr/share/doc/d/a", Body: "doc\n", Doc: true},
		{Path: "/usr/share/doc/d/b", Hardlink: "/usr/share/doc/d/a"}, // not documentation: stays, with the content of a
		{Path: "/usr/share/doc/d/c", Body: "text\n", Doc: true, License: true},
	}}
	commit, err := importOne(t, repo, p, &Options{NoDocs: true})
	require.NoError(t, err)
	want := map[string]string{
		"usr/": "", "usr/share/": "", "usr/share/doc/": "", "usr/share/doc/d/": "",
		"usr/share/doc/d/b": "doc\n", "usr/share/doc/d/c": "text\n",
	}
	if diff := cmp.Diff(want, ostreetest.List(t, repo, commit)); diff != "" {
		t.Error(diff)
	}
}

func TestImportRefusesForeignPaths(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	_, err := importOne(t, repo, &rpmtest.Package{Name: "p", Files: []rpmtest.File{{Path: "/srv/www/x", Body: "x"}}}, nil)
	var unsupported *UnsupportedPathError
	require.ErrorAs(t, err, &unsupported)
	require.Equal(t, "/srv/www/x", unsupported.Path)
	require.ErrorContains(t, err, "issues/233")

	commit, err := importOne(t, repo, &rpmtest.Package{Name: "filesystem", Files: []rpmtest.File{
		{Path: "/srv", Dir: true}, {Path: "/bin", LinkTo: "usr/bin"}, {Path: "/usr/bin", Dir: true, Mode: 0o555}, {Path: "/etc", Dir: true},
	}}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"bin -> usr/bin": "", "usr/": "", "usr/bin/": "", "usr/etc/": ""}, ostreetest.List(t, repo, commit))
}

func TestImportIsDeterministic(t *testing.T) {
	a, b := ostreetest.NewRepo(t, ostree.ModeBareUser), ostreetest.NewRepo(t, ostree.ModeArchive)
	one, err := importOne(t, a, rich, nil)
	require.NoError(t, err)
	two, err := importOne(t, b, rich, nil)
	require.NoError(t, err)
	require.Equal(t, one, two)
}

func items(t *testing.T, n int, broken ...int) []Item {
	var list []Item
	for i := range n {
		p := &rpmtest.Package{Name: fmt.Sprintf("p%02d", i), Files: []rpmtest.File{{Path: fmt.Sprintf("/usr/lib/p%02d", i), Body: "x"}}}
		list = append(list, Item{Open: func(context.Context) (*rpmpkg.Package, error) { return open(t, p), nil }})
	}
	for _, i := range broken {
		list[i].Open = func(context.Context) (*rpmpkg.Package, error) { return nil, fmt.Errorf("broken %d", i) }
	}
	return list
}

func TestImportAll(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	var steps []int
	results, err := ImportAll(t.Context(), repo, items(t, 20), &BatchOptions{Workers: 4, Progress: func(done, total int) {
		require.Equal(t, 20, total)
		steps = append(steps, done)
	}})
	require.NoError(t, err)
	require.Len(t, results, 20)
	require.Equal(t, "rpmostree/pkg/p07/1.0-1.noarch", results[7].Ref)
	require.Equal(t, 20, steps[19])
	for _, r := range results {
		commit, err := repo.ResolveRev(t.Context(), r.Ref)
		require.NoError(t, err)
		require.Equal(t, r.Commit, commit)
	}
}

func TestImportAllKeepsWhatSucceeded(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	_, err := ImportAll(t.Context(), repo, items(t, 5, 1, 3), nil)
	require.ErrorContains(t, err, "broken 1")
	require.ErrorContains(t, err, "broken 3")
	for i, want := range []bool{true, false, true, false, true} {
		_, err := repo.ResolveRev(t.Context(), fmt.Sprintf("rpmostree/pkg/p%02d/1.0-1.noarch", i))
		require.Equal(t, want, err == nil, "package %d", i)
	}
}

func TestImportAllCancelled(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	ctx, cancel := context.WithCancel(t.Context())
	list := items(t, 4)
	first := list[0].Open
	list[0].Open = func(ctx context.Context) (*rpmpkg.Package, error) {
		p, err := first(ctx)
		cancel()
		return p, err
	}
	_, err := ImportAll(ctx, repo, list, &BatchOptions{Workers: 1})
	require.ErrorIs(t, err, context.Canceled)
}

func TestLoadAndCached(t *testing.T) {
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit, err := importOne(t, repo, rich, &Options{RepodataChecksum: "sha256:abc", NoDocs: true})
	require.NoError(t, err)
	s, err := Load(ctx, repo, commit)
	require.NoError(t, err)
	require.Equal(t, rich.NEVRA(), s.NEVRA)
	require.Equal(t, "sha256:abc", s.RepodataChecksum)
	require.True(t, s.NoDocs)
	original := open(t, rich)
	require.Equal(t, original.Header.Raw(), s.Package.Header.Raw())
	require.Equal(t, original.Signature.Raw(), s.Package.Signature.Raw())

	for name, tc := range map[string]struct {
		want Want
		hit  bool
	}{
		"same":           {Want{rich.NEVRA(), "sha256:abc", true}, true},
		"local":          {Want{rich.NEVRA(), "", true}, true},
		"other checksum": {Want{rich.NEVRA(), "sha256:abd", true}, false},
		"with docs":      {Want{rich.NEVRA(), "sha256:abc", false}, false},
		"other package":  {Want{(&rpmtest.Package{Name: "other"}).NEVRA(), "", true}, false},
	} {
		got, hit, err := Cached(ctx, repo, tc.want)
		require.NoError(t, err, name)
		require.Equal(t, tc.hit, hit, name)
		if hit {
			require.Equal(t, commit, got)
		}
	}
	require.NoError(t, repo.MarkPartial(ctx, commit, true))
	_, hit, err := Cached(ctx, repo, Want{rich.NEVRA(), "sha256:abc", true})
	require.NoError(t, err)
	require.False(t, hit, "a partial commit is not in the cache")
}

func TestLoadRefusesOtherCommits(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	commit := ostreetest.Write(t, repo, "os", map[string]string{"usr/x": "x"})
	_, err := Load(t.Context(), repo, commit)
	require.ErrorContains(t, err, "not a package commit")
	_, err = Load(t.Context(), repo, ostree.Checksum{1})
	require.True(t, errors.Is(err, fs.ErrNotExist))
}

// TestImportDamaged flips bytes in header and payload of a package: whatever is wrong, there is
// an error and the transaction leaves nothing behind.
func TestImportDamaged(t *testing.T) {
	data, err := rich.Build()
	require.NoError(t, err)
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	start, _ := open(t, rich).HeaderRange() // before it is nothing but digests and signatures
	for i := int(start); i < len(data); i += 41 {
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		_, err := ImportAll(t.Context(), repo, []Item{{Open: func(context.Context) (*rpmpkg.Package, error) {
			return rpmpkg.Read(bytes.NewReader(bad), nil)
		}}}, nil)
		require.Error(t, err, "byte %d", i)
	}
	refs, err := repo.Refs(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, refs)
}
