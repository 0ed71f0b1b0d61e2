package interop

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	helpVerb   = regexp.MustCompile(`(?m)^  ([a-z][a-z-]*)(?:  |$)`)
	helpOption = regexp.MustCompile(`(?m)^  (?:-(\w), )?(--[a-z0-9-]+)(=\S+)?`)
)

// helpVerbs lists the commands in a help text.
func helpVerbs(t *testing.T, help string) []string {
	t.Helper()
	_, list, ok := strings.Cut(help, "Commands:\n")
	require.True(t, ok, help)
	list, _, _ = strings.Cut(list, "\n\n")
	var verbs []string
	for _, m := range helpVerb.FindAllStringSubmatch(list, -1) {
		verbs = append(verbs, m[1])
	}
	require.NotEmpty(t, verbs)
	return verbs
}

// helpOptions maps the options in a help text to their letter and whether they have a value that is named.
func helpOptions(help string) map[string]string {
	m := map[string]string{}
	for _, f := range helpOption.FindAllStringSubmatch(help, -1) {
		m[f[2]] = f[1]
		if f[3] != "" {
			m[f[2]] += "="
		}
	}
	return m
}

// helpOf is what a command prints for --help, which the real one writes to either stream.
func helpOf(t *testing.T, argv ...string) string {
	t.Helper()
	cmd := exec.Command(argv[0], append(argv[1:], "--help")...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// TestEveryRepositoryVerbHasTheRealOptions goes by the help of the real command: no verb and no option of the
// repository side is left out.
func TestEveryRepositoryVerbHasTheRealOptions(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	ours := ourCommand(t)
	var verbs [][]string
	top := helpVerbs(t, helpOf(t, "ostree"))
	for _, verb := range top {
		switch verb {
		case "admin": // of the system root
		case "remote", "static-delta":
			for _, sub := range helpVerbs(t, helpOf(t, "ostree", verb)) {
				verbs = append(verbs, []string{verb, sub})
			}
		default:
			verbs = append(verbs, []string{verb})
		}
	}
	for _, known := range []string{"pull", "fsck", "summary", "find-remotes", "create-usb", "pull-local"} {
		require.True(t, slices.Contains(top, known), "the help was understood")
	}
	require.Greater(t, len(verbs), 35)
	for _, verb := range verbs {
		sameOptions(t, strings.Join(verb, " "), helpOf(t, append([]string{"ostree"}, verb...)...), helpOf(t, append([]string{ours}, verb...)...))
	}
	const httpd = "/usr/libexec/libostree/ostree-trivial-httpd"
	testenv.NeedFile(t, httpd, "the test server of the distribution")
	sameOptions(t, "trivial-httpd", helpOf(t, httpd), helpOf(t, ours, "trivial-httpd"))
}

func sameOptions(t *testing.T, verb, real, ours string) {
	t.Helper()
	want, got := helpOptions(real), helpOptions(ours)
	assert.NotEmpty(t, want, verb)
	for name, form := range want {
		have, ok := got[name]
		assert.True(t, ok, "ostree %s %s", verb, name)
		assert.Equal(t, form, have, "letter and value of ostree %s %s", verb, name)
	}
}
