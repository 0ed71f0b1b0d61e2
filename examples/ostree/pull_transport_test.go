package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree/pull"
)

// TestTransportOptions: what the numbers of the command line mean, ostree-pull(1): below 0 the default, 0 none.
func TestTransportOptions(t *testing.T) {
	for _, c := range []struct {
		args string
		want pull.HTTPOptions
	}{
		{"", pull.HTTPOptions{}},
		{"--network-retries=-1 --low-speed-limit-bytes=-1 --low-speed-time-seconds=-1", pull.HTTPOptions{}},
		{"--network-retries=0 --low-speed-limit-bytes=0 --low-speed-time-seconds=0", pull.HTTPOptions{Retries: -1, MinRate: -1, Stall: -time.Second}},
		{"--network-retries=7 --low-speed-limit-bytes=20 --low-speed-time-seconds=3", pull.HTTPOptions{Retries: 7, MinRate: 20, Stall: 3 * time.Second}},
		{"--disable-retry-on-network-errors", pull.HTTPOptions{NoNetworkRetry: true}},
		{"--append-user-agent=mine/1", pull.HTTPOptions{Header: http.Header{"User-Agent": {"libostree/0.1.0 mine/1"}}}},
	} {
		var o transportOptions
		cmd := &cobra.Command{}
		o.flags(cmd)
		require.NoError(t, cmd.ParseFlags(strings.Fields(c.args)))
		got, err := o.http()
		require.NoError(t, err)
		if c.want.Header == nil {
			c.want.Header = http.Header{}
		}
		require.Equal(t, &c.want, got, c.args)
	}
}

// hooked serves a directory; hook answers a request if it returns true.
func hooked(t *testing.T, dir string, hook func(w http.ResponseWriter, r *http.Request) bool) *httptest.Server {
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hook(w, r) {
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestLowSpeed(t *testing.T) {
	src, _ := published(t)
	var asked atomic.Int32
	s := hooked(t, src, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, ".filez") || asked.Add(1) > 1 {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte{0, 0, 0}) // of the length of the header
		w.(http.Flusher).Flush()
		<-r.Context().Done() // until the client gives up
		return true
	})
	repo := client(t, s.URL)
	start := time.Now()
	code, _, errOut := ostreeCommand(t, repo, "pull", "--low-speed-time-seconds=1", "--network-retries=0", "origin", "main")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, ".filez: stalled")
	require.Less(t, time.Since(start), 25*time.Second, "the default is 30 s")
	require.Equal(t, int32(1), asked.Load())
	mustOstree(t, repo, "pull", "origin", "main")
}

func TestNoRetryOnNetworkErrors(t *testing.T) {
	src, _ := published(t)
	var asked atomic.Int32
	s := hooked(t, src, func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, ".filez") && asked.Add(1)%2 == 1 {
			panic(http.ErrAbortHandler) // closes the connection
		}
		return false
	})
	s.Config.SetKeepAlivesEnabled(false) // net/http itself repeats what fails on a connection that was kept
	repo := client(t, s.URL)
	code, _, errOut := ostreeCommand(t, repo, "pull", "--disable-retry-on-network-errors", "origin", "main")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, ".filez: EOF")
	require.Equal(t, int32(1), asked.Load())
	asked.Store(0)
	mustOstree(t, repo, "pull", "origin", "main")
	require.Equal(t, int32(2), asked.Load())
}

// TestMaxOutstandingRequests: the server answers nothing until as many requests are open as there may be, if there ever
// are, and counts them.
func TestMaxOutstandingRequests(t *testing.T) {
	src := filepath.Join(t.TempDir(), "src")
	mustOstree(t, src, "init", "--mode=archive")
	tree := t.TempDir()
	for i := range 40 {
		dir := filepath.Join(tree, strconv.Itoa(i))
		require.NoError(t, os.Mkdir(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte(dir), 0o644))
	}
	mustOstree(t, src, "commit", "--canonical-permissions", "-b", "main", tree)
	for _, limit := range []int{1, 3} {
		var mu sync.Mutex
		enough := sync.NewCond(&mu)
		open, most := 0, 0
		files := http.FileServer(http.Dir(src))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			open++
			most = max(most, open)
			for strings.HasSuffix(r.URL.Path, ".filez") && most < limit {
				enough.Wait()
			}
			enough.Broadcast()
			mu.Unlock()
			files.ServeHTTP(w, r)
			mu.Lock()
			open--
			mu.Unlock()
		}))
		t.Cleanup(s.Close)
		mustOstree(t, client(t, s.URL), "pull", "--max-outstanding-fetcher-requests="+strconv.Itoa(limit), "origin", "main")
		require.Equal(t, limit, most)
	}
}
