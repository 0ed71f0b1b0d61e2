package ostree_test

import (
	"bufio"
	"debug/elf"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// libostreePackages are those that the tables name, by what stands before the dot.
var libostreePackages = map[string]string{
	"ostree": ".", "pull": "pull", "delta": "delta", "sign": "sign", "sepolicy": "sepolicy", "composefs": "composefs",
	"sysroot": "../sysroot", "kargs": "../bootloader/kargs", "bls": "../bootloader/bls",
}

// exportedNames has the exported names of a package, and those of the methods and fields of its types as Type.Name.
func exportedNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	names := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range src.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					typ := d.Recv.List[0].Type
					if p, ok := typ.(*ast.StarExpr); ok {
						typ = p.X
					}
					name = typ.(*ast.Ident).Name + "." + name
				}
				names[name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					addSpec(names, s)
				}
			}
		}
	}
	return names
}

func addSpec(names map[string]bool, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names[n.Name] = true
		}
	case *ast.TypeSpec:
		names[s.Name.Name] = true
		fields, ok := s.Type.(*ast.StructType)
		if !ok {
			return
		}
		for _, f := range fields.Fields.List {
			for _, n := range f.Names {
				names[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

// nameChecker fails for names that no package exports.
func nameChecker(t *testing.T) func(where, name string) {
	exported := map[string]map[string]bool{}
	for p, dir := range libostreePackages {
		exported[p] = exportedNames(t, dir)
	}
	return func(where, name string) {
		pkg, rest, ok := strings.Cut(name, ".")
		if !ok || exported[pkg] == nil {
			pkg, rest = "ostree", name
		}
		if !exported[pkg][rest] || !ast.IsExported(rest) {
			t.Errorf("%s: there is no %s in package %s", where, rest, pkg)
		}
	}
}

// TestLibostreeHasNothingMore: what each function of the C library does is here, or is said to be without use.
func TestLibostreeHasNothingMore(t *testing.T) {
	list, err := os.ReadFile("testdata/libostree.txt")
	require.NoError(t, err)
	check := nameChecker(t)
	var patterns []string
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		require.Greater(t, len(fields), 1, line)
		patterns = append(patterns, fields[0])
		if fields[1] == "-" {
			require.Greater(t, len(fields), 2, line)
			continue
		}
		for _, name := range fields[1:] {
			check(fields[0], name)
		}
	}
	used := map[string]bool{}
	for _, s := range librarySymbols(t) {
		i := slices.IndexFunc(patterns, func(p string) bool {
			ok, err := path.Match(p, s)
			require.NoError(t, err)
			return ok
		})
		if i < 0 {
			t.Errorf("%s is not in the list", s)
			continue
		}
		used[patterns[i]] = true
	}
	for _, p := range patterns {
		if !used[p] {
			t.Errorf("the list has %s, which is not in the library", p)
		}
	}
}

// librarySymbols are the functions that the installed libostree exports. The lists are about its version 2022.7.
func librarySymbols(t *testing.T) []string {
	t.Helper()
	testenv.NeedTool(t, "ostree")
	if v := testenv.Run(t, "", "ostree", "--version"); !strings.Contains(v, "2022.7") {
		t.Skipf("libostree is not 2022.7: %s", v)
	}
	found, err := filepath.Glob("/usr/lib/*/libostree-1.so.1")
	require.NoError(t, err)
	require.NotEmpty(t, found, "the command is linked to it")
	lib, err := elf.Open(found[0])
	require.NoError(t, err)
	defer lib.Close()
	symbols, err := lib.DynamicSymbols()
	require.NoError(t, err)
	var out []string
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF && strings.HasPrefix(s.Name, "ostree_") {
			out = append(out, s.Name)
		}
	}
	require.Greater(t, len(out), 400)
	return out
}

// TestMigrationTable: the table of the package comment names functions that the C library has and names that this module
// has.
func TestMigrationTable(t *testing.T) {
	f, err := os.Open("doc.go")
	require.NoError(t, err)
	defer f.Close()
	check := nameChecker(t)
	known := map[string]bool{}
	for _, s := range librarySymbols(t) {
		known[s] = true
	}
	row := regexp.MustCompile(`^//\t(\S.*?) {2,}(\S.*)$`)
	inside, rows := false, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "// # ") {
			inside = lines.Text() == "// # For users of libostree"
		}
		m := row.FindStringSubmatch(lines.Text())
		if !inside || m == nil {
			continue
		}
		rows++
		for c := range strings.SplitSeq(m[1], ", ") {
			if !known["ostree_repo_"+c] && !known["ostree_"+c] {
				t.Errorf("there is no %s in libostree", c)
			}
		}
		for name := range strings.SplitSeq(m[2], ", ") {
			check(m[1], name)
		}
	}
	require.Greater(t, rows, 30)
}
