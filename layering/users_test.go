package layering

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// edit opens a tree made of files.
func edit(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	c, err := repo.LoadCommit(t.Context(), ostreetest.Write(t, repo, "base", files))
	require.NoError(t, err)
	tree, err := EditTree(t.Context(), repo, c.Root(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { tree.Abort() })
	return tree
}

func read(t *testing.T, tree *Tree, name string) string {
	t.Helper()
	data, err := tree.ReadFile(t.Context(), name)
	require.NoError(t, err)
	return string(data)
}

var sysusersCases = map[string]map[string]string{
	"plain": {
		"usr/lib/sysusers.d/a.conf": "u httpd 404 \"HTTP User\"\nu other -\ng grp -\nm httpd grp\n# comment\n\n",
	},
	"shell and home": {
		"usr/lib/sysusers.d/a.conf": "u a 300 \"A \\\"q\\\"\" /home/a /bin/bash\nu root2 - - - -\nu b 301:adm 'B b' /srv/b\ng adm 4\n",
	},
	"known accounts": {
		"usr/lib/sysusers.d/a.conf": "u bin 5\ng bin 5\nu new 1\ng wheel 10\nm bin wheel\nm new wheel\n",
	},
	"several files": {
		"usr/lib/sysusers.d/20.conf": "u two -\n", "usr/lib/sysusers.d/10.conf": "u one -\n", "etc/sysusers.d/20.conf": "u three -\n", "usr/lib/sysusers.d/note.txt": "not a config",
	},
	"ranges":          {"usr/lib/sysusers.d/a.conf": "r - 500-502\nu a -\nu b -\nu c -\n"},
	"member creates":  {"usr/lib/sysusers.d/a.conf": "m fresh group\n"},
	"group of a user": {"usr/lib/sysusers.d/a.conf": "u svc 222\ng svc 333\n"},
	"dangling link":   {"usr/lib/sysusers.d/a.conf -> b.none": "", "usr/lib/sysusers.d/c.conf": "u x 300\n"},
	"id taken":        {"usr/lib/sysusers.d/a.conf": "u x 1\ng y 1\n"},
}

// TestSysusersReal compares with systemd-sysusers.
func TestSysusersReal(t *testing.T) {
	testenv.NeedTool(t, "systemd-sysusers")
	testenv.NeedRoot(t)
	const passwd = "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/:/sbin/nologin\n"
	const group = "root:x:0:\nbin:x:1:\n"
	for name, files := range sysusersCases {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			ours := map[string]string{"usr/etc/passwd": passwd, "usr/etc/group": group}
			disk := map[string]string{"etc/passwd": passwd, "etc/group": group, "usr/lib/os-release": ""}
			for file, text := range files {
				disk[file] = text
				ours[treePath(file)] = text
			}
			for file, text := range disk {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o755))
				if link, target, ok := strings.Cut(file, " -> "); ok {
					require.NoError(t, os.Symlink(target, filepath.Join(root, link)))
					continue
				}
				require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o644))
			}
			testenv.Run(t, root, "systemd-sysusers", "--root="+root)
			tree := edit(t, ours)
			changed, err := ApplySysusers(t.Context(), tree, usrEtc)
			require.NoError(t, err)
			require.True(t, changed)
			for _, file := range []string{"passwd", "group"} {
				want, err := os.ReadFile(filepath.Join(root, "etc", file))
				require.NoError(t, err)
				wantLines, err := parseAccounts(want, map[string]int{"passwd": passwdLen, "group": groupLen}[file])
				require.NoError(t, err)
				gotLines, err := parseAccounts([]byte(read(t, tree, "usr/etc/"+file)), map[string]int{"passwd": passwdLen, "group": groupLen}[file])
				require.NoError(t, err)
				var w, g []string
				for _, a := range wantLines {
					w = append(w, a.String())
				}
				for _, a := range gotLines {
					g = append(g, a.String())
				}
				require.ElementsMatch(t, w, g, file)
			}
			before := read(t, tree, "usr/etc/passwd") + read(t, tree, "usr/etc/group")
			_, err = ApplySysusers(t.Context(), tree, usrEtc)
			require.NoError(t, err)
			require.Equal(t, before, read(t, tree, "usr/etc/passwd")+read(t, tree, "usr/etc/group"), "a second time changes nothing")
		})
	}
}

// The accounts of the machine never become those of the image.
func TestRemovedPasswdIsNoticed(t *testing.T) {
	tree := edit(t, map[string]string{"usr/lib/passwd": "bin:x:1:1::/:/bin/sh\n", "usr/lib/group": "bin:x:1:\n", "usr/etc/passwd": "root:x:0:0::/:/bin/sh\n"})
	dance, err := beginUsers(t.Context(), tree, &Assembly{LocalPasswd: []byte("admin:x:1000:1000::/:/bin/sh\n")})
	require.NoError(t, err)
	require.NoError(t, tree.Remove(t.Context(), "usr/etc/passwd"))
	require.ErrorContains(t, dance.end(t.Context(), tree), "have removed /etc/passwd")
}

func TestSysusersErrors(t *testing.T) {
	for text, want := range map[string]string{
		"x a":                 `unknown type "x"`,
		"u":                   "malformed line",
		"u a b":               `bad id "b"`,
		"u a 1:nogroup":       `unknown group "nogroup"`,
		"u a /usr/bin/x":      "owner of",
		"r - 9-1":             "bad range",
		"m a":                 "membership without a group",
		"u \"a":               "malformed line",
		"u a:x:0:0::/:/bin/x": "colon",
		"u a - b:c":           "colon",
		"r - 7\nu a -\nu b -": "no free system id",
	} {
		tree := edit(t, map[string]string{"usr/lib/sysusers.d/a.conf": text + "\n"})
		_, err := ApplySysusers(t.Context(), tree, usrEtc)
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "usr/lib/sysusers.d/a.conf", text)
	}
}

func TestSysusersMasked(t *testing.T) {
	tree := edit(t, map[string]string{
		"usr/lib/sysusers.d/a.conf": "u a -\n", "usr/etc/sysusers.d/a.conf -> /dev/null": "",
		"usr/lib/sysusers.d/b.conf -> real": "", "usr/lib/sysusers.d/real": "u b 5\n",
	})
	_, err := ApplySysusers(t.Context(), tree, usrEtc)
	require.NoError(t, err)
	require.Equal(t, "b:x:5:5::/:/usr/sbin/nologin\n", read(t, tree, "usr/etc/passwd"))
}

func TestSplitUsers(t *testing.T) {
	base := map[string]string{
		"usr/etc/passwd": "root:x:0:0::/root:/bin/sh\nd:x:5:5::/:/x\n", "usr/etc/group": "root:x:0:\nwheel:x:10:\nd:x:5:\n",
		"usr/etc/nsswitch.conf": "# files\npasswd:     files systemd\ngroup: files\nhosts: files dns\n",
	}
	tree := edit(t, base)
	split, err := SplitUsers(t.Context(), tree, nil)
	require.NoError(t, err)
	require.False(t, split, "without nss-altfiles nobody could look up the users in /usr/lib")

	base["usr/lib64/libnss_altfiles.so.2"] = ""
	tree = edit(t, base)
	split, err = SplitUsers(t.Context(), tree, []string{"wheel"})
	require.NoError(t, err)
	require.True(t, split)
	require.Equal(t, "root:x:0:0::/root:/bin/sh\n", read(t, tree, "usr/etc/passwd"))
	require.Equal(t, "root:x:0:\nwheel:x:10:\n", read(t, tree, "usr/etc/group"))
	require.Equal(t, "d:x:5:5::/:/x\n", read(t, tree, "usr/lib/passwd"))
	require.Equal(t, "wheel:x:10:\nd:x:5:\n", read(t, tree, "usr/lib/group"))
	require.Equal(t, "# files\npasswd:     files altfiles systemd\ngroup: files altfiles\nhosts: files dns\n", read(t, tree, "usr/etc/nsswitch.conf"))
}

// TestUserDance adds users to an image whose accounts are in /usr/lib.
func TestUserDance(t *testing.T) {
	ctx := t.Context()
	tree := edit(t, map[string]string{
		"usr/etc/passwd": "root:x:0:0::/root:/bin/sh\n", "usr/etc/group": "root:x:0:\n", "usr/etc/shadow mode=0": "root:*:1::::::\n",
		"usr/lib/passwd": "d:x:5:5::/:/x\n", "usr/lib/group": "d:x:5:\n", "usr/lib/sysusers.d/n.conf": "u n 6\n", "usr/etc/passwd-": "backup",
	})
	dance, err := beginUsers(ctx, tree, &Assembly{LocalPasswd: []byte("me:x:1000:1000::/home/me:/bin/sh\n")})
	require.NoError(t, err)
	require.Equal(t, "me:x:1000:1000::/home/me:/bin/sh\n", read(t, tree, "usr/lib/passwd"), "scripts see local users")
	_, err = ApplySysusers(ctx, tree, usrEtc)
	require.NoError(t, err)
	require.NoError(t, dance.end(ctx, tree))
	require.Equal(t, "root:x:0:0::/root:/bin/sh\n", read(t, tree, "usr/etc/passwd"))
	require.Equal(t, "d:x:5:5::/:/x\nn:x:6:6::/:/usr/sbin/nologin\n", read(t, tree, "usr/lib/passwd"))
	require.Equal(t, "d:x:5:\nn:x:6:\n", read(t, tree, "usr/lib/group"))
	require.Equal(t, "root:*:::::::\n", read(t, tree, "usr/etc/shadow"))
	ok, err := tree.Exists(ctx, "usr/etc/passwd-")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestParseAccountsErrors(t *testing.T) {
	for text, want := range map[string]string{"a:b\n": "line 1: expected 7 fields", "\na:x:z:0:::\n": `line 2: bad id "z"`, ":x:1:1:::\n": "expected 7 fields"} {
		_, err := parseAccounts([]byte(text), passwdLen)
		require.ErrorContains(t, err, want)
	}
	got, err := parseAccounts([]byte("# c\n+nis\na:x:1:1:::\r\n\n"), passwdLen)
	require.NoError(t, err)
	require.Len(t, got, 1)
}

func FuzzParseSysusers(f *testing.F) {
	f.Add("u a 1:b \"g \\\" e\" /h /s\nm a b\nr - 1-2\ng 'x y' -")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseSysusers("f", []byte(text))
		if err != nil {
			return
		}
		s := &sysusers{known: &Users{}, ranges: [][2]uint32{{sysMin, sysMax}}}
		_ = s.apply(lines) // must end, with or without an error
	})
}
