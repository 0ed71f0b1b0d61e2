package sepolicy_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sepolicy"
)

// root is a root directory with the policy called small.
func root(etc string, files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{
		etc + "/selinux/config":                                   file("# comment\nSELINUX=enforcing\nSELINUXTYPE=small \n"),
		etc + "/selinux/small/contexts/files/file_contexts":       file("/.* any\n/etc/.* etc\n/usr/bin(/.*)? bin\n/usr/bin/su -- su\n/proc <<none>>\n/usr/etc/.* wrong\n"),
		etc + "/selinux/small/contexts/files/file_contexts.local": file("/srv/web(/.*)? web\n"),
		etc + "/selinux/small/contexts/files/file_contexts.subs":  file("/www /srv/web\n"),
	}
	for name, text := range files {
		fsys[etc+"/selinux/"+name] = file(text)
	}
	return fsys
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), Mode: 0o644} }

func TestLoad(t *testing.T) {
	for _, etc := range []string{"etc", "usr/etc"} {
		p, err := sepolicy.Load(root(etc, map[string]string{
			"small/policy/policy.9": "old", "small/policy/policy.33": "abc", "small/policy/policy.33.rpmnew": "x", "small/policy/other": "",
		}))
		require.NoError(t, err)
		require.Equal(t, "small", p.Name())
		// SHA-256 of "abc", FIPS 180-4
		require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", p.Checksum())
		for path, want := range map[string]string{
			"/x": "any", "/etc/x": "etc", "/usr/bin": "bin", "/usr/bin/su": "su", "/usr/bin/su/": "su", "/proc": "", "/www/x": "web", "/wwwx": "any",
		} {
			label, ok := p.Lookup(path, unix.S_IFREG|0o644)
			require.Equal(t, want, label, path)
			require.Equal(t, want != "", ok, path)
		}
		label, _ := p.Lookup("/usr/bin/su", unix.S_IFDIR)
		require.Equal(t, "bin", label)
		_, ok := p.Lookup("", 0)
		require.False(t, ok)
	}
}

func TestLoadPrefersEtc(t *testing.T) {
	fsys := root("usr/etc", nil)
	for name, f := range root("etc", map[string]string{"small/contexts/files/file_contexts": "/x fromEtc\n"}) {
		fsys[name] = f
	}
	p, err := sepolicy.Load(fsys)
	require.NoError(t, err)
	label, _ := p.Lookup("/x", 0)
	require.Equal(t, "fromEtc", label)
	require.Empty(t, p.Checksum())
}

func TestLoadDisabled(t *testing.T) {
	for name, fsys := range map[string]fs.FS{
		"nothing":  fstest.MapFS{},
		"disabled": root("etc", map[string]string{"config": "SELINUX=disabled\nSELINUXTYPE=small\n"}),
		"silent":   root("etc", map[string]string{"config": "SELINUXTYPE=small\n"}),
	} {
		_, err := sepolicy.Load(fsys)
		require.ErrorIs(t, err, sepolicy.ErrDisabled, name)
	}
}

func TestLoadErrors(t *testing.T) {
	const contexts = "small/contexts/files/file_contexts"
	many := strings.Repeat("a{900}", 20)
	for _, tc := range []struct {
		name, file, text, want string
	}{
		{"type leads out", "config", "SELINUX=permissive\nSELINUXTYPE=../..\n", `etc/selinux/config: SELINUXTYPE "../.." is not the name of a policy`},
		{"no type", "config", "SELINUX=permissive\n", `SELINUXTYPE "" is not`},
		{"no label", contexts, "/a x\n/b\n", "etc/selinux/" + contexts + ": line 2: no label"},
		{"file type", contexts, "/a -x x\n", `line 1: file type "-x": not one of`},
		{"not ASCII", contexts, "# fine: é\n\n/é x\n", `line 3: "/é": byte that is not ASCII`},
		{"NUL", contexts, "/a\x00 x\n", "byte that is not ASCII"},
		{"unbalanced", contexts, "/a(b x\n", "line 1: expression /a(b: error parsing regexp: missing closing )"},
		{"look-ahead", contexts, "/a(?!b) x\n", "line 1: expression /a(?!b): error parsing regexp: invalid or unsupported Perl syntax: `(?!`"},
		{"back reference", contexts, `/(a)\1 x` + "\n", "invalid escape sequence: `\\1`"},
		{"possessive", contexts, "/a++ x\n", "invalid nested repetition operator: `++`"},
		{"vertical white space", contexts, `/a\v x` + "\n", `\v is not supported`},
		{"in .local", contexts + ".local", "/b\n", "etc/selinux/" + contexts + ".local: line 1: no label"},
		{"long expression", contexts, "/" + strings.Repeat("a", 9000) + " x\n", "longer than 8192 bytes"},
		{"long line", contexts, "/a " + strings.Repeat("a", 70000) + "\n", "line 1: bufio.Scanner: token too long"},
		{"expands", contexts, "/" + many + " x\n", "expands to too much"},
		{"all expand", contexts, strings.Repeat("/a{900} x\n", 6000), "line 1849: policy has too many expressions"},
		{"too many", contexts, strings.Repeat("/a x\n", 100_001), "line 100001: policy has too many expressions"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := sepolicy.Load(root("etc", map[string]string{tc.file: tc.text}))
			require.ErrorContains(t, err, tc.want)
			if strings.Contains(tc.want, "line") {
				var syntax *sepolicy.SyntaxError
				require.True(t, errors.As(err, &syntax))
			}
		})
	}
	fsys := root("etc", nil)
	fsys["etc/selinux/"+contexts].Mode |= fs.ModeNamedPipe
	_, err := sepolicy.Load(fsys)
	require.ErrorContains(t, err, "not a regular file")
	_, err = sepolicy.LoadFile(fsys, "missing")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestLabeler(t *testing.T) {
	p, err := sepolicy.Load(root("etc", nil))
	require.NoError(t, err)
	label := func(l sepolicy.Labeler, path string) string {
		l.Policy = p
		got, err := l.Label(path, unix.S_IFREG)
		require.NoError(t, err)
		return got
	}
	require.Equal(t, "wrong", label(sepolicy.Labeler{}, "/usr/etc/x"))
	require.Equal(t, "etc", label(sepolicy.Labeler{Epoch: 1}, "/usr/etc/x"))
	require.Equal(t, "any", label(sepolicy.Labeler{Epoch: 1}, "/usr/etcx"))
	require.Equal(t, "bin", label(sepolicy.Labeler{Prefix: "/usr/bin"}, "/x"))
	require.Equal(t, "bin", label(sepolicy.Labeler{Prefix: "/usr/bin"}, "/"))
	require.Equal(t, "etc", label(sepolicy.Labeler{Prefix: "/usr", Epoch: 1}, "/etc/x"))
	require.Equal(t, "", label(sepolicy.Labeler{}, "/proc"))
	_, err = (&sepolicy.Labeler{Policy: p, Require: true}).Label("/proc", 0)
	require.ErrorIs(t, err, sepolicy.ErrUnlabeled)
	require.EqualError(t, err, "label /proc: no label in the SELinux policy")
}

func TestLabelerXattrs(t *testing.T) {
	p, err := sepolicy.Load(root("etc", nil))
	require.NoError(t, err)
	x := func(pairs ...string) (out ostree.Xattrs) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, ostree.Xattr{Name: pairs[i], Value: []byte(pairs[i+1])})
		}
		return out
	}
	for _, tc := range []struct {
		name, path  string
		have, want  ostree.Xattrs
		next        ostree.Xattrs
		nextReplies bool
	}{
		{name: "none before", path: "/etc/x", want: x("security.selinux", "etc\x00")},
		{name: "replaced in place", path: "/etc/x", have: x("security.capability", "c", "security.selinux", "old", "user.z", "z"), want: x("security.capability", "c", "security.selinux", "etc\x00", "user.z", "z")},
		{name: "sorted", path: "/etc/x", have: x("user.z", "z"), want: x("security.selinux", "etc\x00", "user.z", "z")},
		{name: "kept without a label", path: "/proc", have: x("security.selinux", "old"), want: x("security.selinux", "old")},
		{name: "after another hook", path: "/etc/x", have: x("user.a", "a"), next: x("user.b", "b"), nextReplies: true, want: x("security.selinux", "etc\x00", "user.b", "b")},
	} {
		l := &sepolicy.Labeler{Policy: p}
		if tc.nextReplies {
			l.Next = func(string, *ostree.FileHeader) (ostree.Xattrs, error) { return tc.next, nil }
		}
		got, err := l.Xattrs(tc.path, &ostree.FileHeader{Mode: unix.S_IFREG, Xattrs: tc.have})
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(tc.want, got), tc.name)
	}
	boom := errors.New("boom")
	_, err = (&sepolicy.Labeler{Policy: p, Next: func(string, *ostree.FileHeader) (ostree.Xattrs, error) { return nil, boom }}).Xattrs("/", &ostree.FileHeader{})
	require.ErrorIs(t, err, boom)
}
