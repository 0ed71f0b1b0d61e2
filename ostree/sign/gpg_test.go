package sign

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/require"
)

// at is a config for things done at a time, with small and fast keys.
func at(when time.Time) *packet.Config {
	return &packet.Config{Time: func() time.Time { return when }, Algorithm: packet.PubKeyAlgoEdDSA}
}

var (
	day   = 24 * time.Hour
	epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
)

func newEntity(t testing.TB, name string, c *packet.Config) *openpgp.Entity {
	t.Helper()
	e, err := openpgp.NewEntity(name, "", strings.ToLower(name)+"@example.com", c)
	require.NoError(t, err)
	return e
}

func publicKeyOf(t testing.TB, e *openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, e.Serialize(&b))
	return b.Bytes()
}

func detached(t testing.TB, e *openpgp.Entity, data string, c *packet.Config) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, openpgp.DetachSign(&b, e, strings.NewReader(data), c))
	return b.Bytes()
}

func ring(t testing.TB, keys ...[]byte) *Keyring {
	t.Helper()
	k := &Keyring{}
	for _, key := range keys {
		_, err := k.Add(key)
		require.NoError(t, err)
	}
	return k
}

func now(when time.Time) *Options { return &Options{Now: func() time.Time { return when }} }

func TestStatusOfSignatures(t *testing.T) {
	alice, bob := newEntity(t, "Alice", at(epoch)), newEntity(t, "Bob", at(epoch))
	short := at(epoch)
	short.KeyLifetimeSecs = uint32(30 * day / time.Second)
	mortal := newEntity(t, "Mortal", short)
	revoked := newEntity(t, "Revoked", at(epoch))
	require.NoError(t, revoked.RevokeKey(packet.KeySuperseded, "gone", at(epoch.Add(20*day))))
	keys := ring(t, publicKeyOf(t, alice), publicKeyOf(t, mortal), publicKeyOf(t, revoked))
	when := at(epoch.Add(day))
	brief := at(epoch.Add(day))
	brief.SigLifetimeSecs = uint32(day / time.Second)

	var text bytes.Buffer
	require.NoError(t, openpgp.DetachSignText(&text, alice, strings.NewReader("data"), when))
	tampered := detached(t, alice, "data", when)
	tampered[len(tampered)-1] ^= 1

	for _, c := range []struct {
		name string
		sig  []byte
		now  time.Time
		want Status
	}{
		{"good", detached(t, alice, "data", when), epoch.Add(2 * day), Good},
		{"other data", detached(t, alice, "date", when), epoch.Add(2 * day), Bad},
		{"tampered", tampered, epoch.Add(2 * day), Bad},
		{"of text", text.Bytes(), epoch.Add(2 * day), Bad},
		{"made in the future", detached(t, alice, "data", at(epoch.Add(100*day))), epoch.Add(2 * day), Bad},
		{"unknown key", detached(t, bob, "data", when), epoch.Add(2 * day), KeyMissing},
		{"key not yet expired", detached(t, mortal, "data", when), epoch.Add(29 * day), Good},
		{"key expired", detached(t, mortal, "data", when), epoch.Add(31 * day), KeyExpired},
		{"signature not yet expired", detached(t, alice, "data", brief), epoch.Add(day + time.Hour), Good},
		{"signature expired", detached(t, alice, "data", brief), epoch.Add(3 * day), Expired},
		{"revoked before", detached(t, revoked, "data", when), epoch.Add(10 * day), KeyRevoked},
		{"revoked after", detached(t, revoked, "data", when), epoch.Add(30 * day), KeyRevoked},
		{"empty", nil, epoch, Bad},
		{"garbage", []byte("borkborkbork"), epoch, Bad},
		{"a key", publicKeyOf(t, alice), epoch, Bad},
	} {
		got := keys.Verify([]byte("data"), [][]byte{c.sig}, now(c.now))
		require.Len(t, got, 1, c.name)
		require.Equal(t, c.want, got[0].Status, c.name)
		require.Equal(t, c.want == Good, got[0].Valid(), c.name)
		require.NotEmpty(t, got[0].Describe(), c.name)
	}
}

func TestOnlySigningKeysSign(t *testing.T) {
	c := at(epoch)
	alice := newEntity(t, "Alice", c)
	require.NoError(t, alice.AddSigningSubkey(c))
	sub := alice.Subkeys[len(alice.Subkeys)-1]
	c.SigningKeyId = sub.PublicKey.KeyId
	sig := detached(t, alice, "data", c)
	keys := ring(t, publicKeyOf(t, alice))
	got := keys.Verify([]byte("data"), [][]byte{sig}, now(epoch.Add(day)))[0]
	require.Equal(t, Good, got.Status)
	require.NotEqual(t, got.Primary, got.Fingerprint)
	require.Equal(t, "Alice", got.UserName)
	require.Contains(t, got.Describe(), "Primary key ID "+got.Primary[24:])

	// The same subkey, bound without the right to sign.
	sub.Sig.FlagSign = false
	require.NoError(t, sub.Sig.SignKey(sub.PublicKey, alice.PrivateKey, at(epoch)))
	keys = ring(t, publicKeyOf(t, alice))
	require.Equal(t, Bad, keys.Verify([]byte("data"), [][]byte{sig}, now(epoch.Add(day)))[0].Status)
}

func TestNewerCopiesOfAKeyCount(t *testing.T) {
	alice := newEntity(t, "Alice", at(epoch))
	before := publicKeyOf(t, alice)
	sig := detached(t, alice, "data", at(epoch.Add(day)))
	require.NoError(t, alice.RevokeKey(packet.KeyCompromised, "", at(epoch.Add(2*day))))
	after := publicKeyOf(t, alice)
	for _, order := range [][][]byte{{before, after}, {after, before}, {append(bytes.Clone(before), after...)}} {
		keys := ring(t, order...)
		require.Equal(t, 1, keys.Len())
		require.Equal(t, KeyRevoked, keys.Verify([]byte("data"), [][]byte{sig}, now(epoch.Add(3*day)))[0].Status)
		stored, err := keys.Bytes()
		require.NoError(t, err)
		require.Equal(t, KeyRevoked, ring(t, stored).Verify([]byte("data"), [][]byte{sig}, now(epoch.Add(3*day)))[0].Status)
	}
}

func TestKeyringRefusesGarbage(t *testing.T) {
	secretOnly := newEntity(t, "Alice", at(epoch))
	var secret bytes.Buffer
	require.NoError(t, secretOnly.SerializePrivate(&secret, at(epoch)))
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "secret key": secret.Bytes(),
		"armor without end":  []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA"),
		"truncated":          publicKeyOf(t, secretOnly)[:30],
		"very many user ids": append(publicKeyOf(t, secretOnly), bytes.Repeat([]byte{0xcd, 1, 'x'}, maxPackets)...),
	} {
		k := &Keyring{}
		_, err := k.Add(data)
		require.Error(t, err, name)
		require.Zero(t, k.Len())
	}
}

func TestManySignaturesAreBounded(t *testing.T) {
	alice := newEntity(t, "Alice", at(epoch))
	sig := detached(t, alice, "other", at(epoch))
	blob := bytes.Repeat(sig, 2*maxSignatures)
	require.Len(t, ring(t, publicKeyOf(t, alice)).Verify([]byte("data"), [][]byte{blob, blob}, now(epoch)), maxSignatures)
}

func FuzzKeyring(f *testing.F) {
	alice := newEntity(f, "Alice", at(epoch))
	f.Add(publicKeyOf(f, alice), detached(f, alice, "data", at(epoch)))
	f.Fuzz(func(t *testing.T, key, sig []byte) {
		k := &Keyring{}
		if _, err := k.Add(key); err != nil {
			return
		}
		for _, r := range k.Verify([]byte("not what was signed"), [][]byte{sig}, now(epoch)) {
			if r.Valid() {
				t.Errorf("%+v is valid", r)
			}
			r.Describe()
		}
		k.Keys()
		out, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if ring(t, out).Len() != k.Len() {
			t.Errorf("%d keys, %d when read again", k.Len(), ring(t, out).Len())
		}
	})
}
