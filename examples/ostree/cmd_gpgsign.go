package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

func (a *app) gpgSignCommand() *cobra.Command {
	var remove bool
	var home string
	c := &cobra.Command{Use: "gpg-sign COMMIT KEY-ID...", Short: "Sign a commit"}
	glibopt.Bool(c, &remove, "delete", "d", "Delete signatures having any of the GPG KEY-IDs")
	glibopt.String(c, &home, "gpg-homedir", "", "HOMEDIR", "GPG Homedir to use when looking for keyrings")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return glibopt.Usagef("Need a COMMIT to sign")
		case 1:
			return glibopt.Usagef("Need at least one GPG KEY-ID to sign with")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			commit, err := resolve(c.Context(), repo, args[0])
			if err != nil {
				return err
			}
			if _, err := repo.LoadCommit(c.Context(), commit); errors.Is(err, fs.ErrNotExist) {
				return errorf("Failed to read commit: %s", missingText(ostree.ObjectName{Checksum: commit, Type: ostree.TypeCommit}))
			}
			if remove {
				return a.gpgDelete(c.Context(), repo, commit, args[1:], home)
			}
			return a.gpgSign(c.Context(), repo, commit, args[1:], home)
		})
	}
	return c
}

func (a *app) gpgSign(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, keys []string, home string) error {
	home, err := absolute(home)
	if err != nil {
		return err
	}
	for _, key := range keys {
		err := sign.Commit(ctx, repo, commit, &sign.GPGProgram{Key: key, HomeDir: home})
		if errors.Is(err, sign.ErrAlreadySigned) {
			return errorf("Commit is already signed with GPG key %s", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) gpgDelete(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, keys []string, home string) error {
	k, err := a.anyKeyring(ctx, repo, home)
	if err != nil {
		return err
	}
	known, ids := k.Select(keys)
	for _, key := range known.Keys() {
		ids = append(ids, key.Fingerprint)
	}
	n, err := sign.DeleteGPG(ctx, repo, commit, ids, k)
	if err != nil {
		return err
	}
	a.printf("Signatures deleted: %d\n", n)
	return nil
}
