package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repairBench is a repository that pulled a signed commit, and where that comes from.
type repairBench struct {
	*signBench
	commit string
}

func newRepairBench(t *testing.T) *repairBench {
	t.Helper()
	b := &repairBench{signBench: newSignBench(t)}
	dir, err := os.Getwd()
	require.NoError(t, err)
	b.commit = strings.TrimSpace(b.ok("--repo=src commit --canonical-permissions -b main --sign=SECRET --tree=dir=tree"))
	b.ok("--repo=dst init --mode=archive")
	b.ok("--repo=dst remote add --no-gpg-verify --sign-verify=ed25519=inline:PUBLIC up file://" + dir + "/src")
	b.ok("--repo=dst pull up main")
	return b
}

// object is the path of an object of dst by its type, of which there is one.
func (b *repairBench) object(ext string) string {
	b.t.Helper()
	found, err := filepath.Glob("dst/objects/??/*." + ext)
	require.NoError(b.t, err)
	require.Len(b.t, found, 1)
	return found[0]
}

// name is the name of the object of a path.
func name(path string) string {
	return strings.TrimPrefix(strings.ReplaceAll(strings.TrimPrefix(path, "dst/objects/"), "/", ""), "/")
}

func (b *repairBench) overwrite(path, content string) {
	b.t.Helper()
	require.NoError(b.t, os.Remove(path)) // it may be a link to the source
	b.file(path, content)
}

func TestFsckRepair(t *testing.T) {
	for _, from := range []string{"", "=up", "=src"} {
		t.Run("from"+from, func(t *testing.T) {
			b := newRepairBench(t)
			fine := "object fsck of 1 commits completed successfully - no errors found.\n"
			require.Equal(t, fine, b.ok("--repo=dst fsck -q --repair"+from), "nothing to do")

			file, tree, meta := b.object("filez"), b.object("dirtree"), b.object("dirmeta")
			b.overwrite(file, "garbage")
			b.overwrite(tree, "garbage")
			require.NoError(t, os.Remove(meta))
			b.fails("--repo=dst fsck -a", "Repository corruption encountered")
			out := b.ok("--repo=dst fsck --repair" + from)
			for _, path := range []string{strings.TrimSuffix(file, "z"), tree, meta} {
				require.Contains(t, out, "Repaired object: "+name(path)+"\n")
			}
			require.Contains(t, out, "Commit is complete again: "+b.commit+"\n")
			require.True(t, strings.HasSuffix(out, fine), out)
			b.ok("--repo=dst fsck")
		})
	}
}

func TestFsckRepairOfSignatures(t *testing.T) {
	b := newRepairBench(t)
	file := b.object("commitmeta")
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, content := range []string{"garbage", ""} { // the latter says that there is none
		b.overwrite(file, content)
		out := b.ok("--repo=dst fsck --repair")
		require.Contains(t, out, "Repaired detached metadata: "+b.commit+"\n")
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, good, got)
	}
	require.NotContains(t, b.ok("--repo=dst fsck --repair"), "Repaired")

	b.overwrite(file, "garbage")
	b.ok("--repo=src sign -d " + b.commit + " SECRET")
	code, _, errOut := b.run("--repo=dst fsck --repair")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Cannot repair object "+name(file)+": ")
	require.Contains(t, errOut, "error: Repository corruption encountered\n")
}

func TestFsckRepairNeedsASource(t *testing.T) {
	b := newRepairBench(t)
	b.fails("--repo=src fsck --repair", "No ref comes from a usable remote; use --repair=REMOTE or --repair=PATH")
	b.fails("--repo=dst fsck --repair=nosuch", "nosuch is no remote and no repository")
	b.fails("--repo=dst fsck --repair --delete", "--repair cannot be used with --json, --add-tombstones, --delete, --verify-bindings or --verify-back-refs")
	file := b.object("filez")
	b.overwrite(file, "garbage")
	source := "src" + strings.TrimPrefix(file, "dst")
	require.NoError(t, os.Remove(source))
	code, _, errOut := b.run("--repo=dst fsck --repair")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "Cannot repair object "+strings.TrimSuffix(name(file), "z")+": ")
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "garbage", string(got), "it stays: nobody has a better one")
}
