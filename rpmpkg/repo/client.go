package repo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/fetch"
)

// client fetches files of one repository.
type client struct {
	repo    *Repo
	once    *fetch.Fetcher // one attempt, when there is another mirror to turn to
	patient *fetch.Fetcher
	report  *reporter
	mirrors *mirrors // nil until they are known
}

func newClient(r *Repo, base *http.Client, report *reporter) (*client, error) {
	hc, err := httpClient(r, base)
	if err != nil {
		return nil, &Error{Repo: r.ID, Err: err}
	}
	header := http.Header{}
	if r.Username != "" {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(r.Username+":"+r.Password)))
	}
	retries := r.Retries
	if retries <= 0 {
		retries = -1
	}
	return &client{repo: r, report: report,
		once:    fetch.New(hc, &fetch.Options{Retries: -1, Stall: r.Timeout, Header: header}),
		patient: fetch.New(hc, &fetch.Options{Retries: retries, Stall: r.Timeout, Header: header}),
	}, nil
}

// httpClient gives the client for the proxy and TLS settings of a repository: base itself if there are none.
func httpClient(r *Repo, base *http.Client) (*http.Client, error) {
	if base == nil {
		base = http.DefaultClient
	}
	if r.Proxy == "" && !r.NoSSLVerify && r.SSLCACert == "" && r.SSLClientCert == "" {
		return base, nil
	}
	rt := base.Transport
	if rt == nil {
		rt = http.DefaultTransport
	}
	t, ok := rt.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("proxy and TLS settings cannot be applied to a transport of type %T", rt)
	}
	t = t.Clone()
	if err := setProxy(t, r); err != nil {
		return nil, err
	}
	if err := setTLS(t, r); err != nil {
		return nil, err
	}
	own := *base
	own.Transport = t
	return &own, nil
}

func setProxy(t *http.Transport, r *Repo) error {
	switch r.Proxy {
	case "":
		return nil
	case "_none_":
		t.Proxy = nil
		return nil
	}
	text := r.Proxy
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return fmt.Errorf("proxy %q is not a URL", r.Proxy)
	}
	if r.ProxyUsername != "" {
		u.User = url.UserPassword(r.ProxyUsername, r.ProxyPassword)
	}
	t.Proxy = http.ProxyURL(u)
	return nil
}

func setTLS(t *http.Transport, r *Repo) error {
	c := &tls.Config{}
	if t.TLSClientConfig != nil {
		c = t.TLSClientConfig.Clone()
	}
	c.InsecureSkipVerify = c.InsecureSkipVerify || r.NoSSLVerify
	if r.SSLCACert != "" {
		pem, err := os.ReadFile(r.SSLCACert)
		if err != nil {
			return fmt.Errorf("sslcacert: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("sslcacert: no certificate in %s", r.SSLCACert)
		}
	}
	if r.SSLClientCert != "" {
		key := r.SSLClientKey
		if key == "" {
			key = r.SSLClientCert
		}
		cert, err := tls.LoadX509KeyPair(r.SSLClientCert, key)
		if err != nil {
			return fmt.Errorf("sslclientcert: %w", err)
		}
		c.Certificates = []tls.Certificate{cert}
	}
	t.TLSClientConfig = c
	return nil
}

// localPath gives the path of a file URL.
func localPath(u string) (string, bool) {
	p, err := url.Parse(u)
	if err != nil || p.Scheme != "file" || p.Host != "" && p.Host != "localhost" {
		return "", false
	}
	return filepath.Clean(p.Path), true
}

// get fetches one URL. use may be called again, with a new body, after a transfer broke off.
func (c *client) get(ctx context.Context, f *fetch.Fetcher, r *fetch.Request, use func(*fetch.Response) error) error {
	if path, ok := localPath(r.URL); ok {
		return useLocal(path, r, use)
	}
	err := f.Do(ctx, r, use)
	var fe *fetch.Error
	if errors.As(err, &fe) && fe.URL == r.URL && fe.Err != nil && err == error(fe) {
		return &getError{fe} // our own Error names the URL
	}
	return err
}

// getError is a fetch.Error without the URL in its text.
type getError struct{ fetch *fetch.Error }

func (e *getError) Error() string { return e.fetch.Err.Error() }
func (e *getError) Unwrap() error { return e.fetch }

// useLocal reads a regular file. The URL can come from the metadata of a distant repository, so it may as well name a
// device that never ends or a FIFO that never begins.
func useLocal(path string, r *fetch.Request, use func(*fetch.Response) error) error {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() {
		return fmt.Errorf("read %s: not a regular file", path)
	}
	if r.MaxBytes > 0 && fi.Size() > r.MaxBytes {
		return fetch.ErrTooLarge
	}
	// A file that grows meanwhile, or a strange file system, does not deliver more than has been checked.
	return use(&fetch.Response{Body: io.NopCloser(io.LimitReader(f, fi.Size())), Size: fi.Size(), URL: r.URL})
}

// resolve puts a location after a mirror's URL; an absolute URL stays as it is.
func resolve(mirror, location string) string {
	if strings.Contains(location, "://") {
		return location
	}
	u := url.URL{Path: strings.TrimPrefix(location, "./")}
	return mirror + u.EscapedPath()
}

// download fetches a location from the first mirror that gives what use accepts. use gets a body from its beginning
// each time it is called.
func (c *client) download(ctx context.Context, location string, max int64, use func(body io.Reader, url string) error) error {
	return c.downloadResponse(ctx, location, max, func(r *fetch.Response, u string) error { return use(r.Body, u) })
}

// downloadResponse is download with all that is known of the response.
func (c *client) downloadResponse(ctx context.Context, location string, max int64, use func(r *fetch.Response, url string) error) error {
	if strings.Contains(location, "://") {
		return c.wrap(location, c.get(ctx, c.patient, &fetch.Request{URL: location, MaxBytes: max}, func(r *fetch.Response) error {
			return use(r, location)
		}))
	}
	var failures []error
	list := c.mirrors.candidates()
	for i, m := range list {
		f := c.once
		if i == len(list)-1 {
			f = c.patient
		}
		u := resolve(m.url, location)
		err := c.get(ctx, f, &fetch.Request{URL: u, MaxBytes: max}, func(r *fetch.Response) error { return use(r, u) })
		if err == nil {
			c.mirrors.report(m, nil)
			return nil
		}
		if isLocal(err) || ctx.Err() != nil {
			return c.wrap(u, err)
		}
		c.mirrors.report(m, err)
		failures = append(failures, c.wrap(u, err))
	}
	return errors.Join(failures...)
}

// bytes fetches a small file.
func (c *client) bytes(ctx context.Context, location string, max int64, check func([]byte) error) (data []byte, err error) {
	err = c.download(ctx, location, max, func(body io.Reader, _ string) error {
		if data, err = readLimited(body, max); err == nil && check != nil {
			err = check(data)
		}
		return err
	})
	return data, err
}

func (c *client) wrap(u string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Repo: c.repo.ID, URL: redact(u), Err: err}
}

// redact takes a password out of a URL that is going to be shown.
func redact(u string) string {
	if p, err := url.Parse(u); err == nil && p.User != nil {
		return p.Redacted()
	}
	return u
}
