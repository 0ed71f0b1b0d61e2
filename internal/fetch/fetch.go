// Package fetch gets files over HTTP and survives bad networks: retry with
// backoff, a stall timeout for each request, a size limit checked before and
// while reading, conditional requests, and resuming a broken body.
//
// Most users need New and then Fetcher.Do (the body goes to a function that is
// called again after a failure) or Fetcher.Bytes (small files). Fetcher.Open
// gives a stream that resumes but cannot start over.
//
// It does not cache, verify content or follow mirror lists: the callers know
// what they expect. Proxies, TLS and redirects are the http.Client's.
//
// References: RFC 9110 (conditional and range requests, status codes).
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options configure New; nil and zero values mean the defaults.
type Options struct {
	// Retries is the number of further attempts; 0 means 5, < 0 none.
	Retries int
	// Stall is how long a request may wait for a response or the next bytes;
	// 0 means 30 s, < 0 for ever. Time that the reader of a body takes does not
	// count.
	Stall time.Duration
	// MinRate is the least number of bytes a second, on average over Stall,
	// below which a transfer counts as stalled; 0 means 1000, < 0 no minimum.
	MinRate int
	// NoNetworkRetry fails at once where the network does: no connection, one that
	// breaks off or stalls. A server that answers "not now" is asked again.
	NoNetworkRetry bool
	// Backoff returns the pause before attempt n = 1, 2, ...; nil doubles from
	// a quarter second to 8 s, with jitter.
	Backoff func(n int) time.Duration
	// Header is added to every request.
	Header http.Header
}

// Fetcher fetches with one client. It is safe for concurrent use.
type Fetcher struct {
	client  *http.Client
	retries int
	stall   time.Duration
	minRate int
	noRetry bool // after failures of the network
	backoff func(int) time.Duration
	header  http.Header
}

const (
	defaultRetries = 5
	defaultStall   = 30 * time.Second
	defaultMinRate = 1000
	firstPause     = 250 * time.Millisecond
	longestPause   = 8 * time.Second
	// longestRetryAfter bounds what a server may make a client wait.
	longestRetryAfter = time.Minute
)

// New returns a Fetcher on client; nil means http.DefaultClient.
func New(client *http.Client, o *Options) *Fetcher {
	if client == nil {
		client = http.DefaultClient
	}
	if o == nil {
		o = &Options{}
	}
	f := &Fetcher{client: client, retries: o.Retries, stall: o.Stall, minRate: o.MinRate, noRetry: o.NoNetworkRetry, backoff: o.Backoff, header: o.Header}
	if f.retries == 0 {
		f.retries = defaultRetries
	}
	f.retries = max(f.retries, 0)
	switch {
	case f.stall == 0:
		f.stall = defaultStall
	case f.stall < 0:
		f.stall = math.MaxInt64
	}
	if f.minRate == 0 {
		f.minRate = defaultMinRate
	}
	if f.backoff == nil {
		f.backoff = exponential
	}
	return f
}

func exponential(n int) time.Duration {
	d := min(firstPause<<min(n-1, 10), longestPause)
	return d/2 + rand.N(d/2+1)
}

// Request says what to get.
type Request struct {
	URL string
	// MaxBytes limits the body; <= 0 means no limit. More is ErrTooLarge.
	MaxBytes int64
	// ETag and LastModified, as an earlier Response gave them, make the
	// request conditional: unchanged content gives Response.NotModified.
	ETag, LastModified string
	// Immutable says that the content never changes, or is verified, so that a
	// transfer may be resumed though the server gives no validator.
	Immutable bool
	// Header is added to that of the Fetcher.
	Header http.Header
}

// Response is an open body with what is known about it.
type Response struct {
	// Body is nil when NotModified. Reading it to the end gives exactly Size
	// bytes, if known, or an error.
	Body io.ReadCloser
	// Size is the length of the body, -1 if unknown.
	Size int64
	// ETag and LastModified are the validators for a later conditional request.
	// A time that is less than a minute old is no validator, and left out.
	ETag, LastModified string
	// NotModified is the answer to a conditional request: use what you have.
	NotModified bool
	// URL is where the content came from after redirects.
	URL string
}

// ErrTooLarge is the cause when a body exceeds Request.MaxBytes.
var ErrTooLarge = errors.New("exceeded maximum size")

// ErrStalled is the cause when a server stops sending.
var ErrStalled = errors.New("stalled")

// Error is the failure of a request. Not found (403, 404, 410) matches
// fs.ErrNotExist.
type Error struct {
	URL string
	// Status is the HTTP status, 0 if there was no response.
	Status int
	// Retriable tells that the same request may succeed later.
	Retriable bool
	// After is what the server asked to wait, 0 if it did not.
	After time.Duration
	Err   error
}

// Error names the URL, without a password, and the cause.
func (e *Error) Error() string {
	return "get " + Redact(e.URL) + ": " + e.Err.Error()
}

// Redact returns an address without the password in it, for messages.
func Redact(address string) string {
	if !strings.Contains(address, "@") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "(invalid URL)" // it would show all
	}
	return u.Redacted()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Retriable reports whether err, or an Error in its chain, may go away.
func Retriable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Retriable
}

// Bytes gets a whole body into memory. r.MaxBytes must be set. The Response
// has no Body; data is nil when it says NotModified.
func (f *Fetcher) Bytes(ctx context.Context, r *Request) (data []byte, resp *Response, err error) {
	if r.MaxBytes <= 0 {
		return nil, nil, fmt.Errorf("get %s: no size limit given", r.URL)
	}
	err = f.Do(ctx, r, func(got *Response) error {
		resp = got
		if got.NotModified {
			return nil
		}
		// The limit holds while reading; the announced size is not trusted
		// for an allocation.
		var err error
		data, err = io.ReadAll(got.Body)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	resp.Body = nil
	return data, resp, nil
}

// Do gets a body and passes it to use. When the transfer fails in a way that
// may go away, use is called again with a fresh body, so it must start over;
// an error of use itself is returned as it is. Do closes the body.
func (f *Fetcher) Do(ctx context.Context, r *Request, use func(*Response) error) error {
	return f.retry(ctx, r.URL, func() error {
		resp, err := f.get(ctx, r, nil)
		if err != nil {
			return err
		}
		if resp.NotModified {
			return use(resp)
		}
		body := resp.Body.(*body)
		defer body.Close()
		if err := use(resp); err != nil {
			if body.err != nil && body.err != io.EOF {
				return body.err // the cause, whatever use made of it
			}
			return err
		}
		return nil
	})
}

// Open gets a body as a stream. Opening is retried; a transfer that breaks off
// is resumed where the server allows it, else reading returns an *Error.
func (f *Fetcher) Open(ctx context.Context, r *Request) (resp *Response, err error) {
	err = f.retry(ctx, r.URL, func() error {
		resp, err = f.get(ctx, r, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func (f *Fetcher) retry(ctx context.Context, url string, attempt func() error) error {
	for n := 1; ; n++ {
		err := attempt()
		var e *Error
		if err == nil || !errors.As(err, &e) || !f.mayRetry(e) || n > f.retries || ctx.Err() != nil {
			return err
		}
		if perr := pause(ctx, max(f.backoff(n), e.After)); perr != nil {
			return &Error{URL: url, Err: errors.Join(perr, err)}
		}
	}
}

func (f *Fetcher) mayRetry(e *Error) bool { return e.Retriable && (e.Status != 0 || !f.noRetry) }

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// notFound gives an Error that is fs.ErrNotExist and says the status.
type notFound struct{ status string }

func (n notFound) Error() string        { return n.status }
func (n notFound) Is(target error) bool { return target == fs.ErrNotExist }
