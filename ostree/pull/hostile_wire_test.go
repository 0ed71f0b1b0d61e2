package pull_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// raw answers with bytes that no HTTP server would send; repeat comes again and again until nobody listens.
func raw(head, repeat string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, err = conn.Write([]byte(head))
		for repeat != "" && err == nil {
			_, err = conn.Write([]byte(repeat))
		}
	}
}

// cutTLS ends the connection without the message that TLS has for it (RFC 8446, 6.1): where the end of the body is that of
// the connection, whoever cuts the line could shorten it.
func cutTLS(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		conn.Write(append([]byte("HTTP/1.0 200 OK\r\n\r\n"), data...))
		conn.(*tls.Conn).NetConn().Close()
	}
}

// TestHostileWire has servers that lie in HTTP and below. Each failure names object and address, leaves nothing behind, and
// takes little memory whatever is sent.
func TestHostileWire(t *testing.T) {
	src, sums := history(t)
	c, err := src.LoadCommit(t.Context(), sums[2])
	require.NoError(t, err)
	tree := "objects/" + ostree.ObjectName{Checksum: c.RootTree, Type: ostree.TypeDirTree}.LoosePath(ostree.ModeArchive)
	file := fileObject(t, src, sums[2], "usr/lib/a/deep")
	kilobyte := strings.Repeat("x", 1<<10)
	for _, victim := range []string{tree, file} {
		data, err := os.ReadFile(filepath.Join(src.Path(), victim))
		require.NoError(t, err)
		for _, tc := range []struct {
			name   string
			answer http.HandlerFunc
			want   string // "" for what does no harm
		}{
			{"endless header", raw("HTTP/1.1 200 OK\r\nX: ", kilobyte), "exceeded"},
			{"endless headers", raw("HTTP/1.1 200 OK\r\n", "X: "+kilobyte+"\r\n"), "exceeded"},
			{"endless promises", raw("", "HTTP/1.1 103 Early Hints\r\nX: "+kilobyte+"\r\n\r\n"), "exceeded"},
			{"endless chunks", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n"+kilobyte+"\r\n"), ""},
			{"endless chunk size", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "00000000"), "chunk"},
			{"endless trailer", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: "+kilobyte+"\r\n"), ""},
			{"not HTTP", raw("SSH-2.0-OpenSSH_9.2\r\n", ""), "malformed HTTP"},
			{"other protocol version", raw("HTTP/x.9 200 OK\r\n\r\n", ""), "malformed HTTP"},
			{"no answer", raw("", ""), "EOF"},
			{"negative length", raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", ""), "Content-Length"},
			{"two lengths", raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx", ""), "Content-Length"},
			{"length of no number", raw("HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n", ""), "Content-Length"},
			{"redirect to another scheme", raw("HTTP/1.1 302 Found\r\nLocation: gopher://localhost/x\r\nContent-Length: 0\r\n\r\n", ""), "unsupported protocol scheme"},
			{"redirect to nowhere", raw("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", ""), "302"},
			{"redirect to garbage", raw("HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n", ""), "Location"},
			{"called compressed, is not", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				send(data)(w, r)
			}, ""},
			{"drips", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", fmt.Sprint(len(data)))
				for i := range data {
					w.Write(data[i : i+1])
					w.(http.Flusher).Flush()
					select {
					case <-r.Context().Done():
						return
					case <-time.After(100 * time.Millisecond):
					}
				}
			}, "stalled"},
		} {
			t.Run(filepath.Ext(victim)+"/"+tc.name, func(t *testing.T) {
				s := serve(t, src)
				s.setHook(only(victim, tc.answer))
				dst := newRepo(t, ostree.ModeBareUser)
				peak, stop := watchMemory()
				_, err := pull.Pull(t.Context(), dst, s.sourceThat(tc.want), &pull.Options{Refs: []string{"main"}, NoSync: true})
				stop()
				require.Less(t, *peak, uint64(64<<20))
				if err == nil {
					require.Empty(t, tc.want)
					requireIntact(t, dst)
					return
				}
				require.ErrorContains(t, err, tc.want)
				require.ErrorContains(t, err, s.URL+"/"+victim, "the URL")
				require.ErrorContains(t, err, checksumOf(victim), "the object")
			})
		}
	}
}

// TestHostileTLS: streams that are reset, and connections that are cut where only the end of the connection is the end of
// the file.
func TestHostileTLS(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	data, err := os.ReadFile(filepath.Join(src.Path(), victim))
	require.NoError(t, err)
	files := http.FileServer(http.Dir(src.Path()))
	for _, tc := range []struct {
		name   string
		http2  bool
		answer http.HandlerFunc
		want   string
	}{
		{"reset before the answer", true, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "stream error"},
		{"reset in the middle", true, breakOff(data[:10], len(data)), "at byte 10"},
		{"reset without a length", true, func(w http.ResponseWriter, _ *http.Request) {
			w.Write(data[:10])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "at byte 10"},
		{"cut", false, cutTLS(data[:len(data)-4]), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/"+victim {
					tc.answer(w, r)
					return
				}
				files.ServeHTTP(w, r)
			}))
			s.EnableHTTP2 = tc.http2
			s.StartTLS()
			defer s.Close()
			dst := newRepo(t, ostree.ModeBareUser)
			source := pull.NewHTTP(s.Client(), &pull.HTTPOptions{URLs: []string{s.URL}, Retries: 1, Backoff: func(int) time.Duration { return 0 }})
			_, err := pull.Pull(t.Context(), dst, source, mainRef)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, s.URL+"/"+victim, "the URL")
			require.ErrorContains(t, err, checksumOf(victim), "the object")
			requireUnchanged(t, dst)
		})
	}
}
