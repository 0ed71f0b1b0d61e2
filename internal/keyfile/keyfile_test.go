package keyfile

import (
	"errors"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

const sample = `# top comment

[core]
repo_version=1
mode=bare
# about gpg
gpg-verify = false

[remote "origin"]
url=https://example.com/repo
branches=a;b\;c;d
xa.title=\sspace\ttab\nline\\end
`

func TestRoundTripKeepsEverything(t *testing.T) {
	f, err := Parse([]byte(sample))
	require.NoError(t, err)
	require.Equal(t, strings.Replace(sample, "gpg-verify = false", "gpg-verify=false", 1), string(f.Bytes()))
	require.Equal(t, []string{"core", `remote "origin"`}, f.Groups())
	require.Equal(t, []string{"repo_version", "mode", "gpg-verify"}, f.Keys("core"))
}

func TestValues(t *testing.T) {
	f, err := Parse([]byte(sample))
	require.NoError(t, err)
	v, ok := f.Get(`remote "origin"`, "xa.title")
	require.True(t, ok)
	require.Equal(t, " space\ttab\nline\\end", v)
	require.Equal(t, []string{"a", "b;c", "d"}, f.GetList(`remote "origin"`, "branches"))
	b, err := f.GetBool("core", "gpg-verify", true)
	require.NoError(t, err)
	require.False(t, b)
	b, err = f.GetBool("core", "absent", true)
	require.NoError(t, err)
	require.True(t, b)
	_, err = f.GetBool("core", "mode", true)
	require.ErrorContains(t, err, "[core] mode=bare: not a boolean")
	n, err := f.GetInt("core", "repo_version", 0)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	_, ok = f.Get("absent", "x")
	require.False(t, ok)
}

func TestEdits(t *testing.T) {
	f, err := Parse([]byte(sample))
	require.NoError(t, err)
	before := f.Clone()
	f.Set("core", "mode", "archive")
	f.SetBool("core", "fsync", true)
	f.SetList("packages", "requested", []string{"vim", "a;b", ""})
	require.True(t, f.Remove(`remote "origin"`, "url"))
	require.False(t, f.Remove(`remote "origin"`, "url"))
	require.Equal(t, `# top comment

[core]
repo_version=1
mode=archive
# about gpg
gpg-verify=false
fsync=true

[remote "origin"]
branches=a;b\;c;d
xa.title=\sspace\ttab\nline\\end

[packages]
requested=vim;a\;b;;
`, string(f.Bytes()))
	require.Equal(t, []string{"vim", "a;b", ""}, f.GetList("packages", "requested"))
	require.True(t, f.RemoveGroup("packages"))
	require.True(t, strings.HasSuffix(string(f.Bytes()), "\\end\n"), "no blank line at the end")
	require.False(t, f.RemoveGroup("packages"))
	require.True(t, f.RemoveGroup("core"))
	require.False(t, f.HasGroup("core"))
	require.True(t, before.HasGroup("core"), "clone is independent")
	mode, _ := before.Get("core", "mode")
	require.Equal(t, "bare", mode)
}

func TestParsedSpacingIsKept(t *testing.T) {
	const text = "# c\n[a]\nx=1\n[b]\n[c]\n\n\n"
	f, err := Parse([]byte(text))
	require.NoError(t, err)
	require.Equal(t, text, string(f.Bytes()))
	f.Set("d", "y", "2")
	require.Equal(t, text+"[d]\ny=2\n", string(f.Bytes()))
	n := New()
	n.Set("a", "x", "1")
	n.Set("b", "x", "1")
	require.Equal(t, "[a]\nx=1\n\n[b]\nx=1\n", string(n.Bytes()))
}

func TestDuplicatesMerge(t *testing.T) {
	f, err := Parse([]byte("[a]\nx=1\n[b]\ny=2\n[a]\nx=3\nz=4\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, f.Groups())
	v, _ := f.Get("a", "x")
	require.Equal(t, "3", v)
	require.Equal(t, []string{"x", "z"}, f.Keys("a"))
	f.Set("a", "x", "5")
	v, _ = f.Get("a", "x")
	require.Equal(t, "5", v)
}

func TestSyntaxErrors(t *testing.T) {
	for in, want := range map[string]string{
		"x=1\n":                 "line 1: key before the first group",
		"[a]\n\nfoo\n":          `line 3: "foo" is neither`,
		"[a\n":                  "line 1: group header",
		"[]\n":                  "line 1: invalid group name",
		"[a[b]\n":               "line 1: invalid group name",
		"[a]\n=x\n":             "line 2: empty key",
		"[a]\nk[=x\n":           "line 2: invalid key name",
		"[a]\n\n#c\nk=\xff\n":   "line 4: key \"k\" is not UTF-8",
		"# c\n[a]\nk=v\n[b]x\n": "line 4: group header",
	} {
		_, err := Parse([]byte(in))
		require.ErrorContains(t, err, want, "%q", in)
		var se *SyntaxError
		require.True(t, errors.As(err, &se))
	}
	f, err := Parse([]byte("[a]\r\n  k  =  v \r\nname[de]=x\n"))
	require.NoError(t, err)
	v, _ := f.Get("a", "k")
	require.Equal(t, "v ", v, "trailing space belongs to the value")
}

func TestLists(t *testing.T) {
	for raw, want := range map[string][]string{
		"":        nil,
		"a":       {"a"},
		"a;":      {"a"},
		"a;b":     {"a", "b"},
		";":       {""},
		"a;;":     {"a", ""},
		`a\;`:     {"a;"},
		`a\;b;c;`: {"a;b", "c"},
		`\sx;\\;`: {" x", `\`},
		`a\qb;`:   {`a\qb`},
	} {
		f := New()
		f.SetRaw("g", "k", raw)
		require.Equal(t, want, f.GetList("g", "k"), "%q", raw)
	}
}

// GLib itself is the oracle for escapes, through its Python binding.
func TestAgainstGLib(t *testing.T) {
	python := testenv.NeedPython(t, "gi.repository.GLib")
	f := New()
	f.Set("g", "s", "  two\ttabs\t\nnl \\ ; end ")
	f.SetList("g", "l", []string{" a", "b;c", "", "d e\\", "\tx"})
	script := `
import sys
from gi.repository import GLib
k = GLib.KeyFile(); k.load_from_data(sys.argv[1], len(sys.argv[1].encode()), GLib.KeyFileFlags.NONE)
w = GLib.KeyFile()
w.set_string("g", "s", k.get_string("g", "s"))
w.set_string_list("g", "l", list(k.get_string_list("g", "l")))
sys.stdout.write(w.to_data()[0])
`
	out := testenv.Run(t, "", python, "-c", script, string(f.Bytes()))
	require.Equal(t, string(f.Bytes()), out)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "", "[a]\n", "[a]\nk=\\", "#\n\n", "[a]\nk=;;\\;", "[a]\r\nx[b]=1", "\r\r"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := Parse(data)
		if err != nil {
			return
		}
		again, err := Parse(k.Bytes())
		require.NoError(t, err)
		require.Equal(t, string(k.Bytes()), string(again.Bytes()))
		for _, g := range k.Groups() {
			for _, key := range k.Keys(g) {
				v, ok := k.Get(g, key)
				require.True(t, ok)
				l := k.GetList(g, key)
				again.Set(g, key, v)
				got, _ := again.Get(g, key)
				require.Equal(t, v, got)
				again.SetList(g, key, l)
				require.Equal(t, l, again.GetList(g, key))
			}
		}
	})
}
