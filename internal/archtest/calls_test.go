package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// durable calls change what survives a crash; they belong to internal/atomicfs, where the crash seam is.
var durable = []string{
	"os.Rename", "os.Link", "os.Symlink", "os.WriteFile", "unix.Rename", "unix.Renameat", "unix.Renameat2", "unix.Link",
	"unix.Linkat", "unix.Symlinkat", "unix.Fsync", "unix.Fdatasync", "unix.Syncfs", "unix.Sync", "unix.Unlinkat",
}

// durableElsewhere names the packages or files that may use such a call for something that is not durable state.
var durableElsewhere = map[string]string{
	"depsolve/testcase":         "writes test cases for people to look at",
	"internal/atomicfs":         "the one place",
	"internal/testenv":          "writes test fixtures",
	"internal/bench":            "makes throw-away trees",
	"internal/bench/solve":      "makes throw-away trees",
	"bootloader/bootloadertest": "makes the roots of tests",
}

// never are calls that a library does not make: its caller decides about output and exit.
var never = []string{"os.Exit", "fmt.Print", "fmt.Println", "fmt.Printf", "log.Print", "log.Printf", "log.Println", "log.Fatal", "log.Fatalf", "slog.Default", "slog.Info", "slog.Warn"}

func TestForbiddenCalls(t *testing.T) {
	h := load(t)
	for _, p := range h.pkgs {
		for _, s := range p.code() {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					checkCall(t, h, p, s, c)
				}
				return true
			})
		}
	}
}

func checkCall(t *testing.T, h *house, p *pkg, s source, c *ast.CallExpr) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	name := path.Base(s.imports()[x.Name]) + "." + sel.Sel.Name
	if slices.Contains(durable, name) && !p.isExample() && !hasReason(p, s) {
		t.Errorf("%s: %s belongs to internal/atomicfs", h.at(c), name)
	}
	if slices.Contains(never, name) && !p.isExample() && !matches("internal/bench/...", p.dir) {
		t.Errorf("%s: a library does not call %s", h.at(c), name)
	}
}

func hasReason(p *pkg, s source) bool {
	return durableElsewhere[p.dir] != "" || durableElsewhere[s.name] != ""
}

// variables names the package-level variables that are neither errors nor tables, with the reason.
var variables = map[string]string{}

func TestNoInitAndNoMutableState(t *testing.T) {
	h := load(t)
	for _, p := range h.pkgs {
		for _, s := range p.code() {
			for _, d := range s.ast.Decls {
				checkState(t, h, p, s, d)
			}
		}
	}
}

func checkState(t *testing.T, h *house, p *pkg, s source, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name == "init" {
			t.Errorf("%s: init() has effects at import time", h.at(d))
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR || isEmbedded(d) {
			return
		}
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			for i, n := range v.Names {
				if n.Name == "_" || i < len(v.Values) && isConstantLike(v.Values[i]) || variables[p.dir+"."+n.Name] != "" {
					continue
				}
				t.Errorf("%s: package variable %s is neither an error nor a table", h.at(v), n.Name)
			}
		}
	}
}

// isEmbedded reports whether the variable holds a file of the source tree.
func isEmbedded(d *ast.GenDecl) bool {
	return d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// isConstantLike reports whether an initialiser makes an error, a table, a compiled pattern, a buffer pool or a
// decoded constant: values that are set once and never changed.
func isConstantLike(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CompositeLit, *ast.BasicLit:
		return true
	case *ast.UnaryExpr:
		return isConstantLike(e.X)
	case *ast.FuncLit:
		return false
	case *ast.CallExpr:
		name := callName(e)
		return slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile", "sync.OnceValue", "sync.OnceValues",
			"strings.NewReplacer", "crc64.MakeTable", "crc32.MakeTable", "base32.NewEncoding", "base64.NewEncoding"}, name) || strings.HasPrefix(name, "[]") || strings.HasPrefix(name, "must")
	}
	return false
}

func callName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		switch x := f.X.(type) {
		case *ast.Ident:
			return x.Name + "." + f.Sel.Name
		case *ast.CallExpr: // what is made first decides: base32.NewEncoding(...).WithPadding(...)
			return callName(x)
		}
	case *ast.Ident:
		return f.Name
	case *ast.ArrayType:
		return "[]"
	case *ast.FuncLit:
		return "mustBeBuiltOnce" // func() table { ... }(): a table with an algorithm
	}
	return ""
}
