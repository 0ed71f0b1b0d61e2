package ostree_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/rpmostree/ostree"
)

// exampleRepo makes a repository with one commit of two files.
func exampleRepo(ctx context.Context, dir string) (*ostree.Repo, ostree.Checksum) {
	repo, err := ostree.Init(ctx, dir, &ostree.InitOptions{Mode: ostree.ModeBareUserOnly})
	if err != nil {
		log.Fatal(err)
	}
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o040755}).Encode())
	if err != nil {
		log.Fatal(err)
	}
	tree := ostree.NewMutableTree()
	tree.SetMeta(meta)
	for name, body := range map[string]string{"etc/motd": "hello\n", "etc/os-release": "ID=example\n"} {
		sum, err := tx.WriteFile(ctx, &ostree.FileHeader{Mode: 0o100644}, int64(len(body)), strings.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := tree.EnsureDir(ctx, "etc", meta); err != nil {
			log.Fatal(err)
		}
		if err := tree.SetFile(ctx, name, sum); err != nil {
			log.Fatal(err)
		}
	}
	c := &ostree.Commit{Timestamp: time.Unix(0, 0)}
	if c.RootTree, c.RootMeta, err = tx.WriteTree(ctx, tree); err != nil {
		log.Fatal(err)
	}
	commit, err := tx.WriteCommit(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	tx.SetRef("os/stable", commit)
	if _, err := tx.Commit(ctx); err != nil {
		log.Fatal(err)
	}
	return repo, commit
}

func ExampleRepo_FS() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	repo, commit := exampleRepo(ctx, filepath.Join(dir, "repo"))
	defer repo.Close()

	fsys, err := repo.FS(ctx, commit)
	if err != nil {
		log.Fatal(err)
	}
	err = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		fmt.Println(path)
		return err
	})
	fmt.Println(err)
	// Output:
	// .
	// etc
	// etc/motd
	// etc/os-release
	// <nil>
}

func ExampleRepo_Checkout() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	repo, commit := exampleRepo(ctx, filepath.Join(dir, "repo"))
	defer repo.Close()

	root := filepath.Join(dir, "root")
	if err := repo.Checkout(ctx, commit, root, &ostree.CheckoutOptions{UserMode: true}); err != nil {
		log.Fatal(err)
	}
	motd, err := os.ReadFile(filepath.Join(root, "etc/motd"))
	fmt.Printf("%s%v\n", motd, err)
	// Output:
	// hello
	// <nil>
}
