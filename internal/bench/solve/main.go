// Command solve measures the solver against libsolv on the same repositories,
// in pairs: for each request one side solves, then the other, several times
// over, and the medians are compared. Both keep one warm pool; reading the
// repositories and making the index are measured once at the beginning.
//
//	go run ./internal/bench/solve ID=PRIMARY.xml.gz ...
//
// It needs the solv module of the distribution's Python. A ratio above 1 means that libsolv takes
// longer.
package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg/repodata"
)

//go:embed peer.py
var peerScript string

// requests are solved on an empty system: leaves, a desktop, and two that fail.
var requests = []string{"vim-enhanced", "httpd php", "gtk3 gtk3.i686", "libreoffice-writer firefox", "gnome-shell", "gnome-keyring", "nodejs postgresql-server"}

const rounds = 11

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, repos []string, out io.Writer) error {
	if len(repos) == 0 {
		return errors.New("want ID=PRIMARY.xml.gz")
	}
	p, err := startPeer(ctx, repos)
	if err != nil {
		return err
	}
	defer p.stop()
	start := time.Now()
	pool, err := load(ctx, repos)
	if err != nil {
		return err
	}
	loaded := millis(start)
	start = time.Now()
	pool.Matches(depsolve.SelectProvides(pool.Name("glibc"))) // makes the index
	indexed := millis(start)

	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what\tlibsolv ms\tours ms\tratio\tresult\t")
	row := func(what string, theirs, ours float64, result string) {
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%s\t\n", what, theirs, ours, theirs/ours, result)
	}
	row("read", p.loaded, loaded, "")
	row("index", p.indexed, indexed, "")
	var ratios []float64
	for _, r := range requests {
		theirs, ours, result, err := pair(ctx, p, pool, r)
		if err != nil {
			return err
		}
		ratios = append(ratios, theirs/ours)
		row(r, theirs, ours, result)
	}
	fmt.Fprintf(w, "median of requests\t\t\t%.2f\t\t\n", median(ratios))
	return w.Flush()
}

// pair measures one request on both sides in turn.
func pair(ctx context.Context, p *peer, pool *depsolve.Pool, request string) (theirs, ours float64, result string, err error) {
	var a, b []float64
	for range rounds {
		ms, n, err := p.solve(request)
		if err != nil {
			return 0, 0, "", err
		}
		mine, k, err := solve(ctx, pool, strings.Fields(request))
		if err != nil {
			return 0, 0, "", err
		}
		a, b = append(a, ms), append(b, mine)
		result = fmt.Sprintf("%d packages", k)
		if k < 0 {
			result = fmt.Sprintf("%d problems", -k)
		}
		if n != k {
			result += fmt.Sprintf(", libsolv %d", n)
		}
	}
	return median(a), median(b), result, nil
}

// solve returns milliseconds and the number of packages, or minus that of
// problems.
func solve(ctx context.Context, pool *depsolve.Pool, specs []string) (float64, int, error) {
	var jobs []depsolve.Job
	for _, s := range specs {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: pool.Match(s)})
	}
	start := time.Now()
	tr, err := pool.Solve(ctx, jobs, nil)
	var unsolvable *depsolve.UnsolvableError
	if errors.As(err, &unsolvable) {
		for _, p := range unsolvable.Problems {
			if _, err := p.Solutions(ctx); err != nil {
				return 0, 0, err
			}
		}
		return millis(start), -len(unsolvable.Problems), nil
	} else if err != nil {
		return 0, 0, err
	}
	return millis(start), len(tr.Steps()), nil
}

func load(ctx context.Context, repos []string) (*depsolve.Pool, error) {
	pool := depsolve.NewPool("x86_64")
	for _, r := range repos {
		id, path, _ := strings.Cut(r, "=")
		if err := loadRepo(ctx, pool.AddRepo(id, nil), path); err != nil {
			return nil, err
		}
	}
	return pool, nil
}

func loadRepo(ctx context.Context, to *depsolve.Repo, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := repodata.NewReader(f)
	if err != nil {
		return err
	}
	defer z.Close()
	return loader.Load(to, repodata.ParsePrimary(ctx, z))
}

// peer is the running script.
type peer struct {
	cmd             *exec.Cmd
	in              io.WriteCloser
	out             *bufio.Reader
	loaded, indexed float64
}

func startPeer(ctx context.Context, repos []string) (*peer, error) {
	p := &peer{cmd: exec.CommandContext(ctx, "/usr/bin/python3", append([]string{"-c", peerScript}, repos...)...)}
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(p.out, &p.loaded, &p.indexed); err != nil {
		return nil, errors.Join(fmt.Errorf("libsolv: %w", err), p.stop())
	}
	return p, nil
}

func (p *peer) solve(request string) (ms float64, n int, err error) {
	if _, err := fmt.Fprintln(p.in, request); err != nil {
		return 0, 0, err
	}
	_, err = fmt.Fscanln(p.out, &ms, &n)
	return ms, n, err
}

func (p *peer) stop() error { return errors.Join(p.in.Close(), p.cmd.Wait()) }

func millis(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
