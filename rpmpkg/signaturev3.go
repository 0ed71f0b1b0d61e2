package rpmpkg

import (
	"crypto"
	//lint:ignore SA1019 packages of 2011 and before are signed with it, and it only verifies here
	"crypto/dsa"
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Version 3 signature packets (RFC 4880, 5.2.2), which rpm wrote until about 2018.
// The OpenPGP library reads only newer ones.
const (
	v3Fixed    = 19 // bytes before the signature's numbers
	v3HashSize = 5  // bytes hashed after the data: type and creation time
)

var v3Hashes = map[DigestAlgo]crypto.Hash{
	DigestSHA1: crypto.SHA1, DigestSHA224: crypto.SHA224, DigestSHA256: crypto.SHA256, DigestSHA384: crypto.SHA384, DigestSHA512: crypto.SHA512,
}

// parseV3 reads the body of a version 3 signature packet.
func parseV3(b []byte) (*signedBy, error) {
	if len(b) < v3Fixed || b[1] != v3HashSize {
		return nil, errors.New("malformed version 3 signature")
	}
	if b[2] != byte(packet.SigTypeBinary) {
		return nil, fmt.Errorf("signature of type %d instead of one over data", b[2])
	}
	suffix := b[2 : 2+v3HashSize]
	hash, ok := v3Hashes[DigestAlgo(b[16])]
	if !ok {
		return nil, fmt.Errorf("hash algorithm %d is not supported", b[16])
	}
	numbers, err := readMPIs(b[v3Fixed:])
	if err != nil {
		return nil, err
	}
	return &signedBy{
		keyID: binary.BigEndian.Uint64(b[7:]), created: time.Unix(int64(binary.BigEndian.Uint32(b[3:])), 0).UTC(), hash: hash,
		expired: func(time.Time) bool { return false },
		verify: func(key *packet.PublicKey, write func(io.Writer) error) error {
			h := hash.New()
			if err := write(h); err != nil {
				return err
			}
			h.Write(suffix)
			return verifyNumbers(key.PublicKey, hash, h.Sum(nil), numbers)
		},
	}, nil
}

func verifyNumbers(key any, hash crypto.Hash, sum []byte, n []*big.Int) error {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if len(n) != 1 || n[0].BitLen() > key.N.BitLen() {
			return errors.New("malformed RSA signature")
		}
		return rsa.VerifyPKCS1v15(key, hash, sum, n[0].FillBytes(make([]byte, key.Size())))
	case *dsa.PublicKey:
		sum = sum[:min(len(sum), (key.Q.BitLen()+7)/8)]
		if len(n) != 2 || !dsa.Verify(key, sum, n[0], n[1]) {
			return errors.New("DSA signature does not match")
		}
		return nil
	}
	return fmt.Errorf("version 3 signature with a key of type %T is not supported", key)
}

// readMPIs reads multiprecision integers: a length in bits, then the bytes.
func readMPIs(b []byte) ([]*big.Int, error) {
	var list []*big.Int
	for len(b) > 0 {
		if len(b) < 2 {
			return nil, errors.New("malformed number in signature")
		}
		n := (int(binary.BigEndian.Uint16(b)) + 7) / 8
		if b = b[2:]; n > len(b) {
			return nil, errors.New("malformed number in signature")
		}
		list, b = append(list, new(big.Int).SetBytes(b[:n])), b[n:]
	}
	return list, nil
}
