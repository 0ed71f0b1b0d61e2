package rpmpkg_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func newKey(t *testing.T, c *packet.Config) *openpgp.Entity {
	t.Helper()
	e, err := openpgp.NewEntity("Test", "", "test@example.com", c)
	require.NoError(t, err)
	return e
}

func publicKey(t *testing.T, e *openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	require.NoError(t, err)
	require.NoError(t, e.Serialize(w))
	require.NoError(t, w.Close())
	return b.Bytes()
}

func keyring(t *testing.T, files ...[]byte) *rpmpkg.Keyring {
	t.Helper()
	k, err := rpmpkg.ParseKeyring(files...)
	require.NoError(t, err)
	return k
}

func signed(e *openpgp.Entity, c *packet.Config) *rpmtest.Package {
	p := small()
	p.Sign = func(header []byte) ([]byte, error) {
		var b bytes.Buffer
		err := openpgp.DetachSign(&b, e, bytes.NewReader(header), c)
		return b.Bytes(), err
	}
	return p
}

func verify(t *testing.T, data []byte, k *rpmpkg.Keyring) []rpmpkg.Signature {
	t.Helper()
	p, err := rpmpkg.Read(bytes.NewReader(data), &rpmpkg.Options{SkipDigests: true})
	require.NoError(t, err)
	sigs, err := rpmpkg.VerifySignature(t.Context(), p, k)
	require.NoError(t, err)
	return sigs
}

var algorithms = map[string]*packet.Config{
	"rsa":        {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048},
	"eddsa":      {Algorithm: packet.PubKeyAlgoEdDSA},
	"ecdsa":      {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256},
	"v6 ed25519": {Algorithm: packet.PubKeyAlgoEd25519, V6Keys: true},
}

func TestSignatures(t *testing.T) {
	for name, config := range algorithms {
		t.Run(name, func(t *testing.T) {
			key := newKey(t, config)
			public := publicKey(t, key)
			for _, v6 := range []bool{false, true} {
				p := signed(key, config)
				p.V6 = v6
				data := build(t, p)
				sigs := verify(t, data, keyring(t, public))
				require.Len(t, sigs, 1, "the copy for old readers does not count")
				s := sigs[0]
				assert.Equal(t, rpmpkg.SignatureOK, s.Status, "%v", s.Err)
				assert.Equal(t, "Test <test@example.com>", s.Signer)
				assert.Equal(t, strings.ToLower(key.PrimaryKey.KeyIdString()), s.KeyID)
				assert.WithinDuration(t, time.Now(), s.Created, time.Minute)
				assert.NoError(t, rpmpkg.CheckSigned(sigs))

				changed := bytes.Replace(data, []byte("small"), []byte("smell"), -1)
				sigs = verify(t, changed, keyring(t, public))
				assert.Equal(t, rpmpkg.SignatureBad, sigs[0].Status)
				assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "bad")

				sigs = verify(t, data, keyring(t, publicKey(t, newKey(t, algorithms["eddsa"]))))
				assert.Equal(t, rpmpkg.SignatureNoKey, sigs[0].Status)
				assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "not in the keyring")
			}
		})
	}
}

func TestExpiredAndRevoked(t *testing.T) {
	past := time.Now().Add(-48 * time.Hour)
	old := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 3600, Time: func() time.Time { return past }}
	key := newKey(t, old)
	sigs := verify(t, build(t, signed(key, old)), keyring(t, publicKey(t, key)))
	assert.Equal(t, rpmpkg.SignatureExpired, sigs[0].Status)
	assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "key has expired")

	brief := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, SigLifetimeSecs: 60, Time: func() time.Time { return past }}
	key = newKey(t, &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: brief.Time})
	sigs = verify(t, build(t, signed(key, brief)), keyring(t, publicKey(t, key)))
	assert.Equal(t, rpmpkg.SignatureExpired, sigs[0].Status)
	assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "signature has expired")

	key = newKey(t, algorithms["eddsa"])
	data := build(t, signed(key, nil))
	require.NoError(t, key.RevokeKey(packet.KeyCompromised, "lost", nil))
	sigs = verify(t, data, keyring(t, publicKey(t, key)))
	assert.Equal(t, rpmpkg.SignatureRevoked, sigs[0].Status)
	assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "revoked")
}

func TestUnsignedAndUnreadable(t *testing.T) {
	sigs := verify(t, build(t, small()), nil)
	assert.Empty(t, sigs)
	assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "not signed")
	for _, garbage := range []string{"\x00", "garbage", "\xc2\x03\x04\x00\x01", "\xc2\x05\x03\x05\x00\x00\x00", "\xc2\xff\xff\xff\xff\xff"} {
		p := small()
		p.Sign = func([]byte) ([]byte, error) { return []byte(garbage), nil }
		sigs := verify(t, build(t, p), nil)
		require.NotEmpty(t, sigs, "%q", garbage)
		assert.Equal(t, rpmpkg.SignatureUnsupported, sigs[0].Status)
		assert.Error(t, rpmpkg.CheckSigned(sigs))
	}
}

// TestRpmAgrees has rpm check what we signed, with the same keys.
func TestRpmAgrees(t *testing.T) {
	testenv.NeedTool(t, "rpm", "rpmkeys")
	for name, label := range map[string]string{"rsa": "RSA", "eddsa": "EdDSA"} {
		config := algorithms[name]
		key := newKey(t, config)
		path := writeFile(t, "signed.rpm", build(t, signed(key, config)))
		db := t.TempDir()
		testenv.Run(t, "", "rpmkeys", "--dbpath", db, "--import", writeFile(t, "key.asc", publicKey(t, key)))
		out := testenv.Run(t, "", "rpm", "-Kv", "--dbpath", db, path)
		assert.Regexp(t, `Header V4 `+label+`/SHA\d+ Signature, key ID `+strings.ToLower(key.PrimaryKey.KeyIdShortString())+`: OK`, out)
	}
}

// TestRealSignatures checks packages of 2004 to 2015, DSA and RSA, in version 3
// packets, over the header alone and over header and payload.
func TestRealSignatures(t *testing.T) {
	dir := testdata(t)
	k := &rpmpkg.Keyring{AllowSHA1: true}
	for _, f := range glob(t, filepath.Join(dir, "RPM-GPG-KEY-*")) {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NoError(t, k.Add(data))
	}
	require.Equal(t, 6, k.Len())
	expired := rpmpkg.SignatureExpired // the keys of releases that are over
	for name, want := range map[string][]rpmpkg.SignatureStatus{
		"centos-release-as-2.1AS-4.noarch.rpm":               {expired},
		"centos-release-3.1-1.i386.rpm":                      {expired, expired},
		"centos-release-5-0.0.el5.centos.2.x86_64.rpm":       {expired, expired},
		"centos-release-6-0.el6.centos.5.x86_64.rpm":         {expired, expired},
		"centos-release-7-2.1511.el7.centos.2.10.x86_64.rpm": {rpmpkg.SignatureOK, rpmpkg.SignatureOK},
		"epel-release-7-5.noarch.rpm":                        {rpmpkg.SignatureOK, rpmpkg.SignatureOK},
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		statuses := func(data []byte, k *rpmpkg.Keyring) []rpmpkg.SignatureStatus {
			var got []rpmpkg.SignatureStatus
			for _, s := range verify(t, data, k) {
				got = append(got, s.Status)
			}
			return got
		}
		assert.Equal(t, want, statuses(data, k), name)

		// The last byte of the payload is signed only together with the header.
		data[len(data)-1] ^= 1
		want[len(want)-1] = rpmpkg.SignatureBad
		assert.Equal(t, want, statuses(data, k), name)

		none := statuses(data, &rpmpkg.Keyring{})
		for _, s := range none {
			assert.Equal(t, rpmpkg.SignatureNoKey, s)
		}
	}
	k.AllowSHA1 = false
	data, err := os.ReadFile(filepath.Join(dir, "centos-release-3.1-1.i386.rpm"))
	require.NoError(t, err)
	sigs := verify(t, data, k)
	assert.ErrorContains(t, rpmpkg.CheckSigned(sigs), "hash SHA-1 is not accepted")
}

func TestPayloadSignatureOfAStream(t *testing.T) {
	dir := testdata(t)
	data, err := os.ReadFile(filepath.Join(dir, "epel-release-7-5.noarch.rpm"))
	require.NoError(t, err)
	key, err := os.ReadFile(filepath.Join(dir, "RPM-GPG-KEY-CentOS-7"))
	require.NoError(t, err)
	p, err := rpmpkg.Read(io.MultiReader(bytes.NewReader(data)), nil)
	require.NoError(t, err)
	sigs, err := rpmpkg.VerifySignature(t.Context(), p, keyring(t, key))
	require.NoError(t, err)
	require.Len(t, sigs, 2)
	assert.Equal(t, rpmpkg.SignatureOK, sigs[0].Status)
	assert.Equal(t, rpmpkg.SignatureUnsupported, sigs[1].Status)
	assert.NoError(t, rpmpkg.CheckSigned(sigs))
}

func TestParseKeyring(t *testing.T) {
	a, b := newKey(t, algorithms["eddsa"]), newKey(t, algorithms["eddsa"])
	both := append(append([]byte("Some text.\n"), publicKey(t, a)...), append([]byte("\n\nMore text\n"), publicKey(t, b)...)...)
	assert.Equal(t, 2, keyring(t, both).Len(), "two blocks in one file")
	var binary bytes.Buffer
	require.NoError(t, a.Serialize(&binary))
	assert.Equal(t, 1, keyring(t, binary.Bytes()).Len(), "binary")
	for _, bad := range [][]byte{[]byte("no key at all"), both[:200]} {
		_, err := rpmpkg.ParseKeyring(bad)
		assert.ErrorContains(t, err, "parse keys")
	}
}
