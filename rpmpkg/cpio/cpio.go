// Package cpio reads and writes the archive format of RPM payloads: cpio "newc",
// and RPM's stripped variant whose entries have only a number.
//
// [Reader.Next] steps through an archive, [Writer.WriteHeader] makes one. The
// package does not interpret what it reads: names, hard links and modes are the
// business of package rpmpkg, which has the header's word for them. Other cpio
// variants (odc, binary, crc sums) are not supported.
//
// Reference: cpio(5), "New ASCII Format"; the stripped variant is in rpm's
// "Package File Format", payload.
package cpio

import "errors"

// Header describes one entry of an archive.
type Header struct {
	// Index is the number of the file in a stripped archive, where nothing else
	// but Size is known; otherwise -1.
	Index int

	Name           string
	Mode           uint32 // type and permissions as in st_mode
	UID, GID       uint32
	Nlink          uint32
	MTime          uint32 // seconds since 1970
	Size           int64
	Inode          uint32
	Major, Minor   uint32 // of the device that holds the file
	RMajor, RMinor uint32 // of the device that the file is
}

const (
	newcMagic     = "070701"
	crcMagic      = "070702" // as newc, with a sum that nobody checks
	strippedMagic = "07070X"
	trailerName   = "TRAILER!!!"

	newcFields   = 13
	newcSize     = 6 + newcFields*8
	strippedSize = 6 + 8
	maxNameSize  = 4096 // PATH_MAX of Linux, with the NUL
	maxNewcSize  = 1<<32 - 1
)

// ErrFormat is what errors about archives that are not well-formed wrap.
var ErrFormat = errors.New("malformed cpio archive")
