package testcase

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/depsolve"
)

// Result is what one section of a case gave.
type Result struct {
	Line      int      // of the "result" directive
	Flags     []string // what kinds of lines were asked for
	Want, Got []string // sorted lines
	Skipped   string   // why the section was not run, "" if it was

	// Why holds the reason for each line of the transaction.
	Why map[string]string

	// Elapsed is how long the solver took, without reading and explaining.
	Elapsed time.Duration
}

// Equal reports whether the lines that begin with one of the words are equal;
// without words, all lines.
func (r *Result) Equal(words ...string) bool {
	return slices.Equal(pick(r.Want, words), pick(r.Got, words))
}

// TransactionWords begin the lines of transactions.
var transactionWords = []string{"install", "erase", "reinstall", "downgrade", "change", "upgrade", "obsolete", "multiinstall", "multireinstall"}

// EqualTransaction reports whether the lines of the transaction are equal.
func (r *Result) EqualTransaction() bool { return r.Equal(transactionWords...) }

func pick(lines, words []string) []string {
	if len(words) == 0 {
		return lines
	}
	var out []string
	for _, l := range lines {
		w, _, _ := strings.Cut(l, " ")
		if slices.Contains(words, w) {
			out = append(out, l)
		}
	}
	return out
}

var errSkip = errors.New("skipped")

// Run runs all sections of the case in a file. An error is one of the file, not
// of the solver.
func Run(ctx context.Context, fsys fs.FS, name string) ([]Result, error) {
	c := newRunner(ctx, fsys, name)
	err := c.read(name)
	return c.results, err
}

func newRunner(ctx context.Context, fsys fs.FS, name string) *runner {
	return &runner{ctx: ctx, fsys: fsys, dir: path.Dir(name), pool: depsolve.NewPool("")}
}

// read goes through the directives of a file.
func (c *runner) read(name string) error {
	data, err := fs.ReadFile(c.fsys, name)
	if err != nil {
		return fmt.Errorf("testcase: %w", err)
	}
	c.lines = strings.Split(string(data), "\n")
	for c.at < len(c.lines) {
		n := c.at + 1
		words := strings.Fields(c.lines[c.at])
		c.at++
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := c.directive(words); err != nil {
			if errors.Is(err, errSkip) {
				c.skip = err.Error()
				continue
			}
			return fmt.Errorf("testcase %s line %d: %w", name, n, err)
		}
	}
	return nil
}

type runner struct {
	ctx   context.Context
	fsys  fs.FS
	dir   string
	lines []string
	at    int

	pool     *depsolve.Pool
	poolOpts depsolve.PoolOptions
	repos    []*depsolve.Repo
	ids      map[*depsolve.Repo]map[string]depsolve.PkgID
	jobs     []depsolve.Job
	asked    []depsolve.Job   // what the solver was given
	stack    []depsolve.DepID // what genid built
	opts     depsolve.Options
	kept     []depsolve.Rule // package rules of sections before, while a solver is used again
	answered bool            // this section has a result
	started  bool
	skip     string
	autoinst []string
	results  []Result

	collect  bool // requests instead of running them
	requests []Request
}

func (c *runner) directive(w []string) error {
	switch w[0] {
	case "repo":
		return c.repo(w[1:])
	case "system":
		return c.system(w[1:])
	case "poolflags":
		return c.poolFlags(w[1:])
	case "solverflags":
		return c.solverFlags(w[1:])
	case "feature":
		return c.feature(w[1:])
	case "job":
		return c.job(w[1:])
	case "vendorclass":
		return c.vendorClass(w[1:])
	case "namespace":
		return c.namespace(w[1:])
	case "disable":
		return c.disable(w[1:])
	case "autoinst":
		if len(w) == 3 && w[1] == "name" {
			c.autoinst = append(c.autoinst, w[2])
		}
		return nil
	case "nextjob":
		c.answered = false
		if len(w) < 2 || w[1] != "reusesolver" {
			c.opts, c.kept = depsolve.Options{}, nil
		}
		c.jobs, c.stack, c.skip = nil, nil, ""
		return nil
	case "result":
		return c.result(w[1:])
	case "genid":
		return c.genID(w[1:])
	case "evrcmp":
		return c.evrCmp(w[1:])
	}
	return fmt.Errorf("unknown directive %q", w[0])
}

// begin resets pool flags at the first directive that sets up the pool.
func (c *runner) begin() {
	if !c.started {
		c.started = true
		c.poolOpts = depsolve.PoolOptions{NoColours: true, DropExcluded: true}
		c.pool.SetOptions(c.poolOpts)
	}
}

// The format counts priorities up from 0, higher is better; pools count down.
const basePriority, baseCost = 100_000, 100_000

func (c *runner) repo(w []string) error {
	c.begin()
	if len(w) < 3 {
		return errors.New("repo: want name, priority and type")
	}
	prio, sub, _ := strings.Cut(w[1], ".")
	p, err := strconv.Atoi(prio)
	if err != nil {
		return fmt.Errorf("repo: priority: %w", err)
	}
	cost := baseCost
	if sub != "" {
		s, err := strconv.Atoi(sub)
		if err != nil {
			return fmt.Errorf("repo: sub-priority: %w", err)
		}
		cost -= s
	}
	r := c.pool.AddRepo(w[0], &depsolve.RepoOptions{Priority: basePriority - p, Cost: cost})
	c.repos = append(c.repos, r)
	switch w[2] {
	case "empty":
		return nil
	case "testtags":
		if len(w) < 4 {
			return errors.New("repo: want a file")
		}
		f, err := c.open(w[3])
		if err != nil {
			return err
		}
		defer f.Close()
		return ReadTags(c.pool, r, f)
	}
	return fmt.Errorf("repo type %q: %w", w[2], errSkip)
}

// open opens a file argument: a path beside the case, or inline text.
func (c *runner) open(name string) (io.ReadCloser, error) {
	if name == "<inline>" {
		var b bytes.Buffer
		for ; c.at < len(c.lines); c.at++ {
			l, ok := strings.CutPrefix(strings.TrimLeft(c.lines[c.at], " \t"), "#>")
			if !ok {
				break
			}
			b.WriteString(l + "\n")
		}
		return io.NopCloser(&b), nil
	}
	f, err := c.fsys.Open(path.Join(c.dir, name))
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, ".gz") {
		return f, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

func (c *runner) system(w []string) error {
	c.begin()
	if len(w) < 2 {
		return errors.New("system: want architecture and distribution")
	}
	arch := w[0]
	if arch == "unset" || arch == "-" {
		arch = ""
	}
	c.pool.SetArch(arch)
	if w[1] != "*" && !slices.Contains(strings.Split(w[1], ","), "rpm") {
		return fmt.Errorf("distribution %q: %w", w[1], errSkip)
	}
	if len(w) > 2 {
		r := c.repoNamed(w[2])
		if r == nil {
			return fmt.Errorf("system: no repository %q", w[2])
		}
		c.pool.SetInstalled(r)
	}
	return nil
}

func (c *runner) feature(w []string) error {
	known := []string{"complex_deps", "multi_semantics", "testcase_helixrepo"}
	for _, f := range splitFlags(w) {
		if !slices.Contains(known, f) {
			return fmt.Errorf("feature %q: %w", f, errSkip)
		}
	}
	return nil
}

func splitFlags(w []string) []string {
	return strings.FieldsFunc(strings.Join(w, ","), func(r rune) bool { return r == ',' })
}

func (c *runner) vendorClass(w []string) error {
	var class []string
	for _, v := range w {
		s, err := unescape(v)
		if err != nil {
			return err
		}
		class = append(class, s)
	}
	c.pool.AddVendorClass(class...)
	return nil
}

func (c *runner) namespace(w []string) error {
	if len(w) < 1 {
		return errors.New("namespace: want a dependency")
	}
	space, arg, ok := strings.Cut(strings.TrimSuffix(w[0], ")"), "(")
	if !ok {
		return fmt.Errorf("namespace %q: want space(argument)", w[0])
	}
	var right depsolve.DepID
	if arg != "" && arg != "<NULL>" {
		var err error
		if right, err = ParseDep(c.pool, arg); err != nil {
			return err
		}
	}
	var ids []depsolve.PkgID
	for _, s := range w[1:] {
		if s == "@SYSTEM" {
			continue
		}
		id, err := c.pkg(s)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	c.pool.SetNamespace(c.pool.Name(space), right, ids...)
	return nil
}

func (c *runner) disable(w []string) error {
	if len(w) == 2 && w[0] == "pkg" {
		if _, err := c.pkg(w[1]); err != nil {
			return nil // some cases disable what does not exist
		}
	}
	sel, _, err := c.selection(w)
	if err != nil {
		return err
	}
	c.pool.Exclude(c.pool.Matches(sel)...)
	return nil
}

// repoNamed returns the first repository of a name, blanks written as "_".
func (c *runner) repoNamed(name string) *depsolve.Repo {
	for _, r := range c.repos {
		if strings.ReplaceAll(r.Name(), " ", "_") == name {
			return r
		}
	}
	return nil
}

// pkg finds a package by "name-evr.arch@repo".
func (c *runner) pkg(s string) (depsolve.PkgID, error) {
	for i := 0; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		name, err := unescape(s[:i])
		if err != nil {
			return 0, err
		}
		for _, r := range c.repos {
			if strings.ReplaceAll(r.Name(), " ", "_") == s[i+1:] {
				if id := c.named(r)[name]; id != 0 {
					return id, nil
				}
			}
		}
	}
	return 0, fmt.Errorf("no package %q", s)
}

// named indexes the packages of a repository by their text.
func (c *runner) named(r *depsolve.Repo) map[string]depsolve.PkgID {
	if m := c.ids[r]; m != nil {
		return m
	}
	m := map[string]depsolve.PkgID{}
	for _, id := range r.Packages() {
		if n := c.pool.PkgString(id); m[n] == 0 {
			m[n] = id
		}
	}
	if c.ids == nil {
		c.ids = map[*depsolve.Repo]map[string]depsolve.PkgID{}
	}
	c.ids[r] = m
	return m
}

func (c *runner) pkgText(id depsolve.PkgID) string {
	if id == 0 {
		return "@SYSTEM"
	}
	return pkgText(c.pool, id)
}
