// Package interop compares this module with the real tools: ostree, rpm, dnf, createrepo_c. It has only tests. Each
// needs its tool installed and skips with a reason otherwise; with RPMOSTREE_INTEROP=require a missing tool fails.
package interop
