package ostree

import (
	"context"
	"encoding/hex"
)

// presence tells what is known of a directory of the repository that holds the checksums with one first byte.
type presence uint8

const (
	notLooked presence = iota
	// noDirectory: there was none when the transaction first looked, in the repository or its parents. What it has written
	// there since is in Tx.known.
	noDirectory
	hasDirectory
)

// has is [Tx.Has] for writers. It spares looking for each object of a repository that was empty, and may miss what another
// program has written in the meantime, which is found out when the object gets its name.
func (t *Tx) has(ctx context.Context, n ObjectName) (bool, error) {
	b := n.Checksum[0]
	t.mu.Lock()
	_, known := t.known[n]
	p := t.presence[b]
	t.mu.Unlock()
	if p == notLooked && !known {
		var err error
		if p, err = t.look(b); err != nil {
			return false, err
		}
	}
	if known || p == noDirectory {
		return known, ctx.Err()
	}
	return t.Has(ctx, n)
}

// look must come before anything is written to the directory.
func (t *Tx) look(b byte) (presence, error) {
	p := noDirectory
	for i := range t.outer {
		ok, err := t.outer[i].dir.Exists(hex.EncodeToString([]byte{b}))
		if err != nil {
			return notLooked, err
		}
		if ok {
			p = hasDirectory
			break
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.presence[b] == notLooked {
		t.presence[b] = p
	}
	return t.presence[b], nil
}
