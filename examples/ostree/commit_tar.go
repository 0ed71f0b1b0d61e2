package main

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/cpio"
	"example.com/rpmostree/rpmpkg/repodata"
)

// importArchive adds the content of a tar or cpio archive, compressed or not; "-" is standard input.
func (c *committer) importArchive(ctx context.Context, m *ostree.MutableTree, name string, imp *ostree.ImportOptions) error {
	in := c.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	plain, err := repodata.NewReader(in)
	if err != nil {
		return err
	}
	rename, err := c.renamer()
	if err != nil {
		return errors.Join(err, plain.Close())
	}
	o := *imp
	o.CreateParents, o.Rename = c.opts.tarParents, rename
	r := bufio.NewReader(plain)
	if magic, _ := r.Peek(6); string(magic) == "070701" {
		err = c.importCPIO(ctx, m, r, &o)
	} else {
		err = c.tx.ImportTar(ctx, m, r, &o)
	}
	return errors.Join(err, plain.Close())
}

// importCPIO adds the content of a cpio archive by way of a tar archive.
func (c *committer) importCPIO(ctx context.Context, m *ostree.MutableTree, in io.Reader, o *ostree.ImportOptions) error {
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(cpioAsTar(w, in))
	}()
	err := c.tx.ImportTar(ctx, m, r, o)
	r.CloseWithError(io.ErrClosedPipe)
	<-done
	return err
}

// backReference is what stands for a group in a replacement, which Go writes otherwise.
var backReference = regexp.MustCompile(`\\(\d)`)

// renamer is what --tar-pathname-filter=REGEX,REPLACEMENT does to a path, which the expression sees without its first
// slash; nil if it does nothing.
func (c *committer) renamer() (func(string) string, error) {
	if c.opts.tarFilter == "" {
		return nil, nil
	}
	pattern, with, ok := strings.Cut(c.opts.tarFilter, ",")
	if !ok {
		return nil, errorf("Missing ',' in --tar-pathname-filter")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, errorf("--tar-pathname-filter: %v", err)
	}
	with = backReference.ReplaceAllString(strings.ReplaceAll(with, "$", "$$"), "$${$1}")
	return func(path string) string { return re.ReplaceAllString(strings.TrimPrefix(path, "/"), with) }, nil
}

// cpioAsTar writes the cpio archive in as a tar archive.
func cpioAsTar(out io.Writer, in io.Reader) error {
	w := tar.NewWriter(out)
	if err := (&cpioConverter{w: w, links: map[uint64][]*tar.Header{}}).run(cpio.NewReader(in, nil)); err != nil {
		return err
	}
	return w.Close()
}

// cpioConverter turns cpio into tar. There the content of a file comes with the last of its names, here with the first.
type cpioConverter struct {
	w     *tar.Writer
	links map[uint64][]*tar.Header // by inode: names that wait for the content
}

func (c *cpioConverter) run(r *cpio.Reader) error {
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return c.flush()
		}
		if err == nil {
			err = c.entry(h, r)
		}
		if err != nil {
			return err
		}
	}
}

func (c *cpioConverter) entry(h *cpio.Header, r io.Reader) error {
	out := &tar.Header{
		Name: h.Name, Mode: int64(h.Mode & 0o7777), Uid: int(h.UID), Gid: int(h.GID), ModTime: time.Unix(int64(h.MTime), 0),
	}
	switch h.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		out.Typeflag = tar.TypeDir
	case unix.S_IFLNK:
		target, err := io.ReadAll(io.LimitReader(r, unix.PathMax))
		if err != nil {
			return err
		}
		out.Typeflag, out.Linkname = tar.TypeSymlink, string(target)
	case unix.S_IFREG:
		return c.file(out, h, r)
	default:
		return fmt.Errorf("cpio entry %q: mode %o is not supported", h.Name, h.Mode)
	}
	return c.w.WriteHeader(out)
}

func (c *cpioConverter) file(out *tar.Header, h *cpio.Header, r io.Reader) error {
	out.Typeflag, out.Size = tar.TypeReg, h.Size
	inode := uint64(h.Inode)
	if h.Nlink > 1 && h.Size == 0 {
		c.links[inode] = append(c.links[inode], out)
		return nil
	}
	if err := c.w.WriteHeader(out); err != nil {
		return err
	}
	if _, err := io.Copy(c.w, r); err != nil {
		return err
	}
	if h.Nlink < 2 {
		return nil
	}
	names := c.links[inode]
	delete(c.links, inode)
	return c.link(out.Name, names)
}

// link writes further names of a file.
func (c *cpioConverter) link(to string, names []*tar.Header) error {
	for _, h := range names {
		h.Typeflag, h.Linkname = tar.TypeLink, to
		if err := c.w.WriteHeader(h); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the files for which no content came: they are empty.
func (c *cpioConverter) flush() error {
	for _, inode := range slices.Sorted(maps.Keys(c.links)) {
		names := c.links[inode]
		if err := c.w.WriteHeader(names[0]); err != nil {
			return err
		}
		if err := c.link(names[0].Name, names[1:]); err != nil {
			return err
		}
	}
	return nil
}
