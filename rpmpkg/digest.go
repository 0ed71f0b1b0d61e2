package rpmpkg

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// DigestAlgo is the number of a hash algorithm as in OpenPGP (RFC 9580, 9.5).
type DigestAlgo uint32

// The algorithms that packages use.
const (
	DigestMD5     DigestAlgo = 1
	DigestSHA1    DigestAlgo = 2
	DigestSHA256  DigestAlgo = 8
	DigestSHA384  DigestAlgo = 9
	DigestSHA512  DigestAlgo = 10
	DigestSHA224  DigestAlgo = 11
	DigestSHA3256 DigestAlgo = 12
	DigestSHA3512 DigestAlgo = 14
)

// New returns a new hash of the algorithm, or an error if it is not known.
func (a DigestAlgo) New() (hash.Hash, error) {
	switch a {
	case DigestMD5:
		return md5.New(), nil
	case DigestSHA1:
		return sha1.New(), nil
	case DigestSHA256:
		return sha256.New(), nil
	case DigestSHA384:
		return sha512.New384(), nil
	case DigestSHA512:
		return sha512.New(), nil
	case DigestSHA224:
		return sha256.New224(), nil
	case DigestSHA3256:
		return sha3.New256(), nil
	case DigestSHA3512:
		return sha3.New512(), nil
	}
	return nil, fmt.Errorf("unknown digest algorithm %d", uint32(a))
}

// DigestError says that content does not match the digest recorded for it.
type DigestError struct {
	What      string // "header SHA256", "payload", a path
	Want, Got string // hex
}

// Error implements error.
func (e *DigestError) Error() string {
	return fmt.Sprintf("%s: digest is %s, want %s", e.What, e.Got, e.Want)
}

// FileDigestAlgo returns the algorithm of FileInfo.Digest: MD5 unless the header
// says otherwise.
func (h *Header) FileDigestAlgo() DigestAlgo {
	if n, ok := h.Uint32(rpmtag.FileDigestAlgo); ok {
		return DigestAlgo(n)
	}
	return DigestMD5
}

// checkHeaderDigests verifies every digest of the main header that the signature
// header has.
func (p *Package) checkHeaderDigests() error {
	for _, d := range []struct {
		what string
		tag  rpmtag.Tag
		algo DigestAlgo
	}{
		{"header SHA3-256", rpmtag.SHA3256Header, DigestSHA3256},
		{"header SHA256", rpmtag.SHA256Header, DigestSHA256},
		{"header SHA1", rpmtag.SHA1Header, DigestSHA1},
	} {
		if !p.Signature.Has(d.tag) {
			continue
		}
		h, err := d.algo.New()
		if err != nil {
			return err
		}
		h.Write(p.Header.Raw())
		if err := checkDigest(d.what, h, p.Signature.Str(d.tag)); err != nil {
			return err
		}
	}
	return nil
}

func checkDigest(what string, h hash.Hash, want string) error {
	if got := hex.EncodeToString(h.Sum(nil)); !strings.EqualFold(got, want) {
		return &DigestError{What: what, Want: want, Got: got}
	}
	return nil
}

// checkSize compares the size of the file with what the headers announce, which
// finds truncated downloads before the payload is read.
func (p *Package) checkSize() error {
	want, ok := p.announcedSize()
	if p.size < 0 || !ok {
		return nil
	}
	return compareSize(want, p.size)
}

func compareSize(want, got int64) error {
	if got != want {
		return fmt.Errorf("package has %d bytes, its headers announce %d", got, want)
	}
	return nil
}

// announcedSize returns the size of the whole package file by the headers.
func (p *Package) announcedSize() (int64, bool) {
	for _, t := range []rpmtag.Tag{rpmtag.LongSigSize, rpmtag.SigSize} {
		if n, ok := p.Signature.Uint64(t); ok && n < 1<<62 {
			return p.headerStart + int64(n), true
		}
	}
	if n, ok := p.Header.Uint64(rpmtag.PayloadSize); ok && n < 1<<62 {
		return p.payloadStart + int64(n), true
	}
	return 0, false
}
