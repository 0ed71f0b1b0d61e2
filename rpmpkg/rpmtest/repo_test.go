package rpmtest_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func TestWriteRepoIsReadByDnf(t *testing.T) {
	testenv.NeedTool(t, "dnf")
	dir := t.TempDir()
	require.NoError(t, rpmtest.WriteRepo(t.Context(), dir, rich(), &rpmtest.Package{Name: "second", Requires: []string{"everything"}}))
	out := testenv.Run(t, "", "dnf", "-q", "--setopt=reposdir=/nonexistent", "--setopt=cachedir="+t.TempDir(), "--repofrompath=r,file://"+dir,
		"--repo=r", "--releasever=1", "--forcearch=x86_64", "--installroot="+t.TempDir(), "--setopt=varsdir=/nonexistent",
		"repoquery", "--qf", "%{epoch}:%{name}-%{version}-%{release}.%{arch}")
	assert.Equal(t, "0:second-1.0-1.noarch\n2:everything-1.0~rc1^git5-3.x86_64\n", out)
}

func TestWriteRepoTwiceIsTheSame(t *testing.T) {
	read := func() map[string]string {
		dir, files := t.TempDir(), map[string]string{}
		require.NoError(t, rpmtest.WriteRepo(t.Context(), dir, rich(), &rpmtest.Package{Name: "second"}))
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			rel, _ := filepath.Rel(dir, path)
			files[rel] = string(data)
			return err
		}))
		return files
	}
	first := read()
	assert.GreaterOrEqual(t, len(first), 5, "two packages, repomd, primary, filelists")
	assert.Equal(t, first, read())
}

func TestBuildErrors(t *testing.T) {
	for cause, p := range map[string]*rpmtest.Package{
		"no name":              {},
		"listed twice":         {Name: "x", Files: []rpmtest.File{{Path: "/a"}, {Path: "/a"}}},
		"not a clean absolute": {Name: "x", Files: []rpmtest.File{{Path: "/a/../b"}}},
		"have a body":          {Name: "x", Files: []rpmtest.File{{Path: "/a", LinkTo: "b", Body: "c"}}},
		"hard link to":         {Name: "x", Files: []rpmtest.File{{Path: "/a", Hardlink: "/b"}}},
		"is not known":         {Name: "x", Compression: "bzip2"},
		"missing operand":      {Name: "x", Requires: []string{"(a or"}},
	} {
		_, err := p.Build()
		assert.ErrorContains(t, err, cause)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o644))
	assert.Error(t, rpmtest.WriteRepo(t.Context(), blocked, rich()))
}

func ExampleWriteRepo() {
	dir, err := os.MkdirTemp("", "repo")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	hello := &rpmtest.Package{Name: "hello", Files: []rpmtest.File{{Path: "/usr/bin/hello", Mode: 0o755, Body: "#!/bin/sh\necho hello\n"}}}
	if err := rpmtest.WriteRepo(context.Background(), dir, hello); err != nil {
		fmt.Println(err)
		return
	}
	list, err := filepath.Glob(filepath.Join(dir, "*.rpm"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filepath.Base(list[0]))
	// Output: hello-1.0-1.noarch.rpm
}
