// Package gvariant encodes and decodes GVariant values, the serialisation that
// repository objects, summaries, deltas and commit metadata are written in.
//
// Most users need two functions: [Decode], which turns bytes from outside into
// a checked [Value], and the New functions ([NewTuple], [NewArray], ...), which
// build a Value and with it the bytes. [Dict] is the ordered a{sv} of commit
// metadata; [ParseText] and [Value.String] are the text form that command lines
// use.
//
// A Value is its serialised bytes plus a type: decoding copies nothing, and
// encoding is [Value.Bytes]. Integers are little-endian. Formats that store
// big-endian integers (commits, dirmeta) swap them at the call with [Swap32] and
// [Swap64].
//
// Decode accepts normal form only, so that decoding and encoding are inverse to
// each other and a checksum names one value. [DecodeTrusted] skips the check;
// its accessors still never read out of bounds, and give defaults where the
// bytes make no sense.
//
// A constructor never panics. One that gets an argument which no value of its
// type can hold (a string with a NUL byte, a tuple of an invalid Value) returns
// the invalid zero Value, and so does everything built from that; check
// [Value.IsValid] once at the end when the input is not under control.
//
// What it does not do: big-endian framing, D-Bus marshalling, mapping to Go
// structs by reflection.
//
// Format: "GVariant Specification" 1.0 (serialisation) and "GVariant Text
// Format" in the GLib reference manual.
//
// Why is the package public? Commit metadata is open-ended, so its values cross
// the API of the ostree package; hiding the type would mean a second one.
package gvariant
