package pull

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/ostree"
	"golang.org/x/sys/unix"
)

// Source is a repository to pull from, as a set of files. It is used by several
// goroutines at a time.
type Source interface {
	// Get opens a file by its path below the repository ("refs/heads/main").
	// size is -1 if unknown. The error matches fs.ErrNotExist if there is no
	// such file.
	Get(ctx context.Context, path string) (body io.ReadCloser, size int64, err error)
}

// Restarter is a Source that repeats transfers which break off. Do passes the
// content to use, and calls it again with the content from the start if that is
// worth trying; more than limit bytes are an error.
type Restarter interface {
	Do(ctx context.Context, path string, limit int64, use func(r io.Reader, size int64) error) error
}

// do reads one file from any Source.
func do(ctx context.Context, src Source, path string, limit int64, use func(r io.Reader, size int64) error) error {
	if r, ok := src.(Restarter); ok {
		return r.Do(ctx, path, limit, use)
	}
	body, size, err := src.Get(ctx, path)
	if err != nil {
		return err
	}
	defer body.Close()
	if size > limit {
		return fmt.Errorf("%s: %d bytes: %w of %d bytes", path, size, fetch.ErrTooLarge, limit)
	}
	if err := use(&limitReader{r: body, left: limit}, size); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// limitReader fails instead of ending, so that too much is not taken for all.
type limitReader struct {
	r    io.Reader
	left int64
}

func (l *limitReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fetch.ErrTooLarge
	}
	return n, err
}

// HTTPOptions configure NewHTTP.
type HTTPOptions struct {
	// URLs are addresses of the same repository. The first is used; for a file
	// it cannot deliver the others are tried in order.
	URLs []string
	// ContentURLs are used instead for objects and static deltas, if there are
	// any.
	ContentURLs []string
	// Retries is how often a request is repeated: 0 means 5, < 0 never.
	Retries int
	// NoNetworkRetry repeats only requests that a server puts off (503 Service
	// Unavailable and the like), none after a failure of the network.
	NoNetworkRetry bool
	// Stall is how long a request may wait for the server: 0 means 30 s, < 0 for
	// ever. MinRate is how many bytes a second must arrive in that time, on
	// average: 0 means 1000, < 0 any number.
	Stall   time.Duration
	MinRate int
	// Backoff returns the pause before retry n = 1, 2, ...; nil grows it from a
	// quarter second to 8 s.
	Backoff func(n int) time.Duration
	// Header is sent with every request.
	Header http.Header
	// Jar has the cookies of a client that [OpenRemoteHTTP] makes.
	Jar http.CookieJar
	// Uncached keeps no summary between pulls: the place for it is that of
	// Options.Remote, which a neighbour, say, only stands in for.
	Uncached bool
}

type httpSource struct {
	fetcher       *fetch.Fetcher
	urls, content []string
	uncached      bool
	// summary is the one to use whatever the server has: that of a metalink.
	summary []byte
}

// HTTP returns an archive repository on a web server as Source, by the URLs of
// its mirrors. Redirects, proxies and TLS are those of client; nil means
// http.DefaultClient with more connections kept.
func HTTP(client *http.Client, urls ...string) Source {
	return NewHTTP(client, &HTTPOptions{URLs: urls})
}

// NewHTTP is HTTP with options.
func NewHTTP(client *http.Client, o *HTTPOptions) Source {
	return &httpSource{
		fetcher: fetch.New(tuned(client), &fetch.Options{Retries: o.Retries, NoNetworkRetry: o.NoNetworkRetry,
			Stall: o.Stall, MinRate: o.MinRate, Backoff: o.Backoff, Header: o.Header}),
		urls:    o.URLs,
		content: o.ContentURLs, uncached: o.Uncached,
	}
}

// keptConnections is the number of idle connections to keep to a host; the
// default of net/http, 2, would make most requests open a new one.
const keptConnections = 64

func tuned(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	rt := client.Transport
	if rt == nil {
		rt = http.DefaultTransport
	}
	t, ok := rt.(*http.Transport)
	if !ok || t.MaxIdleConnsPerHost != 0 {
		return client
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = keptConnections
	if t.IdleConnTimeout == 0 {
		t.IdleConnTimeout = 30 * time.Second
	}
	c := *client
	c.Transport = t
	return &c
}

// bases returns the addresses for a path.
func (s *httpSource) bases(path string) []string {
	detached := strings.HasSuffix(path, "."+ostree.TypeCommitMeta.String()) // carries signatures
	if len(s.content) > 0 && (isObject(path) && !detached || strings.HasPrefix(path, "deltas/")) {
		return s.content
	}
	return s.urls
}

func isObject(path string) bool { return strings.HasPrefix(path, "objects/") }

func (s *httpSource) pinned(path string) bool { return s.summary != nil && path == metalinkName }

// Get opens a file; what breaks off is resumed if the server can.
func (s *httpSource) Get(ctx context.Context, path string) (body io.ReadCloser, size int64, err error) {
	if s.pinned(path) {
		return io.NopCloser(bytes.NewReader(s.summary)), int64(len(s.summary)), nil
	}
	err = s.each(ctx, path, func(u string) error {
		resp, err := s.fetcher.Open(ctx, &fetch.Request{URL: u})
		if err == nil {
			body, size = resp.Body, resp.Size
		}
		return err
	})
	return body, size, err
}

// Do implements Restarter. A mirror that sends a corrupt object counts as one
// that does not have it.
func (s *httpSource) Do(ctx context.Context, path string, limit int64, use func(r io.Reader, size int64) error) error {
	if s.pinned(path) {
		return use(bytes.NewReader(s.summary), int64(len(s.summary)))
	}
	return s.each(ctx, path, func(u string) error {
		err := s.fetcher.Do(ctx, &fetch.Request{URL: u, MaxBytes: limit, Immutable: isObject(path)}, func(r *fetch.Response) error {
			return use(r.Body, r.Size)
		})
		var fe *fetch.Error
		if err != nil && !errors.As(err, &fe) {
			err = fmt.Errorf("get %s: %w", fetch.Redact(u), err)
		}
		return err
	})
}

// getIf gets a file, by what read passes on, unless it is still the one known.
func (s *httpSource) getIf(ctx context.Context, path string, limit int64, known cached, read wholeReader) (got cached, err error) {
	if s.pinned(path) {
		return cached{bytes: s.summary, fresh: true}, read(bytes.NewReader(s.summary), func([]byte) error { return nil })
	}
	err = s.each(ctx, path, func(u string) error {
		r := &fetch.Request{URL: u, MaxBytes: limit, ETag: known.etag, LastModified: known.modified}
		return s.fetcher.Do(ctx, r, func(resp *fetch.Response) error {
			if resp.NotModified {
				got = known
				return nil
			}
			return read(resp.Body, func(data []byte) error {
				got = cached{data, resp.ETag, resp.LastModified, true}
				return nil
			})
		})
	})
	return got, err
}

func (s *httpSource) each(ctx context.Context, path string, try func(url string) error) error {
	bases := s.bases(path)
	if len(bases) == 0 {
		return errors.New("no URL to pull from")
	}
	var errs []error
	for _, base := range bases {
		u, err := join(base, path)
		if err == nil {
			err = try(u)
		}
		if err == nil {
			return nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil || !mayDiffer(err) {
			break
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return &mirrorError{errs}
}

// mayDiffer reports whether another mirror may do better: a full disk here is
// not the mirror's fault.
func mayDiffer(err error) bool {
	var fe *fetch.Error
	var ce *ostree.CorruptError
	return errors.As(err, &fe) || errors.As(err, &ce)
}

// mirrorError is the failure of all mirrors. The file does not exist only if
// all of them say so.
type mirrorError struct{ errs []error }

func (e *mirrorError) Error() string { return errors.Join(e.errs...).Error() }

func (e *mirrorError) Unwrap() []error {
	for i, err := range e.errs {
		if !errors.Is(err, fs.ErrNotExist) {
			return e.errs[i : i+1]
		}
	}
	return e.errs
}

// join appends path to base, keeping a query (signed addresses).
func join(base, path string) (string, error) {
	if !strings.ContainsAny(base, "?#") && isPlain(path) {
		return strings.TrimSuffix(base, "/") + "/" + path, nil
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("repository address: %w", err)
	}
	return u.JoinPath(path).String(), nil
}

// isPlain: names of objects and most refs need no escaping.
func isPlain(path string) bool {
	return strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == ""
}

// localSource is a repository on the same machine. Pull takes its objects
// without going through files where it can.
type localSource struct {
	repo *ostree.Repo
	// remote: OpenRemote has opened it, and Close closes it.
	remote bool
}

// Local returns an open repository as Source. It may have any mode. What it has are its refs, where the address of a
// remote has what its summary says, if there is one.
func Local(src *ostree.Repo) Source { return &localSource{repo: src} }

// Close closes the repository if OpenRemote opened it.
func (s *localSource) Close() error {
	if !s.remote {
		return nil
	}
	return s.repo.Close()
}

// Get opens a file of the repository; links do not lead out of it.
func (s *localSource) Get(_ context.Context, path string) (io.ReadCloser, int64, error) {
	root, err := os.OpenRoot(s.repo.Path())
	if err != nil {
		return nil, 0, err
	}
	defer root.Close()
	f, err := root.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0) // does not wait for the other end of a fifo
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: f.Name(), Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, st.Size(), nil
}
