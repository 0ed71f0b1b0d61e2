package repo

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Repo is the definition of a repository, as a section of a .repo file gives it.
type Repo struct {
	ID         string
	Name       string
	BaseURLs   []string // of the repository: the directory that has repodata
	Mirrorlist string   // URL of a list of base URLs
	Metalink   string   // URL of a metalink for repomd.xml

	Enabled           bool
	GPGCheck          bool // packages must be signed: for the importer of packages
	RepoGPGCheck      bool // repomd.xml must be signed
	GPGKeys           []string
	SkipIfUnavailable bool
	Priority          int // 99 unless given; lower is better
	Cost              int // 1000 unless given; lower is better among equal priorities
	Exclude, Include  []string
	ModuleHotfixes    bool
	MetadataExpire    time.Duration // 48 h unless given; < 0 means never

	Username, Password           string // for basic authentication
	Proxy                        string // URL; "_none_" means no proxy at all, empty that of the client
	ProxyUsername, ProxyPassword string
	NoSSLVerify                  bool
	SSLCACert                    string // files in PEM format
	SSLClientCert, SSLClientKey  string
	Timeout                      time.Duration // without any data; 30 s unless given
	Retries                      int           // of a request; 5 unless given
	ParallelDownloads            int           // 3 unless given, at most 20

	// Options has all keys as written, expanded, also those that this package does not know.
	Options map[string]string
}

// Defaults of dnf.conf(5), but for the retries: dnf makes 10 at once, here the pause before each is longer.
const (
	defaultPriority = 99
	defaultCost     = 1000
	defaultExpire   = 48 * time.Hour
	defaultTimeout  = 30 * time.Second
	defaultRetries  = 5
	defaultParallel = 3
	maxParallel     = 20
)

// New gives a definition with the defaults and nothing else than an id and base URLs. A path becomes a file URL.
func New(id string, baseURLs ...string) *Repo {
	r := &Repo{ID: id, Name: id, Enabled: true, Priority: defaultPriority, Cost: defaultCost, MetadataExpire: defaultExpire,
		Timeout: defaultTimeout, Retries: defaultRetries, ParallelDownloads: defaultParallel, Options: map[string]string{}}
	for _, u := range baseURLs {
		r.BaseURLs = append(r.BaseURLs, asURL(u))
	}
	return r
}

// asURL makes a file URL of an absolute path and leaves a URL alone.
func asURL(s string) string {
	if strings.HasPrefix(s, "/") {
		return (&url.URL{Scheme: "file", Path: s}).String()
	}
	return s
}

// set interprets one key. Keys that are not known are only kept in Options.
func (r *Repo) set(key, value string) error {
	var err error
	switch key {
	case "name":
		r.Name = value
	case "baseurl":
		for _, u := range splitList(value) {
			r.BaseURLs = append(r.BaseURLs, asURL(u))
		}
	case "mirrorlist":
		r.Mirrorlist = asURL(value)
	case "metalink":
		r.Metalink = asURL(value)
	case "gpgkey":
		r.GPGKeys = splitList(value)
	case "exclude", "excludepkgs":
		r.Exclude = append(r.Exclude, splitList(value)...)
	case "includepkgs":
		r.Include = append(r.Include, splitList(value)...)
	case "metadata_expire":
		r.MetadataExpire, err = parseDuration(value)
	case "timeout":
		r.Timeout, err = parseDuration(value)
	default:
		if dst := r.boolKey(key); dst != nil {
			*dst, err = parseBool(value)
			if key == "sslverify" {
				*dst = !*dst
			}
		} else if dst := r.stringKey(key); dst != nil {
			*dst = value
		} else if dst := r.intKey(key); dst != nil {
			*dst, err = strconv.Atoi(value)
		}
	}
	if err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	return nil
}

func (r *Repo) boolKey(key string) *bool {
	switch key {
	case "enabled":
		return &r.Enabled
	case "gpgcheck", "pkg_gpgcheck":
		return &r.GPGCheck
	case "repo_gpgcheck":
		return &r.RepoGPGCheck
	case "skip_if_unavailable":
		return &r.SkipIfUnavailable
	case "module_hotfixes":
		return &r.ModuleHotfixes
	case "sslverify":
		return &r.NoSSLVerify
	}
	return nil
}

func (r *Repo) stringKey(key string) *string {
	switch key {
	case "username":
		return &r.Username
	case "password":
		return &r.Password
	case "proxy":
		return &r.Proxy
	case "proxy_username":
		return &r.ProxyUsername
	case "proxy_password":
		return &r.ProxyPassword
	case "sslcacert":
		return &r.SSLCACert
	case "sslclientcert":
		return &r.SSLClientCert
	case "sslclientkey":
		return &r.SSLClientKey
	}
	return nil
}

func (r *Repo) intKey(key string) *int {
	switch key {
	case "priority":
		return &r.Priority
	case "cost":
		return &r.Cost
	case "retries":
		return &r.Retries
	case "max_parallel_downloads":
		return &r.ParallelDownloads
	}
	return nil
}

// splitList reads a list separated by blanks, commas or new lines.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\r,", r) })
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "1", "yes", "true", "on", "enabled":
		return true, nil
	case "0", "no", "false", "off", "disabled":
		return false, nil
	}
	return false, fmt.Errorf("not a boolean value")
}

// parseDuration reads seconds, or a number with one of the units s, m, h and d; "never" and -1 give a negative one.
func parseDuration(s string) (time.Duration, error) {
	if s == "never" || s == "-1" {
		return -1, nil
	}
	unit := time.Second
	if n := len(s) - 1; n > 0 {
		switch s[n] {
		case 's', 'S':
			s = s[:n]
		case 'm', 'M':
			s, unit = s[:n], time.Minute
		case 'h', 'H':
			s, unit = s[:n], time.Hour
		case 'd', 'D':
			s, unit = s[:n], 24*time.Hour
		}
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f < 0 || f > 1e9 {
		return 0, fmt.Errorf("not a length of time")
	}
	return time.Duration(f * float64(unit)), nil
}
