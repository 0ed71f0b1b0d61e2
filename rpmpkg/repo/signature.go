package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// verifySignature checks a detached OpenPGP signature, armored or binary, with keys of which each block may be armored.
func verifySignature(keys, data, signature []byte, now time.Time) error {
	ring, err := readKeys(keys)
	if err != nil {
		return fmt.Errorf("public keys: %w", err)
	}
	config := &packet.Config{Time: func() time.Time { return now }}
	var sig io.Reader = bytes.NewReader(signature)
	if bytes.HasPrefix(bytes.TrimSpace(signature), []byte("-----BEGIN")) {
		block, err := armor.Decode(sig)
		if err != nil {
			return fmt.Errorf("signature: %w", err)
		}
		sig = block.Body
	}
	if _, err := openpgp.CheckDetachedSignature(ring, bytes.NewReader(data), sig, config); err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	return nil
}

// readKeys reads one or more blocks of public keys.
func readKeys(data []byte) (openpgp.EntityList, error) {
	const begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	if !bytes.Contains(data, []byte(begin)) {
		return openpgp.ReadKeyRing(bytes.NewReader(bytes.TrimRight(data, "\n")))
	}
	var ring openpgp.EntityList
	for _, block := range bytes.Split(data, []byte(begin))[1:] {
		part, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(append([]byte(begin), block...)))
		if err != nil {
			return nil, err
		}
		ring = append(ring, part...)
	}
	if len(ring) == 0 {
		return nil, errors.New("no key")
	}
	return ring, nil
}
