package sysroot_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/atomicfs/crashtest"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// crashOptions sync, because the syncs are steps of the protocol.
func crashOptions(dir string) *sysroot.Options {
	o := sysroottest.Options(dir)
	o.NoSync = false
	return o
}

func withSysroot(dir string, fn func(s *sysroot.Sysroot) error) error {
	s, err := sysroot.Open(context.Background(), dir, crashOptions(dir))
	if err != nil {
		return err
	}
	defer s.Close()
	return fn(s)
}

// world is a root with one or more deployments and a commit to go to.
type world struct {
	trees map[string]sysroottest.Tree // by version
	next  ostree.Checksum
}

func (w *world) setup(deployed []string, next string) func(t testing.TB, dir string) {
	return func(t testing.TB, dir string) {
		sysroottest.Init(t, dir, sysroottest.Mode())
		require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
			for _, v := range deployed {
				c := sysroottest.Commit(t, s.Repo(), "test/main", v, w.trees[v])
				r := sysroot.DeployRequest{Stateroot: osName, Commit: c, Origin: sysroot.NewOrigin("test/main"), Retain: true}
				if v == deployed[0] {
					r.KernelArgs = kargs.New("quiet")
				}
				d, err := s.Deploy(context.Background(), r, nil)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(d.Path(s), "etc/mine"), []byte("mine"), 0o644); err != nil {
					return err
				}
			}
			w.next = sysroottest.Commit(t, s.Repo(), "test/main", next, w.trees[next])
			return nil
		}))
	}
}

// bootable judges as the machine would: the default entry boots a complete
// system of one of the allowed versions.
func (w *world) bootable(t testing.TB, dir string, allowed ...string) string {
	t.Helper()
	checks, err := sysroot.Verify(context.Background(), dir)
	require.NoError(t, err)
	require.NotEmpty(t, checks)
	for _, c := range checks {
		require.NoError(t, c.Err, "entry %s", c.File)
	}
	root := filepath.Join(dir, "ostree/deploy", checks[0].Stateroot, "deploy", checks[0].Deployment)
	version := strings.TrimPrefix(strings.TrimSpace(must(os.ReadFile(filepath.Join(root, "etc/os.conf")))), "version=")
	require.Contains(t, allowed, version)
	for p, content := range w.trees[version] { // nothing of it is missing or of another version
		if content == "dir" || strings.HasPrefix(content, "-> ") {
			_, err := os.Lstat(filepath.Join(root, p))
			require.NoError(t, err)
			continue
		}
		require.Equal(t, content, must(os.ReadFile(filepath.Join(root, p))), p)
	}
	require.Equal(t, "mine", must(os.ReadFile(filepath.Join(root, "etc/mine"))))
	require.Contains(t, must(os.ReadFile(filepath.Join(dir, "boot/loader/entries", checks[0].File))), "quiet")
	return version
}

func must(b []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// clean requires that only what deployments use is left.
func clean(t testing.TB, dir string, deployments int) {
	t.Helper()
	count := func(pattern string) int {
		m, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		return len(m)
	}
	require.Equal(t, deployments, count("ostree/deploy/testos/deploy/*.[0-9]"))
	require.Equal(t, deployments, count("ostree/deploy/testos/deploy/*.origin"))
	require.Equal(t, deployments, count("ostree/deploy/testos/backing/*"))
	require.Equal(t, 2, count("boot/loader*"), "the link and its target")
	require.Equal(t, 2, count("ostree/boot.*"), "the link and its target")
	require.Equal(t, deployments, count("boot/loader/entries/*.conf"))
	require.Equal(t, deployments, count("ostree/repo/refs/heads/ostree/*/*/*"))
	require.Zero(t, count("ostree/.tmp-*")+count("boot/.tmp-*")+count("ostree/deploy/testos/deploy/.tmp-*"))
	require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
		require.Empty(t, s.Problems())
		require.Len(t, s.Deployments(), deployments)
		return nil
	}))
}

func deployOp(w *world) func(ctx context.Context, dir string) error {
	return func(ctx context.Context, dir string) error {
		return withSysroot(dir, func(s *sysroot.Sysroot) error {
			_, err := s.Deploy(ctx, sysroot.DeployRequest{Stateroot: osName, Commit: w.next, Origin: sysroot.NewOrigin("test/main")}, nil)
			return err
		})
	}
}

// againUnless repeats op if the crash was before the commit point, and otherwise
// only cleans up, as the next start of a tool does.
func againUnless(version string, op func(ctx context.Context, dir string) error) func(ctx context.Context, dir string) error {
	return func(ctx context.Context, dir string) error {
		done := false
		err := withSysroot(dir, func(s *sysroot.Sysroot) error {
			v, err := s.Version(ctx, s.Deployments()[0])
			if done = v == version; err != nil || !done {
				return err
			}
			return s.Cleanup(ctx, nil)
		})
		if err != nil || done {
			return err
		}
		return op(ctx, dir)
	}
}

// stride prepares for a crash test and returns its density. Syncs are real
// steps, so a memory file system saves most of the time.
func stride(t *testing.T) int {
	const shm = "/dev/shm"
	var st unix.Statfs_t
	if unix.Access(shm, unix.W_OK) == nil && unix.Statfs(shm, &st) == nil && st.Bavail > 256<<20/uint64(st.Bsize) { // containers may have little
		t.Setenv("TMPDIR", shm)
	}
	if testing.Short() {
		return 7
	}
	return 1
}

func versionedWorld() *world {
	return &world{trees: map[string]sysroottest.Tree{
		"1":  sysroottest.OS("1", "6.1"),
		"2":  sysroottest.OS("2", "6.1"),
		"3":  sysroottest.OS("3", "6.3"),
		"1b": sysroottest.OS("1b", "6.1"),
	}}
}

// The first deployment fills /var completely or not at all.
func TestCrashFillVar(t *testing.T) {
	w := &world{trees: map[string]sysroottest.Tree{
		"1": sysroottest.OS("1", "6.1").With(sysroottest.Tree{"var": "", "var/lib/a": "a", "var/lib/b": "b", "var/www/c": "c"}),
	}}
	seeded := func(dir string) []string {
		var got []string
		for _, name := range []string{"lib/a", "lib/b", "www/c", "tmp", "lock"} {
			if _, err := os.Lstat(filepath.Join(dir, "ostree/deploy/testos/var", name)); err == nil {
				got = append(got, name)
			}
		}
		return got
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: w.setup(nil, "1"), Op: deployOp(w), Stride: stride(t),
		Check: func(t testing.TB, dir string, died bool) {
			if n := len(seeded(dir)); n != 5 && (n != 0 || !died) {
				t.Errorf("/var has %v", seeded(dir))
			}
		},
		Final: func(t testing.TB, dir string) {
			require.Len(t, seeded(dir), 5)
			left, err := filepath.Glob(filepath.Join(dir, "ostree/.tmp-*"))
			require.NoError(t, err)
			require.Empty(t, left)
		},
	})
}

// An upgrade with a new kernel, which displaces an older deployment.
func TestCrashDeployFullSwap(t *testing.T) {
	w := versionedWorld()
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: w.setup([]string{"1", "2"}, "3"), Op: deployOp(w), Stride: stride(t),
		Check: func(t testing.TB, dir string, died bool) { w.bootable(t, dir, "2", "3") },
		Retry: againUnless("3", deployOp(w)),
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "3")
			clean(t, dir, 2)
		},
	})
}

// A switch of the bootlinks alone: same kernel, arguments and version.
func TestCrashDeployLinkSwap(t *testing.T) {
	w := versionedWorld()
	w.trees["1b"] = w.trees["1"].With(sysroottest.Tree{"usr/bin/tool": "rebuilt", "usr/etc/os.conf": "version=1b\n"})
	setup := func(t testing.TB, dir string) {
		w.setup([]string{"1", "1"}, "1")(t, dir)
		require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
			w.next = sysroottest.Commit(t, s.Repo(), "test/main", "1", w.trees["1b"])
			return nil
		}))
	}
	op := deployOp(w)
	retry := func(ctx context.Context, dir string) error {
		done := false
		err := withSysroot(dir, func(s *sysroot.Sysroot) error {
			done = s.Deployments()[0].Commit == w.next
			return s.Cleanup(ctx, nil)
		})
		if err != nil || done {
			return err
		}
		return op(ctx, dir)
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: setup, Op: op, Stride: stride(t), Retry: retry,
		Check: func(t testing.TB, dir string, died bool) { w.bootable(t, dir, "1", "1b") },
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "1b")
			clean(t, dir, 2)
		},
	})
}

func TestCrashRollback(t *testing.T) {
	w := versionedWorld()
	op := func(ctx context.Context, dir string) error {
		return withSysroot(dir, func(s *sysroot.Sysroot) error { return s.Rollback(ctx, osName) })
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: w.setup([]string{"1", "3"}, "3"), Op: op, Stride: stride(t),
		Check: func(t testing.TB, dir string, died bool) { w.bootable(t, dir, "1", "3") },
		Retry: againUnless("1", op),
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "1")
			clean(t, dir, 2)
		},
	})
}

// A full disk or an I/O error at any step leaves a system that boots, and the
// next run completes.
func TestFaultsDeploy(t *testing.T) {
	w := versionedWorld()
	crashtest.Faults(t, crashtest.Scenario{
		CloneSetup: true, Setup: w.setup([]string{"1", "2"}, "3"), Op: deployOp(w), Stride: max(3, stride(t)),
		Check: func(t testing.TB, dir string, died bool) { w.bootable(t, dir, "2", "3") },
		Retry: againUnless("3", deployOp(w)),
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "3")
			clean(t, dir, 2)
		},
	}, unix.ENOSPC)
}

// An overlay initrd is complete before an entry names it, and the one of a
// deployment that is gone goes too.
func TestCrashDeployOverlayInitrd(t *testing.T) {
	w := versionedWorld()
	source := filepath.Join(t.TempDir(), "overlay")
	require.NoError(t, os.WriteFile(source, []byte("cpio of 3"), 0o600))
	op := func(ctx context.Context, dir string) error {
		return withSysroot(dir, func(s *sysroot.Sysroot) error {
			_, err := s.Deploy(ctx, sysroot.DeployRequest{
				Stateroot: osName, Commit: w.next, Origin: sysroot.NewOrigin("test/main"), OverlayInitrds: []string{source},
			}, nil)
			return err
		})
	}
	setup := func(t testing.TB, dir string) {
		w.setup([]string{"1"}, "2")(t, dir)
		old := filepath.Join(t.TempDir(), "overlay")
		require.NoError(t, os.WriteFile(old, []byte("cpio of 2"), 0o600))
		require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
			// two of them, so that the next one displaces one with an overlay
			for _, v := range []string{"2", "1b"} {
				_, err := s.Deploy(context.Background(), sysroot.DeployRequest{
					Stateroot: osName, Commit: sysroottest.Commit(t, s.Repo(), "test/main", v, w.trees[v]),
					Origin: sysroot.NewOrigin("test/main"), OverlayInitrds: map[string][]string{"2": {old}}[v],
				}, nil)
				if err != nil {
					return err
				}
			}
			w.next = sysroottest.Commit(t, s.Repo(), "test/main", "3", w.trees["3"])
			return nil
		}))
	}
	check := func(t testing.TB, dir string) {
		require.NoError(t, withSysroot(dir, func(s *sysroot.Sysroot) error {
			for _, d := range s.Deployments() {
				version, err := s.Version(context.Background(), d)
				require.NoError(t, err)
				for _, name := range d.OverlayInitrds() {
					require.Equal(t, "cpio of "+version, must(os.ReadFile(filepath.Join(dir, "boot", name))))
				}
				require.Equal(t, version == "2" || version == "3", len(d.OverlayInitrds()) == 1, version)
			}
			return nil
		}))
	}
	crashtest.Enumerate(t, crashtest.Scenario{
		CloneSetup: true, Setup: setup, Op: op, Stride: stride(t), Retry: againUnless("3", op),
		Check: func(t testing.TB, dir string, died bool) {
			w.bootable(t, dir, "1b", "3")
			check(t, dir)
		},
		Final: func(t testing.TB, dir string) {
			w.bootable(t, dir, "3")
			check(t, dir)
			clean(t, dir, 2)
			left, err := filepath.Glob(filepath.Join(dir, "boot/ostree/initramfs-overlays/*"))
			require.NoError(t, err)
			require.Len(t, left, 1)
			require.Equal(t, "cpio of 3", must(os.ReadFile(left[0])))
		},
	})
}
