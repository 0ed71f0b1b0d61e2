package ostree_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/rpmostree/ostree"
)

// withExampleRepo calls use with a repository of one commit, os/stable, of /etc/motd and /etc/os-release.
func withExampleRepo(use func(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum) error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	repo, commit := exampleRepo(ctx, filepath.Join(dir, "repo"))
	defer repo.Close()
	if err := use(ctx, repo, commit); err != nil {
		fmt.Println(err)
	}
}

// editMotd commits os/stable with another /etc/motd and without /etc/os-release: only what changes is read and written.
func editMotd(ctx context.Context, repo *ostree.Repo, parent ostree.Checksum) (ostree.Checksum, error) {
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		return ostree.Checksum{}, err
	}
	defer tx.Abort()
	old, err := tx.LoadCommit(ctx, parent)
	if err != nil {
		return ostree.Checksum{}, err
	}
	const body = "welcome\n"
	motd, err := tx.WriteFile(ctx, &ostree.FileHeader{Mode: 0o100644}, int64(len(body)), strings.NewReader(body))
	if err != nil {
		return ostree.Checksum{}, err
	}
	tree := tx.MutableTree(old.RootTree, old.RootMeta)
	if err := errors.Join(tree.SetFile(ctx, "etc/motd", motd), tree.Remove(ctx, "etc/os-release")); err != nil {
		return ostree.Checksum{}, err
	}
	next := &ostree.Commit{Parent: parent, Subject: "greet", Timestamp: time.Unix(1, 0)}
	if next.RootTree, next.RootMeta, err = tx.WriteTree(ctx, tree); err != nil {
		return ostree.Checksum{}, err
	}
	commit, err := tx.WriteCommit(ctx, next)
	if err != nil {
		return ostree.Checksum{}, err
	}
	tx.SetRef("os/stable", commit)
	_, err = tx.Commit(ctx)
	return commit, err
}

// Change two files of a commit without checking it out, and see what is different.
func ExampleMutableTree() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, first ostree.Checksum) error {
		second, err := editMotd(ctx, repo, first)
		if err != nil {
			return err
		}
		a, err := repo.LoadCommit(ctx, first)
		if err != nil {
			return err
		}
		b, err := repo.LoadCommit(ctx, second)
		if err != nil {
			return err
		}
		changes, err := repo.Diff(ctx, a.Root(), b.Root(), nil)
		for _, c := range changes {
			fmt.Println(c)
		}
		return err
	})
	// Output:
	// M    /etc/motd
	// D    /etc/os-release
}

// Read one file by its path.
func ExampleRepo_LoadFile() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum) error {
		c, err := repo.LoadCommit(ctx, commit)
		if err != nil {
			return err
		}
		root, err := repo.LoadDirTree(ctx, c.RootTree)
		if err != nil {
			return err
		}
		etc, err := repo.LoadDirTree(ctx, root.Dirs[0].Tree)
		if err != nil {
			return err
		}
		f, err := repo.LoadFile(ctx, etc.Files[0].Checksum)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err := io.ReadAll(f.Reader)
		fmt.Printf("%s/%s %o %q\n", root.Dirs[0].Name, etc.Files[0].Name, f.Header.Mode, data)

		_, err = repo.LoadFile(ctx, ostree.Checksum{1})
		var missing *ostree.MissingError
		fmt.Println("an object that is not there:", errors.As(err, &missing))
		return nil
	})
	// Output:
	// etc/motd 100644 "hello\n"
	// an object that is not there: true
}

// Write a tree as a tar archive, and take it back.
func ExampleRepo_ExportTar() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum) error {
		c, err := repo.LoadCommit(ctx, commit)
		if err != nil {
			return err
		}
		var archive bytes.Buffer
		if err := repo.ExportTar(ctx, c.Root(), &archive, nil); err != nil {
			return err
		}
		data := archive.Bytes()
		for r := tar.NewReader(bytes.NewReader(data)); ; {
			h, err := r.Next()
			if err != nil {
				break
			}
			fmt.Println(h.FileInfo().Mode(), h.Name)
		}

		tx, err := repo.Begin(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Abort()
		tree := ostree.NewMutableTree()
		if err := tx.ImportTar(ctx, tree, bytes.NewReader(data), nil); err != nil {
			return err
		}
		root, _, err := tx.WriteTree(ctx, tree)
		fmt.Println("the same tree:", root == c.RootTree)
		return err
	})
	// Output:
	// drwxr-xr-x ./
	// drwxr-xr-x etc/
	// -rw-r--r-- etc/motd
	// -rw-r--r-- etc/os-release
	// the same tree: true
}
