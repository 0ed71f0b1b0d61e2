package compose_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// Build an image from a package repository and a treefile, as an ordinary user.
func ExampleCompose() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "compose")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	rpms := filepath.Join(dir, "rpms")
	err = rpmtest.WriteRepo(ctx, rpms,
		&rpmtest.Package{Name: "hello", Requires: []string{"greeting"}, Files: []rpmtest.File{{Path: "/usr/bin/hello", Mode: 0o755, Body: "#!/bin/sh\n"}}},
		&rpmtest.Package{Name: "greetings", Version: "2.1", Provides: []string{"greeting"}})
	if err != nil {
		log.Fatal(err)
	}
	target, err := ostree.Init(ctx, filepath.Join(dir, "repo"), &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		log.Fatal(err)
	}
	defer target.Close()

	tf, err := treefile.Load("os.yaml", &treefile.Options{BaseArch: "x86_64", ReadFile: func(string) ([]byte, error) {
		return []byte("ref: example/${basearch}\nautomatic-version-prefix: '1'\npackages: [hello]\n"), nil
	}})
	if err != nil {
		log.Fatal(err)
	}
	res, err := compose.Compose(ctx, tf, &compose.Options{
		Repo: target, CacheDir: filepath.Join(dir, "cache"),
		Repos:     []*repo.Repo{repo.New("example", "file://"+rpms)},
		Timestamp: time.Unix(1700000000, 0),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Ref, res.Version, res.Packages)
	// Output: example/x86_64 1 [greetings-2.1-1.noarch hello-1.0-1.noarch]
}
