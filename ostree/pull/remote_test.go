package pull_test

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// pullRemote pulls main from a remote as configured.
func pullRemote(t *testing.T, rem ostree.Remote, o *pull.HTTPOptions) (*ostree.Repo, error) {
	t.Helper()
	dst := newRepo(t, ostree.ModeBareUser)
	if o == nil {
		o = &pull.HTTPOptions{}
	}
	o.Retries = -1
	rem.Name = "origin"
	src, opts, err := pull.OpenRemoteHTTP(t.Context(), nil, rem, o)
	if err != nil {
		return dst, err
	}
	opts.Refs, opts.Verify = []string{"main"}, nil
	_, err = pull.Pull(t.Context(), dst, src, opts)
	return dst, err
}

func options(kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

// writePEM writes blocks of one type to a file.
func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

func TestTLSOptions(t *testing.T) {
	src, sums := history(t)
	var protocol atomic.Value
	files := http.FileServer(http.Dir(src.Path()))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol.Store(r.Proto)
		files.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	ca := writePEM(t, "CERTIFICATE", server.Certificate().Raw)
	for _, tc := range []struct {
		name     string
		options  map[string]string
		protocol string
		err      string
	}{
		{"unknown authority", nil, "", "certificate signed by unknown authority"},
		{"ca", options("tls-ca-path", ca), "HTTP/2.0", ""},
		{"http2 off", options("tls-ca-path", ca, "http2", "false"), "HTTP/1.1", ""},
		{"permissive", options("tls-permissive", "true"), "HTTP/2.0", ""},
		{"not permissive", options("tls-permissive", "false"), "", "unknown authority"},
		{"no boolean", options("tls-permissive", "maybe"), "", `tls-permissive="maybe": not a boolean`},
		{"missing ca", options("tls-ca-path", "/nonexistent"), "", "tls-ca-path"},
		{"key without certificate", options("tls-client-key-path", ca), "", "both tls-client-cert-path and tls-client-key-path"},
		{"no key", options("tls-client-cert-path", ca, "tls-client-key-path", ca), "", "client certificate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst, err := pullRemote(t, ostree.Remote{URL: server.URL, Options: tc.options}, nil)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.Empty(t, objectFiles(t, dst))
				return
			}
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
			require.Equal(t, tc.protocol, protocol.Load())
		})
	}
}

func TestClientCertificate(t *testing.T) {
	src, sums := history(t)
	server := httptest.NewUnstartedServer(http.FileServer(http.Dir(src.Path())))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	_, err := pullRemote(t, ostree.Remote{URL: server.URL, Options: options("tls-permissive", "true")}, nil)
	require.ErrorContains(t, err, "certificate required")

	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	dst, err := pullRemote(t, ostree.Remote{URL: server.URL, Options: options("tls-permissive", "true",
		"tls-client-cert-path", writePEM(t, "CERTIFICATE", pair.Certificate[0]), "tls-client-key-path", writePEM(t, "PRIVATE KEY", key))}, nil)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
}

func TestProxyAndBasicAuth(t *testing.T) {
	src, sums := history(t)
	var proxied atomic.Int32
	files := http.FileServer(http.Dir(src.Path()))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if r.URL.Host != "repo.invalid" || user != "foouser" || password != "barpw" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		proxied.Add(1)
		files.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	dst, err := pullRemote(t, ostree.Remote{URL: "http://foouser:barpw@repo.invalid", Proxy: proxy.URL}, nil)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
	require.Positive(t, proxied.Load())
	_, err = pullRemote(t, ostree.Remote{URL: "http://foouser:wrong@repo.invalid", Proxy: proxy.URL}, nil)
	require.ErrorContains(t, err, "401 Unauthorized")
	require.NotContains(t, err.Error(), "wrong", "passwords are not shown")
	_, err = pullRemote(t, ostree.Remote{URL: "http://repo.invalid", Proxy: "nonsense"}, nil)
	require.ErrorContains(t, err, "no URL")
}

func TestCookies(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	s.setHook(func(w http.ResponseWriter, r *http.Request) bool {
		a, errA := r.Cookie("foo")
		b, errB := r.Cookie("baz")
		if errA == nil && errB == nil && a.Value == "bar" && b.Value == "badger" {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	repo := newRepo(t, ostree.ModeBareUser)
	c, err := pull.LoadCookies(repo, "origin")
	require.NoError(t, err)
	later := time.Unix(2584435345, 0)
	require.NoError(t, c.Add(pull.Cookie{Domain: "127.0.0.1", Path: "/", Name: "foo", Value: "bar", Expires: later}))
	try := func() error {
		require.NoError(t, c.Save(t.Context(), repo, "origin"))
		c, err = pull.LoadCookies(repo, "origin")
		require.NoError(t, err)
		dst, err := pullRemote(t, ostree.Remote{URL: s.URL}, &pull.HTTPOptions{Jar: c.Jar()})
		if err == nil {
			requireComplete(t, dst, "origin:main", sums[2])
		}
		return err
	}
	require.ErrorIs(t, try(), fs.ErrNotExist)
	require.NoError(t, c.Add(pull.Cookie{Domain: "127.0.0.1", Path: "/", Name: "baz", Value: "badger"}))
	require.NoError(t, try())
	// The bytes that the ostree command writes for the same cookie.
	data, err := os.ReadFile(filepath.Join(repo.Path(), "origin.cookies.txt"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(data), "127.0.0.1\tFALSE\t/\tFALSE\t2584435345\tfoo\tbar\n"), "%s", data)

	require.ErrorIs(t, c.Delete("127.0.0.1", "/other", "baz"), fs.ErrNotExist)
	require.NoError(t, c.Delete("127.0.0.1", "/", "baz"))
	require.Error(t, try())
	for name, e := range map[string]pull.Cookie{
		"other host": {Domain: "example.com", Path: "/"}, "other path": {Domain: "127.0.0.1", Path: "/obj"},
		"https only": {Domain: "127.0.0.1", Path: "/", Secure: true}, "expired": {Domain: "127.0.0.1", Path: "/", Expires: time.Unix(1, 0)},
	} {
		e.Name, e.Value = "baz", "badger"
		require.NoError(t, c.Add(e))
		require.Error(t, try(), name)
		require.NoError(t, c.Delete(e.Domain, e.Path, e.Name))
	}
	require.Error(t, c.Add(pull.Cookie{Domain: "a", Name: "b", Value: "c\nd"}))
	require.Error(t, c.Save(t.Context(), repo, "../origin"))
}

// metalink makes a document for the summary of repo at the addresses.
func metalink(t *testing.T, repo *ostree.Repo, urls ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repo.Path(), "summary"))
	require.NoError(t, err)
	var b strings.Builder
	for i, u := range urls {
		fmt.Fprintf(&b, "<url protocol=\"http\" preference=\"%d\">%s</url>\n", 100-i, u)
	}
	return fmt.Sprintf(`<?xml version="1.0"?><metalink version="3.0" xmlns="http://www.metalinker.org/"><other><files/></other><files>
<file name="summary"><size>%d</size><verification><hash type="md5">x</hash>
<hash type="sha256">%x</hash>
<hash type="sha512">%x</hash>
</verification><resources>%s</resources></file></files></metalink>`, len(data), sha256.Sum256(data), sha512.Sum512(data), b.String())
}

func TestMetalink(t *testing.T) {
	src, sums := history(t)
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	s := serve(t, src)
	good := metalink(t, src, s.URL+"/config", s.URL+"/missing/summary", s.URL+"/summary")
	size := strings.NewReplacer("<size>", "<size>1")
	data, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
	require.NoError(t, err)
	for _, tc := range []struct{ name, doc, err string }{
		{"third mirror", good, ""},
		{"no xml", "bacon", "Document must begin with an element"},
		{"cut off", good[:len(good)/2], "unexpected EOF"},
		{"other root", "<a/>", "metalink"},
		{"no summary", strings.ReplaceAll(good, `"summary"`, `"other"`), `No <file name="summary">`},
		{"size", size.Replace(good), "but content is"},
		{"huge", strings.Replace(good, "<size>", "<size>999999999", 1), "Invalid size"},
		{"digest format", strings.Replace(good, `"sha512">`, `"sha512">bacon`, 1), "Invalid hash digest for sha512"},
		{"only md5", strings.NewReplacer("sha256", "sha1", "sha512", "md4").Replace(good), "No <verification> element found with known <hash type=>"},
		{"no url", strings.ReplaceAll(good, "http://127", "ftp://127"), "No <url method=http> elements found"},
		{"other content", strings.Replace(good, fmt.Sprintf("%x", sha256.Sum256(data)), fmt.Sprintf("%x", sha256.Sum256(nil)), 1), "Expected checksum is e3b0c442"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			link := httptest.NewServer(http.HandlerFunc(send([]byte(tc.doc))))
			defer link.Close()
			dst, err := pullRemote(t, ostree.Remote{Metalink: link.URL + "/m.xml"}, nil)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				require.ErrorContains(t, err, link.URL+"/m.xml")
				require.Empty(t, objectFiles(t, dst))
				return
			}
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
		})
	}
}

// TestMetalinkPinsTheSummary: a mirror that changes its summary after it was verified is not believed.
func TestMetalinkPinsTheSummary(t *testing.T) {
	src, sums := history(t)
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	s := serve(t, src)
	doc := metalink(t, src, s.URL+"/summary")
	link := httptest.NewServer(http.HandlerFunc(send([]byte(doc))))
	defer link.Close()
	source, opts, err := pull.OpenRemoteHTTP(context.Background(), nil, ostree.Remote{Name: "origin", Metalink: link.URL}, nil)
	require.NoError(t, err)
	require.NoError(t, src.SetRef(t.Context(), "main", sums[0]))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	opts.Refs, opts.Verify = []string{"main"}, nil
	dst := newRepo(t, ostree.ModeBareUser)
	_, err = pull.Pull(t.Context(), dst, source, opts)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
}
