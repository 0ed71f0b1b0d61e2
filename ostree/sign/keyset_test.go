package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// RFC 8032 7.1, tests 1 to 3.
var rfc8032 = []struct{ seed, public, message, signature string }{
	{
		"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	},
	{
		"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	},
	{
		"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
	},
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func TestEd25519IsThatOfTheRFC(t *testing.T) {
	for _, v := range rfc8032 {
		public := unhex(t, v.public)
		s, err := NewSigner(Ed25519, b64(append(unhex(t, v.seed), public...)), nil)
		require.NoError(t, err)
		sig, err := s.Sign(t.Context(), unhex(t, v.message))
		require.NoError(t, err)
		require.Equal(t, v.signature, hex.EncodeToString(sig))

		keys := NewKeySet(Ed25519)
		require.NoError(t, keys.Add(b64(public)))
		line, err := keys.Verify(unhex(t, v.message), [][]byte{sig})
		require.NoError(t, err)
		require.Equal(t, "ed25519: Signature verified successfully with key '"+v.public+"'", line)

		_, err = keys.Verify(append(unhex(t, v.message), 0), [][]byte{sig})
		require.EqualError(t, err, "ed25519: Signature couldn't be verified with: key '"+v.public+"'")
	}
}

// testKey is an ed25519 key made from one byte.
func testKey(b byte) (secret, public string) {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(b)), ed25519.SeedSize)))
	return b64(key), b64(key[ed25519.SeedSize:])
}

func TestBadKeysAreRefused(t *testing.T) {
	secret, public := testKey('a')
	_, other := testKey('b')
	raw, err := base64.StdEncoding.DecodeString(secret)
	require.NoError(t, err)
	otherRaw, err := base64.StdEncoding.DecodeString(other)
	require.NoError(t, err)
	for _, c := range []struct{ name, key, want string }{
		{"not base64", "!", "ed25519: secret key: illegal base64 data at input byte 0"},
		{"seed only", b64(raw[:32]), "ed25519: secret key has 32 bytes, want 64"},
		{"empty", "", "ed25519: secret key has 0 bytes, want 64"},
		{"halves of two keys", b64(append(raw[:32:32], otherRaw...)), "ed25519: secret key: the public half does not belong to the seed"},
	} {
		_, err := NewSigner(Ed25519, c.key, nil)
		require.EqualError(t, err, c.want, c.name)
	}
	keys := NewKeySet(Ed25519)
	for _, key := range []string{"", "!", secret, public[:20]} {
		require.Error(t, keys.Add(key))
	}
	for _, key := range []string{"", "!", public, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		require.Error(t, NewKeySet(SPKI).Add(key))
	}
	require.ErrorIs(t, NewKeySet("rot13").Add("x"), ErrUnknownKind)
	_, err = NewSigner("rot13", "x", nil)
	require.ErrorIs(t, err, ErrUnknownKind)
	_, err = NewSigner(Dummy, "x", nil)
	require.ErrorIs(t, err, ErrDummy)
}

func TestVerifyMessages(t *testing.T) {
	_, a := testKey('a')
	keys := NewKeySet(Ed25519)
	_, err := keys.Verify(nil, nil)
	require.EqualError(t, err, "ed25519: commit have no signatures of my type")
	_, err = keys.Verify(nil, [][]byte{{1}})
	require.EqualError(t, err, "ed25519: No public keys loaded")
	for range 4 {
		require.NoError(t, keys.Add(a))
	}
	_, err = keys.Verify(nil, [][]byte{make([]byte, 64)})
	require.EqualError(t, err, "ed25519: Signature couldn't be verified; tried 4 keys")

	dummy := NewKeySet(Dummy)
	require.NoError(t, dummy.Add("secret"))
	line, err := dummy.Verify(nil, [][]byte{[]byte("other"), []byte("secret")})
	require.NoError(t, err)
	require.Equal(t, "dummy: Signature verified", line)
	_, err = dummy.Verify(nil, [][]byte{[]byte("other"), []byte("secretive")})
	require.EqualError(t, err, "dummy: incorrect signatures found: 2")
}

func TestSignaturesOfAnyLengthDoNoHarm(t *testing.T) {
	_, public := testKey('a')
	keys := NewKeySet(Ed25519)
	require.NoError(t, keys.Add(public))
	for _, n := range []int{0, 1, 32, 63, 65, 128, 70000} {
		_, err := keys.Verify([]byte("x"), [][]byte{make([]byte, n)})
		require.ErrorContains(t, err, "couldn't be verified")
	}
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

func TestKeysOfTheSystem(t *testing.T) {
	secret, public := testKey('a')
	_, other := testKey('b')
	etc, usr := t.TempDir(), t.TempDir()
	o := &Options{KeyDirs: []string{etc, usr, filepath.Join(usr, "missing")}}
	write(t, filepath.Join(etc, "trusted.ed25519"), other+"\n\n")
	write(t, filepath.Join(etc, "trusted.ed25519.d/empty"), "")
	signer, err := NewSigner(Ed25519, secret, nil)
	require.NoError(t, err)
	sig, err := signer.Sign(t.Context(), []byte("data"))
	require.NoError(t, err)
	verify := func() error {
		keys, err := SystemKeys(Ed25519, o)
		require.NoError(t, err)
		_, err = keys.Verify([]byte("data"), [][]byte{sig})
		return err
	}
	require.ErrorContains(t, verify(), "couldn't be verified")
	write(t, filepath.Join(usr, "trusted.ed25519.d/vendor"), other+"\n"+public+"\n")
	require.NoError(t, verify())
	revoked := write(t, filepath.Join(etc, "revoked.ed25519.d/vendor"), public+"\n")
	require.ErrorContains(t, verify(), "(revoked)", "revoked in another directory than trusted")
	write(t, revoked, "garbage\n")
	_, err = SystemKeys(Ed25519, o)
	require.ErrorContains(t, err, revoked, "what a broken file should have revoked must not be trusted")
}

func TestKeyFileErrors(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"missing": filepath.Join(dir, "missing"), "directory": dir,
		"empty": write(t, filepath.Join(dir, "empty"), "\n"), "garbage": write(t, filepath.Join(dir, "garbage"), "x\n"),
	} {
		require.ErrorContains(t, NewKeySet(Ed25519).LoadFile(path), path, name)
	}
}

// TestSPKIAgreesWithOpenSSL lets openssl make keys and signatures, and check ours.
func TestSPKIAgreesWithOpenSSL(t *testing.T) {
	testenv.NeedTool(t, "openssl")
	dir := t.TempDir()
	data := write(t, filepath.Join(dir, "data"), "the data")
	for name, genpkey := range map[string][]string{
		"ed25519": {"-algorithm", "ed25519"},
		"ed448":   {"-algorithm", "ed448"},
		"p256":    {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
		"rsa":     {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
	} {
		t.Run(name, func(t *testing.T) {
			key, pub, sig := filepath.Join(dir, name), filepath.Join(dir, name+".pub"), filepath.Join(dir, name+".sig")
			testenv.Run(t, dir, append([]string{"openssl", "genpkey", "-out", key}, genpkey...)...)
			testenv.Run(t, dir, "openssl", "pkey", "-in", key, "-pubout", "-out", pub)
			flags := []string{"-rawin", "-in", data}
			if !strings.HasPrefix(name, "ed") {
				flags = append(flags, "-digest", "sha256")
			}
			testenv.Run(t, dir, append([]string{"openssl", "pkeyutl", "-sign", "-inkey", key, "-out", sig}, flags...)...)
			theirs, err := os.ReadFile(sig)
			require.NoError(t, err)
			keys := NewKeySet(SPKI)
			require.NoError(t, keys.LoadFile(pub))
			_, err = keys.Verify([]byte("the data"), [][]byte{theirs})
			require.NoError(t, err)
			_, err = keys.Verify([]byte("other data"), [][]byte{theirs})
			require.ErrorContains(t, err, "spki: Signature couldn't be verified")

			secret, err := os.ReadFile(key)
			require.NoError(t, err)
			public, err := PublicKey(SPKI, string(secret))
			require.NoError(t, err)
			testenv.Run(t, dir, "openssl", "pkey", "-pubin", "-in", pub, "-outform", "DER", "-out", pub+".der")
			der, err := os.ReadFile(pub + ".der")
			require.NoError(t, err)
			require.Equal(t, b64(der), public)
			signer, err := NewSigner(SPKI, string(secret), nil)
			require.NoError(t, err)
			ours, err := signer.Sign(t.Context(), []byte("the data"))
			require.NoError(t, err)
			write(t, sig, string(ours))
			testenv.Run(t, dir, append([]string{"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pub, "-sigfile", sig}, flags...)...)
		})
	}
}

func FuzzKeys(f *testing.F) {
	_, public := testKey('a')
	for _, s := range []string{public, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "\n\n", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []Kind{Ed25519, SPKI, Dummy} {
			for _, key := range ParseKeys(kind, data) {
				s := NewKeySet(kind)
				if err := s.Add(key); err != nil {
					continue
				}
				_, err := s.Verify(data, [][]byte{data})
				if err == nil && kind != Dummy {
					t.Errorf("%s: %q verifies itself", kind, data)
				}
			}
		}
	})
}

// FuzzSignatures reads dictionaries of signatures, which say the same when they are stored again.
func FuzzSignatures(f *testing.F) {
	d, err := withSignatures(nil, Ed25519, [][]byte{[]byte("one"), nil})
	require.NoError(f, err)
	f.Add(d.Value().Bytes())
	d, err = withSignatures(d, GPG, [][]byte{bytes.Repeat([]byte{0x88}, 80)})
	require.NoError(f, err)
	f.Add(d.Value().Bytes())
	f.Add([]byte{})
	f.Add([]byte("ostree.gpgsigs\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := parseSignatures(data)
		if err != nil {
			return
		}
		for _, kind := range []Kind{GPG, Ed25519, SPKI, Dummy} {
			list, err := Signatures(d, kind)
			if err != nil || len(list) == 0 {
				continue
			}
			again, err := withSignatures(nil, kind, list)
			require.NoError(t, err)
			back, err := Signatures(again, kind)
			require.NoError(t, err)
			require.Equal(t, len(list), len(back))
			if kind == GPG {
				for _, s := range list {
					parseGPG(s)
				}
			}
		}
	})
}
