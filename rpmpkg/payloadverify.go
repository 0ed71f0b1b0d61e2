package rpmpkg

import (
	"context"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// verifier is the compressed payload on its way to the decompressor: it hashes and
// counts what passes, and ends when ctx does.
type verifier struct {
	ctx     context.Context
	raw     io.Reader
	p       *Package
	n       int64
	checks  []payloadCheck
	plain   *plainTap
	perFile bool // no digest of the payload: check that of each file
}

type payloadCheck struct {
	what string
	want string
	hash.Hash
}

// newVerifier chooses the digests to verify: the best one of the compressed payload,
// or else the one of the uncompressed payload, or else what rpm had before.
func (p *Package) newVerifier(ctx context.Context, raw io.Reader) (*verifier, error) {
	v := &verifier{ctx: ctx, raw: raw, p: p, plain: &plainTap{limit: p.opts.MaxPayload}}
	algo, ok := p.Header.Uint32(rpmtag.PayloadDigestAlgo)
	if !ok {
		algo = uint32(DigestSHA256)
	}
	compressed, err := p.payloadDigest([]digestTag{
		{"payload", rpmtag.PayloadDigest, DigestAlgo(algo)},
		{"payload SHA512", rpmtag.PayloadSHA512, DigestSHA512},
		{"payload SHA3-256", rpmtag.PayloadSHA3256, DigestSHA3256},
	})
	if err != nil {
		return nil, err
	}
	v.add(compressed)
	if compressed == nil || p.opts.VerifyAll {
		v.plain.check, err = p.payloadDigest([]digestTag{
			{"uncompressed payload", rpmtag.PayloadDigestAlt, DigestAlgo(algo)},
			{"uncompressed payload SHA512", rpmtag.PayloadSHA512Alt, DigestSHA512},
			{"uncompressed payload SHA3-256", rpmtag.PayloadSHA3256Alt, DigestSHA3256},
		})
		if err != nil {
			return nil, err
		}
	}
	if sum := p.Signature.Bytes(rpmtag.SigMD5); compressed == nil && len(sum) > 0 {
		h, err := DigestMD5.New()
		if err != nil {
			return nil, err
		}
		h.Write(p.Header.Raw())
		v.add(&payloadCheck{"header and payload MD5", hex.EncodeToString(sum), h})
	}
	v.perFile = p.opts.VerifyAll || compressed == nil && v.plain.check == nil
	return v, nil
}

func (v *verifier) add(c *payloadCheck) {
	if c != nil {
		v.checks = append(v.checks, *c)
	}
}

type digestTag struct {
	what string
	tag  rpmtag.Tag
	algo DigestAlgo
}

// payloadDigest returns the check of the first tag that the header has.
func (p *Package) payloadDigest(tags []digestTag) (*payloadCheck, error) {
	for _, t := range tags {
		want := p.Header.Str(t.tag)
		if want == "" {
			continue
		}
		h, err := t.algo.New()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.what, err)
		}
		return &payloadCheck{t.what, want, h}, nil
	}
	return nil, nil
}

// Read implements io.Reader.
func (v *verifier) Read(b []byte) (int, error) {
	if err := v.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := v.raw.Read(b)
	v.n += int64(n)
	for _, c := range v.checks {
		c.Write(b[:n])
	}
	return n, err
}

// finish reads what the decompressor left and compares digests and size.
func (v *verifier) finish() error {
	if _, err := io.Copy(io.Discard, v); err != nil {
		return err
	}
	for _, c := range v.checks {
		if err := checkDigest(c.what, c.Hash, c.want); err != nil {
			return err
		}
	}
	if c := v.plain.check; c != nil {
		if err := checkDigest(c.what, c.Hash, c.want); err != nil {
			return err
		}
	}
	if want, ok := v.p.announcedSize(); ok && !v.p.opts.SkipDigests {
		return compareSize(want, v.p.payloadStart+v.n)
	}
	return nil
}

// plainTap is the uncompressed payload.
type plainTap struct {
	r     io.Reader
	n     int64
	limit int64
	check *payloadCheck
}

func (v *verifier) tapPlain(r io.Reader) io.Reader {
	v.plain.r = r
	if v.plain.check == nil && v.plain.limit <= 0 {
		return r
	}
	return v.plain
}

// Read implements io.Reader.
func (t *plainTap) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	t.n += int64(n)
	if t.limit > 0 && t.n > t.limit {
		return 0, fmt.Errorf("more than %d bytes uncompressed", t.limit)
	}
	if t.check != nil {
		t.check.Write(b[:n])
	}
	return n, err
}
