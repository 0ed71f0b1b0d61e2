package transcript_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/transcript"
)

const recording = `## looking
# a comment
$ log main
> commit x
>
>     two words
$ log nope
! error: not found
= 1
## root: changing
$ sh ls
`

func TestParseAndFormatAreInverse(t *testing.T) {
	s, err := transcript.Parse(recording)
	require.NoError(t, err)
	assert.Equal(t, recording, s.String())
	require.Len(t, s.Sections, 2)
	calls := s.Sections[0].Calls()
	require.Len(t, calls, 2)
	assert.Equal(t, transcript.Call{Line: "log main", Want: transcript.Outcome{Out: "commit x\n\n    two words\n"}}, *calls[0])
	assert.Equal(t, transcript.Outcome{Code: 1, Err: "error: not found\n"}, calls[1].Want)
	assert.True(t, s.Sections[1].Root)
}

func TestParseErrorsNameTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"$ x":             "line 1: text before the first section",
		"## a\n> x":       "line 2: output before the first call",
		"## a\n$ x\n= no": "line 3",
		"## a\n? x":       "line 2",
	} {
		_, err := transcript.Parse(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func TestFilter(t *testing.T) {
	f := transcript.Filter{
		Dir: "/tmp/x", Drop: []*regexp.Regexp{regexp.MustCompile("^noise")},
		Sort: func(line string) bool { return line == "refs" },
	}
	got := f.Apply("refs", transcript.Outcome{Out: "b\nnoise 1\na /tmp/x/r  \n", Err: "Usage:\n  x\n\nerror: no\n"})
	assert.Equal(t, transcript.Outcome{Out: "a DIR/r\nb\n", Err: "error: no\n"}, got)
	assert.Equal(t, "a\\0\nb\\0\n", f.Apply("ls", transcript.Outcome{Out: "a\x00b\x00"}).Out)
}
