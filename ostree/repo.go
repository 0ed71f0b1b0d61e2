package ostree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/internal/keyfile"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sys/unix"
)

// Repo is an open repository. It is safe for concurrent use.
type Repo struct {
	dir        *dirfd.Dir
	objects    *dirfd.Dir // objects/ below dir
	subs       subdirs    // of objects
	path       string
	mode       Mode
	id         devIno
	writable   bool
	parent     *Repo // core.parent, nil for none
	remotesDir string
	bootID     string // OpenOptions.BootID
	rw         repoLock

	mu       sync.RWMutex // guards what follows
	config   *Config
	settings settings
}

// InitOptions are the options of [Init]. The zero value makes a bare
// repository.
type InitOptions struct {
	Mode         Mode
	CollectionID string // core.collection-id; "" for none
}

// OpenOptions are the options of [Open].
type OpenOptions struct {
	// RemotesDir is a directory with further remote definitions, files called
	// *.conf. The system repository has /etc/ostree/remotes.d.
	RemotesDir string
	// BootID identifies the boot of the running system: letters, digits and
	// dashes. "" is that of the kernel, which needs /proc. What a program left
	// unfinished is taken up by the next one of the same boot, and removed by one of
	// another, since it may not have reached the disk.
	BootID string
}

// maxParents bounds the chain of parent repositories, which may be circular.
const maxParents = 16

// repoDirs are made by Init, in this order; objects is made last because its
// presence is what makes a directory a repository.
var repoDirs = [...]string{"tmp", "tmp/cache", "extensions", "state", "refs", "refs/heads", "refs/mirrors", "refs/remotes"}

// Init makes a repository at path, including missing directories above it, and
// opens it. Initialising an existing repository changes nothing, whatever the
// options; an interrupted Init can be repeated. bare-user mode needs a file
// system with user extended attributes.
func Init(ctx context.Context, path string, o *InitOptions) (*Repo, error) {
	if o == nil {
		o = &InitOptions{}
	}
	if err := initRepo(ctx, path, o); err != nil {
		return nil, fmt.Errorf("init repository %s: %w", path, err)
	}
	return Open(ctx, path, nil)
}

func initRepo(ctx context.Context, path string, o *InitOptions) error {
	config, err := initialConfig(o)
	if err != nil {
		return err
	}
	dir, err := makeDir(ctx, path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if exists, err := dir.Exists("objects"); err != nil || exists {
		return err
	}
	if o.Mode == ModeBareUser {
		if err := probeUserXattr(ctx, dir); err != nil {
			return err
		}
	}
	for _, d := range repoDirs {
		if err := atomicfs.MkdirAll(ctx, dir, d, 0o775); err != nil {
			return err
		}
	}
	if err := atomicfs.WriteFile(ctx, dir, "config", config.Bytes(), 0o644, nil); err != nil {
		return err
	}
	if err := atomicfs.Mkdir(ctx, dir, "objects", 0o775); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return atomicfs.SyncDir(ctx, dir)
}

func initialConfig(o *InitOptions) (*Config, error) {
	c := &Config{keyfile.New()}
	c.Set("core", "repo_version", "1")
	c.Set("core", "mode", o.Mode.String())
	if o.CollectionID != "" {
		if err := ValidateCollectionID(o.CollectionID); err != nil {
			return nil, err
		}
		c.Set("core", "collection-id", o.CollectionID)
	}
	_, err := readSettings(c)
	return c, err
}

// makeDir creates path and its parents and opens it.
func makeDir(ctx context.Context, path string) (*dirfd.Dir, error) {
	path = filepath.Clean(path)
	if d, err := dirfd.Open(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	parent, err := makeDir(ctx, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer parent.Close()
	if err := atomicfs.Mkdir(ctx, parent, filepath.Base(path), 0o775); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return dirfd.Open(path)
}

// probeUserXattr fails when the file system of d has no user attributes.
func probeUserXattr(ctx context.Context, d *dirfd.Dir) error {
	f, err := atomicfs.TempFile(ctx, d, 0o600)
	if err != nil {
		return err
	}
	err = dirfd.FSetXattr(f, metaXattr, []byte("probe"))
	if derr := atomicfs.Discard(ctx, d, f); err == nil {
		return derr
	}
	return fmt.Errorf("mode %s needs a file system with user extended attributes: %w", ModeBareUser, err)
}

// Open opens the repository at path. The error matches [fs.ErrNotExist] if
// there is none.
func Open(ctx context.Context, path string, o *OpenOptions) (*Repo, error) {
	if o == nil {
		o = &OpenOptions{}
	}
	r, err := open(ctx, path, o, 0)
	if err != nil {
		return nil, fmt.Errorf("open repository %s: %w", path, err)
	}
	return r, nil
}

func open(ctx context.Context, path string, o *OpenOptions, depth int) (_ *Repo, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if strings.ContainsFunc(o.BootID, notInBootID) {
		return nil, fmt.Errorf("boot id %q is not made of letters, digits and dashes", o.BootID)
	}
	r := &Repo{path: path, remotesDir: o.RemotesDir, bootID: o.BootID, rw: repoLock{sem: semaphore.NewWeighted(lockAll)}}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	if r.dir, err = dirfd.Open(path); err != nil {
		return nil, err
	}
	st, err := r.dir.Lstat(".")
	if err != nil {
		return nil, err
	}
	r.id = devIno{uint64(st.Dev), st.Ino}
	if r.objects, err = r.dir.OpenDir("objects"); err != nil {
		return nil, fmt.Errorf("not a repository: %w", err)
	}
	if r.config, r.settings, err = r.readConfig(); err != nil {
		return nil, err
	}
	r.mode = r.settings.mode
	r.writable = isWritable(r.objects)
	if r.Writable() {
		if err := atomicfs.Mkdir(ctx, r.dir, "tmp", 0o775); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	if p := r.settings.parent; p != "" {
		if depth >= maxParents {
			return nil, errors.New("too many parent repositories")
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(path, p)
		}
		if r.parent, err = open(ctx, p, &OpenOptions{}, depth+1); err != nil {
			return nil, fmt.Errorf("parent %s: %w", p, err)
		}
	}
	return r, nil
}

// maxConfigSize bounds the configuration; real ones have a few kilobytes.
const maxConfigSize = 16 << 20

func (r *Repo) readConfig() (*Config, settings, error) {
	data, err := r.dir.ReadFile("config", maxConfigSize)
	if err != nil {
		return nil, settings{}, err
	}
	f, err := keyfile.Parse(data)
	if err != nil {
		return nil, settings{}, fmt.Errorf("parse config: %w", err)
	}
	s, err := readSettings(&Config{f})
	if err != nil {
		err = fmt.Errorf("config: %w", err)
	}
	return &Config{f}, s, err
}

func isWritable(d *dirfd.Dir) bool {
	return unix.Faccessat(d.Fd(), ".", unix.W_OK, unix.AT_EACCESS) == nil
}

// Close releases the descriptors. Transactions must have ended.
func (r *Repo) Close() error {
	errs := []error{r.subs.close()}
	for _, d := range []*dirfd.Dir{r.objects, r.dir} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	if r.parent != nil {
		errs = append(errs, r.parent.Close())
	}
	return errors.Join(errs...)
}

// Path returns the path given to [Open].
func (r *Repo) Path() string { return r.path }

// Mode returns how file objects are stored.
func (r *Repo) Mode() Mode { return r.mode }

// Writable reports whether transactions are possible: the caller may write to
// the directory and the mode has a writer.
func (r *Repo) Writable() bool { return r.writable && r.splitWriting() != splitRefused }

// Equal reports whether both are the same directory, by inode.
func (r *Repo) Equal(o *Repo) bool { return r == o || o != nil && r.id == o.id }

// Parent returns the repository named by core.parent, which is read when an
// object or ref is not here, or nil.
func (r *Repo) Parent() *Repo { return r.parent }

// CollectionID returns core.collection-id, or "".
func (r *Repo) CollectionID() string { return r.current().collectionID }

func (r *Repo) current() settings {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.settings
}

// needWritable is the check in front of every change.
func (r *Repo) needWritable() error {
	if r.Writable() {
		return nil
	}
	if r.splitWriting() == splitRefused {
		return fmt.Errorf("repository %s: mode %s is read-only unless ex-split-xattrs.write is set: %w", r.path, r.mode, errors.ErrUnsupported)
	}
	return fmt.Errorf("cannot write to repository %s: %w", r.path, unix.EACCES)
}

// notInBootID: the id becomes a part of file names, and another part follows it.
func notInBootID(c rune) bool {
	return c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// boot identifies the running system, see OpenOptions.BootID.
func (r *Repo) boot() (string, error) {
	if r.bootID != "" {
		return r.bootID, nil
	}
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", fmt.Errorf("read boot id: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}
