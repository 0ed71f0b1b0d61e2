// Command testsolv runs solver test cases in the format of libsolv's test
// suite:
//
//	testsolv [-r] FILE.t
//
// It exits with 0 if all results are as the case expects, with 1 and the
// differences if not, with 77 if the case needs a feature that is not there,
// and with 2 if the case cannot be read. With -r it prints the results in
// place of comparing them.
//
// Problem and solution numbers are compared only as far as they tell problems
// and solutions apart.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"example.com/rpmostree/depsolve/testcase"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses; 77 is what test harnesses take for "skipped".
const (
	exitPass    = 0
	exitFail    = 1
	exitError   = 2
	exitSkipped = 77
)

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("testsolv", flag.ContinueOnError)
	flags.SetOutput(stderr)
	show := flags.Bool("r", false, "print the results instead of comparing them")
	flags.Usage = func() { fmt.Fprintln(stderr, "usage: testsolv [-r] FILE.t") }
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		if err == nil {
			flags.Usage()
		}
		return exitError
	}
	file := flags.Arg(0)
	results, err := testcase.Run(ctx, os.DirFS(filepath.Dir(file)), filepath.Base(file))
	if err != nil {
		fmt.Fprintln(stderr, "testsolv:", err)
		return exitError
	}
	if *show {
		return printResults(results, stdout, stderr)
	}
	return compare(file, results, stdout)
}

func printResults(results []testcase.Result, stdout, stderr io.Writer) int {
	code := exitPass
	for _, r := range results {
		if r.Skipped != "" {
			fmt.Fprintf(stderr, "line %d: %s\n", r.Line, r.Skipped)
			code = exitSkipped
			continue
		}
		for _, l := range r.Got {
			fmt.Fprintln(stdout, l)
		}
	}
	return code
}

// compare prints what differs: a failure counts more than something skipped.
func compare(file string, results []testcase.Result, stdout io.Writer) int {
	failed, skipped := false, false
	for _, r := range results {
		switch {
		case r.Skipped != "":
			fmt.Fprintf(stdout, "%s:%d: %s\n", file, r.Line, r.Skipped)
			skipped = true
		case r.Diff() != "":
			fmt.Fprintf(stdout, "%s:%d: expected (-) and actual (+) result differ\n%s", file, r.Line, r.Diff())
			failed = true
		}
	}
	switch {
	case failed:
		return exitFail
	case skipped:
		return exitSkipped
	}
	return exitPass
}
