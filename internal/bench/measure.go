package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A sample is one run of one command.
type sample struct {
	wall, cpu time.Duration
	rss       int64 // peak, KiB
}

// An operation is one row of the table: a command line, and what has to be there before each run.
type operation struct {
	name    string
	target  float64 // the ratio of wall times that we want to reach, 0 for none
	limit   *limit  // what no implementation can do without, or nil
	prepare func(ctx context.Context) error
	args    []string
}

const header = `| operation | target | wall ratio | real wall s | ours wall s | limit | cpu ratio | real cpu s | ours cpu s | real MiB | ours MiB |
|---|---|---|---|---|---|---|---|---|---|---|`

// slow is how long the real command takes where a first run that does not count would change nothing but the waiting.
const slow = 20 * time.Second

// compare runs both commands in turn and renders the row.
func (b *bench) compare(ctx context.Context, op operation) (string, error) {
	var theirs, ours []sample
	for first := true; len(theirs) < b.runs; first = false {
		var pair [2]sample
		for i, bin := range []string{b.real, b.ours} {
			if err := op.prepare(ctx); err != nil {
				return "", fmt.Errorf("prepare: %w", err)
			}
			var err error
			if pair[i], err = measure(ctx, bin, op.args); err != nil {
				return "", err
			}
		}
		if !first || pair[0].wall > slow {
			theirs, ours = append(theirs, pair[0]), append(ours, pair[1])
		}
	}
	wall := func(s sample) float64 { return s.wall.Seconds() }
	cpu := func(s sample) float64 { return s.cpu.Seconds() }
	rss := func(s sample) float64 { return float64(s.rss) / 1024 }
	return fmt.Sprintf("| %s | %.1f | %.2f | %.2f | %.2f | %s | %.2f | %.2f | %.2f | %.0f | %.0f |", op.name, op.target,
		pairedRatio(theirs, ours, wall), median(theirs, wall), median(ours, wall), op.limit.of(median(ours, wall)),
		pairedRatio(theirs, ours, cpu), median(theirs, cpu), median(ours, cpu), median(theirs, rss), median(ours, rss)), nil
}

// of tells how many times the limit we need.
func (l *limit) of(ours float64) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%.1f x %s", ours/max(l.time.Seconds(), 1e-6), l.name)
}

func measure(ctx context.Context, bin string, args []string) (sample, error) {
	cmd := exec.CommandContext(ctx, bin, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "OSTREE_SYSROOT_DEBUG=mutable-deployments")
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return sample{}, fmt.Errorf("%s %s: %w\n%s", bin, strings.Join(args, " "), err, stderr.String())
	}
	usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), rss: int64(usage.Maxrss)}, nil
}

func median(s []sample, f func(sample) float64) float64 {
	v := make([]float64, len(s))
	for i := range s {
		v[i] = f(s[i])
	}
	return middle(v)
}

// pairedRatio is the median of the ratios of neighbouring runs, which saw the same load.
func pairedRatio(theirs, ours []sample, f func(sample) float64) float64 {
	v := make([]float64, len(theirs))
	for i := range v {
		v[i] = f(theirs[i]) / max(f(ours[i]), 1e-6)
	}
	return middle(v)
}

func middle(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}
