package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// TestFindOnLAN: neighbours are asked for what they may have, if a remote vouches for the collection.
func TestFindOnLAN(t *testing.T) {
	b := &volumeBench{signBench: newSignBench(t)}
	b.ok("--repo=up init --mode=archive --collection-id=org.example.Os")
	sum := strings.TrimSpace(b.ok("--repo=up commit --canonical-permissions -b main --tree=dir=tree"))
	b.ok("--repo=up summary -u")
	require.NoError(t, os.Mkdir("served", 0o755))
	require.NoError(t, os.Rename("up", "served/3"))
	var asked int
	files := http.FileServer(http.Dir("served"))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	refs := []ostree.Ref{{Collection: "org.example.Os", Name: "main"}, {Collection: "org.example.Os", Name: "promised"}}
	advert := pull.NewAdvert(3, time.Unix(1700000000, 0), refs)
	b.near = []pull.LANRepo{
		{Name: "gone", URL: "http://127.0.0.1:1/0", Advert: advert},
		{Name: "other", URL: "http://127.0.0.1:1/1", Advert: pull.NewAdvert(0, time.Time{}, nil)},
		{Name: "near", URL: s.URL + "/3", Advert: advert},
	}
	b.ok("--repo=local init --mode=archive")
	require.Equal(t, "No results.\n", b.found("lan", "org.example.Os", "main"), "nobody vouches for the collection")
	require.Zero(t, asked)
	b.ok("--repo=local remote add --no-gpg-verify --collection-id=org.example.Os origin http://192.0.2.1/")
	require.Equal(t, "No results.\n", b.found("lan", "org.example.Os", "unheard-of"))
	require.Zero(t, asked)

	out := b.found("lan,mount", "org.example.Os", "main", "org.example.Os", "promised", "org.example.Other", "main")
	require.Contains(t, out, "Ignoring remote 'origin': ")
	require.NotContains(t, out, "127.0.0.1:1/1")
	require.Regexp(t, `(?s)Result 0: `+s.URL+"/3\n - Finder: OstreeRepoFinderAvahi\n - Keyring: origin.trustedkeys.gpg\n"+
		" - Priority: 60\n - Summary last modified: [^\n]*\n - Refs:\n    - .org.example.Os, main. = "+sum+
		"\n    - .org.example.Os, promised. = .not found.\n    - .org.example.Other, main. = .not found.\n\n1/3 refs were found.\n", out)
	require.NoDirExists(t, "local/tmp/cache/summaries", "it is not the summary of the remote")

	_, err := b.find("lan", findOptions{pull: true}, "org.example.Os", "main")
	require.ErrorContains(t, err, "Failed to pull some refs from the remotes", "what a neighbour has must be signed")
	require.Empty(t, b.ok("--repo=local refs"))
}

func TestWithoutAvahi(t *testing.T) {
	b := &volumeBench{signBench: newSignBench(t), lan: errors.New("Avahi daemon is not running")}
	b.ok("--repo=local init --mode=archive")
	_, err := b.find("lan", findOptions{}, "org.example.Os", "main")
	require.EqualError(t, err, "Avahi daemon is not running")
	require.Equal(t, "Avahi finder failed; removing it: Avahi daemon is not running\nNo results.\n", b.found("lan,mount", "org.example.Os", "main"))
	b.ok("--repo=local config set core.default-repo-finders mount;lan")
	require.Contains(t, b.found("", "org.example.Os", "main"), "Avahi finder failed")
	b.ok("--repo=local config set core.default-repo-finders mount;bogus")
	_, err = b.find("", findOptions{}, "org.example.Os", "main")
	require.ErrorContains(t, err, "Invalid configured repo-finder 'bogus'")
	b.fails("--repo=local find-remotes --mirror org.example.Os main", "When --mirror is specified, --pull must also be")
}
