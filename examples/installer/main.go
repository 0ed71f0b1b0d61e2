// Command installer puts an operating system on a mounted, empty root: what a custom installer does between making file
// systems and installing the boot loader's program. It shows the packages sysroot and ostree/pull in a hundred lines.
//
//	installer -url https://example.com/repo -ref os/stable -root /mnt -karg root=UUID=... -karg rw
//
// A second run with another -ref or a newer commit updates the root in place, as an offline upgrade.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/sysroot"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// target is what to install where.
type target struct {
	root, url, ref, stateroot, remote string
	kargs                             []string
	unprivileged                      bool
	out                               io.Writer
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	t := target{out: stdout}
	flags := flag.NewFlagSet("installer", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&t.root, "root", "", "mount point of the root to install to")
	flags.StringVar(&t.url, "url", "", "URL of the image repository")
	flags.StringVar(&t.ref, "ref", "", "branch to install and to follow")
	flags.StringVar(&t.stateroot, "stateroot", "default", "name of the operating system on the root")
	flags.StringVar(&t.remote, "remote", "origin", "name to remember the repository under")
	flags.BoolVar(&t.unprivileged, "unprivileged", false, "work without root: files keep their owners in attributes")
	flags.Func("karg", "kernel argument (repeatable)", func(s string) error { t.kargs = append(t.kargs, s); return nil })
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := t.install(ctx); err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 1
	}
	return 0
}

func (t *target) install(ctx context.Context) (err error) {
	if missing := t.missing(); len(missing) > 0 {
		return fmt.Errorf("give %s", strings.Join(missing, ", "))
	}
	mode := ostree.ModeBare
	if t.unprivileged {
		mode = ostree.ModeBareUser
	}
	if err := sysroot.Init(ctx, t.root, &sysroot.InitOptions{Epoch: 1, RepoMode: mode}); err != nil {
		return err
	}
	sys, err := sysroot.Open(ctx, t.root, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.Close()) }()
	if err := sys.InitStateroot(ctx, t.stateroot); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	commit, err := t.pull(ctx, sys.Repo())
	if err != nil {
		return err
	}
	return t.deploy(ctx, sys, commit)
}

func (t *target) missing() []string {
	var out []string
	for flag, value := range map[string]string{"-root": t.root, "-url": t.url, "-ref": t.ref} {
		if value == "" {
			out = append(out, flag)
		}
	}
	slices.Sort(out)
	return out
}

// pull remembers the repository as a remote, so that the installed system finds its updates, and gets the commit.
func (t *target) pull(ctx context.Context, repo *ostree.Repo) (commit ostree.Checksum, err error) {
	rem := ostree.Remote{Name: t.remote, URL: t.url, Options: map[string]string{"gpg-verify": "false"}}
	if err := repo.AddRemote(ctx, rem, &ostree.RemoteOptions{Replace: true}); err != nil {
		return commit, err
	}
	src, opts, err := pull.OpenRemote(ctx, nil, rem)
	if err != nil {
		return commit, err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	task := progress.New(t.out, false).Task("Receiving " + t.ref)
	opts.Refs = []string{t.ref}
	opts.Progress = func(p pull.Progress) {
		done := int64(p.MetadataFetched + p.ContentFetched)
		task.Update(done, done+int64(p.MetadataPending+p.ContentPending), progress.Size(p.Bytes))
	}
	res, err := pull.Pull(ctx, repo, src, opts)
	if err != nil {
		return commit, err
	}
	task.Done(fmt.Sprintf("%d objects", res.Metadata+res.Content))
	return res.Refs[t.ref], nil
}

func (t *target) deploy(ctx context.Context, sys *sysroot.Sysroot, commit ostree.Checksum) error {
	r := sysroot.DeployRequest{Stateroot: t.stateroot, Commit: commit, Origin: sysroot.NewOrigin(t.remote + ":" + t.ref)}
	if len(t.kargs) > 0 {
		r.KernelArgs = kargs.New(t.kargs...)
	}
	d, err := sys.Deploy(ctx, r, nil)
	if err != nil {
		return err
	}
	version, err := sys.Version(ctx, d)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Installed %s %s (%s)\n", t.ref, version, d.Name())
	return nil
}
