package main

import (
	"fmt"
	"io"
)

// row compares both sides for one request: milliseconds, and the peak memory of
// the processes up to then.
type row struct {
	what               string
	theirs, ours       float64
	theirsCPU, oursCPU float64
	theirsMiB, oursMiB float64
	failed             bool // the request has no solution
	aside              bool // does not count in the summary
	result             string
}

// table writes rows in Markdown as they come.
type table struct {
	out            io.Writer
	solved, failed []float64
}

func newTable(out io.Writer) *table {
	fmt.Fprintln(out, "| request | libsolv ms | ours ms | ratio | libsolv cpu | ours cpu | cpu ratio | libsolv MiB | ours MiB | result |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|---|")
	return &table{out: out}
}

func (t *table) add(r row) {
	ratio := r.theirs / r.ours
	cpu, memory := "| | | ", "| | "
	if r.oursCPU > 0 {
		cpu = fmt.Sprintf("| %.2f | %.2f | %.2f ", r.theirsCPU, r.oursCPU, r.theirsCPU/r.oursCPU)
	}
	if r.oursMiB > 0 {
		memory = fmt.Sprintf("| %.0f | %.0f ", r.theirsMiB, r.oursMiB)
	}
	fmt.Fprintf(t.out, "| %s | %.2f | %.2f | %.2f %s%s| %s |\n", r.what, r.theirs, r.ours, ratio, cpu, memory, r.result)
	switch {
	case r.aside:
	case r.failed:
		t.failed = append(t.failed, ratio)
	default:
		t.solved = append(t.solved, ratio)
	}
}

func (t *table) summary() {
	for _, s := range []struct {
		what string
		list []float64
	}{{"solved", t.solved}, {"problems with solutions", t.failed}} {
		if len(s.list) > 0 {
			worst := s.list[0]
			for _, r := range s.list {
				worst = min(worst, r)
			}
			fmt.Fprintf(t.out, "| median: %s | | | %.2f | | | | | | worst %.2f |\n", s.what, median(s.list), worst)
		}
	}
}
