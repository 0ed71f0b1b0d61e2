package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repodata"
)

//go:embed whole.py
var wholeScript string

// The whole run: a locked system of so many packages gets the first of these
// that fit and that it does not have.
const (
	wholeInstalled = 1563
	wholeLayered   = 7
)

var wholeCandidates = []string{
	"nginx", "tmux", "vim-enhanced", "httpd", "php", "postgresql-server", "golang", "podman", "gcc", "strace", "wireshark-cli",
	"mariadb-server", "redis", "emacs-nox", "ruby", "rust", "tcpdump", "zsh", "git", "cockpit", "unbound", "dovecot", "squid",
	"varnish", "memcached", "bind", "haproxy", "stress-ng", "sysstat", "xterm", "tigervnc-server", "mc", "nano", "iperf3",
}

// wholeOptions are those of a layering client.
var wholeOptions = depsolve.Options{KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true}

// measureWhole compares whole runs, each in a process of its own: read the
// cached metadata of all repositories and of the installed packages, make the
// index, lock what is installed, add some packages.
func measureWhole(ctx context.Context, t *table, rounds int, repos []string) error {
	dir, err := os.MkdirTemp("", "bench-whole-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	specs, n, err := prepareWhole(ctx, dir, repos)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	all := append([]string{"@System=" + filepath.Join(dir, "system.xml")}, repos...)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	theirs := append([]string{"/usr/bin/python3", "-c", wholeScript, dir, strings.Join(specs, ",")}, all...)
	ours := append([]string{self, "-whole-run", dir, "-specs", strings.Join(specs, ",")}, all...)
	for _, argv := range [][]string{theirs, ours} { // makes the caches
		if _, err := runWhole(ctx, argv); err != nil {
			return err
		}
	}
	var a, b []answer
	for range rounds {
		x, err := runWhole(ctx, theirs)
		if err != nil {
			return err
		}
		y, err := runWhole(ctx, ours)
		if err != nil {
			return err
		}
		a, b = append(a, x), append(b, y)
	}
	r := compare(fmt.Sprintf("whole run: %d packages on %d locked", len(specs), n), a, b)
	r.aside = true
	t.add(r)
	return nil
}

// runWhole runs one side.
func runWhole(ctx context.Context, argv []string) (answer, error) {
	s, err := begin(exec.CommandContext(ctx, argv[0], argv[1:]...))
	if err != nil {
		return answer{}, err
	}
	a, err := s.answer()
	return a, errors.Join(err, s.stop())
}

// prepareWhole makes the installed system: as many packages of the repositories
// as fit together, up to the number wanted. It writes their description and
// returns what to add.
func prepareWhole(ctx context.Context, dir string, repos []string) (specs []string, n int, err error) {
	pool := depsolve.NewPool("x86_64")
	for _, r := range repos {
		id, path, _ := strings.Cut(r, "=")
		if err := loader.Load(pool.AddRepo(id, nil), primary(ctx, path)); err != nil {
			return nil, 0, err
		}
	}
	var installed []*rpmpkg.Info
	var jobs []depsolve.Job
	seen := map[string]bool{}
	for id := range pool.All() {
		name := pool.Package(id).NEVRA.Name
		if seen[name] || strings.Contains(name, "debug") {
			continue
		}
		seen[name] = true
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: depsolve.SelectName(pool.Name(name)), Weak: true})
		if len(jobs) < wholeInstalled/2 || len(jobs)%10 != 0 {
			continue
		}
		tr, err := pool.Solve(ctx, jobs, nil)
		if err != nil {
			return nil, 0, err
		}
		if len(tr.Installed()) > wholeInstalled {
			break
		}
		installed = nil
		for _, id := range tr.Installed() {
			installed = append(installed, pool.Package(id).Data.(*rpmpkg.Info))
		}
	}
	if err := writeSystem(filepath.Join(dir, "system.xml"), installed); err != nil {
		return nil, 0, err
	}
	specs, err = layerable(ctx, dir, repos)
	return specs, len(installed), err
}

func writeSystem(path string, installed []*rpmpkg.Info) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	e, err := repodata.NewEncoder(w, "primary", len(installed))
	if err != nil {
		return err
	}
	for _, info := range installed {
		if err := e.Encode(&repodata.Record{Info: info}); err != nil {
			return err
		}
	}
	return errors.Join(e.Close(), w.Flush())
}

// layerable returns the packages that can be added together.
func layerable(ctx context.Context, dir string, repos []string) ([]string, error) {
	pool, system, err := wholePool(ctx, dir, append([]string{"@System=" + filepath.Join(dir, "system.xml")}, repos...))
	if err != nil {
		return nil, err
	}
	var specs []string
	for _, c := range wholeCandidates {
		tr, err := pool.Solve(ctx, wholeJobs(pool, system, append(specs, c)), &wholeOptions)
		if err == nil && len(tr.Steps()) > 0 && !has(pool, c) {
			specs = append(specs, c)
		}
		if len(specs) == wholeLayered {
			break
		}
	}
	return specs, nil
}

func has(pool *depsolve.Pool, name string) bool {
	for _, id := range pool.Matches(depsolve.SelectName(pool.Name(name))) {
		if pool.Package(id).Installed {
			return true
		}
	}
	return false
}

// serveWhole is this module's side of one whole run.
func serveWhole(ctx context.Context, dir string, specs, repos []string, out io.Writer) error {
	start, cpu := time.Now(), processorTime()
	pool, system, err := wholePool(ctx, dir, repos)
	if err != nil {
		return err
	}
	n, err := solve(ctx, pool, wholeJobs(pool, system, specs), &wholeOptions)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, millis(start), processorTime()-cpu, n, peak())
	return err
}

func wholePool(ctx context.Context, dir string, repos []string) (pool *depsolve.Pool, system *depsolve.Repo, err error) {
	pool = depsolve.NewPool("x86_64")
	for _, r := range repos {
		id, path, _ := strings.Cut(r, "=")
		to := pool.AddRepo(id, nil)
		if err := loader.LoadCached(ctx, to, &cached{path, filepath.Join(dir, id)}, id); err != nil {
			return nil, nil, err
		}
		if id == "@System" {
			system = to
			pool.SetInstalled(to)
		}
	}
	return pool, system, nil
}

// wholeJobs locks every installed package on its own, as a layering client
// does, and adds packages.
func wholeJobs(pool *depsolve.Pool, system *depsolve.Repo, specs []string) []depsolve.Job {
	var jobs []depsolve.Job
	for _, id := range system.Packages() {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Lock, Select: depsolve.SelectPackage(id)})
	}
	for _, s := range specs {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: depsolve.SelectName(pool.Name(s))})
	}
	return jobs
}

// cached keeps derived files of a primary.xml in a directory.
type cached struct{ path, dir string }

func (c *cached) Packages(ctx context.Context) iter.Seq2[*rpmpkg.Info, error] {
	return primary(ctx, c.path)
}
func (c *cached) PackagesKey() string { return c.path }
func (c *cached) OpenDerived(name string) (*os.File, error) {
	return os.Open(filepath.Join(c.dir, name))
}
func (c *cached) StoreDerived(_ context.Context, name string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(c.dir, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}

// primary reads a file.
func primary(ctx context.Context, path string) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		z, err := repodata.NewReader(f)
		if err != nil {
			yield(nil, err)
			return
		}
		defer z.Close()
		repodata.ParsePrimary(ctx, z)(yield)
	}
}
