package kargs_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/kargs"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// TestAgainstLibostree replays what the real library answered.
func TestAgainstLibostree(t *testing.T) {
	data, err := os.ReadFile("testdata/libostree.txt")
	require.NoError(t, err)
	ops := map[string]func(*kargs.Args, string) error{
		"append":            func(a *kargs.Args, s string) error { a.Append(s); return nil },
		"append_if_missing": func(a *kargs.Args, s string) error { a.AppendIfMissing(s); return nil },
		"replace":           func(a *kargs.Args, s string) error { a.Set(s); return nil },
		"new_replace":       (*kargs.Args).Replace,
		"delete":            (*kargs.Args).Delete,
		"delete_key_entry":  (*kargs.Args).DeleteKey,
		"delete_if_present": (*kargs.Args).DeleteIfPresent,
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
		if len(f) != 4 || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		a := kargs.Parse(f[2])
		err := ops[f[0]](a, f[1])
		got := a.String()
		if err != nil {
			got = "!" + err.Error()
			var e *kargs.EditError
			require.ErrorAs(t, err, &e)
			require.Equal(t, f[2], a.String(), "a refused edit changes nothing")
		}
		if got != f[3] {
			t.Errorf("%s %q on %q: got %q, want %q", f[0], f[1], f[2], got, f[3])
		}
	}
	require.Greater(t, n, 400)
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][]string{
		"":                      nil,
		" a  b\t c\n":           {"a", "b", "c"},
		`x="q r" "y z"=3`:       {`x="q r"`, `"y z"=3`},
		`a="un closed b`:        {`a="un closed b`},
		`dyndbg="file a +p" ""`: {`dyndbg="file a +p"`, `""`},
	} {
		if d := cmp.Diff(want, kargs.Split(in)); d != "" && len(want)+len(kargs.Split(in)) > 0 {
			t.Errorf("%q: %s", in, d)
		}
	}
}

func TestApplyOrder(t *testing.T) {
	a := kargs.Parse("root=/dev/sda quiet console=tty0 console=ttyS0")
	out, changed, err := a.Apply(&kargs.Edits{
		DeleteIfPresent: []string{"new", "absent"},
		AppendIfMissing: []string{"quiet", "rhgb"},
		Append:          []string{"console=hvc0", "new"},
		Replace:         []string{"console=tty0=tty1", "root=LABEL=x=LABEL=y"},
		Delete:          []string{"console=ttyS0"},
	})
	require.EqualError(t, err, "No karg 'root=LABEL' found")
	require.False(t, changed)
	require.Nil(t, out)
	out, changed, err = a.Apply(&kargs.Edits{
		DeleteIfPresent: []string{"new", "absent"},
		AppendIfMissing: []string{"quiet", "rhgb"},
		Append:          []string{"console=hvc0", "new"},
		Replace:         []string{"console=tty0=tty1"},
		Delete:          []string{"console=ttyS0"},
	})
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "root=/dev/sda quiet console=tty1 console=hvc0 rhgb", out.String())
	require.Equal(t, "root=/dev/sda quiet console=tty0 console=ttyS0", a.String(), "the receiver is not changed")

	_, changed, err = a.Apply(&kargs.Edits{AppendIfMissing: []string{"quiet"}})
	require.NoError(t, err)
	require.False(t, changed)

	_, _, err = a.Apply(&kargs.Edits{Append: []string{"x\nlinux /evil"}})
	require.ErrorContains(t, err, "line break")
}

func TestEditErrorTellsAmbiguity(t *testing.T) {
	var e *kargs.EditError
	require.True(t, errors.As(kargs.Parse("a=1 a=2").Delete("a"), &e))
	require.True(t, e.Ambiguous)
	require.True(t, errors.As(kargs.Parse("b").Delete("a"), &e))
	require.False(t, e.Ambiguous)
}

func TestQueries(t *testing.T) {
	a := kargs.Parse("quiet console=tty0 console= console=ttyS0 ostree=/x")
	require.Equal(t, []string{"tty0", "", "ttyS0"}, a.Values("console"))
	last, ok := a.Last("console")
	require.True(t, ok)
	require.Equal(t, "ttyS0", last)
	_, ok = a.Last("absent")
	require.False(t, ok)
	require.True(t, a.Contains("console="))
	require.False(t, a.Contains("console"))
	require.Equal(t, "quiet ostree=/x", a.Without("console").String())
	var none *kargs.Args
	require.Equal(t, 0, none.Clone().Len())
	require.Equal(t, "root=/dev/vda1 ro ostree=/x",
		kargs.FromProcCmdline("BOOT_IMAGE=(hd0)/vmlinuz root=/dev/vda1 ro initrd=/i.img ostree=/x\n").String())
}

func ExampleArgs_Apply() {
	current := kargs.Parse("root=LABEL=os quiet")
	next, changed, err := current.Apply(&kargs.Edits{Append: []string{"console=ttyS0"}, Delete: []string{"quiet"}})
	fmt.Println(next, changed, err)
	// Output: root=LABEL=os console=ttyS0 true <nil>
}

func FuzzParse(f *testing.F) {
	f.Add(`a b="c d" e=f=g`)
	f.Add("\" \t")
	f.Fuzz(func(t *testing.T, s string) {
		a := kargs.Parse(s)
		text := a.String()
		if again := kargs.Parse(text); again.String() != text || (again.Len() != a.Len()) {
			t.Fatalf("%q -> %q -> %q", s, text, again)
		}
	})
}
