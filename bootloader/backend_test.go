package bootloader_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/bootloadertest"
	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/testenv"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var ours = bls.Entry{
	Title: "TestOS 42 1.0 (ostree:0)", Version: "1", Options: "root=LABEL=x ostree=/ostree/boot.1/testos/CSUM/0",
	Linux: "/ostree/testos-CSUM/vmlinuz-6.1.0", Initrd: []string{"/ostree/testos-CSUM/initramfs-6.1.0.img"},
}

const oursBlock = "LABEL TestOS 42 1.0 (ostree:0)\n\tKERNEL /boot/ostree/testos-CSUM/vmlinuz-6.1.0\n" +
	"\tINITRD /boot/ostree/testos-CSUM/initramfs-6.1.0.img\n\tAPPEND root=LABEL=x ostree=/ostree/boot.1/testos/CSUM/0\n"

func render(t *testing.T, b bootloader.Backend, current string, entries ...*bls.Entry) string {
	t.Helper()
	in := bootloader.RenderInput{Entries: entries, Current: map[string][]byte{"syslinux.cfg": []byte(current)}}
	files, err := b.Render(in)
	require.NoError(t, err)
	require.Len(t, files, 1)
	return string(files[0].Data)
}

func TestSyslinuxKeepsForeignLines(t *testing.T) {
	def := "DEFAULT TestOS 42 1.0 (ostree:0)\n"
	for _, tc := range []struct{ name, current, want string }{
		// The first four are what ostree 2022.7 made of the same input.
		{"empty", "", def + oursBlock},
		{"foreign block, blank lines squeezed",
			"TIMEOUT 50\n\n\n# c\nLABEL other OS\n\tKERNEL /vmlinuz-other\n\tAPPEND x\n\nUI menu.c32\n",
			"TIMEOUT 50\n\n# c\nLABEL other OS\n\tKERNEL /vmlinuz-other\n\tAPPEND x\nUI menu.c32\n" + def + oursBlock},
		{"blank lines around", "\n\n\nPROMPT 1\n\n\n", "\nPROMPT 1\n" + def + oursBlock},
		{"own block and default replaced",
			"TIMEOUT 50\nDEFAULT foo (ostree:0)\nLABEL foo (ostree:0)\n\tKERNEL /ostree/x/vm\n\tAPPEND y\nPROMPT 0",
			"TIMEOUT 50\nPROMPT 0\n" + def + oursBlock},
		// Where the real one loses an administrator's default or mistakes a block.
		{"foreign default stays", "DEFAULT menu.c32\nPROMPT 0\n", "DEFAULT menu.c32\nPROMPT 0\n" + oursBlock},
		{"indented by spaces", "LABEL b\n    KERNEL /boot/ostree/zz\n    APPEND q\nPROMPT 0\n", "PROMPT 0\n" + def + oursBlock},
		{"not indented", "LABEL b\nkernel /ostree/zz\nappend q\nPROMPT 0\n", "PROMPT 0\n" + def + oursBlock},
		{"linux instead of kernel", "label b\n\tlinux /ostree/zz\n", def + oursBlock},
		{"block without kernel", "LABEL local\n\tLOCALBOOT 0\n", "LABEL local\n\tLOCALBOOT 0\n" + def + oursBlock},
		{"lower-case default", "default x (ostree:1)\n", def + oursBlock},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := render(t, bootloader.Syslinux(), tc.current, &ours)
			require.Empty(t, cmp.Diff(tc.want, got))
			require.Empty(t, cmp.Diff(got, render(t, bootloader.Syslinux(), got, &ours)), "rendering again changes nothing")
		})
	}
}

func TestSyslinuxDeviceTreesAndOverlays(t *testing.T) {
	e := ours.Clone()
	e.Initrd = append(e.Initrd, "/ostree/initramfs-overlays/a.img")
	e.DeviceTree = "/ostree/testos-CSUM/devicetree-6.1.0"
	require.Contains(t, render(t, bootloader.Syslinux(), "", e),
		"\tINITRD /boot/ostree/testos-CSUM/initramfs-6.1.0.img,/boot/ostree/initramfs-overlays/a.img\n\tDEVICETREE /boot/ostree/testos-CSUM/devicetree-6.1.0\n\tAPPEND")
}

func TestUBoot(t *testing.T) {
	second := ours.Clone()
	second.DeviceTreeDir, second.Initrd, second.Options = "/ostree/testos-CSUM/dtb", nil, "b"
	files, err := bootloader.UBoot().Render(bootloader.RenderInput{Entries: []*bls.Entry{&ours, second}, Extra: []byte("loaduimage=x\n\n")})
	require.NoError(t, err)
	want := "kernel_image=/boot/ostree/testos-CSUM/vmlinuz-6.1.0\nramdisk_image=/boot/ostree/testos-CSUM/initramfs-6.1.0.img\n" +
		"bootargs=root=LABEL=x ostree=/ostree/boot.1/testos/CSUM/0\nloaduimage=x\n" +
		"kernel_image2=/boot/ostree/testos-CSUM/vmlinuz-6.1.0\nfdtdir2=/boot/ostree/testos-CSUM/dtb\nbootargs2=b\n"
	require.Empty(t, cmp.Diff([]bootloader.File{{Name: "uEnv.txt", Data: []byte(want)}}, files))
}

func TestBackendsRefuseInjection(t *testing.T) {
	bad := ours.Clone()
	bad.Options += "\nkernel_image=/evil"
	empty := &bls.Entry{Title: "x"}
	for _, b := range []bootloader.Backend{bootloader.Syslinux(), bootloader.UBoot()} {
		for _, e := range []*bls.Entry{bad, empty} {
			_, err := b.Render(bootloader.RenderInput{Entries: []*bls.Entry{e}})
			require.ErrorContains(t, err, b.Name()+": entry")
		}
	}
	_, err := bootloader.Grub2Menu(bootloader.RenderInput{Entries: []*bls.Entry{bad}}, nil)
	require.ErrorContains(t, err, "line break")
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func TestDetect(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing", nil, "none"},
		{"syslinux before grub", map[string]string{"boot/syslinux/syslinux.cfg": "", "boot/grub/grub.cfg": ""}, "syslinux"},
		{"grub", map[string]string{"boot/grub/grub.cfg": ""}, "grub2"},
		{"grub2", map[string]string{"boot/grub2/grub.cfg": ""}, "grub2"},
		{"grub with bootupd", map[string]string{"boot/grub2/grub.cfg": "", "boot/bootupd-state.json": `{"static-configs":null}`}, "grub2"},
		{"static grub", map[string]string{"boot/grub2/grub.cfg": "", "boot/bootupd-state.json": `{"static-configs":{"x":1}}`}, "none"},
		{"uboot", map[string]string{"boot/loader.0/uEnv.txt": ""}, "uboot"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, os.MkdirAll(filepath.Join(root, "boot"), 0o755))
			require.NoError(t, os.Symlink("loader.0", filepath.Join(root, "boot/loader")))
			for name, text := range tc.files {
				write(t, root, name, text)
			}
			b, err := bootloader.Detect(root, "auto")
			require.NoError(t, err)
			require.Equal(t, tc.want, b.Name())
		})
	}
	for _, name := range []string{"none", "syslinux", "grub2", "uboot"} {
		b, err := bootloader.Detect(t.TempDir(), name)
		require.NoError(t, err)
		require.Equal(t, name, b.Name())
	}
	_, err := bootloader.Detect(t.TempDir(), "zipl")
	require.ErrorIs(t, err, bootloader.ErrUnsupported)
	_, err = bootloader.Detect(t.TempDir(), "lilo")
	require.EqualError(t, err, "sysroot.bootloader=lilo: unknown boot loader; want auto, none, syslinux, grub2 or uboot")
}

func TestGrub2RunsProgram(t *testing.T) {
	root := newRoot(t, v1)
	var ran bootloader.Command
	o := &bootloader.Options{Config: "grub2", Run: func(_ context.Context, c bootloader.Command) error {
		ran = c
		dst := c.Argv[len(c.Argv)-1]
		return os.WriteFile(dst, []byte("menuentry x {}\n"), 0o644)
	}}
	require.NoError(t, swapTo(t.Context(), root, o, v2, v1))
	require.Equal(t, []string{"grub2-mkconfig", "-o", filepath.Join(root, "boot/loader.0/grub.cfg")}, ran.Argv)
	require.Equal(t, []string{"_OSTREE_GRUB2_BOOTVERSION=0"}, ran.Env)
	data, err := os.ReadFile(filepath.Join(root, "boot/loader/grub.cfg"))
	require.NoError(t, err)
	require.Equal(t, "menuentry x {}\n", string(data))

	o.Grub2 = &bootloader.Grub2Options{Exec: []string{"/gen", "-x"}}
	require.NoError(t, swapTo(t.Context(), root, o, v3))
	require.Equal(t, []string{"/gen", "-x", "-o", filepath.Join(root, "boot/loader.1/grub.cfg")}, ran.Argv)
	require.NoError(t, swapTo(t.Context(), root, o, v2, v1))
	o.Grub2 = nil

	o.Run = func(context.Context, bootloader.Command) error { return errors.New("exit status 1") }
	require.EqualError(t, swapTo(t.Context(), root, o, v3), "prepare boot entries: grub2: run grub2-mkconfig: exit status 1")
	o.Run = nil
	require.ErrorContains(t, swapTo(t.Context(), root, o, v3), "needs to run grub2-mkconfig")
	menu, err := bootloadertest.View(root)
	require.NoError(t, err)
	require.Equal(t, v2.Target(), menu[0].Target)
}

// realRoot deploys with the real command into a root prepared by prep and
// returns it.
func realRoot(t *testing.T, prep func(root string)) string {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	root, src := t.TempDir(), t.TempDir()
	write(t, src, "usr/lib/modules/6.1.0/vmlinuz", "kernel\n")
	write(t, src, "usr/lib/modules/6.1.0/initramfs.img", "initramfs\n")
	write(t, src, "usr/lib/os-release", "PRETTY_NAME=\"TestOS 42\"\nID=testos\n")
	write(t, src, "usr/etc/conf", "x\n")
	repo := "--repo=" + filepath.Join(root, "ostree/repo")
	t.Setenv("OSTREE_SYSROOT_DEBUG", "mutable-deployments")
	testenv.Run(t, root, "ostree", "admin", "init-fs", root)
	testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "os-init", "testos")
	testenv.Run(t, root, "ostree", repo, "commit", "-b", "test", "--tree=dir="+src, "--add-metadata-string=version=1.0")
	prep(root)
	testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "deploy", "--os=testos", "--karg=root=LABEL=x", "--karg-append=quiet", "test")
	testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "deploy", "--os=testos", "--karg-append=debug", "test")
	return root
}

// TestRealRootRendersTheSame reads what the real command deployed and renders
// the same boot loader configuration from it.
func TestRealRootRendersTheSame(t *testing.T) {
	const foreign = "TIMEOUT 50\n\n\nLABEL other\n\tKERNEL /other\n\nPROMPT 1\n"
	for name, config := range map[string]string{"syslinux": "syslinux.cfg", "uboot": "uEnv.txt"} {
		t.Run(name, func(t *testing.T) {
			root := realRoot(t, func(root string) {
				require.NoError(t, os.MkdirAll(filepath.Join(root, "boot/loader.0"), 0o755))
				require.NoError(t, os.Symlink("loader.0", filepath.Join(root, "boot/loader")))
				write(t, root, "boot/loader/"+config, foreign)
				if name == "syslinux" {
					require.NoError(t, os.Mkdir(filepath.Join(root, "boot/syslinux"), 0o755))
					require.NoError(t, os.Symlink("../loader/syslinux.cfg", filepath.Join(root, "boot/syslinux/syslinux.cfg")))
				}
			})
			b, err := bootloader.Open(root, nil)
			require.NoError(t, err)
			defer b.Close()
			backend, err := b.Backend()
			require.NoError(t, err)
			require.Equal(t, name, backend.Name())
			entries, problems, err := b.Entries(t.Context())
			require.NoError(t, err)
			require.Empty(t, problems)
			require.Len(t, entries, 2)
			in := bootloader.RenderInput{Current: map[string][]byte{config: []byte(foreign)}}
			for _, e := range entries {
				in.Entries = append(in.Entries, e.Entry)
				data, err := e.Entry.Format()
				require.NoError(t, err)
				was, err := os.ReadFile(filepath.Join(root, "boot/loader/entries", e.FileName))
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(string(was), string(data)), "entry file, byte for byte")
			}
			files, err := backend.Render(in)
			require.NoError(t, err)
			want, err := os.ReadFile(filepath.Join(root, "boot/loader", config))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), string(files[0].Data)))
			menu, err := bootloadertest.View(root)
			require.NoError(t, err)
			require.Contains(t, strings.Join(targets(menu), " "), "ostree/deploy/testos/deploy/")
		})
	}
}

func TestGrub2MenuAgainstReal(t *testing.T) {
	root := realRoot(t, func(string) {})
	t.Setenv("GRUB2_BOOT_DEVICE_ID", "DEV")
	t.Setenv("GRUB2_PREPARE_ROOT_CACHE", "\tsearch --set")
	want := testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "instutil", "grub2-generate", "0")
	b, err := bootloader.Open(root, nil)
	require.NoError(t, err)
	defer b.Close()
	entries, _, err := b.Entries(t.Context())
	require.NoError(t, err)
	var in bootloader.RenderInput
	for _, e := range entries {
		in.Entries = append(in.Entries, e.Entry)
	}
	got, err := bootloader.Grub2Menu(in, &bootloader.Grub2MenuOptions{DeviceID: "DEV", PrepareRoot: "\tsearch --set"})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, got))
}

// TestRealCommandReadsOurs swaps with this package on a root of the real
// command, which must then still list and extend the deployments.
func TestRealCommandReadsOurs(t *testing.T) {
	root := realRoot(t, func(root string) { write(t, root, "boot/syslinux/syslinux.cfg", "PROMPT 1\n") })
	b, err := bootloader.Open(root, nil)
	require.NoError(t, err)
	defer b.Close()
	entries, _, err := b.Entries(t.Context())
	require.NoError(t, err)
	state, err := b.State(t.Context())
	require.NoError(t, err)
	require.Equal(t, bootloader.State{BootVersion: 0, SubBootVersion: 1}, state)
	var c bootloader.Config
	for i, e := range entries {
		args := kargs.Parse(e.Entry.Options)
		link, ok := args.Last("ostree")
		require.True(t, ok)
		rel := strings.TrimPrefix(link, "/ostree/boot.0/")
		target, err := os.Readlink(filepath.Join(root, "ostree", state.LinkDir(), rel))
		require.NoError(t, err)
		c.Links = append(c.Links, bootloader.Bootlink{Path: rel, Target: target})
		args.Set("ostree=/ostree/boot.1/" + rel)
		e.Entry.Options = args.String()
		e.Entry.Title = strings.Replace(e.Entry.Title, "TestOS", "Swapped", 1)
		c.Entries = append(c.Entries, bootloader.NewEntry{FileName: entries[i].FileName, Entry: e.Entry})
	}
	s, err := b.Prepare(t.Context(), &c)
	require.NoError(t, err)
	require.NoError(t, s.Commit(t.Context()))
	require.NoError(t, b.CleanUp(t.Context()))
	_, err = bootloadertest.View(root)
	require.NoError(t, err)
	status := testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "status")
	require.Equal(t, 2, strings.Count(status, "testos "), status)
	testenv.Run(t, root, "ostree", "admin", "--sysroot="+root, "deploy", "--os=testos", "test")
	_, err = bootloadertest.View(root)
	require.NoError(t, err)
}
