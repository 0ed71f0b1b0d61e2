// Package rpmpkg reads RPM packages: lead, signatures, header and payload.
//
// [Open] reads a package file and verifies its header digests; [Package.Payload]
// streams the files in it, joined with the metadata that the header has for them,
// and verifies the payload. [Header] gives every value by tag (see rpmtag) and the
// views made of them: [Info], [FileInfo] and [Scripts]. [ParseBlob] reads the same
// from a package database (see rpmdb). [VerifySignature] checks OpenPGP signatures.
//
// Versions 4 (of all rpm releases since 4.0) and 6 of the format are read. The
// package does not write RPMs (rpmtest does, for tests and examples), run scripts or
// touch the file system except for reading the package file.
//
// All input is taken as hostile: sizes are checked before anything is allocated, and
// no path in [FileInfo] can lead out of the root that it is joined to. What a package
// does with its own symbolic links is for those to watch who unpack it.
//
// Reference: rpm's "Package File Format" (manual, versions 4 and 6).
package rpmpkg
