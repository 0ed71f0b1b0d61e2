package layering_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// site is a vendor with images and packages, and a machine that follows it.
type site struct {
	t      testing.TB
	dir    string
	images *ostree.Repo // what the vendor serves
	mode   ostree.Mode  // of the machine's repository
	sys    *sysroot.Sysroot
	opts   layering.EngineOptions
	base   []*rpmtest.Package // of the newest image
	extra  []*rpmtest.Package // in the package repository
}

const (
	followed = "vendor:os/stable"
	osRef    = "os/stable"
)

func file(path, body string) []rpmtest.File { return []rpmtest.File{{Path: path, Body: body}} }

// basePackages are those of an image of a version.
func basePackages(version string) []*rpmtest.Package {
	return []*rpmtest.Package{
		{Name: "os-release", Version: version, Files: []rpmtest.File{
			{Path: "/usr/lib/os-release", Body: "NAME=Own\nID=own\nPRETTY_NAME=\"Own\"\nVERSION_ID=" + version + "\n"},
			{Path: "/etc/motd", Body: "motd " + version + "\n", Config: true}, {Path: "/etc/own.conf", Body: "default " + version + "\n", Config: true},
		}},
		{Name: "kernel", Version: version, Arch: "x86_64", Files: []rpmtest.File{
			{Path: "/usr/lib/modules/" + version + "/vmlinuz", Body: "kernel " + version}, {Path: "/usr/lib/modules/" + version + "/initramfs.img", Body: "initramfs"},
		}},
		{Name: "shared", Version: version, Files: []rpmtest.File{
			{Path: "/usr/share/shared/all", Body: "shared"}, {Path: "/usr/share/shared/of", Body: "shared " + version},
		}},
		{Name: "tool", Version: version, Requires: []string{"lib"}, Files: []rpmtest.File{
			{Path: "/usr/bin/tool", Body: "tool " + version, Mode: 0o755}, {Path: "/usr/share/shared/all", Body: "shared"}, {Path: "/usr/share/tool", Dir: true}, {Path: "/usr/share/tool/data", Body: "data"},
		}},
		{Name: "lib", Version: version, Provides: []string{"libsomething"}, Files: file("/usr/lib/lib.so", "lib "+version)},
	}
}

// extraPackages can be layered.
func extraPackages() []*rpmtest.Package {
	return []*rpmtest.Package{
		{Name: "foo", Requires: []string{"foo-data"}, Recommends: []string{"foo-weak"}, Files: file("/usr/bin/foo", "foo 1.0")},
		{Name: "foo-data", Files: file("/usr/share/foo/data", "data")},
		{Name: "foo-weak", Files: file("/usr/share/foo/weak", "weak")},
		{Name: "bar", Provides: []string{"barlike"}, Files: []rpmtest.File{{Path: "/usr/bin/bar", Body: "bar"}, {Path: "/etc/bar.conf", Body: "bar"}, {Path: "/var/lib/bar", Dir: true}}},
		{Name: "needs-lib", Requires: []string{"lib"}, Files: file("/usr/bin/needs-lib", "x")},
		{Name: "hates-tool", Conflicts: []string{"tool"}, Files: file("/usr/bin/hates", "x")},
		{Name: "needs-new-lib", Requires: []string{"lib >= 5"}, Files: file("/usr/bin/needs-new", "x")},
		{Name: "lib", Version: "5", Provides: []string{"libsomething"}, Files: file("/usr/lib/lib.so", "lib 5")},
		{Name: "broken", Requires: []string{"nothing-has-this"}},
	}
}

// newSite has version 1.0 published and deployed. Roots with mode bare need root.
func newSite(t testing.TB, mode ostree.Mode) *site {
	t.Helper()
	s := &site{t: t, dir: sysroottest.TempDir(t), mode: mode}
	if mode == ostree.ModeBare {
		testenv.NeedRoot(t)
	} else {
		testenv.NeedUserXattrs(t, s.dir)
	}
	var err error
	s.images, err = ostree.Init(t.Context(), s.path("images"), &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	t.Cleanup(func() { s.images.Close() })
	s.publish(extraPackages()...)
	first := s.release("1.0", basePackages("1.0")...)
	s.install(first)
	return s
}

// eachMode runs a test on the two kinds of roots.
func eachMode(t *testing.T, f func(t *testing.T, s *site)) {
	for _, mode := range []ostree.Mode{ostree.ModeBareUser, ostree.ModeBare} {
		t.Run(mode.String(), func(t *testing.T) { f(t, newSite(t, mode)) })
	}
}

func (s *site) path(elem ...string) string { return filepath.Join(append([]string{s.dir}, elem...)...) }

// publish makes the package repository hold exactly these packages.
func (s *site) publish(pkgs ...*rpmtest.Package) {
	s.t.Helper()
	s.extra = pkgs
	require.NoError(s.t, os.RemoveAll(s.path("extra")))
	require.NoError(s.t, rpmtest.WriteRepo(s.t.Context(), s.path("extra"), pkgs...))
	s.opts.Repos = []*repo.Repo{repo.New("extra", "file://"+s.path("extra"))}
	s.opts.CacheDir = s.path("cache")
}

// rpm writes a package file.
func (s *site) rpm(p *rpmtest.Package) string {
	s.t.Helper()
	data, err := p.Build()
	require.NoError(s.t, err)
	path := s.path(p.FileName())
	require.NoError(s.t, os.WriteFile(path, data, 0o644))
	return path
}

func released(version string) time.Time {
	var n [3]int
	fmt.Sscanf(version, "%d.%d.%d", &n[0], &n[1], &n[2]) //nolint:errcheck // parts may be missing
	return time.Unix(1_600_000_000, 0).AddDate(n[0], n[1], n[2])
}

// release composes an image.
func (s *site) release(version string, pkgs ...*rpmtest.Package) ostree.Checksum {
	s.t.Helper()
	return s.releaseTo(osRef, version, released(version), pkgs...)
}

func (s *site) releaseTo(ref, version string, when time.Time, pkgs ...*rpmtest.Package) ostree.Checksum {
	s.t.Helper()
	s.base = pkgs
	rpms := s.path("rpms-" + strings.ReplaceAll(ref, "/", "-") + version)
	require.NoError(s.t, rpmtest.WriteRepo(s.t.Context(), rpms, pkgs...))
	var names []string
	for _, p := range pkgs {
		names = append(names, p.Name)
	}
	manifest := fmt.Sprintf("ref: %s\nrepos: [os]\npackages: [%s]\nboot-location: modules\nno-initramfs: true\n", ref, strings.Join(names, ", "))
	tf, err := treefile.Load("os.yaml", &treefile.Options{BaseArch: "x86_64", ReadFile: func(string) ([]byte, error) { return []byte(manifest), nil }})
	require.NoError(s.t, err)
	res, err := compose.Compose(s.t.Context(), tf, &compose.Options{
		Repo: s.images, CacheDir: s.path("compose"), Repos: []*repo.Repo{repo.New("os", "file://"+rpms)}, Version: version, Timestamp: when,
	})
	require.NoError(s.t, err)
	require.NoError(s.t, s.images.UpdateSummary(s.t.Context(), nil))
	return res.Commit
}

// install is what an installer does.
func (s *site) install(commit ostree.Checksum) {
	s.t.Helper()
	ctx, root := s.t.Context(), s.path("root")
	require.NoError(s.t, sysroot.Init(ctx, root, &sysroot.InitOptions{Epoch: 1, RepoMode: s.mode}))
	var err error
	s.sys, err = sysroot.Open(ctx, root, sysroottest.Options(root))
	require.NoError(s.t, err)
	s.t.Cleanup(func() { s.sys.Close() })
	require.NoError(s.t, s.sys.InitStateroot(ctx, "own"))
	for _, name := range []string{"vendor", "mirror"} {
		rem := ostree.Remote{Name: name, URL: "file://" + s.path("images"), Options: map[string]string{"gpg-verify": "false"}}
		require.NoError(s.t, s.sys.Repo().AddRemote(ctx, rem, nil))
	}
	src, o, err := pull.OpenRemote(ctx, nil, mustRemote(s.t, s.sys.Repo(), "vendor"))
	require.NoError(s.t, err)
	o.Refs = []string{osRef}
	_, err = pull.Pull(ctx, s.sys.Repo(), src, o)
	require.NoError(s.t, err)
	_, err = s.sys.Deploy(ctx, sysroot.DeployRequest{
		Stateroot: "own", Commit: commit, Origin: sysroot.NewOrigin(followed), KernelArgs: kargs.Parse("root=LABEL=root quiet"),
	}, nil)
	require.NoError(s.t, err)
}

func mustRemote(t testing.TB, r *ostree.Repo, name string) ostree.Remote {
	t.Helper()
	rem, err := r.Remote(name)
	require.NoError(t, err)
	return rem
}

func (s *site) engine() *layering.Engine { return layering.NewEngine(s.sys, &s.opts) }

// plan is for what is expected to work.
func (s *site) plan(r layering.Request) *layering.Plan {
	s.t.Helper()
	p, err := s.engine().Plan(s.t.Context(), r)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { p.Close() })
	return p
}

func (s *site) try(ctx context.Context, r layering.Request) error {
	e := s.engine()
	p, err := e.Plan(ctx, r)
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = e.Apply(ctx, p, nil)
	return err
}

// apply carries a request out and returns the new deployment.
func (s *site) apply(r layering.Request) *sysroot.Deployment {
	s.t.Helper()
	require.NoError(s.t, s.try(s.t.Context(), r))
	return s.sys.Deployments()[0]
}

// refused expects a request to fail with these words and to leave nothing behind.
func (s *site) refused(r layering.Request, words ...string) {
	s.t.Helper()
	before := s.state()
	err := s.try(s.t.Context(), r)
	require.Error(s.t, err)
	for _, w := range words {
		require.Contains(s.t, err.Error(), w)
	}
	require.Equal(s.t, before, s.state())
}

// state is everything that a failed request must not change.
func (s *site) state() []string {
	s.t.Helper()
	var out []string
	for _, d := range s.sys.Deployments() {
		out = append(out, d.Name(), string(d.Origin.Bytes()), d.KernelArgs().String())
	}
	refs, err := s.sys.Repo().Refs(s.t.Context(), nil)
	require.NoError(s.t, err)
	for _, r := range refs {
		if r.Remote == "" {
			out = append(out, r.Name+"="+r.Checksum.String())
		}
	}
	for _, pattern := range []string{
		"root/ostree/repo/extensions/rpmostree/private/*", "root/ostree/deploy/own/deploy/*", "root/boot/ostree/*", "root/ostree/repo/tmp/staging-*/*", "cache/packages/*",
	} {
		found, err := filepath.Glob(s.path(pattern))
		require.NoError(s.t, err)
		out = append(out, found...)
	}
	return out
}

// packages lists what the newest deployment has installed.
func (s *site) packages() []string {
	s.t.Helper()
	list, err := layering.CommitPackages(s.t.Context(), s.sys.Repo(), s.sys.Deployments()[0].Commit)
	require.NoError(s.t, err)
	var out []string
	for _, n := range list {
		out = append(out, n.Name+"-"+n.Version)
	}
	return out
}

// read returns a file of the newest deployment, or "" if there is none.
func (s *site) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.sys.Deployments()[0].Path(s.sys), name))
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(s.t, err)
	return string(data)
}

func (s *site) origin(group, key string) string {
	v, _ := s.sys.Deployments()[0].Origin.Get(group, key)
	return strings.TrimSuffix(v, ";")
}

// refs lists local refs below a prefix.
func (s *site) refs(prefix string) []string {
	s.t.Helper()
	refs, err := s.sys.Repo().Refs(s.t.Context(), &ostree.RefsOptions{Prefix: prefix})
	require.NoError(s.t, err)
	out := []string{}
	for _, r := range refs {
		out = append(out, strings.TrimPrefix(r.Name, prefix+"/"))
	}
	return out
}

func (s *site) status() *layering.Status {
	s.t.Helper()
	st, err := s.engine().Status(s.t.Context())
	require.NoError(s.t, err)
	return st
}

var baseNames = []string{"kernel-1.0", "lib-1.0", "os-release-1.0", "shared-1.0", "tool-1.0"}

// bootInto makes the newest deployment look like the running system.
func bootInto(t testing.TB, s *site) (root string, o *sysroot.Options) {
	run := s.path("run")
	require.NoError(t, os.Mkdir(run, 0o755))
	return sysroottest.Boot(t, s.sys, s.sys.Deployments()[0], run)
}
