package sysroot_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/sysroot"
)

// A root for an unprivileged user: make it, commit a tree, deploy it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "sysroot-example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := example(ctx, dir); err != nil {
		log.Fatal(err)
	}
	// Output:
	// MyOS (ostree:0)
	// quiet
	// the default entry would boot
}

func example(ctx context.Context, dir string) error {
	root := filepath.Join(dir, "root")
	if err := sysroot.Init(ctx, root, &sysroot.InitOptions{Epoch: 1, RepoMode: ostree.ModeBareUserOnly}); err != nil {
		return err
	}
	sys, err := sysroot.Open(ctx, root, nil)
	if err != nil {
		return err
	}
	defer sys.Close()
	if err := sys.InitStateroot(ctx, "myos"); err != nil {
		return err
	}
	commit, err := exampleCommit(ctx, sys.Repo(), filepath.Join(dir, "tree"))
	if err != nil {
		return err
	}
	dep, err := sys.Deploy(ctx, sysroot.DeployRequest{
		Stateroot: "myos", Commit: commit, Origin: sysroot.NewOrigin("myos/stable"), KernelArgs: kargs.New("quiet"),
	}, nil)
	if err != nil {
		return err
	}
	fmt.Println(dep.Boot.Title)
	fmt.Println(dep.KernelArgs())
	if _, err := sys.Verify(ctx); err != nil {
		return err
	}
	fmt.Println("the default entry would boot")
	return nil
}

func exampleCommit(ctx context.Context, repo *ostree.Repo, tree string) (ostree.Checksum, error) {
	var none ostree.Checksum
	for name, text := range map[string]string{
		"usr/lib/modules/6.12/vmlinuz": "kernel", "usr/lib/modules/6.12/initramfs.img": "initramfs",
		"usr/lib/os-release": "PRETTY_NAME=MyOS\n", "usr/etc/motd": "hello\n",
	} {
		p := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return none, err
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			return none, err
		}
	}
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		return none, err
	}
	defer tx.Abort()
	m := ostree.NewMutableTree()
	if err := tx.ImportDir(ctx, m, tree, &ostree.ImportOptions{CanonicalPermissions: true, NoXattrs: true}); err != nil {
		return none, err
	}
	rootTree, rootMeta, err := tx.WriteTree(ctx, m)
	if err != nil {
		return none, err
	}
	commit, err := tx.WriteCommit(ctx, &ostree.Commit{Subject: "first", RootTree: rootTree, RootMeta: rootMeta})
	if err != nil {
		return none, err
	}
	tx.SetRef("myos/stable", commit)
	_, err = tx.Commit(ctx)
	return commit, err
}
