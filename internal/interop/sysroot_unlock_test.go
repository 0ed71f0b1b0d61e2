package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// runningScript makes a deployment the running system of a mount namespace of its own, as the initramfs does, and runs
// commands as that system's. /boot is a copy on a file system that cannot be frozen, as the real command
// does with that of a running system. $D is the deployment, $P the physical root, $C the directory of the command and its
// libraries.
const runningScript = `set -e
mount --bind "$D" "$D"
mount --make-rshared "$D"
mount --bind "$P" "$D/sysroot"
mount -t tmpfs tmpfs "$D/boot"
cp -a "$P/boot/." "$D/boot/"
mount -t tmpfs tmpfs "$D/run"
mount -t proc proc "$D/proc"
mount --rbind /dev "$D/dev"
mount --bind "$P/ostree/deploy/$OS/var" "$D/var"
mkdir -p "$D/run/c" "$D/var/tmp"
touch "$D/run/ostree-booted"
mount --bind "$C" "$D/run/c"
run() { chroot "$D" /run/c/run "$@"; }
state() { run admin status | sed -n 's/^ *Unlocked: //p'; }
`

// inRunning runs a script of commands in a deployment of a root.
func inRunning(t *testing.T, root, program, script string) (string, error) {
	t.Helper()
	found, err := filepath.Glob(root + "/ostree/deploy/" + sysroottest.Stateroot + "/deploy/*.0")
	require.NoError(t, err)
	require.Len(t, found, 1)
	c := t.TempDir()
	testenv.Run(t, "", "cp", program, c+"/run")
	prelude := runningScript
	if libs, err := exec.Command("ldd", program).Output(); err == nil { // not a static program
		for _, f := range strings.Fields(string(libs)) {
			if strings.HasPrefix(f, "/") {
				testenv.Run(t, "", "cp", "-L", f, c)
			}
		}
		prelude = strings.Replace(prelude, `/run/c/run "$@"`, `/run/c/ld-linux-x86-64.so.2 --library-path /run/c /run/c/run "$@"`, 1)
	}
	cmd := exec.Command("unshare", "-m", "-p", "--fork", "--kill-child", "--propagation", "private", "sh", "-c", prelude+script)
	cmd.Env = append(os.Environ(), "D="+found[0], "P="+root, "C="+c, "OS="+sysroottest.Stateroot)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestUnlockEqualsReal unlocks running systems with both commands.
func TestUnlockEqualsReal(t *testing.T) {
	testenv.NeedTool(t, "ostree", "unshare", "chroot", "ldd")
	testenv.NeedOverlay(t)
	ours := ourCommand(t)
	real, err := exec.LookPath("ostree")
	require.NoError(t, err)
	for _, tc := range []struct{ name, script string }{
		{"development", "run admin unlock; state; echo new > $D/usr/new; cat $D/usr/new; ls $D/run/ostree/deployment-state/*; umount $D/usr; ls $D/usr/new || true"},
		{"transient", "run admin unlock --transient; state; (echo x > $D/usr/new) 2>/dev/null || echo read-only; ls $D/run/ostree/deployment-state/*"},
		{"hotfix", "run admin unlock --hotfix; state; echo new > $D/usr/new; umount $D/usr; cat $D/.usr-ovl-upper/new; ls -d $D/.usr-ovl-*; stat -c '%a %U' $D/.usr-ovl-upper; cat $D.origin; run admin status | grep -c Version"},
		{"twice", "run admin unlock; run admin unlock --hotfix"},
		{"both options", "run admin unlock --hotfix --transient 2>&1 | grep ^error"},
		{"argument", "run admin unlock now 2>&1 | grep ^error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newSysrootPair(t)
			tree := sysroottest.OS("1", "6.1").With(sysroottest.Tree{"run": "dir", "tmp": "dir", "dev": "dir"})
			sum := p.commit(t, "1", tree)
			p.admin(t, "deploy", "--os="+sysroottest.Stateroot, "test/main")
			p.us(t, func(s *sysroot.Sysroot) error {
				_, err := s.Deploy(t.Context(), sysroot.DeployRequest{Stateroot: sysroottest.Stateroot, Commit: sum, Origin: sysroot.NewOrigin("test/main")}, nil)
				return err
			})
			want, wantErr := inRunning(t, p.real, real, tc.script)
			got, gotErr := inRunning(t, p.ours, ours, tc.script)
			clean := func(s, root string) string {
				return strings.ReplaceAll(s, root, "ROOT")
			}
			require.Equal(t, wantErr == nil, gotErr == nil, "%s\n%s", want, got)
			require.Equal(t, clean(want, p.real), clean(got, p.ours))
		})
	}
}
