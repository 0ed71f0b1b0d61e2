package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitMessage(t *testing.T) {
	for text, want := range map[string][2]string{
		"":                                    {"", ""},
		messageHelp:                           {"", ""},
		"one":                                 {"one", ""},
		"\n\n one \n\n\ntwo\n# no\nthree\n\n": {"one", "two\nthree"},
		"# c\r\none\r\ntwo\r\n":               {"one", "two"},
	} {
		subject, body := splitMessage(text)
		require.Equal(t, want, [2]string{subject, body}, "%q", text)
	}
}
