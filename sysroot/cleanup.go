package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"golang.org/x/sys/unix"
)

// CleanupOptions change how Cleanup works; nil means the defaults.
type CleanupOptions struct {
	// NoPrune leaves the repository's objects alone.
	NoPrune bool
}

// Cleanup removes what no deployment uses: old boot entries and bootlinks,
// deployment directories that are not listed (also half-made ones), kernels,
// refs of deployments, and objects that nothing refers to. It completes what
// an interrupted operation left and may be repeated at any time.
func (s *Sysroot) Cleanup(ctx context.Context, o *CleanupOptions) error {
	if o == nil {
		o = &CleanupOptions{}
	}
	return s.locked(ctx, func() error {
		for _, step := range []func(context.Context) error{
			s.cleanBoot, s.cleanDeployments, s.cleanKernels, s.writeRefs,
		} {
			if err := step(ctx); err != nil {
				return fmt.Errorf("clean up: %w", err)
			}
		}
		if o.NoPrune {
			return nil
		}
		if err := s.prune(ctx); err != nil {
			return fmt.Errorf("clean up: %w", err)
		}
		return nil
	})
}

// cleanBoot comes first: it makes an interrupted switch durable before what the
// previous state needs goes.
func (s *Sysroot) cleanBoot(ctx context.Context) error {
	if s.boot == nil {
		return nil
	}
	if err := s.boot.CleanUp(ctx); err != nil {
		return err
	}
	if err := sweepTemps(ctx, s.ostree, "."); err != nil {
		return err
	}
	return sweepTemps(ctx, s.bootD, ".")
}

// sweepTemps removes temporary names that a crash left in a directory. Nobody
// else creates any while the lock is held.
func sweepTemps(ctx context.Context, d *dirfd.Dir, rel string) error {
	ents, err := readDirIfThere(d, rel)
	if err != nil {
		return err
	}
	for _, e := range ents {
		if !strings.HasPrefix(e.Name, atomicfs.TempPrefix) {
			continue
		}
		if err := atomicfs.RemoveAll(ctx, d, path.Join(rel, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// used lists what must stay: all deployments, and those behind boot entries that
// could not be read, for a machine may still boot them. They go when a switch
// of the boot configuration has left their bootlinks behind.
func (s *Sysroot) used() ([]*Deployment, error) {
	used := s.Deployments()
	if len(s.problems) == 0 {
		return used, nil
	}
	err := eachBootlink(s.ostree, s.state.LinkDir(), func(stateroot, csum, target string) {
		c, serial, err := parseDeploymentName(path.Base(target))
		d := &Deployment{Stateroot: stateroot, Commit: c, Serial: serial, BootCsum: csum}
		if err == nil && !slices.ContainsFunc(used, d.Equal) {
			used = append(used, d)
		}
	})
	return used, err
}

// eachBootlink calls fn for the links STATEROOT/BOOTCSUM/BOOTSERIAL below dir.
func eachBootlink(root *dirfd.Dir, dir string, fn func(stateroot, csum, target string)) error {
	stateroots, err := readDirIfThere(root, dir)
	if err != nil {
		return err
	}
	for _, os := range stateroots {
		csums, err := readDirIfThere(root, path.Join(dir, os.Name))
		if err != nil {
			return err
		}
		for _, csum := range csums {
			links, err := readDirIfThere(root, path.Join(dir, os.Name, csum.Name))
			if err != nil {
				return err
			}
			for _, l := range links {
				if target, err := root.Readlink(path.Join(dir, os.Name, csum.Name, l.Name)); err == nil {
					fn(os.Name, csum.Name, target)
				}
			}
		}
	}
	return nil
}

func (s *Sysroot) cleanDeployments(ctx context.Context) error {
	roots, err := readDirIfThere(s.ostree, deployDir)
	if err != nil {
		return err
	}
	used, err := s.used()
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, d := range used {
		keep[d.dir()] = true
	}
	for _, root := range roots {
		if root.Type != unix.DT_DIR {
			continue
		}
		ents, err := readDirIfThere(s.ostree, deploymentsDir(root.Name))
		if err != nil {
			return err
		}
		for _, e := range ents {
			if err := s.cleanEntry(ctx, root.Name, e.Name, keep); err != nil {
				return err
			}
		}
		if err := sweepTemps(ctx, s.ostree, deploymentsDir(root.Name)); err != nil {
			return err
		}
		if err := s.cleanBacking(ctx, root.Name, keep); err != nil {
			return err
		}
	}
	return nil
}

// cleanEntry removes an unlisted deployment: the directory last, since as long
// as it exists the next clean-up finds the rest.
func (s *Sysroot) cleanEntry(ctx context.Context, stateroot, name string, keep map[string]bool) error {
	isOrigin := strings.HasSuffix(name, ".origin")
	c, serial, err := parseDeploymentName(strings.TrimSuffix(name, ".origin"))
	if err != nil {
		if strings.HasPrefix(name, atomicfs.TempPrefix) {
			return nil
		}
		s.log.Warn("unknown file beside deployments", "path", path.Join(deploymentsDir(stateroot), name))
		return nil
	}
	d := &Deployment{Stateroot: stateroot, Commit: c, Serial: serial}
	if keep[d.dir()] || s.isRoot(d) {
		return nil
	}
	if err := atomicfs.RemoveAll(ctx, s.ostree, d.originFile()); err != nil || isOrigin {
		return err
	}
	if err := atomicfs.RemoveAll(ctx, s.ostree, d.backing()); err != nil {
		return err
	}
	return atomicfs.RemoveAll(ctx, s.ostree, d.dir())
}

// isRoot protects the running root even if the list does not know it.
func (s *Sysroot) isRoot(d *Deployment) bool {
	dev, ino, err := s.rootInode()
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	st, err := s.ostree.Lstat(d.dir())
	return err == nil && st.Dev == dev && st.Ino == ino
}

func (s *Sysroot) cleanBacking(ctx context.Context, stateroot string, keep map[string]bool) error {
	dir := path.Join(deployDir, stateroot, backingDir)
	ents, err := readDirIfThere(s.ostree, dir)
	if err != nil {
		return err
	}
	for _, e := range ents {
		c, serial, err := parseDeploymentName(e.Name)
		if err != nil {
			continue
		}
		d := &Deployment{Stateroot: stateroot, Commit: c, Serial: serial}
		if keep[d.dir()] || s.isRoot(d) {
			continue
		}
		if err := atomicfs.RemoveAll(ctx, s.ostree, d.backing()); err != nil {
			return err
		}
	}
	return nil
}

var kernelDirName = regexp.MustCompile(`^.+-([0-9a-f]{64})$`)

// cleanKernels removes kernels and overlay images of no deployment. A checksum
// that any stateroot uses is kept for all, as libostree does.
func (s *Sysroot) cleanKernels(ctx context.Context) error {
	if s.bootD == nil {
		return nil
	}
	used, err := s.used()
	if err != nil {
		return err
	}
	var csums, images []string
	for _, d := range used {
		csums = append(csums, d.BootCsum)
		images = append(images, overlays(d)...)
	}
	ents, err := readDirIfThere(s.bootD, kernelsDir)
	if err != nil {
		return err
	}
	for _, e := range ents {
		m := kernelDirName.FindStringSubmatch(e.Name)
		if m == nil || e.Type != unix.DT_DIR || slices.Contains(csums, m[1]) {
			continue
		}
		if err := atomicfs.RemoveAll(ctx, s.bootD, path.Join(kernelsDir, e.Name)); err != nil {
			return err
		}
	}
	return s.cleanOverlays(ctx, images)
}

func (s *Sysroot) cleanOverlays(ctx context.Context, images []string) error {
	dir := path.Join(kernelsDir, overlayDir)
	ents, err := readDirIfThere(s.bootD, dir)
	if err != nil {
		return err
	}
	for _, e := range ents {
		p := path.Join(dir, e.Name)
		if !strings.HasSuffix(e.Name, ".img") || slices.Contains(images, "/"+p) {
			continue
		}
		if err := atomicfs.Remove(ctx, s.bootD, p); err != nil {
			return err
		}
	}
	return nil
}

// deploymentRef is ostree/B/S/INDEX.
var deploymentRef = regexp.MustCompile(`^ostree/[01]/[01]/[0-9]+$`)

// writeRefs makes the deployments' commits reachable for every program that
// prunes. New refs are written before old ones go.
func (s *Sysroot) writeRefs(ctx context.Context) error {
	want := map[string]ostree.Checksum{}
	for i, d := range s.list {
		want[fmt.Sprintf("ostree/%d/%d/%d", s.state.BootVersion, s.state.SubBootVersion, i)] = d.Commit
	}
	refs, err := s.repo.Refs(ctx, &ostree.RefsOptions{Prefix: "ostree"})
	if err != nil {
		return err
	}
	var old []string
	for _, r := range refs {
		name := r.Name
		if !strings.HasPrefix(name, "ostree/") {
			name = "ostree/" + name
		}
		switch c, ok := want[name]; {
		case ok && c == r.Checksum:
			delete(want, name)
		case !ok && deploymentRef.MatchString(name):
			old = append(old, name)
		}
	}
	// Also without a change, the transaction drops what others left behind that died before the last boot.
	tx, err := s.repo.Begin(ctx, &ostree.TxOptions{NoSync: s.opts.NoSync})
	if err != nil {
		return err
	}
	defer tx.Abort()
	for name, c := range want {
		tx.SetRef(name, c)
	}
	for _, name := range old {
		tx.DeleteRef(name)
	}
	_, err = tx.Commit(ctx)
	return err
}

func (s *Sysroot) prune(ctx context.Context) error {
	used, err := s.used()
	if err != nil {
		return err
	}
	var roots []ostree.Checksum
	for _, d := range used {
		roots = append(roots, d.Commit)
	}
	stats, err := s.repo.Prune(ctx, &ostree.PruneOptions{RefsOnly: true, Depth: new(int), Keep: roots})
	if err != nil {
		return err
	}
	if stats.Pruned > 0 {
		s.log.Info("objects pruned", "count", stats.Pruned, "bytes", stats.Freed)
	}
	return nil
}

// dropStaged forgets the staged deployment; its directory goes with the next
// clean-up.
func (s *Sysroot) dropStaged(ctx context.Context) error {
	for _, name := range []string{stagedFile, stagedLocked} {
		if err := s.removeRunFile(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
