package interop

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
)

// jsonCommit is what log and show tell of a commit.
type jsonCommit struct {
	Checksum, Parent, Version, Subject, Body, Timestamp, DirTree, DirMeta string

	ContentChecksum string         `json:"content-checksum"`
	Partial         bool           `json:"partial"`
	Metadata        map[string]any `json:"metadata"`
	Detached        map[string]any `json:"detached-metadata"`
}

// text is the commit as the real command prints it.
func (c *jsonCommit) text(t *testing.T) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, c.Timestamp)
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(c.Timestamp, "Z"), c.Timestamp)
	out := "commit " + c.Checksum + "\n"
	if c.Parent != "" {
		out += "Parent:  " + c.Parent + "\n"
	}
	out += "ContentChecksum:  " + c.ContentChecksum + "\nDate:  " + at.Format("2006-01-02 15:04:05 -0700") + "\n"
	if c.Version != "" {
		out += "Version: " + c.Version + "\n"
	}
	if c.Subject == "" {
		out += "(no subject)\n"
	}
	for _, text := range []string{c.Subject, c.Body} {
		if text != "" {
			out += "\n    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
		}
	}
	return out + "\n"
}

// jsonRepo has something of all that is shown.
func jsonRepo(t *testing.T) (dir, file string, run func(args ...string) string) {
	t.Helper()
	dir = t.TempDir()
	run = func(args ...string) string {
		t.Helper()
		return testenv.Run(t, dir, append([]string{"env", "TZ=UTC", "LC_ALL=C.UTF-8", "ostree", "--repo=r"}, args...)...)
	}
	tree := filepath.Join(dir, "t")
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(tree, name), []byte(text), 0o640))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(tree, "d/ü <&>"), 0o755))
	write("d/f", "content\n")
	write("empty", "")
	write("gone", "x")
	require.NoError(t, os.Symlink("d/f", filepath.Join(tree, "link")))
	require.NoError(t, unix.Setxattr(filepath.Join(tree, "d/f"), "user.key", []byte{1, 0xfe}, 0))
	run("init", "--mode=archive", "--collection-id=org.example.One")
	run("config", "set", "core.fsync", "false")
	run("commit", "-b", "main", "--timestamp=@1600000000", "-s", "Subject", "-m", "Body\nof two", "--add-metadata-string=version=1.2", "t")
	require.NoError(t, os.Remove(filepath.Join(tree, "gone")))
	write("d/f", "other content\n")
	write("new", strings.Repeat("long ", 5000))
	run("commit", "-b", "main", "--timestamp=@1600001000", "--add-metadata=n=uint64 7", "--add-metadata=b=true", "--add-metadata=ay=@ay [1, 254]",
		"--add-metadata=d={'a': <1.5>, 'b': <['x']>}", "--add-metadata=m=@ms nothing", "--add-detached-metadata-string=sig=x", "t")
	run("refs", "--create=os/next", "main^")
	run("refs", "-A", "--create=alias", "main")
	run("refs", "-c", "--create=org.example.Two:mirrored", "main")
	run("static-delta", "generate", "main")
	run("static-delta", "generate", "--empty", "main")
	run("summary", "-u")
	for line := range strings.Lines(run("ls", "-R", "-C", "main")) {
		if strings.HasSuffix(line, "/d/f\n") {
			file = strings.Fields(line)[4]
		}
	}
	require.Len(t, file, 64)
	return dir, file, run
}

// TestJSONTellsWhatTheRealCommandPrints makes the real command's text of what --json prints about the same repository.
func TestJSONTellsWhatTheRealCommandPrints(t *testing.T) {
	testenv.NeedTool(t, "ostree")
	testenv.NeedUserXattrs(t, t.TempDir())
	t.Parallel() // waits for processes
	dir, file, run := jsonRepo(t)
	ours := ourCommand(t)
	get := func(t *testing.T, into any, args ...string) {
		t.Helper()
		out := testenv.Run(t, dir, append([]string{"env", "TZ=Asia/Kolkata", ours, "--repo=r"}, append(args, "--json")...)...)
		dec := json.NewDecoder(strings.NewReader(out))
		require.NoError(t, dec.Decode(into), out)
		require.False(t, dec.More(), "one object")
	}
	main, first := strings.TrimSpace(run("rev-parse", "main")), strings.TrimSpace(run("rev-parse", "main^"))

	t.Run("log", func(t *testing.T) {
		var j struct{ Commits []*jsonCommit }
		get(t, &j, "log", "main")
		text := ""
		for _, c := range j.Commits {
			text += c.text(t)
		}
		require.Len(t, j.Commits, 2)
		assert.Equal(t, run("log", "main"), text)
	})
	t.Run("show", func(t *testing.T) {
		var j struct {
			Checksum, Type string
			Commit         *jsonCommit
			File           struct {
				Type, Mode string
				UID, GID   int
				Size       int
				Xattrs     map[string]string
			}
			DirTree struct{ Files, Directories []map[string]string }
		}
		get(t, &j, "show", "main")
		require.Equal(t, "commit", j.Type)
		assert.Equal(t, run("show", "main"), j.Commit.text(t))
		assert.Equal(t, map[string]any{"n": 7.0, "b": true, "ay": "01fe", "m": nil, "d": map[string]any{"a": 1.5, "b": []any{"x"}},
			"ostree.ref-binding": []any{"main"}, "ostree.collection-binding": "org.example.One"}, j.Commit.Metadata)
		assert.Equal(t, map[string]any{"sig": "x"}, j.Commit.Detached)
		get(t, &j, "show", file)
		require.Equal(t, "file", j.Type)
		value, err := hex.DecodeString(j.File.Xattrs["user.key"])
		require.NoError(t, err)
		require.Equal(t, []byte{1, 0xfe}, value)
		attrs := "[(b'user.key', [byte 0x01, 0xfe])]"
		assert.Equal(t, run("show", file), fmt.Sprintf("Object: %s\nType: file\nFile Type: %s\nSize: %d\nMode: 010%s\nUid: %d\nGid: %d\nExtended Attributes: { %s }\n",
			j.Checksum, j.File.Type, j.File.Size, j.File.Mode, j.File.UID, j.File.GID, attrs))
		get(t, &j, "show", j.Commit.DirTree)
		require.Equal(t, "dirtree", j.Type)
		shown := run("show", "--raw", j.Checksum)
		for _, list := range [][]map[string]string{j.DirTree.Files, j.DirTree.Directories} {
			require.NotEmpty(t, list)
			for _, e := range list {
				assert.Contains(t, shown, "'"+e["name"]+"'")
			}
		}
	})
	t.Run("refs", func(t *testing.T) {
		type ref struct {
			Name, Remote, Checksum string
			Collection             string `json:"collection-id"`
			Alias                  string `json:"alias-of"`
		}
		var j struct{ Refs []ref }
		lines := func(format func(ref) string, args ...string) {
			t.Helper()
			get(t, &j, append([]string{"refs"}, args...)...)
			var got []string
			for _, r := range j.Refs {
				got = append(got, format(r))
				require.Equal(t, map[bool]string{true: first, false: main}[r.Name == "os/next"], r.Checksum)
			}
			want := strings.Split(strings.TrimSpace(run(append([]string{"refs"}, args...)...)), "\n")
			slices.Sort(want)
			slices.Sort(got)
			assert.Equal(t, want, got, args)
		}
		run("refs", "--delete", "ostree-metadata")
		lines(func(r ref) string { return r.Name })
		lines(func(r ref) string { return r.Name }, "--list", "os")
		lines(func(r ref) string { return r.Name + " -> " + r.Alias }, "-A")
		lines(func(r ref) string { return fmt.Sprintf("(%s, %s)", r.Collection, r.Name) }, "-c")
	})
	t.Run("ls", func(t *testing.T) {
		var j struct {
			Commit  string
			Entries []struct {
				Path, Type, Mode, Target, Checksum, DirTree, DirMeta string
				UID, GID, Size                                       int
			}
		}
		get(t, &j, "ls", "-R", "main")
		text := ""
		for _, e := range j.Entries {
			mode := "0" + e.Mode
			kind := map[string]string{"regular": "-", "symlink": "l", "directory": "d"}[e.Type]
			sums := strings.TrimSpace(e.Checksum + " " + strings.TrimSpace(e.DirTree+" "+e.DirMeta))
			text += fmt.Sprintf("%s%s %d %d %6d %s %s", kind, mode, e.UID, e.GID, e.Size, sums, e.Path)
			if e.Type == "symlink" {
				text += " -> " + e.Target
			}
			text += "\n"
		}
		require.Equal(t, main, j.Commit)
		assert.Equal(t, run("ls", "-R", "-C", "main"), text)
	})
	t.Run("diff", func(t *testing.T) {
		var j struct {
			Changes []struct{ Change, Path string }
			Stats   map[string]int
		}
		get(t, &j, "diff", "main")
		text := ""
		for _, c := range j.Changes {
			text += map[string]string{"modified": "M", "added": "A", "removed": "D"}[c.Change] + "    " + c.Path + "\n"
		}
		require.Len(t, j.Changes, 3)
		assert.Equal(t, run("diff", "main"), text)
		get(t, &j, "diff", "--stats", "main")
		assert.Contains(t, run("diff", "--stats", "main"), fmt.Sprintf("[A] Object Count: %d\n[B] Object Count: %d\nCommon Object Count: %d\n",
			j.Stats["from-objects"], j.Stats["to-objects"], j.Stats["common-objects"]))
	})
	t.Run("deltas", func(t *testing.T) { jsonDeltas(t, get, run) })
	t.Run("summaries and remotes", func(t *testing.T) { jsonSummaries(t, dir, get, run) })
	t.Run("prune and fsck", func(t *testing.T) { jsonReports(t, dir, file, get, run) })
}

type jsonGetter func(t *testing.T, into any, args ...string)

func jsonDeltas(t *testing.T, get jsonGetter, run func(...string) string) {
	var list struct{ Deltas []struct{ From, To string } }
	get(t, &list, "static-delta", "list")
	require.Len(t, list.Deltas, 2)
	text := ""
	for _, d := range list.Deltas {
		name := strings.TrimPrefix(d.From+"-"+d.To, "-")
		text += name + "\n"
		var j struct {
			From, To, Endianness string
			Timestamp            time.Time
			Size                 int
			Uncompressed         int `json:"size-uncompressed"`
			Parts                []struct {
				Objects, Size, Modes, Xattrs int
				Uncompressed                 int `json:"size-uncompressed"`
				Blob                         int `json:"blob-size"`
				Ops                          int `json:"operations-size"`
				Operations                   map[string]int
			}
			Fallbacks []any
		}
		get(t, &j, "static-delta", "show", name)
		shown := run("static-delta", "show", name)
		for _, want := range []string{
			fmt.Sprintf("To: %s\nEndianness: %s\nTimestamp: %d\n", j.To, j.Endianness, j.Timestamp.Unix()),
			fmt.Sprintf("Number of fallback entries: %d\n", len(j.Fallbacks)), fmt.Sprintf("Number of parts: %d\n", len(j.Parts)),
			fmt.Sprintf("Total Size: %d (", j.Size), fmt.Sprintf("Total Uncompressed Size: %d (", j.Uncompressed),
		} {
			assert.Contains(t, shown, want)
		}
		require.NotEmpty(t, j.Parts)
		for i, p := range j.Parts {
			o := p.Operations
			assert.Contains(t, shown, fmt.Sprintf("PartMeta%d: nobjects=%d size=%d usize=%d\nPartPayload%d: nmodes=%d nxattrs=%d blobsize=%d opsize=%d\n",
				i, p.Objects, p.Size, p.Uncompressed, i, p.Modes, p.Xattrs, p.Blob, p.Ops))
			assert.Contains(t, shown, fmt.Sprintf("openspliceclose=%d open=%d write=%d setread=%d unsetread=%d close=%d bspatch=%d\n",
				o["open-splice-close"], o["open"], o["write"], o["set-read-source"], o["unset-read-source"], o["close"], o["bspatch"]))
		}
	}
	assert.Equal(t, run("static-delta", "list"), text)
}

func jsonSummaries(t *testing.T, dir string, get jsonGetter, run func(...string) string) {
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer s.Close()
	run("remote", "add", "--no-gpg-verify", "origin", s.URL+"/r", "main")
	run("remote", "add", "--no-gpg-verify", "x", "file://"+dir)
	var remotes struct {
		Remotes []struct {
			Name, URL string
			Branches  []string
			Verify    bool `json:"gpg-verify"`
		}
	}
	get(t, &remotes, "remote", "list")
	text := ""
	for _, r := range remotes.Remotes {
		text += fmt.Sprintf("%-6s  %s\n", r.Name, r.URL)
		assert.False(t, r.Verify)
	}
	assert.Equal(t, run("remote", "list", "-u"), text)
	assert.Equal(t, []string{"main"}, remotes.Remotes[0].Branches)

	var refs struct {
		Refs []struct{ Name, Remote string }
	}
	get(t, &refs, "remote", "refs", "origin")
	text = ""
	for _, r := range refs.Refs {
		text += r.Remote + ":" + r.Name + "\n"
	}
	assert.Equal(t, run("remote", "refs", "origin"), text)

	const layout = "2006-01-02T15:04:05+00"
	for _, args := range [][]string{{"summary", "-v"}, {"remote", "summary", "origin"}} {
		var j struct {
			Refs []struct {
				Name, Checksum, Version string
				Collection              string    `json:"collection-id"`
				Size                    int       `json:"commit-size"`
				Timestamp               time.Time `json:"timestamp"`
			}
			Deltas     []struct{ From, To string } `json:"static-deltas"`
			Modified   time.Time                   `json:"last-modified"`
			Collection string                      `json:"collection-id"`
			Mode       string
			Metadata   map[string]any
		}
		get(t, &j, args...)
		shown := run(args...)
		require.Len(t, j.Refs, strings.Count(shown, "* ("))
		rest := shown
		for _, r := range j.Refs {
			block := fmt.Sprintf("* (%s, %s)\n    Latest Commit (%d bytes):\n      %s\n", r.Collection, r.Name, r.Size, r.Checksum)
			if r.Version != "" {
				block += "    Version (ostree.commit.version): " + r.Version + "\n"
			}
			block += "    Timestamp (ostree.commit.timestamp): " + r.Timestamp.UTC().Format(layout) + "\n\n"
			var ok bool
			rest, ok = strings.CutPrefix(rest, block)
			require.True(t, ok, "want %s\nhave %s", block, rest)
		}
		assert.Contains(t, rest, "Last-Modified (ostree.summary.last-modified): "+j.Modified.UTC().Format(layout)+"\n")
		assert.Contains(t, rest, "Repository Mode (ostree.summary.mode): "+j.Mode+"\n")
		assert.Contains(t, rest, "Collection ID (ostree.summary.collection-id): "+j.Collection+"\n")
		assert.Equal(t, map[string]any{"ostree.summary.indexed-deltas": true, "ostree.summary.tombstone-commits": false}, j.Metadata)
		for _, d := range j.Deltas {
			assert.Contains(t, rest, "'"+strings.TrimPrefix(d.From+"-"+d.To, "-")+"'")
		}
	}
}

func jsonReports(t *testing.T, dir, file string, get jsonGetter, run func(...string) string) {
	run("commit", "--orphan", "--timestamp=@1600002000", "t")
	var prune struct {
		Total  int  `json:"total-objects"`
		Pruned int  `json:"pruned-objects"`
		Dry    bool `json:"dry-run"`
	}
	get(t, &prune, "prune", "--refs-only", "--no-prune")
	require.Positive(t, prune.Pruned)
	require.True(t, prune.Dry)
	assert.Contains(t, run("prune", "--refs-only", "--no-prune"), fmt.Sprintf("Total objects: %d\nWould delete: %d objects", prune.Total, prune.Pruned))

	type report struct {
		OK       bool
		Commits  int
		Problems []struct {
			Object, Error string
			Missing       bool
			Commits       []string
		}
	}
	var good report
	get(t, &good, "fsck")
	require.True(t, good.OK)
	assert.Contains(t, run("fsck"), fmt.Sprintf("object fsck of %d commits completed successfully", good.Commits))

	require.NoError(t, os.Remove(filepath.Join(dir, "r/objects", file[:2], file[2:]+".filez")))
	testenv.Run(t, dir, "cp", "-a", "r", "marked") // fsck marks commits
	said, code := outcome(t, "ostree", "fsck", "-a", "--repo="+dir+"/marked")
	require.Equal(t, 1, code)
	ours := ourCommand(t)
	out, code := outcome(t, ours, "fsck", "--json", "--repo="+dir+"/r")
	require.Equal(t, 1, code)
	var bad report
	require.NoError(t, json.NewDecoder(strings.NewReader(out)).Decode(&bad))
	require.False(t, bad.OK)
	require.Len(t, bad.Problems, 1)
	require.True(t, bad.Problems[0].Missing)
	_, line, ok := strings.Cut(said, "Object missing in commits ")
	require.True(t, ok, said)
	commits, object, _ := strings.Cut(strings.SplitN(line, "\n", 2)[0], ": ")
	assert.Equal(t, object, bad.Problems[0].Object)
	assert.ElementsMatch(t, strings.Split(commits, ", "), bad.Problems[0].Commits)
	assert.True(t, strings.HasSuffix(out, "error: Repository corruption encountered\n"), out)
	_, code = outcome(t, ours, "refs", "--json", "--delete", "main", "--repo="+dir+"/r")
	require.Equal(t, 1, code)
}
