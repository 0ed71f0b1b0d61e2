package ostree

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// ResolveRev returns the commit that rev means, the first of these that exists:
// a full checksum (whether or not the commit exists), REMOTE:REF, a local ref, a
// ref of a remote written as REMOTE/REF, a ref that some remote has, the
// same in the parent repository, the unique start of the checksum of a commit.
// Each "^" at the end goes to the parent. If there is none the error matches
// [fs.ErrNotExist].
//
// libostree looks for the start of a checksum before it looks for refs, so that
// a new commit may change what a ref named "beef" means; here it does not.
func (r *Repo) ResolveRev(ctx context.Context, rev string) (Checksum, error) {
	base := strings.TrimRight(rev, "^")
	c, err := r.resolveBase(ctx, base)
	if err != nil {
		return Checksum{}, fmt.Errorf("resolve %q: %w", rev, err)
	}
	for range len(rev) - len(base) {
		commit, err := r.LoadCommit(ctx, c)
		if err != nil {
			return Checksum{}, fmt.Errorf("resolve %q: %w", rev, err)
		}
		if commit.Parent.IsZero() {
			return Checksum{}, fmt.Errorf("resolve %q: commit %s has no parent: %w", rev, c, fs.ErrNotExist)
		}
		c = commit.Parent
	}
	return c, nil
}

func (r *Repo) resolveBase(ctx context.Context, base string) (Checksum, error) {
	if err := ctx.Err(); err != nil {
		return Checksum{}, err
	}
	if c, err := ParseChecksum(base); err == nil {
		return c, nil
	}
	remote, name, nameErr := ParseRefspec(base)
	if nameErr == nil {
		for at := r; at != nil; at = at.parent {
			ref, err := at.findRef(ctx, remote, name)
			if err == nil {
				return ref.Checksum, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return Checksum{}, err
			}
		}
	}
	if c, ok, err := r.resolvePrefix(ctx, base); ok || err != nil {
		return c, err
	}
	if nameErr != nil {
		return Checksum{}, nameErr
	}
	return Checksum{}, fs.ErrNotExist
}

// findRef looks in r alone.
func (r *Repo) findRef(ctx context.Context, remote, name string) (Ref, error) {
	ref, err := r.readRef(Ref{Remote: remote, Name: name})
	if remote != "" || !errors.Is(err, fs.ErrNotExist) {
		return ref, err
	}
	if owner, rest, ok := strings.Cut(name, "/"); ok {
		ref, err := r.readRef(Ref{Remote: owner, Name: rest})
		if err == nil {
			return ref, nil
		}
	}
	all, err := r.Refs(ctx, &RefsOptions{Prefix: name, Remotes: true})
	if err != nil {
		return Ref{}, err
	}
	for _, ref := range all {
		if ref.Remote != "" && ref.Name == name {
			return ref, nil
		}
	}
	return Ref{}, fs.ErrNotExist
}

// resolvePrefix finds the only commit whose checksum starts with prefix.
func (r *Repo) resolvePrefix(ctx context.Context, prefix string) (c Checksum, ok bool, err error) {
	if prefix == "" || len(prefix) > 2*len(c) {
		return c, false, nil
	}
	for i := range len(prefix) {
		if !isLowerHex(prefix[i]) {
			return c, false, nil
		}
	}
	for at := r; at != nil; at = at.parent {
		names, err := at.objectsBelow(prefix)
		if err != nil {
			return c, false, err
		}
		for _, n := range names {
			if n.Type != TypeCommit || n.Checksum == c || !strings.HasPrefix(hex.EncodeToString(n.Checksum[:]), prefix) {
				continue
			}
			if ok {
				return c, false, fmt.Errorf("checksum prefix is not unique: %s and %s match", c, n.Checksum)
			}
			c, ok = n.Checksum, true
		}
	}
	return c, ok, nil
}

// objectsBelow lists the loose objects in the directories that may hold a prefix.
func (r *Repo) objectsBelow(prefix string) ([]ObjectName, error) {
	if len(prefix) > 1 {
		return objectsIn(r.objects, prefix[:2], r.mode)
	}
	var all []ObjectName
	for _, digit := range "0123456789abcdef" {
		names, err := objectsIn(r.objects, prefix+string(digit), r.mode)
		if err != nil {
			return nil, err
		}
		all = append(all, names...)
	}
	return all, nil
}
