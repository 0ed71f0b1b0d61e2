package repodata

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/opencontainers/go-digest"
)

// NewHash gives the hash of a checksum's algorithm. Metadata of old repositories uses sha1 (also written "sha") and
// md5; both are good for finding damage, not against an attacker.
func NewHash(algorithm digest.Algorithm) (hash.Hash, error) {
	switch algorithm {
	case "sha256":
		return sha256.New(), nil
	case "sha512":
		return sha512.New(), nil
	case "sha384":
		return sha512.New384(), nil
	case "sha224":
		return sha256.New224(), nil
	case "sha1", "sha":
		return sha1.New(), nil
	case "md5":
		return md5.New(), nil
	}
	return nil, fmt.Errorf("checksum type %q is not supported", string(algorithm))
}

var hashSizes = map[digest.Algorithm]int{
	"md5": md5.Size, "sha1": sha1.Size, "sha224": sha256.Size224, "sha256": sha256.Size, "sha384": sha512.Size384, "sha512": sha512.Size,
}

// ParseChecksum makes a digest of the type attribute and the text of a checksum element. It checks that the type
// is known and that the text is lower-case hex of the right length, because checksums become file names.
func ParseChecksum(typ, hexText string) (digest.Digest, error) {
	if err := checkChecksum(typ, hexText); err != nil {
		return "", err
	}
	return digest.Digest(checksumName(typ) + ":" + hexText), nil
}

// checksumName gives the name of a checksum type in a digest.
func checksumName(typ string) string {
	if typ == "sha" {
		return "sha1"
	}
	return typ
}

// checkChecksum checks what ParseChecksum says.
func checkChecksum[T string | []byte](typ string, hexText T) error {
	size, ok := hashSizes[digest.Algorithm(checksumName(typ))]
	if !ok {
		return fmt.Errorf("checksum type %.80q is not supported", typ)
	}
	if len(hexText) != 2*size {
		return fmt.Errorf("%s checksum %.80q has %d characters, not %d", typ, string(hexText), len(hexText), 2*size)
	}
	for i := range len(hexText) {
		if c := hexText[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("%s checksum %.80q is not lower-case hex", typ, string(hexText))
		}
	}
	return nil
}

func digestOf(algorithm digest.Algorithm, h hash.Hash) digest.Digest {
	return digest.Digest(string(algorithm) + ":" + hex.EncodeToString(h.Sum(nil)))
}
