package compose

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

var epoch = time.Unix(1700000000, 0)

// world is a package repository, a directory for treefiles and a target.
type world struct {
	t        *testing.T
	dir      string
	target   *ostree.Repo
	packages []*rpmtest.Package
}

func systemPackages() []*rpmtest.Package {
	return []*rpmtest.Package{
		{Name: "filesystem", Files: []rpmtest.File{
			{Path: "/usr", Dir: true}, {Path: "/usr/bin", Dir: true}, {Path: "/usr/lib", Dir: true}, {Path: "/usr/lib64", Dir: true}, {Path: "/usr/sbin", Dir: true},
			{Path: "/bin", LinkTo: "usr/bin"}, {Path: "/var", Dir: true}, {Path: "/home", Dir: true}, {Path: "/usr/local/bin", Dir: true},
		}},
		{Name: "setup", Requires: []string{"filesystem"}, Files: []rpmtest.File{
			{Path: "/etc/passwd", Body: "root:x:0:0:root:/root:/bin/sh\n"}, {Path: "/etc/group", Body: "root:x:0:\nwheel:x:10:\n"},
			{Path: "/etc/default/useradd", Body: "GROUP=100\nHOME=/home\n"}, {Path: "/usr/lib/os-release", Body: "NAME=Test\nVERSION=\"9 (Nine)\"\nPRETTY_NAME=\"Test 9\"\n"},
		}},
		{Name: "kernel", Version: "6.1", Arch: "x86_64", Files: []rpmtest.File{
			{Path: "/usr/lib/modules/6.1-1.x86_64/vmlinuz", Body: "vmlinuz 6.1", Mode: 0o755}, {Path: "/usr/lib/modules/6.1-1.x86_64/initramfs.img", Body: "initramfs"},
		}},
		{Name: "app", Requires: []string{"setup", "lib >= 1"}, Recommends: []string{"extra"}, Files: []rpmtest.File{
			{Path: "/usr/bin/app", Body: "app\n", Mode: 0o755}, {Path: "/usr/share/doc/app/README", Body: "doc\n", Doc: true},
			{Path: "/usr/lib/systemd/system/app.service", Body: "[Service]\n"}, {Path: "/usr/lib/systemd/system/multi-user.target", Body: "[Unit]\n"},
			{Path: "/usr/share/junk", Body: "junk"}, {Path: "/usr/share/app/one", Body: "1"}, {Path: "/usr/share/app/two", Body: "2"},
			{Path: "/var/lib/app", Dir: true},
		}},
		{Name: "lib", Provides: []string{"libsomething"}, Files: []rpmtest.File{{Path: "/usr/lib64/lib.so", Body: "lib"}}},
		{Name: "extra", Files: []rpmtest.File{{Path: "/usr/bin/extra", Body: "extra"}}},
		{Name: "script", Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("true")}, NoAutoRequires: true},
		{Name: "vendor", Files: []rpmtest.File{{Path: "/opt/vendor/app", Body: "v"}}},
		{Name: "policy", Files: []rpmtest.File{{Path: "/etc/selinux/targeted/policy/policy.33", Body: "p"}}},
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), target: ostreetest.NewRepo(t, ostree.ModeArchive), packages: systemPackages()}
	w.publish()
	return w
}

func (w *world) publish() {
	require.NoError(w.t, os.RemoveAll(filepath.Join(w.dir, "rpms")))
	require.NoError(w.t, rpmtest.WriteRepo(w.t.Context(), filepath.Join(w.dir, "rpms"), w.packages...))
}

func (w *world) write(name, text string) string {
	path := filepath.Join(w.dir, name)
	require.NoError(w.t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

const plainTree = `
ref: test/${basearch}
repos: [base]
packages: [filesystem, setup, app]
recommends: false
`

func (w *world) load(text string) *treefile.Treefile {
	w.t.Helper()
	tf, err := treefile.Load(w.write("os.yaml", text), &treefile.Options{BaseArch: "x86_64"})
	require.NoError(w.t, err)
	return tf
}

func (w *world) compose(text string, edit func(*Options)) (*Result, error) {
	w.t.Helper()
	r := repo.New("base", "file://"+filepath.Join(w.dir, "rpms"))
	o := &Options{Repo: w.target, CacheDir: filepath.Join(w.dir, "cache"), Repos: []*repo.Repo{r}, Timestamp: epoch}
	if edit != nil {
		edit(o)
	}
	return Compose(w.t.Context(), w.load(text), o)
}

// files lists a commit without directories of mode 0755 and the package
// database.
func (w *world) files(c ostree.Checksum) map[string]string {
	all := ostreetest.List(w.t, w.target, c)
	for name := range all {
		if strings.HasSuffix(name, "/") && strings.Contains(name, "usr/") || strings.HasPrefix(name, "usr/share/rpm/") ||
			strings.HasPrefix(name, "usr/lib/sysimage/") || strings.HasPrefix(name, "usr/lib/rpm") {
			delete(all, name)
		}
	}
	return all
}

func TestComposePlain(t *testing.T) {
	w := newWorld(t)
	res, err := w.compose(plainTree, nil)
	require.NoError(t, err)
	require.Equal(t, "test/x86_64", res.Ref)
	head, err := w.target.ResolveRev(t.Context(), res.Ref)
	require.NoError(t, err)
	require.Equal(t, res.Commit, head)
	var names []string
	for _, n := range res.Packages {
		names = append(names, n.String())
	}
	require.Equal(t, []string{"app-1.0-1.noarch", "filesystem-1.0-1.noarch", "lib-1.0-1.noarch", "setup-1.0-1.noarch"}, names)

	got := w.files(res.Commit)
	for name, text := range map[string]string{
		"home -> var/home": "", "root -> var/roothome": "", "opt -> var/opt": "", "srv -> var/srv": "", "mnt -> var/mnt": "", "media -> run/media": "",
		"ostree -> sysroot/ostree": "", "tmp -> sysroot/tmp": "", "bin -> usr/bin": "", "lib -> usr/lib": "", "lib64 -> usr/lib64": "", "sbin -> usr/sbin": "",
		"boot/": "", "dev/": "", "proc/": "", "run/": "", "sys/": "", "sysroot/": "", "var/": "", "usr/local -> ../var/usrlocal": "",
		"usr/bin/app mode=0755": "app\n", "usr/etc/default/useradd": "GROUP=100\nHOME=/var/home\n", "usr/etc/machine-id mode=0444": "",
		"usr/share/doc/app/README": "doc\n",
	} {
		require.Contains(t, got, name)
		require.Equal(t, text, got[name], name)
	}
	require.Contains(t, got["usr/lib/tmpfiles.d/rpm-ostree-autovar.conf"], "d /var/lib/app 0755 root root - -\n")
	require.Contains(t, got["usr/lib/tmpfiles.d/rpm-ostree-0-integration.conf"], "d /var/home 0755 root root - -\n")
	require.Contains(t, got["usr/share/rpm-ostree/treefile.json"], `"ref":"test/x86_64"`)
}

func TestComposeTreefileKeys(t *testing.T) {
	w := newWorld(t)
	w.write("motd", "welcome\n")
	res, err := w.compose(plainTree+`
documentation: false
releasever: 9
units: [app.service]
default-target: multi-user.target
add-files: [[motd, /etc/motd]]
remove-files: [usr/share/junk, /nowhere]
remove-from-packages: [[^app$, /usr/share/app/o.*]]
exclude-packages: [extra]
tmp-is-dir: true
mutate-os-release: "${releasever}"
automatic-version-prefix: "${releasever}"
opt-usrlocal: root
add-commit-metadata: {stream: stable, n: 3, flags: [a, b]}
container-cmd: [/usr/bin/bash]
boot-location: modules
repo-packages: [{repo: base, packages: [kernel]}]
`, func(o *Options) {
		o.AddMetadata = gvariant.NewDict()
		o.AddMetadata.Set("given", gvariant.NewBool(true))
	})
	require.NoError(t, err)
	got := w.files(res.Commit)
	for name, text := range map[string]string{
		"usr/etc/systemd/system/multi-user.target.wants/app.service -> /usr/lib/systemd/system/app.service": "",
		"usr/etc/systemd/system/default.target -> /usr/lib/systemd/system/multi-user.target":                "",
		"usr/etc/motd": "welcome\n", "usr/share/app/two": "2", "tmp/ mode=01777": "", "opt/": "",
		"usr/lib/os-release":                             "NAME=Test\nVERSION=\"9 (Nine)\"\nPRETTY_NAME=\"Test 9\"\nOSTREE_VERSION='9'\n",
		"usr/lib/modules/6.1-1.x86_64/vmlinuz mode=0755": "vmlinuz 6.1",
	} {
		require.Contains(t, got, name)
		require.Equal(t, text, got[name], name)
	}
	for _, name := range []string{"usr/share/junk", "usr/share/app/one", "usr/share/doc/app/README", "usr/bin/extra"} {
		require.NotContains(t, got, name)
	}
	for name := range got {
		require.False(t, strings.HasPrefix(name, "usr/lib/ostree-boot"), name)
	}
	c, err := w.target.LoadCommit(t.Context(), res.Commit)
	require.NoError(t, err)
	require.Equal(t, epoch.Unix(), c.Timestamp.Unix())
	show := map[string]string{}
	for _, key := range c.Metadata.Keys() {
		v, _ := c.Metadata.Get(key)
		show[key] = v.String()
	}
	require.Len(t, show["rpmostree.inputhash"], 66)
	delete(show, "rpmostree.inputhash")
	delete(show, "rpmostree.rpmmd-repos")
	want := map[string]string{
		"version": "'9'", "stream": "'stable'", "n": "int64 3", "flags": "['a', 'b']", "given": "true",
		"ostree.bootable": "true", "ostree.linux": "'6.1-1.x86_64'", "ostree.container-cmd": "['/usr/bin/bash']",
		"rpmostree.rpmdb.pkglist": "[('app', '0', '1.0', '1', 'noarch'), ('filesystem', '0', '1.0', '1', 'noarch'), ('kernel', '0', '6.1', '1', 'x86_64')," +
			" ('lib', '0', '1.0', '1', 'noarch'), ('setup', '0', '1.0', '1', 'noarch')]",
	}
	if diff := cmp.Diff(want, show); diff != "" {
		t.Error(diff)
	}
}

func TestComposeBootLocationNew(t *testing.T) {
	w := newWorld(t)
	res, err := w.compose(plainTree+"packages-x86_64: [kernel]\nboot-location: new\n", nil)
	require.NoError(t, err)
	got := w.files(res.Commit)
	var boot []string
	for name := range got {
		if rest, ok := strings.CutPrefix(name, "usr/lib/ostree-boot/"); ok {
			boot = append(boot, rest)
		}
	}
	// The file names carry sha256(kernel, initramfs); the initramfs has been
	// completed with device nodes.
	require.Len(t, boot, 2)
	require.Contains(t, strings.Join(boot, " "), "vmlinuz-6.1-1.x86_64-")
	require.Contains(t, strings.Join(boot, " "), "initramfs-6.1-1.x86_64.img-")
	initramfs := got["usr/lib/modules/6.1-1.x86_64/initramfs.img"]
	require.True(t, strings.HasPrefix(initramfs, "initramfs\x00\x00\x00\x00"))
	require.Equal(t, 0, strings.Index(initramfs, "\x1f\x8b")%4, "the second archive is aligned")
}

func TestComposeVersionsAndChanges(t *testing.T) {
	w := newWorld(t)
	tree := plainTree + "automatic-version-prefix: '9'\n"
	one, err := w.compose(tree, nil)
	require.NoError(t, err)
	require.Equal(t, "9", one.Version)
	same, err := w.compose(tree, nil)
	require.NoError(t, err)
	require.True(t, same.Unchanged)
	require.True(t, same.Commit.IsZero())
	require.Equal(t, "9", same.Version)

	two, err := w.compose(tree, func(o *Options) { o.ForceNoCache = true })
	require.NoError(t, err)
	require.False(t, two.Unchanged)
	require.Equal(t, "9.1", two.Version)
	commit, err := w.target.LoadCommit(t.Context(), two.Commit)
	require.NoError(t, err)
	require.Equal(t, one.Commit, commit.Parent)
	require.Equal(t, one.InputHash, two.InputHash)

	w.packages[4].Version = "2.0" // lib
	w.publish()
	three, err := w.compose(tree, func(o *Options) { o.NoParent, o.NoRef = true, true })
	require.NoError(t, err)
	require.Equal(t, "9.2", three.Version)
	require.NotEqual(t, two.InputHash, three.InputHash)
	commit, err = w.target.LoadCommit(t.Context(), three.Commit)
	require.NoError(t, err)
	require.True(t, commit.Parent.IsZero())
	head, err := w.target.ResolveRev(t.Context(), "test/x86_64")
	require.NoError(t, err)
	require.Equal(t, two.Commit, head, "the ref was to be left alone")
}

// TestComposeIsReproducible builds in another place, with another cache.
func TestComposeIsReproducible(t *testing.T) {
	a, err := newWorld(t).compose(plainTree, nil)
	require.NoError(t, err)
	w := newWorld(t)
	_, err = w.compose(plainTree+"packages-x86_64: [kernel]\n", func(o *Options) { o.NoRef = true }) // fills the cache
	require.NoError(t, err)
	b, err := w.compose(plainTree, nil)
	require.NoError(t, err)
	require.Equal(t, a.Commit, b.Commit)
}

func TestComposeStops(t *testing.T) {
	w := newWorld(t)
	res, err := w.compose(plainTree, func(o *Options) { o.DryRun = true })
	require.NoError(t, err)
	require.Len(t, res.Packages, 4)
	require.True(t, res.Commit.IsZero())
	require.NoDirExists(t, filepath.Join(w.dir, "cache", cacheRepo))
	res, err = w.compose(plainTree, func(o *Options) { o.DownloadOnly = true })
	require.NoError(t, err)
	require.True(t, res.Commit.IsZero())
	require.DirExists(t, filepath.Join(w.dir, "cache", cacheRepo))
	refs, err := w.target.Refs(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, refs)
}

func TestComposePreservesUserNumbers(t *testing.T) {
	w := newWorld(t)
	w.packages = append(w.packages,
		&rpmtest.Package{Name: "b-daemon", Files: []rpmtest.File{{Path: "/usr/lib/sysusers.d/b.conf", Body: "u bd -\n"}, {Path: "/usr/lib/b", Body: "b", User: "bd", Group: "bd"}}},
		&rpmtest.Package{Name: "a-daemon", Files: []rpmtest.File{{Path: "/usr/lib/sysusers.d/a.conf", Body: "u ad -\n"}}})
	w.publish()
	one, err := w.compose(plainTree+"packages-x86_64: [b-daemon]\n", nil)
	require.NoError(t, err)
	require.Contains(t, w.files(one.Commit), "usr/lib/b uid=999 gid=999")
	two, err := w.compose(plainTree+"packages-x86_64: [b-daemon, a-daemon]\n", nil)
	require.NoError(t, err)
	got := w.files(two.Commit)
	require.Contains(t, got, "usr/lib/b uid=999 gid=999")
	require.Contains(t, got["usr/etc/passwd"], "ad:x:998:998")
	three, err := w.compose(plainTree+"packages-x86_64: [b-daemon, a-daemon]\npreserve-passwd: false\n", nil)
	require.NoError(t, err)
	require.Contains(t, w.files(three.Commit), "usr/lib/b uid=998 gid=998")
}

func TestComposeErrors(t *testing.T) {
	w := newWorld(t)
	for name, tc := range map[string]struct{ tree, want string }{
		"missing packages":  {plainTree + "packages-x86_64: [nosuch, neither]\n", "Packages not found: nosuch, neither"},
		"missing repo":      {"ref: a\nrepos: [other]\npackages: [app]\n", `repository "other" is not defined`},
		"repo-packages":     {plainTree + "repo-packages: [{repo: base, packages: [nosuch]}]\n", "nosuch (in base)"},
		"no packages":       {"ref: a\nrepos: [base]\n", "no packages"},
		"no ref":            {"repos: [base]\npackages: [app]\n", "no ref"},
		"bad ref":           {"ref: a//b\nrepos: [base]\npackages: [app]\n", "ref"},
		"excluded":          {plainTree + "exclude-packages: [lib]\n", "Could not depsolve transaction"},
		"unit":              {plainTree + "units: [nosuch.service]\n", "enable unit nosuch.service"},
		"scripts":           {plainTree + "packages-x86_64: [script]\n", "Package 'script' has a script in '%post'"},
		"postprocess":       {plainTree + "postprocess: ['echo hi']\n", "postprocess scripts need root and bubblewrap"},
		"opt":               {plainTree + "packages-x86_64: [vendor]\nopt-usrlocal: root\n", "opt-usrlocal: root is not supported together"},
		"layer":             {plainTree + "ostree-layers: [nosuch]\n", "layer nosuch"},
		"version separator": {plainTree + "automatic-version-prefix: '1'\nautomatic-version-suffix: xx\n", "not a single character"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.compose(tc.tree, nil)
			require.ErrorContains(t, err, tc.want)
			refs, rerr := w.target.Refs(t.Context(), nil)
			require.NoError(t, rerr)
			require.Empty(t, refs)
		})
	}
	_, err := w.compose(plainTree+"packages-x86_64: [script]\n", nil)
	require.ErrorIs(t, err, sandbox.ErrUnavailable)
}

func TestCheckNamesEveryKey(t *testing.T) {
	tf, err := treefile.Parse([]byte(`
gpg-key: X
lockfile-repos: [a]
ima: true
install-langs: [de]
opt-usrlocal: state-overlay
boot-location: kernel-install
check-passwd: {type: data, entries: {}}
cliwrap: true
rpmdb: ndb
finalize.d: x
repo-metadata: detached
sysusers: compose-forced
override-remove: [x]
initramfs: {regenerate: true}
platform-module: p
`), treefile.YAML)
	require.NoError(t, err)
	err = Check(tf)
	for _, key := range []string{"gpg-key", "lockfile-repos", "ima", "install-langs", "state-overlay", "kernel-install", "check-passwd", "cliwrap", "rpmdb: ndb", "finalize.d",
		"repo-metadata", "sysusers", "override-remove", "initramfs", "platform-module"} {
		require.ErrorContains(t, err, key)
	}
	var one *UnsupportedKeyError
	require.True(t, errors.As(err, &one))
	require.NoError(t, Check(&treefile.Treefile{InstallLangs: []string{"all"}}))
}

func TestComposeLayers(t *testing.T) {
	w := newWorld(t)
	ostreetest.Write(t, w.target, "layer", map[string]string{"usr/share/layer": "l"})
	ostreetest.Write(t, w.target, "override", map[string]string{"usr/share/junk": "other"})
	res, err := w.compose(plainTree+"ostree-layers: [layer]\nostree-override-layers: [override]\n", nil)
	require.NoError(t, err)
	got := w.files(res.Commit)
	require.Equal(t, "l", got["usr/share/layer"])
	require.Equal(t, "other", got["usr/share/junk"])
}

func TestComposeCancelled(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Compose(ctx, w.load(plainTree), &Options{
		Repo: w.target, CacheDir: filepath.Join(w.dir, "cache"),
		Repos: []*repo.Repo{repo.New("base", "file://"+filepath.Join(w.dir, "rpms"))},
	})
	require.ErrorIs(t, err, context.Canceled)
}
