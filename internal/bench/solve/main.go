// Command solve measures the solver against libsolv on the same packages, in
// pairs: each side is a process of its own with one warm pool; for each request
// one side solves, then the other, several times over, and the medians are
// compared. A request that fails counts with all its problems and solutions.
//
//	go run ./internal/bench/solve [-rounds N] [-whole] WHAT ...
//
// WHAT is "ID=PRIMARY.xml.gz", a repository on which a list of requests is
// solved for an empty system, or the path of a testcase.t with its repositories
// beside it, which is one request. The table is in Markdown: wall and processor
// time of one request in milliseconds, peak memory of the whole process in MiB,
// for libsolv and for this module. A ratio above 1 means that libsolv takes
// longer.
//
// With -whole the repositories are also used for whole runs, in a new process
// each: reading the metadata from a cache, ours or a .solv file, and adding
// packages to a system whose installed packages are all locked.
//
// It needs the solv module of the distribution's Python and libsolvext.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// requests are solved on an empty system: leaves, desktops, and some that fail.
var requests = []string{"vim-enhanced", "httpd php", "gtk3 gtk3.i686", "libreoffice-writer firefox", "gnome-shell", "gnome-keyring", "nodejs postgresql-server"}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // as examples/solve
	}
	if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	fs := flag.NewFlagSet("solve", flag.ContinueOnError)
	rounds := fs.Int("rounds", 11, "how often each side solves each request")
	serve := fs.Bool("serve", false, "be the side of this module, for the measuring process")
	whole := fs.Bool("whole", false, "also measure whole runs on the repositories: read the cache, add packages to a locked system")
	wholeRun := fs.String("whole-run", "", "be one whole run, with the caches in this directory, for the measuring process")
	specs := fs.String("specs", "", "what to add in it")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return errors.New("want ID=PRIMARY.xml.gz or a testcase.t")
	}
	switch {
	case *serve:
		return serveRequests(ctx, fs.Args(), in, out)
	case *wholeRun != "":
		return serveWhole(ctx, *wholeRun, strings.Split(*specs, ","), fs.Args(), out)
	}
	var repos, cases []string
	for _, a := range fs.Args() {
		if strings.HasSuffix(a, ".t") {
			cases = append(cases, a)
		} else {
			repos = append(repos, a)
		}
	}
	t := newTable(out)
	if len(repos) > 0 {
		if err := measure(ctx, t, *rounds, repos, requests); err != nil {
			return err
		}
	}
	for _, c := range cases {
		if err := measure(ctx, t, *rounds, []string{c}, []string{filepath.Base(filepath.Dir(c))}); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	t.summary()
	if *whole {
		return measureWhole(ctx, t, *rounds, repos)
	}
	return nil
}

// measure runs the requests on both sides in turn.
func measure(ctx context.Context, t *table, rounds int, what, requests []string) error {
	theirs, err := startPeer(ctx, what)
	if err != nil {
		return fmt.Errorf("libsolv: %w", err)
	}
	defer theirs.stop()
	ours, err := startSelf(ctx, what)
	if err != nil {
		return err
	}
	defer ours.stop()
	rows := []row{
		{what: "read", theirs: theirs.loaded, ours: ours.loaded, aside: true},
		{what: "index", theirs: theirs.indexed, ours: ours.indexed, aside: true},
	}
	if len(requests) == 1 {
		rows = nil
	}
	for _, r := range requests {
		var a, b []answer
		for range rounds {
			x, err := theirs.solve(r)
			if err != nil {
				return fmt.Errorf("libsolv: %w", err)
			}
			y, err := ours.solve(r)
			if err != nil {
				return err
			}
			a, b = append(a, x), append(b, y)
		}
		rows = append(rows, compare(r, a, b))
	}
	if err := errors.Join(theirs.stop(), ours.stop()); err != nil {
		return err
	}
	for _, r := range rows {
		t.add(r)
	}
	return nil
}

// compare makes a row of the medians.
func compare(what string, theirs, ours []answer) row {
	r := row{
		what:   what,
		theirs: medianOf(theirs, func(a answer) float64 { return a.wall }), ours: medianOf(ours, func(a answer) float64 { return a.wall }),
		theirsCPU: medianOf(theirs, func(a answer) float64 { return a.cpu }), oursCPU: medianOf(ours, func(a answer) float64 { return a.cpu }),
		theirsMiB: theirs[len(theirs)-1].peak, oursMiB: ours[len(ours)-1].peak,
		failed: ours[0].n < 0,
		result: fmt.Sprintf("%d packages", ours[0].n),
	}
	if r.failed {
		r.result = fmt.Sprintf("%d problems", -ours[0].n)
	}
	if theirs[0].n != ours[0].n {
		r.result += fmt.Sprintf(", libsolv %d", theirs[0].n)
	}
	return r
}

func medianOf(list []answer, f func(answer) float64) float64 {
	var v []float64
	for _, a := range list {
		v = append(v, f(a))
	}
	return median(v)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
