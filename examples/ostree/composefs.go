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
	digest, err := composefs.WriteImage(ctx, f, repo, commit, &composefs.Options{NoVerity: o.composefsNoVerity})
	if err == nil && !o.composefsNoVerity {
		err = checkComposefs(ctx, repo, commit, digest)
	}
	if err == nil && o.FSync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(dest))
	}
	return nil
}

// checkComposefs compares a digest with the one that the commit has, if it has one.
func checkComposefs(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, digest composefs.Digest) error {
	c, err := repo.LoadCommit(ctx, commit)
	if err != nil {
		return err
	}
	want, ok := c.Metadata.Get(composefs.KeyDigest)
	if !ok || want.Type() == "ay" && string(want.RawBytes()) == string(digest[:]) {
		return nil
	}
	return errorf("Generated composefs image digest (%s) doesn't match expected digest (%x)", digest, want.RawBytes())
}
