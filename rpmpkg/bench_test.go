package rpmpkg_test

import (
	"io"
	"strings"
	"testing"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// BenchmarkOpen reads lead and headers, verifies digests and makes the common view.
func BenchmarkOpen(b *testing.B) {
	path := writeFile(b, "sample.rpm", build(b, sample()))
	for b.Loop() {
		p, err := rpmpkg.Open(path, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Info(); err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}

// BenchmarkPayload streams 40 MB in 400 files; compare with the decompressor alone,
// which BenchmarkDecompress measures.
func BenchmarkPayload(b *testing.B) {
	for _, c := range []string{"none", "gzip", "zstd", "xz"} {
		b.Run(c, func(b *testing.B) {
			pkg := large()
			pkg.Compression = c
			p := open(b, writeFile(b, "large.rpm", build(b, pkg)))
			info, err := p.Info()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(info.InstalledSize))
			b.ReportAllocs()
			for b.Loop() {
				for f, err := range p.Payload(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.Copy(io.Discard, f.Reader); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func large() *rpmtest.Package {
	p := &rpmtest.Package{Name: "large"}
	var words strings.Builder
	for i := range 400 {
		words.Reset()
		for j := range 5000 {
			words.WriteString([]string{"alpha ", "beta ", "gamma\n", "delta ", "0x1f ", "if (x) {\n"}[(i*j*7+j*j+i)%6])
			words.WriteByte(byte('a' + (i+j*j)%26))
		}
		p.Files = append(p.Files, rpmtest.File{Path: "/usr/share/large/" + strings.Repeat("x", 1+i/26) + string(rune('a'+i%26)), Body: words.String()})
	}
	return p
}
