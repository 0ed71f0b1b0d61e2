package interop

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// collectionWorld makes sources that differ in what they say of themselves: "own" is of a collection, "none" of none,
// "bare" no archive either, "mirror" has a ref of another collection. What "stale" and "stale-own" have is newer than
// their summaries. Their first commits are bound to nothing.
func collectionWorld(t *testing.T, dir string) (unbound string) {
	t.Helper()
	run := func(args ...string) string {
		return testenv.Run(t, dir, append([]string{"ostree"}, args...)...)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "t"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t/f"), []byte("a\n"), 0o644))
	for name, options := range map[string][]string{
		"none": {"--mode=archive"}, "bare": {"--mode=bare"}, "stale": {"--mode=archive"},
		"own": {"--mode=archive", "--collection-id=org.example.One"}, "mirror": {"--mode=archive", "--collection-id=org.example.One"},
		"stale-own": {"--mode=archive", "--collection-id=org.example.One"},
	} {
		run(append([]string{"init", "--repo=" + name}, options...)...)
		run("config", "--repo="+name, "set", "core.fsync", "false")
		unbound = strings.TrimSpace(run("commit", "--repo="+name, "-b", "main", "--no-bindings", "--timestamp=@1600000000", "t"))
		if name != "none" && name != "bare" {
			run("commit", "--repo="+name, "-b", "main", "--timestamp=@1600000001", "t")
		}
		if strings.HasPrefix(name, "stale") {
			run("summary", "--repo="+name, "-u")
			run("commit", "--repo="+name, "-b", "main", "--timestamp=@1600000002", "t")
			run("commit", "--repo="+name, "-b", "new", "--timestamp=@1600000003", "t")
		}
	}
	run("init", "--repo=r", "--mode=archive")
	run("config", "--repo=r", "set", "core.fsync", "false")
	run("refs", "--repo=mirror", "--collections", "--create=org.example.Two:other", "main")
	return unbound
}

var transferred = regexp.MustCompile(`; \S+ \S+ transferred in \d+ seconds`)

// TestCollectionsAndSummariesAreThoseOfTheRealCommand pulls in all ways from sources that are of a collection or not,
// have a summary or not, and compares what is said and which refs there are then.
//
// Ours differs on purpose in what it says about a missing file of a server, which it names, and where a server claims in
// its summary that it mirrors a ref of a collection whose commit is bound to another.
func TestCollectionsAndSummariesAreThoseOfTheRealCommand(t *testing.T) {
	t.Parallel() // waits for processes
	testenv.NeedTool(t, "ostree")
	ours := ourCommand(t)
	base := t.TempDir()
	unbound := collectionWorld(t, base)
	var scripts []string
	for _, source := range []string{"none", "bare", "own", "stale", "stale-own"} {
		for _, collection := range []string{"", " --collection-id=org.example.Two"} {
			add := "remote add --repo=r o file://DIR/" + source + collection
			for _, refs := range []string{"o main", "o main@" + unbound, "o " + unbound, "--mirror o", "--mirror o main", "--mirror o main@" + unbound, "o new", "--commit-metadata-only o main"} {
				scripts = append(scripts, add+"; pull --repo=r "+refs)
				if source != "bare" && !strings.HasSuffix(refs, "new") {
					scripts = append(scripts, strings.Replace(add, "file://DIR", "URL", 1)+"; pull --repo=r "+refs)
				}
			}
		}
	}
	for _, refs := range []string{"main", "main --commit=" + unbound, "new --commit=" + unbound} {
		for _, source := range []string{"none", "own", "stale-own", "mirror"} {
			for _, collection := range []string{"org.example.One", "org.example.Two"} {
				ref, options, _ := strings.Cut(refs, " ")
				if source == "stale-own" && options == "" {
					continue // ours takes what there is now
				}
				scripts = append(scripts, strings.TrimSpace("create-usb --repo="+source+" usb "+collection+" "+ref+" "+options))
			}
		}
	}
	scripts = append(scripts,
		"remote add --repo=r o file://DIR/none --collection-id=org.example.One; pull-local --repo=r --remote=o none main; create-usb --repo=r usb org.example.One main",
		"refs --repo=none --collections --create=org.example.One:main main; create-usb --repo=none usb org.example.One main",
		"remote add --repo=r o URL/bare; pull --repo=r --commit-metadata-only o main",
		"remote add --repo=r o URL/bare; summary --repo=bare -u; pull --repo=r o main",
		"remote add --repo=r o URL/bare; summary --repo=bare -u; pull --repo=r --commit-metadata-only o main",
		"remote add --repo=r o URL/bare; pull --repo=r --mirror o",
		"remote add --repo=r o URL/bare; pull-local --repo=r bare main; pull --repo=r o main",
	)
	for _, script := range scripts {
		t.Run(strings.NewReplacer("/", "_", unbound, "UNBOUND").Replace(script), func(t *testing.T) {
			t.Parallel()
			want, got := collectionScript(t, "ostree", base, script), collectionScript(t, ours, base, script)
			for i := range min(len(want), len(got)) { // of several commits that are refused, which one comes first is chance
				want[i], got[i] = refusedCommit.ReplaceAllString(want[i], "Commit SUM: "), refusedCommit.ReplaceAllString(got[i], "Commit SUM: ")
			}
			assert.Equal(t, want, got)
		})
	}
}

var refusedCommit = regexp.MustCompile(`Commit [0-9a-f]{64}: `)

// collectionScript runs commands in a copy of the world and returns what they say and what refs there are then.
func collectionScript(t *testing.T, bin, base, script string) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "w")
	testenv.Run(t, "/", "cp", "-a", base, dir)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "usb"), 0o755))
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer s.Close()
	var lines []string
	for command := range strings.SplitSeq(script, "; ") {
		words := strings.Fields(strings.NewReplacer("DIR", dir, "URL", s.URL).Replace(command))
		if words[0] == "remote" {
			words = append(words, "--no-gpg-verify")
		}
		for i, w := range words {
			if repo, ok := strings.CutPrefix(w, "--repo="); ok {
				words[i] = "--repo=" + filepath.Join(dir, repo)
			}
			if w == "usb" || w == "bare" || w == "none" {
				words[i] = filepath.Join(dir, w)
			}
		}
		out, _ := outcome(t, bin, words...)
		lines = append(lines, strings.ReplaceAll(transferred.ReplaceAllString(out, ""), dir, "DIR"))
	}
	for _, pattern := range []string{"r/refs/*/*", "r/refs/*/*/*", "r/summary", "usb/.ostree/repo/refs/*/*/*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				continue // a directory
			}
			if filepath.Base(name) == "summary" {
				data = nil
			}
			lines = append(lines, strings.TrimPrefix(name, dir)+" "+string(data))
		}
	}
	return lines
}

// TestCookiesAreListedAsTheRealCommandDoes runs it in the repository, as the real command takes the file from where it runs.
func TestCookiesAreListedAsTheRealCommandDoes(t *testing.T) {
	t.Parallel()
	testenv.NeedTool(t, "ostree")
	dir := t.TempDir()
	testenv.Run(t, dir, "ostree", "init", "--repo=.", "--mode=archive")
	text := ""
	for _, expires := range []string{"0", "1", "1750000000", "2147483648", "99999999999", "-1", "253402300799", "253402300800"} {
		text += ".example.com\tTRUE\t/a\tTRUE\t" + expires + "\tn" + expires + "\tv\n"
	}
	text += "example.com\tFALSE\t/\tFALSE\t5000000000\tname\tvalue\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "o.cookies.txt"), []byte(text), 0o600))
	for _, zone := range []string{"UTC", "Asia/Kolkata"} {
		list := func(bin string) string {
			return testenv.Run(t, dir, "env", "TZ="+zone, bin, "remote", "list-cookies", "--repo=.", "o")
		}
		want := list("ostree")
		require.Contains(t, want, "Secure: FALSE")
		require.Equal(t, want, list(ourCommand(t)))
	}
}
