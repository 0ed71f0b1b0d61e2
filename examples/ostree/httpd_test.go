package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFileServer asks what the distribution's ostree-trivial-httpd (2022.7) was asked, and expects its answers.
func TestFileServer(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("hello\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sub/index.html"), []byte("idx\n"), 0o644))
	require.NoError(t, os.Symlink("a", filepath.Join(dir, "link")))
	tests := []struct {
		name, method, path string
		options            serveOptions
		header             http.Header
		status             int
		body               string
	}{
		{name: "file", path: "/a", status: 200, body: "hello\n"},
		{name: "link", path: "/link", status: 200, body: "hello\n"},
		{name: "directory without index", path: "/", status: 404},
		{name: "index", path: "/sub/", status: 200, body: "idx\n"},
		{name: "directory", path: "/sub", status: 301},
		{name: "missing", path: "/nope", status: 404},
		{name: "escape", path: "/%2e%2e/etc/passwd", status: 404},
		{name: "range", path: "/a", header: http.Header{"Range": {"bytes=2-3"}}, status: 206, body: "ll"},
		{name: "head", method: "HEAD", path: "/a", status: 200},
		{name: "post", method: "POST", path: "/a", status: 501},
		{name: "no password", path: "/a", options: serveOptions{auth: true}, status: 401},
		{name: "password", path: "/a", options: serveOptions{auth: true}, header: http.Header{"Authorization": {"Basic Zm9vdXNlcjpiYXJwdw=="}}, status: 200, body: "hello\n"},
		{name: "no cookie", path: "/a", options: serveOptions{cookies: [][2]string{{"k", "v"}}}, status: 403},
		{name: "cookie", path: "/a", options: serveOptions{cookies: [][2]string{{"k", "v"}}}, header: http.Header{"Cookie": {"k=v"}}, status: 200, body: "hello\n"},
		{name: "other header", path: "/a", options: serveOptions{headers: [][2]string{{"k", "v"}}}, header: http.Header{"K": {"w"}}, status: 403},
		{name: "error", path: "/a", options: serveOptions{errors: [2]randomError{{}, {408, 100, 1}}}, status: 408},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(newFileServer(dir, io.Discard, tt.options))
			defer server.Close()
			req, err := http.NewRequest(tt.method, server.URL+tt.path, nil)
			require.NoError(t, err)
			req.Header = tt.header
			if req.Header == nil {
				req.Header = http.Header{}
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, tt.status, resp.StatusCode)
			assert.Equal(t, tt.body, string(body))
		})
	}
}

// TestTrivialHTTPDListensOnAllAddresses: the real command binds 0.0.0.0 and ::, so that other machines reach it.
func TestTrivialHTTPDListensOnAllAddresses(t *testing.T) {
	l, err := (&httpdOptions{listenFD: -1}).listen(t.Context())
	require.NoError(t, err)
	defer l.Close()
	addr := l.Addr().(*net.TCPAddr)
	require.True(t, addr.IP.IsUnspecified(), "%v", addr)
	for _, host := range []string{"127.0.0.1", "127.0.0.2"} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(addr.Port)))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
}

// TestFileServerHalves resumes as a client has to.
func TestFileServerHalves(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("12345678"), 0o644))
	var log bytes.Buffer
	server := httptest.NewServer(newFileServer(dir, &log, serveOptions{halves: true}))
	defer server.Close()
	resp, err := http.Get(server.URL + "/a")
	require.NoError(t, err)
	first, err := io.ReadAll(resp.Body)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	resp.Body.Close()
	req, err := http.NewRequest("GET", server.URL+"/a", nil)
	require.NoError(t, err)
	req.Header.Set("Range", "bytes=4-")
	resp, err = http.DefaultClient.Do(req)
	require.NoError(t, err)
	rest, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, "12345678", string(first)+string(rest))
	server.Close()
	assert.Contains(t, log.String(), "status: Partial Content (206)")
}
