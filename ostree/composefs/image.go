package composefs

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
)

// Options change an image. Only the defaults give the digest of [KeyDigest].
type Options struct {
	// NoVerity leaves the digests of files out. The image then identifies the
	// objects but not their content, and no file has to be read.
	NoVerity bool
	// Workers is the number of files hashed at a time; <= 0 means the number of
	// CPUs. The image does not depend on it.
	Workers int
}

// Objects reads the objects of a tree: an [ostree.Repo], or an [ostree.Tx] with
// what it has written.
type Objects interface {
	LoadCommit(ctx context.Context, c ostree.Checksum) (*ostree.Commit, error)
	LoadDirTree(ctx context.Context, c ostree.Checksum) (*ostree.DirTree, error)
	LoadDirMeta(ctx context.Context, c ostree.Checksum) (*ostree.DirMeta, error)
	LoadFile(ctx context.Context, c ostree.Checksum) (*ostree.File, error)
}

var (
	_ Objects = (*ostree.Repo)(nil)
	_ Objects = (*ostree.Tx)(nil)
)

// WriteImage writes the image of a commit, and returns its fs-verity digest. All
// objects of the commit must be there: their digests become part of the image.
// The repository may have any mode; to mount the image needs one of the mode
// bare.
func WriteImage(ctx context.Context, w io.Writer, from Objects, commit ostree.Checksum, o *Options) (Digest, error) {
	c, err := from.LoadCommit(ctx, commit)
	if err != nil {
		return Digest{}, fmt.Errorf("write composefs image of %s: %w", commit, err)
	}
	d, err := writeTree(ctx, w, from, c.Root(), o)
	if err != nil {
		return Digest{}, fmt.Errorf("write composefs image of %s: %w", commit, err)
	}
	return d, nil
}

// DigestOf returns the digest of the image of a tree, which need not be in a
// commit yet.
func DigestOf(ctx context.Context, from Objects, t ostree.Tree) (Digest, error) {
	d, err := writeTree(ctx, io.Discard, from, t, nil)
	if err != nil {
		return Digest{}, fmt.Errorf("composefs digest of tree %s: %w", t.Tree, err)
	}
	return d, nil
}

func writeTree(ctx context.Context, w io.Writer, from Objects, t ostree.Tree, o *Options) (Digest, error) {
	if o == nil {
		o = &Options{}
	}
	b := &builder{ctx: ctx, from: from, o: o, left: maxNodes, files: map[ostree.Checksum]*file{}}
	root, err := b.dir("", t.Tree, t.Meta, 0)
	if err != nil {
		return Digest{}, err
	}
	if err := b.loadFiles(); err != nil {
		return Digest{}, err
	}
	addMountPoints(root)
	if err := root.finish(root); err != nil {
		return Digest{}, err
	}
	root.hideObjects()
	var v Verity
	if err := encode(io.MultiWriter(w, &v), root); err != nil {
		return Digest{}, err
	}
	return v.Digest(), nil
}

// addMountPoints makes the directories a booted system needs.
func addMountPoints(root *node) {
	have := map[string]bool{}
	for _, c := range root.children {
		have[c.name] = true
	}
	for _, name := range []string{"boot", "etc", "sysroot", "usr", "var"} {
		if !have[name] {
			root.children = append(root.children, &node{name: name, mode: unix.S_IFDIR | 0o755})
		}
	}
}

const (
	maxDepth = 256       // of directories
	maxNodes = 3_000_000 // a tree that has the same directory many times needs few objects
)

// builder makes nodes from objects.
type builder struct {
	ctx   context.Context
	from  Objects
	o     *Options
	left  int // how many nodes there may still be
	files map[ostree.Checksum]*file
}

// file is a file object and the nodes that show it.
type file struct {
	sum   ostree.Checksum
	nodes []*node
}

func (b *builder) dir(name string, tree, meta ostree.Checksum, depth int) (*node, error) {
	t, err := b.from.LoadDirTree(b.ctx, tree)
	if err != nil {
		return nil, err
	}
	m, err := b.from.LoadDirMeta(b.ctx, meta)
	if err != nil {
		return nil, err
	}
	b.left -= len(t.Files) + len(t.Dirs)
	if depth > maxDepth || b.left < 0 {
		return nil, fmt.Errorf("dirtree %s: too deep or too many files for an image", tree)
	}
	n := &node{name: name, mode: m.Mode, uid: m.UID, gid: m.GID, attrs: attrsOf(m.Xattrs)}
	n.children = make([]*node, 0, len(t.Files)+len(t.Dirs))
	for _, e := range t.Files {
		c := &node{name: e.Name}
		f := b.files[e.Checksum]
		if f == nil {
			f = &file{sum: e.Checksum}
			b.files[e.Checksum] = f
		}
		f.nodes = append(f.nodes, c)
		n.children = append(n.children, c)
	}
	for _, e := range t.Dirs {
		c, err := b.dir(e.Name, e.Tree, e.Meta, depth+1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, c)
	}
	return n, nil
}

// attrsOf takes the last of those with the same name, which is the one that a file on disk would have.
func attrsOf(xattrs ostree.Xattrs) []attr {
	out := make([]attr, 0, len(xattrs)+2)
	for i, x := range xattrs {
		if !slices.ContainsFunc(xattrs[i+1:], func(later ostree.Xattr) bool { return later.Name == x.Name }) {
			out = append(out, attr{x.Name, string(x.Value)})
		}
	}
	return out
}

// loadFiles fills in the nodes of all files.
func (b *builder) loadFiles() error {
	workers := b.o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	buffers := sync.Pool{New: func() any { return new([64 << 10]byte) }}
	g, ctx := errgroup.WithContext(b.ctx)
	g.SetLimit(workers)
	for _, f := range b.files {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			buf := buffers.Get().(*[64 << 10]byte)
			defer buffers.Put(buf)
			return b.load(ctx, f, buf[:])
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return b.ctx.Err()
}

func (b *builder) load(ctx context.Context, f *file, buf []byte) error {
	obj, err := b.from.LoadFile(ctx, f.sum)
	if err != nil {
		return err
	}
	defer obj.Close()
	h := &obj.Header
	filled := node{mode: h.Mode, uid: h.UID, gid: h.GID, target: h.Target}
	if obj.Reader != nil && obj.Size > 0 {
		name := ostree.ObjectName{Checksum: f.sum, Type: ostree.TypeFile}
		filled.size, filled.object = uint64(obj.Size), name.LoosePath(ostree.ModeBare)
		if filled.digest, err = b.digest(obj, buf); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	for _, n := range f.nodes {
		name := n.name
		*n = filled
		n.name, n.attrs = name, attrsOf(h.Xattrs)
	}
	return nil
}

// digest reads the content of a file.
func (b *builder) digest(obj *ostree.File, buf []byte) (*Digest, error) {
	if b.o.NoVerity {
		return nil, nil
	}
	var v Verity
	n, err := io.CopyBuffer(&v, struct{ io.Reader }{obj.Reader}, buf)
	if err != nil {
		return nil, err
	}
	if n != obj.Size {
		return nil, fmt.Errorf("%d bytes instead of %d: %w", n, obj.Size, io.ErrUnexpectedEOF)
	}
	d := v.Digest()
	return &d, nil
}
