package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/sysroot"
)

// TestKernelOverrideWorld replaces the kernel of an image of real packages: RPMOSTREE_TEST_WORLD is a directory with
// treefile.yaml, its *.repo files, base/ and updates/, where updates/x86_64 has a newer kernel and kernel-core.
func TestKernelOverrideWorld(t *testing.T) {
	world := os.Getenv("RPMOSTREE_TEST_WORLD")
	if world == "" {
		t.Skip("RPMOSTREE_TEST_WORLD is not set")
	}
	testenv.NeedRoot(t)
	testenv.NeedOverlay(t)
	testenv.NeedTool(t, "rpm")
	dir := t.TempDir()
	const ref = "world/base"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "os.yaml"), []byte("include: "+world+"/treefile.yaml\nref: "+ref+"\nno-initramfs: true\n"), 0o644))
	repos, err := filepath.Glob(world + "/*.repo")
	require.NoError(t, err)
	for _, name := range repos {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o644))
	}
	images, err := ostree.Init(t.Context(), filepath.Join(dir, "images"), &ostree.InitOptions{Mode: ostree.ModeArchive})
	require.NoError(t, err)
	defer images.Close()
	root := filepath.Join(dir, "root")
	rpmostree := func(args ...string) string {
		var out, errs bytes.Buffer
		env := append(os.Environ(), "OSTREE_SYSROOT="+root, "OSTREE_SYSROOT_DEBUG=mutable-deployments")
		require.Equal(t, 0, run(t.Context(), args, env, strings.NewReader(""), &out, &errs), errs.String())
		return out.String()
	}
	rpmostree("compose", "tree", "--repo="+images.Path(), "--cachedir="+filepath.Join(dir, "cache"), filepath.Join(dir, "os.yaml"))

	require.NoError(t, sysroot.Init(t.Context(), root, &sysroot.InitOptions{Epoch: 1, RepoMode: ostree.ModeBare}))
	s, err := sysroot.Open(t.Context(), root, &sysroot.Options{MutableDeployments: true})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.InitStateroot(t.Context(), "own"))
	res, err := pull.Pull(t.Context(), s.Repo(), pull.Local(images), &pull.Options{Refs: []string{ref}})
	require.NoError(t, err)
	base, err := s.Deploy(t.Context(), sysroot.DeployRequest{
		Stateroot: "own", Commit: res.Refs[ref], Origin: sysroot.NewOrigin(ref), KernelArgs: kargs.Parse("quiet"),
	}, nil)
	require.NoError(t, err)

	kernels, err := filepath.Glob(world + "/updates/x86_64/kernel*.rpm")
	require.NoError(t, err)
	require.Contains(t, rpmostree(append([]string{"override", "replace"}, kernels...)...), "Upgraded:\n  kernel ")
	_, err = s.Reload(t.Context())
	require.NoError(t, err)
	d := s.Deployments()[0]
	require.NotEqual(t, base.BootCsum, d.BootCsum)
	before, after := modules(t, base.Path(s)), modules(t, d.Path(s))
	require.Len(t, after, 1, "nothing is left of the old kernel")
	require.NotEqual(t, before, after)
	for _, name := range []string{"vmlinuz", "modules.dep", "modules.dep.bin"} {
		require.FileExists(t, filepath.Join(d.Path(s), "usr/lib/modules", after[0], name))
	}
	out, err := exec.Command("rpm", "--dbpath="+filepath.Join(d.Path(s), "usr/share/rpm"), "-qp", kernels[0]).Output()
	require.NoError(t, err)
	installed, err := exec.Command("rpm", "--dbpath="+filepath.Join(d.Path(s), "usr/share/rpm"), "-qa").Output()
	require.NoError(t, err)
	require.Contains(t, string(installed), strings.TrimSpace(string(out)))
	require.Contains(t, rpmostree("override", "reset", "--all"), "Downgraded:\n  kernel ")
	report, err := s.Repo().Fsck(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, report.Problems)
}

func modules(t *testing.T, root string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "usr/lib/modules"))
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
