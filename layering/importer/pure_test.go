package importer

import (
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func TestRefs(t *testing.T) {
	for nevra, want := range map[string]string{
		"perl-4:5.16.3-291.el7.x86_64":                    "rpmostree/pkg/perl/4_3A5.16.3-291.el7.x86__64",
		"foo-1.2-3.noarch":                                "rpmostree/pkg/foo/1.2-3.noarch",
		"gtk_x+-2.0~rc1^git-0.1.aarch64":                  "rpmostree/pkg/gtk__x_2B/2.0_7Erc1_5Egit-0.1.aarch64",
		"libstdc++-0:1-1.i686":                            "rpmostree/pkg/libstdc_2B_2B/1-1.i686",
		"linux-base-4.12.1~deb12u1-1.noarch":              "rpmostree/pkg/linux-base/4.12.1_7Edeb12u1-1.noarch",
		"x-epoch-3:2.0~rc1^20250101git-0.1.noarch":        "rpmostree/pkg/x-epoch/3_3A2.0_7Erc1_5E20250101git-0.1.noarch",
		"bash-5.2.15-2+b13.x86_64":                        "rpmostree/pkg/bash/5.2.15-2_2Bb13.x86__64",
		"java-1.8.0-openjdk-1:1.8.0.1-0.1.ea.el9.ppc64le": "rpmostree/pkg/java-1.8.0-openjdk/1_3A1.8.0.1-0.1.ea.el9.ppc64le",
	} {
		n, err := rpmver.ParseNEVRA(nevra)
		require.NoError(t, err)
		require.Equal(t, want, RefFor(n))
		back, err := ParseRef(want)
		require.NoError(t, err)
		require.Equal(t, n, back)
	}
}

func TestParseRefErrors(t *testing.T) {
	for _, ref := range []string{
		"", "rpmostree/pkg/a", "rpmostree/base/0", "rpmostree/pkg/a/b/c", "rpmostree/pkg//1-1.noarch",
		"rpmostree/pkg/a/1-1.noarch_", "rpmostree/pkg/a/1-1.noarch_3", "rpmostree/pkg/a/1_3a1-1.noarch", "rpmostree/pkg/a/1_ZZ1-1.noarch", "rpmostree/pkg/a/1",
	} {
		_, err := ParseRef(ref)
		require.Error(t, err, ref)
	}
}

func TestEscapeRoundTrip(t *testing.T) {
	for c := range 256 {
		s := "a" + string([]byte{byte(c)}) + "_b"
		back, err := unescape(escape(s))
		require.NoError(t, err)
		require.Equal(t, s, back)
	}
}

func TestTranslateAndPlace(t *testing.T) {
	for _, tc := range []struct {
		pkg, in, out string
		place        place
	}{
		{"p", "/usr/bin/x", "usr/bin/x", inTree},
		{"p", "/etc/x", "usr/etc/x", inTree},
		{"p", "/etc", "usr/etc", inTree},
		{"p", "/boot/vmlinuz-1", "usr/lib/ostree-boot/vmlinuz-1", inTree},
		{"p", "/opt/vendor/bin", "usr/lib/opt/vendor/bin", inTree},
		{"p", "/lib/x.so", "usr/lib/x.so", inTree},
		{"p", "/lib64", "lib64", inTree},
		{"p", "/usr/local/bin/x", "usr/local/bin/x", inTree},
		{"p", "/var/lib/x", "var/lib/x", inTmpfiles},
		{"p", "/run/x", "run/x", inTmpfiles},
		{"p", "/var", "var", dropped},
		{"p", "/run", "run", dropped},
		{"p", "/var/run", "var/run", dropped},
		{"p", "/var/lock", "var/lock", dropped},
		{"p", "/var/lib/rpm/Packages", "var/lib/rpm/Packages", dropped},
		{"p", "/var/lib/rpm-state", "var/lib/rpm-state", dropped},
		{"p", "/var/lib/selinux/minimum/active", "var/lib/selinux/minimum/active", dropped},
		{"p", "/var/lib/selinux/targeted/active/x", "usr/etc/selinux/targeted/active/x", inTree},
		{"p", "/var/lib/alternatives", "usr/lib/alternatives", inTree},
		{"p", "/var/lib/vagrant/x", "usr/lib/vagrant/x", inTree},
		{"p", "/", "", inTree},
		{"p", "/srv/x", "srv/x", unsupported},
		{"p", "/root/.bashrc", "root/.bashrc", unsupported},
		{"rootfiles", "/root/.bashrc", "root/.bashrc", dropped},
		{"filesystem", "/proc", "proc", dropped},
		{"p", "/usrlocal", "usrlocal", unsupported},
		{"p", "/etc/../srv/x", "srv/x", unsupported},
		{"p", "/../../etc/x", "usr/etc/x", inTree},
	} {
		out := Translate(tc.in)
		require.Equal(t, tc.out, out, tc.in)
		require.Equal(t, tc.place, placeOf(tc.pkg, out), tc.in)
	}
}

func TestTmpfilesLines(t *testing.T) {
	var tmp tmpfiles
	require.Nil(t, tmp.bytes())
	tmp.dir("var/lib/z", 0o2770, "z", "zz")
	tmp.dir("var/run/a b", 0o755, "root", "root")
	tmp.link("var/lib/link", "../100% \"it\"")
	tmp.dir("var/lib/z", 0o755, "root", "root") // the last one counts
	require.Equal(t, `d "/run/a b" 0755 root root - -
L /var/lib/link - - - - ../100%% "it"
d /var/lib/z 0755 root root - -
`, string(tmp.bytes()))
}

// TestTmpfilesReal lets systemd-tmpfiles make what we describe.
func TestTmpfilesReal(t *testing.T) {
	testenv.NeedTool(t, "systemd-tmpfiles")
	testenv.NeedRoot(t)
	root := t.TempDir()
	names := []string{"plain", "with space", `quo"te`, `back\slash`, "per%cent", "apo'strophe"}
	var tmp tmpfiles
	for _, name := range names {
		tmp.dir("var/lib/"+name, 0o750, "root", "root")
		tmp.link("var/lib/"+name+".link", name)
	}
	require.NoError(t, os.MkdirAll(filepath.Join(root, "var/lib"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc"), 0o755))
	conf := filepath.Join(t.TempDir(), "x.conf")
	require.NoError(t, os.WriteFile(conf, tmp.bytes(), 0o644))
	testenv.Run(t, root, "systemd-tmpfiles", "--create", "--root="+root, conf)
	for _, name := range names {
		st, err := os.Lstat(filepath.Join(root, "var/lib", name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o750), st.Mode().Perm())
		target, err := os.Readlink(filepath.Join(root, "var/lib", name+".link"))
		require.NoError(t, err)
		require.Equal(t, name, target)
	}
}

// TestCapXattrReal compares with what setcap(8) stores.
func TestCapXattrReal(t *testing.T) {
	testenv.NeedTool(t, "setcap")
	testenv.NeedRoot(t)
	file := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(file, nil, 0o755))
	for _, text := range []string{
		"cap_net_raw=ep", "cap_net_raw+ep", "cap_net_admin,cap_net_raw=p", "cap_setuid=ep cap_setgid=ep",
		"cap_sys_admin=i", "cap_net_raw=eip", "cap_chown,cap_bpf=p", "cap_checkpoint_restore+eip", "= cap_chown+p", "cap_net_raw=ep cap_net_raw-e",
	} {
		if out, err := exec.Command("setcap", text, file).CombinedOutput(); err != nil {
			t.Fatalf("setcap %q: %s", text, out)
		}
		buf := make([]byte, 64)
		n, err := unix.Getxattr(file, "security.capability", buf)
		require.NoError(t, err)
		got, err := capXattr(text)
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(buf[:n]), hex.EncodeToString(got), text)
	}
}

func TestCapXattr(t *testing.T) {
	// struct vfs_cap_data: revision 2 with the effective bit, bit 13 permitted.
	got, err := capXattr("cap_net_raw=ep")
	require.NoError(t, err)
	require.Equal(t, "0100000200200000000000000000000000000000", hex.EncodeToString(got))
	for text, want := range map[string]string{
		"":               "empty",
		"cap_net_raw":    "no operator",
		"cap_foo=ep":     `unknown capability "cap_foo"`,
		"cap_chown=x":    "unknown flag",
		"+ep":            "names no capability",
		"cap_chown=e":    "effective set differs",
		"cap_chown=ep =": "",
	} {
		_, err := capXattr(text)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want, text)
	}
}

func FuzzParseRef(f *testing.F) {
	f.Add("rpmostree/pkg/perl/4_3A5.16.3-291.el7.x86__64")
	f.Add("rpmostree/pkg/a/1-1.noarch_")
	f.Fuzz(func(t *testing.T, ref string) {
		n, err := ParseRef(ref)
		if err != nil {
			return
		}
		back, err := ParseRef(RefFor(n))
		if err != nil || back != n {
			t.Errorf("%q: %v became %v, %v", ref, n, back, err)
		}
	})
}

func FuzzCapXattr(f *testing.F) {
	f.Add("cap_net_raw=ep cap_chown+i-e")
	f.Add("= all+p")
	f.Fuzz(func(t *testing.T, text string) {
		if value, err := capXattr(text); err == nil && len(value) != capSize {
			t.Errorf("%q: %d bytes", text, len(value))
		}
	})
}
