package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// world writes a repository and an installed system and returns the arguments
// that name them.
func world(t *testing.T) []string {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	require.NoError(t, rpmtest.WriteRepo(ctx, filepath.Join(dir, "repo"),
		&rpmtest.Package{Name: "app", Version: "2", Requires: []string{"lib >= 5"}, Recommends: []string{"doc"}},
		&rpmtest.Package{Name: "lib", Version: "5"},
		&rpmtest.Package{Name: "doc"}))
	require.NoError(t, rpmtest.WriteRepo(ctx, filepath.Join(dir, "base"), &rpmtest.Package{Name: "lib", Version: "4"}))
	return []string{"--repo", "fedora=" + filepath.Join(dir, "repo"), "--installed", filepath.Join(dir, "base")}
}

func call(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestTable(t *testing.T) {
	code, out, errs := call(append(world(t), "install", "app")...)
	require.Zero(t, code, errs)
	var rows []string
	for l := range strings.Lines(out) {
		rows = append(rows, strings.Join(strings.Fields(l), " "))
	}
	require.Empty(t, cmp.Diff([]string{
		"ACTION PACKAGE REPOSITORY WHY",
		"install app-2-1.noarch fedora requested: install app",
		"install doc-1.0-1.noarch fedora recommended by app-2-1.noarch: doc",
		"upgrade lib-5-1.noarch fedora required by app-2-1.noarch: lib >= 5; replaces lib-4-1.noarch",
		"", "install 2, upgrade 1",
	}, rows))
}

func TestJSON(t *testing.T) {
	code, out, errs := call(append(world(t), "--json", "--no-weak", "install", "app")...)
	require.Zero(t, code, errs)
	var got Answer
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Empty(t, cmp.Diff(Answer{Steps: []Step{
		{Action: "install", Package: "app-2-1.noarch", Repo: "fedora", Why: "requested: install app"},
		{Action: "upgrade", Package: "lib-5-1.noarch", Repo: "fedora", Replaces: []string{"lib-4-1.noarch"}, Why: "required by app-2-1.noarch: lib >= 5"},
	}}, got))
}

func TestProblemsNameTheLockAndWhatHelps(t *testing.T) {
	code, out, errs := call(append(world(t), "--lock", "install", "app")...)
	require.Equal(t, 1, code)
	require.Empty(t, errs)
	for _, part := range []string{"cannot install app", "package lib-4-1.noarch is locked", "upgrade the base first", "would help: do not install app"} {
		require.Contains(t, out, part)
	}
	code, out, _ = call(append(world(t), "--json", "install", "nosuch")...)
	require.Equal(t, 1, code)
	var got Answer
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Empty(t, cmp.Diff(Answer{Problems: []Problem{{
		Text: "cannot install nosuch: no package matches nosuch", Solutions: [][]string{{"do not install nosuch"}},
	}}}, got))
}

func TestOtherActions(t *testing.T) {
	w := world(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"update"}, "upgrade 1"}, {[]string{"update", "lib"}, "upgrade 1"}, {[]string{"erase", "lib"}, "erase 1"},
		{[]string{"distupgrade"}, "upgrade 1"}, {[]string{"install", "lib"}, "Nothing to do."},
	} {
		code, out, errs := call(append(w, c.args...)...)
		require.Zero(t, code, errs)
		require.True(t, strings.HasSuffix(out, c.want+"\n"), "%q: %s", c.args, out)
	}
}

func TestSnapshotReplays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	code, _, errs := call(append(world(t), "--snapshot", dir, "install", "app")...)
	require.Zero(t, code, errs)
	results, err := testcase.Run(context.Background(), os.DirFS(dir), "testcase.t")
	require.NoError(t, err)
	require.Empty(t, results[0].Diff())
	require.Contains(t, results[0].Got, "install app-2-1.noarch@fedora")
}

func TestWrongCalls(t *testing.T) {
	w := world(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"install", "x"}, "error: no packages: give --repo or --installed\n"},
		{[]string{"--repo", "x", "update"}, "error: --repo \"x\": want ID=DIR[,priority=N][,cost=N]\n"},
		{append(w, "install"), "error: At least one SPEC must be specified\n"},
		{[]string{"--installed", t.TempDir(), "update"}, "neither repodata nor an RPM database\n"},
		{[]string{"--repo", "x=/y,priority=high", "update"}, "want ID=DIR"},
		{[]string{"--repo", "x=/y,colour=1", "update"}, "want ID=DIR"},
		{append(w, "--exclude", "nosuch", "update"), "error: --exclude nosuch: no package matches\n"},
		{[]string{"frob"}, "error: Unknown command 'frob'\n"},
	} {
		code, _, errs := call(c.args...)
		require.Equal(t, 2, code)
		require.Contains(t, errs, c.want)
	}
}

func TestUnreadableRepositoryIsAnError(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "repodata"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "repodata", "repomd.xml"), []byte("<repomd"), 0o644))
	for _, args := range [][]string{
		{"--repo", "x=" + dir, "install", "app"},
		{"--json", "--repo", "x=" + dir, "install", "app"},
		{"--repo", "x=" + filepath.Join(dir, "nosuch"), "install", "app"},
		{"--installed", dir, "update"},
	} {
		code, out, errs := call(args...)
		require.Equal(t, 2, code, args)
		require.Empty(t, out)
		require.Contains(t, errs, "error: ")
	}
}

func TestHelpTellsTheExitStatus(t *testing.T) {
	code, out, _ := call("--help")
	require.Zero(t, code)
	require.Contains(t, out, "The exit status is 1 if the request cannot be fulfilled, and 2 for a wrong call")
}
