package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// Cookie is an entry of a cookie file.
type Cookie struct {
	Domain      string // a leading dot stands for subdomains too
	Subdomains  bool   // also hosts below Domain get it
	Path        string // and what is below it
	Secure      bool   // only over https
	Expires     time.Time
	Name, Value string
}

// Cookies are those that a repository sends to the server of a remote. They lie in
// the file REMOTE.cookies.txt of the repository, in the format of Netscape that curl
// documents (https://curl.se/docs/http-cookies.html).
type Cookies struct{ List []Cookie }

// maxCookies bounds the size of a cookie file.
const maxCookies = 1 << 20

func cookieFile(remote string) (string, error) {
	name := remote + ".cookies.txt"
	return name, dirfd.CheckName(name)
}

// LoadCookies reads the cookies for a remote; no file means none.
func LoadCookies(repo *ostree.Repo, remote string) (*Cookies, error) {
	name, err := cookieFile(remote)
	if err != nil {
		return nil, err
	}
	d, err := dirfd.Open(repo.Path())
	if err != nil {
		return nil, err
	}
	defer d.Close()
	data, err := d.ReadFile(name, maxCookies)
	if errors.Is(err, fs.ErrNotExist) {
		return &Cookies{}, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := parseCookies(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// httpOnlyPrefix marks cookies that scripts in a browser do not see.
const httpOnlyPrefix = "#HttpOnly_"

func parseCookies(text string) (*Cookies, error) {
	c := &Cookies{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n"), httpOnlyPrefix)
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) == 6 {
			f = append(f, "") // an empty value may be left out
		}
		if len(f) != 7 {
			return nil, fmt.Errorf("line %d: want 7 fields, have %d", n, len(f))
		}
		expires, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: expiry %q is no number", n, f[4])
		}
		entry := Cookie{Domain: f[0], Subdomains: f[1] == "TRUE", Path: f[2], Secure: f[3] == "TRUE", Name: f[5], Value: f[6]}
		if expires != 0 { // a cookie of the session
			entry.Expires = time.Unix(expires, 0)
		}
		c.List = append(c.List, entry)
	}
	return c, nil
}

// Add adds a cookie, in place of one with the same domain, path and name.
func (c *Cookies) Add(entry Cookie) error {
	for _, field := range []string{entry.Domain, entry.Path, entry.Name, entry.Value} {
		if strings.ContainsAny(field, "\t\r\n") {
			return fmt.Errorf("cookie %q: a tab or line break in %q", entry.Name, field)
		}
	}
	if entry.Domain == "" || entry.Name == "" || strings.HasPrefix(entry.Domain, "#") {
		return fmt.Errorf("cookie %q of domain %q: need name and domain", entry.Name, entry.Domain)
	}
	_ = c.Delete(entry.Domain, entry.Path, entry.Name)
	c.List = append(c.List, entry)
	return nil
}

// Delete deletes a cookie; the error matches fs.ErrNotExist if there is none.
func (c *Cookies) Delete(domain, path, name string) error {
	before := len(c.List)
	c.List = slices.DeleteFunc(c.List, func(e Cookie) bool { return e.Domain == domain && e.Path == path && e.Name == name })
	if len(c.List) == before {
		return fmt.Errorf("cookie %s of %s%s: %w", name, domain, path, fs.ErrNotExist)
	}
	return nil
}

// Save writes the file, which only its owner can read.
func (c *Cookies) Save(ctx context.Context, repo *ostree.Repo, remote string) error {
	name, err := cookieFile(remote)
	if err != nil {
		return err
	}
	d, err := dirfd.Open(repo.Path())
	if err != nil {
		return err
	}
	defer d.Close()
	return atomicfs.WriteFile(ctx, d, name, []byte(c.text()), 0o600, nil)
}

func (c *Cookies) text() string {
	var b strings.Builder
	flag := map[bool]string{true: "TRUE", false: "FALSE"}
	for _, e := range c.List {
		var expires int64
		if !e.Expires.IsZero() {
			expires = e.Expires.Unix()
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", e.Domain, flag[e.Subdomains], e.Path, flag[e.Secure], expires, e.Name, e.Value)
	}
	return b.String()
}

// Jar returns the cookies for an http.Client. What servers set on top of them is
// forgotten with it.
func (c *Cookies) Jar() http.CookieJar {
	session, err := cookiejar.New(nil)
	if err != nil {
		session = nil // never, as the package documents
	}
	return &jar{session, slices.Clone(c.List)}
}

type jar struct {
	*cookiejar.Jar
	list []Cookie
}

// Cookies implements http.CookieJar.
func (j *jar) Cookies(u *url.URL) []*http.Cookie {
	out := j.Jar.Cookies(u)
	now := time.Now()
	for _, e := range j.list {
		set := func(c *http.Cookie) bool { return c.Name == e.Name }
		if e.matches(u, now) && !slices.ContainsFunc(out, set) {
			out = append(out, &http.Cookie{Name: e.Name, Value: e.Value})
		}
	}
	return out
}

// matches decides as RFC 6265, 5.1.3 and 5.1.4 do.
func (e *Cookie) matches(u *url.URL, now time.Time) bool {
	domain, subdomains := strings.CutPrefix(strings.ToLower(e.Domain), ".")
	host := strings.ToLower(u.Hostname())
	below := (subdomains || e.Subdomains) && strings.HasSuffix(host, "."+domain)
	path := u.Path
	if path == "" {
		path = "/"
	}
	prefix := strings.TrimSuffix(e.Path, "/")
	return (host == domain || below) && (path == e.Path || strings.HasPrefix(path, prefix+"/")) &&
		(!e.Secure || u.Scheme == "https") && (e.Expires.IsZero() || now.Before(e.Expires))
}
