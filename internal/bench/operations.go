package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bench holds the fixture: repositories made by the real command, so that both sides read the same input.
type bench struct {
	*config
	server  *fileServer
	bare    string // bare-user, with ref main
	archive string // archive, the same commit
}

func (b *bench) path(name string) string { return filepath.Join(b.work, name) }

func (b *bench) setUp(ctx context.Context) error {
	b.bare, b.archive = b.path("fix-bare-user"), b.path("fix-archive")
	for repo, mode := range map[string]string{b.bare: "bare-user", b.archive: "archive"} {
		if err := b.initRepo(ctx, repo, mode); err != nil {
			return err
		}
		if err := b.realOstree(ctx, "--repo="+repo, "commit", "-b", "main", "--tree=dir="+b.tree, "--timestamp=2020-01-01 00:00:00 UTC"); err != nil {
			return err
		}
	}
	if err := b.realOstree(ctx, "--repo="+b.archive, "summary", "-u"); err != nil {
		return err
	}
	b.server.root = b.archive
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
	argv := append([]string{args[0], repo}, args[1:]...)
	out, err := exec.CommandContext(ctx, b.real, argv...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", b.real, strings.Join(argv, " "), err, out)
	}
	return nil
}

func (b *bench) describe() string {
	files, bytes := 0, int64(0)
	filepath.WalkDir(b.tree, func(_ string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				files, bytes = files+1, bytes+info.Size()
			}
		}
		return nil
	})
	return fmt.Sprintf("tree: %d files, %.0f MB; %d runs each; ratios are real / ours, above 1 is better for us\n", files, float64(bytes)/1e6, b.runs)
}

func (b *bench) operations() []operation {
	dst, out := b.path("dst"), b.path("out")
	fresh := func(mode string) func(context.Context) error {
		return func(ctx context.Context) error { return b.initRepo(ctx, dst, mode) }
	}
	clean := func(context.Context) error { return os.RemoveAll(out) }
	nothing := func(context.Context) error { return nil }
	remote := func(ctx context.Context) error {
		if err := b.initRepo(ctx, dst, "bare-user"); err != nil {
			return err
		}
		return b.realOstree(ctx, "--repo="+dst, "remote", "add", "--no-gpg-verify", "origin", b.server.url)
	}
	commit := []string{"commit", "--repo=" + dst, "-b", "main", "--tree=dir=" + b.tree}
	again := func(mode string) func(context.Context) error {
		return func(ctx context.Context) error {
			if err := b.initRepo(ctx, dst, mode); err != nil {
				return err
			}
			return b.realOstree(ctx, "--repo="+dst, "pull-local", map[string]string{"archive": b.archive, "bare-user": b.bare}[mode], "main")
		}
	}
	return []operation{
		{"commit bare-user", fresh("bare-user"), commit},
		{"commit archive", fresh("archive"), commit},
		{"recommit bare-user", again("bare-user"), commit},
		{"recommit archive", again("archive"), commit},
		{"checkout -U -H bare-user", clean, []string{"checkout", "--repo=" + b.bare, "-U", "-H", "main", out}},
		{"checkout -U archive", clean, []string{"checkout", "--repo=" + b.archive, "-U", "--disable-cache", "main", out}},
		{"fsck bare-user", nothing, []string{"fsck", "--repo=" + b.bare, "-q"}},
		{"fsck archive", nothing, []string{"fsck", "--repo=" + b.archive, "-q"}},
		{"pull-local archive to bare-user", fresh("bare-user"), []string{"pull-local", "--repo=" + dst, b.archive, "main"}},
		{"pull-local bare-user to bare-user", fresh("bare-user"), []string{"pull-local", "--repo=" + dst, b.bare, "main"}},
		{"pull http to bare-user", remote, []string{"pull", "--repo=" + dst, "origin", "main"}},
		{"prune scan", nothing, []string{"prune", "--repo=" + b.bare, "--refs-only", "--no-prune"}},
		{"ls -R", nothing, []string{"ls", "--repo=" + b.bare, "-R", "main"}},
	}
}

// fileServer serves one directory on loopback, the same for both commands.
type fileServer struct {
	http.Server
	root string
	url  string
}

func newServer() (*fileServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &fileServer{url: "http://" + l.Addr().String()}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.FileServer(http.Dir(s.root)).ServeHTTP(w, r)
	})
	go s.Serve(l)
	return s, nil
}
