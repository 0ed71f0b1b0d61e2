// Package sepolicy labels files as SELinux's file_contexts files say, without
// libselinux and on any kernel. [Load] finds the policy of a root file system,
// [Policy.Lookup] gives the label of a path, and a [Labeler] plugs a policy into
// the import and the checkout of package ostree, or labels what is on disk.
//
// A policy is the text files of file_contexts(5): file_contexts, then
// file_contexts.homedirs and file_contexts.local, with the path aliases of
// file_contexts.subs and file_contexts.subs_dist. The compiled .bin files that
// libselinux keeps beside them are not read: they repeat the text.
//
// # Which line applies
//
// An expression is anchored at both ends, and applies if the type of its line,
// if there is one, is that of the file. The last applicable line wins, except
// that all lines whose expression has no metacharacter come after all that have
// one. <<none>> means no label. The first component of an expression, if it has
// no metacharacter and is not the only one, is its stem: it is compared with
// that of the path as it stands, and the expression is what follows. A line whose
// stem has a backslash never applies.
//
// These are the rules of libselinux up to 3.8. Later ones order the lines
// themselves by how specific they are, which policy tools do beforehand.
//
// # Expressions
//
// libselinux uses PCRE, this package Go's RE2, which needs time linear in the
// path whatever a policy contains. Both agree on what policies use. What RE2
// lacks (back references, look-around, possessive quantifiers) fails to load
// with a [SyntaxError] that names file and line, as do expressions that would
// become unreasonably large.
//
// The package does not check that a label is valid in the binary policy, and
// knows no categories or users: file_contexts.homedirs has them expanded.
package sepolicy
