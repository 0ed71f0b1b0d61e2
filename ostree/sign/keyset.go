package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"
)

// KeySet is a set of trusted public keys of one kind: ed25519, spki or dummy. For
// OpenPGP there is [Keyring].
type KeySet struct {
	kind    Kind
	keys    []publicKey
	revoked [][]byte
}

// publicKey is a key with the bytes that identify it.
type publicKey struct {
	id     []byte
	verify func(data, signature []byte) bool
}

// NewKeySet returns a set without keys.
func NewKeySet(k Kind) *KeySet { return &KeySet{kind: k} }

// Len returns the number of keys, those included that have been revoked.
func (s *KeySet) Len() int { return len(s.keys) }

// Add adds a key: for ed25519 32 bytes in base64, for spki a SubjectPublicKeyInfo
// as PEM or as base64 of its DER form, for dummy any text.
func (s *KeySet) Add(text string) error {
	k, err := parsePublicKey(s.kind, text)
	if err != nil {
		return err
	}
	s.keys = append(s.keys, k)
	return nil
}

// Revoke makes a key count as untrusted even if it has been added.
func (s *KeySet) Revoke(text string) error {
	k, err := parsePublicKey(s.kind, text)
	if err != nil {
		return err
	}
	s.revoked = append(s.revoked, k.id)
	return nil
}

func (s *KeySet) isRevoked(k publicKey) bool {
	for _, r := range s.revoked {
		if bytes.Equal(r, k.id) {
			return true
		}
	}
	return false
}

func parsePublicKey(kind Kind, text string) (publicKey, error) {
	switch kind {
	case Ed25519:
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return publicKey{}, fmt.Errorf("ed25519: public key: %w", err)
		}
		if len(key) != ed25519.PublicKeySize {
			return publicKey{}, fmt.Errorf("ed25519: public key has %d bytes, want %d", len(key), ed25519.PublicKeySize)
		}
		return publicKey{key, func(data, sig []byte) bool { return ed25519.Verify(key, data, sig) }}, nil
	case SPKI:
		return parseSPKI(text)
	case Dummy:
		// The signature is the key as text, in some versions with its NUL.
		want := []byte(text)
		return publicKey{want, func(_, sig []byte) bool { return bytes.Equal(bytes.TrimSuffix(sig, []byte{0}), want) }}, nil
	}
	return publicKey{}, ErrUnknownKind
}

func parseSPKI(text string) (publicKey, error) {
	der, err := decodeKey(text, "PUBLIC KEY")
	if err != nil {
		return publicKey{}, fmt.Errorf("spki: public key: %w", err)
	}
	parsed, err := parsePublic(der)
	if err != nil {
		return publicKey{}, fmt.Errorf("spki: public key: %w", err)
	}
	k := publicKey{id: der}
	switch key := parsed.(type) {
	case ed25519.PublicKey:
		k.verify = func(data, sig []byte) bool { return ed25519.Verify(key, data, sig) }
	case ed448.PublicKey:
		k.verify = func(data, sig []byte) bool { return ed448.Verify(key, data, sig, "") }
	case *ecdsa.PublicKey:
		k.verify = func(data, sig []byte) bool {
			sum := sha256.Sum256(data)
			return ecdsa.VerifyASN1(key, sum[:], sig)
		}
	case *rsa.PublicKey:
		k.verify = func(data, sig []byte) bool {
			sum := sha256.Sum256(data)
			return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) == nil
		}
	default:
		return publicKey{}, fmt.Errorf("spki: public key: %T: %w", parsed, errors.ErrUnsupported)
	}
	return k, nil
}

// decodeKey reads one PEM block of a type, or bare base64.
func decodeKey(text, blockType string) ([]byte, error) {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		if block.Type != blockType {
			return nil, fmt.Errorf("PEM block of type %q, want %q", block.Type, blockType)
		}
		return block.Bytes, nil
	}
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

// Verify checks that one of the signatures is a good one of data by a trusted key
// and returns a line about it.
func (s *KeySet) Verify(data []byte, signatures [][]byte) (string, error) {
	if len(signatures) == 0 {
		return "", fmt.Errorf("%s: commit have no signatures of my type", s.kind)
	}
	var tried []string
	for _, sig := range signatures {
		for _, k := range s.keys {
			name := fmt.Sprintf("key '%s'", hex.EncodeToString(k.id))
			switch {
			case s.isRevoked(k):
				tried = append(tried, name+" (revoked)")
			case !k.verify(data, sig):
				tried = append(tried, name)
			case s.kind == Dummy:
				return "dummy: Signature verified", nil
			default:
				return fmt.Sprintf("%s: Signature verified successfully with %s", s.kind, name), nil
			}
		}
	}
	return "", s.failure(tried, len(signatures))
}

// failure names the keys unless there are too many to be of use.
func (s *KeySet) failure(tried []string, signatures int) error {
	const maxNamed = 3
	switch {
	case s.kind == Dummy:
		return fmt.Errorf("dummy: incorrect signatures found: %d", signatures)
	case len(tried) == 0:
		return fmt.Errorf("%s: No public keys loaded", s.kind)
	case len(tried) > maxNamed:
		return fmt.Errorf("%s: Signature couldn't be verified; tried %d keys", s.kind, len(tried))
	}
	return fmt.Errorf("%s: Signature couldn't be verified with: %s", s.kind, strings.Join(tried, ", "))
}
