package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dependencies is the allow-list of direct dependencies, each with its reason.
var dependencies = map[string]string{
	"github.com/ProtonMail/go-crypto":     "OpenPGP signatures of packages and commits; the maintained fork, with v6 and EdDSA",
	"github.com/cavaliergopher/rpm":       "independent second reader of RPM headers, the oracle of rpmpkg's tests",
	"github.com/cloudflare/circl":         "Ed448 signatures",
	"github.com/go-air/gini":              "SAT solver, the oracle of depsolve's tests",
	"github.com/godbus/dbus/v5":           "system bus: Avahi, which knows the neighbours on the network",
	"github.com/google/go-cmp":            "structural comparison in tests",
	"github.com/klauspost/compress":       "zstd, and a deflate three times as fast as the standard library's",
	"github.com/mikelolasagasti/xz":       "xz of packages and metadata, with all filters; deltas have internal/xzdec, which is faster and reads LZMA2 alone",
	"github.com/opencontainers/go-digest": "algorithm:hex digests of packages and metadata",
	"github.com/rogpeppe/go-internal":     "testscript: the command tests as txtar files",
	"github.com/spf13/cobra":              "command line of the examples",
	"github.com/spf13/pflag":              "flag values of the examples that cobra has no type for",
	"github.com/stretchr/testify":         "require and assert in tests",
	"github.com/ulikunitz/xz":             "lzma payloads, and writing xz",
	"go.yaml.in/yaml/v4":                  "treefiles",
	"golang.org/x/sync":                   "errgroup: bounded parallel work",
	"golang.org/x/sys":                    "openat2, renameat2, xattrs, locks",
	"golang.org/x/term":                   "is this a terminal, and how wide",
	"modernc.org/sqlite":                  "rpmdb.sqlite without cgo",
}

func TestDirectDependenciesHaveAReason(t *testing.T) {
	data, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	var direct []string
	line := regexp.MustCompile(`(?m)^(?:require )?\s*([a-z0-9.]+/\S+) v\S+$`)
	for _, m := range line.FindAllStringSubmatch(string(data), -1) {
		direct = append(direct, m[1])
	}
	require.NotEmpty(t, direct)
	for _, d := range direct {
		assert.NotEmpty(t, dependencies[d], "%s: a direct dependency without a reason in the allow-list", d)
	}
	for d := range dependencies {
		assert.Contains(t, direct, d, "the allow-list names a module that go.mod does not require directly")
	}
}

// onlyUsers names modules that a few packages hide from all others.
var onlyUsers = map[string][]string{
	"github.com/cloudflare/circl": {"ostree/sign"},
	"modernc.org/sqlite":          {"rpmpkg/rpmdb"},
	"github.com/godbus/dbus/v5":   {"ostree/pull"},
	"go.yaml.in/yaml/v4":          {"layering/treefile"},
	"github.com/spf13/cobra":      {"internal/glibopt", "examples/..."},
	"github.com/spf13/pflag":      {"internal/glibopt", "examples/..."},
	"golang.org/x/term":           {"internal/progress", "examples/..."},
	"github.com/ulikunitz/xz":     {"rpmpkg/..."},
}

func TestHiddenDependenciesStayHidden(t *testing.T) {
	for _, p := range load(t).pkgs {
		for _, s := range p.code() {
			for _, path := range s.imports() {
				for mod, owners := range onlyUsers {
					if (path == mod || strings.HasPrefix(path, mod+"/")) && !matchesAny(owners, p.dir) {
						t.Errorf("%s imports %s, which only %s may", s.name, path, owners)
					}
				}
			}
		}
	}
}

// TestTopLevel holds the customer's top level: these files, the packages, and nothing else.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("../..")
	require.NoError(t, err)
	want := []string{
		"README.md", "bootloader", "depsolve", "doc.go", "examples", "go.mod", "go.sum", "internal", "layering", "ostree",
		"rpmpkg", "sysroot",
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		assert.True(t, slices.Contains(want, e.Name()), "%s does not belong on the top level", filepath.Base(e.Name()))
	}
}
