package sign

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Status says what is known about an OpenPGP signature.
type Status uint8

// The statuses. All but Good mean that the signature is worth nothing.
const (
	Bad        Status = iota // damaged, of other data, or of an algorithm that is not trusted
	Good                     // made by a key of the keyring that may sign
	Expired                  // correct, but its time is over
	KeyExpired               // correct, but the time of the key is over
	KeyRevoked               // the key has been revoked
	KeyMissing               // the keyring does not have the key
)

// Result is what checking one OpenPGP signature has shown.
type Result struct {
	Status Status
	// KeyID are 16 hexadecimal digits, upper case; "" if the signature cannot be
	// read. Fingerprint is that of the signing key, Primary that of the key whose
	// subkey it is or the same; both are "" if the key is missing.
	KeyID, Fingerprint, Primary string
	// Algorithm is the public key algorithm as GnuPG calls it; "" for a bad
	// signature, which can claim anything.
	Algorithm string
	// Created and Expires are the times of the signature, KeyExpires and
	// PrimaryExpires those of the keys; zero is never, or unknown.
	Created, Expires, KeyExpires, PrimaryExpires time.Time
	// UserName and UserEmail are of the primary user id.
	UserName, UserEmail string

	now time.Time // of the check
}

// Valid reports whether the signature proves anything.
func (r *Result) Valid() bool { return r.Status == Good }

// Verify checks detached signatures of data. The results are in the order of the
// signatures; one that holds several signature packets gives several.
func (k *Keyring) Verify(data []byte, signatures [][]byte, o *Options) []Result {
	var out []Result
	for _, s := range signatures {
		sigs := parseGPG(s)
		if len(sigs) == 0 {
			out = append(out, Result{})
		}
		for _, sig := range sigs {
			out = append(out, k.check(data, sig, o))
		}
		if len(out) >= maxSignatures {
			return out[:maxSignatures]
		}
	}
	return out
}

// parseGPG returns the signature packets up to the first of another kind.
func parseGPG(signature []byte) []*packet.Signature {
	var out []*packet.Signature
	packets := packet.NewReader(bytes.NewReader(signature))
	for len(out) < maxSignatures {
		p, err := packets.Next()
		if err != nil {
			break
		}
		sig, ok := p.(*packet.Signature)
		if !ok {
			break
		}
		out = append(out, sig)
	}
	return out
}

// algorithms has the names that GnuPG prints.
var algorithms = map[packet.PublicKeyAlgorithm]string{
	packet.PubKeyAlgoRSA:         "RSA",
	packet.PubKeyAlgoRSASignOnly: "RSA-S",
	packet.PubKeyAlgoDSA:         "DSA",
	packet.PubKeyAlgoECDSA:       "ECDSA",
	packet.PubKeyAlgoEdDSA:       "EdDSA",
	packet.PubKeyAlgoEd25519:     "Ed25519",
	packet.PubKeyAlgoEd448:       "Ed448",
}

// signingKey is a key of the keyring that could have made a signature.
type signingKey struct {
	entity  *openpgp.Entity
	key     *packet.PublicKey
	self    *packet.Signature // binds the key
	primary *packet.Signature // binds the primary key
	subkey  *openpgp.Subkey   // nil for the primary key
}

// find returns the keys with the id of the signature's issuer.
func (k *Keyring) find(sig *packet.Signature) []signingKey {
	var out []signingKey
	for _, e := range k.entities {
		primary, _ := e.PrimarySelfSignature()
		if primary == nil {
			continue // no user id that the key itself has confirmed
		}
		if sig.CheckKeyIdOrFingerprint(e.PrimaryKey) {
			out = append(out, signingKey{e, e.PrimaryKey, primary, primary, nil})
		}
		for i := range e.Subkeys {
			s := &e.Subkeys[i]
			if sig.CheckKeyIdOrFingerprint(s.PublicKey) {
				out = append(out, signingKey{e, s.PublicKey, s.Sig, primary, s})
			}
		}
	}
	return out
}

func (k *Keyring) check(data []byte, sig *packet.Signature, o *Options) Result {
	r := Result{KeyID: issuer(sig), now: o.now()}
	keys := k.find(sig)
	if len(keys) == 0 {
		r.Status = KeyMissing
		r.describe(sig)
		return r
	}
	i := slices.IndexFunc(keys, func(c signingKey) bool { return c.matches(data, sig, o) })
	if i < 0 {
		keys[0].identify(&r)
		return r
	}
	keys[i].identify(&r)
	r.describe(sig)
	r.Status = keys[i].status(sig, &r)
	return r
}

func issuer(sig *packet.Signature) string {
	switch {
	case sig.IssuerKeyId != nil:
		return fmt.Sprintf("%016X", *sig.IssuerKeyId)
	case len(sig.IssuerFingerprint) == 20: // version 4: the key id is the end, later the start
		return fmt.Sprintf("%X", sig.IssuerFingerprint[12:])
	case len(sig.IssuerFingerprint) >= 8:
		return fmt.Sprintf("%X", sig.IssuerFingerprint[:8])
	}
	return "0000000000000000"
}

// describe takes over what the signature says about itself.
func (r *Result) describe(sig *packet.Signature) {
	r.Created, r.Algorithm = sig.CreationTime, algorithms[sig.PubKeyAlgo]
	if n := sig.SigLifetimeSecs; n != nil && *n != 0 {
		r.Expires = sig.CreationTime.Add(time.Duration(*n) * time.Second)
	}
}

func (c *signingKey) identify(r *Result) {
	r.Fingerprint, r.Primary = fingerprint(c.key), fingerprint(c.entity.PrimaryKey)
	r.KeyExpires = keyExpires(c.key, c.self)
	if c.subkey != nil {
		r.PrimaryExpires = keyExpires(c.entity.PrimaryKey, c.primary)
	}
	if id := c.entity.PrimaryIdentity(); id != nil && id.UserId != nil {
		r.UserName, r.UserEmail = id.UserId.Name, id.UserId.Email
	}
}

func keyExpires(k *packet.PublicKey, self *packet.Signature) time.Time {
	if n := self.KeyLifetimeSecs; n != nil && *n != 0 {
		return k.CreationTime.Add(time.Duration(*n) * time.Second)
	}
	return time.Time{}
}

// matches checks the mathematics.
func (c *signingKey) matches(data []byte, sig *packet.Signature, o *Options) bool {
	if sig.SigType != packet.SigTypeBinary || !trustedHash(sig.Hash, o) || !c.maySign() {
		return false
	}
	for _, s := range []*packet.Signature{sig, c.self, c.primary} {
		for _, n := range s.Notations {
			if n.IsCritical { // RFC 9580 5.2.3.7: what is critical and unknown makes it invalid
				return false
			}
		}
	}
	h, err := sig.PrepareVerify()
	if err != nil {
		return false
	}
	if _, err := h.Write(data); err != nil {
		return false
	}
	return c.key.VerifySignature(h, sig) == nil
}

func trustedHash(h crypto.Hash, o *Options) bool {
	switch h {
	case crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA3_256, crypto.SHA3_512:
		return true
	case crypto.SHA1:
		return o != nil && o.AllowSHA1
	}
	return false
}

// maySign: a subkey must say so, and prove by a signature in its binding that it
// belongs to the primary key, which has been checked on reading (RFC 9580 5.2.3.29).
func (c *signingKey) maySign() bool {
	if !c.key.PubKeyAlgo.CanSign() {
		return false
	}
	if c.subkey != nil {
		return c.self.FlagsValid && c.self.FlagSign && c.self.EmbeddedSignature != nil
	}
	return !c.self.FlagsValid || c.self.FlagSign
}

// status judges a signature whose mathematics are right.
func (c *signingKey) status(sig *packet.Signature, r *Result) Status {
	id := c.entity.PrimaryIdentity()
	switch {
	case len(c.entity.Revocations) > 0, c.subkey != nil && len(c.subkey.Revocations) > 0, id != nil && len(id.Revocations) > 0:
		return KeyRevoked
	case past(r.KeyExpires, r.now), past(r.PrimaryExpires, r.now):
		return KeyExpired
	case past(r.Expires, r.now):
		return Expired
	case sig.CreationTime.After(r.now.Add(maxClockSkew)), sig.CreationTime.Before(c.key.CreationTime):
		return Bad
	}
	return Good
}

// maxClockSkew is how far the clock of who signs may be ahead.
const maxClockSkew = 24 * time.Hour

func past(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }
