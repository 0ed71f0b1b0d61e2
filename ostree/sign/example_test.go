package sign_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

// A build machine signs a commit; a client checks it with the key of its remote's configuration.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	repo, commit := commitSomething(ctx, dir+"/repo")
	defer repo.Close()

	key := ed25519.NewKeyFromSeed([]byte("thirty-two bytes kept in a vault"))
	signer, err := sign.NewSigner(sign.Ed25519, base64.StdEncoding.EncodeToString(key), nil)
	if err != nil {
		panic(err)
	}
	if err := sign.Commit(ctx, repo, commit, signer); err != nil {
		panic(err)
	}

	remote := ostree.Remote{Name: "vendor", Options: map[string]string{
		"sign-verify":              "ed25519",
		"verification-ed25519-key": base64.StdEncoding.EncodeToString(key[32:]),
	}}
	verifier, err := sign.ForRemote(ctx, repo, remote, nil)
	if err != nil {
		panic(err)
	}
	_, err = verifier.VerifyStored(ctx, repo, commit)
	fmt.Println("signed:", err)
	if err := repo.SetDetachedMetadata(ctx, commit, nil); err != nil {
		panic(err)
	}
	_, err = verifier.VerifyStored(ctx, repo, commit)
	fmt.Println("unsigned:", errors.Is(err, sign.ErrNoDetachedMetadata))
	// Output:
	// signed: <nil>
	// unsigned: true
}

// commitSomething makes a repository with an empty tree.
func commitSomething(ctx context.Context, path string) (*ostree.Repo, ostree.Checksum) {
	repo, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		panic(err)
	}
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		panic(err)
	}
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o040755}).Encode())
	if err != nil {
		panic(err)
	}
	tree, err := tx.WriteMetadata(ctx, ostree.TypeDirTree, (&ostree.DirTree{}).Encode())
	if err != nil {
		panic(err)
	}
	commit, err := tx.WriteCommit(ctx, &ostree.Commit{Subject: "empty", RootTree: tree, RootMeta: meta})
	if err != nil {
		panic(err)
	}
	tx.SetRef("main", commit)
	if _, err := tx.Commit(ctx); err != nil {
		panic(err)
	}
	return repo, commit
}
