// Package repo is the client side of RPM repositories: definitions (.repo files), mirrors, a cache of metadata that is
// refreshed when it is out of date, and the download of packages.
//
// Most users need [LoadDir], which reads the definitions, and [Refresh], which gives the [Metadata] of one repository:
// Metadata.Packages streams its packages and [FetchPackages] downloads the chosen ones.
//
// Everything that comes from a repository is checked before it is used: repomd.xml against the metalink and, with
// repo_gpgcheck, its signature; every other file and package by size and checksum from repomd.xml and primary. A
// mirror that gives something wrong is left for the next one.
//
// Signatures of packages (gpgcheck) are not checked here, because they are in the packages: see package rpmpkg. Plug-in
// features of dnf (delta RPMs, zchunk, fastest mirror, modules' default streams) are not implemented.
//
// References: dnf.conf(5) for the keys of .repo files, metalink 3.0 with its mm0 extension for metalinks.
package repo
