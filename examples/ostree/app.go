package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/sysroot"
)

// app is what every verb has at hand.
type app struct {
	env            func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	repoPath       string
	sysrootPath    string
	openOptions    func(*sysroot.Options)                        // changes how the system root is opened; nil does not
	volumes        func() ([]string, error)                      // mount points of removable volumes; nil asks the kernel
	neighbours     func(context.Context) ([]pull.LANRepo, error) // on the local network; nil asks Avahi
	verbose        bool
	repo           *ostree.Repo // the one that the verb is about; nil before it is open
}

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.stdout, format, args...) }

func (a *app) println(args ...any) { fmt.Fprintln(a.stdout, args...) }

// systemRepo is the repository of the running system.
const systemRepo = "/sysroot/ostree/repo"

// repoDir says which repository a command means: --repo, $OSTREE_REPO, that of --sysroot, the current directory if it is
// one, that of $OSTREE_SYSROOT, or the system's.
func (a *app) repoDir() (string, error) {
	if a.repoPath != "" {
		return a.repoPath, nil
	}
	if p := a.env("OSTREE_REPO"); p != "" {
		return p, nil
	}
	candidates := []string{".", systemRepo}
	if root := cmp.Or(a.sysrootPath, a.env("OSTREE_SYSROOT")); root != "" {
		candidates[1] = filepath.Join(root, "ostree/repo")
		if a.sysrootPath != "" {
			candidates = candidates[1:]
		}
	}
	for _, p := range candidates {
		if isRepo(p) {
			return p, nil
		}
	}
	return "", glibopt.Usagef("Command requires a --repo argument")
}

func isRepo(dir string) bool {
	for _, name := range []string{"objects", "config"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// open opens the repository that the command means.
func (a *app) open(ctx context.Context) error {
	dir, err := a.repoDir()
	if err != nil {
		return err
	}
	a.repo, err = a.openRepo(ctx, dir)
	return err
}

// close closes the repository if a verb failed before it came to it.
func (a *app) close() {
	if a.repo != nil {
		a.repo.Close()
		a.repo = nil
	}
}

// withRepo calls f with the repository that the command means, and closes it.
func (a *app) withRepo(ctx context.Context, f func(*ostree.Repo) error) error {
	if a.repo == nil {
		if err := a.open(ctx); err != nil {
			return err
		}
	}
	repo := a.repo
	a.repo = nil
	return errors.Join(f(repo), repo.Close())
}

func (a *app) openRepo(ctx context.Context, dir string) (*ostree.Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{abs, "objects"} { // as the real command opens them
		if err := isDir(filepath.Join(abs, strings.TrimPrefix(dir, abs))); err != nil {
			return nil, &spoken{fmt.Sprintf("opening repo: opendir(%s): %s", dir, capital(err.Error())), err}
		}
	}
	repo, err := ostree.Open(ctx, abs, &ostree.OpenOptions{RemotesDir: a.remotesDir(abs), BootID: a.env("OSTREE_BOOTID")})
	if err != nil {
		return nil, fmt.Errorf("opening repo: %w", configWords(abs, err))
	}
	return repo, nil
}

func isDir(path string) error {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return unix.ENOTDIR
	}
	return nil
}

// remotesDir is where a running system has remotes apart from its repository: the one at / or that of --sysroot.
func (a *app) remotesDir(repo string) string {
	root := a.sysrootPath
	if root == "" && sameDir(repo, systemRepo) {
		root = "/"
	}
	if root == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join(root, systemRepo)); err != nil {
		return "" // not running: a disk
	}
	return filepath.Join(root, "etc/ostree/remotes.d")
}

func sameDir(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// resolve turns a revision into a checksum, with the real command's words for one that is not there.
func resolve(ctx context.Context, repo *ostree.Repo, rev string) (ostree.Checksum, error) {
	c, err := repo.ResolveRev(ctx, rev)
	if err != nil {
		base := strings.TrimRight(rev, "^")
		_, notSum := ostree.ParseChecksum(base)
		if _, _, notSpec := ostree.ParseRefspec(base); notSum != nil && notSpec != nil {
			return c, errorf("Invalid refspec %s", base)
		}
	}
	var missing *ostree.MissingError
	if errors.As(err, &missing) {
		return c, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		if child, ok := strings.CutSuffix(rev, "^"); ok {
			if c, err = resolve(ctx, repo, child); err == nil {
				err = errorf("Commit %s has no parent", c)
			}
			return c, err
		}
		if c, perr := ostree.ParseChecksum(rev); perr == nil {
			return c, nil // a full checksum names itself; what is missing shows when it is loaded
		}
		return c, errorf("Refspec '%s' not found", rev)
	}
	return c, err
}
