package testcase

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.com/rpmostree/depsolve"
)

// tagReader reads one repository in testtags form.
type tagReader struct {
	pool    *depsolve.Pool
	repo    *depsolve.Repo
	version int
	self    bool
	pkg     *depsolve.RawPackage
	cache   map[string]depsolve.DepID
	block   string
}

// maxCache is how many dependencies a tagReader remembers: those that many packages have come again soon.
const maxCache = 1 << 13

// ReadTags adds the packages of a repository in testtags form.
func ReadTags(pool *depsolve.Pool, repo *depsolve.Repo, r io.Reader) error {
	t := &tagReader{pool: pool, repo: repo, cache: map[string]depsolve.DepID{}, self: true}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), 16<<20)
	n := 0
	for sc.Scan() {
		n++
		if err := t.line(sc.Text()); err != nil {
			return fmt.Errorf("testtags %s line %d: %w", repo.Name(), n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("testtags %s: %w", repo.Name(), err)
	}
	t.finish()
	return nil
}

func (t *tagReader) line(s string) error {
	if t.block != "" {
		if s == "-"+t.block+":" {
			t.block = ""
			return nil
		}
		return t.tag(t.block, s)
	}
	if len(s) < 5 || s[4] != ':' {
		return nil // blank lines and comments
	}
	tag, value := s[1:4], strings.TrimSpace(s[5:])
	switch s[0] {
	case '+':
		t.block = tag
	case '=':
		return t.tag(tag, value)
	}
	return nil
}

func (t *tagReader) tag(tag, value string) error {
	switch tag {
	case "Ver":
		f := strings.Fields(value)
		if len(f) > 0 {
			v, _, _ := strings.Cut(f[0], ".")
			t.version, _ = strconv.Atoi(v)
			t.self = t.version < 3 || len(f) > 1 && f[1] == "addselfprovides"
		}
		return nil
	case "Pkg":
		return t.newPackage(value)
	}
	if t.pkg == nil {
		return nil
	}
	pkg := t.pkg
	switch tag {
	case "Vnd":
		pkg.Vendor = value
	case "Tim":
		pkg.BuildTime, _ = strconv.ParseInt(value, 10, 64)
	case "Itm":
		pkg.InstallTime, _ = strconv.ParseInt(value, 10, 64)
	case "Fls":
		pkg.Files = append(pkg.Files, strings.TrimSpace(value))
	case "Prv":
		if t.version == 2 && strings.HasPrefix(value, "/") {
			pkg.Files = append(pkg.Files, value)
			return nil
		}
		return t.dep(&pkg.Provides, value)
	default:
		if l := t.listOf(tag); l != nil {
			return t.dep(l, value)
		}
	}
	return nil
}

func (t *tagReader) listOf(tag string) *[]depsolve.DepID {
	switch tag {
	case "Req":
		return &t.pkg.Requires
	case "Prq":
		return &t.pkg.PreRequires
	case "Obs":
		return &t.pkg.Obsoletes
	case "Con":
		return &t.pkg.Conflicts
	case "Rec":
		return &t.pkg.Recommends
	case "Sup":
		return &t.pkg.Supplements
	case "Sug":
		return &t.pkg.Suggests
	case "Enh":
		return &t.pkg.Enhances
	case "Ipr":
		return &t.pkg.IgnoreInstalled
	}
	return nil
}

func (t *tagReader) newPackage(value string) error {
	t.finish()
	f := strings.Fields(value)
	if len(f) == 3 { // without architecture
		f = append(f, "-")
	}
	if len(f) < 4 {
		return fmt.Errorf("package %q: want name, version, release and architecture", value)
	}
	evr := f[1]
	if f[2] != "-" && f[2] != "" {
		evr += "-" + f[2]
	}
	evr = strings.TrimRight(evr, "-") // an empty release is none
	arch := f[3]
	if arch == "-" {
		arch = ""
	}
	t.pool.Name(f[0]) // keep the order of names
	t.pkg = &depsolve.RawPackage{Name: f[0], EVR: evr, Arch: arch}
	return nil
}

func (t *tagReader) dep(list *[]depsolve.DepID, value string) error {
	if strings.HasPrefix(value, "/") {
		*list = append(*list, t.pool.Name(strings.TrimSpace(value)))
		return nil
	}
	d, ok := t.cache[value]
	if !ok {
		var err error
		if d, err = ParseDep(t.pool, value); err != nil {
			return err
		}
		if len(t.cache) >= maxCache {
			clear(t.cache)
		}
		t.cache[strings.Clone(value)] = d // value is a part of its line
	}
	*list = append(*list, d)
	return nil
}

// finish adds the package that was read.
func (t *tagReader) finish() {
	if t.pkg == nil {
		return
	}
	if t.self && t.pkg.Arch != "src" && t.pkg.Arch != "nosrc" {
		self := t.pool.Relation(t.pool.Name(t.pkg.Name), depsolve.OpEQ, t.pool.Name(t.pkg.EVR))
		found := false
		for _, d := range t.pkg.Provides {
			found = found || d == self
		}
		if !found {
			t.pkg.Provides = append(t.pkg.Provides, self)
		}
	}
	if t.version == 2 {
		rewriteSUSE(t.pool, t.pkg)
	}
	t.repo.AddRaw(t.pkg)
	t.pkg = nil
}
