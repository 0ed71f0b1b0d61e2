package sign

import (
	"errors"
	"fmt"

	"example.com/rpmostree/ostree/gvariant"
)

// Kind is a kind of signature.
type Kind string

// The kinds, by the names that they have in configuration files.
const (
	GPG     Kind = "gpg"
	Ed25519 Kind = "ed25519"
	SPKI    Kind = "spki"
	Dummy   Kind = "dummy"
)

// MetadataKey is the key under which signatures of the kind are kept.
func (k Kind) MetadataKey() string {
	if k == GPG {
		return "ostree.gpgsigs"
	}
	return "ostree.sign." + string(k)
}

var (
	// ErrUnknownKind is the error for a kind that there is not.
	ErrUnknownKind = errors.New("Requested signature type is not implemented")
	// ErrDummy is the error for the dummy kind where it is not enabled.
	ErrDummy = errors.New("dummy signature type is only for ostree testing")
)

// ParseKind returns the kind of sign-verify and --sign-type that has the name:
// all but gpg, and dummy only if the options enable it.
func ParseKind(name string, o *Options) (Kind, error) {
	switch k := Kind(name); k {
	case Ed25519, SPKI:
		return k, nil
	case Dummy:
		if !o.enableDummy() {
			return "", ErrDummy
		}
		return k, nil
	}
	return "", ErrUnknownKind
}

const (
	// maxSignatures bounds how many signatures of one kind are looked at: each is
	// tried with every key, so a server could keep a client busy.
	maxSignatures = 256
	// maxSignatureSize is far above what any algorithm in use needs.
	maxSignatureSize = 64 << 10
)

// Signatures returns the signatures of a kind in detached metadata or summary.sig;
// none if d is nil.
func Signatures(d *gvariant.Dict, k Kind) ([][]byte, error) {
	v, ok := d.Get(k.MetadataKey())
	if !ok {
		return nil, nil
	}
	if v.Type() != "aay" {
		return nil, fmt.Errorf("%s has type %s, want aay", k.MetadataKey(), v.Type())
	}
	if v.Len() > maxSignatures {
		return nil, fmt.Errorf("%s has %d signatures, more than %d", k.MetadataKey(), v.Len(), maxSignatures)
	}
	out := make([][]byte, 0, v.Len())
	for _, e := range v.All() {
		s := e.RawBytes()
		if len(s) > maxSignatureSize {
			return nil, fmt.Errorf("%s has a signature of %d bytes, more than %d", k.MetadataKey(), len(s), maxSignatureSize)
		}
		out = append(out, s)
	}
	return out, nil
}

// withSignatures returns a copy of d that has just these signatures of a kind.
func withSignatures(d *gvariant.Dict, k Kind, sigs [][]byte) (*gvariant.Dict, error) {
	d = d.Clone()
	if len(sigs) == 0 {
		d.Delete(k.MetadataKey())
		return d, nil
	}
	if len(sigs) > maxSignatures {
		return nil, fmt.Errorf("more than %d signatures", maxSignatures)
	}
	items := make([]gvariant.Value, len(sigs))
	for i, s := range sigs {
		items[i] = gvariant.NewBytes(s)
	}
	v, err := gvariant.NewArray("ay", items...)
	if err != nil {
		return nil, err
	}
	d.Set(k.MetadataKey(), v)
	return d, nil
}
