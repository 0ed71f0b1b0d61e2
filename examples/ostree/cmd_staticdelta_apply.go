package main

import (
	"cmp"
	"context"
	"errors"
	"os"

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
	refused error // why there is none that is good
}

func (k *deltaKeys) flags(c *cobra.Command) {
	glibopt.String(c, &k.kind, "sign-type", "", "NAME", "Signature type to use (defaults to 'ed25519')")
	glibopt.String(c, &k.keysFile, "keys-file", "", "NAME", "Read key(s) from file")
	glibopt.String(c, &k.keysDir, "keys-dir", "", "NAME", "Redefine system-wide directories with public and revoked keys for verification")
}

// VerifyDelta succeeds if a signature is good for one of the keys.
func (k *deltaKeys) VerifyDelta(_ context.Context, superblock []byte, signatures *gvariant.Dict) error {
	k.refused = k.verify(superblock, signatures)
	return k.refused
}

func (k *deltaKeys) verify(superblock []byte, signatures *gvariant.Dict) error {
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
		if _, err = set.Verify(superblock, list); err == nil {
			return nil
		}
		err = errorf("signature: %w", err)
	}
	return err
}

func (a *app) deltaApplyCommand() *cobra.Command {
	k := &deltaKeys{options: a.signOptions()}
	c := &cobra.Command{Use: "apply-offline", Short: "Apply static delta file"}
	k.flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errorf("PATH must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			d, err := delta.OpenPath(args[0])
			if isNotExist(err) {
				return errorf("openat(%s): No such file or directory", whatIsMissing(args[0]))
			}
			if err != nil {
				return err
			}
			o := &delta.ApplyOptions{}
			k.keys = args[1:]
			verify, err := k.demanded(repo, d)
			if err != nil {
				return err
			}
			if verify {
				o.Verify = k
			}
			if err := needSource(c.Context(), repo, d); err != nil && d.Signatures == nil {
				return err // rather than that it is not signed
			}
			_, err = d.Apply(c.Context(), repo, o)
			var missing *delta.MissingError
			switch {
			case k.refused != nil:
				return k.refused
			case errors.As(err, &missing) && missing.Object.Type == ostree.TypeCommit:
				return noSource(missing.Object.Checksum)
			}
			return err
		})
	}
	return c
}

// whatIsMissing is how the real command names what it cannot open.
func whatIsMissing(path string) string {
	if _, err := os.Stat(path); err == nil {
		return "superblock"
	}
	return "O_DIRECTORY"
}

// demanded tells whether signatures have to be verified: because of options and arguments, or of the configuration.
func (k *deltaKeys) demanded(repo *ostree.Repo, d *delta.Delta) (bool, error) {
	required, err := repo.Config().GetBool("core", "sign-verify-deltas", false)
	if err != nil {
		return false, err
	}
	asked := k.kind != "" || k.keysFile != "" || k.keysDir != "" || len(k.keys) > 0
	switch {
	case required && d.Signatures == nil:
		return false, errorf("Delta not signed while --sign-verify-deltas or core.sign-verify-deltas is set")
	case required && !asked:
		return false, errorf("Key is mandatory to check delta signature")
	}
	if asked {
		_, err = signKind(k.kind, k.options)
	}
	return asked, err
}

func needSource(ctx context.Context, repo *ostree.Repo, d *delta.Delta) error {
	from := d.Superblock.Name.From
	if from.IsZero() {
		return nil
	}
	there, err := repo.Has(ctx, ostree.ObjectName{Checksum: from, Type: ostree.TypeCommit})
	if err == nil && !there {
		err = noSource(from)
	}
	return err
}

func noSource(c ostree.Checksum) error {
	return errorf("Commit %s, which is the delta source, is not in repository", c)
}

func (a *app) deltaVerifyCommand() *cobra.Command {
	k := &deltaKeys{options: a.signOptions()}
	c := &cobra.Command{Use: "verify STATIC-DELTA-FILE [KEY-ID...]", Short: "Verify static delta signatures"}
	k.flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errorf("DELTA must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if _, err := signKind(k.kind, k.options); err != nil {
				a.println("Sign-type not supported")
				return err
			}
			d, err := openDelta(repo, args[0])
			if err != nil {
				a.println("Verification fails")
				return err
			}
			k.keys = args[1:]
			if err := d.Verify(c.Context(), k); err != nil {
				a.println("Verification fails")
				return cmp.Or(k.refused, err)
			}
			a.println("Verification OK")
			return nil
		})
	}
	return c
}
