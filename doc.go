// Package rpmostree is the map of the module: the hybrid image and package system of rpm-ostree, with libostree,
// libsolv and librepo under it, as reusable packages in pure Go. It holds no code.
//
// An OS vendor composes a tree from RPM packages into a versioned, checksummed commit. Machines replicate the commit
// and may layer packages on top or override some. An update builds a complete new root beside the running one and
// switches the boot loader in one atomic step; rollback is the same step back. User data is never touched: /usr and
// /etc belong to the deployment, with a three-way merge of /etc, /var to the machine.
//
//	       treefile + RPMs                                  origin + requests
//	             │                                                 │
//	   layering/compose ──────────────┐             ┌────── layering.Engine
//	             │                    │             │              │
//	rpmpkg/repo  │  depsolve          │             │              │ Plan, then Apply
//	rpmpkg       │  (what to install) │             │              │
//	             ▼                    ▼             ▼              ▼
//	     layering/importer  ──►  ostree.Repo  ◄── ostree/pull   sysroot.Sysroot
//	     (RPM → commit)          objects, refs, commits            │ deploy, /etc merge
//	                                                               ▼
//	                                                         bootloader (atomic swap)
//
// # Where to start
//
//   - Repositories of file system trees: [example.com/rpmostree/ostree], with Open and Repo.Begin;
//     [example.com/rpmostree/ostree/pull] replicates them.
//   - RPM packages and repositories: [example.com/rpmostree/rpmpkg], with Open and Package.Payload;
//     [example.com/rpmostree/rpmpkg/repo], [example.com/rpmostree/rpmpkg/rpmdb].
//   - Dependency solving alone: [example.com/rpmostree/depsolve], with NewPool and Pool.Solve.
//   - Machines: [example.com/rpmostree/sysroot] for deployments, [example.com/rpmostree/bootloader] for the swap,
//     [example.com/rpmostree/layering] for packages on top of an image.
//   - Vendors: [example.com/rpmostree/layering/compose].
//
// Each top-level package is usable alone: ostree knows nothing of RPM or the network, depsolve reads no files,
// bootloader knows neither. examples/quickstart runs the whole story unprivileged in under a minute.
//
// # Conventions
//
// Option structs are passed by pointer and nil means the defaults. A transaction is Begin, defer Abort, Commit; Abort
// after Commit does nothing. Errors read "op target: cause", wrap what errors.Is understands, and are typed where a
// caller acts on them. Every operation that changes a machine has one commit point: before it there is only garbage
// to collect, after it only clean-up to repeat.
package rpmostree
