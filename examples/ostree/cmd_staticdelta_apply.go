package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

// deltaKeys checks the signatures of deltas; it implements [delta.Verifier].
type deltaKeys struct {
	signVerb
	keys    []string
	options *sign.Options
	line    string // about the good signature
}

func (k *deltaKeys) flags(c *cobra.Command) {
	glibopt.String(c, &k.kind, "sign-type", "", "NAME", "Signature type to use (defaults to 'ed25519')")
	glibopt.String(c, &k.keysFile, "keys-file", "", "NAME", "Read key(s) from file")
	glibopt.String(c, &k.keysDir, "keys-dir", "", "NAME", "Redefine system-wide directories with public and revoked keys for verification")
}

// VerifyDelta succeeds if a signature is good for one of the keys.
func (k *deltaKeys) VerifyDelta(_ context.Context, superblock []byte, signatures *gvariant.Dict) error {
	kind, err := signKind(k.kind, k.options)
	if err != nil {
		return err
	}
	if signatures == nil {
		return errorf("no signatures in static-delta")
	}
	list, err := sign.Signatures(signatures, kind)
	if err != nil {
		return err
	}
	sets, err := k.keySets(kind, len(k.keys) == 0, k.options)
	if err != nil {
		return err
	}
	for _, key := range k.keys {
		set := sign.NewKeySet(kind)
		if err := set.Add(key); err != nil {
			return err
		}
		sets = append(sets, set)
	}
	err = errorf("no signatures found")
	for _, set := range sets {
		var verr error
		if k.line, verr = set.Verify(superblock, list); verr == nil {
			return nil
		}
		err = fmt.Errorf("verify signature: %w", verr)
	}
	return err
}

func (a *app) deltaApplyCommand() *cobra.Command {
	k := &deltaKeys{options: a.signOptions()}
	c := &cobra.Command{Use: "apply-offline", Short: "Apply static delta file"}
	k.flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("PATH must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			d, err := delta.OpenPath(args[0])
			if err != nil {
				return err
			}
			o := &delta.ApplyOptions{}
			required, err := repo.Config().GetBool("core", "sign-verify-deltas", false)
			if err != nil {
				return err
			}
			k.keys = args[1:]
			switch asked := k.kind != "" || k.keysFile != "" || k.keysDir != "" || len(k.keys) > 0; {
			case required && d.Signatures == nil:
				return errorf("Delta not signed while --sign-verify-deltas or core.sign-verify-deltas is set")
			case required && !asked:
				return errorf("Key is mandatory to check delta signature")
			case asked:
				o.Verify = k
			}
			_, err = d.Apply(c.Context(), repo, o)
			var missing *delta.MissingError
			if errors.As(err, &missing) && missing.Object.Type == ostree.TypeCommit {
				return errorf("Commit %s, which is the delta source, is not in repository", missing.Object.Checksum)
			}
			return err
		})
	}
	return c
}

func (a *app) deltaVerifyCommand() *cobra.Command {
	k := &deltaKeys{options: a.signOptions()}
	c := &cobra.Command{Use: "verify STATIC-DELTA-FILE [KEY-ID...]", Short: "Verify static delta signatures"}
	k.flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("DELTA must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			d, err := openDelta(repo, args[0])
			if err != nil {
				return err
			}
			k.keys = args[1:]
			if err := d.Verify(c.Context(), k); err != nil {
				a.println("Verification fails")
				return err
			}
			a.println("Verification OK")
			return nil
		})
	}
	return c
}
