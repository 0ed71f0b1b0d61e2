package ostree

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// FilterResult is what [ImportOptions].Filter decides.
type FilterResult uint8

// The results of a filter.
const (
	FilterKeep FilterResult = iota
	FilterSkip              // leave the entry out, with everything below it
)

// ImportOptions are the options of [Tx.ImportDir] and [Tx.ImportTar]. Paths given
// to functions and used as keys start with a slash; the root of the import is "/".
//
// The steps for each entry are: Skip, owner, ModeOverrides, Filter,
// CanonicalPermissions, Xattrs.
type ImportOptions struct {
	// Filter may leave an entry out, and may change mode bits and owner in h. It
	// is called for directories before their content, in the order of names, one
	// call at a time.
	Filter func(path string, h *FileHeader) FilterResult

	OwnerUID, OwnerGID *uint32 // own everything, if not nil

	// ModeOverrides change permission bits. A path that is not found is an
	// error.
	ModeOverrides map[string]ModeOverride

	// Skip leaves paths out. One that is not found is an error.
	Skip []string

	NoXattrs bool // ignore extended attributes

	// CanonicalPermissions makes root own everything, limits modes to 0755, and
	// drops attributes. It is implied by ModeBareUserOnly.
	CanonicalPermissions bool

	// Xattrs returns the attributes of an entry, which has those in h on disk (or
	// none, by the options above). It may be called concurrently.
	Xattrs func(path string, h *FileHeader) (Xattrs, error)

	// Consume deletes the directory afterwards. Files become objects by rename if
	// possible, so an aborted transaction loses them.
	Consume bool

	// DevIno names files that are hardlinks of objects. They are not read, unless
	// their header has to change.
	DevIno *DevInoCache

	// DevInoCanonical takes the object that DevIno names without looking at
	// owner, mode and attributes.
	DevInoCanonical bool

	// Workers is the number of files hashed at a time; <= 0 means the number of
	// CPUs. The result does not depend on it.
	Workers int

	// CreateParents makes directories that an archive has no entry for, with mode
	// 0755, owned by whom the entry belongs to that first needs them; otherwise
	// they are an error. All directories above those become like them, whatever
	// they were before. Directories on disk always have a parent.
	CreateParents bool

	// Rename gives an entry of an archive, and the target of a hard link, another
	// path. All other options see the new one.
	Rename func(path string) string

	// Progress is called now and then, one call at a time, and at the end.
	Progress func(ImportProgress)
}

// ImportProgress is what an import has done so far.
type ImportProgress struct {
	Files int   // regular files and links
	Bytes int64 // of their content
}

// progressInterval limits the rate of progress calls.
const progressInterval = 100 * time.Millisecond

// ImportDir adds the content of a directory on disk to m: directories are
// merged, files replace files. The root of m gets the metadata of the directory.
// Only directories, regular files and symbolic links can be imported.
func (t *Tx) ImportDir(ctx context.Context, m *MutableTree, dir string, o *ImportOptions) error {
	if o == nil {
		o = &ImportOptions{}
	}
	if err := t.importDir(ctx, m, dir, o); err != nil {
		return fmt.Errorf("import %s: %w", dir, err)
	}
	return nil
}

func (t *Tx) importDir(ctx context.Context, m *MutableTree, dir string, o *ImportOptions) error {
	if err := t.active(ctx); err != nil {
		return err
	}
	root, err := dirfd.Open(dir)
	if err != nil {
		return err
	}
	im := newImporter(t, o)
	defer im.progress.report(true)
	shared := newSharedDir(root)
	defer shared.release()
	node, err := im.run(ctx, shared)
	if err != nil {
		return err
	}
	if err := im.modifier.unmatched(); err != nil {
		return err
	}
	if node != nil {
		if err := node.addTo(ctx, m, "/"); err != nil {
			return err
		}
	}
	if !o.Consume {
		return nil
	}
	abs, err := filepath.Abs(dir)
	t.mu.Lock()
	t.consumed = append(t.consumed, abs)
	t.mu.Unlock()
	return err
}

// importer walks a directory in one goroutine and has its files hashed in
// others. Results go to places reserved by the walk, so that they do not depend
// on the order of completion.
type importer struct {
	t        *Tx
	o        *ImportOptions
	modifier *modifier
	jobs     chan importJob
	cancel   context.CancelFunc
	progress progress

	mu     sync.Mutex
	err    error // of the first file, in the order of the walk, that failed
	errSeq int
}

// importBatch is the number of files that are handed to a worker at a time: waking one up costs as much as a small file.
const importBatch = 16

// importJob is some files of one directory.
type importJob struct {
	dir   *sharedDir
	at    string // its path
	files []importEntry
}

// importEntry is a file or symbolic link to be looked at and hashed.
type importEntry struct {
	seq    int // in the order of the walk
	name   string
	typ    uint8       // unix.DT_*, as the directory says
	looked *importFile // nil if the worker is to look at it
	out    *Checksum
}

// importFile is a file that is being looked at.
type importFile struct {
	dir    *dirfd.Dir
	name   string
	path   string
	typ    uint8
	looked bool // what follows has been filled in
	header FileHeader
	st     dirfd.Stat
	known  *knownFile // for a hit in the dev/ino cache
}

// importNode is a directory that has been walked.
type importNode struct {
	meta  Checksum
	files []FileEntry // filled in by workers
	dirs  []*importNode
	names []string // of dirs
}

func newImporter(t *Tx, o *ImportOptions) *importer {
	canonical := o.CanonicalPermissions || t.repo.mode == ModeBareUserOnly
	return &importer{
		t:        t,
		o:        o,
		modifier: newModifier(o, canonical, o.NoXattrs || t.settings.noXattrs),
		jobs:     make(chan importJob, 16),
		progress: progress{call: o.Progress},
	}
}

func (im *importer) run(ctx context.Context, root *sharedDir) (*importNode, error) {
	ctx, im.cancel = context.WithCancel(ctx)
	defer im.cancel()
	workers := im.o.Workers
	if workers <= 0 {
		workers = max(runtime.GOMAXPROCS(0), 2) // two overlap reading and hashing
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for job := range im.jobs {
				im.work(ctx, job)
			}
		})
	}
	w := &importWalk{im: im, ctx: ctx}
	node, err := w.root(root)
	close(im.jobs)
	wg.Wait()
	if im.err != nil {
		return nil, im.err
	}
	return node, err
}

func (im *importer) work(ctx context.Context, job importJob) {
	defer job.dir.release()
	var own importFile
	for i := range job.files {
		e, f := &job.files[i], job.files[i].looked
		if ctx.Err() != nil {
			im.fail(e.seq, ctx.Err())
			return
		}
		if f == nil {
			f = &own
			own = importFile{dir: job.dir.Dir, name: e.name, path: joinPath(job.at, e.name), typ: e.typ}
		}
		c, err := im.file(ctx, f)
		if err != nil {
			im.fail(e.seq, fmt.Errorf("%s: %w", f.path, err))
			return
		}
		*e.out = c
		im.progress.add(f.st.Size)
	}
}

func (im *importer) fail(seq int, err error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	// What fails because of the cancellation must not hide its cause.
	if im.err == nil || seq < im.errSeq && !errors.Is(err, context.Canceled) {
		im.err, im.errSeq = err, seq
	}
	im.cancel()
}

// importWalk is the walking goroutine.
type importWalk struct {
	im  *importer
	ctx context.Context
	seq int
}

func (w *importWalk) root(d *sharedDir) (*importNode, error) {
	st, err := d.Lstat(".")
	if err != nil {
		return nil, err
	}
	return w.dir(d, ".", "/", &st)
}

// dir walks a directory; nil means that it is to be left out. name is its name in
// in, or "." for in itself.
func (w *importWalk) dir(in *sharedDir, name, at string, st *dirfd.Stat) (*importNode, error) {
	h := headerOf(st)
	if w.im.modifier.apply(at, &h) == FilterSkip {
		return nil, nil
	}
	if h.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil, errors.New("filter has changed the type of a directory")
	}
	d := in
	if name != "." {
		sub, err := in.OpenDir(name)
		if err != nil {
			return nil, err
		}
		d = newSharedDir(sub)
		defer d.release()
	}
	meta, err := w.meta(d, at, &h)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	entries, err := d.ReadDir(".")
	if err != nil {
		return nil, err
	}
	// The capacity is never exceeded: workers keep pointers into files.
	node := &importNode{meta: meta, files: make([]FileEntry, 0, len(entries))}
	job := importJob{dir: d, at: at}
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return nil, err
		}
		if e.Type == unix.DT_DIR {
			err = w.subdir(d, e.Name, joinPath(at, e.Name), node)
		} else {
			err = w.file(&job, e, node)
		}
		if err != nil {
			return nil, err
		}
	}
	return node, w.send(&job)
}

// meta writes the dirmeta of an open directory.
func (w *importWalk) meta(d *sharedDir, at string, h *FileHeader) (Checksum, error) {
	read := func() ([]dirfd.Xattr, error) { return d.ReadXattrs(".") }
	if err := w.im.modifier.xattrs(at, h, read); err != nil {
		return Checksum{}, err
	}
	meta := &DirMeta{UID: h.UID, GID: h.GID, Mode: h.Mode, Xattrs: h.Xattrs}
	return w.im.t.WriteMetadata(w.ctx, TypeDirMeta, meta.Encode())
}

func (w *importWalk) subdir(d *sharedDir, name, at string, node *importNode) error {
	st, err := d.Lstat(name)
	if err != nil {
		return err
	}
	sub, err := w.dir(d, name, at, &st)
	if sub != nil {
		node.dirs, node.names = append(node.dirs, sub), append(node.names, name)
	}
	return err
}

// file adds a file to the job, unless it is to be left out.
func (w *importWalk) file(job *importJob, e dirfd.Dirent, node *importNode) error {
	entry := importEntry{seq: w.seq, name: e.Name, typ: e.Type}
	if w.im.modifier.ordered() {
		f := &importFile{dir: job.dir.Dir, name: e.Name, path: joinPath(job.at, e.Name), typ: e.Type}
		keep, err := w.im.look(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		if keep == FilterSkip {
			return nil
		}
		entry.looked = f
	}
	if err := checkFileName(e.Name); err != nil {
		return fmt.Errorf("%s: %w", joinPath(job.at, e.Name), err)
	}
	if job.files == nil {
		job.files = make([]importEntry, 0, min(importBatch, cap(node.files)))
	}
	w.seq++
	node.files = append(node.files, FileEntry{Name: e.Name})
	entry.out = &node.files[len(node.files)-1].Checksum
	if job.files = append(job.files, entry); len(job.files) < importBatch {
		return nil
	}
	return w.send(job)
}

// send gives the files collected in job to the workers.
func (w *importWalk) send(job *importJob) error {
	if len(job.files) == 0 {
		return nil
	}
	job.dir.retain()
	select {
	case w.im.jobs <- *job:
		job.files = nil
		return nil
	case <-w.ctx.Done():
		job.dir.release()
		return w.ctx.Err()
	}
}

func headerOf(st *dirfd.Stat) FileHeader {
	return FileHeader{UID: st.Uid, GID: st.Gid, Mode: st.Mode}
}

// addTo merges the walked directory into m.
func (n *importNode) addTo(ctx context.Context, m *MutableTree, at string) error {
	if err := m.load(ctx); err != nil {
		return err
	}
	m.SetMeta(n.meta)
	for _, f := range n.files {
		if m.dirs[f.Name] != nil {
			return pathError("set file", path.Join(at, f.Name), errIsDir)
		}
		m.setFile(f.Name, f.Checksum)
	}
	for i, sub := range n.dirs {
		d, err := m.EnsureDir(ctx, n.names[i], sub.meta)
		if err != nil {
			return err
		}
		if err := sub.addTo(ctx, d, path.Join(at, n.names[i])); err != nil {
			return err
		}
	}
	return nil
}

// sharedDir is an open directory that is closed after its last user.
type sharedDir struct {
	*dirfd.Dir
	users atomic.Int32
}

func newSharedDir(d *dirfd.Dir) *sharedDir {
	s := &sharedDir{Dir: d}
	s.users.Store(1)
	return s
}

func (s *sharedDir) retain() { s.users.Add(1) }

func (s *sharedDir) release() {
	if s.users.Add(-1) == 0 {
		s.Close()
	}
}

// progress counts and reports at most every progressInterval.
type progress struct {
	call func(ImportProgress)

	mu   sync.Mutex
	now  ImportProgress
	last time.Time
}

func (p *progress) add(bytes int64) {
	if p.call == nil {
		return
	}
	p.mu.Lock()
	p.now.Files++
	p.now.Bytes += bytes
	p.mu.Unlock()
	p.report(false)
}

func (p *progress) report(final bool) {
	if p.call == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); final || now.Sub(p.last) >= progressInterval {
		p.last = now
		p.call(p.now)
	}
}
