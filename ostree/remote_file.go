package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/keyfile"
)

// RemotesDir is the directory of [OpenOptions] where there are further remotes, with keyrings beside them; "" if there
// is none.
func (r *Repo) RemotesDir() string { return r.remotesDir }

// remoteFile is a file that can define remotes.
type remoteFile struct {
	path string // "" is the configuration of the repository
	c    *Config
}

func (r *Repo) remoteFiles() ([]remoteFile, error) {
	files := []remoteFile{{"", r.Config()}}
	if r.remotesDir == "" {
		return files, nil
	}
	d, err := dirfd.Open(r.remotesDir)
	if errors.Is(err, fs.ErrNotExist) {
		return files, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name, ".conf") {
			continue
		}
		data, err := d.ReadFile(e.Name, maxConfigSize)
		if err != nil {
			return nil, err
		}
		f, err := keyfile.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", d.Join(e.Name), err)
		}
		files = append(files, remoteFile{d.Join(e.Name), &Config{f}})
	}
	return files, nil
}

// remoteFile finds the file that defines a remote.
func (r *Repo) remoteFile(name string) (remoteFile, bool, error) {
	files, err := r.remoteFiles()
	if err != nil {
		return remoteFile{}, false, fmt.Errorf("list remotes of %s: %w", r.path, err)
	}
	for _, f := range files {
		if f.c.f.HasGroup(remoteGroup(name)) {
			return f, true, nil
		}
	}
	return remoteFile{}, false, nil
}

// fileForNewRemote is the configuration, or a file of its own where there is a directory for that.
func (r *Repo) fileForNewRemote(name string, ownFile bool) (remoteFile, error) {
	c := r.Config()
	own, err := c.GetBool("core", "add-remotes-config-dir", ownFile)
	if err != nil || !ownFile || !own || r.remotesDir == "" {
		return remoteFile{"", c}, err
	}
	return remoteFile{filepath.Join(r.remotesDir, name+".conf"), &Config{keyfile.New()}}, nil
}

// writeRemotes writes a file of remotes, or removes one that has none any more.
func (r *Repo) writeRemotes(ctx context.Context, f remoteFile) error {
	if f.path == "" {
		return r.WriteConfig(ctx, f.c)
	}
	d, err := makeDir(ctx, r.remotesDir)
	if err != nil {
		return err
	}
	defer d.Close()
	if len(f.c.Groups()) == 0 {
		return atomicfs.Remove(ctx, d, filepath.Base(f.path))
	}
	return atomicfs.WriteFile(ctx, d, filepath.Base(f.path), f.c.Bytes(), 0o644, nil)
}

// DeleteRemote removes a remote from where it is defined, together with its
// keyring in the repository; its refs stay. The error matches [fs.ErrNotExist] if there is no such
// remote.
func (r *Repo) DeleteRemote(ctx context.Context, name string) error {
	file, found, err := r.remoteFile(name)
	if err == nil && !found {
		err = fs.ErrNotExist
	}
	if err == nil {
		file.c.UnsetGroup(remoteGroup(name))
		err = r.writeRemotes(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("delete remote %q: %w", name, err)
	}
	if err := atomicfs.Remove(ctx, r.dir, name+".trustedkeys.gpg"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete keyring of remote %q: %w", name, err)
	}
	return nil
}
