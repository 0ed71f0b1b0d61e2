package layering

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"example.com/rpmostree/layering/sandbox"
)

// KernelOptions say how a kernel is made ready. The zero value makes an
// initramfs for any machine and keeps both in usr/lib/modules only.
type KernelOptions struct {
	BootLocation  BootLocation // "" means BootModules
	NoInitramfs   bool
	InitramfsArgs []string // for dracut, instead of --no-hostonly
	// NeedInitramfs makes an image without dracut an error. Etc, if not "", is a directory of the host that programs
	// see at /etc.
	NeedInitramfs bool
	Etc           string

	Sandbox sandbox.Sandbox // nil means [sandbox.None]
	Log     *slog.Logger
	Task    func(name string) // called when a new part of the work begins
}

// CompleteKernel does what the kernel of an image needs after it has been
// installed or replaced: the list of its modules, an initramfs if the image
// has dracut, and both in their places. It returns the kernel, or nil if the
// image has none. Programs of the image need a sandbox and root.
func CompleteKernel(ctx context.Context, t *Tree, o *KernelOptions) (*Kernel, error) {
	if o == nil {
		o = &KernelOptions{}
	}
	kernel, err := FindKernel(ctx, t)
	if err != nil || kernel == nil {
		return nil, err
	}
	work, err := kernelCommands(ctx, t, kernel, o)
	if err != nil {
		return nil, fmt.Errorf("complete kernel: %w", err)
	}
	if len(work) > 0 && !canRunPrograms(o.Sandbox) {
		return nil, fmt.Errorf("complete kernel: %w: making an initramfs needs root and bubblewrap (bwrap)", sandbox.ErrUnavailable)
	}
	if len(work) > 0 {
		err = t.Session(ctx, func(ctx context.Context, root string) error {
			r := programs{sandbox: o.Sandbox, log: o.Log, root: root}
			if o.Etc != "" {
				r.binds = []sandbox.Bind{{Source: o.Etc, Dest: "/etc"}}
			}
			return r.kernel(ctx, work, o.Task)
		})
		if err != nil {
			return nil, fmt.Errorf("complete kernel: %w", err)
		}
	}
	return finishKernel(ctx, t, o)
}

type kernelCommand struct {
	task string
	argv []string
}

func (r *programs) kernel(ctx context.Context, work []kernelCommand, task func(string)) error {
	for _, c := range work {
		if task != nil {
			task(c.task)
		}
		if err := r.run(ctx, c.task, sandbox.Cmd{Argv: c.argv, Env: []string{"DRACUT_NO_MKNOD=1"}, Binds: r.binds}); err != nil {
			return err
		}
	}
	return nil
}

// kernelCommands are the programs of the tree that complete the kernel.
func kernelCommands(ctx context.Context, t *Tree, kernel *Kernel, o *KernelOptions) ([]kernelCommand, error) {
	if kernel == nil {
		return nil, nil
	}
	var work []kernelCommand
	depmod, err := findProgram(ctx, t, "depmod")
	if err != nil {
		return nil, err
	}
	if depmod != "" && canRunPrograms(o.Sandbox) {
		work = append(work, kernelCommand{"Running depmod", []string{depmod, "-a", kernel.Version}})
	}
	dracut, err := findProgram(ctx, t, "dracut")
	if err == nil && dracut == "" && o.NeedInitramfs {
		err = errors.New("making an initramfs needs dracut, which the image does not have")
	}
	if err != nil || dracut == "" || o.NoInitramfs {
		return work, err
	}
	// dracut fails without it in a way that nobody would understand.
	if getopt, err := findProgram(ctx, t, "getopt"); err != nil || getopt == "" {
		if err == nil {
			err = errors.New("dracut needs getopt (of util-linux), which the image does not have: add it, or set no-initramfs: true")
		}
		return nil, err
	}
	return append(work, kernelCommand{"Generating initramfs", dracutCommand(ctx, t, dracut, kernel.Version, o.InitramfsArgs)}), nil
}

func dracutCommand(ctx context.Context, t *Tree, dracut, version string, args []string) []string {
	if len(args) == 0 {
		args = []string{"--no-hostonly"}
	}
	if hasOSTreeModule(ctx, t) {
		args = append(slices.Clone(args), "--add", "ostree")
	}
	out := "/" + modulesDir + "/" + version + "/initramfs.img"
	script := `mkdir -p /tmp/dracut && exec "$0" --reproducible -v --tmpdir=/tmp/dracut -f "$@"`
	return append(append([]string{"/bin/sh", "-c", script, dracut}, args...), out, version)
}

func hasOSTreeModule(ctx context.Context, t *Tree) bool {
	names, err := t.ReadDir(ctx, "usr/lib/dracut/modules.d")
	return err == nil && slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "ostree") })
}

// finishKernel completes the initramfs and puts both in their places.
func finishKernel(ctx context.Context, t *Tree, o *KernelOptions) (*Kernel, error) {
	kernel, err := FindKernel(ctx, t)
	if err != nil || kernel == nil {
		return nil, err
	}
	if kernel.Initramfs != "" {
		if err := completeInitramfs(ctx, t, kernel.Initramfs); err != nil {
			return nil, err
		}
	}
	where := o.BootLocation
	if where == "" {
		where = BootModules
	}
	return kernel, PlaceKernel(ctx, t, kernel, where)
}
