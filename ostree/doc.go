// Package ostree reads and writes object repositories in the on-disk format of
// libostree: content-addressed files, directories and commits of whole
// operating system trees, named by refs.
//
// Most programs need two functions. [Open] opens a repository and gives the
// read side: refs, commits, files, checkouts. [Repo.Begin] starts a transaction
// ([Tx]), the only way to add objects; nothing that a transaction writes is
// visible to other programs before [Tx.Commit].
//
//	repo, err := ostree.Open(ctx, "/ostree/repo", nil)
//	tx, err := repo.Begin(ctx, nil)
//	defer tx.Abort()
//	tree := ostree.NewMutableTree()
//	err = tx.ImportDir(ctx, tree, "rootfs", nil)
//	root, meta, err := tx.WriteTree(ctx, tree)
//	commit, err := tx.WriteCommit(ctx, &ostree.Commit{Subject: "first", RootTree: root, RootMeta: meta})
//	tx.SetRef("os/stable", commit)
//	stats, err := tx.Commit(ctx)
//
// # Objects
//
// Four kinds of object make up a commit. A file object is a regular file or a
// symbolic link with owner, mode and extended attributes; its name is the
// SHA-256 of a header and the content. A dirmeta object is the owner, mode and
// attributes of a directory. A dirtree object lists names: files, and
// directories as a pair of dirtree and dirmeta. A commit names the root
// directory, its parent commit, a time and free metadata. The last three are
// GVariant values named by the SHA-256 of their bytes.
//
// # Modes
//
// The [Mode] of a repository says how file objects are stored: as they are
// (bare, needs root), with owner and mode in an extended attribute (bare-user),
// with neither (bare-user-only), or compressed and self-contained (archive, the
// mode to serve over HTTP). Object names are the same in all modes.
//
// The package has no network code: see its sub-packages. Signatures are stored
// as detached metadata but not checked here.
//
// The format is the one documented in the libostree manual
// (https://ostreedev.github.io/ostree/repo/ and .../formats/) and in the GVariant
// specification (https://docs.gtk.org/glib/gvariant-specification-1.0.html).
package ostree
