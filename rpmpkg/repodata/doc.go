// Package repodata reads and writes the metadata of an RPM repository ("rpm-md"): repomd.xml, the package lists
// primary, filelists and other, comps groups and updateinfo advisories.
//
// The two functions most users need are [ParsePrimary], which streams the packages of a primary file as
// *rpmpkg.Info, and [CreateRepo], which makes a directory of RPMs a repository that dnf accepts.
//
// The three package lists may be hundreds of megabytes, so they are read by a scanner of this package that holds one
// element at a time and shares equal strings; the small documents go through encoding/xml. The scanner accepts the
// XML that rpm-md uses: elements, attributes, text, CDATA, comments and the predefined entities, in UTF-8. A document
// type declaration is an error, so there are no user-defined entities, and nesting and token sizes are limited.
//
// Input is taken as bytes: fetching, caching and checksum verification of whole files is the business of package
// rpmpkg/repo. Delta RPMs and zchunk files are not read; unknown elements are skipped.
//
// Format reference: the XML is described by createrepo_c(8) and the schemas that come with it
// (http://linux.duke.edu/metadata/common, /rpm, /filelists, /other, /repo).
package repodata
