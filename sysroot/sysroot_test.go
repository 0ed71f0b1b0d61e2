package sysroot_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/etcmerge"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const osName = sysroottest.Stateroot

func deploy(t *testing.T, s *sysroot.Sysroot, c ostree.Checksum, change ...func(*sysroot.DeployRequest)) *sysroot.Deployment {
	t.Helper()
	r := sysroot.DeployRequest{Stateroot: osName, Commit: c, Origin: sysroot.NewOrigin("test/main")}
	for _, f := range change {
		f(&r)
	}
	d, err := s.Deploy(t.Context(), r, nil)
	require.NoError(t, err)
	return d
}

func commit(t *testing.T, s *sysroot.Sysroot, version, kernel string) ostree.Checksum {
	t.Helper()
	return sysroottest.Commit(t, s.Repo(), "test/main", version, sysroottest.OS(version, kernel))
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return string(b)
}

func write(t *testing.T, text string, parts ...string) {
	t.Helper()
	p := filepath.Join(parts...)
	require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
}

func versions(t *testing.T, s *sysroot.Sysroot) []string {
	t.Helper()
	var out []string
	for _, d := range s.Deployments() {
		v, err := s.Version(t.Context(), d)
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}

// The whole story: initialise, deploy, upgrade with changed /etc, roll back.
func TestDeployUpgradeRollback(t *testing.T) {
	s := sysroottest.New(t)
	root := s.Path()
	d1 := deploy(t, s, commit(t, s, "1", "6.1"), func(r *sysroot.DeployRequest) { r.KernelArgs = kargs.New("root=LABEL=r", "quiet") })
	require.Equal(t, "ostree/deploy/testos/deploy/"+d1.Name(), rel(t, root, d1.Path(s)))
	require.Equal(t, "version=1\n", read(t, d1.Path(s), "etc/os.conf"))
	require.Equal(t, "loader.1", readlink(t, root, "boot/loader"))
	require.Equal(t, "boot.1.1", readlink(t, root, "ostree/boot.1"))
	require.Equal(t, "title TestOS 1 (ostree:0)\nversion 1\noptions root=LABEL=r quiet ostree=/ostree/boot.1/testos/"+d1.BootCsum+"/0\n"+
		"linux /ostree/testos-"+d1.BootCsum+"/vmlinuz-6.1\ninitrd /ostree/testos-"+d1.BootCsum+"/initramfs-6.1.img\n",
		read(t, root, "boot/loader/entries/ostree-1.conf"))
	require.Equal(t, "[origin]\nrefspec=test/main\n", read(t, d1.Path(s)+".origin"))
	require.DirExists(t, filepath.Join(root, "ostree/deploy/testos/var/tmp"))

	write(t, "mine\n", d1.Path(s), "etc/keep.conf")
	write(t, "new\n", d1.Path(s), "etc/added/file")

	d2 := deploy(t, s, commit(t, s, "2", "6.2"))
	require.Equal(t, []string{"2", "1"}, versions(t, s))
	require.Equal(t, "version=2\n", read(t, d2.Path(s), "etc/os.conf"))
	require.Equal(t, "mine\n", read(t, d2.Path(s), "etc/keep.conf"))
	require.Equal(t, "new\n", read(t, d2.Path(s), "etc/added/file"))
	require.Equal(t, "root=LABEL=r quiet", d2.KernelArgs().String())
	require.Equal(t, "default\n", read(t, d2.Path(s), "usr/etc/keep.conf"), "the defaults are untouched")
	require.Equal(t, "loader.0", readlink(t, root, "boot/loader"))
	require.NoDirExists(t, filepath.Join(root, "boot/loader.1"))
	require.NoDirExists(t, filepath.Join(root, "ostree/boot.1.1"))

	require.NoError(t, s.Rollback(t.Context(), osName))
	require.Equal(t, []string{"1", "2"}, versions(t, s))
	checks, err := s.Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{d1.Name(), d2.Name()}, []string{checks[0].Deployment, checks[1].Deployment})

	// Another process sees the same.
	again := sysroottest.Open(t, root)
	require.Equal(t, []string{"1", "2"}, versions(t, again))
	require.Empty(t, again.Problems())

	// A third deployment displaces the one that is not the merge deployment.
	d3 := deploy(t, s, commit(t, s, "3", "6.2"))
	require.Equal(t, []string{"3", "1"}, versions(t, s))
	require.NoDirExists(t, d2.Path(s))
	require.Equal(t, 0, d3.BootSerial)
	refs, err := s.Repo().Refs(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, refs, 3, "test/main and one per deployment: %v", refs)
	ok, err := s.Repo().Has(t.Context(), ostree.ObjectName{Checksum: d2.Commit, Type: ostree.TypeCommit})
	require.NoError(t, err)
	require.False(t, ok, "pruned")
	require.NoFileExists(t, filepath.Join(root, "ostree/lock"))
}

func rel(t *testing.T, base, p string) string {
	t.Helper()
	r, err := filepath.Rel(base, p)
	require.NoError(t, err)
	return r
}

func readlink(t *testing.T, parts ...string) string {
	t.Helper()
	l, err := os.Readlink(filepath.Join(parts...))
	require.NoError(t, err)
	return l
}

// The same kernel, version and arguments: boot entries stay as they are, only
// the bootlinks move.
func TestSubbootSwapLeavesBootAlone(t *testing.T) {
	s := sysroottest.New(t)
	a := sysroottest.Commit(t, s.Repo(), "test/main", "1", sysroottest.OS("1", "6.1"))
	deploy(t, s, a)
	deploy(t, s, a)
	before, err := os.Stat(filepath.Join(s.Path(), "boot/loader/entries/ostree-2.conf"))
	require.NoError(t, err)
	state := s.BootState()

	b := sysroottest.Commit(t, s.Repo(), "test/main", "1", sysroottest.OS("1", "6.1").With(sysroottest.Tree{"usr/bin/tool": "other"}))
	var reports []string
	o := sysroottest.Options(s.Path())
	o.Notify = func(e sysroot.Event) { reports = append(reports, e.String()) }
	s2, err := sysroot.Open(t.Context(), s.Path(), o)
	require.NoError(t, err)
	defer s2.Close()
	d := deploy(t, s2, b)
	require.Equal(t, []string{"Copying /etc changes: 0 modified, 0 removed, 0 added",
		"Bootloader updated; bootconfig swap: no; bootversion: boot.0.0, deployment count change: 0"}, reports)
	require.Equal(t, state.BootVersion, s2.BootState().BootVersion)
	after, err := os.Stat(filepath.Join(s.Path(), "boot/loader/entries/ostree-2.conf"))
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after))
	checks, err := s2.Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, d.Name(), checks[0].Deployment)

	changed, err := s.Reload(t.Context())
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, d.Name(), s.Deployments()[0].Name())
	changed, err = s.Reload(t.Context())
	require.NoError(t, err)
	require.False(t, changed)
}

func TestRetention(t *testing.T) {
	s := sysroottest.New(t)
	for _, v := range []string{"1", "2", "3"} {
		deploy(t, s, commit(t, s, v, "6."+v), func(r *sysroot.DeployRequest) { r.Retain = true })
	}
	require.Equal(t, []string{"3", "2", "1"}, versions(t, s))
	require.NoError(t, s.Pin(t.Context(), 2, true))
	require.True(t, s.Deployments()[2].Pinned)
	deploy(t, s, commit(t, s, "4", "6.4"))
	require.Equal(t, []string{"4", "3", "1"}, versions(t, s), "2 is displaced, 1 is pinned")
	deploy(t, s, commit(t, s, "5", "6.5"), func(r *sysroot.DeployRequest) { r.NotDefault = true; r.Retain = true })
	require.Equal(t, []string{"4", "5", "3", "1"}, versions(t, s))
	require.NoError(t, s.SetDefault(t.Context(), 3))
	require.Equal(t, []string{"1", "4", "5", "3"}, versions(t, s))
	require.NoError(t, s.Undeploy(t.Context(), 1))
	require.Equal(t, []string{"1", "5", "3"}, versions(t, s))
	require.NoError(t, s.Pin(t.Context(), 0, false))
	require.Equal(t, "[origin]\nrefspec=test/main\n", read(t, s.Deployments()[0].Path(s)+".origin"))
	require.ErrorContains(t, s.Undeploy(t.Context(), 3), "out of range")
	require.ErrorContains(t, s.SetDefault(t.Context(), -1), "out of range")
}

func TestSetKernelArgs(t *testing.T) {
	s := sysroottest.New(t)
	d := deploy(t, s, commit(t, s, "1", "6.1"))
	require.NoError(t, s.SetKernelArgs(t.Context(), 0, kargs.New("a=1", "b")))
	require.Equal(t, "a=1 b", s.Deployments()[0].KernelArgs().String())
	require.True(t, s.Deployments()[0].Equal(d), "the deployment itself is the same")
	state := s.BootState()
	require.NoError(t, s.SetKernelArgs(t.Context(), 0, s.Deployments()[0].KernelArgs()))
	require.Equal(t, state.BootVersion, s.BootState().BootVersion, "no change of entries for equal arguments")
	require.Error(t, s.SetKernelArgs(t.Context(), 0, kargs.New("a=\n")))
}

func TestWriteSameListChangesNothing(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	state := s.BootState()
	require.NoError(t, s.WriteDeployments(t.Context(), s.Deployments(), nil))
	require.Equal(t, state, s.BootState())
	list := s.Deployments()
	require.ErrorContains(t, s.WriteDeployments(t.Context(), append(list, list...), nil), "listed twice")
	gone := list[0].Clone()
	gone.Serial = 7
	require.ErrorIs(t, s.WriteDeployments(t.Context(), []*sysroot.Deployment{gone}, nil), fs.ErrNotExist)
	require.NoError(t, s.WriteDeployments(t.Context(), nil, nil))
	require.Empty(t, s.Deployments())
	require.NoDirExists(t, list[0].Path(s))
}

func TestDeployRefuses(t *testing.T) {
	s := sysroottest.New(t)
	good := commit(t, s, "1", "6.1")
	base := sysroottest.OS("1", "6.1")
	tree := func(more sysroottest.Tree) ostree.Checksum {
		return sysroottest.Commit(t, s.Repo(), "bad", "1", base.With(more))
	}
	try := func(r sysroot.DeployRequest) error {
		_, err := s.Deploy(t.Context(), r, nil)
		return err
	}
	require.ErrorIs(t, try(sysroot.DeployRequest{Stateroot: "nope", Commit: good}), sysroot.ErrNoStateroot)
	for _, name := range []string{"", "..", "a/b", "a b", "-x", "a\nb"} {
		require.Error(t, try(sysroot.DeployRequest{Stateroot: name, Commit: good}), "%q", name)
	}
	require.Error(t, try(sysroot.DeployRequest{Stateroot: osName, Commit: ostree.Checksum{1}}))
	require.ErrorContains(t, try(sysroot.DeployRequest{Stateroot: osName, Commit: tree(sysroottest.Tree{"etc/x": "y"})}),
		"Tree contains both /etc and /usr/etc")
	require.ErrorIs(t, try(sysroot.DeployRequest{Stateroot: osName, Commit: tree(sysroottest.Tree{"usr/lib/modules/6.1/vmlinuz": ""})}),
		sysroot.ErrNoKernel)
	require.ErrorContains(t, try(sysroot.DeployRequest{Stateroot: osName, Commit: tree(sysroottest.Tree{"usr/lib/modules/6.2/vmlinuz": "k"})}),
		"two kernels in /usr/lib/modules: 6.1 and 6.2")
	require.ErrorContains(t, try(sysroot.DeployRequest{Stateroot: osName, Commit: tree(sysroottest.Tree{"usr/lib/os-release": "X=1\n"})}),
		"neither PRETTY_NAME nor ID")
	require.Empty(t, s.Deployments())
	require.NoError(t, s.Cleanup(t.Context(), nil))
	ents, err := os.ReadDir(filepath.Join(s.Path(), "ostree/deploy/testos/deploy"))
	require.NoError(t, err)
	require.Empty(t, ents, "nothing of the failures is left")
}

func TestEtcStates(t *testing.T) {
	s := sysroottest.New(t)
	base := sysroottest.OS("1", "6.1")
	for name, c := range map[string]struct {
		more sysroottest.Tree
		want string // of etc/os.conf, "" = no /etc
	}{
		"empty etc":    {sysroottest.Tree{"etc": "dir"}, "version=1\n"},
		"only etc":     {sysroottest.Tree{"usr/etc/os.conf": "", "usr/etc/keep.conf": "", "etc/os.conf": "x"}, "x"},
		"neither":      {sysroottest.Tree{"usr/etc/os.conf": "", "usr/etc/keep.conf": ""}, ""},
		"only usr/etc": {nil, "version=1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, s, sysroottest.Commit(t, s.Repo(), "etc", "1", base.With(c.more)), func(r *sysroot.DeployRequest) { r.NoMerge = true })
			if c.want == "" {
				require.NoDirExists(t, filepath.Join(d.Path(s), "etc"))
				return
			}
			require.Equal(t, c.want, read(t, d.Path(s), "etc/os.conf"))
			require.Equal(t, c.want, read(t, d.Path(s), "usr/etc/os.conf"))
			a, err := os.Stat(filepath.Join(d.Path(s), "etc/os.conf"))
			require.NoError(t, err)
			b, err := os.Stat(filepath.Join(d.Path(s), "usr/etc/os.conf"))
			require.NoError(t, err)
			require.False(t, os.SameFile(a, b), "/etc is a copy")
		})
	}
}

// A commit whose /etc is a link must not have the merge write where it leads.
func TestEtcLinkIsRefused(t *testing.T) {
	s := sysroottest.New(t)
	d := deploy(t, s, commit(t, s, "1", "6.1"))
	write(t, "mine", d.Path(s), "etc/keep.conf")
	outside := t.TempDir()
	base := sysroottest.OS("2", "6.1").With(sysroottest.Tree{"usr/etc/os.conf": "", "usr/etc/keep.conf": ""})
	for _, name := range []string{"etc", "usr/etc"} {
		bad := sysroottest.Commit(t, s.Repo(), "bad", "2", base.With(sysroottest.Tree{name: "-> " + outside}))
		_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: bad}, nil)
		require.ErrorIs(t, err, unix.ENOTDIR, name)
		left, err := os.ReadDir(outside)
		require.NoError(t, err)
		require.Empty(t, left, name)
	}
	good := commit(t, s, "3", "6.1")
	prepare := func(_ context.Context, root string) error { // nor one that appears later
		return errors.Join(os.RemoveAll(filepath.Join(root, "etc")), os.Symlink(outside, filepath.Join(root, "etc")))
	}
	_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: good}, &sysroot.DeployOptions{Prepare: prepare})
	require.ErrorIs(t, err, unix.ENOTDIR)
}

func TestEtcConflict(t *testing.T) {
	s := sysroottest.New(t)
	d := deploy(t, s, commit(t, s, "1", "6.1"))
	write(t, "mine", d.Path(s), "etc/thing")
	next := sysroottest.Commit(t, s.Repo(), "test/main", "2", sysroottest.OS("2", "6.1").With(sysroottest.Tree{"usr/etc/thing/x": "default"}))
	r := sysroot.DeployRequest{Stateroot: osName, Commit: next}
	_, err := s.Deploy(t.Context(), r, nil)
	var ce *etcmerge.ConflictError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, []etcmerge.Conflict{{Path: "thing"}}, ce.Conflicts)
	require.Equal(t, []string{"1"}, versions(t, s))

	d2, err := s.Deploy(t.Context(), r, &sysroot.DeployOptions{EtcPolicy: etcmerge.TakeDefault})
	require.NoError(t, err)
	require.Equal(t, "default", read(t, d2.Path(s), "etc/thing/x"))
	require.Equal(t, "test/main", d2.Origin.Refspec(), "the origin is inherited")

	diff, err := s.ConfigDiff(t.Context(), d)
	require.NoError(t, err)
	require.Equal(t, []etcmerge.Change{{Kind: etcmerge.Added, Path: "thing"}}, diff)
}

func TestUpdatedStampsAreRemoved(t *testing.T) {
	s := sysroottest.New(t)
	d := deploy(t, s, commit(t, s, "1", "6.1"))
	write(t, "", d.Path(s), "etc/.updated")
	write(t, "", s.Path(), "ostree/deploy/testos/var/.updated")
	d2 := deploy(t, s, commit(t, s, "2", "6.1"))
	require.NoFileExists(t, filepath.Join(d2.Path(s), "etc/.updated"))
	require.NoFileExists(t, filepath.Join(s.Path(), "ostree/deploy/testos/var/.updated"))
}

func TestVarIsFilledOnce(t *testing.T) {
	s := sysroottest.New(t)
	tree := sysroottest.OS("1", "6.1").With(sysroottest.Tree{"var": "", "var/lib/app/data": "seed", "usr/lib/tmpfiles.d/x.conf": "d /var/x\n"})
	deploy(t, s, sysroottest.Commit(t, s.Repo(), "test/main", "1", tree))
	stateVar := filepath.Join(s.Path(), "ostree/deploy/testos/var")
	require.Equal(t, "seed", read(t, stateVar, "lib/app/data"))
	require.NoDirExists(t, filepath.Join(stateVar, "tmp"), "tmpfiles.d is there")
	require.NoError(t, os.Remove(filepath.Join(stateVar, "lib/app/data")))
	deploy(t, s, sysroottest.Commit(t, s.Repo(), "test/main", "2", tree.With(sysroottest.Tree{"usr/bin/x": "2"})))
	require.NoFileExists(t, filepath.Join(stateVar, "lib/app/data"))
}

// One broken entry must not lock the administrator out; the next change
// removes it.
func TestDanglingEntry(t *testing.T) {
	s := sysroottest.New(t)
	d1 := deploy(t, s, commit(t, s, "1", "6.1"))
	d2 := deploy(t, s, commit(t, s, "2", "6.2"))
	require.NoError(t, os.RemoveAll(d2.Path(s)))
	write(t, "not an entry", s.Path(), "boot/loader/entries/ostree-9.conf")
	write(t, "title other\n", s.Path(), "boot/loader/entries/windows.conf")

	broken := sysroottest.Open(t, s.Path())
	require.Equal(t, []string{"1"}, versions(t, broken))
	require.Len(t, broken.Problems(), 2)
	_, err := broken.Verify(t.Context())
	require.Error(t, err)

	require.NoError(t, broken.WriteDeployments(t.Context(), broken.Deployments(), nil))
	require.Empty(t, broken.Problems())
	checks, err := broken.Verify(t.Context())
	require.NoError(t, err)
	require.Len(t, checks, 1)
	require.Equal(t, d1.Name(), checks[0].Deployment)
}

// What a boot entry that cannot be read leads to stays until the switch to a
// configuration without it: the machine may boot it.
func TestUnreadableEntryKeepsItsDeployment(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	d2 := deploy(t, s, commit(t, s, "2", "6.2"))
	entry := read(t, s.Path(), "boot/loader/entries/ostree-2.conf")
	write(t, "not an entry", s.Path(), "boot/loader/entries/ostree-2.conf")

	broken := sysroottest.Open(t, s.Path())
	require.Len(t, broken.Problems(), 1)
	bad := sysroottest.Commit(t, s.Repo(), "bad", "3", sysroottest.OS("3", "6.3").With(sysroottest.Tree{"usr/lib/modules/6.3/vmlinuz": ""}))
	_, err := broken.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: bad}, nil)
	require.ErrorIs(t, err, sysroot.ErrNoKernel)
	require.NoError(t, broken.Cleanup(t.Context(), nil))

	write(t, entry, s.Path(), "boot/loader/entries/ostree-2.conf")
	checks, err := sysroottest.Open(t, s.Path()).Verify(t.Context())
	require.NoError(t, err)
	require.Equal(t, d2.Name(), checks[0].Deployment)
	ok, err := s.Repo().Has(t.Context(), ostree.ObjectName{Checksum: d2.Commit, Type: ostree.TypeCommit})
	require.NoError(t, err)
	require.True(t, ok, "the commit is not pruned")
}

// A damaged origin file costs neither the deployment nor what the administrator
// has changed in its /etc.
func TestDamagedOrigin(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	d2 := deploy(t, s, commit(t, s, "2", "6.2"))
	write(t, "mine\n", d2.Path(s), "etc/keep.conf")
	write(t, "garbage", d2.Path(s)+".origin")

	broken := sysroottest.Open(t, s.Path())
	require.Len(t, broken.Problems(), 1)
	require.ErrorContains(t, broken.Problems()[0], d2.Name()+".origin: parse origin: line 1")
	require.Equal(t, []string{"2", "1"}, versions(t, broken))
	require.Nil(t, broken.Deployments()[0].Origin)
	require.ErrorContains(t, broken.Pin(t.Context(), 0, true), "parse origin: line 1")
	require.Equal(t, "garbage", read(t, d2.Path(s)+".origin"), "what an administrator can still repair is not replaced")
	d3 := deploy(t, broken, commit(t, s, "3", "6.3"))
	require.Equal(t, "mine\n", read(t, d3.Path(s), "etc/keep.conf"))
}

// Damage to what is not booted by default must not stop an upgrade.
func TestDamagedOlderDeployment(t *testing.T) {
	s := sysroottest.New(t)
	d1 := deploy(t, s, commit(t, s, "1", "6.1"))
	deploy(t, s, commit(t, s, "2", "6.2"))
	require.NoError(t, s.Pin(t.Context(), 1, true))
	require.NoError(t, os.RemoveAll(filepath.Join(d1.Path(s), "usr/lib/modules")))
	require.NoError(t, s.Repo().Delete(t.Context(), ostree.ObjectName{Checksum: d1.Commit, Type: ostree.TypeCommit}))
	entry := read(t, s.Path(), "boot/loader/entries/ostree-1.conf")
	write(t, strings.Replace(entry, "version 1", "version 0", 1), s.Path(), "boot/loader/entries/ostree-0.conf")
	require.NoError(t, os.Chtimes(filepath.Join(s.Path(), "ostree/deploy"), time.Time{}, time.Unix(1, 0)))

	d3, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s, "3", "6.3"), NoPrune: true}, nil)
	require.NoError(t, err)
	require.Equal(t, d3.Name(), s.Deployments()[0].Name())
	require.Len(t, s.Deployments(), 3, "the second entry of one deployment does not count")
	require.Empty(t, s.Problems())
	require.Contains(t, read(t, s.Path(), "boot/loader/entries/ostree-1.conf"), "/ostree/testos-"+d1.BootCsum+"/vmlinuz-6.1")
}

// A copied kernel file has its name only when its content is on disk, since the
// next operation takes a file of that name and size for complete.
func TestCopiedKernelFileIsSyncedFirst(t *testing.T) {
	s := sysroottest.New(t)
	o := sysroottest.Options(s.Path())
	o.NoSync = false
	synced, err := sysroot.Open(t.Context(), s.Path(), o)
	require.NoError(t, err)
	defer synced.Close()
	c := sysroottest.Commit(t, s.Repo(), "test/main", "1", sysroottest.OS("1", "6.1").With(sysroottest.Tree{"usr/lib/modules/6.1/dtb/board.dtb": "tree"}))
	var last atomicfs.Op
	seen := false
	ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, p string) error {
		if strings.HasSuffix(p, "/dtb/board.dtb") && (op == atomicfs.OpLink || op == atomicfs.OpRename) && strings.Contains(p, "boot/ostree") {
			seen = true
			require.Equal(t, atomicfs.OpFsync, last, "the step before the file appears")
		}
		last = op
		return nil
	})
	_, err = synced.Deploy(ctx, sysroot.DeployRequest{Stateroot: osName, Commit: c}, nil)
	require.NoError(t, err)
	require.True(t, seen)
}

// When the switch is done, trouble with the clean-up is not a failure.
func TestCleanupFailureIsNotAFailureToDeploy(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	swapped := false
	ctx := atomicfs.WithHook(t.Context(), func(op atomicfs.Op, _ string) error {
		if swapped && op == atomicfs.OpRmdir {
			return unix.EIO
		}
		swapped = swapped || op == atomicfs.OpExchange
		return nil
	})
	d, err := s.Deploy(ctx, sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s, "2", "6.2")}, nil)
	require.NoError(t, err)
	require.Equal(t, d.Name(), s.Deployments()[0].Name())
	require.ErrorIs(t, s.Cleanup(ctx, nil), unix.EIO)
	require.NoError(t, s.Cleanup(t.Context(), nil))
	require.NoDirExists(t, filepath.Join(s.Path(), "boot/loader.1"))
}

func TestVerifyFindsDamage(t *testing.T) {
	for name, damage := range map[string]func(s *sysroot.Sysroot, d *sysroot.Deployment) error{
		"kernel gone": func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return os.RemoveAll(filepath.Join(s.Path(), "boot/ostree"))
		},
		"bootlink gone": func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return os.Remove(filepath.Join(s.Path(), "ostree/boot.1"))
		},
		"tree kernel gone": func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return os.RemoveAll(filepath.Join(d.Path(s), "usr/lib/modules"))
		},
		"other initramfs": func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return replace(filepath.Join(d.Path(s), "usr/lib/modules/6.1/initramfs.img"))
		},
		"empty entry": func(s *sysroot.Sysroot, d *sysroot.Deployment) error {
			return os.Truncate(filepath.Join(s.Path(), "boot/loader/entries/ostree-1.conf"), 0)
		},
		"deployment is gone": func(s *sysroot.Sysroot, d *sysroot.Deployment) error { return os.RemoveAll(d.Path(s)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := sysroottest.New(t)
			d := deploy(t, s, commit(t, s, "1", "6.1"))
			_, err := s.Verify(t.Context())
			require.NoError(t, err)
			require.NoError(t, damage(s, d))
			_, err = s.Verify(t.Context())
			require.Error(t, err)
		})
	}
}

func replace(p string) error {
	return errors.Join(os.Remove(p), os.WriteFile(p, []byte("other"), 0o644))
}

func TestImmutable(t *testing.T) {
	testenv.NeedRoot(t)
	probe, err := dirfd.Open(t.TempDir())
	require.NoError(t, err)
	defer probe.Close()
	if err := probe.SetImmutable(".", true); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("no immutable flag: ", err) // the file system has none, or root in a container may not set it
	}
	require.NoError(t, probe.SetImmutable(".", false))
	s := sysroottest.New(t)
	o := sysroottest.Options(s.Path())
	o.MutableDeployments = false
	s2, err := sysroot.Open(t.Context(), s.Path(), o)
	require.NoError(t, err)
	defer s2.Close()
	d := deploy(t, s2, commit(t, s2, "1", "6.1"))
	require.Error(t, os.Mkdir(filepath.Join(d.Path(s2), "x"), 0o755))
	write(t, "x", d.Path(s2), "etc/x")
	require.NoError(t, s2.Undeploy(t.Context(), 0))
	require.NoDirExists(t, d.Path(s2))
}

func TestPrepareSeesAndChangesTheRoot(t *testing.T) {
	s := sysroottest.New(t)
	r := sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s, "1", "6.1")}
	d, err := s.Deploy(t.Context(), r, &sysroot.DeployOptions{Prepare: func(_ context.Context, root string) error {
		return os.WriteFile(filepath.Join(root, "etc/machine-id"), []byte("x"), 0o644)
	}})
	require.NoError(t, err)
	require.Equal(t, "x", read(t, d.Path(s), "etc/machine-id"))
	bad := errors.New("no")
	_, err = s.Deploy(t.Context(), r, &sysroot.DeployOptions{Prepare: func(context.Context, string) error { return bad }})
	require.ErrorIs(t, err, bad)
	require.Len(t, s.Deployments(), 1)
}

func TestLockIsExclusiveAndNests(t *testing.T) {
	s := sysroottest.New(t)
	other := sysroottest.Open(t, s.Path())
	unlock, err := s.Lock(t.Context(), nil)
	require.NoError(t, err)
	inner, err := s.Lock(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, inner())
	require.FileExists(t, filepath.Join(s.Path(), "ostree/lock"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err = other.Lock(ctx, cancel)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, unlock())
	require.NoError(t, unlock(), "twice is harmless")
	unlock, err = other.Lock(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, unlock())
}

// Roots that an unprivileged user can work on: files are shared with the
// repository and nothing is chowned or made immutable.
func TestUserModes(t *testing.T) {
	for _, mode := range []ostree.Mode{ostree.ModeBareUser, ostree.ModeBareUserOnly} {
		t.Run(mode.String(), func(t *testing.T) {
			dir := sysroottest.TempDir(t)
			if mode == ostree.ModeBareUser {
				testenv.NeedUserXattrs(t, dir)
			}
			sysroottest.Init(t, dir, mode)
			o := sysroottest.Options(dir)
			o.MutableDeployments = false
			s, err := sysroot.Open(t.Context(), dir, o)
			require.NoError(t, err)
			defer s.Close()
			d1 := deploy(t, s, commit(t, s, "1", "6.1"))
			write(t, "mine", d1.Path(s), "etc/keep.conf")
			d2 := deploy(t, s, commit(t, s, "2", "6.2"))
			require.Equal(t, "mine", read(t, d2.Path(s), "etc/keep.conf"))
			require.NoError(t, os.WriteFile(filepath.Join(d2.Path(s), "x"), nil, 0o644), "not immutable")
			var st unix.Stat_t
			require.NoError(t, unix.Stat(filepath.Join(d2.Path(s), "usr/bin/tool"), &st))
			require.EqualValues(t, 2, st.Nlink, "a hard link into the repository")
			_, err = s.Verify(t.Context())
			require.NoError(t, err)
		})
	}
}

func TestInitEpochs(t *testing.T) {
	for epoch, want := range [][]string{
		{"boot", "dev", "home", "ostree", "proc", "root", "run", "sys", "tmp"}, {"boot", "ostree"}, {"boot", "ostree"},
	} {
		dir := filepath.Join(t.TempDir(), "new", "root")
		for range 2 { // the second time is harmless
			require.NoError(t, sysroot.Init(t.Context(), dir, &sysroot.InitOptions{Epoch: epoch, RepoMode: sysroottest.Mode()}))
		}
		ents, err := os.ReadDir(dir)
		require.NoError(t, err)
		var names []string
		for _, e := range ents {
			names = append(names, e.Name())
		}
		require.Equal(t, want, names)
		st, err := os.Stat(filepath.Join(dir, "ostree"))
		require.NoError(t, err)
		require.Equal(t, epoch == 2, st.Mode().Perm() == 0o700)
	}
	require.Error(t, sysroot.Init(t.Context(), t.TempDir(), &sysroot.InitOptions{Epoch: 3}))
	_, err := sysroot.Open(t.Context(), t.TempDir(), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestOpenWithoutBootDirectory(t *testing.T) {
	s := sysroottest.New(t)
	require.NoError(t, os.Remove(filepath.Join(s.Path(), "boot")))
	s2 := sysroottest.Open(t, s.Path())
	require.Empty(t, s2.Deployments())
	_, err := s2.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s2, "1", "6.1")}, nil)
	require.ErrorContains(t, err, "no boot directory")
}

// A boot partition of its own: kernels are copied, and a lack of space is found
// before anything is built.
func TestSeparateBootPartition(t *testing.T) {
	testenv.NeedMounts(t)
	s := sysroottest.New(t)
	big := func(version, kernel string, size int) ostree.Checksum {
		return sysroottest.Commit(t, s.Repo(), "test/main", version, sysroottest.OS(version, kernel).With(sysroottest.Tree{
			"usr/lib/modules/" + kernel + "/vmlinuz": strings.Repeat("k", size)}))
	}
	boot := filepath.Join(s.Path(), "boot")
	require.NoError(t, unix.Mount("tmpfs", boot, "tmpfs", 0, "size=1m"))
	defer unix.Unmount(boot, 0)
	p := sysroottest.Open(t, s.Path())
	defer p.Close()
	d := deploy(t, p, big("1", "6.1", 500_000))
	installed := filepath.Join(boot, "ostree/testos-"+d.BootCsum, "vmlinuz-6.1")
	require.Equal(t, read(t, d.Path(p), "usr/lib/modules/6.1/vmlinuz"), read(t, installed))

	_, err := p.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: osName, Commit: big("2", "6.2", 600_000)}, nil)
	var ns *sysroot.NoSpaceError
	require.ErrorAs(t, err, &ns)
	require.ErrorIs(t, err, unix.ENOSPC)
	require.Greater(t, ns.Need, ns.Free)
	ents, err := os.ReadDir(filepath.Dir(d.Path(p)))
	require.NoError(t, err)
	require.Len(t, ents, 2, "nothing was built: the deployment and its origin")

	// The same kernel needs no space; a damaged copy of it is replaced.
	require.NoError(t, os.Truncate(installed, 5))
	deploy(t, p, sysroottest.Commit(t, p.Repo(), "test/main", "3", sysroottest.OS("3", "6.1").With(sysroottest.Tree{
		"usr/lib/modules/6.1/vmlinuz": strings.Repeat("k", 500_000)})))
	require.Equal(t, strings.Repeat("k", 500_000), read(t, installed))
	_, err = p.Verify(t.Context())
	require.NoError(t, err)
}

func TestCancelledDeployChangesNothing(t *testing.T) {
	s := sysroottest.New(t)
	deploy(t, s, commit(t, s, "1", "6.1"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Deploy(ctx, sysroot.DeployRequest{Stateroot: osName, Commit: commit(t, s, "2", "6.2")}, &sysroot.DeployOptions{
		Prepare: func(context.Context, string) error { cancel(); return nil }})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"1"}, versions(t, s))
	require.NoFileExists(t, filepath.Join(s.Path(), "ostree/lock"))
}
