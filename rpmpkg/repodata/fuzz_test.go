package repodata

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// Both readers of filelists have to agree about who owns a path.
func FuzzFilelists(f *testing.F) {
	f.Add([]byte(`<filelists packages="1"><package pkgid="ab" name="a" arch="x"><version epoch="0" ver="1" rel="1"/>`+
		`<file>/usr/bin/a</file><file type="dir">/usr/share/a&amp;b</file></package></filelists>`), "/usr/bin/a")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		ctx, want, got := context.Background(), 0, 0
		var parseErr error
		for list, err := range ParseFilelists(ctx, strings.NewReader(string(data))) {
			if parseErr = err; err != nil {
				break
			}
			for _, file := range list.Files {
				if file.Path == path {
					want++
				}
			}
		}
		searchErr := SearchFilelists(ctx, strings.NewReader(string(data)), []string{path}, func(_ string, _ rpmver.NEVRA, p string) error {
			require.Equal(t, path, p)
			got++
			return nil
		})
		if parseErr == nil {
			require.NoError(t, searchErr)
			require.Equal(t, want, got)
		}
	})
}

func FuzzOther(f *testing.F) {
	f.Add([]byte(`<otherdata packages="1"><package pkgid="ab" name="a" arch="x"><version epoch="0" ver="1" rel="1"/>` +
		`<changelog author="me" date="1">text</changelog></package></otherdata>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for list, err := range ParseOther(context.Background(), strings.NewReader(string(data))) {
			require.Equal(t, err == nil, list != nil)
		}
	})
}

func FuzzUpdateinfo(f *testing.F) {
	f.Add([]byte(`<updates><update from="me" type="security"><id>A-1</id><issued date="2024-01-02 03:04:05"/><references><reference type="cve" id="C"/>` +
		`</references><pkglist><collection><package name="a" epoch="0" version="1" release="1" arch="x"/></collection></pkglist></update></updates>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for a, err := range ParseUpdateinfo(strings.NewReader(string(data))) {
			require.Equal(t, err == nil, a != nil)
		}
	})
}

func FuzzComps(f *testing.F) {
	f.Add([]byte(`<comps><group><id>core</id><name xml:lang="de">K</name><packagelist><packagereq type="mandatory">a</packagereq></packagelist></group></comps>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseComps(strings.NewReader(string(data)))
		require.Equal(t, err == nil, c != nil)
	})
}
