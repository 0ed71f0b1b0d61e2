package interop

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

// TestEd25519AgreesWithOpenSSL signs a commit of the real command, and lets openssl check the signature as the real
// command shows it, and make one that a pull accepts. Debian's ostree has no ed25519.
func TestEd25519AgreesWithOpenSSL(t *testing.T) {
	testenv.NeedTool(t, "ostree", "openssl")
	dir := t.TempDir()
	pem, der, pub := filepath.Join(dir, "key"), filepath.Join(dir, "key.der"), filepath.Join(dir, "pub.der")
	testenv.Run(t, dir, "openssl", "genpkey", "-algorithm", "ed25519", "-out", pem)
	testenv.Run(t, dir, "openssl", "pkey", "-in", pem, "-outform", "DER", "-out", der)
	testenv.Run(t, dir, "openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER", "-out", pub)
	last := func(name string) []byte {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		return data[len(data)-32:]
	}
	secret := base64.StdEncoding.EncodeToString(append(last(der), last(pub)...))
	public := base64.StdEncoding.EncodeToString(last(pub))

	path := smallRepo(t)
	repo := openRepo(t, path)
	commit, err := repo.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	object := filepath.Join(path, "objects", commit.String()[:2], commit.String()[2:]+".commit")
	signer, err := sign.NewSigner(sign.Ed25519, secret, nil)
	require.NoError(t, err)
	require.NoError(t, sign.Commit(t.Context(), repo, commit, signer))

	shown := testenv.Run(t, "/", "ostree", "--repo="+path, "show", "--print-detached-metadata-key=ostree.sign.ed25519", "main")
	signature := filepath.Join(dir, "signature")
	require.NoError(t, os.WriteFile(signature, bytesOfText(t, shown), 0o644))
	testenv.Run(t, dir, "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", pub, "-rawin", "-in", object, "-sigfile", signature)

	rem := func(key string) ostree.Remote {
		return ostree.Remote{URL: serve(t, path), Options: map[string]string{"sign-verify": "ed25519", "verification-ed25519-key": key}}
	}
	_, err = verifiedPull(t, rem(public), "")
	require.NoError(t, err)
	wrong := base64.StdEncoding.EncodeToString(ed25519.NewKeyFromSeed(make([]byte, 32))[32:])
	dst, err := verifiedPull(t, rem(wrong), "")
	require.ErrorContains(t, err, "ed25519: Signature couldn't be verified with: key '")
	requireNothing(t, dst)

	// The other direction: openssl signs.
	testenv.Run(t, dir, "openssl", "pkeyutl", "-sign", "-inkey", pem, "-rawin", "-in", object, "-out", signature)
	theirs, err := os.ReadFile(signature)
	require.NoError(t, err)
	keys := sign.NewKeySet(sign.Ed25519)
	require.NoError(t, keys.Add(public))
	data, err := os.ReadFile(object)
	require.NoError(t, err)
	_, err = keys.Verify(data, [][]byte{theirs})
	require.NoError(t, err)
}

// bytesOfText reads the first array of bytes of a list in text form, [[byte 0x01, 0x02]]; GLib writes one that ends with
// zero as a string, [b'\001'].
func bytesOfText(t *testing.T, text string) []byte {
	t.Helper()
	list, err := gvariant.ParseText(strings.TrimSpace(text), "aay")
	require.NoError(t, err)
	require.Positive(t, list.Len())
	return list.Index(0).Bytes()
}

func TestBytesOfText(t *testing.T) {
	require.Equal(t, []byte{1, 255}, bytesOfText(t, "[[byte 0x01, 0xff]]\n"))
	require.Equal(t, []byte("d\xa6'\v~\x00"), bytesOfText(t, `[b"d\246'\v~"]`))
}

// TestDummyAgreesWithTheRealCommand: both sign, and both verify what the other signed.
func TestDummyAgreesWithTheRealCommand(t *testing.T) {
	path := smallRepo(t)
	real := func(args ...string) (string, error) {
		cmd := exec.Command("ostree", append([]string{"--repo=" + path}, args...)...)
		cmd.Env = append(os.Environ(), "OSTREE_DUMMY_SIGN_ENABLED=1")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
	repo := openRepo(t, path)
	commit, err := repo.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	signer, err := sign.NewSigner(sign.Dummy, "ours", &sign.Options{EnableDummy: true})
	require.NoError(t, err)
	require.NoError(t, sign.Commit(t.Context(), repo, commit, signer))
	out, err := real("sign", "--sign-type=dummy", "--verify", "main", "ours")
	require.NoError(t, err, out)
	require.Equal(t, "dummy: Signature verified\n", out)

	out, err = real("sign", "--sign-type=dummy", "main", "theirs")
	require.NoError(t, err, out)
	d, err := repo.DetachedMetadata(t.Context(), commit)
	require.NoError(t, err)
	sigs, err := sign.Signatures(d, sign.Dummy)
	require.NoError(t, err)
	keys := sign.NewKeySet(sign.Dummy)
	require.NoError(t, keys.Add("theirs"))
	line, err := keys.Verify(nil, sigs)
	require.NoError(t, err)
	require.Equal(t, "dummy: Signature verified", line)
}
