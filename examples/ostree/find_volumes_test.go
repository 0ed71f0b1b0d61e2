package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// volumeBench is a repository and what find-remotes says with given volumes and neighbours.
type volumeBench struct {
	*signBench
	mounts []string
	near   []pull.LANRepo
	lan    error // instead of neighbours
}

func (b *volumeBench) find(finders string, o findOptions, refs ...string) (out string, err error) {
	b.t.Helper()
	var text bytes.Buffer
	a := &app{env: func(string) string { return "" }, stdout: &text, stderr: &text, volumes: func() ([]string, error) { return b.mounts, nil },
		neighbours: func(context.Context) ([]pull.LANRepo, error) { return b.near, b.lan }}
	list, err := parseFinders(finders)
	require.NoError(b.t, err)
	asked, err := collectionRefArgs(refs)
	require.NoError(b.t, err)
	repo, err := ostree.Open(b.t.Context(), "local", nil)
	require.NoError(b.t, err)
	defer repo.Close()
	err = a.findRemotes(b.t.Context(), repo, asked, list, o)
	return text.String(), err
}

func (b *volumeBench) found(finders string, refs ...string) string {
	b.t.Helper()
	out, err := b.find(finders, findOptions{}, refs...)
	require.NoError(b.t, err)
	return out
}

// TestFindOnVolumes has sticks as create-usb makes them; the order of places is that of ostree-create-usb(1).
func TestFindOnVolumes(t *testing.T) {
	b := &volumeBench{signBench: newSignBench(t)}
	dir, err := os.Getwd()
	require.NoError(t, err)
	stick := filepath.Join(dir, "stick")
	b.mounts = []string{filepath.Join(dir, "empty"), stick, filepath.Join(dir, "gone")}
	require.NoError(t, os.MkdirAll(stick, 0o755))
	require.NoError(t, os.MkdirAll("empty", 0o755))
	b.ok("--repo=up init --mode=archive --collection-id=org.example.Os")
	b.ok("--repo=local init --mode=archive")
	commit := func(place string) string {
		sum := strings.TrimSpace(b.ok("--repo=up commit --canonical-permissions -b main --timestamp=@1700000000 -s " + place + " --tree=dir=tree"))
		b.ok("--repo=up create-usb --destination-repo=" + place + " stick org.example.Os main")
		return sum
	}
	places := []string{"var/lib/flatpak/repo", "ostree/repo", ".ostree/repo", "my/repo"}
	require.Contains(t, b.found("mount", "org.example.Os", "main"), "No results.\n")
	b.ok("--repo=local remote add --collection-id=org.example.Os origin http://192.0.2.1/")
	for _, place := range places { // the later ones come first
		sum := commit(place)
		if place != "my/repo" {
			require.NoError(t, os.RemoveAll("stick/.ostree/repos.d"))
		}
		out := b.found("mount", "org.example.Os", "main", "org.example.Os", "no", "org.example.Other", "main")
		require.Regexp(t, `(?s)Result 0: file://`+stick+"/"+place+"\n - Finder: OstreeRepoFinderMount\n - Keyring: origin.trustedkeys.gpg\n"+
			" - Priority: 50\n - Summary last modified: [^\n]*\n - Refs:\n    - .org.example.Os, main. = "+sum+
			"\n    - .org.example.Os, no. = .not found.\n    - .org.example.Other, main. = .not found.\n\n1/3 refs were found.\n", out)
		require.NotContains(t, out, "Result 1", "the first place that has the ref")
	}
	b.ok("--repo=local remote delete origin")
	require.Contains(t, b.found("mount", "org.example.Os", "main"), "No results.\n", "nobody vouches for the collection")
	b.ok("--repo=local remote add --no-gpg-verify --collection-id=org.example.Os origin file://" + dir + "/up")

	b.ok("--repo=up summary -u")
	out := b.found("", "org.example.Os", "main")
	require.Contains(t, out, "Result 0: file://"+stick+"/my/repo\n")
	require.Contains(t, out, "\nResult 1: file://"+dir+"/up\n - Finder: OstreeRepoFinderConfig\n", "volumes are nearer")
	b.ok("--repo=local config set core.default-repo-finders config;")
	require.NotContains(t, b.found("", "org.example.Os", "main"), "Mount")
	require.Contains(t, b.found("mount", "org.example.Os", "main"), "Mount")

	_, err = b.find("mount", findOptions{pull: true}, "org.example.Os", "main")
	require.ErrorContains(t, err, "Failed to pull some refs from the remotes", "what is on a volume must be signed")
	require.Empty(t, b.ok("--repo=local refs"))
}

// TestDamagedVolume: a stick with garbage does not keep another from being found.
func TestDamagedVolume(t *testing.T) {
	b := &volumeBench{signBench: newSignBench(t)}
	dir, err := os.Getwd()
	require.NoError(t, err)
	b.mounts = []string{filepath.Join(dir, "bad"), filepath.Join(dir, "good")}
	b.file("bad/.ostree/repo/config", "garbage\n")
	b.file("bad/ostree/repo/config", "[core]\nrepo_version=1\nmode=archive-z2\n")
	b.file("bad/ostree/repo/objects/x", "")
	b.file("bad/ostree/repo/refs/mirrors/org.example.Os/main", "not a checksum\n")
	b.file("bad/ostree/repo/tmp/x", "")
	require.NoError(t, os.MkdirAll("good", 0o755))
	b.ok("--repo=up init --mode=archive --collection-id=org.example.Os")
	b.ok("--repo=up commit --canonical-permissions -b main --tree=dir=tree")
	b.ok("--repo=up create-usb good org.example.Os main")
	b.ok("--repo=local init --mode=archive")
	b.ok("--repo=local remote add --collection-id=org.example.Os origin http://192.0.2.1/")
	out := b.found("mount", "org.example.Os", "main")
	require.Contains(t, out, "Ignoring '"+dir+"/bad/.ostree/repo': ")
	require.Contains(t, out, "Result 0: file://"+dir+"/good/.ostree/repo\n")
}
