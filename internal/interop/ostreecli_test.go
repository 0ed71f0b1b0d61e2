package interop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// cliFixture is what both commands find in their directory.
const cliFixture = `set -e
mkdir -p t/sub/deep t/etc
echo hi > t/a
echo other > t/sub/b
: > t/sub/empty
ln -s a t/link
ln -s ../etc t/sub/dirlink
chmod 0600 t/sub/b
chmod 0755 t/a
echo conf > t/etc/conf
cp -a t t2
echo more >> t2/a
rm t2/sub/b
echo new > t2/new
mkdir -p os/usr/lib/modules/5.0 os/usr/etc
echo kernel > os/usr/lib/modules/5.0/vmlinuz
echo initramfs > os/usr/lib/modules/5.0/initramfs.img
printf 'NAME=TestOS\nPRETTY_NAME="Test OS"\nID=testos\n' > os/usr/lib/os-release
echo default > os/usr/etc/conf
`

// cliLines are run one after the other in the same directory by both commands; output and exit status must be equal.
// Lines that begin with "!" are expected to fail, "sh " is not ours, "# " is a comment.
const cliLines = `
# init and config
init --repo=r --mode=bare-user
init --repo=r --mode=archive
config --repo=r get core.mode
config --repo=r set core.fsync false
config --repo=r get core.fsync
config --repo=r unset core.fsync
! config --repo=r get core.fsync
! config --repo=r get nodot
! config --repo=r nope
! init --repo=x --mode=foo
# commits
commit --repo=r -b main -s first -m body --timestamp=@1000 --owner-uid=0 --owner-gid=0 --no-xattrs --add-metadata-string=version=1.0 t
commit --repo=r -b main -s second --timestamp=@2000 --owner-uid=0 --owner-gid=0 --no-xattrs t2 --table-output
commit --repo=r -b main --skip-if-unchanged --timestamp=@2500 --owner-uid=0 --owner-gid=0 --no-xattrs t2
commit --repo=r -b canon --canonical-permissions --timestamp=@2000 --tree=dir=t
commit --repo=r -b over --timestamp=@2000 --no-xattrs --owner-uid=0 --owner-gid=0 --tree=ref=main --tree=dir=os
commit --repo=r -b based --timestamp=@2000 --no-xattrs --owner-uid=0 --owner-gid=0 --base=main os
commit --repo=r --orphan --timestamp=@2000 --no-xattrs --owner-uid=0 --owner-gid=0 --parent=none t
commit --repo=r -b noparent --parent=none --no-bindings --timestamp=@3000 --no-xattrs --owner-uid=0 --owner-gid=0 t
commit --repo=r -b meta --add-metadata=n=5 --add-metadata=s=\'x\' --add-metadata=l=[1,2] --bind-ref=other --timestamp=@3000 --no-xattrs --owner-uid=0 --owner-gid=0 t
commit --repo=r -b meta --keep-metadata=n --timestamp=@3000 --no-xattrs --owner-uid=0 --owner-gid=0 t
! commit --repo=r t
! commit --repo=r -b bad?ref t
# looking
log --repo=r main
log --repo=r --raw meta
! log --repo=r nope
show --repo=r main
show --repo=r --raw main
show --repo=r --print-metadata-key=version main^
! show --repo=r --print-metadata-key=version main
show --repo=r meta^ --print-metadata-key=l
ls --repo=r -R --nul-filenames-only main
rev-parse --repo=r main
rev-parse --repo=r main^
! rev-parse --repo=r main^^^
! rev-parse --repo=r nope
ls --repo=r main
ls --repo=r -R main
ls --repo=r -RCX main
ls --repo=r -d main /sub
ls --repo=r main /sub /a
ls --repo=r main /link
! ls --repo=r main /nope
cat --repo=r main /a /etc/conf
diff --repo=r main^ main
diff --repo=r --stats main^ main
diff --repo=r main
# refs
refs --repo=r
refs --repo=r --create=new/one main
! refs --repo=r --create=new/one main
refs --repo=r --create=alias main -A
refs --repo=r -A
refs --repo=r new
refs --repo=r --list new
refs --repo=r --delete new
refs --repo=r --delete alias
refs --repo=r
reset --repo=r main main^
reset --repo=r main main
# remotes
remote add --repo=r --no-gpg-verify origin http://127.0.0.1:1/x a b
! remote add --repo=r origin http://127.0.0.1:1/x
remote add --repo=r --if-not-exists origin http://127.0.0.1:1/x
remote list --repo=r
remote list --repo=r -u
remote show-url --repo=r origin
! remote show-url --repo=r nope
remote delete --repo=r origin
! remote delete --repo=r origin
remote delete --repo=r --if-exists origin
# copies
init --repo=a --mode=archive
pull-local --repo=a r main
pull-local --repo=a r main
! pull-local --repo=a r nope
refs --repo=a
checkout --repo=a -U main co
sh cd co && find . -printf '%M %T@ %p %l\n' | sed -E 's/^(-.*|l.*) [0-9.]+ /\1 T /' | sort
! checkout --repo=a -U main co
checkout --repo=a -U --union main co
checkout --repo=a -U --subpath=/sub main sub
sh ls -R sub
checkout --repo=a -U --subpath=/a main one
sh ls -R one
! checkout --repo=a -U --subpath=/nope main none
checkout --repo=a -U --subpath=/nope --allow-noent main none
checkout --repo=r -U -H main hard
sh stat -c '%h %n' hard/a hard/sub/empty hard/etc/conf
# upkeep
fsck --repo=r
prune --repo=r
prune --repo=r --refs-only --no-prune
prune --repo=r --refs-only --depth=0
summary --repo=a -u
sh sed -i s/x/x/ a/config
! summary --repo=a
checksum t/a
checksum t
# system roots
sh mkdir s
admin init-fs s
admin os-init --sysroot=s testos
! admin os-init --sysroot=s testos
pull-local --repo=s/ostree/repo r over --disable-fsync
commit --repo=s/ostree/repo -b os/stable --timestamp=@1000 --owner-uid=0 --owner-gid=0 --no-xattrs --add-metadata-string=version=1.0 --tree=dir=os
admin deploy --sysroot=s --os=testos os/stable --karg-append=root=LABEL=x --karg-append=quiet
admin status --sysroot=s
sh echo changed > s/ostree/deploy/testos/deploy/$(ls s/ostree/deploy/testos/deploy | grep -v origin | head -1)/etc/local
commit --repo=s/ostree/repo -b os/stable --timestamp=@2000 --owner-uid=0 --owner-gid=0 --no-xattrs --add-metadata-string=version=1.1 --tree=dir=os
admin upgrade --sysroot=s --os=testos
admin status --sysroot=s
admin upgrade --sysroot=s --os=testos
admin pin --sysroot=s 1
admin pin --sysroot=s 1
admin status --sysroot=s
admin pin -u --sysroot=s 1
! admin pin --sysroot=s 9
admin config-diff --sysroot=s --os=testos
! admin undeploy --sysroot=s 9
admin deploy --sysroot=s --os=testos --retain os/stable
admin undeploy --sysroot=s 1
admin status --sysroot=s
sh cat s/ostree/deploy/testos/deploy/*.1/etc/local
sh cat s/boot/loader/entries/*
sh cd s && find boot ostree/boot.* -printf '%y %p %l\n' | sort
admin cleanup --sysroot=s
! admin switch --sysroot=s --os=testos os/stable
! admin nope
# calls
! nope
! commit --nope
! log --repo=r
! log --repo=/nonexistent main
`

// knownDifferences are lines of output where we do not do what the real command does, on purpose.
var knownDifferences = []*regexp.Regexp{
	regexp.MustCompile(`^Relabeling /var `), // no SELinux here, so there is nothing to do
	regexp.MustCompile(`^Freed objects: `),
	regexp.MustCompile(`^fsck objects \(`), // how often progress is reported
}

func TestOstreeCommandPrintsWhatTheRealOneDoes(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t) // the real command's system roots
	ours := filepath.Join(t.TempDir(), "ostree")
	testenv.Run(t, ".", "go", "build", "-o", ours, "example.com/rpmostree/examples/ostree")
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		testenv.Run(t, dir, "sh", "-c", cliFixture)
	}
	for line := range strings.Lines(cliLines) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		real, mine := runLine(t, "ostree", a, line), runLine(t, ours, b, line)
		if diff := cmp.Diff(real, mine); diff != "" {
			t.Errorf("ostree %s: (-real +ours)\n%s", line, diff)
		}
		if fails := strings.HasPrefix(line, "!"); fails != (real.Code != 0) {
			assert.Failf(t, "the script is wrong", "%s: the real command exits with %d", line, real.Code)
		}
	}
}

// outcome is what a user sees of a command.
type outcome struct {
	Code     int
	Out, Err string
}

func runLine(t *testing.T, bin, dir, line string) outcome {
	t.Helper()
	line = strings.TrimPrefix(line, "! ")
	script := "exec " + bin + " " + line
	if rest, ok := strings.CutPrefix(line, "sh "); ok {
		script = rest
	}
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OSTREE_SYSROOT_DEBUG=mutable-deployments", "OSTREE_SYSROOT_OPTS=bootloader-naming-1", "TZ=UTC", "LC_ALL=C.UTF-8")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	if unordered(line) {
		lines := strings.Split(out.String(), "\n")
		slices.Sort(lines)
		out.Reset()
		out.WriteString(strings.Join(lines, "\n"))
	}
	return outcome{Code: cmd.ProcessState.ExitCode(), Out: filterLines(dir, out.String()), Err: filterLines(dir, errOut.String())}
}

// filterLines takes out what differs by nature. Of help that comes with an error only the first line counts.
func filterLines(dir, text string) string {
	text = strings.ReplaceAll(text, dir, "DIR")
	if help, msg, ok := strings.Cut(text, "\nerror: "); ok && strings.HasPrefix(help, "Usage:") {
		text = "error: " + msg
	}
	var keep []string
	for line := range strings.SplitSeq(text, "\n") {
		known := false
		for _, d := range knownDifferences {
			known = known || d.MatchString(line)
		}
		if !known {
			keep = append(keep, line)
		}
	}
	return strings.Join(keep, "\n")
}

// unordered are verbs whose real output has the order of a hash table.
func unordered(line string) bool {
	return strings.HasPrefix(line, "refs ") && !strings.Contains(line, "--create")
}

func TestOstreeCommandHelpHasTheRealOptions(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	ours := filepath.Join(t.TempDir(), "ostree")
	testenv.Run(t, ".", "go", "build", "-o", ours, "example.com/rpmostree/examples/ostree")
	for _, verb := range []string{"init", "log", "ls", "cat", "refs", "rev-parse", "reset", "config", "diff", "admin deploy", "admin undeploy", "admin pin", "admin os-init", "admin init-fs", "admin config-diff", "admin cleanup"} {
		argv := append(strings.Fields(verb), "--help")
		want := options(testenv.Run(t, ".", append([]string{"ostree"}, argv...)...))
		got := options(testenv.Run(t, ".", append([]string{ours}, argv...)...))
		for o := range want {
			if leftOut[verb+" "+o] == "" {
				assert.Contains(t, got, o, fmt.Sprintf("ostree %s", verb))
			}
		}
	}
}

// leftOut are options that we do not have, with the reason.
var leftOut = map[string]string{
	"admin deploy --stage":          "staged deployments are read, not written",
	"admin deploy --overlay-initrd": "no overlay initrds",
}

var optionName = regexp.MustCompile(`(?m)^  (?:-\w, )?(--[a-z-]+)`)

func options(help string) map[string]bool {
	m := map[string]bool{}
	for _, f := range optionName.FindAllStringSubmatch(help, -1) {
		m[f[1]] = true
	}
	return m
}
