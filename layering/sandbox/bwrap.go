package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/dirfd"
)

// Options direct [Bwrap]. The zero value is the default.
type Options struct {
	// Path of bubblewrap; empty looks up "bwrap" in PATH.
	Path string
	// ShareNet leaves the network reachable, for hosts where a new network
	// namespace cannot be made.
	ShareNet bool
	// SourceDateEpoch is given to programs as SOURCE_DATE_EPOCH; zero leaves
	// it unset.
	SourceDateEpoch time.Time
	// Lang is the value of LANG; empty means "C".
	Lang string
	// KillDelay is how long a cancelled program may take to end after
	// SIGTERM before it is killed; <= 0 means 5 s.
	KillDelay time.Duration
}

// Bwrap returns a sandbox that uses bubblewrap.
func Bwrap(o *Options) Sandbox {
	b := &bwrap{}
	if o != nil {
		b.o = *o
	}
	if b.o.Lang == "" {
		b.o.Lang = "C"
	}
	if b.o.KillDelay <= 0 {
		b.o.KillDelay = 5 * time.Second
	}
	return b
}

// Available tells whether [Bwrap] can be expected to work for scriptlets:
// nil, or an error that wraps [ErrUnavailable].
func Available(o *Options) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: not running as root", ErrUnavailable)
	}
	if o != nil && o.Path != "" {
		return nil
	}
	if _, err := exec.LookPath("bwrap"); err != nil {
		return fmt.Errorf("%w: bubblewrap (bwrap) is not installed", ErrUnavailable)
	}
	return nil
}

type bwrap struct{ o Options }

// keptCaps are what scriptlets legitimately need: changing owners, modes,
// capabilities and ids. All else is dropped.
var keptCaps = []string{
	"cap_chown", "cap_dac_override", "cap_fowner", "cap_fsetid", "cap_kill",
	"cap_setgid", "cap_setuid", "cap_setpcap", "cap_sys_chroot", "cap_setfcap",
}

func (b *bwrap) Run(ctx context.Context, cmd Cmd) error {
	if len(cmd.Argv) == 0 {
		return errors.New("run in sandbox: no program given")
	}
	program := b.o.Path
	if program == "" {
		var err error
		if program, err = exec.LookPath("bwrap"); err != nil {
			return fmt.Errorf("run %s: %w: bubblewrap (bwrap) is not installed", programName(cmd), ErrUnavailable)
		}
	}
	args, err := b.arguments(cmd)
	if err != nil {
		return fmt.Errorf("run %s: %w", programName(cmd), err)
	}
	// The death of the forking thread would count as the death of the parent
	// (--die-with-parent), so it must stay alive until the end.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c := exec.CommandContext(ctx, program, args...)
	c.Dir = cmd.Root
	c.Env = b.environment(cmd)
	c.Stdin, c.Stdout, c.Stderr = cmd.Stdin, cmd.Stdout, cmd.Stderr
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = b.o.KillDelay
	closeFiles, err := passFiles(c, cmd)
	if err != nil {
		return fmt.Errorf("run %s: %w", programName(cmd), err)
	}
	defer closeFiles()
	err = c.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("run %s: %w", programName(cmd), context.Cause(ctx))
	}
	if err != nil {
		return exitError(cmd, err)
	}
	return nil
}

func (b *bwrap) environment(cmd Cmd) []string {
	env := []string{"LANG=" + b.o.Lang, "PATH=/usr/sbin:/usr/bin", "SYSTEMD_OFFLINE=1"}
	if !b.o.SourceDateEpoch.IsZero() {
		env = append(env, "SOURCE_DATE_EPOCH="+strconv.FormatInt(b.o.SourceDateEpoch.Unix(), 10))
	}
	return append(env, cmd.Env...)
}

// arguments builds the command line; sources inside the tree are relative to
// the working directory, which is the tree.
func (b *bwrap) arguments(cmd Cmd) ([]string, error) {
	args := []string{
		"--dev", "/dev", "--proc", "/proc", "--dir", "/run", "--dir", "/tmp", "--chdir", "/", "--die-with-parent",
		"--unshare-pid", "--unshare-uts", "--unshare-ipc", "--unshare-cgroup-try",
	}
	if !b.o.ShareNet {
		args = append(args, "--unshare-net")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--cap-drop", "ALL")
		for _, c := range keptCaps {
			args = append(args, "--cap-add", c)
		}
	}
	for _, dir := range []string{"block", "bus", "class", "dev", "devices"} {
		args = append(args, "--ro-bind-try", "/sys/"+dir, "/sys/"+dir)
	}
	for _, dir := range []string{"lib", "lib32", "lib64", "bin", "sbin"} {
		args = append(args, "--symlink", "usr/"+dir, "/"+dir)
	}
	root, err := dirfd.Open(cmd.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	tree, err := treeBinds(root, cmd.ReadOnly)
	if err != nil {
		return nil, err
	}
	args = append(args, tree...)
	dataFD := firstDataFD
	for _, bind := range cmd.Binds {
		switch {
		case !filepath.IsAbs(bind.Dest):
			return nil, fmt.Errorf("bind destination %q is not absolute", bind.Dest)
		case throughLink(root, bind.Dest):
			return nil, fmt.Errorf("bind destination %q leads through a link or file of the tree", bind.Dest)
		case bind.Data != nil:
			args = append(args, "--perms", "0755", "--ro-bind-data", strconv.Itoa(dataFD), bind.Dest)
			dataFD++
		default:
			args = append(args, bindFlag(bind.Writable), bind.Source, bind.Dest)
		}
	}
	args = append(args, "--")
	return append(args, cmd.Argv...), nil
}

func bindFlag(writable bool) string {
	if writable {
		return "--bind"
	}
	return "--ro-bind"
}

// throughLink tells whether an earlier program has put a link above dest, which
// bubblewrap would follow, also out of the tree.
func throughLink(root *dirfd.Dir, dest string) bool {
	rel := strings.TrimPrefix(filepath.Clean(dest), "/")
	if rel == "" || rel == "." {
		return false
	}
	_, err := root.Lstat(rel)
	return errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENOTDIR)
}

// treeBinds mounts usr, etc and var of the tree. A link in the place of one of
// these directories is as good as nothing: its target is not in the tree.
func treeBinds(root *dirfd.Dir, readOnly bool) ([]string, error) {
	has := func(rel string) bool {
		st, err := root.Lstat(rel)
		return err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
	}
	if !has("usr") {
		return nil, &fs.PathError{Op: "sandbox", Path: root.Join("usr"), Err: fs.ErrNotExist}
	}
	flag := bindFlag(!readOnly)
	args := []string{flag, "usr", "/usr"}
	switch {
	case has("etc"):
		args = append(args, flag, "etc", "/etc")
	case has("usr/etc"):
		args = append(args, flag, "usr/etc", "/etc")
	}
	// Programs that ask the package database must not see a half-made one.
	if !readOnly && has("usr/share/rpm") && has("usr/share/empty") {
		args = append(args, "--ro-bind", "usr/share/empty", "/usr/share/rpm")
	}
	return append(args, varBinds(has)...), nil
}

// varBinds mounts var read-only except for what scripts may use as scratch
// space: nothing written to /var would be part of the image.
func varBinds(has func(string) bool) []string {
	args := []string{"--tmpfs", "/run", "--file", strconv.Itoa(emptyFD), "/run/ostree-booted"}
	if !has("var") {
		return append(args, "--dir", "/var", "--dir", "/var/tmp", "--dir", "/var/lib", "--dir", "/var/lib/rpm-state")
	}
	args = append(args, "--ro-bind", "var", "/var")
	if has("var/tmp") {
		args = append(args, "--tmpfs", "/var/tmp")
	}
	if has("var/lib/rpm-state") {
		args = append(args, "--bind", "var/lib/rpm-state", "/var/lib/rpm-state")
	}
	return args
}

// The descriptors that the arguments refer to: an empty file that bubblewrap
// copies from, and the first of those with the data of binds. 5 is the script,
// see [ScriptPath].
const (
	emptyFD     = 3
	firstDataFD = 6
)

// passFiles hands the descriptors over.
func passFiles(c *exec.Cmd, cmd Cmd) (closeFiles func(), err error) {
	closeFiles = func() {
		for _, f := range c.ExtraFiles {
			if f != nil {
				f.Close()
			}
		}
	}
	empty, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	c.ExtraFiles = []*os.File{empty, nil, nil}
	add := func(data []byte) *os.File {
		if err != nil || data == nil {
			return nil
		}
		var f *os.File
		f, err = sealedFile(data)
		return f
	}
	c.ExtraFiles[2] = add(cmd.Script)
	for _, bind := range cmd.Binds {
		if bind.Data != nil {
			c.ExtraFiles = append(c.ExtraFiles, add(bind.Data))
		}
	}
	if err != nil {
		closeFiles()
		return nil, err
	}
	return closeFiles, nil
}

// sealedFile holds data in memory; nobody, not even the script itself, can
// change it any more.
func sealedFile(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("script", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "script")
	if _, err = f.Write(data); err == nil {
		_, err = f.Seek(0, 0)
	}
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare script: %w", err), f.Close())
	}
	return f, nil
}
