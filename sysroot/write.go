package sysroot

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// WriteOptions change how WriteDeployments works; nil means the defaults.
type WriteOptions struct {
	// NoCleanup leaves what is no longer used to a later Cleanup.
	NoCleanup bool
	// NoPrune cleans up, but leaves the repository's objects alone.
	NoPrune bool
}

// WriteDeployments makes list the list of deployments, in boot order, with one
// atomic switch of the boot configuration. The boot partition is touched only
// if the boot loader would show or boot something else. The booted deployment
// must stay in the list. An identical list changes nothing. A failure to clean
// up after the switch is only logged, since the next operation repeats it.
func (s *Sysroot) WriteDeployments(ctx context.Context, list []*Deployment, o *WriteOptions) error {
	if o == nil {
		o = &WriteOptions{}
	}
	return s.locked(ctx, func() error {
		if err := s.write(ctx, list); err != nil {
			return fmt.Errorf("write deployments: %w", err)
		}
		if o.NoCleanup {
			return nil
		}
		if err := s.Cleanup(context.WithoutCancel(ctx), &CleanupOptions{NoPrune: o.NoPrune}); err != nil {
			s.log.Warn("deployments are written, but not all that is unused could be removed", "error", err)
		}
		return nil
	})
}

func (s *Sysroot) write(ctx context.Context, list []*Deployment) error {
	if s.boot == nil {
		return fmt.Errorf("%s has no boot directory", s.path)
	}
	list, keepStaged, err := s.checkList(list)
	if err != nil {
		return err
	}
	current := s.withoutStaged()
	list = bootSerials(list)
	same := len(s.problems) == 0 && slices.EqualFunc(list, current, unchanged)
	if same && keepStaged == (s.Staged() != nil) {
		return nil
	}
	if !keepStaged && s.Staged() != nil {
		if err := s.dropStaged(ctx); err != nil {
			return err
		}
	}
	full, err := s.needsFullSwap(ctx, current, list)
	if err != nil {
		return err
	}
	var swap *bootloader.Swap
	switch {
	case same: // only the staged one went
	case full:
		swap, err = s.prepareFull(ctx, list)
	default:
		swap, err = s.boot.PrepareLinks(ctx, bootlinks(list))
	}
	if err != nil {
		return err
	}
	return s.commitSwap(ctx, swap, len(list)-len(current))
}

// commitSwap is the point of no return.
func (s *Sysroot) commitSwap(ctx context.Context, swap *bootloader.Swap, change int) error {
	if swap != nil {
		defer swap.Abort()
		if err := swap.Commit(ctx); err != nil { // COMMIT POINT
			return errors.Join(err, s.bump(context.WithoutCancel(ctx)))
		}
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.bump(ctx); err != nil {
		return err
	}
	if _, err := s.Reload(ctx); err != nil {
		return err
	}
	if swap != nil {
		s.notify(Event{Swap: &SwapReport{Full: swap.Full(), State: swap.State(), Change: change, Loader: s.loaderName()}})
	}
	return nil
}

func (s *Sysroot) loaderName() string {
	b, err := s.boot.Backend()
	if err != nil {
		return ""
	}
	return b.Name()
}

func (s *Sysroot) withoutStaged() []*Deployment {
	if s.Staged() != nil {
		return s.list[1:]
	}
	return s.list
}

// checkList refuses lists that would lose the running system or cannot boot. A
// staged deployment is allowed in its place only and split off.
func (s *Sysroot) checkList(list []*Deployment) (rest []*Deployment, staged bool, err error) {
	if len(list) > 0 && list[0].Staged {
		if !list[0].Equal(s.Staged()) {
			return nil, false, fmt.Errorf("%s is not the staged deployment", list[0].Name())
		}
		list, staged = list[1:], true
	}
	seen := map[string]bool{}
	bootedSeen := s.Booted() == nil
	for _, d := range list {
		if d.Staged {
			return nil, false, fmt.Errorf("staged deployment %s is not first", d.Name())
		}
		if err := checkStateroot(d.Stateroot); err != nil {
			return nil, false, err
		}
		if seen[d.dir()] {
			return nil, false, fmt.Errorf("deployment %s is listed twice", d.Name())
		}
		seen[d.dir()] = true
		bootedSeen = bootedSeen || d.Equal(s.Booted())
		st, err := s.ostree.Lstat(d.dir())
		if err != nil {
			return nil, false, err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFDIR {
			return nil, false, fmt.Errorf("deployment %s is not a directory", d.Name())
		}
	}
	if !bootedSeen {
		return nil, false, errors.New("Attempting to remove booted deployment") //lint:ignore ST1005 known text
	}
	return list, staged, nil
}

// unchanged reports whether nothing would be written differently for b than
// for a.
func unchanged(b, a *Deployment) bool {
	return a.Equal(b) && a.BootSerial == b.BootSerial && a.BootCsum == b.BootCsum &&
		a.Boot != nil && b.Boot != nil && a.Boot.Options == b.Boot.Options && slices.Equal(a.Boot.Initrd, b.Boot.Initrd)
}

// needsFullSwap: false if the present entries fit the new list too, so that
// only the bootlinks change.
func (s *Sysroot) needsFullSwap(ctx context.Context, old, list []*Deployment) (bool, error) {
	if len(old) != len(list) || len(s.problems) > 0 {
		return true, nil
	}
	for i, d := range list {
		o := old[i]
		if o.Stateroot != d.Stateroot || o.BootCsum != d.BootCsum || o.Boot == nil || d.Boot == nil ||
			o.KernelArgs().String() != d.KernelArgs().String() || !slices.Equal(overlays(o), overlays(d)) {
			return true, nil
		}
		if o.Commit == d.Commit {
			continue
		}
		a, err := s.Version(ctx, o)
		if err != nil { // the old commit is gone: rewrite
			return true, nil
		}
		b, err := s.Version(ctx, d)
		if err != nil || a != b {
			return true, err
		}
	}
	return false, nil
}

// overlays are the initramfs images after the deployment's own.
func overlays(d *Deployment) []string {
	var out []string
	if d.Boot != nil {
		for _, p := range d.Boot.Initrd {
			if path.Dir(p) == path.Join("/", kernelsDir, overlayDir) {
				out = append(out, p)
			}
		}
	}
	return out
}

func bootlinks(list []*Deployment) []bootloader.Bootlink {
	links := make([]bootloader.Bootlink, 0, len(list))
	for _, d := range list {
		links = append(links, bootloader.Bootlink{Path: d.linkPath(), Target: path.Join("../../..", d.dir())})
	}
	return links
}

func (s *Sysroot) prepareFull(ctx context.Context, list []*Deployment) (*bootloader.Swap, error) {
	next, err := s.boot.Next(ctx)
	if err != nil {
		return nil, err
	}
	w := &entryWriter{s: s, list: list, state: next}
	c := &bootloader.Config{Links: bootlinks(list)}
	for i := range list {
		e, err := w.entry(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("boot entry of %s: %w", list[i].Name(), err)
		}
		c.Entries = append(c.Entries, e)
	}
	if len(list) > 0 {
		if c.Extra, err = s.ubootExtra(list[0]); err != nil {
			return nil, err
		}
		if s.Booted() == nil && s.opts.GrubExec == "" { // a program of the caller's is not in the deployment
			c.ToolRoot = list[0].Path(s)
		}
	}
	return s.boot.Prepare(ctx, c)
}

func (s *Sysroot) ubootExtra(d *Deployment) ([]byte, error) {
	root, err := s.ostree.OpenDir(d.dir())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	const name, limit = "usr/lib/ostree-boot/uEnv.txt", 1 << 20
	if !isRegular(root, name) {
		return nil, nil
	}
	return root.ReadFile(name, limit)
}

func (s *Sysroot) openDeployment(d *Deployment) (*dirfd.Dir, error) { return s.ostree.OpenDir(d.dir()) }
