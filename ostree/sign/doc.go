// Package sign makes and checks the signatures of commits and summaries.
//
// Signatures lie beside what they sign: those of a commit in its detached
// metadata, those of a summary in the file summary.sig. Both are a{sv}
// dictionaries with one key for each kind of signature, an array of them (aay):
//
//	ostree.gpgsigs       gpg: detached OpenPGP signatures (RFC 9580), binary
//	ostree.sign.ed25519  ed25519: 64 bytes (RFC 8032)
//	ostree.sign.spki     spki: by the key of an X.509 SubjectPublicKeyInfo:
//	                     Ed25519, Ed448, ECDSA or RSA, both with SHA-256
//	ostree.sign.dummy    dummy: the key itself, only for tests
//
// What is signed are the exact bytes of the commit object or of the summary.
//
// Most users need [ForRemote], which makes the Verifier that a remote's
// configuration asks for, and [Commit], which signs:
//
//	v, err := sign.ForRemote(ctx, repo, remote, nil)
//	opts.Verify = v // of a pull
//
//	signer, err := sign.NewSigner(sign.Ed25519, secret, nil)
//	err = sign.Commit(ctx, repo, checksum, signer)
//
// A remote with gpg-verify and sign-verify needs a good signature of both; where
// sign-verify lists several kinds, one of them is enough. One good signature is
// enough for a commit that has several.
//
// Errors that a program may want to tell apart: [ErrNoSignatures],
// [ErrNoDetachedMetadata], [ErrNoSummarySignature], [ErrNoGPGSignatures] and
// [ErrNoGPGSummary] for what is not signed, a [*SignatureError] with what is known
// about OpenPGP signatures that are no good, [ErrAlreadySigned], [ErrUnknownKind].
//
// A [Verifier], [Keyring] or [KeySet] may be used by several goroutines while no keys
// are added.
//
// Messages about signatures begin with a capital and read as those of the ostree
// command, since scripts around it look for them.
//
// The package makes no keys and does not talk to key servers. The configuration
// keys are described in ostree.repo-config(5).
package sign
