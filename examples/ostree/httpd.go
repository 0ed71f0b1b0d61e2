package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// serveOptions are the faults of a file server.
type serveOptions struct {
	halves, auth     bool
	errors           [2]randomError
	cookies, headers [][2]string
}

// A randomError is answered to some requests, until there were enough.
type randomError struct{ status, percent, left int }

// A fileServer serves a directory, following links out of it: it is for tests, with clients that it trusts.
type fileServer struct {
	dir string
	o   serveOptions

	mu  sync.Mutex // of what follows and the counters in o
	log io.Writer
}

func newFileServer(dir string, log io.Writer, o serveOptions) *fileServer {
	return &fileServer{dir: dir, log: log, o: o}
}

func (s *fileServer) logf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.log, "%s - %s\n", time.Now().Format("2006-01-02 15:04:05.000000"), fmt.Sprintf(format, args...))
}

// ServeHTTP answers GET and HEAD.
func (s *fileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotImplemented
	user, password, _ := r.BasicAuth()
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.WriteHeader(status)
		return
	case s.o.auth && (user != "foouser" || password != "barpw"):
		w.Header().Set("WWW-Authenticate", "Basic realm=auth-test")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.logf("serving %s", r.URL.Path)
	if status = s.fault(r); status != http.StatusOK {
		w.WriteHeader(status)
	} else {
		status = s.file(w, r)
	}
	s.logf("  status: %s (%d)", http.StatusText(status), status)
}

// fault is the status of a request that must fail whatever it asks for.
func (s *fileServer) fault(r *http.Request) int {
	for _, c := range s.o.cookies {
		if !slices.ContainsFunc(r.CookiesNamed(c[0]), func(got *http.Cookie) bool { return got.Value == c[1] }) {
			s.logf("Expected cookie not found %s=%s", c[0], c[1])
			return http.StatusForbidden
		}
	}
	for _, h := range s.o.headers {
		if r.Header.Get(h[0]) != h[1] {
			s.logf("Expected header not found %s", h[0])
			return http.StatusForbidden
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.o.errors {
		if e := &s.o.errors[i]; e.left > 0 && rand.IntN(100) < e.percent {
			e.left--
			return e.status
		}
	}
	return http.StatusOK
}

// file answers with a file, or with the index.html of a directory, and returns the status.
func (s *fileServer) file(w http.ResponseWriter, r *http.Request) int {
	fail := func(status int) int { w.WriteHeader(status); return status }
	if slices.Contains(strings.Split(r.URL.Path, "/"), "..") {
		return fail(http.StatusNotFound)
	}
	name := filepath.Join(s.dir, filepath.FromSlash(r.URL.Path))
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		if !strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Location", r.URL.Path+"/")
			return fail(http.StatusMovedPermanently)
		}
		name = filepath.Join(name, "index.html")
	}
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fail(http.StatusForbidden)
	case err != nil:
		return fail(http.StatusNotFound)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		return fail(http.StatusNotFound)
	}
	return s.content(w, r, f, info)
}

func (s *fileServer) content(w http.ResponseWriter, r *http.Request, f *os.File, info fs.FileInfo) int {
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return http.StatusInternalServerError
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum.Sum(nil)))
	w.Header().Set("Content-Type", "application/octet-stream")
	if s.o.halves && r.Header.Get("Range") == "" && r.Method == http.MethodGet && info.Size() > 1 {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return http.StatusInternalServerError
		}
		w.Header().Set("Content-Length", fmt.Sprint(info.Size()))
		io.CopyN(w, f, info.Size()/2) // the connection ends here: the client has to ask for the rest
		return http.StatusOK
	}
	rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	http.ServeContent(rec, r, "", info.ModTime(), f)
	return rec.status
}

// statusRecorder keeps the status for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
