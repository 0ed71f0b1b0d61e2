package treefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// loadFrom loads the treefile "top.yaml" (or the first name) from memory.
func loadFrom(t *testing.T, files map[string]string, top string) (*Treefile, error) {
	t.Helper()
	m := fstest.MapFS{}
	for name, body := range files {
		m[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return Load(top, &Options{BaseArch: "x86_64", ReadFile: func(name string) ([]byte, error) {
		return fs.ReadFile(m, strings.TrimPrefix(name, "/"))
	}})
}

func TestParseValues(t *testing.T) {
	tf, err := Parse([]byte(`
ref: os/${basearch}
releasever: 42
gpg_key: ABCD
packages:
  - bash coreutils
  - "'foo bar' glob*"
packages-aarch64: [grub2-efi-aa64]
include: base.yaml
recommends: false
add-files:
  - [motd, /etc/motd]
metadata: {stream: stable, n: 3}
variables: {deriv: 2, on: true}
check-passwd: {type: file, filename: passwd}
initramfs: {regenerate: true}
x-comment: anything
`), YAML)
	require.NoError(t, err)
	require.Equal(t, PackageList{"bash", "coreutils", "foo bar", "glob*"}, tf.Packages)
	require.Equal(t, map[string]PackageList{"aarch64": {"grub2-efi-aa64"}}, tf.PackagesArch)
	require.Equal(t, StringList{"base.yaml"}, tf.Include)
	require.Equal(t, Scalar("42"), tf.ReleaseVer)
	require.Equal(t, "ABCD", tf.GPGKey)
	require.False(t, Bool(tf.Recommends, true))
	require.True(t, Bool(tf.Documentation, true))
	require.Equal(t, []AddFile{{"motd", "/etc/motd"}}, tf.AddFiles)
	require.Equal(t, map[string]Scalar{"deriv": "2", "on": "true"}, tf.Variables)
	require.Equal(t, &CheckUsers{Type: "file", Filename: "passwd"}, tf.CheckPasswd)
	require.NotNil(t, tf.Initramfs)
}

func TestParseErrors(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"unknown key":         {"ref: x\n\npackges: [a]\n", `line 3: unknown key "packges"`},
		"twice":               {"ref: x\ngpg-key: a\ngpg_key: b\n", `line 3: key "gpg_key" occurs twice`},
		"scalar":              {"just text", "expected a mapping"},
		"empty":               {"", "EOF"},
		"two documents":       {"ref: a\n---\nref: b\n", "more than one document"},
		"nested list":         {"repos: [[a]]", "line 1: expected a string"},
		"open quote":          {"packages: ['\"foo']", "unclosed quote"},
		"add-files pair":      {"add-files: [[a]]", "must be [source, destination]"},
		"bool":                {"recommends: 7", "line 1"},
		"condition operator":  {"conditional-include: [{if: 'a ~ b', include: x}]", `unknown operator "~"`},
		"condition words":     {"conditional-include: [{if: 'a', include: x}]", "expected VARIABLE OPERATOR VALUE"},
		"condition field":     {"conditional-include: [{if: 'a == b', then: x}]", `unknown field "then"`},
		"condition half":      {"conditional-include: [{if: 'a == b'}]", `needs both "if" and "include"`},
		"unknown key in tree": {"conditional-include: [{if: 'a == b', include: {reff: x}}]", `unknown key "reff"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tc.in), YAML)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestParseJSON(t *testing.T) {
	tf, err := Parse([]byte(`{"ref": "a", "packages": ["x"], "future-key": {"a": [1]}}`), JSON)
	require.NoError(t, err)
	require.Equal(t, "a", tf.Ref)
	_, err = Parse([]byte(`{"ref": "a",}`), JSON)
	require.ErrorContains(t, err, "invalid character")
	require.Equal(t, JSON, FormatOf("a/b.json"))
	require.Equal(t, YAML, FormatOf("a/b.yml"))
}

func TestIncludeMerges(t *testing.T) {
	tf, err := loadFrom(t, map[string]string{
		"m/top.yaml": `
ref: os/${basearch}/${stream}
variables: {stream: dev}
include: [sub/one.yaml, two.yaml]
arch-include: {x86_64: x86.yaml, aarch64: missing.yaml}
packages: [bash]
postprocess: [top]
recommends: false
add-commit-metadata: {k: top}
`,
		"m/sub/one.yaml": `
packages: [one, bash]
postprocess: [one]
recommends: true
boot-location: modules
add-commit-metadata: {k: one, l: one}
postprocess-script: fix.sh
add-files: [[motd, /etc/motd]]
`,
		"m/sub/fix.sh": "#!/bin/sh\n",
		"m/sub/motd":   "hello\n",
		"m/two.yaml":   "packages: [two]\npostprocess: [two]\nboot-location: new\nreleasever: 9\n",
		"m/x86.yaml":   "packages-x86_64: [grub2]\npostprocess: [x86]\n",
	}, "m/top.yaml")
	require.NoError(t, err)
	require.Equal(t, "os/x86_64/dev", tf.Ref)
	require.Equal(t, PackageList{"one", "bash", "two", "grub2"}, tf.Packages)
	require.Equal(t, StringList{"one", "two", "x86", "top"}, tf.Postprocess)
	require.False(t, Bool(tf.Recommends, true))
	require.Equal(t, "modules", tf.BootLocation)
	require.Equal(t, Scalar("9"), tf.ReleaseVer)
	require.Equal(t, map[string]any{"k": "top", "l": "one"}, tf.AddCommitMetadata)
	motd, ok := tf.External("motd")
	require.True(t, ok)
	require.Equal(t, "hello\n", string(motd.Data))
	require.False(t, motd.Executable)
	require.Empty(t, tf.Include)
}

func TestLoadFromDisk(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"script": 0o755, "plain": 0o644} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), mode))
	}
	top := filepath.Join(dir, "t.yaml")
	require.NoError(t, os.WriteFile(top, []byte("ref: a/${basearch}\nadd-files: [[script, /usr/bin/s], [plain, /etc/p]]"), 0o644))
	tf, err := Load(top, nil)
	require.NoError(t, err)
	require.Equal(t, "a/"+HostArch(), tf.Ref)
	script, _ := tf.External("script")
	require.Equal(t, External{[]byte("script"), true}, script)
	plain, _ := tf.External("plain")
	require.Equal(t, External{[]byte("plain"), false}, plain)
}

func TestConditionalInclude(t *testing.T) {
	for cond, want := range map[string]bool{
		"releasever == 40": true, "releasever != 40": false, "releasever >= 9": true,
		"releasever < 9": false, "releasever <= 40": true, "releasever > 40": false,
		"basearch == x86_64": true, "stream == 'a b'": true, "stream != dev": true,
	} {
		t.Run(cond, func(t *testing.T) {
			tf, err := loadFrom(t, map[string]string{
				"top.yaml": fmt.Sprintf("ref: r\nreleasever: 40\nvariables: {stream: a b}\nconditional-include:\n- if: [%q, basearch == x86_64]\n  include: {packages: [yes-it-is]}\n", cond),
			}, "top.yaml")
			require.NoError(t, err)
			require.Equal(t, want, len(tf.Packages) == 1)
		})
	}
}

// A file has effect once, however many others include it; files that each include two others of the next level do not
// make 2^n of them.
func TestIncludedOnce(t *testing.T) {
	const levels = 40
	files := map[string]string{"top.yaml": "ref: r\ninclude: [a0.yaml, b0.yaml]"}
	for i := range levels {
		next := fmt.Sprintf("include: [a%d.yaml, b%d.yaml]\n", i+1, i+1)
		if i == levels-1 {
			next = "variables: {x: y}\n"
		}
		files[fmt.Sprintf("a%d.yaml", i)] = next + fmt.Sprintf("postprocess: [a%d]\n", i)
		files[fmt.Sprintf("b%d.yaml", i)] = next
	}
	tf, err := loadFrom(t, files, "top.yaml")
	require.NoError(t, err)
	require.Len(t, tf.Postprocess, levels)
	require.Equal(t, "a39", tf.Postprocess[0])
}

func TestLoadErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"cycle":         {map[string]string{"top.yaml": "include: b.yaml", "b.yaml": "include: top.yaml"}, "includes itself"},
		"missing":       {map[string]string{"top.yaml": "include: nowhere.yaml"}, "nowhere.yaml"},
		"variable":      {map[string]string{"top.yaml": "ref: a/${foo}"}, `variable "foo" is not set`},
		"unclosed":      {map[string]string{"top.yaml": "ref: a/${foo"}, "unclosed variable"},
		"reserved":      {map[string]string{"top.yaml": "ref: a\nvariables: {basearch: x}"}, `"basearch" is reserved`},
		"condition var": {map[string]string{"top.yaml": "conditional-include: [{if: a == b, include: x}]"}, `variable "a" is not set`},
		"not numbers":   {map[string]string{"top.yaml": "conditional-include: [{if: basearch < 3, include: x}]"}, "not both numbers"},
		"enum":          {map[string]string{"top.yaml": "boot-location: both"}, `boot-location: "both" is not one of`},
		"units":         {map[string]string{"top.yaml": "units: [a.service]\nmachineid-compat: false"}, "units: cannot be used"},
		"unit name":     {map[string]string{"top.yaml": "units: [../a.service]"}, "is not a unit name"},
		"add-files":     {map[string]string{"top.yaml": "add-files: [[f, /var/f]]", "f": ""}, "not below /usr"},
		"add-files up":  {map[string]string{"top.yaml": "add-files: [[f, /usr/../../f]]", "f": ""}, "leaves the tree"},
		"external":      {map[string]string{"top.yaml": "add-files: [[f, /usr/f]]"}, "read external file"},
		"pattern":       {map[string]string{"top.yaml": "remove-from-packages: [[a, '(']]"}, "missing closing"},
		"pattern count": {map[string]string{"top.yaml": "remove-from-packages: [[a]]"}, "at least one pattern"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadFrom(t, tc.files, "top.yaml")
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestBundles(t *testing.T) {
	tf, err := loadFrom(t, map[string]string{"top.yaml": "container: true\ntmp-is-dir: false"}, "top.yaml")
	require.NoError(t, err)
	require.Equal(t, "modules", tf.BootLocation)
	require.False(t, Bool(tf.SELinux, true))
	require.False(t, Bool(tf.PreservePasswd, true))
	require.False(t, Bool(tf.TmpIsDir, true), "what the treefile says wins over the bundle")
}

func TestChecksum(t *testing.T) {
	base := map[string]string{"top.yaml": "ref: a\npackages: [x]\nadd-files: [[f, /etc/f]]\nmetadata: {a: 1}", "f": "one"}
	sum := func(edit func(map[string]string)) [32]byte {
		files := map[string]string{}
		for k, v := range base {
			files[k] = v
		}
		edit(files)
		tf, err := loadFrom(t, files, "top.yaml")
		require.NoError(t, err)
		c, err := tf.Checksum()
		require.NoError(t, err)
		return c
	}
	same := sum(func(map[string]string) {})
	require.Equal(t, same, sum(func(m map[string]string) { m["top.yaml"] = strings.Replace(m["top.yaml"], "a: 1", "a: 2", 1) }))
	require.Equal(t, same, sum(func(m map[string]string) { m["top.yaml"] += "\n# comment" }))
	require.NotEqual(t, same, sum(func(m map[string]string) { m["f"] = "two" }))
	require.NotEqual(t, same, sum(func(m map[string]string) { m["top.yaml"] += "\nselinux: false" }))
}

func TestJSONRoundTrip(t *testing.T) {
	tf, err := Parse([]byte("ref: a\nreleasever: 7\nadd-files: [[a, /usr/b]]\nconditional-include: [{if: 'a == \"x y\"', include: f}]\ncheck-groups: {type: data, entries: {wheel: 10}}"), YAML)
	require.NoError(t, err)
	data, err := tf.JSON()
	require.NoError(t, err)
	again, err := Parse(data, JSON)
	require.NoError(t, err)
	if diff := cmp.Diff(tf, again, cmp.AllowUnexported(Treefile{})); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("ref: a\npackages: [b]\nconditional-include: [{if: a == b, include: {ref: x}}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if tf, err := Parse(data, YAML); err == nil && tf == nil {
			t.Error("neither treefile nor error")
		}
	})
}

func ExampleLoad() {
	files := map[string]string{
		"os.yaml":   "ref: os/${releasever}/${basearch}\ninclude: base.yaml\npackages: [podman]",
		"base.yaml": "releasever: 42\npackages: [bash kernel]\nrepos: [base]",
	}
	tf, err := Load("os.yaml", &Options{BaseArch: "x86_64", ReadFile: func(name string) ([]byte, error) {
		return []byte(files[name]), nil
	}})
	fmt.Println(tf.Ref, tf.Packages, tf.Repos, err)
	// Output: os/42/x86_64 [bash kernel podman] [base] <nil>
}
