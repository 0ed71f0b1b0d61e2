// Command bench runs the same repository operations with this module's ostree command and with the real one, in turn,
// on the same generated tree, and prints medians and ratios:
//
//	go run ./internal/bench -files 20000 -bytes 600000000 -runs 5
//
// A ratio is real / ours: above 1 we are faster. Absolute times mean little on a shared machine; the pairs are interleaved
// so that both sides see the same load. The column "limit" compares with the part of the work that nobody can leave out,
// as this machine does it. A -work directory in memory (tmpfs with user attributes) keeps the file system's allocation of
// inodes out, which on ext4 can take ten times as long in one run as in the next. It takes about five times the size of the
// tree, and keeps its fixture for the next call, so that -only and -skip can divide a long comparison. It is not a test:
// nothing fails when a ratio is low.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	var c config
	flag.IntVar(&c.files, "files", 10000, "number of files in the generated tree")
	flag.Int64Var(&c.bytes, "bytes", 300_000_000, "their total size")
	flag.StringVar(&c.tree, "tree", "", "use this directory instead of a generated tree")
	flag.IntVar(&c.runs, "runs", 3, "runs of each command, after one that does not count")
	flag.StringVar(&c.only, "only", "", "comma-separated parts of operation names")
	flag.StringVar(&c.skip, "skip", "", "comma-separated parts of names of operations to leave out")
	flag.StringVar(&c.work, "work", "", "directory for trees and repositories (default: a temporary one)")
	flag.StringVar(&c.ours, "ours", "", "our command (default: built from ./examples/ostree)")
	flag.StringVar(&c.real, "real", "ostree", "the real command")
	treesOnly := flag.Bool("trees-only", false, "generate the trees in the directory for them and stop")
	flag.Parse()
	do := func() error { return c.main(context.Background(), os.Stdout) }
	if *treesOnly {
		do = c.makeTrees
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type config struct {
	files, runs int
	bytes       int64
	tree, tree2 string
	only, skip  string
	work        string
	ours, real  string
	removeWork  bool
}

func (c *config) main(ctx context.Context, w io.Writer) error {
	if err := c.prepare(); err != nil {
		return err
	}
	if c.removeWork {
		defer os.RemoveAll(c.work)
	}
	return c.run(ctx, w)
}

// run compares all wanted operations on trees that exist.
func (c *config) run(ctx context.Context, w io.Writer) error {
	server, err := newServer()
	if err != nil {
		return err
	}
	defer server.Close()
	b := &bench{config: c, server: server}
	if err := b.setUp(ctx); err != nil {
		return err
	}
	fmt.Fprintln(w, b.limits.describe(b.runs))
	fmt.Fprintln(w, header)
	for _, op := range b.operations() {
		if !c.wants(op.name) {
			continue
		}
		row, err := b.compare(ctx, op)
		if err := errors.Join(err, b.free()); err != nil {
			return fmt.Errorf("%s: %w", op.name, err)
		}
		fmt.Fprintln(w, row)
	}
	return nil
}

func (c *config) wants(name string) bool {
	return (c.only == "" || named(c.only, name)) && (c.skip == "" || !named(c.skip, name))
}

// named reports whether a part of the list is in name.
func named(list, name string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// prepare makes the working directory, our command and the tree.
func (c *config) prepare() error {
	if c.work == "" {
		dir, err := os.MkdirTemp("", "rpmostree-bench-")
		if err != nil {
			return err
		}
		c.work, c.removeWork = dir, true
	}
	if c.ours == "" {
		c.ours = filepath.Join(c.work, "ostree")
		build := exec.Command("go", "build", "-o", c.ours, "example.com/rpmostree/examples/ostree")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("building our command: %w", err)
		}
	}
	if c.tree == "" {
		c.tree = filepath.Join(c.work, "tree")
	}
	c.tree2 = filepath.Join(c.work, "tree2")
	return c.generateApart()
}

// generateApart makes the trees in a process of its own: a child's peak memory, as the kernel counts it, begins with that
// of the process that started it, so this one has to stay small.
func (c *config) generateApart() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "-trees-only", "-tree", c.tree, "-work", c.work, "-files", fmt.Sprint(c.files), "-bytes", fmt.Sprint(c.bytes))
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// makeTrees makes what is not there yet.
func (c *config) makeTrees() error {
	c.tree2 = filepath.Join(c.work, "tree2")
	if _, err := os.Stat(c.tree); err != nil {
		if err := generate(c.tree, c.files, c.bytes); err != nil {
			return err
		}
	}
	if _, err := os.Stat(c.tree2); err == nil {
		return nil
	}
	return change(c.tree, c.tree2)
}
