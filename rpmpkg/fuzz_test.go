package rpmpkg_test

import (
	"bytes"
	"io"
	"testing"

	"example.com/rpmostree/rpmpkg"
)

// look calls everything that reads values of a header.
func look(h *rpmpkg.Header) {
	for tag := range h.Tags() {
		h.Str(tag)
		h.Strings(tag)
		h.Bytes(tag)
		h.Uint64s(tag)
		h.Uint32s(tag)
		h.Uint16s(tag)
	}
	_, _ = h.Info()
	_, _ = h.Files()
	_, _ = h.Scripts()
	_, _ = h.OrderWithRequires()
}

func FuzzParseHeader(f *testing.F) {
	f.Add(headerOf(f, sample()))
	f.Add(headerOf(f, small()))
	f.Add([]byte("\x8e\xad\xe8\x01\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := rpmpkg.ParseHeader(data)
		if err != nil {
			return
		}
		look(h)
		if !bytes.Equal(h.Raw(), data) {
			t.Fatal("the raw header is not what was parsed")
		}
	})
}

func FuzzParseBlob(f *testing.F) {
	f.Add(blobOf(headerOf(f, sample()), added{1008, 4, 1, []byte{1, 2, 3, 4}}))
	f.Add(blobOf(headerOf(f, small())))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := rpmpkg.ParseBlob(data)
		if err != nil {
			return
		}
		look(h)
		if _, err := rpmpkg.ParseBlob(blobOf(h.Raw())); err != nil {
			t.Fatalf("the immutable part alone does not parse: %v", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, c := range []string{"none", "gzip", "zstd", "xz", "lzma"} {
		s := small()
		s.Compression = c
		f.Add(build(f, s))
	}
	v6 := sample()
	v6.V6, v6.Compression = true, "none"
	f.Add(build(f, v6))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := rpmpkg.Read(bytes.NewReader(data), &rpmpkg.Options{SkipDigests: true, MaxPayload: 1 << 20})
		if err != nil {
			return
		}
		look(p.Header)
		look(p.Signature)
		_, _ = rpmpkg.VerifySignature(t.Context(), p, nil)
		for f, err := range p.Payload(t.Context()) {
			if err != nil {
				return
			}
			if f.Reader == nil {
				continue
			}
			n, err := io.Copy(io.Discard, f.Reader)
			if err == nil && uint64(n) != f.Size {
				t.Fatalf("%s: %d bytes instead of %d", f.Path, n, f.Size)
			}
		}
	})
}
