package rpmdep_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// TestMatchesAsRpm asks rpm which of many requirements of one package another
// package does not meet.
func TestMatchesAsRpm(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	r := rand.New(rand.NewPCG(5, 6))
	random := func() string {
		op := []string{"", "<", "<=", "=", ">=", ">"}[r.IntN(6)]
		if op == "" {
			return ""
		}
		return " " + op + " " + []string{"", "1:"}[r.IntN(2)] + []string{"1", "2", "2~rc"}[r.IntN(3)] + []string{"", "-1", "-2"}[r.IntN(3)]
	}
	provider, user := &rpmtest.Package{Name: "provider"}, &rpmtest.Package{Name: "user"}
	for i := range 1500 {
		name := fmt.Sprintf("cap%04d", i)
		provider.Provides = append(provider.Provides, name+random())
		user.Requires = append(user.Requires, name+random())
	}
	dir := t.TempDir()
	require.NoError(t, rpmtest.WriteRepo(t.Context(), dir, provider, user))
	cmd := exec.Command("rpm", "-i", "--test", "--nosignature", "--dbpath", t.TempDir(),
		filepath.Join(dir, provider.FileName()), filepath.Join(dir, user.FileName()))
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "some requirement must be unmet")
	unmet := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if dep, ok := strings.CutSuffix(strings.TrimSpace(line), " is needed by user-1.0-1.noarch"); ok {
			unmet[dep] = true
		}
	}
	require.NotEmpty(t, unmet, "%s", out)
	for i, text := range user.Requires {
		need, err := rpmdep.Parse(text)
		require.NoError(t, err)
		have, err := rpmdep.Parse(provider.Provides[i])
		require.NoError(t, err)
		assert.Equal(t, !unmet[need.String()], need.Matches(have), "%q by %q", need, have)
	}
}

// TestRichGrammarAsRpm compares which expressions are well-formed.
func TestRichGrammarAsRpm(t *testing.T) {
	testenv.NeedTool(t, "rpmspec")
	spec := "Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\n%s: %s\n%%description\n%%files\n"
	for _, text := range []string{
		"(a and b)", "(a and b and c)", "(a or b or c)", "(a with b with c)", "(a if b)", "(a unless b)", "(a if b else c)", "(a without b)",
		"((a and b) or c)", "(f(x)(64bit) or g)", "(a >= 1:2-3 and b = 1)", "(a and b or c)", "(a if b if c)", "(a without b without c)", "(a and b else c)",
		"(a xor b)", "(a and", "()", "(a and b",
	} {
		file := filepath.Join(t.TempDir(), "x.spec")
		kind := "Requires"
		if strings.Contains(text, "unless") { // which is for negative dependencies only
			kind = "Conflicts"
		}
		require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, spec, kind, text), 0o644))
		rpmErr := exec.Command("rpmspec", "-q", file).Run()
		_, err := rpmdep.Parse(text)
		assert.Equal(t, rpmErr == nil, err == nil, "%s: rpm says %v, we %v", text, rpmErr, err)
	}
}
