package sign

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// Beginnings of DER keys (RFC 8410, 4 and 7): a SubjectPublicKeyInfo and a PKCS #8 key of Ed448.
const (
	ed448PublicDER = "3043300506032b6571033a00"
	ed448SecretDER = "3047020100300506032b6571043b0439"
)

// TestEd448IsThatOfTheRFC has the first two vectors of RFC 8032, 7.4.
func TestEd448IsThatOfTheRFC(t *testing.T) {
	for _, v := range []struct{ seed, public, message, signature string }{
		{
			"6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
			"5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180", "",
			"533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980" +
				"ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
		},
		{
			"c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
			"43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480", "03",
			"26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd77980" +
				"5e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
		},
	} {
		secret := b64(unhex(t, ed448SecretDER+v.seed))
		s, err := NewSigner(SPKI, secret, nil)
		require.NoError(t, err)
		sig, err := s.Sign(t.Context(), unhex(t, v.message))
		require.NoError(t, err)
		require.Equal(t, v.signature, hex.EncodeToString(sig))
		public, err := PublicKey(SPKI, secret)
		require.NoError(t, err)
		require.Equal(t, b64(unhex(t, ed448PublicDER+v.public)), public)

		keys := NewKeySet(SPKI)
		require.NoError(t, keys.Add(public))
		_, err = keys.Verify(unhex(t, v.message), [][]byte{sig})
		require.NoError(t, err)
		sig[5] ^= 1
		_, err = keys.Verify(unhex(t, v.message), [][]byte{sig, nil, sig[:113]})
		require.ErrorContains(t, err, "spki: Signature couldn't be verified")
	}
}

func TestBadEd448KeysAreRefused(t *testing.T) {
	long := hex.EncodeToString(make([]byte, 57))
	for key, want := range map[string]string{
		ed448PublicDER + long + "00":          "trailing data after ed448 key",
		"3042300506032b6571033900" + long[2:]: "ed448 key has 56 bytes, want 57",
		"3043300506032b6571033a01" + long:     "ed448 key has 455 bits",
		"3045300706032b65710500033a00" + long: "ed448 key with parameters",
		"3043300506032b6572033a00" + long:     "unknown public key algorithm",
		ed448PublicDER + long[4:]:             "asn1",
	} {
		require.ErrorContains(t, NewKeySet(SPKI).Add(b64(unhex(t, key))), want)
	}
	for key, want := range map[string]string{
		ed448SecretDER + long + "00":                  "trailing data after ed448 key",
		"3046020100300506032b6571043a0438" + long[2:]: "ed448 key has 56 bytes, want 57",
		"3047020100300506032b6571043b0339" + long:     "ed448 key: asn1",
		"3047020100300506032b6571043b0438" + long:     "trailing data after ed448 key",
		"3049020100300706032b65710500043b0439" + long: "ed448 key with parameters",
	} {
		_, err := NewSigner(SPKI, b64(unhex(t, key)), nil)
		require.ErrorContains(t, err, want)
	}
}
