package repo

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// site is a repository in a directory, served over HTTP.
type site struct {
	t      *testing.T
	dir    string
	server *httptest.Server
	mu     sync.Mutex
	log    []string
	change func(path string, body []byte) []byte // nil body: not found
}

func newSite(t *testing.T, pkgs ...*rpmtest.Package) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	s.write(1_700_000_000, pkgs...)
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

func (s *site) write(sec int64, pkgs ...*rpmtest.Package) {
	s.t.Helper()
	for _, p := range pkgs {
		data, err := p.Build()
		require.NoError(s.t, err)
		require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, p.FileName()), data, 0o644))
	}
	_, err := repodata.CreateRepo(context.Background(), s.dir, &repodata.CreateOptions{Time: time.Unix(sec, 0),
		Extra: []repodata.Extra{{Type: "group", Name: "comps.xml", Content: []byte("<comps><group><id>core</id></group></comps>")}}})
	require.NoError(s.t, err)
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.log = append(s.log, strings.TrimPrefix(r.URL.Path, "/"))
	change := s.change
	s.mu.Unlock()
	body, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(r.URL.Path)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if change != nil {
		if body = change(r.URL.Path, body); body == nil {
			http.NotFound(w, r)
			return
		}
	}
	w.Header().Set("ETag", `"`+sha(string(body))+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// requests gives the requests since the last call, without checksums in names.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.log
	s.log = nil
	for i, p := range list {
		dir, base := filepath.Split(p)
		if len(base) > 65 && base[64] == '-' {
			base = base[65:]
		}
		list[i] = dir + base
	}
	return list
}

func damage(suffix string) func(string, []byte) []byte {
	return func(path string, body []byte) []byte {
		if strings.HasSuffix(path, suffix) {
			body = slices.Clone(body)
			body[len(body)/2] ^= 1
		}
		return body
	}
}

func names(t *testing.T, m *Metadata) []string {
	t.Helper()
	var list []string
	for info, err := range m.Packages(context.Background()) {
		require.NoError(t, err)
		require.Equal(t, m.Repo().ID, info.RepoID)
		list = append(list, info.NEVRA.String())
	}
	return list
}

func find(t *testing.T, m *Metadata, name string) *rpmpkg.Info {
	t.Helper()
	for info, err := range m.Packages(context.Background()) {
		require.NoError(t, err)
		if info.NEVRA.Name == name {
			return info
		}
	}
	t.Fatalf("no package %s", name)
	return nil
}

func refreshed(t *testing.T, r *Repo, cache string, o *Options) *Metadata {
	t.Helper()
	m, err := Refresh(context.Background(), r, cache, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

func at(sec int64) func() time.Time { return func() time.Time { return time.Unix(sec, 0) } }

var (
	foo = &rpmtest.Package{Name: "foo", Files: []rpmtest.File{{Path: "/usr/libexec/foo", Body: "x"}}}
	bar = &rpmtest.Package{Name: "bar", Version: "2.0", Requires: []string{"foo"}}
)

func TestRefreshDownloadsOnlyWhatChanged(t *testing.T) {
	s, cache := newSite(t, foo), t.TempDir()
	r := New("test", s.server.URL)
	m := refreshed(t, r, cache, &Options{Now: at(1_700_000_100)})
	require.Equal(t, []string{"foo-1.0-1.noarch"}, names(t, m))
	require.Equal(t, []string{"repodata/repomd.xml", "repodata/primary.xml.gz"}, s.requests())

	refreshed(t, r, cache, &Options{Now: at(1_700_000_200)})
	require.Empty(t, s.requests(), "new enough")

	refreshed(t, r, cache, &Options{Now: at(1_700_000_300), MaxAge: time.Minute})
	require.Equal(t, []string{"repodata/repomd.xml"}, s.requests(), "asked, and unchanged")

	s.write(1_700_001_000, bar)
	m = refreshed(t, r, cache, &Options{Now: at(1_700_000_400)})
	require.Equal(t, []string{"foo-1.0-1.noarch"}, names(t, m), "still the old state")
	m = refreshed(t, r, cache, &Options{Now: at(1_701_000_000)})
	require.Equal(t, []string{"bar-2.0-1.noarch", "foo-1.0-1.noarch"}, names(t, m))
	require.Equal(t, []string{"repodata/repomd.xml", "repodata/primary.xml.gz"}, s.requests())
	entries, err := filepath.Glob(filepath.Join(cache, "*", "repodata", "*"))
	require.NoError(t, err)
	require.Len(t, entries, 2, "files of the old state are gone")
}

func TestOlderStateIsIgnored(t *testing.T) {
	s, cache := newSite(t, foo, bar), t.TempDir()
	r := New("test", s.server.URL)
	refreshed(t, r, cache, nil)
	require.NoError(t, os.Remove(filepath.Join(s.dir, bar.FileName())))
	s.write(1_600_000_000)
	m := refreshed(t, r, cache, &Options{MaxAge: time.Nanosecond})
	require.Len(t, names(t, m), 2)
	m = refreshed(t, r, cache, &Options{Force: true})
	require.Len(t, names(t, m), 1)
}

func TestOtherMetadataIsFetchedWhenAskedFor(t *testing.T) {
	s, ctx := newSite(t, foo, bar), context.Background()
	m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
	s.requests()
	var owner, id string
	err := m.FindFiles(ctx, []string{"/usr/libexec/foo", "/nowhere"}, func(pkgID string, n rpmver.NEVRA, path string) error {
		owner, id = n.Name+" "+path, pkgID
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, "foo /usr/libexec/foo", owner)
	require.Equal(t, find(t, m, "foo").Checksum.Encoded(), id)
	comps, err := m.Comps(ctx)
	require.NoError(t, err)
	require.Equal(t, "core", comps.Groups[0].ID)
	require.Equal(t, []string{"repodata/filelists.xml.gz", "repodata/comps.xml.gz"}, s.requests())
	for range m.Advisories(ctx) {
		t.Fatal("there are no advisories")
	}
	_, err = m.Open(ctx, "modules")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestNextMirrorAfterDamage(t *testing.T) {
	good, bad := newSite(t, foo), newSite(t)
	bad.dir = good.dir
	for _, suffix := range []string{"repomd.xml", "primary.xml.gz"} {
		t.Run(suffix, func(t *testing.T) {
			bad.change = damage(suffix)
			if suffix == "repomd.xml" {
				bad.change = func(path string, body []byte) []byte { return []byte("<html>captive portal</html>") }
			}
			m := refreshed(t, New("test", bad.server.URL, good.server.URL), t.TempDir(), nil)
			require.Equal(t, []string{"foo-1.0-1.noarch"}, names(t, m))
		})
	}
	t.Run("all are bad", func(t *testing.T) {
		bad.change = damage("primary.xml.gz")
		cache := t.TempDir()
		_, err := Refresh(context.Background(), New("test", bad.server.URL), cache, nil)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "test", e.Repo)
		require.Contains(t, e.URL, bad.server.URL+"/repodata/")
		var mismatch *MismatchError
		require.ErrorAs(t, err, &mismatch)
		_, err = Refresh(context.Background(), New("test", bad.server.URL), cache, &Options{CacheOnly: true})
		require.ErrorIs(t, err, ErrNotCached, "nothing half-done is left")
	})
}

func TestMirrorlistAndMetalink(t *testing.T) {
	s, list := newSite(t, foo), newSite(t)
	repomd, err := os.ReadFile(filepath.Join(s.dir, "repodata", "repomd.xml"))
	require.NoError(t, err)
	dead := "http://127.0.0.1:1/"
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(list.dir, name), []byte(text), 0o644))
	}
	link := func(sum string) string {
		text := fmt.Sprintf(metalinkText, len(repomd), sum, sha("old"))
		text = strings.Replace(text, "https://fast.example/y/", dead, 1)
		return strings.Replace(text, "http://slow.example/x/", s.server.URL+"/", 1)
	}
	write("mirrors", dead+"\n"+s.server.URL+"\n")
	write("good", link(sha(string(repomd))))
	write("bad", link(sha("something else")))

	r := New("test")
	r.Mirrorlist = list.server.URL + "/mirrors"
	require.Len(t, names(t, refreshed(t, r, t.TempDir(), nil)), 1)

	r = New("test")
	r.Metalink = list.server.URL + "/good"
	cache := t.TempDir()
	require.Len(t, names(t, refreshed(t, r, cache, nil)), 1)
	s.requests()
	refreshed(t, r, cache, &Options{MaxAge: time.Nanosecond})
	require.Empty(t, s.requests(), "the metalink says that the cache is the present version")

	r.Metalink = list.server.URL + "/bad"
	_, err = Refresh(context.Background(), r, t.TempDir(), nil)
	var mismatch *MismatchError
	require.ErrorAs(t, err, &mismatch)
}

func TestCacheOnly(t *testing.T) {
	s, cache := newSite(t, foo), t.TempDir()
	r := New("test", s.server.URL)
	_, err := Refresh(context.Background(), r, cache, &Options{CacheOnly: true})
	require.ErrorIs(t, err, ErrNotCached)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, "repository test: not in the cache, and downloads are switched off: file does not exist")

	refreshed(t, r, cache, nil)
	s.server.Close()
	m := refreshed(t, r, cache, &Options{CacheOnly: true})
	require.Len(t, names(t, m), 1)
	_, err = m.FetchPackage(context.Background(), find(t, m, "foo"), t.TempDir())
	require.ErrorIs(t, err, ErrNotCached)

	primary, err := filepath.Glob(filepath.Join(cache, "*", "repodata", "*primary*"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(primary[0], []byte("damaged"), 0o644))
	_, err = Refresh(context.Background(), r, cache, &Options{CacheOnly: true})
	var mismatch *MismatchError
	require.ErrorAs(t, err, &mismatch, "a damaged cache is not used")
}

func TestDamagedCacheIsRepaired(t *testing.T) {
	s, cache := newSite(t, foo), t.TempDir()
	r := New("test", s.server.URL)
	refreshed(t, r, cache, nil)
	primary, err := filepath.Glob(filepath.Join(cache, "*", "repodata", "*primary*"))
	require.NoError(t, err)
	data, err := os.ReadFile(primary[0])
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(primary[0], data, 0o644))
	require.Len(t, names(t, refreshed(t, r, cache, nil)), 1)
}

func TestLocalRepositoryIsUsedInPlace(t *testing.T) {
	s, cache, ctx := newSite(t, foo), t.TempDir(), context.Background()
	m := refreshed(t, New("test", s.dir), cache, nil)
	info := find(t, m, "foo")
	path, err := m.FetchPackage(ctx, info, t.TempDir())
	require.NoError(t, err)
	require.Equal(t, filepath.Join(s.dir, foo.FileName()), path)
	entries, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, entries)

	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, damage("")("", data), 0o644))
	_, err = m.FetchPackage(ctx, info, t.TempDir())
	var mismatch *MismatchError
	require.ErrorAs(t, err, &mismatch)

	_, err = Refresh(ctx, New("gone", t.TempDir()), cache, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "repository gone: file:///")
}

func TestFetchPackages(t *testing.T) {
	var pkgs []*rpmtest.Package
	for i := range 12 {
		pkgs = append(pkgs, &rpmtest.Package{Name: fmt.Sprintf("p%02d", i), Files: []rpmtest.File{{Path: "/f", Body: strings.Repeat("x", 1000*i)}}})
	}
	good, bad, ctx := newSite(t, pkgs...), newSite(t), context.Background()
	bad.dir, bad.change = good.dir, damage(".rpm")
	m := refreshed(t, New("test", bad.server.URL, good.server.URL), t.TempDir(), nil)
	var infos []*rpmpkg.Info
	for info, err := range m.Packages(ctx) {
		require.NoError(t, err)
		infos = append(infos, info)
	}
	slices.Reverse(infos)
	dest := filepath.Join(t.TempDir(), "packages")
	var last Progress
	paths, err := FetchPackages(ctx, []*Metadata{m}, infos, dest, &FetchOptions{Progress: func(p Progress) { last = p }})
	require.NoError(t, err)
	require.Equal(t, Progress{Repo: "test", File: last.File, Bytes: last.Size, Size: last.Size, Files: 12, FilesTotal: 12, Done: true}, last)
	for i, p := range paths {
		want, err := os.ReadFile(filepath.Join(good.dir, infos[i].Location))
		require.NoError(t, err)
		got, err := os.ReadFile(p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), p)
	}
	entries, err := os.ReadDir(dest)
	require.NoError(t, err)
	require.Len(t, entries, 12, "nothing else is left")

	good.requests()
	require.NoError(t, os.WriteFile(paths[0], []byte("damaged"), 0o644))
	_, err = FetchPackages(ctx, []*Metadata{m}, infos, dest, nil)
	require.NoError(t, err)
	require.Equal(t, []string{infos[0].Location}, good.requests(), "what is there and right is not fetched again")
}

func TestFetchPackagesNamesAllFailures(t *testing.T) {
	s, ctx := newSite(t, foo, bar), context.Background()
	m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
	s.change = func(path string, body []byte) []byte {
		if strings.HasSuffix(path, ".rpm") {
			return nil
		}
		return body
	}
	dest := t.TempDir()
	_, err := FetchPackages(ctx, []*Metadata{m}, []*rpmpkg.Info{find(t, m, "foo"), find(t, m, "bar")}, dest, nil)
	require.ErrorContains(t, err, "repository test: "+s.server.URL+"/foo-1.0-1.noarch.rpm: 404")
	require.ErrorContains(t, err, "/bar-2.0-1.noarch.rpm: 404")
	require.ErrorIs(t, err, fs.ErrNotExist)
	entries, err := os.ReadDir(dest)
	require.NoError(t, err)
	require.Empty(t, entries)

	evil := *find(t, m, "foo")
	evil.Location = ".."
	_, err = m.FetchPackage(ctx, &evil, dest)
	require.ErrorContains(t, err, "not the location of a package")
}

func TestCancel(t *testing.T) {
	s := newSite(t, foo)
	ctx, cancel := context.WithCancel(context.Background())
	s.change = func(path string, body []byte) []byte {
		if strings.HasSuffix(path, ".rpm") {
			cancel()
		}
		return body
	}
	m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
	info, dest := find(t, m, "foo"), t.TempDir()
	_, err := m.FetchPackage(ctx, info, dest)
	require.ErrorIs(t, err, context.Canceled)
	_, err = Refresh(ctx, New("other", s.server.URL), t.TempDir(), nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestRefreshPowerLoss stops a refresh at each durable step: the cache has the old state or the new one.
func TestRefreshPowerLoss(t *testing.T) {
	s := newSite(t, foo)
	for step := 1; ; step++ {
		cache := t.TempDir()
		s.write(1_700_000_000)
		r := New("test", s.server.URL)
		refreshed(t, r, cache, nil)
		s.write(1_700_000_000+int64(step), bar)
		n := 0
		ctx := atomicfs.WithHook(context.Background(), func(atomicfs.Op, string) error {
			if n++; n >= step {
				return fs.ErrClosed
			}
			return nil
		})
		m, err := Refresh(ctx, r, cache, &Options{Force: true})
		if err == nil {
			require.NoError(t, m.Close())
		}
		got := names(t, refreshed(t, r, cache, &Options{CacheOnly: true}))
		require.Contains(t, []int{1, 2}, len(got))
		require.Len(t, names(t, refreshed(t, r, cache, &Options{Force: true})), 2, "the next one completes")
		require.NoError(t, os.Remove(filepath.Join(s.dir, bar.FileName())))
		if err == nil {
			require.Greater(t, step, 4)
			require.Len(t, got, 2)
			return
		}
	}
}

func TestExcludeAndInclude(t *testing.T) {
	s := newSite(t, foo, bar, &rpmtest.Package{Name: "foo-devel"})
	r := New("test", s.server.URL)
	r.Exclude = []string{"foo-d*"}
	require.Equal(t, []string{"bar-2.0-1.noarch", "foo-1.0-1.noarch"}, names(t, refreshed(t, r, t.TempDir(), nil)))
	r.Include = []string{"foo*.noarch"}
	require.Equal(t, []string{"foo-1.0-1.noarch"}, names(t, refreshed(t, r, t.TempDir(), nil)))
}

func TestBasicAuthentication(t *testing.T) {
	s := newSite(t, foo)
	locked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, ok := r.BasicAuth(); !ok || u != "me" || p != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer locked.Close()
	r := New("test", locked.URL)
	r.Retries = 0
	_, err := Refresh(context.Background(), r, t.TempDir(), nil)
	require.ErrorContains(t, err, "401")
	r.Username, r.Password = "me", "secret"
	require.Len(t, names(t, refreshed(t, r, t.TempDir(), nil)), 1)
}

func TestTLSSettings(t *testing.T) {
	s := newSite(t, foo)
	secure := httptest.NewTLSServer(s)
	defer secure.Close()
	r := New("test", secure.URL)
	r.Retries = 0
	_, err := Refresh(context.Background(), r, t.TempDir(), nil)
	require.ErrorContains(t, err, "certificate")
	r.NoSSLVerify = true
	require.Len(t, names(t, refreshed(t, r, t.TempDir(), nil)), 1)
	r.NoSSLVerify = false
	r.SSLCACert = filepath.Join(t.TempDir(), "ca.pem")
	pem := fmt.Appendf(nil, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", base64Lines(secure.Certificate().Raw))
	require.NoError(t, os.WriteFile(r.SSLCACert, pem, 0o644))
	require.Len(t, names(t, refreshed(t, r, t.TempDir(), nil)), 1)
}

func TestProxy(t *testing.T) {
	s := newSite(t, foo)
	var mu sync.Mutex
	var hosts []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		hosts = append(hosts, r.URL.Host+" "+r.Header.Get("Proxy-Authorization"))
		mu.Unlock()
		s.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	r := New("test", "http://repo.invalid/")
	r.Proxy, r.ProxyUsername, r.ProxyPassword = strings.TrimPrefix(proxy.URL, "http://"), "me", "secret"
	require.Len(t, names(t, refreshed(t, r, t.TempDir(), nil)), 1)
	require.Equal(t, []string{"repo.invalid Basic bWU6c2VjcmV0", "repo.invalid Basic bWU6c2VjcmV0"}, hosts)

	r.Proxy = "http://"
	_, err := Refresh(context.Background(), r, t.TempDir(), nil)
	require.EqualError(t, err, `repository test: proxy "http://" is not a URL`)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSettingsAreNotSilentlyIgnored(t *testing.T) {
	client := &http.Client{Transport: roundTripper(http.DefaultTransport.RoundTrip)}
	r := New("test", "https://repo.invalid/")
	r.NoSSLVerify = true
	_, err := Refresh(context.Background(), r, t.TempDir(), &Options{Client: client})
	require.ErrorContains(t, err, "repository test: proxy and TLS settings cannot be applied")
	r.NoSSLVerify, r.SSLCACert = false, filepath.Join(t.TempDir(), "none.pem")
	_, err = Refresh(context.Background(), r, t.TempDir(), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "sslcacert")
	_, err = Refresh(context.Background(), New("test"), t.TempDir(), nil)
	require.EqualError(t, err, "repository test: neither baseurl nor mirrorlist nor metalink is set")
	_, err = Refresh(context.Background(), New("../x", "http://y"), t.TempDir(), nil)
	require.ErrorContains(t, err, "bad repository id")
}

func TestPasswordsAreNotShown(t *testing.T) {
	s := newSite(t, foo)
	u := strings.Replace(s.server.URL, "http://", "http://me:secret@", 1)
	_, err := Refresh(context.Background(), New("test", u+"/none"), t.TempDir(), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NotContains(t, err.Error(), "secret")
}

func TestRepoGPGCheck(t *testing.T) {
	s, cache, ctx := newSite(t, foo), t.TempDir(), context.Background()
	key, err := openpgp.NewEntity("test", "", "test@example.com", nil)
	require.NoError(t, err)
	other, err := openpgp.NewEntity("other", "", "other@example.com", nil)
	require.NoError(t, err)
	public := func(e *openpgp.Entity) string {
		var b bytes.Buffer
		w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
		require.NoError(t, err)
		require.NoError(t, e.Serialize(w))
		require.NoError(t, w.Close())
		file := filepath.Join(t.TempDir(), "key")
		require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
		return file
	}
	sign := func() {
		data, err := os.ReadFile(filepath.Join(s.dir, "repodata", "repomd.xml"))
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, openpgp.ArmoredDetachSign(&b, key, bytes.NewReader(data), nil))
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, "repodata", "repomd.xml.asc"), b.Bytes(), 0o644))
	}
	r := New("test", s.server.URL)
	refreshed(t, r, cache, nil)
	r.RepoGPGCheck = true
	_, err = Refresh(ctx, r, cache, &Options{CacheOnly: true})
	require.ErrorIs(t, err, ErrNotCached, "what was not verified is not used")
	_, err = Refresh(ctx, r, cache, nil)
	require.ErrorContains(t, err, "signature: 404")
	sign()
	_, err = Refresh(ctx, r, cache, nil)
	require.ErrorContains(t, err, "repo_gpgcheck is set, but no gpgkey")
	r.GPGKeys = []string{public(other)}
	_, err = Refresh(ctx, r, cache, nil)
	require.ErrorContains(t, err, "signature: ")
	r.GPGKeys = []string{public(other), public(key)}
	require.Len(t, names(t, refreshed(t, r, cache, nil)), 1)
	refreshed(t, r, cache, &Options{CacheOnly: true})

	s.write(1_800_000_000, bar) // the signature is that of the old index
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "repodata", "repomd.xml.asc"), nil, 0o644))
	_, err = Refresh(ctx, r, cache, &Options{Force: true})
	require.ErrorContains(t, err, "signature: ")
	require.Len(t, names(t, refreshed(t, r, cache, &Options{CacheOnly: true})), 1, "the old state is still there")
}

func TestHostileIndex(t *testing.T) {
	s := newSite(t, foo)
	repomd, err := os.ReadFile(filepath.Join(s.dir, "repodata", "repomd.xml"))
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, new, want string }{
		"leads out":   {`href="repodata/`, `href="../../`, "leads out of the repository"},
		"absolute":    {`href="repodata/`, `href="/etc/`, "not a path inside the repository"},
		"no checksum": {`type="sha256">`, `type="crc32">`, "checksum type"},
		"short":       {`<checksum type="sha256">`, `<checksum type="sha256">0`, "65 characters"},
		"doctype":     {"<repomd ", "<!DOCTYPE x [<!ENTITY a \"b\">]><repomd ", "document type declarations"},
		"size":        {"<size>", "<size>-", "size"},
	} {
		t.Run(name, func(t *testing.T) {
			s.change = func(path string, body []byte) []byte {
				if strings.HasSuffix(path, "repomd.xml") {
					return []byte(strings.Replace(string(repomd), c.old, c.new, 1))
				}
				return body
			}
			_, err := Refresh(context.Background(), New("test", s.server.URL), t.TempDir(), nil)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What a file is to become when it is uncompressed is believed as a limit only.
func TestAnnouncedOpenSize(t *testing.T) {
	s := newSite(t, foo)
	repomd, err := os.ReadFile(filepath.Join(s.dir, "repodata", "repomd.xml"))
	require.NoError(t, err)
	for size, want := range map[string]string{"9223372036854775807": "", "0": "", "10": "longer than announced"} {
		s.change = func(path string, body []byte) []byte {
			if strings.HasSuffix(path, "repomd.xml") {
				return regexp.MustCompile("<open-size>[0-9]+<").ReplaceAll(repomd, []byte("<open-size>"+size+"<"))
			}
			return body
		}
		m := refreshed(t, New("test", s.server.URL), t.TempDir(), nil)
		var last error
		for _, err := range m.Packages(context.Background()) {
			last = err
		}
		if want == "" {
			require.NoError(t, last, size)
		} else {
			require.ErrorContains(t, last, want)
		}
	}
}

func TestCleanCache(t *testing.T) {
	s, cache := newSite(t, foo), t.TempDir()
	r := New("test", s.server.URL)
	refreshed(t, r, cache, nil)
	require.NoError(t, CleanCache(context.Background(), r, cache))
	entries, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, entries)
	require.NoError(t, CleanCache(context.Background(), r, cache))
}
