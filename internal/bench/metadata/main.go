// Command metadata measures how fast repository metadata is read, against
// libsolv on the same files, in alternation:
//
//	go run ./internal/bench/metadata [-rounds N] [-installed PRIMARY] PRIMARY [SPEC ...]
//
// PRIMARY is an uncompressed primary.xml. The rows are: parsing it; making the
// binary cache of it, which is what rpmmd2solv does too, and reading that into
// a pool, which it does not; loading that cache, or
// libsolv's .solv file, into an empty pool with its index of providers; and
// with -installed, everything that layering the SPECs on those packages, all of
// them locked, takes with both in binary form. The table is in Markdown:
// medians of processor time (user and system) in milliseconds, peak memory of
// a process in MiB. A ratio above 1 means that libsolv takes longer.
//
// It needs rpmmd2solv and the solv module of the distribution's Python.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("metadata", flag.ContinueOnError)
	rounds := fs.Int("rounds", 7, "how often each side does each thing")
	installed := fs.String("installed", "", "primary.xml of the installed packages")
	child := fs.String("child", "", "do one thing, for the measuring process")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *child != "" {
		return runChild(ctx, *child, fs.Args(), out)
	}
	if fs.NArg() == 0 {
		return errors.New("want a primary.xml")
	}
	dir, err := os.MkdirTemp("", "rpmostree-bench-metadata-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{dir: dir, rounds: *rounds, out: out}
	return b.run(ctx, fs.Arg(0), *installed, fs.Args()[1:])
}

type bench struct {
	dir    string
	rounds int
	out    io.Writer
}

func (b *bench) run(ctx context.Context, primary, installed string, specs []string) error {
	fmt.Fprintln(b.out, "| what | libsolv cpu ms | ours cpu ms | ratio | libsolv MiB | ours MiB | result |")
	fmt.Fprintln(b.out, "|---|---|---|---|---|---|---|")
	solv, store := filepath.Join(b.dir, "r.solv"), filepath.Join(b.dir, "r")
	parse := command{name: "rpmmd2solv", in: primary, out: solv}
	if err := b.row(ctx, "parse", parse, self("parse", primary)); err != nil {
		return err
	}
	if err := b.row(ctx, "parse and write the cache", parse, self("build", primary, store)); err != nil {
		return err
	}
	python := func(args ...string) command {
		return command{name: "/usr/bin/python3", args: append([]string{"-c", peerScript}, args...), reports: true}
	}
	if err := b.row(ctx, "load the cache", python("load", solv), self("load", primary, store)); err != nil {
		return err
	}
	if installed == "" {
		return nil
	}
	system, systemStore := filepath.Join(b.dir, "i.solv"), filepath.Join(b.dir, "i")
	for _, c := range []command{{name: "rpmmd2solv", in: installed, out: system}, self("build", installed, systemStore)} {
		if _, err := c.run(ctx); err != nil {
			return err
		}
	}
	return b.row(ctx, fmt.Sprintf("load, layer %d packages on locked ones", len(specs)),
		python(append([]string{"layer", solv, system}, specs...)...),
		self("layer", append([]string{primary, store, installed, systemStore}, specs...)...))
}

// row measures both sides in turn.
func (b *bench) row(ctx context.Context, what string, theirs, ours command) error {
	var a, o []usage
	for range b.rounds {
		for _, side := range []struct {
			c    command
			list *[]usage
		}{{theirs, &a}, {ours, &o}} {
			u, err := side.c.run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			*side.list = append(*side.list, u)
		}
	}
	x, y := medianOf(a), medianOf(o)
	result := y.result
	if x.result != "" && x.result != y.result {
		result += ", libsolv " + x.result
	}
	_, err := fmt.Fprintf(b.out, "| %s | %.0f | %.0f | %.2f | %.0f | %.0f | %s |\n", what, x.cpu, y.cpu, x.cpu/y.cpu, x.peak, y.peak, result)
	return err
}

// medianOf takes the median of the times and the highest peak.
func medianOf(list []usage) usage {
	slices.SortFunc(list, func(a, b usage) int { return int((a.cpu - b.cpu) * 1000) })
	m := list[len(list)/2]
	for _, u := range list {
		m.peak = max(m.peak, u.peak)
	}
	return m
}
