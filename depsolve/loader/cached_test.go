package loader_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// source is a repository in memory that keeps one file, and counts how often its packages are read.
type source struct {
	infos    []*rpmpkg.Info
	err      error // at the end of the packages
	key      string
	file     string
	storeErr error
	reads    int
}

func (s *source) Packages(context.Context) iter.Seq2[*rpmpkg.Info, error] {
	s.reads++
	return sequence(s.err, s.infos...)
}

func (s *source) PackagesKey() string { return s.key }

func (s *source) OpenDerived(string) (*os.File, error) { return os.Open(s.file) }

func (s *source) StoreDerived(_ context.Context, _ string, write func(io.Writer) error) error {
	if s.storeErr != nil {
		return s.storeErr
	}
	f, err := os.Create(s.file + ".new")
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(s.file+".new"))
	}
	return os.Rename(s.file+".new", s.file)
}

func newSource(t *testing.T) *source {
	t.Helper()
	app, lib := info(t, "app-3:1-2.x86_64", "lib", "(a or b)"), info(t, "lib-1-1.noarch")
	app.Summary, app.License, app.URL, app.Group, app.Packager = "An app", "MIT", "https://example.com", "Apps", "Me"
	app.SourceRPM, app.BuildHost, app.BuildTime = "app-1-2.src.rpm", "host", time.Unix(1700000000, 0).UTC()
	app.InstalledSize, app.PackageSize, app.ArchiveSize = 1<<40, 12345, 99
	app.Location, app.Checksum = "Packages/a/app.rpm", digest.FromString("app")
	app.HeaderStart, app.HeaderEnd = 1000, 2000
	app.Files = []string{"/usr/bin/app"}
	return &source{infos: []*rpmpkg.Info{app, lib}, key: "sha256:abc", file: filepath.Join(t.TempDir(), "packages")}
}

// loaded loads the source and checks that everything is there.
func loaded(t *testing.T, s *source) {
	t.Helper()
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("r", nil)
	require.NoError(t, loader.LoadCached(context.Background(), repo, s, "repo-id"))
	ids := repo.Packages()
	require.Len(t, ids, 2)
	want := *s.infos[0]
	want.RepoID, want.Requires, want.Files = "repo-id", nil, nil
	require.Empty(t, cmp.Diff(&want, pool.Package(ids[0]).Data))
	require.Equal(t, "lib-1-1.noarch", pool.Package(ids[1]).Data.(*rpmpkg.Info).NEVRA.String())
	require.Equal(t, []string{"lib", "(a or b)"}, pool.Requires(ids[0]))
	require.True(t, pool.HasFile(ids[0], "/usr/bin/app"))
}

func TestLoadCachedReadsPackagesOnce(t *testing.T) {
	s := newSource(t)
	for range 3 {
		loaded(t, s)
	}
	require.Equal(t, 1, s.reads)
	s.key = "sha256:def"
	loaded(t, s)
	require.Equal(t, 2, s.reads, "other packages")
	loaded(t, s)
	require.Equal(t, 2, s.reads)
}

func TestLoadCachedWithoutAPlaceToStore(t *testing.T) {
	s := newSource(t)
	s.storeErr = errors.New("read-only")
	loaded(t, s)
	loaded(t, s)
	require.Equal(t, 2, s.reads)
}

func TestLoadCachedFailsWithThePackages(t *testing.T) {
	s := newSource(t)
	s.err = errors.New("truncated")
	repo := depsolve.NewPool("").AddRepo("broken", nil)
	err := loader.LoadCached(context.Background(), repo, s, "r")
	require.ErrorIs(t, err, s.err)
	require.ErrorContains(t, err, "load broken")
	require.Empty(t, repo.Packages())
	require.NoFileExists(t, s.file)
}

// A file with any byte changed, cut off anywhere or of another version is made anew and the answer is right.
func TestLoadCachedTrustsNoDamage(t *testing.T) {
	s := newSource(t)
	loaded(t, s)
	good, err := os.ReadFile(s.file)
	require.NoError(t, err)
	damaged := func(bad []byte) {
		t.Helper()
		before := s.reads
		require.NoError(t, os.WriteFile(s.file, bad, 0o644))
		loaded(t, s)
		require.Equal(t, before+1, s.reads, "is read anew")
		now, err := os.ReadFile(s.file)
		require.NoError(t, err)
		require.Equal(t, good, now, "is repaired")
	}
	for at := range good {
		bad := append([]byte(nil), good...)
		bad[at] ^= 1 << (at % 8)
		damaged(bad)
		damaged(good[:at])
	}
	damaged(append(append([]byte(nil), good...), 0))
	damaged(make([]byte, len(good)))
}

func FuzzLoadCached(f *testing.F) {
	f.Add([]byte("rpkgs\x00\x00\x01"), "k")
	f.Add(make([]byte, 100), "")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		s := newSource(t)
		s.key = key
		if err := os.WriteFile(s.file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		loaded(t, s)
	})
}

// Details are the same in whatever order they are asked for, also when they do not fit the window together.
func TestLoadCachedDetailsInAnyOrder(t *testing.T) {
	s := newSource(t)
	s.infos = nil
	for n := range 300 {
		i := info(t, fmt.Sprintf("p%d-1-1.noarch", n))
		i.Summary = strings.Repeat(fmt.Sprint(n), n*n/50)
		s.infos = append(s.infos, i)
	}
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("r", nil)
	require.NoError(t, loader.LoadCached(context.Background(), repo, s, "r"))
	ids := repo.Packages()
	var wg sync.WaitGroup
	for _, step := range []int{1, 7, 299} {
		wg.Go(func() {
			for k := range ids {
				n := k * step % len(ids)
				data, _ := pool.Package(ids[n]).Data.(*rpmpkg.Info)
				if assert.NotNil(t, data) {
					assert.Equal(t, s.infos[n].Summary, data.Summary)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkDetails(b *testing.B) {
	s := &source{key: "k", file: filepath.Join(b.TempDir(), "packages")}
	for n := range 1000 {
		s.infos = append(s.infos, &rpmpkg.Info{NEVRA: rpmver.NEVRA{Name: fmt.Sprint("p", n), Arch: "noarch"}, Summary: strings.Repeat("x", 300)})
	}
	pool := depsolve.NewPool("x86_64")
	repo := pool.AddRepo("r", nil)
	require.NoError(b, loader.LoadCached(context.Background(), repo, s, "r"))
	for b.Loop() {
		for _, id := range repo.Packages() {
			pool.Package(id)
		}
	}
}
