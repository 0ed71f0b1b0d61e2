package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// signBench runs the command in process, in a directory with a tree to commit and two ed25519 keys.
type signBench struct {
	t              *testing.T
	secret, public string
	otherKey       string
}

func newSignBench(t *testing.T) *signBench {
	t.Helper()
	t.Chdir(t.TempDir())
	key, other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))
	text := base64.StdEncoding.EncodeToString
	b := &signBench{t: t, secret: text(key), public: text(key[32:]), otherKey: text(other[32:])}
	b.file("tree/file", "content")
	b.file("secret", b.secret+"\n")
	b.file("public", b.otherKey+"\n"+b.public+"\n")
	b.file("keys/trusted.ed25519", b.public+"\n")
	b.ok("--repo=src init --mode=archive")
	return b
}

func (b *signBench) file(name, content string) {
	b.t.Helper()
	require.NoError(b.t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(b.t, os.WriteFile(name, []byte(content), 0o644))
}

// run runs a line; SECRET, PUBLIC and OTHER stand for keys.
func (b *signBench) run(line string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	args := strings.Fields(strings.NewReplacer("SECRET", b.secret, "PUBLIC", b.public, "OTHER", b.otherKey).Replace(line))
	code = run(b.t.Context(), args, []string{"OSTREE_GPG_HOME=/nonexistent"}, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func (b *signBench) ok(line string) string {
	b.t.Helper()
	code, out, errOut := b.run(line)
	require.Zero(b.t, code, "%s: %s", line, errOut)
	return out
}

func (b *signBench) fails(line, want string) {
	b.t.Helper()
	code, _, errOut := b.run(line)
	require.Equal(b.t, 1, code, line)
	require.Contains(b.t, errOut, want, line)
}

func TestSignVerb(t *testing.T) {
	b := newSignBench(t)
	b.ok("--repo=src commit -b main --tree=dir=tree")
	b.fails("--repo=src sign --verify main PUBLIC", "No valid signatures found")
	b.fails("--repo=src sign main PUBLIC", "ed25519: secret key has 32 bytes, want 64")
	b.ok("--repo=src sign main SECRET")
	require.Contains(t, b.ok("--repo=src sign --verify main OTHER PUBLIC"), "ed25519: Signature verified successfully with key '")
	b.fails("--repo=src sign --verify main OTHER", "No valid signatures found")
	b.ok("--repo=src sign --verify main --keys-file=public")
	b.ok("--repo=src sign --verify main --keys-dir=keys")
	b.file("keys/revoked.ed25519", b.public+"\n")
	b.fails("--repo=src sign --verify main --keys-dir=keys", "(revoked)")
	require.Equal(t, "Signatures deleted: 0\n", b.ok("--repo=src sign -d main OTHER"))
	require.Equal(t, "Signatures deleted: 1\n", b.ok("--repo=src sign -d main SECRET"))
	b.fails("--repo=src sign --verify main PUBLIC", "No valid signatures found")
	b.ok("--repo=src sign main --keys-file=secret")
	b.ok("--repo=src sign --verify main PUBLIC")
}

func TestSignedCommitsArePulled(t *testing.T) {
	for _, how := range []string{"--sign=SECRET", "--sign=SECRET --sign-type=ed25519", "--sign-from-file=secret"} {
		b := newSignBench(t)
		b.ok("--repo=src commit -b main --tree=dir=tree " + how)
		dir, err := os.Getwd()
		require.NoError(t, err)
		b.ok("--repo=dst init --mode=archive")
		b.ok(fmt.Sprintf("--repo=dst remote add good file://%s/src main --no-gpg-verify --sign-verify=ed25519=inline:PUBLIC", dir))
		b.ok(fmt.Sprintf("--repo=dst remote add file file://%s/src main --no-gpg-verify --sign-verify=ed25519=file:%s/public", dir, dir))
		b.ok(fmt.Sprintf("--repo=dst remote add bad file://%s/src main --no-gpg-verify --sign-verify=ed25519=inline:OTHER", dir))
		b.fails("--repo=dst pull bad", "ed25519: Signature couldn't be verified with: key '")
		require.Empty(t, b.ok("--repo=dst refs"))
		b.ok("--repo=dst pull good")
		b.ok("--repo=dst pull file")
		require.Equal(t, "file:main\ngood:main\n", b.ok("--repo=dst refs"))
	}
}

func TestACommitThatCannotBeSignedIsNotMade(t *testing.T) {
	b := newSignBench(t)
	b.fails("--repo=src commit -b main --tree=dir=tree --sign=PUBLIC", "ed25519: secret key has 32 bytes, want 64")
	b.fails("--repo=src commit -b main --tree=dir=tree --sign=x --sign-type=nosuch", "Requested signature type is not implemented")
	b.fails("--repo=src commit -b main --tree=dir=tree --gpg-sign=DEADBEEF --gpg-homedir=keys", "gpg: ")
	require.Empty(t, b.ok("--repo=src refs"))
}

func TestSignedSummaries(t *testing.T) {
	b := newSignBench(t)
	dir, err := os.Getwd()
	require.NoError(t, err)
	b.ok("--repo=src commit -b main --tree=dir=tree")
	b.ok("--repo=src summary -u")
	b.ok("--repo=dst init --mode=archive")
	b.ok(fmt.Sprintf("--repo=dst remote add o file://%s/src main --no-gpg-verify --set=sign-verify-summary=ed25519 --set=verification-ed25519-key=PUBLIC", dir))
	const none = "Signatures verification enabled, but no summary.sig found (use sign-verify-summary=false in remote config to disable)"
	b.fails("--repo=dst pull o", none)
	b.fails("--repo=dst remote summary o", none)
	b.fails("--repo=dst remote refs o", none)
	b.ok("--repo=src summary -u --sign=SECRET")
	require.Equal(t, "o:main\n", b.ok("--repo=dst remote refs o"))
	b.ok("--repo=dst pull o")
	b.ok("--repo=src summary -u")
	require.NoFileExists(t, "src/summary.sig")
}
