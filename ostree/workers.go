package ostree

import (
	"runtime"
	"strings"
	"sync"
)

// workers runs work on the paths of a tree on all processors, and remembers the
// error of the path that comes first in the order of the tree: the same one in
// every run, because only paths behind an error are left out.
type workers struct {
	slots chan struct{}

	mu    sync.Mutex
	path  string
	first error
}

// group waits for work that was handed out.
type group = sync.WaitGroup

func (w *workers) init() {
	w.slots = make(chan struct{}, max(runtime.GOMAXPROCS(0)-1, 0))
}

// run calls fn: on another goroutine of the group if a processor is free.
func (w *workers) run(g *group, fn func()) {
	select {
	case w.slots <- struct{}{}:
		g.Go(func() {
			defer func() { <-w.slots }()
			fn()
		})
	default:
		fn()
	}
}

// each calls fn for 0 to n-1, in this order on all free processors, and waits. The last call is made here, so that a
// chain of directories does not occupy processors with waiting.
func (w *workers) each(n int, fn func(i int)) {
	var g group
	for i := range n - 1 {
		w.run(&g, func() { fn(i) })
	}
	if n > 0 {
		fn(n - 1)
	}
	g.Wait()
}

// fail notes the error of path, if it is one.
func (w *workers) fail(path string, err error) {
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil || treeOrder(path, w.path) < 0 {
		w.path, w.first = path, err
	}
}

// stopped reports whether work on path is in vain, because an earlier path has failed.
func (w *workers) stopped(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first != nil && treeOrder(w.path, path) < 0
}

func (w *workers) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first
}

// treeOrder compares paths component by component.
func treeOrder(a, b string) int {
	for a != "" || b != "" {
		x, arest, _ := strings.Cut(a, "/")
		y, brest, _ := strings.Cut(b, "/")
		if d := strings.Compare(x, y); d != 0 {
			return d
		}
		a, b = arest, brest
	}
	return 0
}
