package bls_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/bls"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// real is an entry as ostree 2022.7 wrote it, with a device tree directory.
const real = `title TestOS 42 1.0 (ostree:0)
version 1
options root=x ostree=/ostree/boot.1/testos/ace057e3768aada5e09c81b172a8c585911ed58211eeb09e930fc4dcf4deea01/0
linux /ostree/testos-ace057e3768aada5e09c81b172a8c585911ed58211eeb09e930fc4dcf4deea01/vmlinuz-6.1.0
initrd /ostree/testos-ace057e3768aada5e09c81b172a8c585911ed58211eeb09e930fc4dcf4deea01/initramfs-6.1.0.img
fdtdir /ostree/testos-ace057e3768aada5e09c81b172a8c585911ed58211eeb09e930fc4dcf4deea01/dtb
`

func TestRealEntryRoundTrip(t *testing.T) {
	e, err := bls.Parse([]byte(real))
	require.NoError(t, err)
	require.Equal(t, "TestOS 42 1.0 (ostree:0)", e.Title)
	require.Len(t, e.Initrd, 1)
	out, err := e.Format()
	require.NoError(t, err)
	require.Equal(t, real, string(out))
	v, ok := e.Get("version")
	require.True(t, ok)
	require.Equal(t, "1", v)
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     bls.Entry
	}{
		{"empty", "", bls.Entry{}},
		{"comments and blanks", "# title x\n\n \ttitle y\n1 z\n", bls.Entry{}},
		{"tabs and wide spaces", "title\t My OS  \nversion   3\r\n", bls.Entry{Title: "My OS", Version: "3"}},
		{"key without value", "title\nlinux /k\n", bls.Entry{Linux: "/k"}},
		{"overlays", "initrd /a\ninitrd /b\ninitrd /c\n", bls.Entry{Initrd: []string{"/a", "/b", "/c"}}},
		{"options join", "options a b\noptions c\n", bls.Entry{Options: "a b c"}},
		{"last one counts", "title a\ntitle b\ngrub_users x\ngrub_users y\n",
			bls.Entry{Title: "b", Extra: []bls.Field{{"grub_users", "y"}}}},
		{"no newline at end", "linux /k", bls.Entry{Linux: "/k"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := bls.Parse([]byte(tc.in))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(&tc.want, e))
		})
	}
	_, err := bls.Parse([]byte("title a\x00b\n"))
	require.EqualError(t, err, "parse boot entry: NUL byte at offset 7")
	_, err = bls.Parse(make([]byte, 2<<20))
	require.ErrorContains(t, err, "more than")
}

func TestFormatIsDeterministic(t *testing.T) {
	e := &bls.Entry{Title: "t", Linux: "/k", Initrd: []string{"/i", "/o"}, DeviceTree: "/d"}
	for _, k := range []string{"zz", "aboot", "grub_class", "aa"} {
		e.Set(k, "v")
	}
	out, err := e.Format()
	require.NoError(t, err)
	require.Equal(t, "title t\ndevicetree /d\nlinux /k\ninitrd /i\ninitrd /o\naa v\naboot v\ngrub_class v\nzz v\n", string(out))
	require.True(t, e.Unset("zz"))
	require.False(t, e.Unset("zz"))
	c := e.Clone()
	c.Initrd[0] = "/other"
	require.Equal(t, "/i", e.Initrd[0])
}

func TestFormatRefusesInjection(t *testing.T) {
	for _, e := range []bls.Entry{
		{Title: "a\nlinux /evil"}, {Options: "a\x00b"}, {Initrd: []string{"/a", "/b\r"}},
		{Extra: []bls.Field{{"1key", "v"}}}, {Extra: []bls.Field{{"a b", "v"}}}, {Extra: []bls.Field{{"", "v"}}},
	} {
		_, err := e.Format()
		require.Error(t, err, "%+v", e)
	}
}

func TestCompareVersionsAgainstGlibc(t *testing.T) {
	data, err := os.ReadFile("testdata/strverscmp.txt")
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		c := bls.CompareVersions(f[0], f[1])
		sign := min(max(c, -1), 1)
		if fmt.Sprint(sign) != f[2] {
			t.Errorf("%q %q: got %d, want %s", f[0], f[1], sign, f[2])
		}
	}
	require.Greater(t, n, 1000)
}

func TestOrder(t *testing.T) {
	list := []*bls.Entry{{Version: "2"}, {Title: "none"}, {Version: "10"}, {Version: "1"}, {Version: "9"}}
	slices.SortStableFunc(list, bls.Compare)
	var got []string
	for _, e := range list {
		got = append(got, e.Version)
	}
	require.Equal(t, []string{"10", "9", "2", "1", ""}, got)
	require.True(t, bls.Less(&bls.Entry{Version: "2"}, &bls.Entry{Version: "1"}))
	require.Zero(t, bls.Compare(&bls.Entry{}, &bls.Entry{}))
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]bls.FileName{
		"ostree-2.conf":                  {Base: "ostree-2"},
		"ostree-1-testos.conf":           {Base: "ostree-1-testos"},
		"ostree-1+3.conf":                {Base: "ostree-1", Counted: true, Left: 3},
		"ostree-1+2-1.conf":              {Base: "ostree-1", Counted: true, Left: 2, Done: 1},
		"ostree-1+0-3.conf":              {Base: "ostree-1", Counted: true, Done: 3},
		"ostree-1+0.conf":                {Base: "ostree-1"},
		"ostree-1-a+b.conf":              {Base: "ostree-1-a+b"},
		"ostree-1-a+b+2.conf":            {Base: "ostree-1-a+b", Counted: true, Left: 2},
		"ostree-1+-2.conf":               {Base: "ostree-1+-2"},
		"ostree-1+2-x.conf":              {Base: "ostree-1+2-x"},
		"o+99999999999999999999999.conf": {Base: "o+99999999999999999999999"},
	} {
		f, err := bls.ParseFileName(in)
		require.NoError(t, err)
		require.Equal(t, want, f, in)
		if in != "ostree-1+0.conf" {
			require.Equal(t, in, f.String())
		}
	}
	for _, bad := range []string{"", ".conf", "a", "a/b.conf", "a.conf.bak"} {
		_, err := bls.ParseFileName(bad)
		require.Error(t, err, bad)
	}
}

func ExampleParse() {
	e, err := bls.Parse([]byte("title My OS\nversion 2\nlinux /vmlinuz\noptions quiet\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	e.Options += " splash"
	out, err := e.Format()
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// title My OS
	// version 2
	// options quiet splash
	// linux /vmlinuz
	// <nil>
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(real))
	f.Add([]byte("initrd a\ninitrd\tb\nx  y \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := bls.Parse(data)
		if err != nil {
			return
		}
		out, err := e.Format()
		if err != nil {
			return // a lone carriage return inside a value
		}
		again, err := bls.Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		out2, err := again.Format()
		if err != nil || string(out) != string(out2) {
			t.Fatalf("%q\n%q\n%v", out, out2, err)
		}
	})
}
