package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"
)

// Signer makes signatures of one kind with one key.
type Signer interface {
	// Kind says what Sign returns.
	Kind() Kind
	// Sign returns a signature of data.
	Sign(ctx context.Context, data []byte) ([]byte, error)
}

// NewSigner returns a Signer for a secret key: for ed25519 64 bytes in base64, the
// seed followed by the public key; for spki a PKCS #8 key as PEM or as base64 of
// its DER form; for dummy any text.
func NewSigner(k Kind, secret string, o *Options) (Signer, error) {
	if _, err := ParseKind(string(k), o); err != nil {
		return nil, err
	}
	switch k {
	case Ed25519:
		return newEd25519Signer(secret)
	case SPKI:
		return newSPKISigner(secret)
	}
	return funcSigner{Dummy, func([]byte) ([]byte, error) { return []byte(secret), nil }}, nil
}

// funcSigner is a Signer from a function.
type funcSigner struct {
	kind Kind
	sign func(data []byte) ([]byte, error)
}

func (s funcSigner) Kind() Kind { return s.kind }

func (s funcSigner) Sign(ctx context.Context, data []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.sign(data)
}

func newEd25519Signer(secret string) (Signer, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
	if err != nil {
		return nil, fmt.Errorf("ed25519: secret key: %w", err)
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("ed25519: secret key has %d bytes, want %d", len(key), ed25519.PrivateKeySize)
	}
	// A wrong public half would make signatures from which the seed can be computed.
	if !bytes.Equal(ed25519.NewKeyFromSeed(key[:ed25519.SeedSize]), key) {
		return nil, errors.New("ed25519: secret key: the public half does not belong to the seed")
	}
	return funcSigner{Ed25519, func(data []byte) ([]byte, error) { return ed25519.Sign(key, data), nil }}, nil
}

func newSPKISigner(secret string) (Signer, error) {
	der, err := decodeKey(secret, "PRIVATE KEY")
	if err != nil {
		return nil, fmt.Errorf("spki: secret key: %w", err)
	}
	parsed, err := parsePrivate(der)
	if err != nil {
		return nil, fmt.Errorf("spki: secret key: %w", err)
	}
	switch key := parsed.(type) {
	case ed25519.PrivateKey:
		return funcSigner{SPKI, func(data []byte) ([]byte, error) { return ed25519.Sign(key, data), nil }}, nil
	case ed448.PrivateKey:
		return funcSigner{SPKI, func(data []byte) ([]byte, error) { return ed448.Sign(key, data, ""), nil }}, nil
	case *ecdsa.PrivateKey:
		return funcSigner{SPKI, func(data []byte) ([]byte, error) {
			sum := sha256.Sum256(data)
			return ecdsa.SignASN1(rand.Reader, key, sum[:])
		}}, nil
	case *rsa.PrivateKey:
		return funcSigner{SPKI, func(data []byte) ([]byte, error) {
			sum := sha256.Sum256(data)
			return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		}}, nil
	}
	return nil, fmt.Errorf("spki: secret key: %T: %w", parsed, errors.ErrUnsupported)
}

// PublicKey returns the public key, as text for a [KeySet], that belongs to a secret
// key of NewSigner.
func PublicKey(k Kind, secret string) (string, error) {
	switch k {
	case Ed25519:
		if _, err := newEd25519Signer(secret); err != nil {
			return "", err
		}
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
		if err != nil {
			return "", err
		}
		return base64.StdEncoding.EncodeToString(key[ed25519.SeedSize:]), nil
	case SPKI:
		der, err := decodeKey(secret, "PRIVATE KEY")
		if err != nil {
			return "", err
		}
		key, err := parsePrivate(der)
		if err != nil {
			return "", err
		}
		s, ok := key.(crypto.Signer)
		if !ok {
			return "", fmt.Errorf("spki: secret key: %T: %w", key, errors.ErrUnsupported)
		}
		public, err := formatPublic(s.Public())
		return base64.StdEncoding.EncodeToString(public), err
	}
	return secret, nil
}
