package interop

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// composed is the result of a compose with everything the checks need.
type composed struct {
	repo     string // target repository
	checkout string
	result   *compose.Result
	tf       *treefile.Treefile
	reposDir string
}

// composeTree builds a treefile into an archive repository that the real
// command has made, has the real command verify and check it out.
func composeTree(t *testing.T, treefilePath, reposDir string, box sandbox.Sandbox) *composed {
	t.Helper()
	testenv.NeedTool(t, "ostree", "rpm", "dnf")
	testenv.NeedRoot(t) // to check out files of any owner
	tf, err := treefile.Load(treefilePath, nil)
	require.NoError(t, err)
	dir := t.TempDir()
	c := &composed{repo: realRepo(t, "archive"), checkout: filepath.Join(dir, "root"), tf: tf, reposDir: reposDir}
	c.result, err = compose.Compose(t.Context(), tf, &compose.Options{
		Repo: openRepo(t, c.repo), CacheDir: filepath.Join(dir, "cache"), ReposDir: reposDir, Sandbox: box, Timestamp: time.Unix(1700000000, 0),
	})
	require.NoError(t, err)
	testenv.Run(t, dir, "ostree", "--repo="+c.repo, "fsck")
	testenv.Run(t, dir, "ostree", "--repo="+c.repo, "checkout", tf.Ref, c.checkout)
	// As a deployment has it.
	testenv.Run(t, c.checkout, "cp", "-a", "usr/etc", "etc")
	return c
}

func sortedLines(text string) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	return lines
}

const nevraFormat = "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n"

// dnfSet lets dnf install the same packages into an empty root.
func (c *composed) dnfSet(t *testing.T) []string {
	t.Helper()
	root := t.TempDir()
	args := []string{
		"dnf", "-q", "-y", "--installroot=" + root, "--setopt=reposdir=" + c.reposDir, "--setopt=cachedir=" + filepath.Join(root, "cache"),
		"--disablerepo=*", "--setopt=tsflags=noscripts,notriggers,justdb", "--nogpgcheck", "--releasever=" + string(c.tf.ReleaseVer),
	}
	for _, id := range c.tf.Repos {
		args = append(args, "--enablerepo="+id)
	}
	if !treefile.Bool(c.tf.Recommends, true) {
		args = append(args, "--setopt=install_weak_deps=0")
	}
	testenv.Run(t, root, append(append(args, "install"), c.tf.Packages...)...)
	db := strings.TrimSpace(testenv.Run(t, root, "find", root, "-name", "rpmdb.sqlite"))
	return sortedLines(testenv.Run(t, root, "rpm", "-qa", "--dbpath", filepath.Dir(db), "--qf", nevraFormat))
}

// check compares the package sets and looks for complaints of rpm that the
// layout of images does not explain.
func (c *composed) check(t *testing.T) {
	t.Helper()
	dbpath := filepath.Join(c.checkout, "usr/share/rpm")
	got := sortedLines(testenv.Run(t, c.checkout, "rpm", "-qa", "--dbpath", dbpath, "--qf", nevraFormat))
	if diff := cmp.Diff(c.dnfSet(t), got); diff != "" {
		t.Errorf("packages differ from what dnf installs (-dnf +compose):\n%s", diff)
	}
	require.Len(t, c.result.Packages, len(got))
	out, err := command("rpm", "-Va", "--root", c.checkout, "--dbpath", "/usr/share/rpm")
	require.Error(t, err, "rpm -V fails when it has something to say, and about times it always has")
	reasons := map[string]int{}
	for line := range strings.Lines(out) {
		why := explain(strings.TrimRight(line, "\n"))
		if why == "" {
			t.Errorf("rpm -Va: %s", line)
		}
		reasons[why]++
	}
	t.Logf("rpm -Va: %v", reasons)
}

// explanations are the differences between a package and an image, as rpm -V
// words them, and why they are there.
var explanations = []struct{ pattern, why string }{
	{`^\.{7}T\. {1,4}.? /`, "files of a repository have no time of their own"},
	{`^missing {4,}.? (/var|/run|/home|/root|/srv|/media|/mnt|/opt|/usr/local)/`, "made by systemd-tmpfiles at boot"},
	{`^\.\.\.\.L\.\.[.T]\. {1,4}.? (/home|/media|/mnt|/opt|/root|/srv|/usr/local|/tmp)$`, "links into /var"},
	{`^\.M\.{5}[.T]\. {1,4}.? (/boot|/dev|/proc|/run|/sys|/var)$`, "mount points of the image"},
}

func explain(line string) string {
	for _, e := range explanations {
		if regexp.MustCompile(e.pattern).MatchString(line) {
			return e.why
		}
	}
	return ""
}

// TestComposeEqualsDNF builds a small world of our own packages.
func TestComposeEqualsDNF(t *testing.T) {
	dir := t.TempDir()
	pkgs := []*rpmtest.Package{
		{Name: "filesystem", Files: []rpmtest.File{
			{Path: "/usr", Dir: true}, {Path: "/usr/bin", Dir: true}, {Path: "/usr/lib", Dir: true}, {Path: "/bin", LinkTo: "usr/bin"},
			{Path: "/var", Dir: true}, {Path: "/home", Dir: true}, {Path: "/usr/local", Dir: true}, {Path: "/usr/local/bin", Dir: true}, {Path: "/etc", Dir: true},
		}},
		{Name: "setup", Requires: []string{"filesystem"}, Files: []rpmtest.File{
			{Path: "/etc/passwd", Body: "root:x:0:0:root:/root:/bin/sh\nd:x:5:5::/:/x\n", Config: true},
			{Path: "/etc/group", Body: "root:x:0:\nd:x:5:\n", Config: true},
		}},
		{Name: "app", Version: "1.0", Requires: []string{"setup", "(libone or libtwo)"}, Recommends: []string{"extra"}, Files: []rpmtest.File{
			{Path: "/usr/bin/app", Body: "app", Mode: 0o4755, User: "d", Group: "d"}, {Path: "/usr/bin/ping", Body: "p", Mode: 0o755, Caps: "cap_net_raw=ep"},
			{Path: "/usr/lib/app", Dir: true, Mode: 0o750, Group: "d"}, {Path: "/usr/lib/app/hard", Body: "h"}, {Path: "/usr/lib/app/link", Hardlink: "/usr/lib/app/hard"},
			{Path: "/usr/lib/app/sym", LinkTo: "hard"}, {Path: "/etc/app.conf", Body: "c", Config: true, Mode: 0o640, Group: "d"}, {Path: "/var/lib/app", Dir: true},
			{Path: "/usr/share/doc/app/README", Body: "doc", Doc: true}, {Path: "/usr/lib/app/ghost", Ghost: true, MissingOK: true},
		}},
		{Name: "app", Version: "1.1~rc1", Requires: []string{"setup", "nothing-provides-this"}},
		{Name: "libone", Version: "1"}, {Name: "libone", Version: "2", Epoch: 1}, {Name: "libtwo"}, {Name: "extra", Conflicts: []string{"libtwo"}},
	}
	require.NoError(t, rpmtest.WriteRepo(t.Context(), filepath.Join(dir, "rpms"), pkgs...))
	writeFile(t, filepath.Join(dir, "own.repo"), "[own]\nname=own\nbaseurl=file://"+filepath.Join(dir, "rpms")+"\ngpgcheck=0\n")
	for name, extra := range map[string]string{"strong": "recommends: false\n", "weak": "recommends: true\n", "nodocs": "documentation: false\n"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".yaml")
			writeFile(t, path, "ref: os/test\nreleasever: 1\nrepos: [own]\npackages: [filesystem, app]\n"+extra)
			composeTree(t, path, dir, nil).check(t)
		})
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// TestComposeWorld builds an image from real packages: RPMOSTREE_TEST_WORLD
// names a directory with treefile.yaml and the *.repo files it needs. Scriptlets
// run in bubblewrap. The initramfs is left out: it takes long, and small sets
// of packages do not have what dracut needs.
func TestComposeWorld(t *testing.T) {
	world := os.Getenv("RPMOSTREE_TEST_WORLD")
	if world == "" {
		t.Skip("RPMOSTREE_TEST_WORLD is not set")
	}
	testenv.NeedTool(t, "bwrap")
	testenv.NeedOverlay(t)
	path := filepath.Join(t.TempDir(), "tree.yaml")
	writeFile(t, path, "include: "+filepath.Join(world, "treefile.yaml")+"\nno-initramfs: true\n")
	c := composeTree(t, path, world, sandbox.Bwrap(nil))
	c.check(t)
	commit, err := openRepo(t, c.repo).LoadCommit(t.Context(), c.result.Commit)
	require.NoError(t, err)
	kernel, ok := commit.Metadata.String("ostree.linux")
	require.True(t, ok)
	require.FileExists(t, filepath.Join(c.checkout, "usr/lib/modules", kernel, "vmlinuz"))
	require.FileExists(t, filepath.Join(c.checkout, "etc/ld.so.cache"))
}

// TestComposeImageIsDeployable is about what a deployment needs of an image: see the
// "atomic upgrades" and "repository anatomy" chapters of the ostree manual.
func TestComposeImageIsDeployable(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	dir := t.TempDir()
	pkgs := []*rpmtest.Package{
		{Name: "filesystem", Files: []rpmtest.File{{Path: "/usr/bin", Dir: true}, {Path: "/bin", LinkTo: "usr/bin"}, {Path: "/usr/lib/os-release", Body: "NAME=Own\nPRETTY_NAME=\"Own 1\"\n"}, {Path: "/etc/own.conf", Body: "x"}}},
		{Name: "kernel", Files: []rpmtest.File{{Path: "/usr/lib/modules/6.1/vmlinuz", Body: "kernel"}, {Path: "/usr/lib/modules/6.1/initramfs.img", Body: "initramfs"}}},
	}
	require.NoError(t, rpmtest.WriteRepo(t.Context(), filepath.Join(dir, "rpms"), pkgs...))
	writeFile(t, filepath.Join(dir, "own.repo"), "[own]\nname=own\nbaseurl=file://"+filepath.Join(dir, "rpms")+"\n")
	for _, location := range []string{"modules", "new"} {
		t.Run(location, func(t *testing.T) {
			path := filepath.Join(dir, location+".yaml")
			writeFile(t, path, "ref: os/test\npackages: [filesystem, kernel]\nboot-location: "+location+"\n")
			c := composeTree(t, path, dir, nil)
			root := t.TempDir()
			testenv.Run(t, root, "ostree", "admin", "init-fs", root)
			testenv.Run(t, root, "ostree", "admin", "os-init", "own", "--sysroot="+root)
			testenv.Run(t, root, "ostree", "--repo="+filepath.Join(root, "ostree/repo"), "pull-local", c.repo, "os/test")
			testenv.Run(t, root, "ostree", "admin", "deploy", "--sysroot="+root, "--os=own", "os/test")
			deployed := strings.TrimSpace(testenv.Run(t, root, "find", filepath.Join(root, "ostree/deploy/own/deploy"), "-maxdepth", "1", "-name", "*.0"))
			require.FileExists(t, filepath.Join(deployed, "etc/own.conf"))
			boot := testenv.Run(t, root, "find", filepath.Join(root, "boot/ostree"), "-type", "f")
			require.Contains(t, boot, "vmlinuz-6.1")
			require.Contains(t, boot, "initramfs-6.1.img")
			// Undo the immutable flag so that the directory can be removed.
			testenv.Run(t, root, "chattr", "-i", deployed)
		})
	}
}
