package repodata

import (
	"context"
	"encoding/xml"
	"io"
	"os"
	"testing"
)

// BenchmarkParsePrimary reads the uncompressed primary file that RPMOSTREE_TEST_PRIMARY names.
func BenchmarkParsePrimary(b *testing.B) {
	path := os.Getenv("RPMOSTREE_TEST_PRIMARY")
	if path == "" {
		b.Skip("RPMOSTREE_TEST_PRIMARY names no file")
	}
	b.ReportAllocs()
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		fi, _ := f.Stat()
		b.SetBytes(fi.Size())
		r, err := NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range ParsePrimary(context.Background(), r) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(n), "packages")
		f.Close()
	}
}

// BenchmarkEncodingXML is what the scanner is compared with: the same file, token by token, without any value made.
func BenchmarkEncodingXML(b *testing.B) {
	path := os.Getenv("RPMOSTREE_TEST_PRIMARY")
	if path == "" {
		b.Skip("RPMOSTREE_TEST_PRIMARY names no file")
	}
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		d := xml.NewDecoder(f)
		for {
			if _, err := d.RawToken(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		f.Close()
	}
}
