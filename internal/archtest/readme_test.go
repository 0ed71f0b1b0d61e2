package archtest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeExampleIsTested checks that every line of README's program is a line of a tested example; only the handling
// of errors is left out there.
func TestReadmeExampleIsTested(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(readme), "```go\n")
	require.True(t, ok, "README has no Go block")
	block, _, _ := strings.Cut(rest, "```")
	example, err := os.ReadFile("../../ostree/example_test.go")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(block), "\n")
	require.Greater(t, len(lines), 10)
	for _, line := range lines {
		assert.True(t, strings.Contains(string(example), strings.TrimSpace(line)+"\n"), "not in the example: %s", line)
	}
}

// TestReadmeNamesEveryPackage keeps the package table complete.
func TestReadmeNamesEveryPackage(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, p := range load(t).pkgs {
		if p.isInternal() || p.dir == "." || len(p.code()) == 0 || strings.HasSuffix(p.dir, "test") {
			continue
		}
		name := p.dir[strings.LastIndex(p.dir, "/")+1:]
		named := strings.Contains(string(readme), "`"+name+"`") || strings.Contains(string(readme), "`"+p.dir+"`")
		assert.True(t, named, "%s is not in README's table", p.dir)
	}
}
