package sign

import (
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
)

// KeyInfo describes a key of a keyring.
type KeyInfo struct {
	Fingerprint string // hexadecimal, upper case
	Created     time.Time
	Expires     time.Time // zero is never
	Revoked     bool
	UserIDs     []UserID  // the primary one first; none for a subkey
	Subkeys     []KeyInfo // none for a subkey
}

// UserID names the owner of a key.
type UserID struct {
	Text, Email string
	Revoked     bool
}

// Keys describes the keys in the order of the keyring.
func (k *Keyring) Keys() []KeyInfo {
	var out []KeyInfo
	for _, e := range k.entities {
		out = append(out, keyInfo(e))
	}
	return out
}

func keyInfo(e *openpgp.Entity) KeyInfo {
	revoked := len(e.Revocations) > 0
	info := KeyInfo{Fingerprint: fingerprint(e.PrimaryKey), Created: e.PrimaryKey.CreationTime, Revoked: revoked}
	if self, _ := e.PrimarySelfSignature(); self != nil {
		info.Expires = keyExpires(e.PrimaryKey, self)
	}
	first := e.PrimaryIdentity()
	for _, id := range e.Identities {
		u := UserID{Text: id.Name, Revoked: revoked || len(id.Revocations) > 0}
		if id.UserId != nil {
			u.Email = id.UserId.Email
		}
		info.UserIDs = append(info.UserIDs, u)
	}
	slices.SortFunc(info.UserIDs, func(a, b UserID) int {
		switch {
		case a.Text == b.Text:
			return 0
		case first != nil && a.Text == first.Name:
			return -1
		case first != nil && b.Text == first.Name:
			return 1
		}
		return strings.Compare(a.Text, b.Text)
	})
	for _, s := range e.Subkeys {
		info.Subkeys = append(info.Subkeys, KeyInfo{
			Fingerprint: fingerprint(s.PublicKey), Created: s.PublicKey.CreationTime,
			Expires: keyExpires(s.PublicKey, s.Sig), Revoked: revoked || len(s.Revocations) > 0,
		})
	}
	return info
}

// Select returns a keyring with just the keys that are named by fingerprint, the end
// of one, or a part of a user id, and the names that fit none.
func (k *Keyring) Select(names []string) (*Keyring, []string) {
	out := &Keyring{}
	var missing []string
	for _, name := range names {
		found := false
		for _, e := range k.entities {
			if !k.named(fingerprint(e.PrimaryKey), []string{name}) && !namesUser(e, name) {
				continue
			}
			found = true
			i := slices.IndexFunc(k.blocks, func(b *keyBlock) bool { return b.fingerprint == fingerprint(e.PrimaryKey) })
			if !slices.Contains(out.blocks, k.blocks[i]) {
				out.blocks, out.entities = append(out.blocks, k.blocks[i]), append(out.entities, e)
			}
		}
		if !found {
			missing = append(missing, name)
		}
	}
	return out, missing
}

func namesUser(e *openpgp.Entity, name string) bool {
	for _, id := range e.Identities {
		if name != "" && strings.Contains(id.Name, name) {
			return true
		}
	}
	return false
}
