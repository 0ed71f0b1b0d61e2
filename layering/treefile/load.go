package treefile

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// maxDepth bounds how deep includes may nest.
const maxDepth = 50

// Options direct [Load]. The zero value is the default.
type Options struct {
	// BaseArch is the RPM base architecture, such as "x86_64"; empty means
	// that of the running program.
	BaseArch string
	// ReadFile returns the content of a file named by the treefile; the name
	// is relative to the directory of the top treefile's own name, or
	// absolute. Nil means os.ReadFile.
	ReadFile func(name string) ([]byte, error)
	// Executable tells whether such a file has execute permission. Nil means
	// os.Stat, or with ReadFile set that none has.
	Executable func(name string) bool
	// Packages are added to the packages of the treefile.
	Packages []string
}

// Load reads the treefile at name and everything it includes, substitutes
// variables and validates the result.
func Load(name string, o *Options) (*Treefile, error) {
	if o == nil {
		o = &Options{}
	}
	l := &loader{arch: o.BaseArch, read: o.ReadFile, executable: o.Executable, active: map[string]bool{}, loaded: map[string]*Treefile{}}
	if l.arch == "" {
		l.arch = HostArch()
	}
	if l.executable == nil {
		l.executable = func(name string) bool {
			st, err := os.Stat(name)
			return o.ReadFile == nil && err == nil && st.Mode()&0o111 != 0
		}
	}
	if l.read == nil {
		l.read = os.ReadFile
	}
	t, err := l.load(filepath.ToSlash(name), nil, 0)
	if err != nil {
		return nil, fmt.Errorf("load treefile %s: %w", name, err)
	}
	t.Packages = unionPackages(t.Packages, o.Packages)
	if err := t.finish(l.arch); err != nil {
		return nil, fmt.Errorf("load treefile %s: %w", name, err)
	}
	return t, nil
}

// HostArch is the RPM base architecture of the running program.
func HostArch() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	case "386":
		return "i386"
	}
	return runtime.GOARCH
}

type loader struct {
	arch       string
	read       func(string) ([]byte, error)
	executable func(string) bool
	active     map[string]bool      // files being loaded, for cycles
	loaded     map[string]*Treefile // what a file that is included again still says: its variables
}

// load reads a file with its includes; vars are those of the including files. A file has effect where it is included
// first: lists would grow with each time, and files that include two others each could ask for 2^n of them.
func (l *loader) load(name string, vars map[string]string, depth int) (*Treefile, error) {
	name = path.Clean(name)
	if l.active[name] {
		return nil, fmt.Errorf("include %s: includes itself", name)
	}
	if again := l.loaded[name]; again != nil {
		return again, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("include %s: nested deeper than %d", name, maxDepth)
	}
	l.active[name] = true
	defer delete(l.active, name)
	data, err := l.read(name)
	if err != nil {
		return nil, err
	}
	t, err := Parse(data, FormatOf(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := l.readExternals(t, path.Dir(name)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := l.include(t, path.Dir(name), vars, depth); err != nil {
		return nil, err
	}
	l.loaded[name] = &Treefile{Variables: t.Variables, ReleaseVer: t.ReleaseVer}
	return t, nil
}

// include merges everything that t includes into it.
func (l *loader) include(t *Treefile, dir string, outer map[string]string, depth int) error {
	vars := l.variables(t, outer)
	names := append(StringList(nil), t.Include...)
	names = append(names, t.ArchInclude[l.arch]...)
	var parts []*Treefile
	for _, name := range names {
		part, err := l.load(resolve(dir, name), vars, depth+1)
		if err != nil {
			return err
		}
		parts = append(parts, part)
		maps.Copy(vars, l.variables(t, l.variables(part, outer)))
	}
	for _, cond := range t.ConditionalInclude {
		more, err := l.conditional(cond, dir, vars, depth)
		if err != nil {
			return err
		}
		parts = append(parts, more...)
	}
	t.Include, t.ArchInclude, t.ConditionalInclude = nil, nil, nil
	t.merge(parts)
	return nil
}

func (l *loader) conditional(c ConditionalInclude, dir string, vars map[string]string, depth int) ([]*Treefile, error) {
	for _, cond := range c.If {
		if ok, err := cond.Eval(vars); err != nil || !ok {
			return nil, err
		}
	}
	var parts []*Treefile
	for _, name := range c.Include {
		part, err := l.load(resolve(dir, name), vars, depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if c.Inline != nil {
		inline := *c.Inline
		if err := l.readExternals(&inline, dir); err != nil {
			return nil, err
		}
		if err := l.include(&inline, dir, vars, depth+1); err != nil {
			return nil, err
		}
		parts = append(parts, &inline)
	}
	return parts, nil
}

// variables are what conditions may refer to.
func (l *loader) variables(t *Treefile, outer map[string]string) map[string]string {
	vars := map[string]string{"basearch": l.arch}
	for k, v := range t.Variables {
		vars[k] = string(v)
	}
	if t.ReleaseVer != "" {
		vars["releasever"] = string(t.ReleaseVer)
	}
	maps.Copy(vars, outer)
	return vars
}

func (l *loader) readExternals(t *Treefile, dir string) error {
	var names []string
	for _, f := range t.AddFiles {
		names = append(names, f.Source)
	}
	if t.PostprocessScript != "" {
		names = append(names, t.PostprocessScript)
	}
	for _, c := range []*CheckUsers{t.CheckPasswd, t.CheckGroups} {
		if c != nil && c.Type == "file" {
			names = append(names, c.Filename)
		}
	}
	for _, name := range names {
		file := resolve(dir, name)
		data, err := l.read(file)
		if err != nil {
			return fmt.Errorf("read external file: %w", err)
		}
		t.addExternal(name, External{data, l.executable(file)})
	}
	return nil
}

func resolve(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return path.Join(dir, name)
}
