package repo

import (
	"errors"
	"hash"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/rpmpkg/repodata"
)

// verifier is a writer that compares what went through it with an announced size and checksum.
type verifier struct {
	hash.Hash
	n, size int64
	want    digest.Digest
}

func newVerifier(size int64, want digest.Digest) (*verifier, error) {
	if want == "" {
		return nil, errors.New("the metadata has no checksum")
	}
	h, err := repodata.NewHash(want.Algorithm())
	if err != nil {
		return nil, err
	}
	return &verifier{Hash: h, size: size, want: want}, nil
}

func (v *verifier) Write(p []byte) (int, error) {
	v.n += int64(len(p))
	return v.Hash.Write(p)
}

func (v *verifier) check() error {
	got := digest.NewDigest(v.want.Algorithm(), v.Hash)
	if got != v.want || v.size > 0 && v.n != v.size {
		return &MismatchError{WantSize: v.size, GotSize: v.n, Want: v.want, Got: got}
	}
	return nil
}
