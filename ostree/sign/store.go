package sign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// ErrAlreadySigned is the error for a commit that has a signature by the key.
var ErrAlreadySigned = errors.New("Commit is already signed with GPG key")

// Commit adds signatures of a commit to its detached metadata, one by each signer.
// A second OpenPGP signature by the same key is an error, ErrAlreadySigned; of the
// other kinds, equal signatures are kept once.
func Commit(ctx context.Context, repo *ostree.Repo, c ostree.Checksum, signers ...Signer) error {
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil {
		return fmt.Errorf("sign commit %s: %w", c, err)
	}
	d, err := repo.DetachedMetadata(ctx, c)
	if err != nil {
		return fmt.Errorf("sign commit %s: %w", c, err)
	}
	if d, err = Add(ctx, d, data, signers...); err != nil {
		return fmt.Errorf("sign commit %s: %w", c, err)
	}
	return repo.SetDetachedMetadata(ctx, c, d)
}

// Add returns a copy of d, which may be nil, with signatures of data as Commit
// makes them. It is for metadata that is not stored yet.
func Add(ctx context.Context, d *gvariant.Dict, data []byte, signers ...Signer) (*gvariant.Dict, error) {
	if d == nil {
		d = gvariant.NewDict()
	}
	for _, s := range signers {
		sigs, err := Signatures(d, s.Kind())
		if err != nil {
			return nil, err
		}
		sig, err := s.Sign(ctx, data)
		if err != nil {
			return nil, err
		}
		if s.Kind() == GPG {
			if id := issuers(sig); slices.ContainsFunc(sigs, func(old []byte) bool { return slices.Equal(id, issuers(old)) }) {
				return nil, fmt.Errorf("%w %s", ErrAlreadySigned, id)
			}
		}
		if slices.ContainsFunc(sigs, func(old []byte) bool { return slices.Equal(old, sig) }) {
			continue
		}
		if d, err = withSignatures(d, s.Kind(), append(sigs, sig)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// DeleteGPG takes away the OpenPGP signatures of a commit that were made with one
// of the keys and returns their number. Keys are fingerprints or ends of them, such
// as key ids; the keyring, which may be nil, says which subkeys belong to a key.
func DeleteGPG(ctx context.Context, repo *ostree.Repo, c ostree.Checksum, keys []string, ring *Keyring) (int, error) {
	return remove(ctx, repo, c, GPG, func(_, sig []byte) bool {
		return slices.ContainsFunc(issuers(sig), func(id string) bool { return ring.named(id, keys) })
	})
}

// Delete takes away the signatures of a commit that were made with one of the keys
// and returns their number.
func Delete(ctx context.Context, repo *ostree.Repo, c ostree.Checksum, keys *KeySet) (int, error) {
	return remove(ctx, repo, c, keys.kind, func(data, sig []byte) bool {
		return slices.ContainsFunc(keys.keys, func(k publicKey) bool { return k.verify(data, sig) })
	})
}

// remove takes away the signatures of a kind that match.
func remove(ctx context.Context, repo *ostree.Repo, c ostree.Checksum, k Kind, match func(data, sig []byte) bool) (int, error) {
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil {
		return 0, fmt.Errorf("delete signatures of commit %s: %w", c, err)
	}
	d, err := repo.DetachedMetadata(ctx, c)
	if err != nil {
		return 0, err
	}
	sigs, err := Signatures(d, k)
	if err != nil {
		return 0, fmt.Errorf("delete signatures of commit %s: %w", c, err)
	}
	keep := slices.DeleteFunc(slices.Clone(sigs), func(s []byte) bool { return match(data, s) })
	if len(keep) == len(sigs) {
		return 0, nil
	}
	if d, err = withSignatures(d, k, keep); err != nil {
		return 0, err
	}
	if d.Len() == 0 {
		d = nil
	}
	return len(sigs) - len(keep), repo.SetDetachedMetadata(ctx, c, d)
}

const (
	summaryFile   = "summary"
	signatureFile = "summary.sig"
	maxSummary    = 128 << 20
	maxSigFile    = 16 << 20
)

// Summary adds signatures of the file summary of repo to summary.sig, one by each
// signer. Signatures of an older summary are gone already: updating a summary
// removes them.
func Summary(ctx context.Context, repo *ostree.Repo, signers ...Signer) error {
	dir, err := dirfd.Open(repo.Path())
	if err != nil {
		return fmt.Errorf("sign summary: %w", err)
	}
	defer dir.Close()
	if err := signSummary(ctx, dir, signers); err != nil {
		return fmt.Errorf("sign summary of %s: %w", repo.Path(), err)
	}
	return nil
}

func signSummary(ctx context.Context, dir *dirfd.Dir, signers []Signer) error {
	data, err := dir.ReadFile(summaryFile, maxSummary)
	if err != nil {
		return err
	}
	var d *gvariant.Dict
	old, err := dir.ReadFile(signatureFile, maxSigFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		if d, err = parseSignatures(old); err != nil {
			return fmt.Errorf("summary.sig: %w", err)
		}
	}
	if d, err = Add(ctx, d, data, signers...); err != nil {
		return err
	}
	return atomicfs.WriteFile(ctx, dir, signatureFile, d.Value().Bytes(), 0o644, nil)
}

// ImportKeys adds public keys to the keyring of a remote, NAME.trustedkeys.gpg in
// the repository, and returns how many are new. Newer copies of keys that are there
// are merged, so that their expiry and revocation become known.
func ImportKeys(ctx context.Context, repo *ostree.Repo, remote string, data ...[]byte) (int, error) {
	name, err := keyringName(remote)
	if err != nil {
		return 0, fmt.Errorf("import keys: %w", err)
	}
	k := &Keyring{}
	if _, err := addRemoteKeyring(k, repo, remote); err != nil {
		return 0, fmt.Errorf("import keys: %w", err)
	}
	n := 0
	for _, d := range data {
		added, err := k.Add(d)
		if err != nil {
			return 0, fmt.Errorf("import keys: %w", err)
		}
		n += len(added)
	}
	out, err := k.Bytes()
	if err != nil {
		return 0, fmt.Errorf("import keys: %w", err)
	}
	dir, err := dirfd.Open(repo.Path())
	if err != nil {
		return 0, fmt.Errorf("import keys: %w", err)
	}
	defer dir.Close()
	if err := atomicfs.WriteFile(ctx, dir, name, out, 0o644, nil); err != nil {
		return 0, fmt.Errorf("import keys: %w", err)
	}
	return n, nil
}
