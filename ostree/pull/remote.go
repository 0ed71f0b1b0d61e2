package pull

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

// OpenRemote returns the Source that a remote's configuration describes (url
// with http, https, file or "mirrorlist=URL"; metalink; contenturl) and the Options it
// implies: name, branches as Refs, collection. A nil client is one by [NewClient]. If the remote demands signatures
// the Options have a Verifier that refuses everything, to be replaced by one
// that can check them, such as [sign.ForRemote] returns. If the Source is an io.Closer, Close it after use.
func OpenRemote(ctx context.Context, client *http.Client, rem ostree.Remote) (Source, *Options, error) {
	return OpenRemoteHTTP(ctx, client, rem, nil)
}

// OpenRemoteHTTP is [OpenRemote] with options for HTTP; their addresses are those
// of the remote.
func OpenRemoteHTTP(ctx context.Context, client *http.Client, rem ostree.Remote, ho *HTTPOptions) (Source, *Options, error) {
	o := &Options{Remote: rem.Name, Refs: rem.Branches, CollectionID: rem.CollectionID}
	commits, summary, err := sign.Demanded(rem)
	if err != nil {
		return nil, nil, err
	}
	if commits || summary {
		o.Verify = refuse{rem.Name, commits, summary}
		o.RequireSummary = summary
	}
	src, err := openURL(ctx, client, rem, ho)
	if err != nil {
		return nil, nil, fmt.Errorf("remote %q: %w", rem.Name, err)
	}
	if _, local := src.(*localSource); local {
		o.CollectionID = "" // it says itself of which collection it is
	}
	return src, o, nil
}

func openURL(ctx context.Context, client *http.Client, rem ostree.Remote, ho *HTTPOptions) (Source, error) {
	if path, ok := filePath(rem.URL); ok {
		repo, err := ostree.Open(ctx, path, nil)
		if err != nil {
			return nil, err
		}
		return &localSource{repo, true}, nil
	}
	o := &HTTPOptions{}
	if ho != nil {
		*o = *ho
		o.ContentURLs = nil
	}
	var err error
	if client == nil {
		if client, err = newClient(rem, o.Jar); err != nil {
			return nil, err
		}
	}
	client = tuned(client)
	var summary []byte
	if rem.Metalink != "" {
		o.URLs, summary, err = resolveMetalink(ctx, client, rem.Metalink)
	} else {
		o.URLs, err = resolveURL(ctx, client, rem.URL)
	}
	if err != nil {
		return nil, err
	}
	if rem.ContentURL != "" {
		if o.ContentURLs, err = resolveURL(ctx, client, rem.ContentURL); err != nil {
			return nil, err
		}
	}
	src := NewHTTP(client, o).(*httpSource)
	src.summary = summary
	return src, nil
}

func filePath(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" {
		return "", false
	}
	return u.Path, true
}

const mirrorlistPrefix = "mirrorlist="

func resolveURL(ctx context.Context, client *http.Client, address string) ([]string, error) {
	if list, ok := strings.CutPrefix(address, mirrorlistPrefix); ok {
		return Mirrorlist(ctx, client, list)
	}
	if !isHTTP(address) {
		return nil, fmt.Errorf("url %q: want http, https or file", address)
	}
	return []string{address}, nil
}

func isHTTP(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

// maxMirrorlist bounds a mirror list; real ones have some kilobytes.
const maxMirrorlist = 1 << 20

// Mirrorlist gets a list of mirrors: one URL a line, "#" starts a comment,
// other schemes than http and https are left out. The first mirror that has a
// repository comes first.
func Mirrorlist(ctx context.Context, client *http.Client, address string) ([]string, error) {
	f := fetch.New(tuned(client), nil)
	data, _, err := f.Bytes(ctx, &fetch.Request{URL: address, MaxBytes: maxMirrorlist})
	if err != nil {
		return nil, fmt.Errorf("mirrorlist: %w", err)
	}
	mirrors, err := parseMirrorlist(string(data))
	if err != nil {
		return nil, fmt.Errorf("mirrorlist %s: %w", fetch.Redact(address), err)
	}
	probe := fetch.New(tuned(client), &fetch.Options{Retries: -1})
	var errs []error
	for i, m := range mirrors {
		u, err := join(m, "config")
		if err == nil {
			_, _, err = probe.Bytes(ctx, &fetch.Request{URL: u, MaxBytes: maxConfig})
		}
		if err == nil {
			return mirrors[i:], nil
		}
		errs = append(errs, err)
	}
	return nil, fmt.Errorf("mirrorlist %s: no valid mirrors were found: %w", fetch.Redact(address), errors.Join(errs...))
}

func parseMirrorlist(text string) ([]string, error) {
	var mirrors []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := url.Parse(line); err != nil || !strings.Contains(line, "://") {
			return nil, fmt.Errorf("bad line %q", line)
		}
		if isHTTP(line) {
			mirrors = append(mirrors, line)
		}
	}
	if len(mirrors) == 0 {
		return nil, errors.New("no http or https mirrors")
	}
	return mirrors, nil
}

// refuse is the Verifier of remotes that demand signatures until the caller
// provides a real one.
type refuse struct {
	remote          string
	commit, summary bool
}

var errNoVerifier = errors.New("signature verification is demanded by the configuration, but nothing to verify with was given; set Options.Verify, for example to what sign.ForRemote returns")

func (r refuse) VerifyCommit(context.Context, []byte, *gvariant.Dict) error {
	if !r.commit {
		return nil
	}
	return fmt.Errorf("remote %q: %w", r.remote, errNoVerifier)
}

func (r refuse) VerifySummary(context.Context, []byte, []byte) error {
	if !r.summary {
		return nil
	}
	return fmt.Errorf("remote %q: %w", r.remote, errNoVerifier)
}
