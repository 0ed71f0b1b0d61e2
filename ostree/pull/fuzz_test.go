package pull

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMetalink: a document that is accepted has a digest, and only the right file has that.
func FuzzMetalink(f *testing.F) {
	const form = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="summary"><size>%d</size>` +
		`<verification><hash type="sha256">%x</hash></verification><resources><url protocol="https" preference="9">https://a/summary</url>` +
		`<url preference="x">ftp://b/summary</url></resources></file></files></metalink>`
	f.Add([]byte(fmt.Sprintf(form, 5, sha256.Sum256([]byte("hello")))), []byte("hello"))
	f.Add([]byte(fmt.Sprintf(form, int64(1<<62), sha256.Sum256(nil))), []byte{})
	f.Add([]byte("<metalink>"), []byte{})
	f.Add([]byte(strings.Repeat("<a>", 2000)), []byte{})
	f.Fuzz(func(t *testing.T, doc, data []byte) {
		file, err := parseMetalink(doc, metalinkName)
		if err != nil {
			return
		}
		require.True(t, file.sha256 != nil || file.sha512 != nil, "nothing to verify with")
		if file.verify(data) == nil {
			require.Error(t, file.verify(append(data, 0)))
		}
		repositories([]string{string(data)})
	})
}

// FuzzMirrorlist: only HTTP comes out.
func FuzzMirrorlist(f *testing.F) {
	for _, s := range []string{"https://a/b\nhttp://c\n", "# none\n", "file:///etc\nhttps://x", "://", "https://%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		mirrors, err := parseMirrorlist(text)
		if err != nil {
			return
		}
		require.NotEmpty(t, mirrors)
		for _, m := range mirrors {
			require.True(t, strings.HasPrefix(m, "http://") || strings.HasPrefix(m, "https://"), m)
		}
	})
}

// FuzzCookies: a file says the same after it is written again.
func FuzzCookies(f *testing.F) {
	f.Add("a.b\tTRUE\t/\tFALSE\t0\tn\tv\n#HttpOnly_c.d\tFALSE\t/x\tTRUE\t1900000000\tn\n")
	f.Add("# comment\n\n")
	f.Add("a\tb\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCookies(text)
		if err != nil {
			return
		}
		again, err := parseCookies(c.text())
		require.NoError(t, err)
		require.Equal(t, c.text(), again.text())
		require.Len(t, again.List, len(c.List))
	})
}
