package pull

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"example.com/rpmostree/ostree"
)

// maxDepth bounds the nesting of directories; PATH_MAX allows 2048.
const maxDepth = 4096

// task is a directory to complete or an object to get.
type task struct {
	name ostree.ObjectName
	// The rest is for dirtrees.
	path  string
	depth int
	// base is the dirtree that a complete local commit has in this place.
	base *ostree.Checksum
	// only are the subpaths still to be followed, nil for everything.
	only []string
}

// scan is a bounded set of workers over the objects of trees. Directories go
// first, last found first, which keeps their queue short and finds content
// early; content follows in the order found.
type scan struct {
	*puller
	mu      sync.Mutex
	wake    sync.Cond
	trees   []task
	content []ostree.Checksum
	running int
	err     error
	seen    map[ostree.ObjectName]struct{}
}

// fetchTrees completes the trees.
func (p *puller) fetchTrees(ctx context.Context, roots []root) error {
	s := &scan{puller: p, seen: map[ostree.ObjectName]struct{}{}}
	s.wake.L = &s.mu
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	only, err := splitSubpaths(p.o.Subpaths)
	if err != nil {
		return err
	}
	for _, r := range roots {
		s.addRoot(r, only)
	}
	var wg sync.WaitGroup
	for range p.concurrency() {
		wg.Go(func() { s.work(ctx, cancel) })
	}
	wg.Wait()
	return s.err
}

func (s *scan) addRoot(r root, only []string) {
	t := task{name: ostree.ObjectName{Checksum: r.tree.Tree, Type: ostree.TypeDirTree}, path: "/", only: only}
	if r.base != nil && only == nil {
		t.base = &r.base.Tree
	}
	s.push([]task{t, {name: ostree.ObjectName{Checksum: r.tree.Meta, Type: ostree.TypeDirMeta}}}, nil)
}

func splitSubpaths(paths []string) ([]string, error) {
	var only []string
	for _, p := range paths {
		if !strings.HasPrefix(p, "/") {
			return nil, fmt.Errorf("subpath %q: not absolute", p)
		}
		if p = strings.Trim(p, "/"); p == "" {
			return nil, nil
		}
		only = append(only, p)
	}
	return only, nil
}

// push queues what has not been seen.
func (s *scan) push(trees []task, content []ostree.Checksum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range trees {
		// A directory that is only followed in part may be met again in whole.
		if t.only == nil && !s.first(t.name) {
			continue
		}
		s.trees = append(s.trees, t)
	}
	for _, c := range content {
		if s.first(ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}) {
			s.content = append(s.content, c)
		}
	}
	s.pending()
	s.wake.Broadcast()
}

func (s *scan) first(n ostree.ObjectName) bool {
	_, seen := s.seen[n]
	s.seen[n] = struct{}{}
	return !seen
}

func (s *scan) pending() {
	s.count.metadataPending.Store(int64(len(s.trees)))
	s.count.contentPending.Store(int64(len(s.content)))
}

// next waits for a task; false means that there will be none.
func (s *scan) next(ctx context.Context) (task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.err == nil && ctx.Err() != nil {
			s.err = context.Cause(ctx)
		}
		if s.err != nil {
			return task{}, false
		}
		if t, ok := s.take(); ok {
			s.running++
			return t, true
		}
		if s.running == 0 {
			s.wake.Broadcast()
			return task{}, false
		}
		s.wake.Wait()
	}
}

func (s *scan) take() (task, bool) {
	defer s.pending()
	if n := len(s.trees); n > 0 {
		t := s.trees[n-1]
		s.trees = s.trees[:n-1]
		return t, true
	}
	if len(s.content) > 0 {
		c := s.content[0]
		s.content = s.content[1:]
		return task{name: ostree.ObjectName{Checksum: c, Type: ostree.TypeFile}}, true
	}
	return task{}, false
}

func (s *scan) work(ctx context.Context, cancel context.CancelFunc) {
	for {
		t, ok := s.next(ctx)
		if !ok {
			return
		}
		err := s.process(ctx, t)
		s.mu.Lock()
		s.running--
		if err != nil && s.err == nil {
			s.err = err
			cancel() // the other transfers are in vain
		}
		s.wake.Broadcast()
		s.mu.Unlock()
	}
}

func (s *scan) process(ctx context.Context, t task) error {
	if t.name.Type != ostree.TypeDirTree {
		return s.ensure(ctx, t.name)
	}
	if t.base != nil && *t.base == t.name.Checksum {
		return nil // complete, with everything below
	}
	if t.depth > maxDepth {
		return fmt.Errorf("directory %s: nested deeper than %d", t.path, maxDepth)
	}
	if err := s.ensure(ctx, t.name); err != nil {
		return fmt.Errorf("directory %s: %w", t.path, err)
	}
	tree, err := s.tx.LoadDirTree(ctx, t.name.Checksum)
	if err != nil {
		return err
	}
	known, err := s.loadBase(ctx, t.base)
	if err != nil {
		return err
	}
	s.children(t, tree, known)
	return nil
}

// baseDir is what a complete local commit has in one directory.
type baseDir struct {
	files map[string]ostree.Checksum
	dirs  map[string]ostree.DirEntry
}

// loadBase returns an empty baseDir if there is nothing to compare with.
func (s *scan) loadBase(ctx context.Context, base *ostree.Checksum) (baseDir, error) {
	if base == nil {
		return baseDir{}, nil
	}
	tree, err := s.dst.LoadDirTree(ctx, *base)
	if isNotExist(err) {
		return baseDir{}, nil
	}
	if err != nil {
		return baseDir{}, err
	}
	b := baseDir{make(map[string]ostree.Checksum, len(tree.Files)), make(map[string]ostree.DirEntry, len(tree.Dirs))}
	for _, f := range tree.Files {
		b.files[f.Name] = f.Checksum
	}
	for _, d := range tree.Dirs {
		b.dirs[d.Name] = d
	}
	return b, nil
}

// children queues what a directory names.
func (s *scan) children(t task, tree *ostree.DirTree, known baseDir) {
	var content []ostree.Checksum
	var trees []task
	for _, f := range tree.Files {
		if _, ok := follow(t.only, f.Name); !ok {
			continue
		}
		if old, ok := known.files[f.Name]; !ok || old != f.Checksum {
			content = append(content, f.Checksum)
		}
	}
	for _, d := range tree.Dirs {
		only, ok := follow(t.only, d.Name)
		if !ok {
			continue
		}
		sub := task{
			name: ostree.ObjectName{Checksum: d.Tree, Type: ostree.TypeDirTree},
			path: strings.TrimSuffix(t.path, "/") + "/" + d.Name, depth: t.depth + 1, only: only,
		}
		if old, ok := known.dirs[d.Name]; ok {
			sub.base = &old.Tree
			if old == d {
				continue
			}
		}
		trees = append(trees, task{name: ostree.ObjectName{Checksum: d.Meta, Type: ostree.TypeDirMeta}}, sub)
	}
	s.push(trees, content)
}

// follow returns the subpaths below name, and whether name is on the way to
// one: nil, true means all of it.
func follow(only []string, name string) ([]string, bool) {
	if only == nil {
		return nil, true
	}
	var below []string
	for _, p := range only {
		first, rest, more := strings.Cut(p, "/")
		switch {
		case first != name:
		case !more || strings.Trim(rest, "/") == "":
			return nil, true
		default:
			below = append(below, strings.TrimLeft(rest, "/"))
		}
	}
	return below, below != nil
}
