package archtest

import (
	"go/ast"
	"testing"
)

const (
	maxFileLines = 600
	maxFuncLines = 80
)

// longFiles and longFuncs name what is larger than the budget, with the reason.
var (
	longFiles = map[string]string{}
	longFuncs = map[string]string{}
)

func TestSizes(t *testing.T) {
	h := load(t)
	for _, p := range h.pkgs {
		for _, s := range p.code() {
			if s.lines > maxFileLines && longFiles[s.name] == "" {
				t.Errorf("%s has %d lines, more than %d: a file holds one concept", s.name, s.lines, maxFileLines)
			}
			for _, d := range s.ast.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Body == nil {
					continue
				}
				lines := h.fset.Position(f.End()).Line - h.fset.Position(f.Pos()).Line
				if lines > maxFuncLines && longFuncs[p.dir+"."+f.Name.Name] == "" {
					t.Errorf("%s: %s has %d lines, more than %d", h.at(f), f.Name.Name, lines, maxFuncLines)
				}
			}
		}
	}
}
