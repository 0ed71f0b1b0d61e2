package rpmver_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// askRpm evaluates a Lua expression over two strings a and b in the real rpm for
// each pair, in one process.
func askRpm(t *testing.T, pairs [][2]string, expression string) []string {
	t.Helper()
	testenv.NeedTool(t, "rpm")
	var in strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&in, "%s %s\n", p[0], p[1])
	}
	file := filepath.Join(t.TempDir(), "pairs")
	require.NoError(t, os.WriteFile(file, []byte(in.String()), 0o644))
	script := fmt.Sprintf(`%%{lua: for line in io.lines(%q) do local a, b = string.match(line, "^(%%S+) (%%S+)$") io.write(%s, "\n") end}`, file, expression)
	out := strings.Fields(testenv.Run(t, "", "rpm", "--eval", script))
	require.Len(t, out, len(pairs))
	return out
}

// randomVersion makes strings in which all rules meet: digits with zeros, letters,
// marks and separators.
func randomVersion(r *rand.Rand) string {
	parts := []string{"0", "1", "2", "10", "007", "a", "b", "rc", "Z", "~", "^", ".", "_", "+", "..", "git"}
	var s string
	for range 1 + r.IntN(6) {
		s += parts[r.IntN(len(parts))]
	}
	return s
}

// mutate returns a version close to s: most random pairs differ at the start.
func mutate(r *rand.Rand, s string) string {
	i := r.IntN(len(s) + 1)
	return s[:i] + randomVersion(r) + s[min(len(s), i+r.IntN(3)):]
}

func TestCompareVersionsAsRpm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var pairs [][2]string
	for len(pairs) < 100_000 {
		a := randomVersion(r)
		b := randomVersion(r)
		if len(pairs)%3 > 0 {
			b = mutate(r, a)
		}
		pairs = append(pairs, [2]string{a, b})
	}
	for i, want := range askRpm(t, pairs, "rpm.vercmp(a, b)") {
		if got := fmt.Sprint(rpmver.CompareVersions(pairs[i][0], pairs[i][1])); got != want {
			t.Errorf("%q: %s, rpm says %s", pairs[i], got, want)
		}
	}
}

func TestCompareEVRAsRpm(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func() string {
		s := []string{"", "0:", "1:", "2:"}[r.IntN(4)] + fmt.Sprint(r.IntN(3)) + []string{"", ".1", "~rc", "^git"}[r.IntN(4)]
		return s + []string{"", "-1", "-2", "-1.el9"}[r.IntN(4)]
	}
	var pairs [][2]string
	for range 2000 {
		pairs = append(pairs, [2]string{random(), random()})
	}
	want := askRpm(t, pairs, `(rpm.ver(a) < rpm.ver(b)) and -1 or ((rpm.ver(b) < rpm.ver(a)) and 1 or 0)`)
	for i, p := range pairs {
		a, err := rpmver.ParseEVR(p[0])
		require.NoError(t, err)
		b, err := rpmver.ParseEVR(p[1])
		require.NoError(t, err)
		assert.Equal(t, want[i], fmt.Sprint(a.Compare(b)), "%q", p)
	}
}

func FuzzCompareVersions(f *testing.F) {
	for _, s := range []string{"1.0", "1.0~rc1", "1.0^git", "a.b", "", "~", "^", "007", "é"} {
		f.Add(s, "1.0.1")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if ab, ba := rpmver.CompareVersions(a, b), rpmver.CompareVersions(b, a); ab != -ba {
			t.Fatalf("%q and %q: %d one way, %d the other", a, b, ab, ba)
		}
		if rpmver.CompareVersions(a, a) != 0 {
			t.Fatalf("%q differs from itself", a)
		}
	})
}

func FuzzParseNEVRA(f *testing.F) {
	for _, s := range []string{"a-1-2.noarch", "a-1:1-2.x86_64", "1:a-1-2.noarch", "a-1-2-3.b", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := rpmver.ParseNEVRA(s)
		if err != nil {
			return
		}
		again, err := rpmver.ParseNEVRA(n.String())
		if err != nil || again != n {
			t.Fatalf("%q parses to %+v, whose text %q parses to %+v, %v", s, n, n.String(), again, err)
		}
	})
}

func BenchmarkCompareVersions(b *testing.B) {
	for b.Loop() {
		rpmver.CompareVersions("5.14.0-427.13.1.el9_4", "5.14.0-427.16.1.el9_4")
	}
}

func ExampleCompareVersions() {
	fmt.Println(rpmver.CompareVersions("1.0~rc1", "1.0"), rpmver.CompareVersions("1.10", "1.9"))
	// Output: -1 1
}

func ExampleParseNEVRA() {
	n, err := rpmver.ParseNEVRA("bash-5.1.8-6.el9.x86_64")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.Name, n.Version, n.Release, n.Arch)
	// Output: bash 5.1.8 6.el9 x86_64
}
