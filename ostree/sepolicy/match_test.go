package sepolicy_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/sepolicy"
)

// FuzzLookup compares with all lines tried from the last to the first, which is
// how file_contexts(5) describes it, for expressions without alternatives.
func FuzzLookup(f *testing.F) {
	f.Add("/a/b x\n/a/.* y\n", "/a/b")
	f.Add("/a(/.*)? x\n/[ab]/c -- y\n/a.*b\\.c <<none>>\n", "/a//xb.c/")
	f.Add("/a/[^/]+/b x\n/a/é y\n", "/a/é/b")
	f.Add("/a)b/c x\n", "/a)b/c")
	f.Add("/a\\sb{2,3}c+d?e x\n/\\d y\n", "/a bbce\n")
	f.Fuzz(func(t *testing.T, text, path string) {
		p, err := sepolicy.LoadFile(fstest.MapFS{"fc": file(text)}, "fc")
		label, ok := "", false
		if err == nil {
			label, ok = p.Lookup(path, 0)
			require.Equal(t, ok, label != "")
		}
		if err != nil || strings.ContainsAny(text, `|\`) || strings.ContainsFunc(path, func(c rune) bool { return c < ' ' || c > '~' }) {
			return
		}
		if want, ok := linear(text, path); ok {
			require.Equal(t, want, label, "%q %q", text, path)
		}
	})
}

// linear looks the path up with the whole of each expression. It knows nothing
// of an expression whose first component is a stem, so taken as it is, that is
// no regular one: "/a)b/c".
func linear(text, path string) (label string, ok bool) {
	path = regexp.MustCompile(`/+`).ReplaceAllString(path, "/")
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if path == "" {
		return "", true
	}
	found, exact := "", ""
	for line := range strings.Lines(text) {
		words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\n\v\f\r", c) })
		if len(words) < 2 || words[0][0] == '#' {
			continue
		}
		re, err := regexp.Compile("(?s)^" + words[0] + "$")
		if err != nil {
			return "", false
		}
		if !re.MatchString(path) {
			continue
		}
		// A path with one component never has a stem, so the expression
		// must not have one either.
		label := words[min(len(words), 3)-1]
		if strings.ContainsAny(words[0], ".^$?*+[({") {
			found = label
		} else {
			exact = label
		}
	}
	if exact != "" {
		found = exact
	}
	if found == "<<none>>" {
		found = ""
	}
	return found, true
}

// TestLookupTime gives the matcher what makes backtracking take for ever.
func TestLookupTime(t *testing.T) {
	p, err := sepolicy.LoadFile(fstest.MapFS{"fc": file("/a/(x+x+)+y l\n/a/(.*)*(.*)*(.*)*z l\n")}, "fc")
	require.NoError(t, err)
	start := time.Now()
	_, ok := p.Lookup("/a/"+strings.Repeat("x", 4000), 0)
	require.False(t, ok)
	require.Less(t, time.Since(start), 10*time.Second)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		debian(b)
	}
}

func BenchmarkLookup(b *testing.B) {
	p := debian(b)
	paths := []string{"/usr/bin/su", "/usr/share/doc/bash/copyright", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/etc/ssh/ssh_host_rsa_key", "/var/lib/dpkg/info/bash.list", "/lib/modules/6.1/kernel/fs/ext4/ext4.ko"}
	for b.Loop() {
		for _, path := range paths {
			p.Lookup(path, 0o100644)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(paths)), "ns/path")
}

func debian(b *testing.B) *sepolicy.Policy {
	testenv.NeedFile(b, "/etc/selinux/default/contexts/files/file_contexts", "the package selinux-policy-default")
	p, err := sepolicy.LoadFile(os.DirFS("/"), "etc/selinux/default/contexts/files/file_contexts")
	if err != nil {
		b.Fatal(err)
	}
	return p
}
