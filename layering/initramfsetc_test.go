package layering_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
)

// overlay unpacks the overlay image of the newest deployment with the real cpio and returns its directory.
func (s *site) overlay() string {
	s.t.Helper()
	testenv.NeedTool(s.t, "cpio")
	files := s.sys.Deployments()[0].OverlayInitrds()
	require.Len(s.t, files, 1)
	data, err := os.ReadFile(s.path("root/boot", files[0]))
	require.NoError(s.t, err)
	zr, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(s.t, err)
	archive, err := io.ReadAll(zr)
	require.NoError(s.t, err)
	dir := s.t.TempDir()
	cmd := exec.Command("cpio", "-id", "--quiet", "--no-preserve-owner")
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(archive)
	out, err := cmd.CombinedOutput()
	require.NoError(s.t, err, string(out))
	return dir
}

func TestInitramfsEtc(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	etc := filepath.Join(s.sys.Deployments()[0].Path(s.sys), "etc")
	require.NoError(t, os.MkdirAll(filepath.Join(etc, "net.d"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(etc, "net.d/a"), []byte("a"), 0o640))
	require.NoError(t, os.Symlink("a", filepath.Join(etc, "net.d/link")))
	track := func(r layering.InitramfsRequest) layering.Request { return layering.Request{Initramfs: &r} }

	s.refused(track(layering.InitramfsRequest{Track: []string{"/usr/bin/tool"}}), "Path outside /etc forbidden: /usr/bin/tool")
	s.refused(track(layering.InitramfsRequest{Track: []string{"/etc/../usr/x"}}), "Path outside /etc forbidden")
	s.refused(track(layering.InitramfsRequest{Track: []string{"/etc/nosuch"}}), "initramfs-etc", "no such file")
	d := s.apply(track(layering.InitramfsRequest{Track: []string{"/etc/own.conf", "/etc/net.d"}}))
	require.Equal(t, "/etc/net.d;/etc/own.conf", s.origin("rpmostree", "initramfs-etc"))
	require.Equal(t, followed, s.origin("origin", "baserefspec"))
	dir := s.overlay()
	for name, want := range map[string]string{"etc/own.conf": "default 1.0\n", "etc/net.d/a": "a", "etc/net.d/link": "a"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
	require.Equal(t, []string{"/etc/net.d", "/etc/own.conf"}, s.status().Deployments[0].InitramfsEtc)

	// Nothing changes unless the content does, or it is forced.
	require.True(t, s.plan(track(layering.InitramfsRequest{Track: []string{"/etc/own.conf"}})).Unchanged)
	require.False(t, s.plan(track(layering.InitramfsRequest{ForceSync: true})).Unchanged)
	require.NoError(t, os.WriteFile(filepath.Join(d.Path(s.sys), "etc/own.conf"), []byte("mine\n"), 0o644))
	s.apply(layering.Request{Install: []string{"foo"}})
	data, err := os.ReadFile(filepath.Join(s.overlay(), "etc/own.conf"))
	require.NoError(t, err)
	require.Equal(t, "mine\n", string(data))

	s.refused(track(layering.InitramfsRequest{Enable: true}), "initramfs regeneration and /etc overlay not compatible")
	s.apply(track(layering.InitramfsRequest{Untrack: []string{"/etc/net.d"}}))
	require.NoDirExists(t, filepath.Join(s.overlay(), "etc/net.d"))
	s.apply(track(layering.InitramfsRequest{UntrackAll: true}))
	require.Empty(t, s.sys.Deployments()[0].OverlayInitrds())
	require.Equal(t, "foo", s.origin("packages", "requested"))
}

// dracut stands in for the programs of the image and tells what it was asked and saw.
type dracut struct{}

func (dracut) Run(_ context.Context, cmd sandbox.Cmd) error {
	if cmd.Argv[0] != "/bin/sh" {
		return nil
	}
	var seen []byte
	for _, b := range cmd.Binds {
		if b.Dest == "/etc" {
			seen, _ = os.ReadFile(filepath.Join(b.Source, "own.conf"))
		}
	}
	out := cmd.Argv[len(cmd.Argv)-2]
	return os.WriteFile(filepath.Join(cmd.Root, out), []byte(strings.Join(cmd.Argv[4:len(cmd.Argv)-2], " ")+"|"+string(seen)), 0o600)
}

func TestRegenerateInitramfs(t *testing.T) {
	testenv.NeedOverlay(t)
	s := newSite(t, ostree.ModeBare)
	s.opts.Sandbox = dracut{}
	enable := layering.Request{Initramfs: &layering.InitramfsRequest{Enable: true, Args: []string{"-I", "/etc/x"}}}
	s.refused(enable, "needs dracut, which the image does not have")
	s.refused(layering.Request{Initramfs: &layering.InitramfsRequest{Args: []string{"-I"}}}, "Cannot specify arguments without enabling")
	tools := &rpmtest.Package{Name: "dracut", NoAutoRequires: true, Files: []rpmtest.File{
		{Path: "/usr/bin/dracut", Mode: 0o755}, {Path: "/usr/bin/getopt", Mode: 0o755},
	}}
	s.release("2.0", append(basePackages("2.0"), tools)...)
	d := s.apply(layering.Request{Upgrade: true})
	require.NoError(t, os.WriteFile(filepath.Join(d.Path(s.sys), "etc/own.conf"), []byte("mine"), 0o644))
	base := d.BootCsum
	d = s.apply(enable)
	const image = "usr/lib/modules/2.0/initramfs.img"
	require.True(t, strings.HasPrefix(s.read(image), "-I /etc/x|mine\x00"), "%.30q", s.read(image))
	require.NotEqual(t, base, d.BootCsum)
	require.True(t, s.status().Deployments[0].RegenerateInitramfs)
	require.Equal(t, []string{"-I", "/etc/x"}, s.status().Deployments[0].InitramfsArgs)
	s.refused(enable, "already enabled")

	s.release("3.0", append(basePackages("3.0"), tools)...)
	s.apply(layering.Request{Upgrade: true})
	require.Contains(t, s.read("usr/lib/modules/3.0/initramfs.img"), "-I /etc/x|mine", "an upgrade makes its own")
	s.apply(layering.Request{Initramfs: &layering.InitramfsRequest{Disable: true}})
	require.True(t, strings.HasPrefix(s.read("usr/lib/modules/3.0/initramfs.img"), "initramfs\x00"))
	require.Equal(t, followed, s.origin("origin", "refspec"))
}

// On a running system new deployments wait for the shutdown, and may be kept from it.
func TestStagedAndLocked(t *testing.T) {
	first := newSite(t, ostree.ModeBareUser)
	root, o := bootInto(t, first)
	var err error
	s := *first
	s.sys, err = sysroot.Open(t.Context(), root, o)
	require.NoError(t, err)
	t.Cleanup(func() { s.sys.Close() })
	s.opts.Stage = true
	d := s.apply(layering.Request{Install: []string{"foo"}})
	require.True(t, d.Staged)
	require.False(t, s.status().Deployments[0].FinalizationLocked)
	d = s.apply(layering.Request{Install: []string{"bar"}, LockFinalization: true})
	require.True(t, d.Staged)
	require.Equal(t, "bar;foo", s.origin("packages", "requested"), "staged requests add up")
	require.True(t, s.status().Deployments[0].FinalizationLocked)
	require.Len(t, s.sys.Deployments(), 2)
}
