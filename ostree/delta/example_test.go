package delta_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
)

// A server makes a delta between two commits, a client applies it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "delta-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	server, err := ostree.Init(ctx, dir+"/server", &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	text := strings.Repeat("a long file that hardly changes\n", 1000)
	first := commit(ctx, server, text)
	second := commit(ctx, server, text+"one more line\n")

	name := delta.Name{From: first, To: second}
	stats, err := delta.Generate(ctx, server, name, &delta.GenerateOptions{Output: dir + "/update", Inline: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("files made by patch:", stats.Patched)

	client, err := ostree.Init(ctx, dir+"/client", &ostree.InitOptions{Mode: ostree.ModeArchive})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	commit(ctx, client, text) // as pulled before
	d, err := delta.OpenPath(dir + "/update")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := d.Apply(ctx, client, nil); err != nil {
		log.Fatal(err)
	}
	has, err := client.Has(ctx, ostree.ObjectName{Checksum: second, Type: ostree.TypeCommit})
	fmt.Println("client has the new commit:", has, err)
	// Output:
	// files made by patch: 1
	// client has the new commit: true <nil>
}

// commit writes a tree with one file.
func commit(ctx context.Context, repo *ostree.Repo, content string) ostree.Checksum {
	tx, err := repo.Begin(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Abort()
	file, err := tx.WriteFile(ctx, &ostree.FileHeader{Mode: 0o100644}, int64(len(content)), strings.NewReader(content))
	if err != nil {
		log.Fatal(err)
	}
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o040755}).Encode())
	if err != nil {
		log.Fatal(err)
	}
	tree := ostree.NewMutableTree()
	tree.SetMeta(meta)
	if err := tree.SetFile(ctx, "file", file); err != nil {
		log.Fatal(err)
	}
	c := &ostree.Commit{}
	if c.RootTree, c.RootMeta, err = tx.WriteTree(ctx, tree); err != nil {
		log.Fatal(err)
	}
	sum, err := tx.WriteCommit(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := tx.Commit(ctx); err != nil {
		log.Fatal(err)
	}
	return sum
}
