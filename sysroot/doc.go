// Package sysroot manages deployments: bootable checkouts of commits below one
// physical root, laid out and switched as libostree does it, so that both can
// work on the same disk.
//
// Most programs need two functions. [Open] reads what is installed (see
// [Sysroot.Deployments]); [Sysroot.Deploy] adds a deployment of a commit that
// is in the repository: checkout by hard links, three-way merge of /etc, kernel
// to /boot, boot entry, and one atomic switch of the boot configuration.
//
//	sys, err := sysroot.Open(ctx, "/", nil)
//	defer sys.Close()
//	dep, err := sys.Deploy(ctx, sysroot.DeployRequest{Stateroot: "os", Commit: sum}, nil)
//
// Everything new is built under names that nothing refers to. Until the switch
// of the boot configuration, an interruption leaves only garbage; after it,
// only clean-up to repeat, and [Sysroot.Cleanup], which every operation runs
// first, does that.
//
// A root whose repository has mode bare-user or bare-user-only is in user mode:
// files are not given their owners, so that an unprivileged user can run
// everything (to build images, to test).
//
// The package fetches no commits, knows no packages, and runs no program
// except through Options.Run. It sets no SELinux labels beyond those that the
// commit carries.
//
// # Why is one broken boot entry not an error of Open?
//
// A machine whose newest entry dangles can still be repaired with the others,
// but only if the tool starts. Broken entries are listed by
// [Sysroot.Problems], and disappear with the next change.
//
// The layout is described in the libostree manual ("Deployments", "Atomic
// Upgrades") and the UAPI.1 Boot Loader Specification.
package sysroot
