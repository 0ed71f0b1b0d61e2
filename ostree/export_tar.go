package ostree

import (
	"archive/tar"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// ExportOptions are the options of [Repo.ExportTar].
type ExportOptions struct {
	Subpath  string    // export what is below this path only
	Prefix   string    // goes before every name
	NoXattrs bool      // leave out extended attributes
	Time     time.Time // modification time of everything; zero is the epoch
}

// ExportTar writes a tree as a tar archive, with extended attributes as pax
// records. It is the inverse of [Tx.ImportTar].
func (r *Repo) ExportTar(ctx context.Context, t Tree, w io.Writer, o *ExportOptions) error {
	if o == nil {
		o = &ExportOptions{}
	}
	e := &tarExporter{r: r, o: o, w: tar.NewWriter(w)}
	err := e.root(ctx, t)
	if err == nil {
		err = e.w.Close()
	}
	if err != nil {
		return fmt.Errorf("export tree %s: %w", t.Tree, err)
	}
	return nil
}

type tarExporter struct {
	r *Repo
	o *ExportOptions
	w *tar.Writer
}

func (e *tarExporter) root(ctx context.Context, t Tree) error {
	t, file, err := e.r.subpath(ctx, t, e.o.Subpath)
	if err != nil {
		return err
	}
	if file != nil {
		return e.file(ctx, e.o.Prefix+file.Name, file.Checksum)
	}
	return e.dir(ctx, e.o.Prefix, t, 0)
}

// dir writes a directory and what is in it; prefix goes before the names.
func (e *tarExporter) dir(ctx context.Context, prefix string, t Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("more than %d levels of directories", maxTreeDepth)
	}
	m, err := e.r.LoadDirMeta(ctx, t.Meta)
	if err != nil {
		return err
	}
	dt, err := e.r.LoadDirTree(ctx, t.Tree)
	if err != nil {
		return err
	}
	h := &FileHeader{UID: m.UID, GID: m.GID, Mode: m.Mode, Xattrs: m.Xattrs}
	if err := e.w.WriteHeader(e.header(cmp.Or(strings.TrimRight(prefix, "/"), ".")+"/", tar.TypeDir, h)); err != nil {
		return err
	}
	for _, f := range dt.Files {
		if err := e.file(ctx, prefix+f.Name, f.Checksum); err != nil {
			return fmt.Errorf("%s: %w", prefix+f.Name, err)
		}
	}
	for _, d := range dt.Dirs {
		if err := e.dir(ctx, prefix+d.Name+"/", Tree{d.Tree, d.Meta}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (e *tarExporter) file(ctx context.Context, name string, sum Checksum) error {
	f, err := e.r.LoadFile(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Header.IsSymlink() {
		h := e.header(name, tar.TypeSymlink, &f.Header)
		h.Linkname = f.Header.Target
		return e.w.WriteHeader(h)
	}
	h := e.header(name, tar.TypeReg, &f.Header)
	h.Size = f.Size
	if err := e.w.WriteHeader(h); err != nil || f.Reader == nil {
		return err
	}
	_, err = io.Copy(e.w, f.Reader)
	return err
}

func (e *tarExporter) header(name string, typ byte, h *FileHeader) *tar.Header {
	out := &tar.Header{
		Typeflag: typ, Name: name, Mode: int64(h.Mode & 0o7777), Uid: int(h.UID), Gid: int(h.GID), ModTime: e.o.Time,
	}
	if e.o.NoXattrs {
		return out
	}
	for _, x := range h.Xattrs {
		if out.PAXRecords == nil {
			out.PAXRecords = map[string]string{}
		}
		out.PAXRecords["SCHILY.xattr."+x.Name] = string(x.Value)
	}
	return out
}
