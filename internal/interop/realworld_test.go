package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
)

// machineWorld is a vendor's image repository and a machine that follows it, with real tools as judges.
type machineWorld struct {
	t      *testing.T
	dir    string
	images string
	ref    string
	repos  map[string]string // directories of package repositories by id
	sys    *sysroot.Sysroot
}

func newMachineWorld(t *testing.T, ref string, repos map[string]string) *machineWorld {
	testenv.NeedTool(t, "ostree", "rpm", "dnf", "bwrap", "chattr")
	testenv.NeedRoot(t)
	testenv.NeedOverlay(t)
	return &machineWorld{t: t, dir: t.TempDir(), images: realRepo(t, "archive"), ref: ref, repos: repos}
}

// compose makes an image of the treefile from the named repositories.
func (w *machineWorld) compose(version, tree string, repos ...string) {
	w.t.Helper()
	path := filepath.Join(w.dir, "tree-"+version+".yaml")
	writeFile(w.t, path, tree)
	tf, err := treefile.Load(path, nil)
	require.NoError(w.t, err)
	tf.Repos = repos
	images := openRepo(w.t, w.images)
	_, err = compose.Compose(w.t.Context(), tf, &compose.Options{
		Repo: images, CacheDir: filepath.Join(w.dir, "cache"), Repos: w.defined(repos), Sandbox: sandbox.Bwrap(nil), Version: version,
	})
	require.NoError(w.t, err)
	require.NoError(w.t, images.UpdateSummary(w.t.Context(), nil))
}

func (w *machineWorld) defined(ids []string) []*repo.Repo {
	var out []*repo.Repo
	for _, id := range ids {
		out = append(out, repo.New(id, "file://"+w.repos[id]))
	}
	return out
}

// install lets the real ostree make the machine.
func (w *machineWorld) install() {
	w.t.Helper()
	root := filepath.Join(w.dir, "root")
	require.NoError(w.t, os.Mkdir(root, 0o755))
	run := func(argv ...string) { testenv.Run(w.t, w.dir, argv...) }
	run("ostree", "admin", "init-fs", root)
	run("ostree", "admin", "os-init", "own", "--sysroot="+root)
	run("ostree", "remote", "add", "--repo="+root+"/ostree/repo", "--no-gpg-verify", "vendor", "file://"+w.images)
	run("ostree", "pull", "--repo="+root+"/ostree/repo", "vendor", w.ref)
	run("ostree", "admin", "deploy", "--sysroot="+root, "--os=own", "--karg=root=LABEL=root", "vendor:"+w.ref)
	w.t.Cleanup(func() {
		found, _ := filepath.Glob(filepath.Join(root, "ostree/deploy/own/deploy/*.[0-9]"))
		for _, d := range found {
			testenv.Run(w.t, w.dir, "chattr", "-i", d) // so that it can be removed
		}
	})
	var err error
	w.sys, err = sysroot.Open(w.t.Context(), root, &sysroot.Options{MutableDeployments: true})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { w.sys.Close() })
}

func (w *machineWorld) request(r layering.Request, repos ...string) error {
	e := layering.NewEngine(w.sys, &layering.EngineOptions{
		Repos: w.defined(repos), CacheDir: filepath.Join(w.dir, "machine-cache"), Sandbox: sandbox.Bwrap(nil), NoRecommends: true,
	})
	p, err := e.Plan(w.t.Context(), r)
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = e.Apply(w.t.Context(), p, nil)
	return err
}

func (w *machineWorld) deployment() string { return w.sys.Deployments()[0].Path(w.sys) }

func (w *machineWorld) listed() []string {
	w.t.Helper()
	list, err := layering.CommitPackages(w.t.Context(), w.sys.Repo(), w.sys.Deployments()[0].Commit)
	require.NoError(w.t, err)
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s-%d:%s-%s.%s", n.Name, n.Epoch, n.Version, n.Release, n.Arch))
	}
	slices.Sort(out)
	return out
}

// judge has the real tools look at both repositories and at the newest deployment.
func (w *machineWorld) judge() {
	w.t.Helper()
	testenv.Run(w.t, w.dir, "ostree", "fsck", "--repo="+w.images)
	testenv.Run(w.t, w.dir, "ostree", "fsck", "--repo="+w.sys.Repo().Path())
	root := w.deployment()
	real := sortedLines(testenv.Run(w.t, w.dir, "rpm", "-qa", "--dbpath", filepath.Join(root, "usr/share/rpm"), "--qf", nevraFormat))
	if diff := cmp.Diff(w.listed(), real); diff != "" {
		w.t.Errorf("rpm -qa differs from the list of the commit (-list +rpm):\n%s", diff)
	}
	out, err := command("rpm", "-Va", "--root", root, "--dbpath", "/usr/share/rpm")
	_ = err // rpm -V fails whenever it has something to say
	reasons := map[string]int{}
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		why := explain(line)
		if why == "" {
			why = explainDeployment(line)
		}
		if why == "" {
			w.t.Errorf("rpm -Va: %s", line)
		}
		reasons[why]++
	}
	w.t.Logf("rpm -Va: %v", reasons)
}

// explainDeployment is about what only a machine has.
func explainDeployment(line string) string {
	for pattern, why := range map[string]string{
		`^S\.5\.{4}T\. {4}/usr/lib/modules/[^/]+/initramfs\.img$`: "completed with device nodes by the compose",
		`^missing {4,}. /boot/`:                                   "kernels are in /usr/lib/modules, and in /boot of the machine",
		`^missing +(/dev/|/usr/share/x/fifo$)`:                    "devices and pipes are not part of images",
		`^\.M\.{5}[.T]\. {4}/usr/share/x$`:                        "two packages disagree about a directory: the first has it",
		`^missing {3,}.? /var/`:                                   "made by systemd-tmpfiles at boot",
		`^missing {4,}.? /(var|run)$`:                             "made by the boot",
	} {
		if regexp.MustCompile(pattern).MatchString(line) {
			return why
		}
	}
	return ""
}

// dnf installs packages of an image and requests into an empty root and returns what that gives.
func (w *machineWorld) dnf(repos []string, packages ...string) []string {
	w.t.Helper()
	root := w.t.TempDir()
	args := []string{
		"dnf", "-q", "-y", "--installroot=" + root, "--setopt=reposdir=/nonexistent", "--setopt=cachedir=" + filepath.Join(root, "cache"), "--disablerepo=*",
		"--setopt=tsflags=noscripts,notriggers,justdb", "--setopt=install_weak_deps=0", "--nogpgcheck", "--releasever=1",
	}
	for _, id := range repos {
		args = append(args, "--repofrompath="+id+",file://"+w.repos[id], "--enablerepo="+id)
	}
	testenv.Run(w.t, root, append(append(args, "install"), packages...)...)
	db := strings.TrimSpace(testenv.Run(w.t, root, "find", root, "-name", "rpmdb.sqlite"))
	return sortedLines(testenv.Run(w.t, root, "rpm", "-qa", "--dbpath", filepath.Dir(db), "--qf", nevraFormat))
}

func (w *machineWorld) equalsDNF(repos []string, packages ...string) {
	w.t.Helper()
	if diff := cmp.Diff(w.dnf(repos, packages...), w.listed()); diff != "" {
		w.t.Errorf("packages differ from what dnf installs (-dnf +ours):\n%s", diff)
	}
}

// story installs an image, layers packages, upgrades and rolls back; the tools judge each step.
func (w *machineWorld) story(tree string, base, updated, packages, layered []string) {
	t := w.t
	w.compose("1", tree, base...)
	w.install()
	w.judge()
	first := w.listed()
	require.NoError(t, w.request(layering.Request{Install: layered}, base...))
	w.judge()
	w.equalsDNF(base, append(slices.Clone(packages), layered...)...)
	second := w.listed()
	require.Greater(t, len(second), len(first))
	w.compose("2", tree, updated...)
	require.NoError(t, w.request(layering.Request{Upgrade: true}, updated...))
	w.judge()
	w.equalsDNF(updated, append(slices.Clone(packages), layered...)...)
	require.NotEqual(t, second, w.listed())
	require.NoError(t, w.sys.Rollback(t.Context(), "own"))
	w.judge()
	require.Equal(t, second, w.listed())
}

// unchanged requires that a failed request leaves nothing behind.
func (w *machineWorld) unchanged(f func()) {
	w.t.Helper()
	state := func() string {
		return testenv.Run(w.t, w.dir, "sh", "-c", "ostree refs --repo=root/ostree/repo | sort; ls root/ostree/deploy/own/deploy root/ostree/repo/extensions/rpmostree/private 2>&1; true")
	}
	before := state()
	f()
	after := state()
	// The directory of scratch directories itself may come and go.
	clean := func(s string) string {
		return regexp.MustCompile(`(?m)^.*rpmostree/private.*\n`).ReplaceAllString(s, "")
	}
	require.Equal(w.t, strings.TrimSpace(clean(before)), strings.TrimSpace(clean(after)))
}

// TestMachineStory runs with packages of our own, whose scriptlets run in bubblewrap.
func TestMachineStory(t *testing.T) {
	dir := t.TempDir()
	busybox := staticShell(t)
	os1 := func(v string) []*rpmtest.Package {
		return []*rpmtest.Package{
			{Name: "filesystem", Files: []rpmtest.File{
				{Path: "/usr", Dir: true}, {Path: "/usr/bin", Dir: true}, {Path: "/usr/lib", Dir: true}, {Path: "/bin", LinkTo: "usr/bin"}, {Path: "/etc", Dir: true}, {Path: "/var", Dir: true},
				{Path: "/etc/passwd", Body: "root:x:0:0:root:/root:/bin/sh\nd:x:5:5::/:/x\n", Config: true}, {Path: "/etc/group", Body: "root:x:0:\nd:x:5:\n", Config: true},
				{Path: "/usr/lib/os-release", Body: "NAME=Own\nID=own\nPRETTY_NAME=\"Own\"\n"},
			}},
			{Name: "shell", Provides: []string{"/bin/sh"}, Requires: []string{"filesystem"}, Files: []rpmtest.File{{Path: "/usr/bin/busybox", Body: busybox, Mode: 0o755}, {Path: "/usr/bin/sh", LinkTo: "busybox"}, {Path: "/usr/bin/true", LinkTo: "busybox"}}},
			{Name: "kernel", Version: v, Arch: "x86_64", Files: []rpmtest.File{{Path: "/usr/lib/modules/6." + v + "/vmlinuz", Body: "kernel"}, {Path: "/usr/lib/modules/6." + v + "/initramfs.img", Body: "initramfs"}}},
			{Name: "app", Version: v, Requires: []string{"shell"}, Files: []rpmtest.File{{Path: "/usr/bin/app", Body: "app " + v, Mode: 0o755}}},
			{Name: "layer", Version: v, Requires: []string{"app", "layer-data"}, Files: []rpmtest.File{
				{Path: "/usr/bin/layer", Body: "l", Mode: 0o2755, Group: "d"}, {Path: "/etc/layer.conf", Body: "c", Config: true}, {Path: "/var/lib/layer", Dir: true},
			}, Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("echo $1 > /usr/lib/layer-post")}},
			{Name: "layer-data", Version: v, Files: []rpmtest.File{{Path: "/usr/share/layer", Dir: true}, {Path: "/usr/share/layer/data", Body: v}}},
			{Name: "failing", Scripts: rpmpkg.Scripts{Post: rpmtest.Shell("echo oops; exit 3")}, Files: []rpmtest.File{{Path: "/usr/bin/failing", Body: "x"}}},
		}
	}
	repos := map[string]string{"one": filepath.Join(dir, "one"), "two": filepath.Join(dir, "two")}
	require.NoError(t, rpmtest.WriteRepo(t.Context(), repos["one"], os1("1")...))
	require.NoError(t, rpmtest.WriteRepo(t.Context(), repos["two"], os1("2")...))
	w := newMachineWorld(t, "os/test", repos)
	packages := []string{"filesystem", "shell", "kernel", "app"}
	w.story("ref: os/test\nreleasever: 1\nrecommends: false\nselinux: false\npackages: ["+strings.Join(packages, ", ")+"]\nboot-location: modules\n",
		[]string{"one"}, []string{"one", "two"}, packages, []string{"layer"})
	data, err := os.ReadFile(filepath.Join(w.deployment(), "usr/lib/layer-post"))
	require.NoError(t, err)
	require.Equal(t, "1\n", string(data))
	w.unchanged(func() {
		err := w.request(layering.Request{Install: []string{"failing"}}, "one")
		require.ErrorContains(t, err, "Running %post for failing")
		require.ErrorContains(t, err, "3")
	})
}

// staticShell is a program that is a shell without any library.
func staticShell(t *testing.T) string {
	testenv.NeedTool(t, "busybox")
	path, err := command("sh", "-c", "command -v busybox")
	require.NoError(t, err)
	data, err := os.ReadFile(strings.TrimSpace(path))
	require.NoError(t, err)
	return string(data)
}

// TestMachineWorld does the same with real packages; see TestComposeWorld for RPMOSTREE_TEST_WORLD.
func TestMachineWorld(t *testing.T) {
	world := os.Getenv("RPMOSTREE_TEST_WORLD")
	if world == "" {
		t.Skip("RPMOSTREE_TEST_WORLD is not set")
	}
	repos := map[string]string{}
	for _, id := range []string{"base", "updates", "extras"} {
		repos[id] = filepath.Join(world, id)
	}
	tf, err := treefile.Load(filepath.Join(world, "treefile.yaml"), nil)
	require.NoError(t, err)
	w := newMachineWorld(t, tf.Ref, repos)
	// What the image is composed without is layered on the machine.
	layered := []string{"alternatives", "less", "tar"}
	packages := slices.DeleteFunc(slices.Clone(tf.Packages), func(p string) bool { return slices.Contains(layered, p) })
	tree := "ref: " + tf.Ref + "\nreleasever: \"" + string(tf.ReleaseVer) + "\"\nmachineid-compat: false\nrecommends: false\nselinux: false\n" +
		"tmp-is-dir: true\nboot-location: modules\nno-initramfs: true\npackages: [" + strings.Join(packages, ", ") + "]\n"
	w.story(tree, []string{"base"}, []string{"base", "updates"}, packages, layered)
	for names, refusal := range map[string]string{
		"x-files": "", "x-weak": "", "x-fifo": "", "x-epoch": "", "x-conflict-file": "", "x-files x-conflict-file": "",
		"x-scripts":  "unsupported script in '%triggerprein'",
		"x-rich":     "Package 'x-scripts' has (currently) unsupported script", // which it requires
		"x-failpre":  "Running %pre for x-failpre",
		"x-failpost": "Running %post for x-failpost",
	} {
		t.Run(names, func(t *testing.T) {
			w := *w
			w.t = t
			install := func() error {
				return w.request(layering.Request{Install: strings.Fields(names)}, "base", "extras")
			}
			if refusal != "" {
				w.unchanged(func() { require.ErrorContains(t, install(), refusal) })
				return
			}
			before := w.listed()
			require.NoError(t, install())
			w.judge()
			require.NoError(t, w.request(layering.Request{Uninstall: strings.Fields(names)}, "base", "extras"))
			require.Equal(t, before, w.listed())
		})
	}
}
