package pull_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

func Example() {
	if err := example(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output: origin:os/stable is complete: true
}

func example(ctx context.Context) error {
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

	repo, err := ostree.Init(ctx, filepath.Join(dir, "client"), &ostree.InitOptions{Mode: ostree.ModeBareUser})
	if err != nil {
		return err
	}
	defer repo.Close()
	src := pull.HTTP(server.Client(), server.URL)
	res, err := pull.Pull(ctx, repo, src, &pull.Options{Remote: "origin", Refs: []string{"os/stable"}})
	if err != nil {
		return err
	}
	state, err := repo.CommitState(ctx, res.Refs["os/stable"])
	fmt.Println("origin:os/stable is complete:", state == ostree.CommitNormal)
	return err
}

// publish serves an archive repository with one commit of an empty tree.
func publish(ctx context.Context, path string) (*httptest.Server, error) {
	repo, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o40755}).Encode())
	if err != nil {
		return nil, err
	}
	tree, err := tx.WriteMetadata(ctx, ostree.TypeDirTree, (&ostree.DirTree{}).Encode())
	if err != nil {
		return nil, err
	}
	commit, err := tx.WriteCommit(ctx, &ostree.Commit{Subject: "first", RootTree: tree, RootMeta: meta})
	if err != nil {
		return nil, err
	}
	tx.SetRef("os/stable", commit)
	if _, err := tx.Commit(ctx); err != nil {
		return nil, err
	}
	return httptest.NewServer(http.FileServer(http.Dir(path))), nil
}
