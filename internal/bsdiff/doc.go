// Package bsdiff makes and applies binary patches: instructions that turn an old
// file into a new one.
//
// [Diff] makes a patch, [NewReader] reads the new file from the old one and a
// patch. Neither holds more than its inputs and one index in memory; the reader
// holds a few kilobytes.
//
// The format is that of bsdiff 4.3 without its header and its compression, as
// static deltas contain it. A patch is a sequence of records until the new file
// is complete: three 64-bit integers, little-endian with a sign bit, then bytes.
// The first integer is how many bytes of difference follow: each is added to
// the byte of the old file at the current position. The second is how many bytes
// to insert follow after those. The third moves the position in the old file.
package bsdiff

// recordSize is the length of the three integers.
const recordSize = 24
