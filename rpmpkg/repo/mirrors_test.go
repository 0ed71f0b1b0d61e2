package repo

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"
)

const metalinkText = `<?xml version="1.0" encoding="utf-8"?>
<metalink version="3.0" xmlns="http://www.metalinker.org/" type="dynamic" xmlns:mm0="http://fedorahosted.org/mirrormanager">
 <files>
  <file name="other.xml"><resources><url protocol="http">http://wrong/</url></resources></file>
  <file name="repomd.xml">
   <mm0:timestamp>1700000000</mm0:timestamp>
   <size>%d</size>
   <verification>
    <hash type="md5">d41d8cd98f00b204e9800998ecf8427e</hash>
    <hash type="sha256">%s</hash>
   </verification>
   <mm0:alternates>
    <mm0:alternate>
     <mm0:timestamp>1600000000</mm0:timestamp>
     <size>3</size>
     <verification><hash type="sha256">%s</hash></verification>
    </mm0:alternate>
   </mm0:alternates>
   <resources maxconnections="1">
    <url protocol="rsync" type="rsync" location="DE" preference="100">rsync://a.example/repodata/repomd.xml</url>
    <url protocol="http" type="http" location="DE" preference="90">http://slow.example/x/repodata/repomd.xml</url>
    <url protocol="https" type="https" location="US" preference="95">https://fast.example/y/repodata/repomd.xml</url>
   </resources>
  </file>
 </files>
</metalink>`

func sha(text string) string { return digest.FromString(text).Encoded() }

func TestMetalink(t *testing.T) {
	m, err := parseMetalink(fmt.Appendf(nil, metalinkText, 7, sha("present"), sha("old")))
	require.NoError(t, err)
	require.Equal(t, []string{"https://fast.example/y/", "http://slow.example/x/"}, m.urls)

	require.NoError(t, m.check([]byte("present")))
	require.True(t, m.current([]byte("present")))
	require.NoError(t, m.check([]byte("old")), "an alternate version is good")
	require.False(t, m.current([]byte("old")))
	var mismatch *MismatchError
	require.ErrorAs(t, m.check([]byte("PRESENT")), &mismatch)
}

func TestMetalinkErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not XML":      {"404 not found", "metalink"},
		"wrong root":   {"<html></html>", "metalink"},
		"other file":   {`<metalink><files><file name="x"/></files></metalink>`, "does not describe repomd.xml"},
		"no resources": {`<metalink><files><file name="repomd.xml"/></files></metalink>`, "no usable URL"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseMetalink([]byte(c.text))
			require.ErrorContains(t, err, c.want)
		})
	}
	weak := strings.Replace(metalinkText, "sha256", "sha1", -1)
	m, err := parseMetalink(fmt.Appendf(nil, weak, 7, sha("x")[:40], sha("y")[:40]))
	require.NoError(t, err)
	require.ErrorContains(t, m.check([]byte("x")), "no SHA-2 checksum")
}

func TestMirrorlist(t *testing.T) {
	urls, meta, err := parseMirrorlist([]byte("# comment\n\nhttp://a/x/\r\n ftp://b/\nfile:///srv/r\n/srv/s\n"))
	require.NoError(t, err)
	require.Nil(t, meta)
	require.Equal(t, []string{"http://a/x/", "file:///srv/r", "file:///srv/s"}, urls)

	_, _, err = parseMirrorlist([]byte("# nothing\n"))
	require.ErrorContains(t, err, "no usable URL")

	urls, meta, err = parseMirrorlist(fmt.Appendf(nil, metalinkText, 7, sha("present"), sha("old")))
	require.NoError(t, err)
	require.NotNil(t, meta)
	require.Len(t, urls, 2)
}

func TestMirrorOrder(t *testing.T) {
	m := newMirrors([]string{"http://a", "http://b/", "http://c"})
	urls := func() (list []string) {
		for _, x := range m.candidates() {
			list = append(list, x.url)
		}
		return list
	}
	m.report(m.list[1], nil)
	require.Equal(t, []string{"http://a/", "http://b/", "http://c/"}, urls(), "order of the list while nothing fails")
	m.report(m.list[0], errors.New("x"))
	require.Equal(t, []string{"http://b/", "http://c/", "http://a/"}, urls())
	for range maxFailures {
		m.report(m.list[0], errors.New("x"))
	}
	require.Equal(t, []string{"http://b/", "http://c/"}, urls(), "given up")
}
