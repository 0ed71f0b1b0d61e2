package archtest

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// exportBudget is how many exported names (types, functions, constants, variables; not methods) a package may have.
// A top-level package has 80.
const exportBudget = 40

// overBudget names the packages that need more, with the reason.
var overBudget = map[string]string{
	"rpmpkg/rpmtag": "one constant for each tag of the format",
	"ostree/sign":   "four kinds of signature, each with keys of its own",
	"ostree":        "one vocabulary: what is stored, read, written and kept up; a part of its own would need its internals",
}

func TestEveryPackageAndExportIsDocumented(t *testing.T) {
	h := load(t)
	for _, p := range h.pkgs {
		documented := len(p.code()) == 0
		for _, s := range p.code() {
			documented = documented || s.ast.Doc != nil
			for _, d := range s.ast.Decls {
				checkDocumented(t, h, d)
			}
		}
		if !documented {
			t.Errorf("%s: no package comment", p.dir)
		}
	}
}

func checkDocumented(t *testing.T, h *house, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if exportedFunc(d) && d.Doc == nil {
			t.Errorf("%s: %s has no comment", h.at(d), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			for _, name := range exportedNames(spec) {
				if d.Doc == nil && specComment(spec) == nil {
					t.Errorf("%s: %s has no comment", h.at(spec), name)
				}
			}
		}
	}
}

// exportedFunc reports whether d is an exported function or an exported method of an exported type.
func exportedFunc(d *ast.FuncDecl) bool {
	if !d.Name.IsExported() {
		return false
	}
	if d.Recv == nil {
		return true
	}
	return ast.IsExported(receiverName(d.Recv.List[0].Type))
}

func receiverName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverName(e.X)
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func exportedNames(spec ast.Spec) []string {
	var out []string
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			out = append(out, s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() {
				out = append(out, n.Name)
			}
		}
	}
	return out
}

func specComment(spec ast.Spec) *ast.CommentGroup {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return firstComment(s.Doc, s.Comment)
	case *ast.ValueSpec:
		return firstComment(s.Doc, s.Comment)
	}
	return nil
}

func firstComment(groups ...*ast.CommentGroup) *ast.CommentGroup {
	for _, g := range groups {
		if g != nil {
			return g
		}
	}
	return nil
}

func TestExportBudget(t *testing.T) {
	for _, p := range load(t).pkgs {
		n, limit := 0, exportBudget
		if !strings.Contains(p.dir, "/") {
			limit = 80
		}
		for _, s := range p.code() {
			for _, d := range s.ast.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.IsExported() {
						n++
					}
				case *ast.GenDecl:
					n += countedNames(d)
				}
			}
		}
		if n > limit && overBudget[p.dir] == "" {
			t.Errorf("%s exports %d names, more than %d", p.dir, n, limit)
		}
	}
}

// countedNames counts a block of constants as one name: it is read as one.
func countedNames(d *ast.GenDecl) int {
	n := 0
	for _, spec := range d.Specs {
		n += len(exportedNames(spec))
	}
	if d.Tok == token.CONST && n > 1 {
		return 1
	}
	return n
}

// TestNoLeakedTypes checks that no exported declaration of an importable package names a type that an importer
// cannot name: one of an internal package or an unexported one.
func TestNoLeakedTypes(t *testing.T) {
	h := load(t)
	for _, p := range h.pkgs {
		if p.isInternal() || p.isExample() {
			continue
		}
		for _, s := range p.code() {
			imports := s.imports()
			for _, d := range s.ast.Decls {
				for _, e := range exportedTypeExprs(d) {
					checkLeaks(t, h, imports, typeParams(d), e)
				}
			}
		}
	}
}

// exportedTypeExprs returns the type expressions that an importer sees of a declaration.
func exportedTypeExprs(d ast.Decl) []ast.Expr {
	var out []ast.Expr
	switch d := d.(type) {
	case *ast.FuncDecl:
		if exportedFunc(d) {
			out = append(out, d.Type)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					out = append(out, visibleParts(s.Type)...)
				}
			case *ast.ValueSpec:
				if len(exportedNames(s)) > 0 && s.Type != nil {
					out = append(out, s.Type)
				}
			}
		}
	}
	return out
}

func visibleParts(e ast.Expr) []ast.Expr {
	st, ok := e.(*ast.StructType)
	if !ok {
		return []ast.Expr{e}
	}
	var out []ast.Expr
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 { // an embedded unexported type is an implementation detail unless it is a field of note
			continue
		}
		for _, n := range f.Names {
			if n.IsExported() {
				out = append(out, f.Type)
				break
			}
		}
	}
	return out
}

// typeParams are the names that a declaration declares itself.
func typeParams(d ast.Decl) map[string]bool {
	names := map[string]bool{}
	add := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, f := range list.List {
			for _, n := range f.Names {
				names[n.Name] = true
			}
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		add(d.Type.TypeParams)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if s, ok := spec.(*ast.TypeSpec); ok {
				add(s.TypeParams)
			}
		}
	}
	return names
}

func checkLeaks(t *testing.T, h *house, imports map[string]string, own map[string]bool, e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && strings.Contains(imports[x.Name]+"/", "/internal/") {
				t.Errorf("%s: exported declaration names internal type %s.%s", h.at(n), x.Name, n.Sel.Name)
			}
			return false
		case *ast.Field: // only the type is seen, not the names
			checkLeaks(t, h, imports, own, n.Type)
			return false
		case *ast.Ident:
			if !n.IsExported() && types.Universe.Lookup(n.Name) == nil && !own[n.Name] && n.Name != "_" {
				t.Errorf("%s: exported declaration names unexported type %s", h.at(n), n.Name)
			}
		}
		return true
	})
}
