package sepolicy_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing/fstest"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sepolicy"
)

func Example() {
	root := fstest.MapFS{ // or os.OpenRoot(dir).FS(), or Repo.FS of a commit
		"etc/selinux/config": file("SELINUX=enforcing\nSELINUXTYPE=targeted\n"),
		"etc/selinux/targeted/contexts/files/file_contexts": file(`
/etc(/.*)?            system_u:object_r:etc_t:s0
/etc/shadow   --      system_u:object_r:shadow_t:s0
/run/.*\.pid          <<none>>
`),
	}
	policy, err := sepolicy.Load(root)
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/etc/fstab", "/etc/shadow", "/run/x.pid"} {
		label, ok := policy.Lookup(path, 0o100644)
		fmt.Println(path, label, ok)
	}
	// Output:
	// /etc/fstab system_u:object_r:etc_t:s0 true
	// /etc/shadow system_u:object_r:shadow_t:s0 true
	// /run/x.pid  false
}

func ExampleLabeler() {
	ctx := context.Background()
	label := func(tx *ostree.Tx, tree *ostree.MutableTree, dir string) error {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return err
		}
		defer root.Close()
		policy, err := sepolicy.Load(root.FS())
		if err != nil {
			return err
		}
		labeler := &sepolicy.Labeler{Policy: policy, Epoch: 1, Require: true}
		return tx.ImportDir(ctx, tree, dir, &ostree.ImportOptions{Xattrs: labeler.Xattrs})
	}
	_ = label
}
