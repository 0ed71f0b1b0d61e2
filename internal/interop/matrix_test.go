package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
)

// pairing is one field of the matrix: a repository of a mode that one command has written and the other one reads.
type pairing struct {
	t              *testing.T
	writer, reader string
	mode           string
	dir, repo      string
	key            string // of the signatures
	keys, home     string // its file, and where GnuPG has the secret part
}

// canonical commits are those that every mode can hold; the others have owners and attributes.
func (p *pairing) canonical() bool { return p.mode == "bare-user-only" }

func (p *pairing) run(bin string, args ...string) string {
	p.t.Helper()
	return testenv.Run(p.t, p.dir, append([]string{bin}, args...)...)
}

// write makes two commits of main, from a directory and from an archive, signed, with a tag and a summary.
func (p *pairing) write() {
	p.run(p.writer, "init", "--repo="+p.repo, "--mode="+p.mode)
	p.run(p.writer, "config", "--repo="+p.repo, "set", "core.fsync", "false")
	if p.mode == "bare-split-xattrs" { // nothing writes these without being asked to
		p.run(p.writer, "config", "--repo="+p.repo, "set", "ex-split-xattrs.write", "true")
	}
	for i, version := range []string{"one", "two"} {
		tree := filepath.Join(p.dir, version)
		p.tree(tree, version)
		source := "--tree=dir=" + tree
		if i == 1 {
			p.run("tar", "--format=pax", "--xattrs", "--sort=name", "-cf", tree+".tar", "-C", tree, ".")
			source = "--tree=tar=" + tree + ".tar"
		}
		args := []string{"commit", "--repo=" + p.repo, "-b", "main", "-s", version, source, "--timestamp=@170000000" + fmt.Sprint(i),
			"--add-metadata-string=version=" + version, "--bind-ref=tag/v1", "--gpg-sign=" + p.key, "--gpg-homedir=" + p.home}
		if p.canonical() {
			args = append(args, "--canonical-permissions")
		}
		p.run(p.writer, args...)
	}
	p.run(p.writer, "refs", "--repo="+p.repo, "--create=tag/v1", "main^")
	p.run(p.writer, "summary", "--repo="+p.repo, "-u", "--gpg-sign="+p.key, "--gpg-homedir="+p.home)
}

func (p *pairing) tree(dir, version string) {
	write := func(name, content string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		require.NoError(p.t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(p.t, os.WriteFile(path, []byte(content), 0o644))
		require.NoError(p.t, os.Chmod(path, mode))
	}
	write("usr/bin/tool", "#!/bin/sh\necho "+version+"\n", 0o755)
	write("usr/bin/suid", "suid", 0o755|os.ModeSetuid)
	write("usr/lib/empty", "", 0o644)
	write("usr/lib/private", version, 0o640)
	write("usr/lib/labelled", "labelled", 0o644)
	write("usr/share/big", string(randomBytes(1, 300_000))+version, 0o644)
	require.NoError(p.t, os.Symlink("../lib/empty", filepath.Join(dir, "usr/bin/link")))
	require.NoError(p.t, os.Chown(filepath.Join(dir, "usr/lib/private"), 7, 8))
	require.NoError(p.t, unix.Setxattr(filepath.Join(dir, "usr/lib/labelled"), "user.label", []byte("system_u:object_r:usr_t:s0"), 0))
}

// read compares what both commands say about the repository.
func (p *pairing) read() {
	for _, args := range [][]string{
		{"fsck", "-q"}, {"refs", "--list"}, {"rev-parse", "main^"}, {"log", "main"}, {"ls", "-RCX", "main"}, {"ls", "-RCX", "main^"},
		{"cat", "main", "/usr/bin/tool"}, {"diff", "main^", "main"}, {"summary", "-v"}, {"show", "--print-metadata-key=version", "main"},
		{"show", "main"},
	} {
		args = append([]string{args[0], "--repo=" + p.repo}, args[1:]...)
		want, _ := outcome(p.t, "ostree", args...)
		got, code := outcome(p.t, p.ours(), args...)
		require.Zero(p.t, code, got)
		if args[0] == "refs" {
			require.ElementsMatch(p.t, strings.Fields(want), strings.Fields(got))
			continue
		}
		require.Equal(p.t, withoutProgress(want), withoutProgress(got), args)
	}
}

func (p *pairing) ours() string {
	if p.writer == "ostree" {
		return p.reader
	}
	return p.writer
}

func withoutProgress(text string) string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "fsck objects") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// checkout and export give the same files with both commands.
func (p *pairing) checkout() {
	for _, args := range [][]string{nil, {"-U"}, {"-U", "--subpath=/usr/lib"}} {
		var got [2]map[string]string
		for i, bin := range []string{"ostree", p.ours()} {
			out := filepath.Join(p.dir, fmt.Sprint("out", i))
			p.run(bin, append([]string{"checkout", "--repo=" + p.repo, "main", out}, args...)...)
			got[i] = snapshot(p.t, out)
			require.NoError(p.t, os.RemoveAll(out))
		}
		require.Empty(p.t, cmp.Diff(got[0], got[1]), args)
	}
	p.export()
}

// export: an archive that is committed again is the same tree. Those of the real command lack attributes.
func (p *pairing) export() {
	again := func(bin string, args ...string) string {
		file, repo := filepath.Join(p.t.TempDir(), "main.tar"), filepath.Join(p.t.TempDir(), "again")
		p.run(bin, append([]string{"export", "--repo=" + p.repo, "-o", file, "main"}, args...)...)
		p.run("ostree", "init", "--repo="+repo, "--mode=archive")
		p.run("ostree", "commit", "--repo="+repo, "-b", "x", "--tree=tar="+file)
		return p.run("ostree", "ls", "--repo="+repo, "-RCX", "x")
	}
	require.Equal(p.t, again("ostree", "--no-xattrs"), again(p.ours(), "--no-xattrs"))
	require.Equal(p.t, p.run("ostree", "ls", "--repo="+p.repo, "-RCX", "main"), again(p.ours()))
}

// pullLocal copies to every mode with the reader, signatures verified.
func (p *pairing) pullLocal() {
	for _, to := range pullModes {
		if to == "bare-user-only" && !p.canonical() {
			continue
		}
		dst := p.client(to, "file://"+p.repo, "")
		p.run(p.reader, "pull", "--repo="+dst, "--depth=-1", "origin", "main")
		p.same(dst)
	}
}

// pullHTTP pulls from an archive with the reader to every mode, by objects or by a static delta, and mirrors it.
func (p *pairing) pullHTTP() {
	if p.mode != "archive" {
		return
	}
	s := serve(p.t, p.repo)
	for _, to := range []string{"archive", "bare", "bare-user"} {
		dst := p.client(to, s, "gpg-verify-summary=true")
		p.run(p.reader, "pull", "--repo="+dst, "--depth=-1", "origin", "main")
		p.same(dst)
	}
	mirror := p.client("archive", s, "")
	p.run(p.reader, "pull", "--repo="+mirror, "--mirror", "--depth=-1", "origin")
	for _, name := range []string{"summary", "summary.sig"} {
		want, err := os.ReadFile(filepath.Join(p.repo, name))
		require.NoError(p.t, err)
		got, err := os.ReadFile(filepath.Join(mirror, name))
		require.NoError(p.t, err)
		require.Equal(p.t, want, got)
	}
	p.run(p.writer, "static-delta", "generate", "--repo="+p.repo, "main")
	p.run(p.writer, "static-delta", "generate", "--repo="+p.repo, "--empty", "main^")
	p.run(p.writer, "summary", "--repo="+p.repo, "-u", "--gpg-sign="+p.key, "--gpg-homedir="+p.home)
	for _, to := range []string{"bare", "bare-user"} {
		dst := p.client(to, s, "gpg-verify-summary=true")
		first := strings.TrimSpace(p.run(p.writer, "rev-parse", "--repo="+p.repo, "main^"))
		p.run(p.reader, "pull", "--repo="+dst, "--require-static-deltas", "origin", "main@"+first)
		p.run(p.reader, "pull", "--repo="+dst, "--require-static-deltas", "origin", "main")
		p.same(dst)
	}
}

// client makes a repository with a remote that demands signatures of commits.
func (p *pairing) client(mode, url, set string) string {
	dst := filepath.Join(p.t.TempDir(), "dst")
	p.run(p.reader, "init", "--repo="+dst, "--mode="+mode)
	p.run(p.reader, "config", "--repo="+dst, "set", "core.fsync", "false")
	args := []string{"remote", "add", "--repo=" + dst, "--gpg-import=" + p.keys, "origin", url}
	if set != "" {
		args = append(args, "--set="+set)
	}
	p.run(p.reader, args...)
	return dst
}

// same: the copy has the same commits, complete, with their signatures.
func (p *pairing) same(dst string) {
	p.t.Helper()
	list := func(repo, ref string) string {
		return p.run("ostree", "ls", "--repo="+repo, "-RCX", ref) + p.run("ostree", "ls", "--repo="+repo, "-RCX", ref+"^")
	}
	p.run("ostree", "fsck", "--repo="+dst, "-q")
	require.Equal(p.t, list(p.repo, "main"), list(dst, "origin:main"))
	shown := p.run("ostree", "show", "--repo="+dst, "origin:main")
	require.Contains(p.t, shown, "Good signature from")
	require.Contains(p.t, p.run(p.ours(), "show", "--repo="+dst, "origin:main"), "Good signature from")
}

// TestMatrix has every mode, written by either command and read by the other one.
func TestMatrix(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree", "tar")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours := ourCommand(t)
	g := newGnuPG(t)
	key := g.key("matrix@example.org", "ed25519")
	keys := g.export(key)
	for _, mode := range append(pullModes, "bare-split-xattrs") {
		for _, writer := range []string{"ostree", ours} {
			if mode == "bare-split-xattrs" && writer == "ostree" {
				continue // it cannot
			}
			p := &pairing{writer: writer, reader: ours, mode: mode, key: key, keys: keys, home: g.home}
			name := mode + ", we read theirs"
			if writer == ours {
				p.reader, name = "ostree", mode+", they read ours"
			}
			t.Run(name, func(t *testing.T) {
				p.t, p.dir = t, t.TempDir()
				p.repo = filepath.Join(p.dir, "repo")
				p.write()
				p.read()
				p.checkout()
				p.pullLocal()
				p.pullHTTP()
			})
		}
	}
}
