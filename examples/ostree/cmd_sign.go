package main

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

type signVerb struct {
	remove, verify          bool
	kind, keysFile, keysDir string
}

func (a *app) signCommand() *cobra.Command {
	var o signVerb
	c := &cobra.Command{Use: "sign COMMIT KEY-ID...", Short: "Sign a commit"}
	glibopt.Bool(c, &o.remove, "delete", "d", "Delete signatures having any of the KEY-IDs")
	glibopt.Bool(c, &o.verify, "verify", "", "Verify signatures")
	glibopt.String(c, &o.kind, "sign-type", "s", "NAME", "Signature type to use (defaults to 'ed25519')")
	glibopt.String(c, &o.keysFile, "keys-file", "", "NAME", "Read key(s) from file")
	glibopt.String(c, &o.keysDir, "keys-dir", "", "NAME", "Redefine system-wide directories with public and revoked keys for verification")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("Need a COMMIT to sign or verify")
		}
		if !o.verify && len(args) == 1 && o.keysFile == "" {
			return glibopt.Usagef("Need at least one KEY-ID to sign with")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			commit, err := resolve(c.Context(), repo, args[0])
			if err != nil {
				return err
			}
			switch {
			case o.remove:
				return a.signDelete(c.Context(), repo, commit, args[1:], o)
			case o.verify:
				return a.signVerify(c.Context(), repo, commit, args[1:], o)
			}
			return a.sign(c.Context(), repo, commit, args[1:], o)
		})
	}
	return c
}

// sign adds a signature for every key.
func (a *app) sign(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, keys []string, o signVerb) error {
	list := signers{keys: keys, kind: o.kind, fromFile: o.keysFile}
	with, err := list.list(a.signOptions())
	if err != nil {
		return err
	}
	return sign.Commit(ctx, repo, commit, with...)
}

// signDelete takes the signatures by the keys away. A key may be the public one, or the secret one that signed.
func (a *app) signDelete(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, keys []string, o signVerb) error {
	kind, err := signKind(o.kind, a.signOptions())
	if err != nil {
		return err
	}
	if o.keysFile != "" {
		more, err := keysOfFile(kind, o.keysFile)
		if err != nil {
			return err
		}
		keys = append(keys[:len(keys):len(keys)], more...)
	}
	set := sign.NewKeySet(kind)
	for _, key := range keys {
		if public, err := sign.PublicKey(kind, key); err == nil {
			key = public
		}
		if err := set.Add(key); err != nil {
			return err
		}
	}
	n, err := sign.Delete(ctx, repo, commit, set)
	if err == nil {
		a.printf("Signatures deleted: %d\n", n)
	}
	return err
}

// signVerify succeeds if a signature is good for one of the keys, of the file's, or of the system's.
func (a *app) signVerify(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, keys []string, o signVerb) error {
	options := a.signOptions()
	kind, err := signKind(o.kind, options)
	if err != nil {
		if o.kind == string(sign.Dummy) {
			return errorf("No valid signatures found")
		}
		return err
	}
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: commit, Type: ostree.TypeCommit})
	if err != nil {
		return noSuchObject(err, commit, ostree.TypeCommit)
	}
	d, err := repo.DetachedMetadata(ctx, commit)
	if err != nil {
		return err
	}
	signatures, err := sign.Signatures(d, kind)
	if err != nil {
		return err
	}
	for _, key := range keys {
		set := sign.NewKeySet(kind)
		if err := set.Add(key); err != nil {
			return err
		}
		if line, err := set.Verify(data, signatures); err == nil {
			a.println(line)
			return nil
		}
	}
	sets, err := o.keySets(kind, len(keys) == 0, options)
	if err != nil {
		return err
	}
	err = errorf("No valid signatures found")
	for _, set := range sets {
		line, verr := set.Verify(data, signatures)
		if verr == nil {
			a.println(line)
			return nil
		}
		err = verr
	}
	return err
}

// keySets loads the keys of --keys-file and --keys-dir, or, without any key given, those of the system.
func (o *signVerb) keySets(kind sign.Kind, system bool, options *sign.Options) ([]*sign.KeySet, error) {
	var out []*sign.KeySet
	if o.keysFile != "" {
		set := sign.NewKeySet(kind)
		if err := set.LoadFile(o.keysFile); err != nil {
			return nil, err
		}
		out = append(out, set)
	}
	switch {
	case o.keysDir != "":
		set := sign.NewKeySet(kind)
		if err := set.LoadDir(o.keysDir); err != nil {
			return nil, err
		}
		out = append(out, set)
	case o.keysFile == "" && system:
		set, err := sign.SystemKeys(kind, options)
		if err != nil {
			return nil, err
		}
		out = append(out, set)
	}
	return out, nil
}
