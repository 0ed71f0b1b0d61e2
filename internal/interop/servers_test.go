package interop

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// serve serves a repository and returns its URL.
func serve(t *testing.T, repo string) string {
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(repo)))
	t.Cleanup(server.Close)
	return server.URL
}

// loggingServer serves a directory and tells what was asked for.
type loggingServer struct {
	*httptest.Server
	mu    sync.Mutex
	paths []string
}

func serveLogged(t *testing.T, dir string) *loggingServer {
	t.Helper()
	s := &loggingServer{}
	files := http.FileServer(http.Dir(dir))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.paths = append(s.paths, r.URL.Path)
		s.mu.Unlock()
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// asked returns the paths with a suffix that were asked for since the last call, sorted.
func (s *loggingServer) asked(suffix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, p := range s.paths {
		if strings.HasSuffix(p, suffix) {
			out = append(out, p)
		}
	}
	s.paths = nil
	slices.Sort(out)
	return out
}

// count returns how many requests had the suffix.
func (s *loggingServer) count(suffix string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.paths {
		if strings.HasSuffix(p, suffix) {
			n++
		}
	}
	return n
}

// guarded serves a directory to whom ok lets in.
func guarded(t *testing.T, dir string, ok func(r *http.Request) bool) *httptest.Server {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ok(r) {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}
