package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// InitOptions change what Init makes; nil means epoch 0 and a bare repository.
type InitOptions struct {
	// Epoch 0 also makes the top-level directories of a classic root (dev,
	// home, proc, ...), 1 only boot and ostree, 2 makes ostree private (0700).
	Epoch int
	// RepoMode of the repository. ModeBareUser or ModeBareUserOnly make a root
	// that an unprivileged user can work on.
	RepoMode ostree.Mode
}

// Init makes path, created if needed, a physical root: directories and an
// empty repository. Doing it again is harmless.
func Init(ctx context.Context, path string, o *InitOptions) error {
	if o == nil {
		o = &InitOptions{}
	}
	if o.Epoch < 0 || o.Epoch > 2 {
		return fmt.Errorf("initialise %s: unknown epoch %d", path, o.Epoch)
	}
	if err := initDirs(ctx, path, o.Epoch); err != nil {
		return fmt.Errorf("initialise %s: %w", path, err)
	}
	repo, err := ostree.Init(ctx, filepath.Join(path, repoDir), &ostree.InitOptions{Mode: o.RepoMode})
	if err != nil {
		return fmt.Errorf("initialise %s: %w", path, err)
	}
	return repo.Close()
}

func initDirs(ctx context.Context, path string, epoch int) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	d, err := dirfd.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	type dir struct {
		name string
		perm uint32
	}
	dirs := []dir{{bootDir, 0o755}}
	if epoch == 0 {
		dirs = append(dirs, dir{"dev", 0o755}, dir{"home", 0o755}, dir{"proc", 0o755}, dir{"run", 0o755},
			dir{"sys", 0o755}, dir{"root", 0o700}, dir{"tmp", 0o1777})
	}
	ostreePerm := uint32(0o755)
	if epoch == 2 {
		ostreePerm = 0o700
	}
	dirs = append(dirs, dir{ostreeDir, ostreePerm}, dir{ostreeDir + "/" + deployDir, 0o755})
	for _, x := range dirs {
		err := atomicfs.Mkdir(ctx, d, x.name, x.perm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = d.Chmod(x.name, x.perm)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ErrNoStateroot is the cause when a stateroot does not exist.
var ErrNoStateroot = errors.New("no such stateroot")

// InitStateroot creates the stateroot called name with an empty /var. An
// existing one is an error matching fs.ErrExist.
func (s *Sysroot) InitStateroot(ctx context.Context, name string) error {
	if err := checkStateroot(name); err != nil {
		return fmt.Errorf("initialise stateroot: %w", err)
	}
	return s.locked(ctx, func() error {
		ok, err := s.ostree.Exists(varDir(name))
		if err == nil && ok {
			err = &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
		}
		if err == nil {
			err = atomicfs.MkdirAll(ctx, s.ostree, varDir(name), 0o777)
		}
		if err == nil {
			err = s.bump(ctx)
		}
		if err != nil {
			return fmt.Errorf("initialise stateroot %s: %w", name, err)
		}
		return nil
	})
}

// checkStateroot: the name becomes a directory, part of a kernel argument and of
// a boot loader path.
func checkStateroot(name string) error {
	if err := dirfd.CheckName(name); err != nil {
		return err
	}
	if strings.ContainsAny(name, " \t\r\n\"'\\") || strings.HasPrefix(name, "-") {
		return fmt.Errorf("stateroot name %q: blanks, quotes and a leading dash are not allowed", name)
	}
	return nil
}
