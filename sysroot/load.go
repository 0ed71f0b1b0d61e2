package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/bootloader/bls"
	"golang.org/x/sys/unix"
)

// maxOriginFile bounds an origin file; real ones have some hundred bytes.
const maxOriginFile = 1 << 20

// stamp tells states of the deploy directory apart, whose times every change of the deployments sets.
type stamp struct {
	mtime, ctime unix.Timespec
	dev, ino     uint64
}

// clockTick is longer than the unit of the kernel's file times. A second change within one leaves no trace, so a state
// that young is not relied upon.
const clockTick = 50 * time.Millisecond

// Reload reads the deployments again if another process changed them, and
// reports whether it did. Deployments obtained earlier stay valid values, but
// may no longer exist.
func (s *Sysroot) Reload(ctx context.Context) (bool, error) {
	st, err := s.ostree.Lstat(deployDir)
	if err != nil {
		return false, fmt.Errorf("read deployments: %w", err)
	}
	now := stamp{st.Mtim, st.Ctim, st.Dev, st.Ino}
	if now == s.loaded && !s.young {
		return false, nil
	}
	young := time.Since(time.Unix(st.Ctim.Unix())) < clockTick // before reading: what changes later has a later time
	before := s.list
	if err := s.load(ctx); err != nil {
		return false, fmt.Errorf("read deployments: %w", err)
	}
	changed := now != s.loaded || !reflect.DeepEqual(before, s.list)
	s.loaded, s.young = now, young
	return changed, nil
}

func (s *Sysroot) load(ctx context.Context) error {
	s.list, s.problems, s.state = nil, nil, bootloader.State{}
	if s.boot == nil {
		return nil
	}
	var err error
	if s.state, err = s.boot.State(ctx); err != nil {
		return err
	}
	entries, problems, err := s.boot.Entries(ctx)
	if err != nil {
		return err
	}
	s.problems = problems
	for _, e := range entries {
		d, err := s.fromEntry(e.Entry)
		if err == nil && slices.ContainsFunc(s.list, d.Equal) {
			err = fmt.Errorf("deployment %s has an entry before", d.Name())
		}
		if err != nil {
			err = fmt.Errorf("boot entry %s: %w", e.FileName, err)
			s.log.Warn("unusable boot entry", "error", err)
			s.problems = append(s.problems, err)
			continue
		}
		d.EntryFile = e.FileName
		s.list = append(s.list, d)
	}
	return s.markRunning(ctx)
}

// markRunning finds the booted and the staged deployment.
func (s *Sysroot) markRunning(ctx context.Context) error {
	if s.isRunning() {
		if err := s.markBooted(); err != nil {
			return err
		}
		staged, err := s.loadStaged()
		if err != nil {
			s.problems = append(s.problems, fmt.Errorf("staged deployment: %w", err))
		} else if staged != nil {
			s.list = slices.Insert(s.list, 0, staged)
		}
	}
	for i, d := range s.list {
		d.Index = i
	}
	return nil
}

func (s *Sysroot) markBooted() error {
	dev, ino, err := s.rootInode()
	if err != nil {
		return err
	}
	if d, i, ok := backingRoot(filepath.Join(s.opts.runDir(), bootedFile)); ok {
		dev, ino = d, i
	}
	for _, d := range s.list {
		st, err := s.ostree.Lstat(d.dir())
		if err == nil && st.Dev == dev && st.Ino == ino {
			d.Booted = true
			return nil
		}
	}
	if len(s.problems) > 0 {
		return errors.Join(append([]error{errors.New("the running deployment is not among the usable boot entries")}, s.problems...)...)
	}
	return errors.New("the running deployment is not in the list of deployments")
}

// fromEntry makes a Deployment of a boot entry. Everything it names must be
// there.
func (s *Sysroot) fromEntry(e *bls.Entry) (*Deployment, error) {
	link, err := parseBootlink(e)
	if err != nil {
		return nil, err
	}
	target, err := os.Readlink(filepath.Join(s.path, link.full))
	if err != nil {
		return nil, fmt.Errorf("bootlink: %w", err)
	}
	d := &Deployment{Stateroot: link.stateroot, BootCsum: link.bootCsum, BootSerial: link.bootSerial, Boot: e}
	if d.Commit, d.Serial, err = parseDeploymentName(path.Base(target)); err != nil {
		return nil, fmt.Errorf("bootlink %s: %w", link.full, err)
	}
	st, err := s.ostree.Lstat(d.dir())
	if err != nil {
		return nil, fmt.Errorf("deployment: %w", err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil, fmt.Errorf("deployment %s: not a directory", d.Name())
	}
	return d, s.loadDetails(d)
}

// loadDetails reads what is stored beside the deployment: origin and flags. A
// damaged origin is a problem, but the deployment boots all the same and its
// /etc is what the next one inherits.
func (s *Sysroot) loadDetails(d *Deployment) error {
	data, err := s.ostree.ReadFile(d.originFile(), maxOriginFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("origin: %w", err)
	default:
		if d.Origin, err = ParseOrigin(data); err != nil {
			d.originErr = fmt.Errorf("%s: %w; replace it with set-origin", s.ostree.Join(d.originFile()), err)
			s.problems = append(s.problems, d.originErr)
		}
		d.Pinned = d.Origin.pinned()
	}
	d.Unlocked = s.unlockedState(d)
	return nil
}

func (s *Sysroot) unlockedState(d *Deployment) Unlocked {
	dir := filepath.Join(s.opts.runDir(), stateDir, d.Name())
	for _, u := range []Unlocked{UnlockedDevelopment, UnlockedTransient} {
		if _, err := os.Stat(filepath.Join(dir, "unlocked-"+string(u))); err == nil {
			return u
		}
	}
	if u, ok := d.Origin.Get("origin", "unlocked"); ok && u == string(UnlockedHotfix) {
		return UnlockedHotfix
	}
	return UnlockedNone
}

type bootlink struct {
	full                string // without the leading slash
	stateroot, bootCsum string
	bootSerial          int
}

func parseBootlink(e *bls.Entry) (bootlink, error) {
	var arg string
	for _, a := range strings.Fields(e.Options) {
		if v, ok := strings.CutPrefix(a, "ostree="); ok {
			arg = v
			break
		}
	}
	m := bootlinkArg.FindStringSubmatch(arg)
	if m == nil {
		return bootlink{}, fmt.Errorf("kernel argument ostree=%q does not name a bootlink", arg)
	}
	for _, part := range m[2:4] {
		if part == "." || part == ".." {
			return bootlink{}, fmt.Errorf("kernel argument ostree=%q does not name a bootlink", arg)
		}
	}
	serial, err := strconv.Atoi(m[4])
	return bootlink{arg[1:], m[2], m[3], serial}, err
}
