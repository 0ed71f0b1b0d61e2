package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/rpmostree/internal/fetch"
	"github.com/stretchr/testify/require"
)

// quick is a Fetcher that does not wait between attempts.
func quick(c *http.Client, retries int) *fetch.Fetcher {
	return fetch.New(c, &fetch.Options{Retries: retries, Backoff: func(int) time.Duration { return 0 }})
}

// serve answers the n-th request (from 1) with handler.
func serve(t *testing.T, handler func(n int, w http.ResponseWriter, r *http.Request)) (*httptest.Server, *atomic.Int32) {
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler(int(n.Add(1)), w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

// breakOff sends text and then drops the connection.
func breakOff(w http.ResponseWriter, text string) {
	io.WriteString(w, text)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestBytes(t *testing.T) {
	s, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-A") != "1" || r.Header.Get("Accept-Encoding") != "identity" {
			http.Error(w, "headers", http.StatusBadRequest)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		io.WriteString(w, "hello")
	})
	f := fetch.New(s.Client(), &fetch.Options{Header: http.Header{"X-A": {"1"}}})
	data, resp, err := f.Bytes(t.Context(), &fetch.Request{URL: s.URL + "/x", MaxBytes: 5})
	require.NoError(t, err)
	require.Equal(t, "hello", string(data))
	require.Equal(t, `"v1"`, resp.ETag)
	require.Equal(t, int64(5), resp.Size)
	_, _, err = f.Bytes(t.Context(), &fetch.Request{URL: s.URL})
	require.EqualError(t, err, "get "+s.URL+": no size limit given")
}

func TestConditional(t *testing.T) {
	s, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "f", time.Unix(1700000000, 0), strings.NewReader("body"))
	})
	f := quick(s.Client(), -1)
	data, resp, err := f.Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 10})
	require.NoError(t, err)
	require.Equal(t, "body", string(data))
	for _, r := range []fetch.Request{{ETag: resp.ETag}, {LastModified: resp.LastModified}} {
		r.URL, r.MaxBytes = s.URL, 10
		data, again, err := f.Bytes(t.Context(), &r)
		require.NoError(t, err)
		require.True(t, again.NotModified)
		require.Empty(t, data)
		require.Equal(t, resp.ETag, again.ETag)
	}
	data, again, err := f.Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 10, ETag: `"v0"`})
	require.NoError(t, err)
	require.False(t, again.NotModified)
	require.Equal(t, "body", string(data))
}

// TestYoungTimeIsNoValidator: two versions of a file can have one time.
func TestYoungTimeIsNoValidator(t *testing.T) {
	now := time.Now()
	modified := now.Add(-59 * time.Second)
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		http.ServeContent(w, r, "f", modified, strings.NewReader("body"))
	})
	_, resp, err := quick(s.Client(), -1).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 10})
	require.NoError(t, err)
	require.Empty(t, resp.LastModified)
	modified = modified.Add(-time.Hour)
	_, resp, err = quick(s.Client(), -1).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 10})
	require.NoError(t, err)
	require.NotEmpty(t, resp.LastModified)
}

func TestStatus(t *testing.T) {
	for _, tc := range []struct {
		status   int
		requests int32
		notFound bool
	}{
		{404, 1, true}, {403, 1, true}, {410, 1, true}, {400, 1, false}, {401, 1, false},
		{500, 3, false}, {502, 3, false}, {503, 3, false}, {408, 3, false}, {429, 3, false}, {304, 1, false},
	} {
		s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { w.WriteHeader(tc.status) })
		_, _, err := quick(s.Client(), 2).Bytes(t.Context(), &fetch.Request{URL: s.URL + "/o", MaxBytes: 1})
		var e *fetch.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, tc.status, e.Status)
		require.Equal(t, tc.notFound, errors.Is(err, fs.ErrNotExist), tc.status)
		require.Equal(t, tc.requests, n.Load(), tc.status)
		require.Equal(t, tc.requests > 1, fetch.Retriable(err))
		require.ErrorContains(t, err, s.URL+"/o: "+strconv.Itoa(tc.status))
	}
}

func TestRetryUntilOK(t *testing.T) {
	s, n := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 1:
			w.WriteHeader(500)
		case 2: // connection dies in the body
			w.Header().Set("Content-Length", "100")
			breakOff(w, "half")
		case 3: // connection dies before the response
			panic(http.ErrAbortHandler)
		default:
			io.WriteString(w, "whole")
		}
	})
	calls := 0
	var got string
	err := quick(s.Client(), 0).Do(t.Context(), &fetch.Request{URL: s.URL}, func(r *fetch.Response) error {
		calls++
		data, err := io.ReadAll(r.Body)
		got = string(data)
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, "whole", got)
	require.Equal(t, 2, calls, "the consumer starts over after a broken body")
	require.Equal(t, int32(4), n.Load())
}

func TestConsumerErrorIsNotRetried(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { io.WriteString(w, "x") })
	want := errors.New("bad checksum")
	err := quick(s.Client(), 3).Do(t.Context(), &fetch.Request{URL: s.URL}, func(r *fetch.Response) error {
		_, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		return want // about a complete body
	})
	require.Equal(t, want, err)
	require.Equal(t, int32(1), n.Load())
	n.Store(0)
	err = quick(s.Client(), 3).Do(t.Context(), &fetch.Request{URL: s.URL}, func(r *fetch.Response) error { return want })
	require.Equal(t, want, err)
	require.Equal(t, int32(1), n.Load())
}

func TestSizeLimit(t *testing.T) {
	for name, announce := range map[string]bool{"announced": true, "while reading": false} {
		t.Run(name, func(t *testing.T) {
			s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				if announce {
					w.Header().Set("Content-Length", "1000000")
				}
				for range 1000 {
					if _, err := w.Write(make([]byte, 1000)); err != nil {
						return
					}
					w.(http.Flusher).Flush()
				}
			})
			var read int64
			err := quick(s.Client(), 3).Do(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 5000}, func(r *fetch.Response) error {
				var err error
				read, err = io.Copy(io.Discard, r.Body)
				return err
			})
			require.ErrorIs(t, err, fetch.ErrTooLarge)
			require.ErrorContains(t, err, s.URL)
			require.LessOrEqual(t, read, int64(5000))
			require.Equal(t, int32(1), n.Load(), "no retry")
		})
	}
}

// TestResume: Open continues after a broken connection where it stopped.
func TestResume(t *testing.T) {
	content := strings.Repeat("0123456789", 1000)
	cut := func(n int, w http.ResponseWriter, r *http.Request, etag string) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Accept-Ranges", "bytes")
		if n == 1 {
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			breakOff(w, content[:4321])
		}
		http.ServeContent(w, r, "f", time.Time{}, strings.NewReader(content))
	}
	t.Run("same content", func(t *testing.T) {
		var ranges []string
		s, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
			ranges = append(ranges, r.Header.Get("Range"))
			cut(n, w, r, `"v1"`)
		})
		resp, err := quick(s.Client(), 3).Open(t.Context(), &fetch.Request{URL: s.URL})
		require.NoError(t, err)
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.True(t, content == string(data))
		require.Equal(t, []string{"", "bytes=4321-"}, ranges)
	})
	t.Run("changed content", func(t *testing.T) {
		s, n := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { cut(n, w, r, fmt.Sprintf(`"v%d"`, n)) })
		resp, err := quick(s.Client(), 3).Open(t.Context(), &fetch.Request{URL: s.URL})
		require.NoError(t, err)
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		require.Error(t, err)
		require.True(t, content[:4321] == string(data), "nothing of another version is mixed in")
		require.Equal(t, int32(2), n.Load())
		// Do starts over instead.
		got, _, err := quick(s.Client(), 3).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 1 << 20})
		require.NoError(t, err)
		require.True(t, content == string(got))
	})
	t.Run("wrong range", func(t *testing.T) {
		s, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(n, w, r, `"v1"`)
			}
			w.Header().Set("Content-Range", "bytes 0-9/10000")
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, "evil")
		})
		resp, err := quick(s.Client(), 3).Open(t.Context(), &fetch.Request{URL: s.URL})
		require.NoError(t, err)
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		require.Error(t, err)
		require.True(t, content[:4321] == string(data))
	})
}

func TestTruncatedBodyIsAnError(t *testing.T) {
	s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		breakOff(w, "half")
	})
	_, _, err := quick(s.Client(), 1).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 100})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "get "+s.URL+": at byte 4:")
	require.Equal(t, int32(2), n.Load())
}

func TestPermanentFailures(t *testing.T) {
	for _, u := range []string{"gopher://x/y", "http://", "http://[::1"} {
		f := fetch.New(nil, &fetch.Options{Backoff: func(int) time.Duration { t.Errorf("%s: tried again", u); return 0 }})
		_, _, err := f.Bytes(t.Context(), &fetch.Request{URL: u, MaxBytes: 1})
		require.Error(t, err, u)
		require.False(t, fetch.Retriable(err), u)
	}
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	s.Config.ErrorLog = nil
	_, _, err := fetch.New(&http.Client{}, nil).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 1})
	require.ErrorContains(t, err, "certificate")
	require.False(t, fetch.Retriable(err))
}

func TestRedirectLoop(t *testing.T) {
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	_, _, err := quick(s.Client(), 3).Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 1})
	require.ErrorContains(t, err, "stopped after 10 redirects")
	require.False(t, fetch.Retriable(err))
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, n := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { cancel(); w.WriteHeader(500) })
	_, _, err := quick(s.Client(), 5).Bytes(ctx, &fetch.Request{URL: s.URL, MaxBytes: 1})
	require.Error(t, err)
	require.LessOrEqual(t, n.Load(), int32(1))
}

// network is an in-memory server for tests with a simulated clock.
type network func(n int, r *http.Request) (*http.Response, error)

type transport struct {
	network network
	n       int
}

func (tr *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	tr.n++
	return tr.network(tr.n, r)
}

// trickle sends one byte every pause, then hangs until the request is canceled.
type trickle struct {
	ctx   context.Context
	data  string
	pause time.Duration
}

func (b *trickle) Read(p []byte) (int, error) {
	if b.data == "" {
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	time.Sleep(b.pause)
	n := copy(p[:1], b.data)
	b.data = b.data[n:]
	return n, nil
}

func (b *trickle) Close() error { return nil }

func response(r *http.Request, body io.ReadCloser, size int64) *http.Response {
	return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: body, ContentLength: size, Request: r}
}

func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{network: func(n int, r *http.Request) (*http.Response, error) {
			switch n {
			case 1: // no response at all
				<-r.Context().Done()
				return nil, r.Context().Err()
			case 2: // slow but alive, then silent
				return response(r, &trickle{r.Context(), "ab", 20 * time.Second}, 100), nil
			}
			return response(r, io.NopCloser(strings.NewReader("done")), 4), nil
		}}
		f := fetch.New(&http.Client{Transport: tr}, &fetch.Options{MinRate: -1, Backoff: func(int) time.Duration { return time.Second }})
		start := time.Now()
		data, _, err := f.Bytes(t.Context(), &fetch.Request{URL: "http://host/x", MaxBytes: 1000})
		require.NoError(t, err)
		require.Equal(t, "done", string(data))
		// 30 s, 1 s pause, 2 x 20 s, 30 s, 1 s pause.
		require.Equal(t, 102*time.Second, time.Since(start))
	})
}

func TestStallIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{network: func(_ int, r *http.Request) (*http.Response, error) {
			return response(r, &trickle{r.Context(), "", 0}, 100), nil
		}}
		f := fetch.New(&http.Client{Transport: tr}, &fetch.Options{Retries: -1, Stall: 5 * time.Second})
		_, _, err := f.Bytes(t.Context(), &fetch.Request{URL: "http://host/x", MaxBytes: 1000})
		require.ErrorIs(t, err, fetch.ErrStalled)
		require.True(t, fetch.Retriable(err))
		require.EqualError(t, err, "get http://host/x: stalled")
	})
}

// TestTrickle: a server that sends just enough not to be silent.
func TestTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("x", 1000)
		tr := &transport{network: func(_ int, r *http.Request) (*http.Response, error) {
			return response(r, io.NopCloser(io.LimitReader(&trickle{r.Context(), text, time.Second}, 1000)), 1000), nil
		}}
		get := func(rate int) (time.Duration, error) {
			f := fetch.New(&http.Client{Transport: tr}, &fetch.Options{Retries: -1, MinRate: rate})
			start := time.Now()
			_, _, err := f.Bytes(t.Context(), &fetch.Request{URL: "http://host/x", MaxBytes: 1000})
			return time.Since(start), err
		}
		took, err := get(0)
		require.ErrorIs(t, err, fetch.ErrStalled)
		require.True(t, fetch.Retriable(err))
		require.Equal(t, 30*time.Second, took)
		took, err = get(1)
		require.NoError(t, err)
		require.Equal(t, 1000*time.Second, took)
	})
}

func TestNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{network: func(_ int, r *http.Request) (*http.Response, error) {
			time.Sleep(time.Hour)
			return response(r, io.NopCloser(io.LimitReader(&trickle{r.Context(), "abc", 24 * time.Hour}, 3)), 3), nil
		}}
		f := fetch.New(&http.Client{Transport: tr}, &fetch.Options{Stall: -1})
		start := time.Now()
		data, _, err := f.Bytes(t.Context(), &fetch.Request{URL: "http://host/x", MaxBytes: 3})
		require.NoError(t, err)
		require.Equal(t, "abc", string(data))
		require.Equal(t, 73*time.Hour, time.Since(start))
	})
}

func TestNoNetworkRetry(t *testing.T) {
	for _, c := range []struct {
		name     string
		first    http.HandlerFunc
		requests [2]int32 // with and without the option
	}{
		{"no answer", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, [2]int32{1, 2}},
		{"breaks off", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "8")
			w.Header().Set("Accept-Ranges", "bytes")
			breakOff(w, "all ")
		}, [2]int32{1, 2}},
		{"busy", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, [2]int32{2, 2}},
	} {
		for i, never := range []bool{true, false} {
			s, n := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if n == 1 {
					c.first(w, r)
				}
				http.ServeContent(w, r, "f", time.Unix(1, 0), strings.NewReader("all well"))
			})
			f := fetch.New(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
				&fetch.Options{NoNetworkRetry: never, Backoff: func(int) time.Duration { return 0 }})
			data, _, err := f.Bytes(t.Context(), &fetch.Request{URL: s.URL, MaxBytes: 8, Immutable: true})
			require.Equal(t, c.requests[i], n.Load(), c.name)
			if c.requests[i] == 1 {
				require.Error(t, err, c.name)
				continue
			}
			require.NoError(t, err, c.name)
			require.Equal(t, "all well", string(data))
		}
	}
}

func TestSlowConsumerIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{network: func(_ int, r *http.Request) (*http.Response, error) {
			return response(r, &trickle{r.Context(), "abc", 0}, 3), nil
		}}
		f := fetch.New(&http.Client{Transport: tr}, nil)
		err := f.Do(t.Context(), &fetch.Request{URL: "http://host/x"}, func(r *fetch.Response) error {
			for range 3 {
				if _, err := io.ReadFull(r.Body, make([]byte, 1)); err != nil {
					return err
				}
				time.Sleep(time.Hour)
			}
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 1, tr.n)
	})
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &transport{network: func(n int, r *http.Request) (*http.Response, error) {
			if n == 1 {
				resp := response(r, io.NopCloser(strings.NewReader("")), 0)
				resp.StatusCode, resp.Status = 503, "503 Service Unavailable"
				resp.Header.Set("Retry-After", "17")
				return resp, nil
			}
			return response(r, io.NopCloser(strings.NewReader("x")), 1), nil
		}}
		f := fetch.New(&http.Client{Transport: tr}, &fetch.Options{Backoff: func(int) time.Duration { return time.Second }})
		start := time.Now()
		_, _, err := f.Bytes(t.Context(), &fetch.Request{URL: "http://host/x", MaxBytes: 10})
		require.NoError(t, err)
		require.Equal(t, 17*time.Second, time.Since(start))
	})
}

func ExampleFetcher_Do() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "content") }))
	defer s.Close()
	f := fetch.New(s.Client(), nil)
	err := f.Do(context.Background(), &fetch.Request{URL: s.URL + "/file", MaxBytes: 1 << 20}, func(r *fetch.Response) error {
		data, err := io.ReadAll(r.Body)
		fmt.Println(string(data), r.Size)
		return err
	})
	fmt.Println(err)
	// Output:
	// content 7
	// <nil>
}
