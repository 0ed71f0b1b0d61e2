package rpmpkg

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// Keyring is a set of OpenPGP public keys that package signatures are checked with.
type Keyring struct {
	// AllowSHA1 accepts signatures made with SHA-1, which packages before about
	// 2011 have. Such signatures can be forged with enough effort.
	AllowSHA1 bool

	keys openpgp.EntityList
}

// ParseKeyring reads public keys from one or more key files, armored or binary. An
// armored file may hold several blocks with other text around them.
func ParseKeyring(files ...[]byte) (*Keyring, error) {
	k := &Keyring{}
	for _, f := range files {
		if err := k.Add(f); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Add adds the public keys of a key file.
func (k *Keyring) Add(data []byte) error {
	keys, err := parseKeys(data)
	if err != nil {
		return fmt.Errorf("parse keys: %w", err)
	}
	k.keys = append(k.keys, keys...)
	return nil
}

// Len returns the number of keys, not counting subkeys.
func (k *Keyring) Len() int { return len(k.keys) }

var (
	armorBegin = []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----")
	armorEnd   = []byte("-----END PGP PUBLIC KEY BLOCK-----")
)

func parseKeys(data []byte) (openpgp.EntityList, error) {
	if !bytes.Contains(data, armorBegin) {
		return openpgp.ReadKeyRing(bytes.NewReader(data))
	}
	var all openpgp.EntityList
	for {
		i := bytes.Index(data, armorBegin)
		if i < 0 {
			return all, nil
		}
		data = data[i:]
		end := bytes.Index(data, armorEnd)
		if end < 0 {
			return nil, errors.New("armored block has no end")
		}
		end += len(armorEnd)
		block, err := armor.Decode(bytes.NewReader(append(data[:end:end], '\n')))
		if err != nil {
			return nil, err
		}
		keys, err := openpgp.ReadKeyRing(block.Body)
		if err != nil {
			return nil, err
		}
		all, data = append(all, keys...), data[end:]
	}
}
