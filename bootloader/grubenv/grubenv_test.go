package grubenv_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader/grubenv"
	"github.com/stretchr/testify/require"
)

// block pads text the way grub-editenv does.
func block(text string) []byte {
	return []byte(text + strings.Repeat("#", grubenv.Size-len(text)))
}

const head = "# GRUB Environment Block\n"

func TestParseAndWriteBack(t *testing.T) {
	in := block(head + "saved_entry=a\nboot_success=1\nx=a\\\\b\\\nc\n")
	b, err := grubenv.Parse(in)
	require.NoError(t, err)
	require.Equal(t, []string{"saved_entry", "boot_success", "x"}, b.Names())
	v, ok := b.Get("x")
	require.True(t, ok)
	require.Equal(t, "a\\b\nc", v)
	out, err := b.Bytes()
	require.NoError(t, err)
	require.True(t, bytes.Equal(in, out))

	require.NoError(t, b.Set("boot_success", "0"))
	require.True(t, b.Unset("x"))
	require.False(t, b.Unset("x"))
	out, err = b.Bytes()
	require.NoError(t, err)
	require.Equal(t, string(block(head+"saved_entry=a\nboot_success=0\n")), string(out))
}

func TestLimits(t *testing.T) {
	for name, in := range map[string][]byte{
		"short": []byte(head), "long": make([]byte, 2000), "signature": block("# Other\n"),
	} {
		_, err := grubenv.Parse(in)
		require.ErrorContains(t, err, "parse grubenv", name)
	}
	var b grubenv.Block
	require.NoError(t, b.Set("a", "old"))
	require.ErrorIs(t, b.Set("a", strings.Repeat("x", 1024)), grubenv.ErrFull)
	v, _ := b.Get("a")
	require.Equal(t, "old", v)
	require.ErrorIs(t, b.Set("b", strings.Repeat("x", 1024)), grubenv.ErrFull)
	require.Equal(t, []string{"a"}, b.Names())
	for _, bad := range []string{"", "a=b", "#x", "a b", "a\n"} {
		require.Error(t, b.Set(bad, "v"))
	}
}

func ExampleBlock_Set() {
	var b grubenv.Block
	if err := b.Set("boot_success", "0"); err != nil {
		fmt.Println(err)
		return
	}
	out, err := b.Bytes()
	fmt.Printf("%.40q %d %v\n", out, len(out), err)
	// Output: "# GRUB Environment Block\nboot_success=0\n" 1024 <nil>
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a=b\\\nc\nd=e\n#x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > grubenv.Size-len(head) {
			return
		}
		b, err := grubenv.Parse(block(head + string(text)))
		if err != nil {
			t.Fatal(err)
		}
		out, err := b.Bytes()
		if err != nil {
			return // escapes added by the canonical form can exceed the size
		}
		if _, err := grubenv.Parse(out); err != nil {
			t.Fatal(err)
		}
	})
}
