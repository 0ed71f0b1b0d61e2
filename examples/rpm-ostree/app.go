package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
	"example.com/rpmostree/sysroot"
)

// app is what every verb has at hand.
type app struct {
	env            func(string) string
	stdout, stderr io.Writer
	sysroot        string
	quiet          bool

	options func(*sysroot.Options) // changes how the root is opened; nil does not
	reboot  func(ctx context.Context) error
	edit    func(ctx context.Context, editor, path string) error
}

// reboot asks the service manager.
func reboot(ctx context.Context) error { return exec.CommandContext(ctx, "systemctl", "reboot").Run() }

// edit runs an editor, which may come with arguments, on the terminal.
func edit(ctx context.Context, editor, path string) error {
	c := exec.CommandContext(ctx, "/bin/sh", "-c", editor+` "$1"`, "editor", path)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	return c.Run()
}

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.stdout, format, args...) }

// say prints what is only for information.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stdout, format, args...)
	}
}

// errorf makes an error in the real command's words, which begin with a capital and which scripts match.
func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }

// exitUnchanged is the status for "nothing has changed" where that was asked for.
const exitUnchanged = 77

// withSysroot opens the system root, and closes it after f.
func (a *app) withSysroot(ctx context.Context, f func(*sysroot.Sysroot) error) error {
	path := a.sysroot
	if path == "" {
		if path = a.env("OSTREE_SYSROOT"); path == "" {
			path = "/"
		}
	}
	o := &sysroot.Options{Notify: func(e sysroot.Event) { a.say("%s\n", e) }}
	o.FromEnvironment(a.env)
	if a.options != nil {
		a.options(o)
	}
	s, err := sysroot.Open(ctx, path, o)
	if err != nil {
		return fmt.Errorf("loading sysroot: %w", err)
	}
	for _, problem := range s.Problems() {
		fmt.Fprintf(a.stderr, "warning: %v\n", problem)
	}
	return errors.Join(f(s), s.Close())
}

// engine drives a root with the facts of this machine.
func (a *app) engine(s *sysroot.Sysroot) *layering.Engine {
	o := &layering.EngineOptions{Progress: a.progress(), Sandbox: newSandbox(), Now: a.now, Stage: s.Booted() != nil}
	o.Keys = &sign.Options{}
	o.Keys.FromEnvironment(a.env)
	o.OpenRemote = func(ctx context.Context, r ostree.Remote) (pull.Source, *pull.Options, error) {
		return a.openRemote(ctx, s.Repo(), r)
	}
	return layering.NewEngine(s, o)
}

// openRemote opens a remote together with the keys that its images are verified with.
func (a *app) openRemote(ctx context.Context, repo *ostree.Repo, r ostree.Remote) (pull.Source, *pull.Options, error) {
	var keys sign.Options
	keys.FromEnvironment(a.env)
	verifier, err := sign.ForRemote(ctx, repo, r, &keys)
	if err != nil {
		return nil, nil, err
	}
	src, o, err := pull.OpenRemote(ctx, nil, r)
	if err != nil {
		return nil, nil, err
	}
	o.Verify = verifier
	return src, o, nil
}

// newSandbox is bubblewrap where it works.
func newSandbox() sandbox.Sandbox {
	if sandbox.Available(nil) != nil {
		return sandbox.None()
	}
	return sandbox.Bwrap(nil)
}

// now is the time, or what SOURCE_DATE_EPOCH fixes it to.
func (a *app) now() time.Time {
	if sec, err := strconv.ParseInt(a.env("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(sec, 0).UTC()
	}
	return time.Now()
}

// progress prints one task after the other.
func (a *app) progress() func(layering.Progress) {
	p := progress.New(a.stdout, a.quiet)
	var task *progress.Task
	var name string
	return func(r layering.Progress) {
		if r.Task != name || task == nil {
			name, task = r.Task, p.Task(r.Task)
		}
		task.Update(r.Done, r.Total, r.Detail)
		if r.Total == 0 && r.Detail != "" {
			task.Done(r.Detail)
			task = nil
		} else if r.Total > 0 && r.Done == r.Total || r.Total == 0 {
			task.Done("")
			task = nil
		}
	}
}

// changeOptions are the options of all verbs that lead to a new deployment.
type changeOptions struct {
	stateroot               string
	dryRun, unchangedExit77 bool
	reboot, downloadOnly    bool
	check, preview          bool
	request                 layering.Request
}

func (o *changeOptions) register(c *cobra.Command) {
	glibopt.String(c, &o.stateroot, "os", "", "OSNAME", "Operate on provided OSNAME")
	glibopt.String(c, &o.stateroot, "stateroot", "", "STATEROOT", "Operate on provided STATEROOT")
	glibopt.Bool(c, &o.unchangedExit77, "unchanged-exit-77", "", "If no new deployment made, exit 77")
	glibopt.Bool(c, &o.request.CacheOnly, "cache-only", "C", "Do not download latest ostree and RPM data")
	glibopt.Bool(c, &o.reboot, "reboot", "r", "Initiate a reboot after operation is complete")
	glibopt.Bool(c, &o.request.LockFinalization, "lock-finalization", "", "Prevent automatic deployment finalization on shutdown")
	glibopt.Hide(c, "os")
}

// download is for verbs that may fetch something.
func (o *changeOptions) download(c *cobra.Command) {
	glibopt.Bool(c, &o.downloadOnly, "download-only", "", "Just download latest ostree and RPM data, don't deploy")
}

func (o *changeOptions) packages(c *cobra.Command) {
	glibopt.Strings(c, &o.request.Install, "install", "", "PKG", "Overlay additional package")
	glibopt.Strings(c, &o.request.Uninstall, "uninstall", "", "PKG", "Remove overlayed additional package")
}
