package pull_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

func commitMetadata(version string) *gvariant.Dict {
	d := gvariant.NewDict()
	d.Set(ostree.KeyVersion, gvariant.NewString(version))
	return d
}

// An updater on a device: pull what is signed, with a progress bar, and make a tree of hard links of it, where /etc
// belongs to the device once it is there.
func Example_updater() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	s := newBuildServer(ctx, filepath.Join(dir, "server"))
	defer s.repo.Close()
	server := httptest.NewServer(http.FileServer(http.Dir(s.repo.Path())))
	defer server.Close()

	device, err := ostree.Init(ctx, filepath.Join(dir, "device"), &ostree.InitOptions{Mode: ostree.ModeBareUserOnly})
	must(err)
	defer device.Close()
	must(device.AddRemote(ctx, vendor(server.URL), nil))
	root := filepath.Join(dir, "root")

	for day, version := range []string{"1", "2"} {
		s.commit(ctx, version, func(tx *ostree.Tx, tree *ostree.MutableTree) error {
			archive, err := gzip.NewReader(bytes.NewReader(buildArchive(version)))
			if err != nil {
				return err
			}
			return tx.ImportTar(ctx, tree, archive, &ostree.ImportOptions{CanonicalPermissions: true, CreateParents: true})
		})
		s.publish(ctx)
		for _, file := range []string{"summary", "summary.sig"} { // HTTP tells versions of a file apart by whole seconds
			date := time.Date(2020, 1, 1+day, 0, 0, 0, 0, time.UTC)
			must(os.Chtimes(filepath.Join(s.repo.Path(), file), date, date))
		}
		commit := fetchUpdate(ctx, device)
		must(install(ctx, device, commit, root))
		content, err := os.ReadFile(filepath.Join(root, "usr/version"))
		must(err)
		motd, err := os.ReadFile(filepath.Join(root, "etc/motd"))
		must(err)
		fmt.Printf("version %smotd %s", content, motd)
		must(edit(ctx, filepath.Join(root, "etc/motd"), "mine\n"))
	}
	report, err := device.Fsck(ctx, nil)
	must(err)
	fmt.Println("the repository is as it was:", report.Err() == nil)
	// Output:
	// 2 of 2 files, all verified: true
	// version 1
	// motd welcome
	// 1 of 1 files, all verified: true
	// version 2
	// motd mine
	// the repository is as it was: true
}

// fetchUpdate pulls the branch of the remote. If it is interrupted, the next call goes on.
func fetchUpdate(ctx context.Context, repo *ostree.Repo) ostree.Checksum {
	remote, err := repo.Remote("vendor")
	must(err)
	src, o, err := pull.OpenRemote(ctx, nil, remote)
	must(err)
	verifier, err := sign.ForRemote(ctx, repo, remote, nil)
	must(err)
	o.Verify = verifier
	o.TimestampCheck = true // nobody can offer an old commit as an update
	var last pull.Progress
	o.Progress = func(p pull.Progress) { last = p }
	res, err := pull.Pull(ctx, repo, src, o)
	must(err)
	commit := res.Refs["os/stable"]
	_, err = verifier.VerifyStored(ctx, repo, commit)
	fmt.Printf("%d of %d files, all verified: %v\n", last.ContentFetched, last.ContentFetched+last.ContentPending, err == nil)
	return commit
}

// install makes or updates a tree of hard links. What is in /etc stays.
func install(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum, root string) error {
	o := &ostree.CheckoutOptions{UserMode: true, RequireHardlinks: true, Union: ostree.UnionFiles}
	if _, err := os.Stat(filepath.Join(root, "etc")); err == nil {
		o.Skip = map[string]bool{"/etc": true}
	}
	return repo.Checkout(ctx, commit, root, o)
}

// edit changes a file of the tree, which until then has its content in common with the repository.
func edit(ctx context.Context, path, content string) error {
	if err := ostree.BreakHardlink(ctx, path); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}
