package ostree

import (
	"context"
	"errors"
	"fmt"
	"os"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// With fs-verity the kernel itself protects objects: nobody can write to one, and reading one that the disk has damaged
// fails. It is a matter of the file system below the repository; the format knows nothing of it. All regular files below
// objects/ get it but .commitmeta, which are replaced. Only new objects do: a changed setting does not touch old ones.

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

// seal gives a complete object fs-verity, as the configuration says. It is the last thing that changes the file.
func (t *Tx) seal(ctx context.Context, f *os.File) error {
	if t.settings.verity == settingNo || t.verityMissing.Load() {
		return nil
	}
	err := atomicfs.Seal(ctx, f)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if t.settings.verity == settingMaybe {
		t.verityMissing.Store(true)
		return nil
	}
	return fmt.Errorf("the repository requires fs-verity, but kernel or file system do not have it; enable it (for ext4, tune2fs -O verity) "+
		"or set ex-integrity.fsverity to maybe: %w", err)
}

// sealName is seal for an object of another repository that is about to be linked here.
func (t *Tx) sealName(ctx context.Context, d *dirfd.Dir, name string) error {
	if t.settings.verity == settingNo || t.verityMissing.Load() {
		return nil
	}
	f, err := d.OpenFile(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ELOOP) { // a symbolic link has no content
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return t.seal(ctx, f)
}
