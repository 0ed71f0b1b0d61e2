// Package interop compares this module with the real tools: ostree, rpm, dnf, createrepo_c. It has only tests. Each
// needs its tool installed and skips with a reason otherwise; with RPMOSTREE_INTEROP=require a missing tool fails.
//
// The first word of a file's name is what it is about:
//
//	matrix, repo, gi, splitxattrs, payloadlinks   what one side writes and the other reads, in all modes; gi asks
//	                                              the C library itself, through GObject introspection
//	readside, cat, diff, composefs                what is read of a commit, and checked out
//	commit, sepolicy                              what goes into one
//	pull, transport, remotes, mirror, find        how it gets elsewhere
//	delta, sign                                   static deltas, signatures
//	prune, kill, staging, lock, both, require     what goes away, and who comes in between
//	ostreecli, ostreehelp, json, auto             the command: a recorded session, options, output
//	differential                                  the same random verbs to both commands
//	admin, sysroot                                deployments
//	rpmdb, rpmrepo, compose, realworld            RPM, and images made of packages
//
// What they share is in commands_test.go (our command, running either), repos_test.go (making repositories with either)
// and servers_test.go.
package interop
