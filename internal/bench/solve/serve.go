package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/depsolve/testcase"
)

// serveRequests is this module's side: it reads the repositories or the case
// and solves one request per line.
func serveRequests(ctx context.Context, what []string, in io.Reader, out io.Writer) error {
	start := time.Now()
	w, err := loadWorld(ctx, what)
	if err != nil {
		return err
	}
	loaded := millis(start)
	start = time.Now()
	w.pool.Matches(depsolve.SelectProvides(w.pool.Name("glibc"))) // makes the index
	fmt.Fprintln(out, loaded, millis(start))
	runtime.GC() // what reading left behind does not belong to solving
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		jobs := w.jobs
		if jobs == nil {
			for _, s := range strings.Fields(lines.Text()) {
				jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: w.pool.Match(s)})
			}
		}
		start, cpu := time.Now(), processorTime()
		n, err := solve(ctx, w.pool, jobs, &w.opts)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, millis(start), processorTime()-cpu, n, peak())
	}
	return lines.Err()
}

// world is what requests are solved on; jobs is set if there is only one.
type world struct {
	pool *depsolve.Pool
	jobs []depsolve.Job
	opts depsolve.Options
}

func loadWorld(ctx context.Context, what []string) (*world, error) {
	if strings.HasSuffix(what[0], ".t") {
		list, err := testcase.Requests(ctx, os.DirFS(filepath.Dir(what[0])), filepath.Base(what[0]))
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, errors.New("nothing to solve")
		}
		return &world{list[0].Pool, list[0].Jobs, list[0].Options}, nil
	}
	w := &world{pool: depsolve.NewPool("x86_64")}
	for _, r := range what {
		id, path, _ := strings.Cut(r, "=")
		if err := loadRepo(ctx, w.pool.AddRepo(id, nil), path); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func loadRepo(ctx context.Context, to *depsolve.Repo, path string) error {
	for info, err := range primary(ctx, path) {
		if err != nil {
			return err
		}
		pkg := loader.Package(info)
		pkg.Data = nil // only what the solver needs
		to.Add(pkg)
	}
	return nil
}

// solve returns how many packages are installed afterwards, or minus the number of problems.
func solve(ctx context.Context, pool *depsolve.Pool, jobs []depsolve.Job, o *depsolve.Options) (int, error) {
	tr, err := pool.Solve(ctx, jobs, o)
	var unsolvable *depsolve.UnsolvableError
	if errors.As(err, &unsolvable) {
		for _, p := range unsolvable.Problems {
			if _, err := p.Solutions(ctx); err != nil {
				return 0, err
			}
		}
		return -len(unsolvable.Problems), nil
	} else if err != nil {
		return 0, err
	}
	return len(tr.Installed()), nil
}

func millis(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }

// processorTime returns the milliseconds this process has used so far.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// peak returns the most memory this process has used so far in MiB. What
// getrusage says starts at that of the parent.
func peak() float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			var kib float64
			if _, err := fmt.Sscan(v, &kib); err == nil {
				return kib / 1024
			}
		}
	}
	return 0
}
