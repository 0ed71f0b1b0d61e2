// Package importer turns RPM packages into commits of an ostree repository.
//
// Most users need two functions: [ImportAll], which imports many packages in
// parallel in one transaction, and [Load], which gives back what is known of
// an imported package without its payload. [Import] does one package in a
// transaction of the caller.
//
// A package commit is not an installable tree yet. All its files belong to
// root; owners are names in an RPM and get numbers when an image is assembled.
// Paths are those of an image: /etc is usr/etc, /boot is usr/lib/ostree-boot,
// /opt is usr/lib/opt. Nothing below /var or /run is in the commit: directories
// and links there become lines of usr/lib/rpm-ostree/tmpfiles.d/NAME.conf. The
// header of the package is kept in the metadata of the commit, so that the
// package file is not needed again.
//
// Formats: the RPM package format of package rpmpkg; tmpfiles.d(5);
// capabilities(7) for the security.capability attribute.
package importer
