package bootloader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// maxConfigFile bounds the current configuration file of a boot loader.
const maxConfigFile = 4 << 20

// NewEntry is an entry to be written.
type NewEntry struct {
	// FileName is the name below entries ("ostree-2.conf").
	FileName string
	Entry    *bls.Entry
}

// Bootlink is a symbolic link below ostree/boot.B.S that a kernel argument
// ostree= names.
type Bootlink struct {
	// Path is STATEROOT/BOOTCSUM/BOOTSERIAL.
	Path string
	// Target is the content of the link, relative to its directory
	// ("../../../deploy/STATEROOT/deploy/CSUM.SERIAL").
	Target string
}

// Config is the complete boot configuration to switch to. The ostree= arguments
// in the entries must name ostree/boot.B with the B of Boot.Next.
type Config struct {
	// Entries in menu order, the default first.
	Entries []NewEntry
	Links   []Bootlink
	// Extra is RenderInput.Extra.
	Extra []byte
	// ToolRoot is where an outside program (grub2-mkconfig) runs: the root of
	// the new deployment with boot mounted in it, or "" for the running system.
	ToolRoot string
}

// Prepare builds boot/loader.B', ostree/boot.B' and what the boot loader needs
// under names nothing refers to, and syncs them. Nothing changes for the next
// boot until Swap.Commit. On failure garbage may remain, which the next
// Prepare or CleanUp removes.
func (b *Boot) Prepare(ctx context.Context, c *Config) (*Swap, error) {
	next, err := b.Next(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare boot entries: %w", err)
	}
	s := &Swap{boot: b, state: next, dir: b.boot, link: loaderLink, temp: loaderTemp, target: next.loaderDir(),
		links: c.Links, ctx: context.WithoutCancel(ctx)}
	for _, step := range []func() error{
		func() error { return ctx.Err() },
		func() error { return b.settle(ctx) },
		func() error { return b.writeLoader(ctx, s, c) },
		func() error { return b.writeLinks(ctx, next, c.Links) },
		func() error { return atomicfs.ReplaceSymlink(ctx, next.LinkDir(), b.ostree, next.linkName()) },
		func() error { return b.writeSelfLink(ctx) },
		func() error { return atomicfs.Symlink(ctx, s.target, s.dir, s.temp) },
		func() error { return b.syncPrepared(ctx) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("prepare boot entries: %w", err)
		}
	}
	return s, nil
}

// PrepareLinks builds ostree/boot.B.S' for the present boot version B. The
// boot partition is not touched: the entries name ostree/boot.B, which comes
// to lead to the new bootlinks.
func (b *Boot) PrepareLinks(ctx context.Context, links []Bootlink) (*Swap, error) {
	next, err := b.NextLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare bootlinks: %w", err)
	}
	name := next.linkName()
	s := &Swap{boot: b, state: next, dir: b.ostree, link: name, temp: name + ".tmp", target: next.LinkDir(),
		links: links, ctx: context.WithoutCancel(ctx)}
	for _, step := range []func() error{
		func() error { return ctx.Err() },
		func() error { return b.settle(ctx) },
		func() error { return b.writeLinks(ctx, next, links) },
		func() error { return atomicfs.Symlink(ctx, s.target, s.dir, s.temp) },
		func() error { return b.sync(ctx, b.ostree) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("prepare bootlinks: %w", err)
		}
	}
	return s, nil
}

// settle finishes what an interrupted swap left: as long as its temporary link
// exists the switch may be in the journal only, and the boot loader may still
// follow names that look unused from here.
func (b *Boot) settle(ctx context.Context) error {
	for _, t := range []struct {
		dir  *dirfd.Dir
		name string
	}{{b.boot, loaderTemp}, {b.ostree, "boot.0.tmp"}, {b.ostree, "boot.1.tmp"}} {
		found, err := exists(t.dir, t.name)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := b.checkpoint(ctx, t.dir); err != nil {
			return err
		}
		if err := atomicfs.Remove(ctx, t.dir, t.name); err != nil {
			return err
		}
	}
	return nil
}

// writeLoader fills boot/loader.B' and remembers every file for Commit.
func (b *Boot) writeLoader(ctx context.Context, s *Swap, c *Config) error {
	dir := s.target
	if err := atomicfs.RemoveAll(ctx, b.boot, dir); err != nil {
		return err
	}
	if err := atomicfs.MkdirAll(ctx, b.boot, path.Join(dir, entriesDir), 0o755); err != nil {
		return err
	}
	in := RenderInput{State: s.state, Extra: c.Extra}
	for _, e := range c.Entries {
		if err := b.writeEntry(ctx, s, e); err != nil {
			return fmt.Errorf("entry %s: %w", e.FileName, err)
		}
		in.Entries = append(in.Entries, e.Entry)
	}
	return b.writeBackend(ctx, s, in, c.ToolRoot)
}

func (b *Boot) writeEntry(ctx context.Context, s *Swap, e NewEntry) error {
	if _, err := bls.ParseFileName(e.FileName); err != nil {
		return err
	}
	entry := e.Entry
	if b.opts.BootPrefix {
		entry = mapPaths(entry, inRoot)
	}
	data, err := entry.Format()
	if err != nil {
		return err
	}
	return b.writeFile(ctx, s, path.Join(entriesDir, e.FileName), data)
}

func (b *Boot) writeFile(ctx context.Context, s *Swap, name string, data []byte) error {
	s.files = append(s.files, File{name, data})
	// No fdatasync: one sync covers everything before the switch.
	return atomicfs.WriteFile(ctx, b.boot, path.Join(s.target, name), data, 0o644, &atomicfs.WriteOptions{NoSync: true})
}

func (b *Boot) writeBackend(ctx context.Context, s *Swap, in RenderInput, toolRoot string) error {
	be, err := b.Backend()
	if err != nil {
		return err
	}
	if in.Current, err = b.current(be); err != nil {
		return fmt.Errorf("%s: %w", be.Name(), err)
	}
	files, err := be.Render(in)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := dirfd.CheckName(f.Name); err != nil {
			return fmt.Errorf("%s: %w", be.Name(), err)
		}
		if err := b.writeFile(ctx, s, f.Name, f.Data); err != nil {
			return fmt.Errorf("%s: %w", be.Name(), err)
		}
	}
	if g, ok := be.(Generator); ok {
		return b.generate(ctx, s, g, in, toolRoot)
	}
	return nil
}

// Backend returns the backend in use: Options.Backend, or the detected one.
func (b *Boot) Backend() (Backend, error) {
	if b.opts.Backend != nil {
		return b.opts.Backend, nil
	}
	found, err := detect(b.root, b.opts.Config)
	if _, ok := found.(*grub2); ok {
		return Grub2(b.opts.Grub2), err
	}
	return found, err
}

// current reads the running configuration files that be may take over.
func (b *Boot) current(be Backend) (map[string][]byte, error) {
	k, ok := be.(keeper)
	if !ok {
		return nil, nil
	}
	target, err := readVersionLink(b.boot, loaderLink)
	if err != nil || target == "" {
		return nil, err
	}
	data, err := b.boot.ReadFile(path.Join(target, k.keeps()), maxConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return map[string][]byte{k.keeps(): data}, nil
}

// keeper is a backend that needs the current text of one of its files.
type keeper interface{ keeps() string }

func (syslinux) keeps() string { return syslinuxConfig }

func (b *Boot) generate(ctx context.Context, s *Swap, g Generator, in RenderInput, toolRoot string) error {
	name := g.ConfigName()
	rel := path.Join(s.target, name)
	dst := path.Join("/boot", rel)
	if toolRoot == "" {
		dst = b.boot.Join(rel)
	}
	c := g.Command(dst, in)
	c.Root = toolRoot
	if b.opts.Run == nil {
		return fmt.Errorf("%s: needs to run %s, but no way to run programs was given", g.Name(), c.Argv[0])
	}
	if err := atomicfs.CheckHook(ctx, atomicfs.OpWrite, b.boot.Join(rel)); err != nil {
		return err
	}
	if err := b.opts.Run(ctx, c); err != nil {
		return fmt.Errorf("%s: run %s: %w", g.Name(), c.Argv[0], err)
	}
	data, err := b.boot.ReadFile(rel, maxConfigFile)
	if err != nil {
		return fmt.Errorf("%s: %s wrote no configuration: %w", g.Name(), c.Argv[0], err)
	}
	s.files = append(s.files, File{name, data})
	return nil
}

func (b *Boot) writeLinks(ctx context.Context, s State, links []Bootlink) error {
	if err := atomicfs.RemoveAll(ctx, b.ostree, s.LinkDir()); err != nil {
		return err
	}
	if err := atomicfs.MkdirAll(ctx, b.ostree, s.LinkDir(), 0o755); err != nil {
		return err
	}
	for _, l := range links {
		if err := dirfd.CheckPath(l.Path); err != nil {
			return fmt.Errorf("bootlink: %w", err)
		}
		name := path.Join(s.LinkDir(), l.Path)
		if err := atomicfs.MkdirAll(ctx, b.ostree, path.Dir(name), 0o755); err != nil {
			return err
		}
		if err := atomicfs.Symlink(ctx, l.Target, b.ostree, name); err != nil {
			return fmt.Errorf("bootlink: %w", err)
		}
	}
	return nil
}

// writeSelfLink makes boot/boot -> ".", so that /boot/... paths work whether or
// not boot is a partition of its own.
func (b *Boot) writeSelfLink(ctx context.Context) error {
	err := atomicfs.Symlink(ctx, ".", b.boot, "boot")
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// syncPrepared: the boot partition is read without its journal, so what the
// new entries need must be in place before the switch can be.
func (b *Boot) syncPrepared(ctx context.Context) error {
	if err := b.sync(ctx, b.ostree); err != nil {
		return err
	}
	return b.checkpoint(ctx, b.boot)
}

func (b *Boot) sync(ctx context.Context, d *dirfd.Dir) error {
	if b.opts.NoSync {
		return nil
	}
	return atomicfs.SyncFS(ctx, d)
}

func (b *Boot) checkpoint(ctx context.Context, d *dirfd.Dir) error {
	if b.opts.NoSync {
		return nil
	}
	return atomicfs.Checkpoint(ctx, d, &atomicfs.CheckpointOptions{AllowFreeze: b.opts.AllowFreeze})
}
