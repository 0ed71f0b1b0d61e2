package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// get makes one request; from is the body to be resumed or nil.
func (f *Fetcher) get(ctx context.Context, r *Request, from *body) (*Response, error) {
	parent := ctx
	ctx, cancel := context.WithCancelCause(parent)
	req, err := f.newRequest(ctx, r, from)
	if err != nil {
		cancel(nil)
		return nil, &Error{URL: r.URL, Err: err}
	}
	stall := time.AfterFunc(f.stall, func() { cancel(ErrStalled) })
	resp, err := f.client.Do(req)
	stall.Stop()
	if err != nil {
		err = transferError(ctx, r.URL, err)
		cancel(nil)
		return nil, err
	}
	out, err := f.accept(r, resp, from)
	if err != nil || out.NotModified {
		resp.Body.Close()
		cancel(nil)
		return out, err
	}
	out.Body = &body{f: f, parent: parent, ctx: ctx, cancel: cancel, r: r, raw: resp.Body, stall: stall, size: out.Size, resp: out,
		ranges: strings.EqualFold(resp.Header.Get("Accept-Ranges"), "bytes") || resp.StatusCode == http.StatusPartialContent}
	return out, nil
}

func (f *Fetcher) newRequest(ctx context.Context, r *Request, from *body) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return nil, err
	}
	for _, h := range []http.Header{f.header, r.Header} {
		for k, v := range h {
			req.Header[k] = v
		}
	}
	// No transparent compression: sizes and ranges are those of the file.
	req.Header.Set("Accept-Encoding", "identity")
	switch {
	case from != nil:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from.off))
		setIf(req.Header, "If-Range", from.validator())
	default:
		setIf(req.Header, "If-None-Match", r.ETag)
		setIf(req.Header, "If-Modified-Since", r.LastModified)
	}
	return req, nil
}

func setIf(h http.Header, key, value string) {
	if value != "" {
		h.Set(key, value)
	}
}

// accept checks status and announced size.
func (f *Fetcher) accept(r *Request, resp *http.Response, from *body) (*Response, error) {
	out := &Response{
		Size: resp.ContentLength, ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified"),
		URL: resp.Request.URL.String(),
	}
	if out.ETag == "" && isWeakTime(resp.Header) {
		out.LastModified = ""
	}
	switch {
	case from != nil:
		return out, acceptRange(r, resp, from)
	case resp.StatusCode == http.StatusNotModified && (r.ETag != "" || r.LastModified != ""):
		out.NotModified = true
		out.ETag, out.LastModified = orElse(out.ETag, r.ETag), orElse(out.LastModified, r.LastModified)
		return out, nil
	case resp.StatusCode != http.StatusOK:
		return nil, statusError(r.URL, resp)
	case r.MaxBytes > 0 && out.Size > r.MaxBytes:
		return nil, &Error{URL: r.URL, Status: resp.StatusCode,
			Err: fmt.Errorf("%d bytes: %w of %d bytes", out.Size, ErrTooLarge, r.MaxBytes)}
	}
	return out, nil
}

// weakTime is how old a modification time must be to tell contents apart: it
// has a resolution of a second, and clocks differ (RFC 9110, 8.8.2.2).
const weakTime = 60 * time.Second

// isWeakTime: the file may have changed again within the same second.
func isWeakTime(h http.Header) bool {
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return true
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return now.Sub(modified) < weakTime
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func acceptRange(r *Request, resp *http.Response, from *body) error {
	if resp.StatusCode != http.StatusPartialContent {
		return &Error{URL: r.URL, Status: resp.StatusCode, Retriable: true,
			Err: fmt.Errorf("cannot resume at byte %d: %s", from.off, resp.Status)}
	}
	rest, ok := strings.CutPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from.off))
	_, total, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || from.size >= 0 && total != "*" && total != strconv.FormatInt(from.size, 10) {
		return &Error{URL: r.URL, Status: resp.StatusCode, Retriable: true,
			Err: fmt.Errorf("cannot resume at byte %d: Content-Range %q", from.off, resp.Header.Get("Content-Range"))}
	}
	return nil
}

func statusError(url string, resp *http.Response) error {
	e := &Error{URL: url, Status: resp.StatusCode, Err: errors.New(resp.Status)}
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
		e.Err = notFound{resp.Status}
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.Retriable = true
		e.After = retryAfter(resp.Header.Get("Retry-After"))
	}
	return e
}

// retryAfter understands the form in seconds (RFC 9110, 10.2.3); dates depend
// on clocks that do not agree.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(min(n, 1<<20))*time.Second, longestRetryAfter)
}

// transferError classifies what the client or a body read returned: all but
// the caller's own cancellation and requests that can never work may go away.
func transferError(ctx context.Context, target string, err error) error {
	e := &Error{URL: target, Err: err, Retriable: true}
	var u *url.Error
	if errors.As(err, &u) {
		e.Err = u.Err // it repeats the URL
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, ErrStalled):
		e.Err = ErrStalled
	case cause != nil:
		e.Err, e.Retriable = cause, false
	case isPermanent(e.Err):
		e.Retriable = false
	}
	return e
}

// isPermanent knows the failures of a client that no retry changes.
func isPermanent(err error) bool {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) || errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, http.ErrUseLastResponse) {
		return true
	}
	text := err.Error()
	return strings.Contains(text, "unsupported protocol scheme") || strings.Contains(text, "stopped after") ||
		strings.Contains(text, "no Host in request URL")
}

// body reads a response, watches the clock and the limits, and resumes.
type body struct {
	f      *Fetcher
	parent context.Context // the caller's
	ctx    context.Context // of the present request
	cancel context.CancelCauseFunc
	r      *Request
	resp   *Response
	raw    io.ReadCloser
	stall  *time.Timer
	ranges bool
	size   int64 // announced, -1 unknown
	off    int64
	resets int
	err    error
	// waited and arrived are what the present stall window has seen.
	waited  time.Duration
	arrived int
}

// Read returns an *Error for everything but io.EOF.
func (b *body) Read(p []byte) (int, error) {
	for {
		if b.err != nil {
			return 0, b.err
		}
		n, err := b.readRaw(p)
		b.off += int64(n)
		if b.r.MaxBytes > 0 && b.off > b.r.MaxBytes {
			b.err = &Error{URL: b.r.URL, Err: fmt.Errorf("body: %w of %d bytes", ErrTooLarge, b.r.MaxBytes)}
			return 0, b.err
		}
		if err == io.EOF && b.size >= 0 && b.off < b.size {
			err = io.ErrUnexpectedEOF
		}
		switch {
		case err == io.EOF:
			b.err = io.EOF
		case err != nil:
			b.err = transferError(b.ctx, b.r.URL, fmt.Errorf("at byte %d: %w", b.off, err))
			b.resume()
		}
		if n > 0 || b.err != nil || len(p) == 0 {
			return n, b.errAfter(n)
		}
	}
}

// errAfter delivers an error with the next Read if this one has data.
func (b *body) errAfter(n int) error {
	if n > 0 {
		return nil
	}
	return b.err
}

func (b *body) readRaw(p []byte) (int, error) {
	start := time.Now()
	b.stall.Reset(b.f.stall)
	n, err := b.raw.Read(p)
	b.stall.Stop()
	b.waited += time.Since(start)
	b.arrived += n
	if err == nil && b.tooSlow() {
		b.cancel(ErrStalled)
		err = ErrStalled
	}
	return n, err
}

// tooSlow judges the rate once for each window of Options.Stall, counting only
// time spent waiting for the server.
func (b *body) tooSlow() bool {
	if b.waited < b.f.stall {
		return false
	}
	slow := float64(b.arrived) < float64(b.f.minRate)*b.waited.Seconds()
	b.waited, b.arrived = 0, 0
	return slow
}

// validator is what If-Range may hold: a strong ETag, else the date.
func (b *body) validator() string {
	if t := b.resp.ETag; t != "" && !strings.HasPrefix(t, "W/") {
		return t
	}
	return b.resp.LastModified
}

// resume replaces the raw body by the rest of the file and clears b.err, if
// the failure is one that may go away and the server takes ranges.
func (b *body) resume() {
	safe := b.r.Immutable || b.ranges && b.validator() != ""
	if !Retriable(b.err) || b.f.noRetry || !safe || b.off == 0 {
		return
	}
	for b.resets < b.f.retries {
		b.resets++
		if pause(b.parent, b.f.backoff(b.resets)) != nil {
			return
		}
		resp, err := b.f.get(b.parent, b.r, b)
		if err != nil {
			if !Retriable(err) || isRangeRefusal(err) {
				return
			}
			continue
		}
		next := resp.Body.(*body)
		b.close()
		b.ctx, b.cancel, b.raw, b.stall, b.err = next.ctx, next.cancel, next.raw, next.stall, nil
		return
	}
}

func isRangeRefusal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status >= 200 && e.Status < 300
}

func (b *body) close() error {
	b.stall.Stop()
	err := b.raw.Close()
	b.cancel(nil)
	return err
}

// Close ends the request.
func (b *body) Close() error { return b.close() }
