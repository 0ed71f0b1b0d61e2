package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// signSession is run with the real command and with ours; what they print must be the same. GNUPG, A, B, KEYS and DIR
// are replaced.
const signSession = `
--repo=src init --mode=archive
--repo=src commit -b main -s subject --tree=dir=tree --timestamp=@1700000000 --gpg-sign=A --gpg-homedir=GNUPG
--repo=src show main
--repo=src gpg-sign main B --gpg-homedir=GNUPG
--repo=src gpg-sign main B --gpg-homedir=GNUPG
--repo=src show main
--repo=src gpg-sign -d main B --gpg-homedir=GNUPG
--repo=src gpg-sign -d main B --gpg-homedir=GNUPG
--repo=src show main
--repo=src gpg-sign
--repo=src gpg-sign main
--repo=src sign
--repo=src sign main
--repo=src sign -s nosuch main key
--repo=src sign -s dummy main key
--repo=src sign -s dummy --verify main key
--repo=src sign -s dummy --verify main other
--repo=src summary -u --gpg-sign=A --gpg-homedir=GNUPG
--repo=dst init --mode=archive
--repo=dst remote add o file://DIR/src main --gpg-import=KEYS/a.gpg
--repo=dst remote add n file://DIR/src main --gpg-import=KEYS/missing
--repo=dst remote gpg-list-keys o
--repo=dst pull o
--repo=dst show o:main --gpg-verify-remote=o
--repo=dst show o:main --gpg-verify-remote=nono
--repo=dst remote summary o
--repo=dst config set 'remote "o".gpg-verify-summary' true
--repo=dst pull o
--repo=dst remote summary o
--repo=dst remote refs o
--repo=dst pull-local src main --gpg-verify
--repo=dst pull-local src main --gpg-verify --gpg-verify-summary --remote=o
--repo=dst remote gpg-import o -k KEYS/a.gpg -k KEYS/b.gpg
--repo=dst remote gpg-import o --stdin -k KEYS/b.gpg
--repo=dst remote gpg-import nono -k KEYS/b.gpg
--repo=dst remote gpg-import o -k KEYS/a.gpg B
--repo=dst remote gpg-import
--repo=dst remote gpg-list-keys
--repo=dst remote gpg-list-keys o
--repo=dst remote add s http://localhost --sign-verify=trustme=inline:ok
--repo=dst remote add s http://localhost --sign-verify=dummy
--repo=dst remote add s http://localhost --sign-verify=dummy=foo:bar
--repo=dst remote add s http://localhost --sign-verify=dummy=inline:key --no-sign-verify
--repo=dst remote add s file://DIR/src main --no-gpg-verify --sign-verify=dummy=inline:key
--repo=dst pull s
--repo=dst config set 'remote "s".verification-dummy-key' other
--repo=src summary -u
--repo=dst pull o
`

// sameInBoth takes out what cannot be equal: random bytes have another length, times of transfer.
var sameInBoth = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`; [0-9.]+ .?B transferred in \d+ seconds`), ""},
	{regexp.MustCompile(`\d+ metadata, \d+ content objects`), "N objects"},
	{regexp.MustCompile(`[0-9.]+ (bytes|B) content written`), "N written"},
	{regexp.MustCompile(`\d\d:\d\d:\d\d`), "TIME"},
	{regexp.MustCompile(`Last-Modified.*`), "Last-Modified"},
	{regexp.MustCompile(`error: pull into \S+: (summary: )?`), "error: "},
	{regexp.MustCompile(`error: .*(Signature|Commit [0-9a-f]{64}: |commit [0-9a-f]{64}: )`), "error: "},
	{regexp.MustCompile(`(?s)Usage:.*\n\nerror: `), "error: "},
}

func TestSigningVerbsPrintWhatTheRealOnesPrint(t *testing.T) {
	t.Parallel()
	g := newGnuPG(t)
	a, b := g.key("Alice <alice@example.com>", "rsa2048"), g.key("Bob <bob@example.com>", "ed25519")
	keys := t.TempDir()
	g.run("--output", filepath.Join(keys, "a.gpg"), "--export", a)
	g.run("--output", filepath.Join(keys, "b.gpg"), "--export", b)
	trusted := t.TempDir()
	g.run("--output", filepath.Join(trusted, "all.gpg"), "--export", a, b)
	ours := ourCommand(t)
	run := func(binary, dir, line string) string {
		cmd := exec.Command("sh", "-c", binary+" "+strings.NewReplacer("GNUPG", g.home, "KEYS", keys, "DIR", dir, " A ", " "+a+" ", " B ", " "+b+" ").Replace(line+" "))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC", "OSTREE_DUMMY_SIGN_ENABLED=1", "OSTREE_GPG_HOME="+trusted)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		text := strings.ReplaceAll(out.String(), dir, "DIR")
		for _, s := range sameInBoth {
			text = s.from.ReplaceAllString(text, s.to)
		}
		if err != nil {
			text += "(" + err.Error() + ")"
		}
		return text
	}
	theirDir, ourDir := t.TempDir(), t.TempDir()
	for _, dir := range []string{theirDir, ourDir} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "tree"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "tree/file"), []byte("content"), 0o644))
	}
	for line := range strings.Lines(strings.TrimSpace(strings.NewReplacer("=A", "="+a, "=B", "="+b).Replace(signSession))) {
		line = strings.TrimSpace(line)
		want := run("ostree", theirDir, line)
		got := run(ours, ourDir, line)
		if want != got {
			t.Errorf("$ ostree %s\nreal:\n%s\nours:\n%s", line, want, got)
		}
	}
}
