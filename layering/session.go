package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/ostree"
)

// Session checks the tree out, runs fn on the result, and takes what fn has
// changed below /usr and /etc back into the tree. In the root directory that
// fn sees, usr/etc is at etc, as programs expect; root is empty of anything
// in var and run, and what is written there is lost.
//
// The files of the checkout may be hardlinks into the repository. So fn works
// on an overlay over it, mounted in a mount namespace of its own, and only
// programs that fn itself starts see it. fn runs on a thread of its own.
//
// A Session needs root; without, the error matches [sandbox.ErrUnavailable].
// The objects written so far become part of the repository when it starts,
// refs do not.
func (t *Tree) Session(ctx context.Context, fn func(ctx context.Context, root string) error) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("check out for scripts: %w: not running as root", sandbox.ErrUnavailable)
	}
	if err := t.showEtc(ctx); err != nil {
		return err
	}
	tree, err := t.flush(ctx)
	if err != nil {
		return err
	}
	scratch, err := makeScratch(ctx, t.repo)
	if err != nil {
		return fmt.Errorf("check out for scripts: %w", err)
	}
	err = t.overlaySession(ctx, tree, scratch.dir, fn)
	if rerr := scratch.remove(); err == nil && rerr != nil {
		err = fmt.Errorf("clean up after scripts: %w", rerr)
	}
	if err != nil {
		return err
	}
	return t.hideEtc(ctx)
}

// showEtc moves usr/etc to etc; usr/etc is then a link to it.
func (t *Tree) showEtc(ctx context.Context) error {
	ok, err := t.IsDir(ctx, usrEtc)
	if err != nil {
		return err
	}
	if !ok {
		return t.Mkdir(ctx, "etc", 0o755)
	}
	if err := t.RemoveIfExists(ctx, "etc"); err != nil {
		return err
	}
	if err := t.Rename(ctx, usrEtc, "etc"); err != nil {
		return err
	}
	return t.Symlink(ctx, "../etc", usrEtc)
}

func (t *Tree) hideEtc(ctx context.Context) error {
	if err := t.RemoveIfExists(ctx, usrEtc); err != nil {
		return err
	}
	return t.Rename(ctx, "etc", usrEtc)
}

// etcPath is where a path of the image is while a session runs.
func etcPath(p string) string {
	if p == usrEtc {
		return "etc"
	}
	if len(p) > len(usrEtc) && p[:len(usrEtc)+1] == usrEtc+"/" {
		return p[len("usr/"):]
	}
	return p
}

func (t *Tree) overlaySession(ctx context.Context, tree ostree.Tree, scratch string, fn func(ctx context.Context, root string) error) error {
	lower, upper := filepath.Join(scratch, "lower"), filepath.Join(scratch, "upper")
	if err := t.repo.CheckoutTree(ctx, tree, lower, &ostree.CheckoutOptions{}); err != nil {
		return fmt.Errorf("check out for scripts: %w", err)
	}
	for _, dir := range []string{upper, filepath.Join(scratch, "work"), filepath.Join(scratch, "root")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	err := inMountNamespace(func() error {
		root := filepath.Join(scratch, "root")
		if err := mountOverlay(scratch); err != nil {
			return err
		}
		defer unix.Unmount(root, unix.MNT_DETACH)
		if err := makeScriptDirs(ctx, root); err != nil {
			return err
		}
		return fn(ctx, root)
	})
	if err != nil {
		return err
	}
	return t.absorb(ctx, upper)
}

// inMountNamespace runs fn on a thread with a mount namespace of its own. The
// thread ends with fn and takes the namespace with all its mounts with it,
// whatever happens to this program.
func inMountNamespace(fn func() error) error {
	result := make(chan error, 1)
	go func() {
		var err error
		defer func() { result <- err }()
		runtime.LockOSThread() // never unlocked: the thread is of no other use
		if err = unix.Unshare(unix.CLONE_FS | unix.CLONE_NEWNS); err != nil {
			err = fmt.Errorf("check out for scripts: new mount namespace: %w", err)
			return
		}
		if err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			err = fmt.Errorf("check out for scripts: private mounts: %w", err)
			return
		}
		err = fn()
	}()
	return <-result
}

// mountOverlay mounts an overlay whose upper directory holds complete files:
// no references into the lower one that only the kernel understands.
func mountOverlay(scratch string) error {
	at := func(name string) string { return filepath.Join(scratch, name) }
	options := "lowerdir=" + escapeOverlay(at("lower")) + ",upperdir=" + escapeOverlay(at("upper")) + ",workdir=" + escapeOverlay(at("work"))
	for _, extra := range []string{",redirect_dir=off,metacopy=off,index=off,xino=off", ",redirect_dir=off", ""} {
		err := unix.Mount("overlay", at("root"), "overlay", 0, options+extra)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINVAL) || extra == "" {
			return fmt.Errorf("check out for scripts: mount overlay: %w", err)
		}
	}
	return nil
}

// escapeOverlay protects what separates mount options and layers.
func escapeOverlay(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] == ',' || s[i] == ':' || s[i] == '\\' {
			out = append(out, '\\')
		}
		out = append(out, s[i])
	}
	return string(out)
}

// makeScriptDirs makes the writable places that scripts are promised, and the
// links in /var to state that images keep in /usr.
func makeScriptDirs(ctx context.Context, root string) error {
	d, err := dirfd.Open(root)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, dir := range []string{"var/tmp", "var/lib/rpm-state"} {
		if err := atomicfs.MkdirAll(ctx, d, dir, 0o755); err != nil {
			return fmt.Errorf("check out for scripts: %w", err)
		}
	}
	for _, name := range []string{"alternatives", "vagrant"} {
		if ok, err := d.Exists("usr/lib/" + name); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		if err := atomicfs.Symlink(ctx, "../../usr/lib/"+name, d, "var/lib/"+name); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
