package pull

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"example.com/rpmostree/ostree"
)

// NewClient returns an HTTP client as the remote's options ask for: proxy (by
// default that of the environment), tls-permissive, tls-client-cert-path with
// tls-client-key-path, tls-ca-path and http2. jar has the cookies to send; nil
// means none.
func NewClient(rem ostree.Remote, jar http.CookieJar) (*http.Client, error) {
	c, err := newClient(rem, jar)
	if err != nil {
		return nil, fmt.Errorf("remote %q: %w", rem.Name, err)
	}
	return c, nil
}

func newClient(rem ostree.Remote, jar http.CookieJar) (*http.Client, error) {
	t := cloneTransport(http.DefaultTransport)
	t.MaxIdleConnsPerHost = keptConnections
	if rem.Proxy != "" {
		u, err := url.Parse(rem.Proxy)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("proxy %q is no URL", rem.Proxy)
		}
		t.Proxy = http.ProxyURL(u)
	}
	var err error
	if t.TLSClientConfig, err = tlsConfig(rem); err != nil {
		return nil, err
	}
	http2, err := boolOption(rem, "http2", true)
	if err != nil {
		return nil, err
	}
	t.ForceAttemptHTTP2 = http2
	if !http2 {
		t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{} // as net/http documents
	}
	return &http.Client{Transport: t, Jar: jar}, nil
}

// cloneTransport copies the settings of rt. A program may have put something in
// the place of http.DefaultTransport, around it for example, whose settings
// nobody can see; then they are those that matter of net/http.
func cloneTransport(rt http.RoundTripper) *http.Transport {
	if t, ok := rt.(*http.Transport); ok {
		return t.Clone()
	}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
	}
}

func tlsConfig(rem ostree.Remote) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if c.InsecureSkipVerify, err = boolOption(rem, "tls-permissive", false); err != nil {
		return nil, err
	}
	cert, key := rem.Options["tls-client-cert-path"], rem.Options["tls-client-key-path"]
	switch {
	case (cert == "") != (key == ""):
		return nil, errors.New("Remote must specify both tls-client-cert-path and tls-client-key-path")
	case cert != "":
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	path := rem.Options["tls-ca-path"]
	if path == "" {
		return c, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("tls-ca-path: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls-ca-path %s: no certificates in it", path)
	}
	return c, nil
}

// boolOption reads a boolean as key files have it.
func boolOption(rem ostree.Remote, key string, def bool) (bool, error) {
	text, ok := rem.Options[key]
	if !ok {
		return def, nil
	}
	switch text {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("%s=%s: not a boolean", key, strconv.Quote(text))
}
