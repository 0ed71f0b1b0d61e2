package layering

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"

	"example.com/rpmostree/layering/sandbox"
)

// AddedFile is a file that post-processing puts into the tree.
type AddedFile struct {
	Path string // absolute
	Data []byte
	Mode uint32 // permission bits; 0 means 0644
}

// PostprocessOptions say how [Postprocess] turns assembled packages into an
// image. The zero value is the default of treefiles.
type PostprocessOptions struct {
	Units           []string // enabled
	DefaultTarget   string
	RemoveFiles     []string
	AddFiles        []AddedFile
	Scripts         [][]byte // run in this order, executable with an interpreter line
	Treefile        []byte   // kept in the image for information; nil is none
	OSReleaseBase   string   // text of os-release that is replaced by Version
	Version         string
	NoMachineID     bool     // machineid-compat: false
	TmpIsDir        bool     // /tmp is a directory of the image
	OptUsrLocal     string   // "var" (or "") or "root"
	EtcGroupMembers []string // groups that stay in /etc/group
	BootLocation    BootLocation
	NoInitramfs     bool
	InitramfsArgs   []string // instead of --no-hostonly

	Sandbox sandbox.Sandbox // nil means [sandbox.None]
	Log     *slog.Logger
	Task    func(name string) // called when a new part of the work begins
}

// Postprocess finishes the tree of an image: it applies what the options say,
// makes initramfs and root directory, and divides the accounts between /etc
// and /usr/lib. It returns the kernel, or nil if the image has none.
//
// Scripts, and making an initramfs, need a sandbox and root; everything else
// does not.
func Postprocess(ctx context.Context, t *Tree, o *PostprocessOptions) (*Kernel, error) {
	if o == nil {
		o = &PostprocessOptions{}
	}
	p := &postprocessor{t: t, o: o}
	for _, step := range []func(context.Context) error{
		p.units, p.removeFiles, p.osRelease, p.addFiles, p.session, p.finishKernel, p.accounts, p.skeleton, p.machineID, p.integration,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("postprocess: %w", err)
		}
	}
	return p.kernel, nil
}

type postprocessor struct {
	t      *Tree
	o      *PostprocessOptions
	kernel *Kernel
}

func (p *postprocessor) task(name string) {
	if p.o.Task != nil {
		p.o.Task(name)
	}
}

const unitDir = "/usr/lib/systemd/system"

// units makes the links that "systemctl enable" would make for units that are
// wanted by multi-user.target, and default.target.
func (p *postprocessor) units(ctx context.Context) error {
	for _, unit := range p.o.Units {
		if ok, err := p.t.Exists(ctx, unitDir+"/"+unit); err != nil || !ok {
			if err == nil {
				err = fmt.Errorf("enable unit %s: %w", unit, fs.ErrNotExist)
			}
			return err
		}
		if err := p.t.Symlink(ctx, unitDir+"/"+unit, usrEtc+"/systemd/system/multi-user.target.wants/"+unit); err != nil {
			return err
		}
	}
	if p.o.DefaultTarget == "" {
		return nil
	}
	return p.t.Symlink(ctx, unitDir+"/"+p.o.DefaultTarget, usrEtc+"/systemd/system/default.target")
}

// treePath maps a path as users write it to the image: /etc is usr/etc, and
// the links of the root directory lead into usr.
func treePath(name string) string {
	rel := clean(name)
	top, rest, _ := strings.Cut(rel, "/")
	switch top {
	case "etc":
		return path.Join(usrEtc, rest)
	case "bin", "sbin", "lib", "lib64":
		return path.Join("usr", rel)
	}
	return rel
}

func (p *postprocessor) removeFiles(ctx context.Context) error {
	for _, name := range p.o.RemoveFiles {
		if rel := treePath(name); rel != "" {
			if err := p.t.RemoveIfExists(ctx, rel); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *postprocessor) addFiles(ctx context.Context) error {
	for _, f := range p.o.AddFiles {
		mode := f.Mode
		if mode == 0 {
			mode = 0o644
		}
		if err := p.t.WriteFile(ctx, treePath(f.Path), f.Data, mode); err != nil {
			return err
		}
	}
	if p.o.Treefile == nil {
		return nil
	}
	return p.t.WriteFile(ctx, treefilePath, p.o.Treefile, 0o644)
}

// osRelease writes the version of the image into os-release.
func (p *postprocessor) osRelease(ctx context.Context) error {
	if p.o.OSReleaseBase == "" || p.o.Version == "" {
		return nil
	}
	for _, name := range []string{"usr/lib/os-release", usrEtc + "/os-release"} {
		data, err := p.t.ReadFile(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			if target, lerr := p.t.Readlink(ctx, name); lerr == nil && target != "" {
				continue // leads to the other one
			}
			return err
		}
		if err := p.t.Rewrite(ctx, name, mutateOSRelease(data, p.o.OSReleaseBase, p.o.Version), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func mutateOSRelease(data []byte, base, version string) []byte {
	var out bytes.Buffer
	for line := range strings.Lines(string(data)) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\n"), "=")
		if !ok || key == "OSTREE_VERSION" {
			if !ok {
				out.WriteString(line)
			}
			continue
		}
		if key == "VERSION" || key == "PRETTY_NAME" {
			value = strings.Replace(value, base, version, 1)
		}
		out.WriteString(key + "=" + value + "\n")
	}
	out.WriteString("OSTREE_VERSION='" + version + "'\n")
	return out.Bytes()
}

// accounts divides users and groups, and makes new home directories appear
// where the image has them.
func (p *postprocessor) accounts(ctx context.Context) error {
	if _, err := SplitUsers(ctx, p.t, p.o.EtcGroupMembers); err != nil {
		return err
	}
	if err := removeAccountLeftovers(ctx, p.t, usrEtc); err != nil {
		return err
	}
	if err := NormalizeShadow(ctx, p.t, usrEtc); err != nil {
		return err
	}
	const conf = usrEtc + "/default/useradd"
	data, err := p.t.ReadFile(ctx, conf)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "HOME=/home") {
			lines[i] = "HOME=/var/home" + strings.TrimPrefix(line, "HOME=/home")
		}
	}
	return p.t.Rewrite(ctx, conf, []byte(strings.Join(lines, "\n")), 0o644)
}

// machineID leaves the id to the first boot: an empty file lets systemd write
// one, with no file at all it also knows that this is the first boot.
func (p *postprocessor) machineID(ctx context.Context) error {
	const name = usrEtc + "/machine-id"
	if p.o.NoMachineID {
		return p.t.RemoveIfExists(ctx, name)
	}
	return p.t.WriteFile(ctx, name, nil, 0o444)
}

// session runs everything that needs programs of the tree, in one checkout.
func (p *postprocessor) session(ctx context.Context) error {
	kernel, err := FindKernel(ctx, p.t)
	if err != nil {
		return err
	}
	p.kernel = kernel
	work, err := kernelCommands(ctx, p.t, kernel, p.kernelOptions())
	if err != nil {
		return err
	}
	if len(p.o.Scripts)+len(work) == 0 {
		return nil
	}
	if !canRunPrograms(p.o.Sandbox) {
		what := "postprocess scripts need"
		if len(p.o.Scripts) == 0 {
			what = "making an initramfs (see no-initramfs) needs"
		}
		return fmt.Errorf("%w: %s root and bubblewrap (bwrap)", sandbox.ErrUnavailable, what)
	}
	return p.t.Session(ctx, func(ctx context.Context, root string) error {
		r := programs{sandbox: p.o.Sandbox, log: p.o.Log, root: root}
		for i, script := range p.o.Scripts {
			p.task("Running postprocess scripts")
			if err := r.script(ctx, i, script); err != nil {
				return err
			}
		}
		return r.kernel(ctx, work, p.o.Task)
	})
}

// canRunPrograms tells whether programs of the tree can be run at all.
func canRunPrograms(s sandbox.Sandbox) bool {
	return s != nil && s != sandbox.None() && os.Geteuid() == 0
}

// programs runs programs of a checkout.
type programs struct {
	sandbox sandbox.Sandbox
	log     *slog.Logger
	root    string
	binds   []sandbox.Bind
}

// script lets the kernel choose the interpreter.
func (r *programs) script(ctx context.Context, i int, script []byte) error {
	if !bytes.HasPrefix(script, []byte("#!")) {
		script = append([]byte("#!/bin/sh\n"), script...)
	}
	const dest = "/run/postprocess-script"
	cmd := sandbox.Cmd{Argv: []string{dest}, Binds: []sandbox.Bind{{Data: script, Dest: dest}}}
	return r.run(ctx, fmt.Sprintf("postprocess script %d", i+1), cmd)
}

func (r *programs) run(ctx context.Context, what string, cmd sandbox.Cmd) error {
	var out bytes.Buffer
	cmd.Root, cmd.Stdout, cmd.Stderr = r.root, &out, &out
	err := r.sandbox.Run(ctx, cmd)
	if r.log != nil {
		for line := range strings.Lines(out.String()) {
			r.log.InfoContext(ctx, strings.TrimRight(line, "\n"), "script", what)
		}
	}
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	return fmt.Errorf("%s: %w; last output: %s", what, err, strings.Join(lines[max(0, len(lines)-3):], " | "))
}

// findProgram returns the absolute path of a program of the tree, or "".
func findProgram(ctx context.Context, t *Tree, name string) (string, error) {
	for _, dir := range []string{"usr/bin/", "usr/sbin/"} {
		if ok, err := t.Exists(ctx, dir+name); err != nil || ok {
			return "/" + dir + name, err
		}
	}
	return "", nil
}

func (p *postprocessor) kernelOptions() *KernelOptions {
	o := &KernelOptions{
		BootLocation: p.o.BootLocation, NoInitramfs: p.o.NoInitramfs, InitramfsArgs: p.o.InitramfsArgs,
		Sandbox: p.o.Sandbox, Log: p.o.Log, Task: p.o.Task,
	}
	if o.BootLocation == "" {
		o.BootLocation = BootNew
	}
	return o
}

func (p *postprocessor) finishKernel(ctx context.Context) (err error) {
	p.kernel, err = finishKernel(ctx, p.t, p.kernelOptions())
	return err
}
