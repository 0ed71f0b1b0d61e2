package ostree

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Remote describes where to pull from: a group remote "NAME" of the
// configuration.
type Remote struct {
	Name             string
	URL              string // http, https, file, or mirrorlist=URL
	ContentURL       string // for file objects and deltas; "" is URL
	Metalink         string
	Proxy            string
	CollectionID     string
	Branches         []string // refs to pull by default
	GPGVerify        bool     // check signatures of commits (default true)
	GPGVerifySummary bool     // check the signature of the summary (default false)

	// Options are all keys of the group as written, including those above.
	Options map[string]string
}

// RemoteOptions are the options of [Repo.AddRemote].
type RemoteOptions struct {
	Replace     bool // replace a remote of the same name
	IfNotExists bool // leave a remote of the same name alone, successfully
	// OwnFile writes NAME.conf in the directory given to [Open] instead of the
	// configuration, unless core.add-remotes-config-dir is false.
	OwnFile bool
}

func remoteGroup(name string) string { return `remote "` + name + `"` }

// parseRemoteGroup returns the remote that a group of the configuration
// describes.
func parseRemoteGroup(group string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(group, `remote "`)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, `"`)
}

// Remotes returns the remotes of the configuration, of the directory given to
// [Open] and of the parent repository, sorted by name. A name that is defined
// twice is an error, except that one here wins over one of the parent.
func (r *Repo) Remotes() ([]Remote, error) {
	files, err := r.remoteFiles()
	if err != nil {
		return nil, fmt.Errorf("list remotes of %s: %w", r.path, err)
	}
	var out []Remote
	seen := map[string]bool{}
	for _, f := range files {
		for _, group := range f.c.Groups() {
			name, ok := parseRemoteGroup(group)
			if !ok {
				continue
			}
			if seen[name] {
				return nil, fmt.Errorf("list remotes of %s: remote %q is defined twice, the second time in %s", r.path, name, f.path)
			}
			seen[name] = true
			rem, err := parseRemote(f.c, name)
			if err != nil {
				return nil, fmt.Errorf("list remotes of %s: %w", r.path, err)
			}
			out = append(out, rem)
		}
	}
	if r.parent != nil {
		inherited, err := r.parent.Remotes()
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(inherited, func(rem Remote) bool { return seen[rem.Name] })...)
	}
	slices.SortFunc(out, func(a, b Remote) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func parseRemote(c *Config, name string) (Remote, error) {
	group := remoteGroup(name)
	get := func(key string) string {
		v, _ := c.Get(group, key)
		return v
	}
	flags := &configReader{c: c, group: group}
	rem := Remote{
		Name:             name,
		URL:              get("url"),
		ContentURL:       get("contenturl"),
		Metalink:         get("metalink"),
		Proxy:            get("proxy"),
		CollectionID:     get("collection-id"),
		Branches:         c.f.GetList(group, "branches"),
		GPGVerify:        flags.bool("gpg-verify", true),
		GPGVerifySummary: flags.bool("gpg-verify-summary", false),
		Options:          map[string]string{},
	}
	for _, key := range c.Keys(group) {
		rem.Options[key] = get(key)
	}
	return rem, flags.err
}

// Remote returns the remote called name, which may be one of the parent
// repository. The error matches [fs.ErrNotExist] if there is none.
func (r *Repo) Remote(name string) (Remote, error) {
	files, err := r.remoteFiles()
	if err != nil {
		return Remote{}, fmt.Errorf("read remote %q: %w", name, err)
	}
	for _, f := range files {
		if f.c.f.HasGroup(remoteGroup(name)) {
			return parseRemote(f.c, name)
		}
	}
	if r.parent != nil {
		return r.parent.Remote(name)
	}
	return Remote{}, fmt.Errorf("read remote %q: %w", name, fs.ErrNotExist)
}

// AddRemote adds a remote to the configuration. rem.Options may hold further
// keys; a field that is set wins over its key there. Commits are verified unless
// rem.Options["gpg-verify"] is "false" and rem.GPGVerify is not set. An existing
// remote is an error that matches [fs.ErrExist] unless the options say otherwise.
func (r *Repo) AddRemote(ctx context.Context, rem Remote, o *RemoteOptions) error {
	if o == nil {
		o = &RemoteOptions{}
	}
	if err := validateRemoteName(rem.Name); err != nil {
		return fmt.Errorf("add remote: %w", err)
	}
	file, found, err := r.remoteFile(rem.Name)
	switch {
	case err != nil:
		return err
	case found && o.IfNotExists:
		return nil
	case found && !o.Replace:
		return &fs.PathError{Op: fmt.Sprintf("add remote %q", rem.Name), Path: cmp.Or(file.path, "config"), Err: fs.ErrExist}
	case !found:
		if file, err = r.fileForNewRemote(rem.Name, o.OwnFile); err != nil {
			return fmt.Errorf("add remote %q: %w", rem.Name, err)
		}
	}
	file.c.UnsetGroup(remoteGroup(rem.Name))
	rem.store(file.c, remoteGroup(rem.Name))
	if err := r.writeRemotes(ctx, file); err != nil {
		return fmt.Errorf("add remote %q: %w", rem.Name, err)
	}
	return nil
}

func (rem *Remote) store(c *Config, group string) {
	options := maps.Clone(rem.Options)
	set := func(key, value string) {
		if value != "" {
			c.Set(group, key, value)
			delete(options, key)
		}
	}
	set("url", rem.URL)
	set("contenturl", rem.ContentURL)
	set("metalink", rem.Metalink)
	if len(rem.Branches) > 0 {
		c.f.SetList(group, "branches", rem.Branches)
		delete(options, "branches")
	}
	set("proxy", rem.Proxy)
	if rem.GPGVerify {
		delete(options, "gpg-verify")
	}
	if rem.GPGVerifySummary {
		set("gpg-verify-summary", "true")
	}
	set("collection-id", rem.CollectionID)
	for _, key := range slices.Sorted(maps.Keys(options)) {
		c.Set(group, key, options[key])
	}
}
