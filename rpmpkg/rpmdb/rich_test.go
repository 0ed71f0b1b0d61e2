package rpmdb

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// The first five were read from a database that rpm 4.18 made.
func TestRichKeys(t *testing.T) {
	for text, want := range map[string][]string{
		"(x-files and x-scripts)":                 {"x-files", "x-scripts"},
		"(x-files with x-files >= 1)":             {"x-files"},
		"(x-nothing or x-files)":                  {"x-files", "x-nothing"},
		"(x-weak if x-nothing else x-files)":      {"x-files", "x-nothing", "x-weak", "!x-nothing"},
		"(x-weak if x-nothing)":                   {"x-weak", "!x-nothing"},
		"(a or rpmlib(X) or libc.so.6(A)(64bit))": {"a", "libc.so.6(A)(64bit)"},
	} {
		got, err := richKeys(text)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, got), text)
	}
	_, err := richKeys("(a and")
	require.Error(t, err)
}
