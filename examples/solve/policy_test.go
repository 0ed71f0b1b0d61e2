package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmtest"
)

func writeRepo(t *testing.T, pkgs ...*rpmtest.Package) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repo")
	require.NoError(t, rpmtest.WriteRepo(context.Background(), dir, pkgs...))
	return dir
}

// answer solves and returns the document for programs.
func answer(t *testing.T, code int, args ...string) Answer {
	t.Helper()
	got, out, errs := call(append([]string{"--json"}, args...)...)
	require.Equal(t, code, got, errs)
	var a Answer
	require.NoError(t, json.Unmarshal([]byte(out), &a))
	return a
}

func steps(a Answer) []string {
	var out []string
	for _, s := range a.Steps {
		out = append(out, s.Action+" "+s.Package+"@"+s.Repo)
	}
	return out
}

func TestPriorityBeatsVersion(t *testing.T) {
	old := writeRepo(t, &rpmtest.Package{Name: "app", Version: "1"})
	newer := writeRepo(t, &rpmtest.Package{Name: "app", Version: "2"})
	require.Equal(t, []string{"install app-2-1.noarch@new"}, steps(answer(t, 0, "--repo", "old="+old, "--repo", "new="+newer, "install", "app")))
	require.Equal(t, []string{"install app-1-1.noarch@old"}, steps(answer(t, 0, "--repo", "new="+newer, "--repo", "old="+old+",priority=10", "install", "app")))
	require.Equal(t, []string{"install app-2-1.noarch@new"}, steps(answer(t, 0, "--repo", "new="+newer, "--repo", "old="+old+",priority=100", "install", "app")))
}

func TestCostDecidesBetweenEquals(t *testing.T) {
	a, b := writeRepo(t, &rpmtest.Package{Name: "app"}), writeRepo(t, &rpmtest.Package{Name: "app"})
	require.Equal(t, []string{"install app-1.0-1.noarch@a"}, steps(answer(t, 0, "--repo", "a="+a, "--repo", "b="+b, "install", "app")))
	require.Equal(t, []string{"install app-1.0-1.noarch@b"}, steps(answer(t, 0, "--repo", "a="+a, "--repo", "b="+b+",cost=1", "install", "app")))
}

func TestExcludedPackages(t *testing.T) {
	dir := writeRepo(t, &rpmtest.Package{Name: "app", Version: "1"}, &rpmtest.Package{Name: "app", Version: "2"})
	require.Equal(t, []string{"install app-1-1.noarch@r"}, steps(answer(t, 0, "--repo", "r="+dir, "--exclude", "app-2-1.noarch", "install", "app")))
	got := answer(t, 1, "--repo", "r="+dir, "--exclude", "app", "install", "app")
	require.Len(t, got.Problems, 1)
	require.Contains(t, got.Problems[0].Text, "excluded")
}

func TestErasingOnlyIfAllowed(t *testing.T) {
	base := writeRepo(t, &rpmtest.Package{Name: "old"})
	dir := writeRepo(t, &rpmtest.Package{Name: "app", Conflicts: []string{"old"}})
	args := []string{"--repo", "r=" + dir, "--installed", base, "install", "app"}
	require.Len(t, answer(t, 1, args...).Problems, 1)
	require.Equal(t, []string{"erase old-1.0-1.noarch@@System", "install app-1.0-1.noarch@r"}, steps(answer(t, 0, append([]string{"--allow-erasing"}, args...)...)))
}

func TestDowngradeOnlyIfAllowed(t *testing.T) {
	base := writeRepo(t, &rpmtest.Package{Name: "lib", Version: "2"})
	dir := writeRepo(t, &rpmtest.Package{Name: "app", Conflicts: []string{"lib = 2-1"}}, &rpmtest.Package{Name: "lib", Version: "1"})
	args := []string{"--repo", "r=" + dir, "--installed", base, "install", "app"}
	require.Len(t, answer(t, 1, args...).Problems, 1)
	require.Equal(t, []string{"downgrade lib-1-1.noarch@r", "install app-1.0-1.noarch@r"}, steps(answer(t, 0, append([]string{"--allow-downgrade"}, args...)...)))
}

func TestAllAndAlternatives(t *testing.T) {
	base := writeRepo(t, &rpmtest.Package{Name: "kept"})
	dir := writeRepo(t, &rpmtest.Package{Name: "app", Requires: []string{"service"}},
		&rpmtest.Package{Name: "one", Provides: []string{"service"}}, &rpmtest.Package{Name: "two", Provides: []string{"service"}})
	args := []string{"--repo", "r=" + dir, "--installed", base, "--all", "--alternatives", "install", "app"}
	got := answer(t, 0, args...)
	require.Empty(t, cmp.Diff([]Kept{{"kept-1.0-1.noarch", "it is installed already"}}, got.Result))
	require.Empty(t, cmp.Diff([]Choice{{
		For: "service, required by app-1.0-1.noarch", Chosen: "one-1.0-1.noarch", Candidates: []string{"one-1.0-1.noarch", "two-1.0-1.noarch"},
	}}, got.Alternatives))
	_, out, _ := call(args...)
	require.Regexp(t, `(?m)^kept-1.0-1.noarch +it is installed already$`, out)
	require.Regexp(t, `(?m)^service, required by app-1.0-1.noarch +one-1.0-1.noarch +two-1.0-1.noarch$`, out)
}

// TestFilesOutsideOfPrimary are found in the lists of all files.
func TestFilesOutsideOfPrimary(t *testing.T) {
	dir := writeRepo(t, &rpmtest.Package{Name: "app", Requires: []string{"/usr/libexec/helper"}},
		&rpmtest.Package{Name: "helper", Files: []rpmtest.File{{Path: "/usr/libexec/helper", Body: "x"}}})
	require.Equal(t, []string{"install app-1.0-1.noarch@r", "install helper-1.0-1.noarch@r"}, steps(answer(t, 0, "--repo", "r="+dir, "install", "app")))
	require.Equal(t, []string{"install helper-1.0-1.noarch@r"}, steps(answer(t, 0, "--repo", "r="+dir, "install", "/usr/libexec/helper")))
}
