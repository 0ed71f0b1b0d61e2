package rpmpkg

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Signature is the result of checking one signature of a package.
type Signature struct {
	Tag rpmtag.Tag // where an installed header has it, see rpmtag.Merged
	// Payload tells that header and payload are signed; otherwise it is the header
	// alone, whose digests vouch for the payload.
	Payload bool
	Status  SignatureStatus
	Err     error // why the status is not SignatureOK

	KeyID       string // 16 hexadecimal digits; of the issuer as the signature claims
	Fingerprint string // hexadecimal; of the key that was found
	Signer      string // a user id of that key
	Created     time.Time
}

// SignatureStatus is what came out of checking a signature.
type SignatureStatus uint8

// States of signatures.
const (
	SignatureUnsupported SignatureStatus = iota // cannot be checked: unknown format or rejected algorithm
	SignatureOK                                 // made by a key of the keyring over this content
	SignatureNoKey                              // the key is not in the keyring
	SignatureBad                                // does not match the content
	SignatureExpired                            // matches, but key or signature have expired by now
	SignatureRevoked                            // matches, but the key was revoked
)

var statusNames = [...]string{"unsupported", "ok", "no key", "bad", "expired", "revoked"}

// String returns the status in words.
func (s SignatureStatus) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// CheckSigned judges the result of [VerifySignature]: nil if one signature at
// least is good and none is bad.
func CheckSigned(sigs []Signature) error {
	if len(sigs) == 0 {
		return errors.New("package is not signed")
	}
	good := false
	var errs []error
	for _, s := range sigs {
		switch s.Status {
		case SignatureOK:
			good = true
			continue
		case SignatureBad, SignatureRevoked:
			return fmt.Errorf("signature by key %s: %s: %w", s.KeyID, s.Status, s.Err)
		}
		errs = append(errs, fmt.Errorf("signature by key %s: %s: %w", s.KeyID, s.Status, s.Err))
	}
	if good {
		return nil
	}
	return errors.Join(errs...)
}

// VerifySignature checks every OpenPGP signature of the package with the keys of
// the keyring. A package without signatures gives an empty list, see [CheckSigned].
// The error is for trouble in reading only.
//
// Signatures over header and payload need the payload: of a Package that was read
// from a mere stream they are SignatureUnsupported.
func VerifySignature(ctx context.Context, p *Package, k *Keyring) ([]Signature, error) {
	if k == nil {
		k = &Keyring{}
	}
	var list []Signature
	for _, b := range p.signatureBlobs() {
		sigs, err := p.verifyBlob(ctx, k, b)
		if err != nil {
			return nil, fmt.Errorf("verify signature of %s: %w", p.name, err)
		}
		list = append(list, sigs...)
	}
	return list, nil
}

// sigBlob is one value of the signature header: some OpenPGP packets.
type sigBlob struct {
	tag     rpmtag.Tag
	payload bool
	data    []byte
	err     error
}

// signatureBlobs collects the signatures. The newest tag, if present, replaces the
// older ones over the header, which then are copies for old readers.
func (p *Package) signatureBlobs() []sigBlob {
	var list []sigBlob
	for _, s := range p.Signature.Strings(rpmtag.OpenPGP) {
		data, err := base64.StdEncoding.DecodeString(s)
		list = append(list, sigBlob{rpmtag.OpenPGP, false, data, err})
	}
	tags := []rpmtag.Tag{rpmtag.RSAHeader, rpmtag.DSAHeader, rpmtag.SigPGP, rpmtag.SigGPG}
	if len(list) > 0 {
		tags = tags[2:]
	}
	for _, t := range tags {
		if data := p.Signature.Bytes(t); len(data) > 0 {
			merged, _ := rpmtag.Merged(t)
			list = append(list, sigBlob{merged, t == rpmtag.SigPGP || t == rpmtag.SigGPG, data, nil})
		}
	}
	return list
}

// verifyBlob checks the signatures in one value.
func (p *Package) verifyBlob(ctx context.Context, k *Keyring, b sigBlob) ([]Signature, error) {
	if b.err != nil {
		return []Signature{{Tag: b.tag, Payload: b.payload, Err: b.err}}, nil
	}
	var list []Signature
	packets := packet.NewOpaqueReader(bytes.NewReader(b.data))
	for {
		op, err := packets.Next()
		if err == io.EOF && len(list) > 0 {
			return list, nil
		}
		sig := Signature{Tag: b.tag, Payload: b.payload}
		if err != nil {
			sig.Err = fmt.Errorf("malformed OpenPGP packet: %w", err)
			return append(list, sig), nil
		}
		if err := p.verifyPacket(ctx, k, op, &sig); err != nil {
			return nil, err
		}
		list = append(list, sig)
	}
}

// signedBy is what both versions of signature packets come down to.
type signedBy struct {
	keyID   uint64
	created time.Time
	hash    crypto.Hash
	// verify hashes the content, which it calls write for, and compares.
	verify func(key *packet.PublicKey, write func(io.Writer) error) error
	// expired reports whether the signature itself had a limit that is over.
	expired func(time.Time) bool
}

const packetSignature = 2 // RFC 9580, 5

func (p *Package) verifyPacket(ctx context.Context, k *Keyring, op *packet.OpaquePacket, sig *Signature) error {
	if op.Tag != packetSignature {
		sig.Err = fmt.Errorf("OpenPGP packet of type %d instead of a signature", op.Tag)
		return nil
	}
	var s *signedBy
	var err error
	if len(op.Contents) > 0 && op.Contents[0] == 3 {
		s, err = parseV3(op.Contents)
	} else {
		s, err = parseSignaturePacket(op)
	}
	if err != nil {
		sig.Err = err
		return nil
	}
	sig.KeyID, sig.Created = fmt.Sprintf("%016x", s.keyID), s.created
	keys := k.keys.KeysById(s.keyID)
	switch {
	case len(keys) == 0:
		sig.Status, sig.Err = SignatureNoKey, errors.New("key is not in the keyring")
		return nil
	case s.hash == crypto.SHA1 && !k.AllowSHA1, s.hash == crypto.MD5:
		sig.Err = fmt.Errorf("hash %s is not accepted", s.hash)
		return nil
	case sig.Payload && p.at == nil:
		sig.Err = errors.New("the payload is a stream that can be read only once")
		return nil
	}
	for i := range keys {
		sig.Fingerprint, sig.Signer = fmt.Sprintf("%x", keys[i].PublicKey.Fingerprint), signer(keys[i].Entity)
		readErr := p.verifyWith(ctx, &keys[i], s, sig)
		if readErr != nil || sig.Status != SignatureBad {
			return readErr
		}
	}
	return nil
}

// verifyWith sets the status of sig by one key that has the right id.
func (p *Package) verifyWith(ctx context.Context, key *openpgp.Key, s *signedBy, sig *Signature) error {
	var readErr error
	sig.Err = s.verify(key.PublicKey, func(w io.Writer) error {
		readErr = p.writeSigned(ctx, w, sig.Payload)
		return readErr
	})
	if readErr != nil {
		return readErr
	}
	if sig.Status = SignatureOK; sig.Err != nil {
		sig.Status = SignatureBad
		return nil
	}
	sig.Status, sig.Err = judgeKey(key, s, time.Now())
	return nil
}

// judgeKey decides about a signature that matches.
func judgeKey(key *openpgp.Key, s *signedBy, now time.Time) (SignatureStatus, error) {
	primary := key.Entity.PrimaryKey
	self, identity := key.Entity.PrimarySelfSignature()
	subkey := key.PublicKey != primary
	switch {
	case self == nil:
		return SignatureUnsupported, errors.New("key has no valid self-signature")
	case key.Entity.Revoked(now), subkey && key.Revoked(now), identity != nil && identity.Revoked(now):
		return SignatureRevoked, errors.New("key is revoked")
	case key.SelfSignature != nil && key.SelfSignature.FlagsValid && !key.SelfSignature.FlagSign:
		return SignatureBad, errors.New("key is not for signing")
	case primary.KeyExpired(self, now), subkey && key.PublicKey.KeyExpired(key.SelfSignature, now):
		return SignatureExpired, errors.New("key has expired")
	case s.expired(now):
		return SignatureExpired, errors.New("signature has expired")
	}
	return SignatureOK, nil
}

func signer(e *openpgp.Entity) string {
	if id := e.PrimaryIdentity(); id != nil {
		return id.Name
	}
	return ""
}

// writeSigned writes the content that is signed.
func (p *Package) writeSigned(ctx context.Context, w io.Writer, payload bool) error {
	if _, err := w.Write(p.Header.Raw()); err != nil || !payload {
		return err
	}
	raw := io.NewSectionReader(p.at, p.payloadStart, p.size-p.payloadStart)
	_, err := io.Copy(w, &verifier{ctx: ctx, raw: raw, p: p})
	return err
}

// parseSignaturePacket reads a signature packet of version 4 or later.
func parseSignaturePacket(op *packet.OpaquePacket) (*signedBy, error) {
	pkt, err := op.Parse()
	if err != nil {
		return nil, err
	}
	sig, ok := pkt.(*packet.Signature)
	if !ok {
		return nil, errors.New("not a signature packet")
	}
	if sig.IssuerKeyId == nil {
		return nil, errors.New("signature names no issuer")
	}
	if sig.SigType != packet.SigTypeBinary {
		return nil, fmt.Errorf("signature of type %d instead of one over data", sig.SigType)
	}
	return &signedBy{
		keyID: *sig.IssuerKeyId, created: sig.CreationTime.UTC(), hash: sig.Hash, expired: sig.SigExpired,
		verify: func(key *packet.PublicKey, write func(io.Writer) error) error {
			h, err := sig.PrepareVerify()
			if err != nil {
				return err
			}
			if err := write(h); err != nil {
				return err
			}
			return key.VerifySignature(h, sig)
		},
	}, nil
}
