package pull

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// FuzzMetalink: what is accepted can be fetched and verified.
func FuzzMetalink(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><metalink version="3.0"><files><file name="summary"><size>3</size><verification><hash type="sha256">` +
		strings.Repeat("0a", 32) + `</hash></verification><resources><url preference="1">http://a/summary</url><url preference="9">https://b/summary</url></resources></file></files></metalink>`))
	f.Add([]byte("<metalink/>"))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "cc">]><metalink>&b;</metalink>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseMetalink(data, "summary")
		if err != nil {
			require.Nil(t, m)
			return
		}
		require.Positive(t, m.size)
		require.LessOrEqual(t, m.size, int64(maxSummary))
		require.True(t, len(m.sha256) == 32 || len(m.sha512) == 64)
		require.NotEmpty(t, m.urls)
		for _, u := range m.urls {
			require.True(t, isHTTP(u))
		}
		require.Error(t, m.verify(nil))
	})
}

// FuzzCookies: what is read is written and read again.
func FuzzCookies(f *testing.F) {
	f.Add("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t2584443916\tfoo\tbar\n#HttpOnly_.example.com\tTRUE\t/x\tTRUE\t0\ta\n")
	f.Add("a\tb\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCookies(text)
		if err != nil {
			return
		}
		again, err := parseCookies(c.text())
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(c, again))
		require.NotNil(t, c.Jar())
	})
}

// FuzzMirrorlist: only addresses that can be asked.
func FuzzMirrorlist(f *testing.F) {
	f.Add("# mirrors\nhttp://a/repo\n\nhttps://b/repo/\nftp://c/\n")
	f.Add("::::\n")
	f.Fuzz(func(t *testing.T, text string) {
		mirrors, err := parseMirrorlist(text)
		if err == nil {
			require.NotEmpty(t, mirrors)
		}
		for _, m := range mirrors {
			require.True(t, isHTTP(m))
			require.NotContains(t, m, "\n")
		}
	})
}
