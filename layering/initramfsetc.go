package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg/cpio"
	"example.com/rpmostree/sysroot"
)

// Initramfs is what an origin asks for the initramfs of its deployments: to be made on this machine, or to be followed
// by an archive of files of this machine's /etc. The two exclude each other.
type Initramfs struct {
	Regenerate bool
	Args       []string // for dracut
	Etc        []string // tracked files and directories, absolute paths below /etc
}

// Keys of an origin file in the group rpmostree.
const (
	keyRegenerate    = "regenerate-initramfs"
	keyInitramfsArgs = "initramfs-args"
	keyInitramfsEtc  = "initramfs-etc"
)

// Empty tells whether the initramfs is that of the base.
func (i *Initramfs) Empty() bool { return !i.Regenerate && len(i.Args) == 0 && len(i.Etc) == 0 }

func initramfsOf(o *sysroot.Origin) (Initramfs, error) {
	on, err := o.GetBool(groupRPMOSTree, keyRegenerate)
	return Initramfs{
		Regenerate: on, Args: o.List(groupRPMOSTree, keyInitramfsArgs), Etc: o.List(groupRPMOSTree, keyInitramfsEtc),
	}, err
}

func (i *Initramfs) store(o *sysroot.Origin) {
	o.Unset(groupRPMOSTree, keyRegenerate)
	if i.Regenerate {
		o.SetBool(groupRPMOSTree, keyRegenerate, true)
	}
	o.SetList(groupRPMOSTree, keyInitramfsArgs, i.Args)
	o.SetList(groupRPMOSTree, keyInitramfsEtc, i.Etc)
}

// InitramfsRequest changes what is asked for the initramfs.
type InitramfsRequest struct {
	Enable, Disable bool     // regeneration on this machine
	Args            []string // for dracut, with Enable
	// Track and Untrack are files and directories below /etc.
	Track, Untrack []string
	UntrackAll     bool
	ForceSync      bool // a new deployment even if no tracked file has changed
	Reset          bool // everything
}

// apply changes the requests as r says.
func (i *Initramfs) apply(r *InitramfsRequest) error {
	if r.Reset {
		*i = Initramfs{}
	}
	if len(r.Args) > 0 && !r.Enable {
		return errors.New("Cannot specify arguments without enabling initramfs regeneration")
	}
	switch {
	case r.Enable && r.Disable:
		return errors.New("Cannot simultaneously specify --enable and --disable")
	case r.Enable && i.Regenerate && slices.Equal(i.Args, r.Args):
		return errors.New("initramfs regeneration state is already enabled")
	case r.Disable && !i.Regenerate:
		return errors.New("initramfs regeneration state is already disabled")
	case r.Enable:
		i.Regenerate, i.Args = true, r.Args
	case r.Disable:
		i.Regenerate, i.Args = false, nil
	}
	if r.UntrackAll {
		i.Etc = nil
	}
	for _, name := range r.Untrack {
		i.Etc = slices.DeleteFunc(i.Etc, func(s string) bool { return s == name })
	}
	for _, name := range r.Track {
		if path.Clean(name) != name || !strings.HasPrefix(name, "/etc/") {
			return fmt.Errorf("Path outside /etc forbidden: %s", name)
		}
		if !slices.Contains(i.Etc, name) {
			i.Etc = append(i.Etc, name)
		}
	}
	slices.Sort(i.Etc)
	if i.Regenerate && len(i.Etc) > 0 {
		return errors.New("initramfs regeneration and /etc overlay not compatible; use dracut arg -I instead")
	}
	return nil
}

// etcArchive makes the archive of tracked files, nil if there are none. The same files give the same bytes.
func etcArchive(ctx context.Context, root string, tracked []string) ([]byte, error) {
	if len(tracked) == 0 {
		return nil, nil
	}
	d, err := dirfd.Open(root)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	a := &archiver{d: d, names: map[string]bool{}}
	for _, name := range tracked {
		if err := a.collect(ctx, strings.TrimPrefix(name, "/")); err != nil {
			return nil, fmt.Errorf("initramfs-etc: %w", err)
		}
	}
	data, err := a.write(ctx)
	if err != nil {
		return nil, fmt.Errorf("initramfs-etc: %w", err)
	}
	return data, nil
}

type archiver struct {
	d     *dirfd.Dir
	names map[string]bool
}

// collect lists a file, or everything below a directory, with the directories above.
func (a *archiver) collect(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	st, err := a.d.Lstat(name)
	if err != nil {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		a.names[dir] = true
	}
	a.names[name] = true
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	entries, err := a.d.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := a.collect(ctx, path.Join(name, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (a *archiver) write(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	zw, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := cpio.NewWriter(zw)
	var names []string
	for name := range a.names {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if err := a.entry(w, uint32(i+1), name); err != nil {
			return nil, err
		}
	}
	err = errors.Join(w.Close(), zw.Close())
	return out.Bytes(), err
}

// entry leaves out times, so that the archive only depends on content.
func (a *archiver) entry(w *cpio.Writer, inode uint32, name string) error {
	st, err := a.d.Lstat(name)
	if err != nil {
		return err
	}
	h := &cpio.Header{Index: -1, Name: name, Mode: st.Mode, UID: st.Uid, GID: st.Gid, Nlink: 1, Inode: inode}
	var data []byte
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		h.Nlink = 2
	case unix.S_IFLNK:
		target, err := a.d.Readlink(name)
		if err != nil {
			return err
		}
		data = []byte(target)
	case unix.S_IFREG:
		if data, err = a.d.ReadFile(name, maxTreeFile); err != nil {
			return err
		}
	default:
		return &fs.PathError{Op: "archive", Path: "/" + name, Err: errors.New("neither file, directory nor link")}
	}
	h.Size = int64(len(data))
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(data))
	return err
}

// planInitramfs makes the archive that the deployment shall have.
func (e *Engine) planInitramfs(ctx context.Context, r *Request, p *Plan) (err error) {
	if r.Initramfs != nil {
		if err := p.Layers.Initramfs.apply(r.Initramfs); err != nil {
			return err
		}
	}
	p.etc = p.merge
	if d := e.sys.MergeDeployment(p.Stateroot); d != nil {
		p.etc = d
	}
	p.overlay, err = etcArchive(ctx, p.etc.Path(e.sys), p.Layers.Initramfs.Etc)
	return err
}

// sameOverlay tells whether a deployment has the archive already.
func (p *Plan) sameOverlay(d *sysroot.Deployment) bool {
	have := d.OverlayInitrds()
	if p.overlay == nil {
		return len(have) == 0
	}
	sum := sha256.Sum256(p.overlay)
	return len(have) == 1 && path.Base(have[0]) == hex.EncodeToString(sum[:])+".img"
}

// overlayFiles writes the archive to a file for the deployment; remove takes it away.
func (p *Plan) overlayFiles(ctx context.Context) (files []string, remove func() error, err error) {
	if p.overlay == nil {
		return nil, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "rpmostree-initramfs-etc-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	const name = "overlay.img"
	d, err := dirfd.Open(dir)
	if err == nil {
		err = errors.Join(atomicfs.WriteFile(ctx, d, name, p.overlay, 0o600, &atomicfs.WriteOptions{NoSync: true}), d.Close())
	}
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return []string{filepath.Join(dir, name)}, remove, nil
}
