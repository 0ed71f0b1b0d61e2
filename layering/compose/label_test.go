package compose

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// labels lists the label of every path of a commit by its type, as matchpathcon names it.
func (w *world) labels(c ostree.Checksum) map[string]map[string]string {
	fsys, err := w.target.FS(w.t.Context(), c)
	require.NoError(w.t, err)
	out := map[string]map[string]string{"dir": {}, "file": {}, "link": {}}
	require.NoError(w.t, fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		kind, path, xattrs := "file", "/"+strings.TrimPrefix(name, "."), ostree.Xattrs(nil)
		switch x := info.Sys().(type) {
		case *ostree.DirMeta:
			kind, xattrs = "dir", x.Xattrs
		case *ostree.FileHeader:
			if xattrs = x.Xattrs; x.IsSymlink() {
				kind = "link"
			}
		}
		label, _ := xattrs.Get("security.selinux")
		out[kind][path] = strings.TrimSuffix(string(label), "\x00")
		return nil
	}))
	return out
}

// policyPackage holds the policy of this machine.
func policyPackage(t *testing.T) *rpmtest.Package {
	t.Helper()
	const dir = "/etc/selinux"
	testenv.NeedFile(t, dir+"/default/contexts/files/file_contexts", "selinux-policy-default")
	p := &rpmtest.Package{Name: "policy", Files: []rpmtest.File{
		{Path: dir + "/config", Body: "SELINUX=enforcing\nSELINUXTYPE=default\n"}, {Path: dir + "/default/policy/policy.33", Body: "p"},
	}}
	for _, name := range []string{"file_contexts", "file_contexts.homedirs", "file_contexts.subs_dist"} {
		path := filepath.Join(dir, "default/contexts/files", name)
		data, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		p.Files = append(p.Files, rpmtest.File{Path: path, Body: string(data)})
	}
	return p
}

// Every label is what libselinux computes with the policy of the image.
func TestComposeLabels(t *testing.T) {
	testenv.NeedTool(t, "matchpathcon")
	w := newWorld(t)
	w.packages = append(w.packages[:len(w.packages)-1], policyPackage(t))
	w.packages = append(w.packages, &rpmtest.Package{Name: "shared", Files: []rpmtest.File{
		{Path: "/etc/shared.conf", Body: "same"}, {Path: "/usr/bin/shared", Body: "same"}, {Path: "/usr/share/shared", Body: "same"},
		{Path: "/usr/sbin/init", LinkTo: "../bin/shared"}, {Path: "/etc/systemd/system/x.service", Body: "x"},
	}})
	w.publish()
	for _, version := range []string{"0", "1"} {
		res, err := w.compose(plainTree+"packages-x86_64: [policy, shared]\nselinux-label-version: "+version+"\n", func(o *Options) { o.ForceNoCache = true })
		require.NoError(t, err)
		contexts := filepath.Join(t.TempDir(), "file_contexts")
		fsys, err := w.target.FS(t.Context(), res.Commit)
		require.NoError(t, err)
		// matchpathcon -f reads no file_contexts.homedirs, whose lines count after those of file_contexts.
		text := map[string][]byte{}
		for _, suffix := range []string{"", ".homedirs", ".subs_dist"} {
			if text[suffix], err = fs.ReadFile(fsys, "usr/etc/selinux/default/contexts/files/file_contexts"+suffix); err != nil {
				require.ErrorIs(t, err, fs.ErrNotExist)
			}
		}
		require.NoError(t, os.WriteFile(contexts, append(text[""], text[".homedirs"]...), 0o644))
		require.NoError(t, os.WriteFile(contexts+".subs_dist", text[".subs_dist"], 0o644))
		seen := map[string]bool{}
		for kind, paths := range w.labels(res.Commit) {
			args := []string{"-n", "-m", kind, "-f", contexts}
			var order []string
			for path := range paths {
				asked := path
				if version == "1" && strings.HasPrefix(path, "/usr/etc") {
					asked = strings.TrimPrefix(path, "/usr")
				}
				args, order = append(args, asked), append(order, path)
			}
			out, err := exec.Command("matchpathcon", args...).Output()
			require.NoError(t, err)
			want := strings.Split(strings.TrimSpace(string(out)), "\n")
			require.Len(t, want, len(order))
			for i, path := range order {
				got := paths[path]
				if got == "" {
					got = "<<none>>"
				}
				require.Equal(t, want[i], got, "%s %s", kind, path)
				seen[got] = true
			}
		}
		require.Greater(t, len(seen), 5, "paths with different labels")
	}
	plain, err := w.compose(plainTree+"packages-x86_64: [policy]\nselinux: false\n", nil)
	require.NoError(t, err)
	for _, paths := range w.labels(plain.Commit) {
		for path, label := range paths {
			require.Empty(t, label, path)
		}
	}
}
