// Package rpmdb reads and writes the database of installed packages that rpm keeps in rpmdb.sqlite.
//
// The two entry points most users need are [Open], which gives the headers of the installed packages, and [Write],
// which makes a database from package headers or changes an existing one. What Write makes has the tables, rows and
// header blobs that rpm itself would have written, so rpm can query, verify, extend and shrink it.
//
// A database is written beside the old one and put in its place in one step. It is left in rollback-journal mode
// without -wal and -shm files: unlike one in WAL mode it can then be read from read-only file systems and by users
// who may not write to the directory. Open reads both.
//
// The package runs no scriptlets, checks no dependencies and touches no files but the database. The older formats
// ndb (Packages.db) and Berkeley DB (Packages) are recognised and refused.
//
// Format reference: the header format of the RPM documentation ("Package File Format"), rpmdb(8), and
// https://www.sqlite.org/fileformat2.html.
package rpmdb
