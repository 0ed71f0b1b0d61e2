package pull_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

// Pull from a remote of the configuration, whose commits must be signed with a key that the configuration names.
func ExampleOpenRemote() {
	if err := pullSigned(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// refused without signature: true
	// with signature: <nil>
}

func pullSigned(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := publish(ctx, filepath.Join(dir, "server"))
	if err != nil {
		return err
	}
	defer server.Close()
	key := ed25519.NewKeyFromSeed([]byte("thirty-two bytes kept in a vault"))

	repo, err := ostree.Init(ctx, filepath.Join(dir, "client"), &ostree.InitOptions{Mode: ostree.ModeBareUser})
	if err != nil {
		return err
	}
	defer repo.Close()
	err = repo.AddRemote(ctx, ostree.Remote{Name: "vendor", URL: server.URL, Branches: []string{"os/stable"}, Options: map[string]string{
		"gpg-verify":               "false",
		"sign-verify":              "ed25519",
		"verification-ed25519-key": base64.StdEncoding.EncodeToString(key[32:]),
	}}, nil)
	if err != nil {
		return err
	}
	fmt.Println("refused without signature:", update(ctx, repo, "vendor") != nil)
	if err := signAll(ctx, filepath.Join(dir, "server"), key); err != nil {
		return err
	}
	fmt.Println("with signature:", update(ctx, repo, "vendor"))
	return nil
}

// update pulls the branches of a remote: refs change only if everything is there and verified.
func update(ctx context.Context, repo *ostree.Repo, name string) error {
	remote, err := repo.Remote(name)
	if err != nil {
		return err
	}
	src, o, err := pull.OpenRemote(ctx, nil, remote)
	if err != nil {
		return err
	}
	if o.Verify, err = sign.ForRemote(ctx, repo, remote, nil); err != nil {
		return err
	}
	_, err = pull.Pull(ctx, repo, src, o)
	return err
}

// signAll signs the commits of all refs.
func signAll(ctx context.Context, path string, key ed25519.PrivateKey) error {
	repo, err := ostree.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	defer repo.Close()
	signer, err := sign.NewSigner(sign.Ed25519, base64.StdEncoding.EncodeToString(key), nil)
	if err != nil {
		return err
	}
	refs, err := repo.Refs(ctx, nil)
	for _, ref := range refs {
		if err := sign.Commit(ctx, repo, ref.Checksum, signer); err != nil {
			return err
		}
	}
	return err
}
