package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"

	"example.com/rpmostree/ostree"
)

// lsEntry is a line of ls: a directory, or the file with checksum sum.
type lsEntry struct {
	path string
	dir  *ostree.DirEntry
	sum  ostree.Checksum

	header *ostree.FileHeader
	size   int64
	err    error
}

// lsBatch is some entries that are looked up together, on one of the processors.
type lsBatch struct {
	entries []lsEntry
	done    chan struct{}
}

const lsBatchSize = 64

var errLsStopped = errors.New("output has failed")

// run lists paths: one goroutine walks, others look entries up, and this one prints them in order.
func (l *lister) run(ctx context.Context, paths []string, show func(*lsEntry) error) error {
	workers := runtime.GOMAXPROCS(0)
	stop := make(chan struct{})
	l.work, l.print, l.stop = make(chan *lsBatch, 2*workers), make(chan *lsBatch, 2*workers), stop
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	for range workers {
		wg.Go(func() {
			for b := range l.work {
				for i := range b.entries {
					l.lookUp(ctx, &b.entries[i])
				}
				close(b.done)
			}
		})
	}
	var walked error
	wg.Go(func() {
		defer close(l.print)
		defer close(l.work)
		for _, p := range paths {
			if walked = l.list(ctx, p); walked != nil {
				break
			}
		}
		l.send()
	})
	for b := range l.print {
		<-b.done
		for i := range b.entries {
			e := &b.entries[i]
			if e.err != nil {
				return e.err
			}
			if err := show(e); err != nil {
				return err
			}
		}
	}
	return walked
}

func (l *lister) add(e lsEntry) error {
	if l.batch == nil {
		l.batch = &lsBatch{entries: make([]lsEntry, 0, lsBatchSize), done: make(chan struct{})}
	}
	l.batch.entries = append(l.batch.entries, e)
	if len(l.batch.entries) < lsBatchSize {
		return nil
	}
	return l.send()
}

func (l *lister) send() error {
	b := l.batch
	if b == nil {
		return nil
	}
	l.batch = nil
	for _, to := range []chan *lsBatch{l.work, l.print} {
		select {
		case to <- b:
		case <-l.stop:
			return errLsStopped
		}
	}
	return nil
}

func (l *lister) lookUp(ctx context.Context, e *lsEntry) {
	if e.dir == nil {
		e.header, e.size, e.err = l.repo.LoadFileHeader(ctx, e.sum)
		return
	}
	m, err := l.repo.LoadDirMeta(ctx, e.dir.Meta)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.err = noSuchObject(err, e.dir.Meta, ostree.TypeDirMeta)
	case err != nil:
		e.err = err
	default:
		e.header = &ostree.FileHeader{UID: m.UID, GID: m.GID, Mode: m.Mode, Xattrs: m.Xattrs}
	}
}

// json prints all entries as one object.
func (l *lister) json(ctx context.Context, a *app, commit ostree.Checksum, paths []string) error {
	out := lsJSON{Commit: commit.String(), Entries: []lsPathJSON{}}
	err := l.run(ctx, paths, func(e *lsEntry) error {
		out.Entries = append(out.Entries, lsPathAsJSON(e))
		return nil
	})
	if err != nil {
		return err
	}
	return a.printJSON(out)
}

// line prints an entry.
func (l *lister) line(out *bufio.Writer, e *lsEntry) error {
	if l.opts.nul {
		out.WriteString(e.path)
		return out.WriteByte(0)
	}
	h, kind := e.header, '-'
	switch {
	case e.dir != nil:
		kind = 'd'
	case h.IsSymlink():
		kind = 'l'
	}
	fmt.Fprintf(out, "%c%05o %d %d %6d ", kind, h.Mode&0o7777, h.UID, h.GID, e.size)
	switch {
	case l.opts.checksum && e.dir != nil:
		fmt.Fprintf(out, "%s %s ", e.dir.Tree, e.dir.Meta)
	case l.opts.checksum:
		fmt.Fprintf(out, "%s ", e.sum)
	}
	if l.opts.xattrs {
		fmt.Fprintf(out, "{ %s } ", xattrText(h.Xattrs))
	}
	out.WriteString(e.path)
	if h.IsSymlink() {
		out.WriteString(" -> " + h.Target)
	}
	return out.WriteByte('\n')
}
