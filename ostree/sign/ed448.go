package sign

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/cloudflare/circl/sign/ed448"
)

// ed448Algorithm is what RFC 8410 calls it; crypto/x509 does not know it.
func ed448Algorithm() pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 113}}
}

func isEd448(a pkix.AlgorithmIdentifier) bool { return a.Algorithm.Equal(ed448Algorithm().Algorithm) }

// publicKeyInfo is a SubjectPublicKeyInfo (RFC 5280, 4.1).
type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

// parsePublic reads a SubjectPublicKeyInfo.
func parsePublic(der []byte) (any, error) {
	var info publicKeyInfo
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil || !isEd448(info.Algorithm) {
		return x509.ParsePKIXPublicKey(der)
	}
	if err := checkEd448(info.Algorithm, rest, info.Key.Bytes, ed448.PublicKeySize); err != nil {
		return nil, err
	}
	if info.Key.BitLength != 8*ed448.PublicKeySize {
		return nil, fmt.Errorf("ed448 key has %d bits", info.Key.BitLength)
	}
	return ed448.PublicKey(info.Key.Bytes), nil
}

// privateKeyInfo is a PKCS #8 key (RFC 5958, 2) up to what is optional.
type privateKeyInfo struct {
	Version   int
	Algorithm pkix.AlgorithmIdentifier
	Key       []byte
}

// parsePrivate reads a PKCS #8 key.
func parsePrivate(der []byte) (any, error) {
	var info privateKeyInfo
	rest, err := asn1.Unmarshal(der, &info)
	if err != nil || !isEd448(info.Algorithm) {
		return x509.ParsePKCS8PrivateKey(der)
	}
	var seed []byte // an OCTET STRING within the one that holds it
	after, err := asn1.Unmarshal(info.Key, &seed)
	if err != nil {
		return nil, fmt.Errorf("ed448 key: %w", err)
	}
	if err := checkEd448(info.Algorithm, slices.Concat(rest, after), seed, ed448.SeedSize); err != nil {
		return nil, err
	}
	return ed448.NewKeyFromSeed(seed), nil
}

func checkEd448(a pkix.AlgorithmIdentifier, trailing, key []byte, size int) error {
	switch {
	case len(trailing) > 0:
		return errors.New("trailing data after ed448 key")
	case len(a.Parameters.FullBytes) > 0:
		return errors.New("ed448 key with parameters")
	case len(key) != size:
		return fmt.Errorf("ed448 key has %d bytes, want %d", len(key), size)
	}
	return nil
}

// formatPublic makes a SubjectPublicKeyInfo.
func formatPublic(key crypto.PublicKey) ([]byte, error) {
	k, ok := key.(ed448.PublicKey)
	if !ok {
		return x509.MarshalPKIXPublicKey(key)
	}
	return asn1.Marshal(publicKeyInfo{ed448Algorithm(), asn1.BitString{Bytes: k, BitLength: 8 * len(k)}})
}
