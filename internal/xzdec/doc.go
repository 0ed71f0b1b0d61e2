// Package xzdec decompresses the xz format about twice as fast as other decoders
// written in Go.
//
// [NewReader] is the function to use. It reads one stream of any number of
// blocks that are compressed by LZMA2 alone, which is what xz and liblzma write
// unless told otherwise. Several streams after each other, and filters for the
// machine code of a processor, are errors.
//
// Memory is bounded by the option for the size of the dictionary, of which only
// what the data fills is touched. The dictionary is outside of the heap, so that
// it is given back at once by Close.
//
// Formats: "The .xz File Format" 1.0.4 (tukaani.org/xz/xz-file-format.txt) and
// the LZMA specification (7-zip.org/sdk.html); LZMA2 as in the former's filter
// 0x21.
package xzdec
