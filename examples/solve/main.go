// Command solve shows what installing, erasing or updating packages would do,
// and why, without doing it:
//
//	solve --repo ID=DIR ... [--installed DIR] [--cache DIR] install|erase|update|distupgrade [SPEC ...]
//
// A repository may have a priority, "ID=DIR,priority=10", where lower is
// better. The file lists of repositories are only looked at for paths that are
// missing otherwise.
//
// DIR is a directory with repodata; that of --installed may also be a root
// directory or one with an RPM database. With --json the answer is a document
// for programs. If a request cannot be fulfilled it explains the problems and
// what would help; the exit status is then 1. It is 2 if there is no answer at
// all: for a wrong call, or a repository that cannot be read.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/rpmpkg/repo"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // a pool is arrays without pointers, quickly looked through: less memory for little time
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses besides 0.
const (
	exitProblems = 1
	exitError    = 2
)

const about = "Show what installing, erasing or updating packages would do, and why, without doing it.\n" +
	"The exit status is 1 if the request cannot be fulfilled, and 2 for a wrong call or a repository that cannot be read."

// app holds the options of one call.
type app struct {
	repos                     []string
	installed, arch, snapshot string
	cache                     string
	excludes                  []string
	json, best, noWeak, lock  bool
	allowErasing, downgrade   bool
	vendors, all, choices     bool
	stdout                    io.Writer
	metadata                  []*repo.Metadata
	refused                   bool // the problems have been printed
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, arch: machine()}
	root := glibopt.Group("solve COMMAND", about, "No command specified", "Unknown command '%s'")
	f := root.PersistentFlags()
	f.StringArrayVar(&a.repos, "repo", nil, "Repository: ID=DIR[,priority=N][,cost=N], better ones first")
	f.StringVar(&a.installed, "installed", "", "The installed system: repodata, a root directory or an RPM database")
	f.StringVar(&a.cache, "cache", "", "Keep the repositories' packages in binary form in this directory")
	f.StringVar(&a.arch, "arch", a.arch, "Architecture of the machine")
	f.StringVar(&a.snapshot, "snapshot", "", "Write the request as a test case into this directory")
	f.BoolVar(&a.json, "json", false, "Print a JSON document")
	f.BoolVar(&a.best, "best", false, "Insist on the best version")
	f.BoolVar(&a.noWeak, "no-weak", false, "Leave out recommended packages")
	f.StringArrayVar(&a.excludes, "exclude", nil, "Packages that must not be installed: SPEC")
	f.BoolVar(&a.allowErasing, "allow-erasing", false, "Erase installed packages if that makes the request possible")
	f.BoolVar(&a.downgrade, "allow-downgrade", false, "Let updates lower versions")
	f.BoolVar(&a.vendors, "allow-vendor-change", false, "Let updates change the vendor")
	f.BoolVar(&a.all, "all", false, "Say of every package of the result why it is there")
	f.BoolVar(&a.choices, "alternatives", false, "List the choices between packages as good as each other")
	f.BoolVar(&a.lock, "lock", false, "Keep every installed package as it is, as when layering on a base")
	for _, v := range []struct {
		use, short string
		action     depsolve.Action
	}{
		{"install SPEC...", "Install packages", depsolve.Install},
		{"erase SPEC...", "Erase packages", depsolve.Erase},
		{"update [SPEC...]", "Update packages, or all", depsolve.Update},
		{"distupgrade", "Bring all packages to what the repositories have", depsolve.DistUpgrade},
	} {
		root.AddCommand(&cobra.Command{Use: v.use, Short: v.short, RunE: func(c *cobra.Command, specs []string) error {
			return a.solve(c.Context(), v.action, specs)
		}})
	}
	code := glibopt.Run(ctx, root, args, nil, stdout, stderr)
	if code != 0 && !a.refused {
		return exitError
	}
	return code
}

// machine is the RPM name of the architecture that this program was built for.
func machine() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	case "386":
		return "i686"
	}
	return runtime.GOARCH
}

func (a *app) solve(ctx context.Context, action depsolve.Action, specs []string) error {
	needsSpecs := action == depsolve.Install || action == depsolve.Erase
	if needsSpecs && len(specs) == 0 {
		return glibopt.Usagef("At least one SPEC must be specified")
	}
	defer a.close()
	pool, err := a.load(ctx)
	if err != nil {
		return err
	}
	jobs := a.jobs(pool, action, specs)
	o := &depsolve.Options{
		IgnoreWeak: a.noWeak, KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true,
		AllowUninstall: a.allowErasing, AllowDowngrade: a.downgrade, AllowVendorChange: a.vendors,
	}
	if a.snapshot != "" {
		if err := testcase.Snapshot(ctx, a.snapshot, pool, jobs, o); err != nil {
			return err
		}
	}
	tr, err := pool.Solve(ctx, jobs, o)
	var unsolvable *depsolve.UnsolvableError
	if errors.As(err, &unsolvable) {
		found, findErr := a.addMissingFiles(ctx, pool)
		if findErr != nil {
			return findErr
		}
		if found {
			tr, err = pool.Solve(ctx, a.jobs(pool, action, specs), o)
		}
	}
	switch {
	case errors.As(err, &unsolvable):
		return a.printProblems(ctx, pool, unsolvable)
	case err != nil:
		return err
	}
	return a.printTransaction(pool, tr)
}

// jobs turns the request into what the solver takes.
func (a *app) jobs(pool *depsolve.Pool, action depsolve.Action, specs []string) []depsolve.Job {
	var jobs []depsolve.Job
	for _, s := range specs {
		jobs = append(jobs, depsolve.Job{Action: action, Select: pool.Match(s), ForceBest: a.best && action != depsolve.Erase})
	}
	if len(specs) == 0 {
		jobs = append(jobs, depsolve.Job{Action: action, Select: depsolve.SelectAll(), ForceBest: a.best})
	}
	if a.lock {
		if r := pool.Settings().Installed; r != nil {
			for _, id := range r.Packages() {
				jobs = append(jobs, depsolve.Job{Action: depsolve.Lock, Select: depsolve.SelectPackage(id)})
			}
		}
	}
	return jobs
}
