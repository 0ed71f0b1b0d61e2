package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bench holds the fixture: repositories made by the real command, so that both sides read the same input. Each has the
// generated tree as main and its successor, with 5 % of the files changed, as next.
type bench struct {
	*config
	server  *fileServer
	bare    string // mode bare, only when run by root
	user    string // mode bare-user
	archive string
	deltas  string // the archive with a static delta from main to next
	limits  limits
}

func (b *bench) path(name string) string { return filepath.Join(b.work, name) }

func (b *bench) setUp(ctx context.Context) error {
	b.bare, b.user, b.archive = b.path("fix-bare"), b.path("fix-bare-user"), b.path("fix-archive")
	b.deltas = b.path("deltas")
	for _, repo := range []string{b.bare, b.user, b.archive} {
		mode := strings.TrimPrefix(filepath.Base(repo), "fix-")
		if mode == "bare" && (os.Geteuid() != 0 || !b.wants(checkoutBare)) {
			continue
		}
		if err := b.fixture(ctx, repo, mode); err != nil {
			return err
		}
	}
	if err := b.realOstree(ctx, "--repo="+b.archive, "summary", "-u"); err != nil {
		return err
	}
	if err := b.deltaFixture(ctx); err != nil {
		return err
	}
	if err := b.largeFixture(ctx); err != nil {
		return err
	}
	b.server.root = b.work
	return b.limits.measure(ctx, b.tree, b.path("out"))
}

// fixture makes a repository, unless an earlier run has left it in the working directory.
func (b *bench) fixture(ctx context.Context, repo, mode string) error {
	if _, err := os.Stat(filepath.Join(repo, "refs/heads/next")); err == nil {
		return nil
	}
	if err := b.initRepo(ctx, repo, mode); err != nil {
		return err
	}
	for _, c := range []struct{ branch, tree, time string }{
		{"main", b.tree, "2020-01-01 00:00:00 UTC"}, {"next", b.tree2, "2020-01-02 00:00:00 UTC"},
	} {
		if err := b.realOstree(ctx, "--repo="+repo, "commit", "-b", c.branch, "--tree=dir="+c.tree, "--timestamp="+c.time); err != nil {
			return err
		}
	}
	return nil
}

// initRepo makes an empty repository without fsync: what is compared is the work, not the disk.
func (b *bench) initRepo(ctx context.Context, repo, mode string) error {
	if err := os.RemoveAll(repo); err != nil {
		return err
	}
	if err := os.MkdirAll(repo, 0o755); err != nil {
		return err
	}
	if err := b.realOstree(ctx, "--repo="+repo, "init", "--mode="+mode); err != nil {
		return err
	}
	return b.realOstree(ctx, "--repo="+repo, "config", "set", "core.fsync", "false")
}

// realOstree runs the real command with the verb's options after the verb, as it wants them.
func (b *bench) realOstree(ctx context.Context, repo string, args ...string) error {
	return run(ctx, b.real, append([]string{args[0], repo}, args[1:]...)...)
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// cloneRepo makes dst a repository with the objects and refs of a fixture.
func (b *bench) cloneRepo(ctx context.Context, fixture string) error {
	if err := os.RemoveAll(b.path("dst")); err != nil {
		return err
	}
	return run(ctx, "cp", "-al", fixture, b.path("dst"))
}

// addRemote makes a fixture on the server the remote origin of dst.
func (b *bench) addRemote(ctx context.Context, fixture string) error {
	return b.realOstree(ctx, "--repo="+b.path("dst"), "remote", "add", "--no-gpg-verify", "origin", b.server.url+"/"+filepath.Base(fixture))
}

// free removes what a row leaves, to make room for the next.
func (b *bench) free() error {
	return errors.Join(os.RemoveAll(b.path("dst")), os.RemoveAll(b.path("out")))
}

// checkoutBare is the only row that needs the repository of mode bare.
const checkoutBare = "checkout -H bare"

func (b *bench) operations() []operation {
	dst, out := b.path("dst"), b.path("out")
	fresh := func(mode string) func(context.Context) error {
		return func(ctx context.Context) error { return b.initRepo(ctx, dst, mode) }
	}
	again := func(fixture string) func(context.Context) error {
		return func(ctx context.Context) error { return b.cloneRepo(ctx, fixture) }
	}
	clean := func(context.Context) error { return os.RemoveAll(out) }
	nothing := func(context.Context) error { return nil }
	commit := []string{"commit", "--repo=" + dst, "-b", "again", "--tree=dir=" + b.tree}
	commitOut := func(option string) []string {
		return []string{"commit", "--repo=" + dst, "-b", "again", option, "--tree=dir=" + out}
	}
	l := &b.limits
	ops := []operation{
		{"commit bare-user", 3, &l.hash, fresh("bare-user"), commit},
		{"commit archive", 4, &l.hash, fresh("archive"), commit},
		{"recommit bare-user", 5, &l.hash, again(b.user), commit},
		{"recommit archive", 20, &l.hash, again(b.archive), commit},
		{"recommit --link-checkout-speedup", 1.5, &l.stat, b.checkedOut, commitOut("--link-checkout-speedup")},
		{"recommit --devino-canonical", 1.5, &l.stat, b.checkedOut, commitOut("--devino-canonical")},
		{"checkout -U -H bare-user", 1.3, &l.link, clean, []string{"checkout", "--repo=" + b.user, "-U", "-H", "main", out}},
		{"checkout -U archive", 2, &l.copy, clean, []string{"checkout", "--repo=" + b.archive, "-U", "--disable-cache", "main", out}},
		{"fsck bare-user", 4, &l.hash, nothing, []string{"fsck", "--repo=" + b.user, "-q"}},
		{"fsck archive", 4, &l.hash, nothing, []string{"fsck", "--repo=" + b.archive, "-q"}},
		{"pull-local archive to bare-user", 2, &l.copy, fresh("bare-user"), []string{"pull-local", "--repo=" + dst, b.archive, "main"}},
		{"pull-local --untrusted archive to bare-user", 2, &l.copy, fresh("bare-user"), []string{"pull-local", "--untrusted", "--repo=" + dst, b.archive, "main"}},
		{"pull-local bare-user to bare-user", 1, &l.link, fresh("bare-user"), []string{"pull-local", "--repo=" + dst, b.user, "main"}},
		{"pull http to bare-user", 2, &l.copy, b.remoteRepo("bare-user"), []string{"pull", "--repo=" + dst, "origin", "main"}},
		{"pull http 5 %", 1.5, nil, func(ctx context.Context) error { return b.behind(ctx, b.archive) }, []string{"pull", "--repo=" + dst, "origin", "next"}},
		{"pull http --mirror, untrusted", 5, &l.hash, b.remoteRepo("archive"), []string{"pull", "--repo=" + dst, "--mirror", "origin", "main"}},
		{"prune scan", 2, nil, nothing, []string{"prune", "--repo=" + b.user, "--refs-only", "--no-prune"}},
		{"diff", 2, nil, nothing, []string{"diff", "--repo=" + b.user, "main", "next"}},
		{"ls -R", 2, &l.stat, nothing, []string{"ls", "--repo=" + b.user, "-R", "main"}},
		{"export", 1, &l.read, nothing, []string{"export", "--repo=" + b.user, "main"}},
	}
	if os.Geteuid() == 0 {
		ops = append(ops, operation{checkoutBare, 1, &l.link, clean, []string{"checkout", "--repo=" + b.bare, "-H", "main", out}})
	}
	return append(append(ops, b.deltaOperations()...), b.largeOperations()...)
}

// checkedOut makes dst and a checkout of it whose files are links of its objects.
func (b *bench) checkedOut(ctx context.Context) error {
	if err := b.cloneRepo(ctx, b.user); err != nil {
		return err
	}
	if err := os.RemoveAll(b.path("out")); err != nil {
		return err
	}
	return b.realOstree(ctx, "--repo="+b.path("dst"), "checkout", "-U", "-H", "main", b.path("out"))
}

func (b *bench) remoteRepo(mode string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := b.initRepo(ctx, b.path("dst"), mode); err != nil {
			return err
		}
		return b.addRemote(ctx, b.archive)
	}
}

// behind makes a repository that has main of the remote, which is the fixture, but not next.
func (b *bench) behind(ctx context.Context, fixture string) error {
	dst := "--repo=" + b.path("dst")
	if err := b.initRepo(ctx, b.path("dst"), "bare-user"); err != nil {
		return err
	}
	if err := b.realOstree(ctx, dst, "pull-local", b.user, "main"); err != nil {
		return err
	}
	if err := b.realOstree(ctx, dst, "refs", "--create=origin:main", "main"); err != nil {
		return err
	}
	return b.addRemote(ctx, fixture)
}
