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
// # For users of libostree
//
// What has another name or place here:
//
//   - ostree_repo_prepare_transaction, commit, abort: [Repo.Begin], [Tx.Commit], [Tx.Abort]; ostree_repo_lock_push:
//     [Repo.Lock]; transaction_set_ref: [Tx.SetRef]; set_ref_immediate: [Repo.SetRef]
//   - write_content, write_regfile, write_symlink: [Tx.WriteFile]; write_metadata: [Tx.WriteMetadata];
//     write_dfd_to_mtree: [Tx.ImportDir]; write_archive_to_mtree, import_archive: [Tx.ImportTar]; write_mtree:
//     [Tx.WriteTree]; import_object_from: [Tx.ImportObject]
//   - OstreeRepoCommitModifier: [ImportOptions], with labels from sepolicy.Labeler; OstreeMutableTree: [MutableTree],
//     from a commit with [Tx.MutableTree]
//   - read_commit and OstreeRepoFile: [Repo.FS]; load_variant: [Repo.LoadCommit], [Repo.LoadDirTree], [Repo.LoadDirMeta]
//     or [Repo.LoadMetadata]; query_object_storage_size: [Repo.StorageSize]
//   - checkout_at: [Repo.Checkout]; its composefs form: composefs.WriteImage; export_tree_to_archive: [Repo.ExportTar]
//   - traverse_commit: [Repo.Traverse]; prune_from_reachable: [PruneOptions].Reachable; fsck_object: [Repo.Fsck], and
//     pull.Repair for what it finds; regenerate_summary: [Repo.UpdateSummary]
//   - pull_with_options: pull.Pull with a pull.Source, which pull.OpenRemote makes from the configuration;
//     OstreeAsyncProgress: pull.Options.Progress; find_remotes: pull.Volumes, pull.LANRepos
//   - OstreeSign, OstreeGpgVerifyResult: package sign; static_delta_generate, execute_offline: package delta;
//     OstreeSePolicy: package sepolicy
//
// The format is the one documented in the libostree manual
// (https://ostreedev.github.io/ostree/repo/ and .../formats/) and in the GVariant
// specification (https://docs.gtk.org/glib/gvariant-specification-1.0.html).
package ostree
