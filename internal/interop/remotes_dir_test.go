package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/require"
)

// runningSystem is a root of its own, in which the system repository and /etc are those of a directory.
type runningSystem struct {
	t         *testing.T
	dir, bin  string
	remotes   string // /etc/ostree/remotes.d
	repo, tmp string
}

func newRunningSystem(t *testing.T, bin, up string, files ...string) *runningSystem {
	t.Helper()
	testenv.NeedTool(t, "bwrap", "cp")
	s := &runningSystem{t: t, dir: t.TempDir()}
	s.remotes, s.repo, s.tmp = filepath.Join(s.dir, "etc/ostree/remotes.d"), filepath.Join(s.dir, "sysroot/ostree/repo"), filepath.Join(s.dir, "tmp")
	for _, d := range []string{"etc", "sysroot/ostree", "tmp", "trusted"} {
		require.NoError(t, os.MkdirAll(filepath.Join(s.dir, d), 0o755))
	}
	testenv.Run(t, "/", append(append([]string{"cp", "-a"}, files...), up, s.tmp)...)
	s.bin = "ostree"
	if filepath.IsAbs(bin) {
		testenv.Run(t, "/", "cp", bin, s.tmp+"/ours")
		s.bin = "/tmp/ours"
	}
	testenv.Run(t, "/", "ostree", "init", "--repo="+s.repo, "--mode=bare-user-only")
	return s
}

// run returns what a line prints on either stream; the last line says how it ended.
func (s *runningSystem) run(line string) string {
	s.t.Helper()
	args := []string{"--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
		"--proc", "/proc", "--dev", "/dev", "--bind", s.dir + "/etc", "/etc", "--bind", s.dir + "/sysroot", "/sysroot", "--symlink", "sysroot/ostree", "/ostree",
		"--bind", s.tmp, "/tmp", "--chdir", "/", "--setenv", "OSTREE_GPG_HOME", "/tmp/trusted", "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "TZ", "UTC", s.bin}
	out, err := exec.Command("bwrap", append(args, strings.Fields(line)...)...).CombinedOutput()
	if err != nil {
		return string(out) + err.Error()
	}
	return string(out) + "ok"
}

func (s *runningSystem) place(key, dir string) {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(dir, 0o755))
	data, err := os.ReadFile(filepath.Join(s.tmp, key))
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(filepath.Join(dir, "x.trustedkeys.gpg"), data, 0o644))
}

// state tells where remotes are defined and keyrings kept.
func (s *runningSystem) state() string {
	var out []string
	for _, dir := range []string{s.remotes, s.repo} {
		for _, pattern := range []string{"*.conf", "*.gpg", "config"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			require.NoError(s.t, err)
			for _, path := range found {
				text := strings.TrimPrefix(path, s.dir)
				if !strings.HasSuffix(path, ".gpg") {
					data, err := os.ReadFile(path)
					require.NoError(s.t, err)
					text += "\n" + strings.TrimSpace(string(data))
				}
				out = append(out, text)
			}
		}
	}
	return strings.Join(out, "\n")
}

// TestSystemRemotesAreThoseOfTheRealCommand: remotes and keys of the running system are in /etc/ostree/remotes.d, the
// repository, gpgkeypath and the system's keyrings. Which of them decides is the same for both commands.
func TestSystemRemotesAreThoseOfTheRealCommand(t *testing.T) {
	t.Parallel()
	testenv.NeedRoot(t)
	ours := ourCommand(t)
	g := newGnuPG(t)
	good, other := g.key("good@example.org", "ed25519"), g.key("other@example.org", "ed25519")
	up := smallRepo(t, "--gpg-sign="+good, "--gpg-homedir="+g.home)
	keys := t.TempDir()
	for name, key := range map[string]string{"good": good, "other": other} {
		g.run("--output", filepath.Join(keys, name), "--export", key)
	}
	for _, c := range []struct {
		name    string
		prepare func(s *runningSystem)
		lines   []string
		pulls   bool // the last line
	}{
		{"added, replaced and deleted", nil, []string{
			"remote add x file:///tmp/repo", "remote list -u", "remote add x http://y", "remote add --if-not-exists x http://z",
			"remote add --force x http://y", "remote show-url x", "--repo=/sysroot/ostree/repo remote list -u", "remote delete x", "remote list", "remote delete x",
		}, false},
		{"not in a file", nil, []string{
			"config --repo=/sysroot/ostree/repo set core.add-remotes-config-dir false", "remote add x file:///tmp/repo", "remote list -u", "remote delete x",
		}, false},
		{"another repository has its own", nil, []string{"remote add x file:///tmp/repo", "--repo=/tmp/repo remote list"}, false},
		{"no key", nil, []string{"remote add x file:///tmp/repo", "pull x main"}, false},
		{"imported", nil, []string{"remote add x file:///tmp/repo", "remote gpg-import x -k /tmp/good", "pull x main"}, true},
		{"beside the remote", func(s *runningSystem) { s.place("good", s.remotes) }, []string{"remote add x file:///tmp/repo", "pull x main"}, true},
		{"repository before remotes.d", func(s *runningSystem) {
			s.place("other", s.repo)
			s.place("good", s.remotes)
		}, []string{"remote add x file:///tmp/repo", "pull x main"}, false},
		{"repository before remotes.d, good", func(s *runningSystem) {
			s.place("good", s.repo)
			s.place("other", s.remotes)
		}, []string{"remote add x file:///tmp/repo", "pull x main"}, true},
		{"system's keyring", func(s *runningSystem) { s.place("good", s.tmp+"/trusted") }, []string{"remote add x file:///tmp/repo", "pull x main"}, true},
		{"own keyring before the system's", func(s *runningSystem) {
			s.place("good", s.tmp+"/trusted")
			s.place("other", s.repo)
		}, []string{"remote add x file:///tmp/repo", "pull x main"}, false},
		{"remotes.d before the system's", func(s *runningSystem) {
			s.place("good", s.tmp+"/trusted")
			s.place("other", s.remotes)
		}, []string{"remote add x file:///tmp/repo", "pull x main"}, false},
		{"path to keys besides a keyring", func(s *runningSystem) { s.place("other", s.repo) },
			[]string{"remote add --set=gpgkeypath=/tmp/good x file:///tmp/repo", "pull x main"}, true},
		{"path to keys besides the system's", func(s *runningSystem) { s.place("good", s.tmp+"/trusted") },
			[]string{"remote add --set=gpgkeypath=/tmp/other x file:///tmp/repo", "pull x main"}, true},
		{"keys in both, deleted", func(s *runningSystem) {
			s.place("good", s.repo)
			s.place("good", s.remotes)
		}, []string{"remote add x file:///tmp/repo", "remote delete x"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said [2][]string
			for i, bin := range []string{"ostree", ours} {
				s := newRunningSystem(t, bin, up, filepath.Join(keys, "good"), filepath.Join(keys, "other"))
				require.NoError(t, os.MkdirAll(s.tmp+"/trusted", 0o755))
				if c.prepare != nil {
					c.prepare(s)
				}
				for _, line := range c.lines {
					said[i] = append(said[i], line+": "+strings.Replace(s.run(line), "error: pull into /sysroot/ostree/repo: commit", "error: Commit", 1))
				}
				said[i] = append(said[i], s.state())
			}
			require.Equal(t, said[0], said[1])
			last := said[0][len(said[0])-2]
			require.Equal(t, c.pulls, strings.Contains(last, "content written"), last)
		})
	}
}
