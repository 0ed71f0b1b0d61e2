package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const modulePath = "example.com/rpmostree"

// A source is one parsed Go file.
type source struct {
	name  string // slash path below the module root
	ast   *ast.File
	lines int
	test  bool
}

// A pkg is one directory with Go files.
type pkg struct {
	dir     string // slash path below the module root, "." for the root
	sources []source
}

// house is the parsed module, read once for each test that asks.
type house struct {
	root string
	fset *token.FileSet
	pkgs []*pkg
}

func load(t *testing.T) *house {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	h := &house{root: root, fset: token.NewFileSet()}
	byDir := map[string]*pkg{}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p, root), string(filepath.Separator)))
		if d.IsDir() {
			name := d.Name()
			if rel != "" && (strings.HasPrefix(name, ".") || name == "testdata" || rel == "internal/tools") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		return h.add(byDir, p, rel)
	})
	require.NoError(t, err)
	require.NotEmpty(t, h.pkgs)
	return h
}

func (h *house) add(byDir map[string]*pkg, file, rel string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(h.fset, file, data, parser.ParseComments)
	if err != nil {
		return err
	}
	dir := path.Dir(rel)
	p := byDir[dir]
	if p == nil {
		p = &pkg{dir: dir}
		byDir[dir] = p
		h.pkgs = append(h.pkgs, p)
	}
	p.sources = append(p.sources, source{
		name: rel, ast: f, lines: strings.Count(string(data), "\n"), test: strings.HasSuffix(rel, "_test.go"),
	})
	return nil
}

// code returns the non-test files of a package.
func (p *pkg) code() []source {
	var out []source
	for _, s := range p.sources {
		if !s.test {
			out = append(out, s)
		}
	}
	return out
}

func (p *pkg) isInternal() bool {
	return strings.HasPrefix(p.dir, "internal/") || strings.Contains(p.dir, "/internal/")
}

func (p *pkg) isExample() bool { return strings.HasPrefix(p.dir, "examples/") }

// imports maps the local name of each import of a file to its path.
func (s source) imports() map[string]string {
	m := map[string]string{}
	for _, i := range s.ast.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		name := path.Base(p)
		if i.Name != nil {
			name = i.Name.Name
		}
		m[name] = p
	}
	return m
}

func (h *house) at(n ast.Node) string {
	pos := h.fset.Position(n.Pos())
	rel, err := filepath.Rel(h.root, pos.Filename)
	if err != nil {
		rel = pos.Filename
	}
	return filepath.ToSlash(rel) + ":" + strconv.Itoa(pos.Line)
}
