package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCreateUSBAndFindRemotes shares refs of a collection; the expected lines are those of the real command.
func TestCreateUSBAndFindRemotes(t *testing.T) {
	b := newSignBench(t)
	dir, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.Mkdir("stick", 0o755))
	b.ok("--repo=up init --mode=archive --collection-id=org.example.Os")
	main := strings.TrimSpace(b.ok("--repo=up commit -b main --tree=dir=tree"))
	b.ok("--repo=up summary -u")
	b.ok("--repo=local init --mode=bare-user")
	b.ok("--repo=local remote add --no-gpg-verify --collection-id=org.example.Os up file://" + dir + "/up")

	out := b.ok("--repo=local find-remotes --finders=config org.example.Os main org.example.Os no")
	require.Contains(t, out, "Result 0: file://"+dir+"/up\n - Finder: OstreeRepoFinderConfig\n - Keyring: up.trustedkeys.gpg\n - Priority: 100\n")
	require.Contains(t, out, "    - (org.example.Os, main) = "+main+"\n    - (org.example.Os, no) = (not found)\n\n"+
		"1/2 refs were found.\nRefs not found in any remote:\n - (org.example.Os, no)\n")
	require.Equal(t, "No results.\n", b.ok("--repo=local find-remotes org.example.Other main"))
	b.fails("--repo=local find-remotes --finders=config,config org.example.Os main", "Unknown or duplicate finder type given in --finders option: ‘config’")
	require.Contains(t, b.ok("--repo=local find-remotes --pull org.example.Os main"), "Pulled 1/1 refs successfully.\n")
	require.Equal(t, main+"\n", b.ok("--repo=local rev-parse up:main"))

	require.Equal(t, "Copied 1/1 refs successfully from ‘"+dir+"/local’ to ‘x/repo’ repository in ‘stick’.\n",
		b.ok("--repo=local create-usb --destination-repo=x/repo stick org.example.Os main"))
	target, err := os.Readlink("stick/.ostree/repos.d/00-generated")
	require.NoError(t, err)
	require.Equal(t, "../../x/repo", target)
	b.ok("--repo=local create-usb --destination-repo=x/repo stick org.example.Os main")
	entries, err := os.ReadDir("stick/.ostree/repos.d")
	require.NoError(t, err)
	require.Len(t, entries, 1, "linked once")
	require.Equal(t, "(org.example.Os, main)\n", b.ok("--repo=stick/.ostree/repos.d/00-generated refs --collections"))
	b.ok("--repo=stick/x/repo fsck")
	b.fails("--repo=local create-usb stick org.example.Os nope", "Collection–ref (org.example.Os, nope) not found")
	b.fails("--repo=local create-usb --destination-repo=../out stick org.example.Os main", "not below the mount")
	b.fails("--repo=local create-usb nosuch org.example.Os main", "opendir(nosuch): No such file or directory")

	require.NoError(t, os.Mkdir("elsewhere", 0o755))
	require.NoError(t, os.Symlink("../elsewhere", "stick/planted"))
	b.fails("--repo=local create-usb --destination-repo=planted/repo stick org.example.Os main", "path escapes")
	left, err := os.ReadDir("elsewhere")
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestCookieVerbs(t *testing.T) {
	b := newSignBench(t)
	b.ok("--repo=src remote add-cookie o 127.0.0.1 / foo bar")
	b.ok("--repo=src remote add-cookie o example.com /x baz badger")
	out := b.ok("--repo=src remote list-cookies o")
	require.Contains(t, out, "--\nDomain: 127.0.0.1\nPath: /\nName: foo\nSecure: FALSE\n")
	require.Contains(t, out, "Value: badger\n")
	b.fails("--repo=src remote delete-cookie o 127.0.0.1 / nope", "Cookie not found in jar")
	b.ok("--repo=src remote delete-cookie o 127.0.0.1 / foo")
	require.NotContains(t, b.ok("--repo=src remote list-cookies o"), "foo")
	b.fails("--repo=src remote add-cookie o", "must be specified")
}

func TestPullDryRun(t *testing.T) {
	b := newSignBench(t)
	b.ok("--repo=src commit -b main --generate-sizes --tree=dir=tree")
	b.ok("--repo=dst init --mode=bare-user")
	dir, err := os.Getwd()
	require.NoError(t, err)
	b.ok("--repo=dst remote add --no-gpg-verify o file://" + dir + "/src")
	out := b.ok("--repo=dst pull --dry-run o main")
	require.Regexp(t, `^main: 3 objects, \d+ bytes, \d+ bytes unpacked\n$`, out)
	require.Empty(t, b.ok("--repo=dst refs"))
	b.ok("--repo=src static-delta generate --empty main")
	b.ok("--repo=src summary -u")
	require.Regexp(t, `^Delta update: 0/1 parts, 0 bytes/\d+ bytes, \d+ bytes total uncompressed\n$`,
		b.ok("--repo=dst pull --dry-run --require-static-deltas o main"))
	b.ok("--repo=dst pull o main")
	require.Equal(t, "main: nothing to fetch\n", b.ok("--repo=dst pull --dry-run o main"))
}
