package ostree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// With fs-verity the kernel itself protects objects: nobody can write to one, and reading one that the disk has damaged
// fails. It is a matter of the file system below the repository; the format knows nothing of it. All regular files below
// objects/ get it but .commitmeta, which are replaced. Only new objects do: a changed setting does not touch old ones, EnableVerity does.

// tristate is a setting that may be left to what the system can do.
type tristate int

const (
	settingNo tristate = iota
	settingMaybe
	settingYes
)

func parseTristate(s string) (tristate, error) {
	switch s {
	case "no", "false", "0":
		return settingNo, nil
	case "maybe":
		return settingMaybe, nil
	case "yes", "true", "1":
		return settingYes, nil
	}
	return settingNo, fmt.Errorf("%q is not yes, no or maybe", s)
}

// verityConfig reads ex-integrity.fsverity or, in repositories without it, the keys from before it existed.
func verityConfig(c *Config) (tristate, error) {
	if v, ok := c.Get("ex-integrity", "fsverity"); ok {
		state, err := parseTristate(v)
		if err != nil {
			err = fmt.Errorf("ex-integrity.fsverity: %w", err)
		}
		return state, err
	}
	old := &configReader{c: c, group: "ex-fsverity"}
	required, opportunistic := old.bool("required", false), old.bool("opportunistic", false)
	switch {
	case required:
		return settingYes, old.err
	case opportunistic:
		return settingMaybe, old.err
	}
	return settingNo, old.err
}

// sealer gives files fs-verity, as the configuration says.
type sealer struct {
	want    tristate
	missing *atomic.Bool // kernel or file system do not have it
}

func (s sealer) off() bool { return s.want == settingNo || s.missing.Load() }

// seal is the last thing that changes a file.
func (s sealer) seal(ctx context.Context, f *os.File) error {
	if s.off() {
		return nil
	}
	err := atomicfs.Seal(ctx, f)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if s.want == settingMaybe {
		s.missing.Store(true)
		return nil
	}
	return fmt.Errorf("the repository requires fs-verity, but kernel or file system do not have it; enable it (for ext4, tune2fs -O verity) "+
		"or set ex-integrity.fsverity to maybe: %w", err)
}

// sealName seals the file with this name; a symbolic link has no content.
func (s sealer) sealName(ctx context.Context, d *dirfd.Dir, name string) error {
	if s.off() {
		return nil
	}
	f, err := d.OpenFile(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ELOOP) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return s.seal(ctx, f)
}

func (t *Tx) sealer() sealer { return sealer{t.settings.verity, &t.verityMissing} }

// seal gives a complete object fs-verity.
func (t *Tx) seal(ctx context.Context, f *os.File) error { return t.sealer().seal(ctx, f) }

// sealName is seal for an object of another repository that is about to be linked here.
func (t *Tx) sealName(ctx context.Context, d *dirfd.Dir, name string) error {
	return t.sealer().sealName(ctx, d, name)
}

// EnableVerity gives fs-verity to the objects of the repository that lack it, and to
// further files, such as composefs images. New objects have it already if
// ex-integrity.fsverity is yes or maybe; this is for those from before that was
// set, and for a repository that was copied file by file, which loses it. Where the
// setting is no, or maybe and the file system cannot do it, nothing changes. It
// reads every file once, and may be repeated after an interruption.
func (r *Repo) EnableVerity(ctx context.Context, files ...string) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	ctx, unlock, err := r.lock(ctx, false)
	if err != nil {
		return err
	}
	s := sealer{r.current().verity, new(atomic.Bool)}
	err = errors.Join(s.objects(ctx, r), unlock())
	for _, f := range files {
		if err == nil {
			err = s.file(ctx, f)
		}
	}
	if err != nil {
		return fmt.Errorf("enable fs-verity in %s: %w", r.path, err)
	}
	return nil
}

func (s sealer) file(ctx context.Context, path string) error {
	d, err := dirfd.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return s.sealName(ctx, d, filepath.Base(path))
}

func (s sealer) objects(ctx context.Context, r *Repo) error {
	if s.off() {
		return nil
	}
	dirs, err := objectDirs(r.objects)
	if err != nil {
		return err
	}
	sealDir := func(dir string) (struct{}, error) {
		names, err := objectsIn(r.objects, dir, r.mode)
		for _, n := range names {
			if err == nil && n.Type != TypeCommitMeta {
				err = ignoreNotExist(s.sealName(ctx, r.objects, n.LoosePath(r.mode)))
			}
		}
		return struct{}{}, err
	}
	for _, err := range inOrder(ctx, dirs, sealDir) {
		if err != nil {
			return err
		}
	}
	return nil
}
