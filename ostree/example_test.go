package ostree_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/ostree"
)

// Commit a directory to a new repository and read a file back.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(filepath.Join(dir, "root/etc"), 0o755); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "root/etc/hostname"), []byte("example\n"), 0o644); err != nil {
		log.Fatal(err)
	}

	repo, err := ostree.Init(ctx, filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeArchive})
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
	if err := tx.ImportDir(ctx, tree, filepath.Join(dir, "root"), &ostree.ImportOptions{CanonicalPermissions: true}); err != nil {
		log.Fatal(err)
	}
	root, meta, err := tx.WriteTree(ctx, tree)
	if err != nil {
		log.Fatal(err)
	}
	stamp := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	commit, err := tx.WriteCommit(ctx, &ostree.Commit{Subject: "first", Timestamp: stamp, RootTree: root, RootMeta: meta})
	if err != nil {
		log.Fatal(err)
	}
	tx.SetRef("os/stable", commit)
	if _, err := tx.Commit(ctx); err != nil {
		log.Fatal(err)
	}

	found, err := repo.ResolveRev(ctx, "os/stable")
	if err != nil {
		log.Fatal(err)
	}
	fsys, err := repo.FS(ctx, found)
	if err != nil {
		log.Fatal(err)
	}
	data, err := fs.ReadFile(fsys, "etc/hostname")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("os/stable is %.12s\n%s", found, data)
	// Output:
	// os/stable is d21ce847a037
	// example
}
