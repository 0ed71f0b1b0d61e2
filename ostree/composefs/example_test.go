package composefs_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
)

func ExampleWriteImage() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "repo")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	repo, err := ostree.Init(ctx, dir, &ostree.InitOptions{Mode: ostree.ModeBareUser})
	if err != nil {
		log.Fatal(err)
	}
	defer repo.Close()
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Abort()
	tree := ostree.NewMutableTree()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o40755}).Encode())
	if err != nil {
		log.Fatal(err)
	}
	tree.SetMeta(meta)
	rootTree, rootMeta, err := tx.WriteTree(ctx, tree)
	if err != nil {
		log.Fatal(err)
	}
	commit, err := tx.WriteCommit(ctx, &ostree.Commit{RootTree: rootTree, RootMeta: rootMeta})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tx.Commit(ctx); err != nil {
		log.Fatal(err)
	}
	var image bytes.Buffer
	digest, err := composefs.WriteImage(ctx, &image, repo, commit, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(image.Len()/4096, "blocks,", len(digest), "bytes of digest")
	// Output: 4 blocks, 32 bytes of digest
}
