package main

import (
	"context"
	"errors"
	"os"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
)

// writeComposefs writes the image of a commit to the new file dest.
func writeComposefs(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, dest string, o checkoutOptions) error {
	f, err := os.OpenFile(dest, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = composefs.WriteImage(ctx, f, repo, commit, &composefs.Options{NoVerity: o.composefsNoVerity})
	if err == nil && o.FSync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(dest))
	}
	return nil
}
