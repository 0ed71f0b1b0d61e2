package layering

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/sysroot"
)

// EngineOptions bring in the facts of the system. The zero value is right for a machine's own root.
type EngineOptions struct {
	// Repos are the package repositories; nil reads ReposDir, and "" of that is etc/yum.repos.d of the deployment.
	Repos    []*repo.Repo
	ReposDir string
	// CacheDir of metadata and downloads; "" is var/cache/rpm-ostree of the stateroot.
	CacheDir string
	Arch     string       // RPM's name; "" is "x86_64"
	Client   *http.Client // for packages and images; nil is http.DefaultClient
	// OpenRemote gives access to the image repository of a remote, with the options of the pull, which may bring a
	// verifier of signatures. nil is pull.OpenRemote, which refuses remotes that demand signatures.
	OpenRemote func(ctx context.Context, r ostree.Remote) (pull.Source, *pull.Options, error)
	// Keys say where the trusted keys of this machine are, for Status; nil = the defaults.
	Keys *sign.Options
	// Sandbox runs scriptlets; nil is sandbox.None, with which packages that have any are refused.
	Sandbox sandbox.Sandbox
	// NoRecommends leaves out packages that others only recommend.
	NoRecommends bool
	// Stage makes new deployments of the running system complete at shutdown, see [sysroot.Sysroot.Stage].
	Stage bool
	// LockLayering refuses changes of packages, as the option of rpm-ostreed.conf does.
	LockLayering bool
	Log          *slog.Logger
	Progress     func(Progress)   // nil = nobody
	Now          func() time.Time // nil = time.Now
}

// Engine carries out requests on one system root: it computes what deployment they lead to ([Engine.Plan]) and makes
// it ([Engine.Apply]). It is not safe for concurrent use; other processes are kept out by the root's lock.
type Engine struct {
	sys  *sysroot.Sysroot
	opts EngineOptions
}

// NewEngine returns an engine for a root, which the caller keeps open and closes.
func NewEngine(sys *sysroot.Sysroot, o *EngineOptions) *Engine {
	e := &Engine{sys: sys}
	if o != nil {
		e.opts = *o
	}
	if e.opts.Sandbox == nil {
		e.opts.Sandbox = sandbox.None()
	}
	if e.opts.Log == nil {
		e.opts.Log = slog.New(slog.DiscardHandler)
	}
	if e.opts.Now == nil {
		e.opts.Now = time.Now
	}
	if e.opts.Arch == "" {
		e.opts.Arch = "x86_64"
	}
	return e
}

func (e *Engine) report(p Progress) {
	if e.opts.Progress != nil {
		e.opts.Progress(p)
	}
}

// stateroot is the one that a request means.
func (e *Engine) stateroot(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	if b := e.sys.Booted(); b != nil {
		return b.Stateroot, nil
	}
	var names []string
	for _, d := range e.sys.Deployments() {
		if !slices.Contains(names, d.Stateroot) {
			names = append(names, d.Stateroot)
		}
	}
	switch len(names) {
	case 0:
		return "", errors.New("no deployments: deploy a commit first")
	case 1:
		return names[0], nil
	}
	return "", fmt.Errorf("several stateroots, name one: %s", strings.Join(names, ", "))
}

// first is the newest deployment of a stateroot: requests build on it, so that several before a reboot add up.
func (e *Engine) first(stateroot string) (*sysroot.Deployment, error) {
	for _, d := range e.sys.Deployments() {
		if d.Stateroot == stateroot {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no deployments in stateroot %q: deploy a commit first", stateroot)
}

// catalogOptions are those of the machine's package repositories.
func (e *Engine) catalogOptions(d *sysroot.Deployment, r *Request, releasever string) (*CatalogOptions, error) {
	o := &CatalogOptions{
		Arch: e.opts.Arch, Repos: e.opts.Repos, CacheDir: e.opts.CacheDir, Client: e.opts.Client,
		CacheOnly: r.CacheOnly, Force: r.RefreshRepos, Progress: e.opts.Progress,
	}
	if o.CacheDir == "" {
		o.CacheDir = filepath.Join(e.sys.Path(), "ostree", "deploy", d.Stateroot, "var", "cache", "rpm-ostree")
	}
	if o.Repos != nil {
		return o, nil
	}
	dir := e.opts.ReposDir
	if dir == "" {
		dir = filepath.Join(d.Path(e.sys), "etc", "yum.repos.d")
	}
	repos, err := repo.LoadDir(dir, repo.NewVars(releasever, e.opts.Arch))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	o.Repos = repos
	return o, nil
}

// ClearMetadata deletes the cached metadata of package repositories of a stateroot; "" is that of a Request.
func (e *Engine) ClearMetadata(stateroot string) error {
	name, err := e.stateroot(stateroot)
	if err != nil {
		return err
	}
	d, err := e.first(name)
	if err != nil {
		return err
	}
	o, err := e.catalogOptions(d, &Request{}, "")
	if err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(o.CacheDir, "repomd"))
}
