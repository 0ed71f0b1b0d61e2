package interop

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

// bothPull pulls main with both commands, in repositories with a remote made by either, and returns what was said where
// that fails. Both must fail or succeed alike.
func bothPull(t *testing.T, ours string, remote []string, options ...string) (failures []string) {
	t.Helper()
	for _, maker := range []string{"ostree", ours} {
		for _, puller := range []string{"ostree", ours} {
			repo := filepath.Join(t.TempDir(), "repo")
			testenv.Run(t, "/", maker, "--repo="+repo, "init", "--mode=bare-user-only")
			testenv.Run(t, "/", append([]string{maker, "--repo=" + repo, "remote", "add", "--no-gpg-verify"}, remote...)...)
			out, code := outcome(t, puller, append([]string{"--repo=" + repo, "pull", "--network-retries=0", "origin", "main"}, options...)...)
			if code != 0 {
				failures = append(failures, out)
				require.Empty(t, testenv.Run(t, "/", "ostree", "--repo="+repo, "refs"))
				continue
			}
			testenv.Run(t, "/", "ostree", "--repo="+repo, "fsck", "-q")
			require.Equal(t, "origin:main\n", testenv.Run(t, "/", "ostree", "--repo="+repo, "refs"))
		}
	}
	require.Contains(t, []int{0, 4}, len(failures), "%q", failures)
	return failures
}

func TestHeadersAndPasswordsAreSentByBoth(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	s := guarded(t, src, func(r *http.Request) bool { return r.Header.Get("X-Token") == "a=b" && r.Header.Get("X-Two") == "2" })
	require.Empty(t, bothPull(t, ours, []string{"origin", s.URL}, "--http-header=X-Token=a=b", "--http-header=X-Two=2"))
	require.Len(t, bothPull(t, ours, []string{"origin", s.URL}, "--http-header=X-Token=a=b"), 4)

	s = guarded(t, src, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "joe" && password == "s3cret"
	})
	require.Empty(t, bothPull(t, ours, []string{"origin", strings.Replace(s.URL, "//", "//joe:s3cret@", 1)}))
	require.Len(t, bothPull(t, ours, []string{"origin", strings.Replace(s.URL, "//", "//joe:wrong@", 1)}), 4)

	s = guarded(t, src, func(r *http.Request) bool {
		return strings.HasSuffix(r.UserAgent(), " mine/1") && strings.HasPrefix(r.UserAgent(), "libostree/")
	})
	require.Empty(t, bothPull(t, ours, []string{"origin", s.URL}, "--append-user-agent=mine/1"))
}

// TestCookiesAreSentByBoth: a jar that either command has written is used and changed by the other one.
func TestCookiesAreSentByBoth(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	s := guarded(t, src, func(r *http.Request) bool {
		foo, err := r.Cookie("foo")
		bar, err2 := r.Cookie("bar")
		_, err3 := r.Cookie("elsewhere")
		return err == nil && err2 == nil && err3 != nil && foo.Value == "1" && bar.Value == "2"
	})
	for _, writer := range []string{"ostree", ours} {
		for _, reader := range []string{"ostree", ours} {
			repo := filepath.Join(t.TempDir(), "repo")
			run := func(bin string, args ...string) {
				testenv.Run(t, "/", append([]string{bin, "--repo=" + repo}, args...)...)
			}
			run(writer, "init", "--mode=bare-user-only")
			run(writer, "remote", "add", "--no-gpg-verify", "origin", s.URL)
			run(writer, "remote", "add-cookie", "origin", "127.0.0.1", "/", "foo", "0")
			run(reader, "remote", "add-cookie", "origin", "127.0.0.1", "/", "foo", "1") // another value
			run(writer, "remote", "add-cookie", "origin", "127.0.0.1", "/", "bar", "2")
			run(writer, "remote", "add-cookie", "origin", "127.0.0.1", "/elsewhere", "elsewhere", "3")
			run(writer, "remote", "add-cookie", "origin", "example.com", "/", "elsewhere", "4")
			run(reader, "pull", "origin", "main")
			run(reader, "remote", "delete-cookie", "origin", "127.0.0.1", "/", "bar")
			said, code := outcome(t, reader, "--repo="+repo, "remote", "delete-cookie", "origin", "127.0.0.1", "/", "bar")
			require.Equal(t, 1, code)
			require.Equal(t, "error: Cookie not found in jar\n", said)
			out, code := outcome(t, writer, "--repo="+repo, "pull", "origin", "main")
			require.Equal(t, 1, code, out)
			require.Contains(t, out, "401")
		}
	}
}

// TestProxyIsUsedByBoth: the name of the host is one that only the proxy knows.
func TestProxyIsUsedByBoth(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	proxy := guarded(t, src, func(r *http.Request) bool { return r.URL.Host == "repo.invalid" })
	for _, variable := range []string{"http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"} {
		t.Setenv(variable, "")
	}
	require.Empty(t, bothPull(t, ours, []string{"--set=proxy=" + proxy.URL, "origin", "http://repo.invalid/"}))
	require.Len(t, bothPull(t, ours, []string{"origin", "http://repo.invalid/"}), 4)
	t.Setenv("http_proxy", proxy.URL)
	require.Empty(t, bothPull(t, ours, []string{"origin", "http://repo.invalid/"}))
}

// TestTLSOptionsMeanTheSame: the certificate of the server is its own authority.
func TestTLSOptionsMeanTheSame(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	s := httptest.NewUnstartedServer(http.FileServer(http.Dir(src)))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	for _, c := range []struct {
		set   []string
		fails bool
	}{
		{nil, true},
		{[]string{"--set=tls-permissive=true"}, false},
		{[]string{"--set=tls-permissive=false"}, true},
		{[]string{"--set=tls-ca-path=" + ca}, false},
		{[]string{"--set=tls-ca-path=" + ca, "--set=http2=false"}, false},
		{[]string{"--set=tls-ca-path=" + ca + ".missing"}, true},
		{[]string{"--set=tls-ca-path=" + ca, "--set=tls-client-cert-path=" + ca}, true}, // no key
	} {
		failures := bothPull(t, ours, append(c.set, "origin", s.URL))
		require.Equal(t, c.fails, len(failures) > 0, "%v: %q", c.set, failures)
	}
}

// TestMetalinkMeansTheSame: where the summary is, and what it has to be.
func TestMetalinkMeansTheSame(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	testenv.Run(t, "/", "ostree", "--repo="+src, "summary", "-u")
	summary, err := os.ReadFile(filepath.Join(src, "summary"))
	require.NoError(t, err)
	s := serveLogged(t, src)
	document := func(size int, sum string, urls ...string) string {
		var b strings.Builder
		for i, u := range urls {
			fmt.Fprintf(&b, `<url protocol="http" type="http" location="US" preference="%d">%s</url>`, 100-i, u)
		}
		return fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?>
<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="summary"><size>%d</size>
<verification><hash type="md5">00</hash><hash type="sha256">%s</hash></verification>
<resources maxconnections="1">%s</resources></file></files></metalink>`, size, sum, b.String())
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(summary))
	for name, c := range map[string]struct {
		document string
		fails    bool
	}{
		"good":         {document(len(summary), digest, s.URL+"/summary"), false},
		"second":       {document(len(summary), digest, s.URL+"/missing/summary", s.URL+"/summary"), false},
		"other size":   {document(len(summary)+1, digest, s.URL+"/summary"), true},
		"other digest": {document(len(summary), fmt.Sprintf("%x", sha256.Sum256(nil)), s.URL+"/summary"), true},
		"all missing":  {document(len(summary), digest, s.URL+"/a/summary", s.URL+"/b/summary"), true},
		"no URL":       {document(len(summary), digest), true},
		"garbage":      {"<html>Please log in</html>", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "m.xml"), []byte(c.document), 0o644))
			failures := bothPull(t, ours, []string{"origin", "metalink=" + serve(t, dir) + "/m.xml"})
			require.Equal(t, c.fails, len(failures) > 0, "%q", failures)
		})
	}
}

// TestMirrorlistMeansTheSame: the first mirror that has a repository. Where that lacks a file, the real command takes the
// error page for it and fails; ours asks the others.
func TestMirrorlistMeansTheSame(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours, src := ourCommand(t), smallRepo(t)
	whole := serve(t, src)
	for name, c := range map[string]struct {
		list  string
		fails bool
	}{
		"one":           {whole + "\n", false},
		"comments":      {"# mirrors\n\n" + whole + "/\n", false},
		"first is none": {whole + "/nothing\n" + whole + "\n", false},
		"none":          {whole + "/nothing\n", true},
		"empty":         {"# no mirrors\n", true},
		"garbage":       {"no address\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "list"), []byte(c.list), 0o644))
			failures := bothPull(t, ours, []string{"origin", "mirrorlist=" + serve(t, dir) + "/list"})
			require.Equal(t, c.fails, len(failures) > 0, "%q", failures)
		})
	}
}
