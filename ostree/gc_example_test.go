package ostree_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"example.com/rpmostree/ostree"
)

// Keep the last commit of each ref, and delete what only older ones need.
func ExampleRepo_Prune() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, first ostree.Checksum) error {
		if _, err := editMotd(ctx, repo, first); err != nil {
			return err
		}
		o := &ostree.PruneOptions{RefsOnly: true, Depth: new(0), NoPrune: true}
		would, err := repo.Prune(ctx, o)
		if err != nil {
			return err
		}
		fmt.Printf("%d of %d objects would go\n", would.Pruned, would.Total)
		o.NoPrune = false
		stats, err := repo.Prune(ctx, o)
		fmt.Printf("%d are gone\n", stats.Pruned)
		return err
	})
	// Output:
	// 5 of 10 objects would go
	// 5 are gone
}

// Find out what is wrong with a repository.
func ExampleRepo_Fsck() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, commit ostree.Checksum) error {
		report, err := repo.Fsck(ctx, nil)
		if err != nil {
			return err // it could not be checked
		}
		fmt.Println(report.Objects, "objects are sound:", report.Err() == nil)

		for name, err := range repo.Objects(ctx) { // somebody writes to a file that is shared with checkouts
			if err != nil {
				return err
			}
			if name.Type == ostree.TypeFile {
				object := filepath.Join(repo.Path(), "objects", name.LoosePath(repo.Mode()))
				if err := os.WriteFile(object, []byte("changed\n"), 0o644); err != nil {
					return err
				}
				break
			}
		}
		report, err = repo.Fsck(ctx, &ostree.FsckOptions{Delete: true})
		if err != nil {
			return err
		}
		for _, p := range report.Problems {
			fmt.Println(p.Object.Type, "deleted:", p.Deleted, "needed by", len(p.Commits), "commit")
		}
		state, err := repo.CommitState(ctx, commit)
		fmt.Println("to be pulled again:", state == ostree.CommitFsckPartial)
		return err
	})
	// Output:
	// 6 objects are sound: true
	// file deleted: true needed by 1 commit
	// to be pulled again: true
}

// Publish the refs of a repository in one file, which clients fetch first.
func ExampleRepo_UpdateSummary() {
	withExampleRepo(func(ctx context.Context, repo *ostree.Repo, _ ostree.Checksum) error {
		if err := repo.UpdateSummary(ctx, nil); err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(repo.Path(), "summary"))
		if err != nil {
			return err
		}
		summary, err := ostree.ParseSummary(data)
		if err != nil {
			return err
		}
		for _, ref := range summary.Refs {
			fmt.Printf("%s %.12s %d bytes\n", ref.Name, ref.Checksum, ref.CommitSize)
		}
		return nil
	})
	// Output: os/stable efa5522cda7f 86 bytes
}
