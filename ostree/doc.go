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
// # Errors
//
// Messages name the operation and the repository, object, ref or path. What
// [errors.Is] and [errors.As] find in them:
//
//	fs.ErrNotExist         no such repository, object, ref, remote or path
//	*MissingError          the object that is missing; an fs.ErrNotExist
//	fs.ErrExist            Init, AddRemote, Checkout: something is in the way
//	*CorruptError          content that is not what its name or the format says
//	*NameError             a name that must not be in a directory
//	*LockedError           another program has the lock, core.lock-timeout-secs long
//	*ConflictError         MergeTrees: trees that do not fit together
//	*RefConflictError      a ref below the name of another one, or the reverse
//	*HardlinkError         Checkout with RequireHardlinks: a file that cannot be one
//	errors.ErrUnsupported  what the mode of the repository or the file system lacks
//	fs.ErrPermission       a repository or an owner that needs other rights
//	syscall.ENOSPC         no space, or less than core.min-free-space-* would be left
//	context.Canceled       and DeadlineExceeded: the context of the call has ended
//
// # Several at a time, interruption, power failure
//
// A [Repo] and a [Tx] may be used by several goroutines, and the repository by
// several programs, the ostree command among them; a [MutableTree], a [Config] and an
// [ObjectSet] are for one goroutine at a time. Whoever opens something closes it: a
// Repo after its transactions, a [File], what [Repo.OpenArchived] returns. Option
// structs may be nil, are not changed and not kept.
//
// Calls return soon after their context has ended. Whenever a program ends, even by
// a power failure, refs have their old value or the new one, and the commits they
// name are complete. When [Tx.Commit], [Repo.SetRef] or [Repo.DeleteRef] has returned
// nil the change survives a power failure, unless [TxOptions].NoSync or
// core.fsync=false said that it need not. Other files that are replaced at once
// (configuration, summary, detached metadata) are the old or the new one, whole; for
// some seconds a power failure may still bring back the old one.
//
// Files are read and written piece by piece, so that memory does not depend on their
// size, only a little on that of the largest directory and the number of objects
// ([ObjectSet] says how much). Methods that take time use all processors.
//
// # For users of libostree
//
// Names of C functions without ostree_repo_ or ostree_, and what does their work.
// What has no row has the obvious name, or is named in testdata/libostree.txt, where
// all are:
//
//	repo_open, new_for_sysroot_path                 Open
//	repo_create                                     Init
//	get_config, write_config, reload_config         Repo.Config, Repo.WriteConfig, Repo.ReloadConfig
//	lock_push                                       Repo.Lock
//	prepare_transaction, commit_transaction         Repo.Begin, Tx.Commit
//	abort_transaction                               Tx.Abort
//	transaction_set_ref, set_ref_immediate          Tx.SetRef, Repo.SetRef
//	list_refs, list_collection_refs                 Repo.Refs
//	resolve_rev                                     Repo.ResolveRev
//	write_dfd_to_mtree                              Tx.ImportDir
//	write_archive_to_mtree                          Tx.ImportTar, ImportOptions.Rename
//	commit_modifier_new                             ImportOptions
//	mutable_tree_new, mutable_tree_new_from_commit  NewMutableTree, Tx.MutableTree
//	write_mtree, write_commit                       Tx.WriteTree, Tx.WriteCommit
//	commit_metadata_for_bootable                    Tx.KernelVersion
//	write_content, write_regfile, write_symlink     Tx.WriteFile
//	write_metadata                                  Tx.WriteMetadata
//	write_commit_detached_metadata                  Tx.SetDetachedMetadata
//	import_object_from                              Tx.ImportObject
//	load_commit, load_file, load_variant            Repo.LoadCommit, Repo.LoadFile, Repo.LoadMetadata
//	read_commit, file_get_root                      Repo.FS
//	checksum_file, checksum_file_from_input         ChecksumFile, ContentChecksum
//	commit_get_object_sizes                         Commit.Sizes
//	commit_traverse_iter_init_commit                Repo.FS, Repo.LoadDirTree
//	traverse_commit, traverse_commit_union          Repo.Traverse, Repo.TraverseInto
//	commit_get_parent                               Repo.History
//	checkout_at                                     Repo.Checkout
//	scan_hardlinks, devino_cache_new                Repo.DevIno, DevInoCache
//	break_hardlink                                  BreakHardlink
//	export_tree_to_archive                          Repo.ExportTar
//	diff_dirs                                       Repo.Diff
//	prune, prune_from_reachable                     Repo.Prune, PruneOptions.Reachable
//	fsck_object                                     Repo.Fsck, pull.Repair
//	regenerate_summary                              Repo.UpdateSummary
//	remote_add, remote_change, remote_list          Repo.AddRemote, Repo.Remotes
//	remote_fetch_summary, remote_list_refs          pull.FetchSummary, ParseSummary
//	remote_gpg_import, remote_get_gpg_keys          sign.ImportKeys, sign.RemoteKeyring
//	pull, pull_with_options                         pull.Pull, pull.OpenRemote
//	async_progress_new                              pull.Options.Progress
//	find_remotes_async                              pull.Volumes, pull.LANRepos
//	static_delta_generate                           delta.Generate
//	static_delta_execute_offline                    delta.OpenPath, delta.Delta.Apply
//	list_static_delta_names                         delta.List
//	sign_commit, sign_summary, sign_delta           sign.Commit, sign.Summary, delta.Sign
//	verify_commit_for_remote                        sign.ForRemote, sign.Verifier.VerifyStored
//	sepolicy_new_at, sepolicy_restorecon            sepolicy.Load, sepolicy.Labeler.Restore
//
// The format is the one documented in the libostree manual
// (https://ostreedev.github.io/ostree/repo/ and .../formats/) and in the GVariant
// specification (https://docs.gtk.org/glib/gvariant-specification-1.0.html).
package ostree
