package delta

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/ostree"
)

// plan says what goes into a delta, in the order of its parts.
type plan struct {
	name      Name
	commit    []byte
	metadataN []ostree.ObjectName
	files     []filePlan
	links     []ostree.Checksum
	fallbacks []Fallback
}

// filePlan is a regular file and how to make it.
type filePlan struct {
	sum  ostree.Checksum
	size int64
	from *oldFile // nil: as it is
}

// oldFile is a file of the old commit.
type oldFile struct {
	path string
	sum  ostree.Checksum
	size int64
}

// entry is a file object and the first path that it has.
type entry struct {
	path string
	sum  ostree.Checksum
}

// tree is everything that a commit reaches, in the order of paths.
type tree struct {
	meta  []ostree.ObjectName
	files []entry
	have  *ostree.ObjectSet
}

func loadTree(ctx context.Context, repo *ostree.Repo, c ostree.Checksum) (*tree, []byte, error) {
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil {
		return nil, nil, fmt.Errorf("commit %s: %w", c, err)
	}
	commit, err := ostree.ParseCommit(data)
	if err != nil {
		return nil, nil, fmt.Errorf("commit %s: %w", c, err)
	}
	state, err := repo.CommitState(ctx, c)
	if err == nil && state != ostree.CommitNormal {
		err = fmt.Errorf("commit %s is not complete; pull it again", c)
	}
	if err != nil {
		return nil, nil, err
	}
	t := &tree{have: &ostree.ObjectSet{}}
	t.addMeta(commit.RootMeta, ostree.TypeDirMeta)
	return t, data, t.walk(ctx, repo, commit.RootTree, "/", 0)
}

func (t *tree) addMeta(c ostree.Checksum, typ ostree.ObjectType) bool {
	n := ostree.ObjectName{Checksum: c, Type: typ}
	first := t.have.Add(n)
	if first {
		t.meta = append(t.meta, n)
	}
	return first
}

func (t *tree) walk(ctx context.Context, repo *ostree.Repo, c ostree.Checksum, dir string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("directory %s: nested deeper than %d", dir, maxDepth)
	}
	if !t.addMeta(c, ostree.TypeDirTree) {
		return nil
	}
	d, err := repo.LoadDirTree(ctx, c)
	if err != nil {
		return fmt.Errorf("directory %s: %w", dir, err)
	}
	for _, f := range d.Files {
		if t.have.Add(ostree.ObjectName{Checksum: f.Checksum, Type: ostree.TypeFile}) {
			t.files = append(t.files, entry{path.Join(dir, f.Name), f.Checksum})
		}
	}
	for _, sub := range d.Dirs {
		t.addMeta(sub.Meta, ostree.TypeDirMeta)
		if err := t.walk(ctx, repo, sub.Tree, path.Join(dir, sub.Name), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func makePlan(ctx context.Context, repo *ostree.Repo, name Name, o *GenerateOptions) (*plan, error) {
	to, commit, err := loadTree(ctx, repo, name.To)
	if err != nil {
		return nil, err
	}
	from := &tree{have: &ostree.ObjectSet{}}
	if !name.From.IsZero() {
		if from, _, err = loadTree(ctx, repo, name.From); err != nil {
			return nil, err
		}
	}
	p := &plan{name: name, commit: commit}
	for _, n := range to.meta {
		if !from.have.Has(n) {
			p.metadataN = append(p.metadataN, n)
		}
	}
	old := &candidates{repo: repo, files: from.files, to: to}
	for _, f := range to.files {
		if from.have.Has(ostree.ObjectName{Checksum: f.sum, Type: ostree.TypeFile}) {
			continue
		}
		if err := p.addFile(ctx, old, f, o); err != nil {
			return nil, fmt.Errorf("file %s: %w", f.path, err)
		}
	}
	return p, nil
}

// addFile decides how to make a file that is new.
func (p *plan) addFile(ctx context.Context, old *candidates, e entry, o *GenerateOptions) error {
	f, err := old.repo.LoadFile(ctx, e.sum)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if f.Header.IsSymlink() {
		p.links = append(p.links, e.sum)
		return nil
	}
	fp := filePlan{sum: e.sum, size: f.Size}
	if fp.from, err = old.find(ctx, e, f.Size); err != nil {
		return err
	}
	min := orDefault(o.MinFallbackSize, DefaultMinFallbackSize)
	if fp.from == nil && min >= 0 && f.Size >= min {
		return p.addFallback(ctx, old.repo, fp)
	}
	p.files = append(p.files, fp)
	return nil
}

func (p *plan) addFallback(ctx context.Context, repo *ostree.Repo, fp filePlan) error {
	n := ostree.ObjectName{Checksum: fp.sum, Type: ostree.TypeFile}
	size, err := repo.StorageSize(ctx, n)
	p.fallbacks = append(p.fallbacks, Fallback{n, uint64(size), uint64(fp.size)})
	return err
}

// candidates finds the file of the old commit that a new one resembles.
type candidates struct {
	repo  *ostree.Repo
	files []entry
	to    *tree

	byPath map[string]entry
	byName map[string][]entry // by base name, and by its start
	known  map[ostree.Checksum]*oldFile
}

// maxCandidates bounds the files of one name that are looked at.
const maxCandidates = 64

func (c *candidates) index() {
	c.byPath, c.byName = map[string]entry{}, map[string][]entry{}
	c.known = map[ostree.Checksum]*oldFile{}
	for _, f := range c.files {
		c.byPath[f.path] = f
		base := path.Base(f.path)
		for _, key := range names(base) {
			if len(c.byName[key]) < maxCandidates {
				c.byName[key] = append(c.byName[key], f)
			}
		}
	}
}

// names are the keys under which a base name is found: itself, and what
// precedes the first dot, as versions of libraries follow it.
func names(base string) []string {
	stem, _, ok := strings.Cut(base, ".")
	if !ok || stem == "" {
		return []string{base}
	}
	return []string{base, stem + "."}
}

// compressed files have nothing in common with their earlier versions.
func compressed(name string) bool {
	switch path.Ext(name) {
	case ".xz", ".bz2", ".gz", ".zst":
		return true
	}
	return false
}

// find returns nil if there is no file worth comparing with: the one of the same
// path, else of the same name, else of the same start of the name, each time the
// one closest in size.
func (c *candidates) find(ctx context.Context, e entry, size int64) (*oldFile, error) {
	if len(c.files) == 0 || size == 0 {
		return nil, nil
	}
	if c.byPath == nil {
		c.index()
	}
	if same, ok := c.byPath[e.path]; ok {
		if old, err := c.usable(ctx, same); old != nil || err != nil {
			return old, err
		}
	}
	if compressed(e.path) {
		return nil, nil
	}
	for _, key := range names(path.Base(e.path)) {
		best, err := c.closest(ctx, c.byName[key], e, size)
		if best != nil || err != nil {
			return best, err
		}
	}
	return nil, nil
}

func (c *candidates) closest(ctx context.Context, list []entry, e entry, size int64) (*oldFile, error) {
	var fit []*oldFile
	for _, f := range list {
		old, err := c.usable(ctx, f)
		if err != nil {
			return nil, err
		}
		// A third more or less, as one version is to the next.
		if old != nil && old.size*10 >= size*7 && old.size*10 <= size*13 {
			fit = append(fit, old)
		}
	}
	if len(fit) == 0 {
		return nil, nil
	}
	distance := func(f *oldFile) int64 { return max(f.size-size, size-f.size) }
	return slices.MinFunc(fit, func(a, b *oldFile) int {
		shared := cmp.Compare(common(b.path, e.path), common(a.path, e.path))
		return cmp.Or(cmp.Compare(distance(a), distance(b)), shared, cmp.Compare(a.path, b.path))
	}), nil
}

// common is the length of the start that two paths share.
func common(a, b string) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return i
}

// worldReadable is the permission a source needs: clients without privileges
// apply deltas too.
const worldReadable = 0o004

func (c *candidates) usable(ctx context.Context, e entry) (*oldFile, error) {
	if old, ok := c.known[e.sum]; ok {
		return old, nil
	}
	f, err := c.repo.LoadFile(ctx, e.sum)
	if err != nil {
		return nil, err
	}
	var old *oldFile
	if !f.Header.IsSymlink() && f.Header.Mode&worldReadable != 0 && f.Size > 0 {
		old = &oldFile{e.path, e.sum, f.Size}
	}
	c.known[e.sum] = old
	return old, f.Close()
}
