// Package delta makes, reads and applies static deltas: files that hold what one
// commit needs beyond another, so that a client gets an update in a few requests
// and as few bytes as the server could make it.
//
// Most users need two functions. [Generate] makes the delta between two commits
// of a repository and stores it there, or writes it to a file. [Delta.Apply] adds
// the commit that a delta leads to to a repository; [Open] and [OpenPath] give
// the Delta.
//
//	res, err := delta.Generate(ctx, repo, delta.Name{From: old, To: new}, nil)
//
//	d, err := delta.OpenPath("update.delta")
//	stats, err := d.Apply(ctx, repo, nil)
//
// # What a delta is
//
// A superblock has the new commit itself, a list of parts and a list of
// fallbacks: objects so large that a client gets them as they are. A part is a
// compressed program that makes objects, one after the other, out of bytes in
// the part and of the files of the old commit: with copies from both and with
// binary patches. A delta "from scratch" has no old commit.
//
// Nothing in a delta is trusted. Every object is compared with its checksum
// before it gets a name, every size and offset is checked before it is used,
// the memory of the decoder is bounded, and an instruction that is not known is
// an error that says where it is.
//
// A [Delta] and a [Superblock] may be used by several goroutines, and need not be
// closed: files of the delta are open only during a call. [Delta.Apply] is one
// transaction, so that after an interruption nothing of it can be seen. Errors are
// those of package ostree, and a [*MissingError] where the delta builds on what is not
// there.
//
// Deltas lie in the directory deltas/ of a repository, whose names are checksums
// in base64; an index in delta-indexes/ tells clients which deltas lead to a
// commit.
//
// The package has no network code: package pull gets superblocks and parts and
// calls [Superblock.ApplyPart]. Signatures of deltas are read, and checked by the
// caller's [Verifier].
//
// The format is documented in the libostree manual
// (https://ostreedev.github.io/ostree/formats/), "Static deltas".
package delta
