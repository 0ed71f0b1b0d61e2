package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"syscall"
	"time"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/loader"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repodata"
)

// source is a primary.xml and a file for its binary form, rewritten only when asked for.
type source struct{ primary, store string }

func (s source) Packages(ctx context.Context) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		f, err := os.Open(s.primary)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		for info, err := range repodata.ParsePrimary(ctx, f) {
			if !yield(info, err) {
				return
			}
		}
	}
}

func (s source) PackagesKey() string { return s.primary }

func (s source) OpenDerived(string) (*os.File, error) { return os.Open(s.store) }

func (s source) StoreDerived(_ context.Context, _ string, write func(io.Writer) error) error {
	f, err := os.Create(s.store)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func runChild(ctx context.Context, what string, args []string, out io.Writer) error {
	start := processorTime()
	result, err := 0, error(nil)
	switch what {
	case "parse":
		for _, err := range (source{primary: args[0]}).Packages(ctx) {
			if err != nil {
				return err
			}
			result++
		}
	case "build":
		if err := os.RemoveAll(args[1]); err != nil {
			return err
		}
		_, err = load(ctx, depsolve.NewPool("x86_64"), args)
	case "load":
		pool := depsolve.NewPool("x86_64")
		if _, err = load(ctx, pool, args); err == nil {
			pool.Matches(depsolve.SelectProvides(pool.Name("sh"))) // makes the index
			result = pool.Len()
		}
	case "layer":
		result, err = layer(ctx, args)
	default:
		return fmt.Errorf("unknown child %q", what)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%.3f %d\n", processorTime()-start, result)
	return err
}

func load(ctx context.Context, pool *depsolve.Pool, args []string) (*depsolve.Repo, error) {
	r := pool.AddRepo(args[0], nil)
	return r, loader.LoadCached(ctx, r, source{args[0], args[1]}, args[0])
}

// layer installs packages without touching the installed ones and counts the new ones.
func layer(ctx context.Context, args []string) (int, error) {
	pool := depsolve.NewPool("x86_64")
	installed, err := load(ctx, pool, args[2:])
	if err != nil {
		return 0, err
	}
	pool.SetInstalled(installed)
	if _, err := load(ctx, pool, args); err != nil {
		return 0, err
	}
	jobs := []depsolve.Job{{Action: depsolve.Lock, Select: depsolve.SelectRepo(installed)}}
	for _, s := range args[4:] {
		jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: pool.Match(s)})
	}
	tr, err := pool.Solve(ctx, jobs, &depsolve.Options{})
	if err != nil {
		return 0, err
	}
	added := 0
	for _, id := range tr.Installed() {
		if pool.Package(id).Installed {
			continue
		}
		added++
		if info, ok := pool.Package(id).Data.(*rpmpkg.Info); !ok || info.Location == "" {
			return 0, fmt.Errorf("no location of %s", pool.PkgString(id))
		}
	}
	return added, nil
}

// processorTime is that of this process in milliseconds.
func processorTime() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(time.Duration(r.Utime.Nano()+r.Stime.Nano())) / float64(time.Millisecond)
}
