package testcase

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
)

// Snapshot writes a request as a test case into dir, which is made if it is
// missing: testcase.t and a file for each repository. Run on testcase.t
// replays it, here or with another program that knows the format.
//
// Result lines are those that this package gets now, so that a later change
// shows as a difference. ctx ends the solving that this takes.
func Snapshot(ctx context.Context, dir string, pool *depsolve.Pool, jobs []depsolve.Job, o *depsolve.Options) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	w := &snapshot{pool: pool, dir: dir}
	lines, err := w.repos()
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	lines = append(lines, w.settings()...)
	if o == nil {
		o = &depsolve.Options{}
	}
	if f := solverFlagLine(*o); f != "" {
		lines = append(lines, "solverflags "+f)
	}
	for _, j := range jobs {
		lines = append(lines, "job "+jobLine(pool, j))
	}
	text := strings.Join(lines, "\n") + "\nresult transaction,problems <inline>\n"
	if err := w.write("testcase.t", text); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	results, err := Run(ctx, os.DirFS(dir), "testcase.t")
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	for _, l := range results[0].Got {
		text += "#>" + l + "\n"
	}
	if err := w.write("testcase.t", text); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

type snapshot struct {
	pool *depsolve.Pool
	dir  string
}

func (w *snapshot) write(name, text string) error {
	return os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644)
}

// repos writes the packages of each repository and returns the directives.
func (w *snapshot) repos() ([]string, error) {
	var lines []string
	for i, r := range w.pool.Settings().Repos {
		o := r.Options()
		name := fmt.Sprintf("%d.repo", i+1)
		lines = append(lines, fmt.Sprintf("repo %s %d.%d testtags %s", repoText(r), basePriority-o.Priority, baseCost-o.Cost, name))
		var b strings.Builder
		WriteTags(&b, w.pool, r)
		if err := w.write(name, b.String()); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// settings returns the directives about machine, vendors, excludes and pool.
func (w *snapshot) settings() []string {
	set := w.pool.Settings()
	arch := set.Arch
	if arch == "" {
		arch = "unset"
	}
	system := "system " + arch + " rpm"
	if set.Installed != nil {
		system += " " + repoText(set.Installed)
	}
	lines := []string{system}
	yes, no := poolFlagNames(&set.Options)
	if f := append(flagLine(yes, true), flagLine(no, false)...); len(f) > 0 {
		lines = append(lines, "poolflags "+strings.Join(f, ","))
	}
	for _, class := range set.VendorClasses {
		var words []string
		for _, v := range class {
			words = append(words, escape(v))
		}
		lines = append(lines, "vendorclass "+strings.Join(words, " "))
	}
	for id := range w.pool.All() {
		if w.pool.Excluded(id) {
			lines = append(lines, "disable pkg "+pkgText(w.pool, id))
		}
	}
	return lines
}

// flagLine returns the names of the flags that are set as given.
func flagLine(flags map[string]*bool, set bool) []string {
	var out []string
	for name, on := range flags {
		if *on == set {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// solverFlagLine writes what differs from the defaults of the format.
func solverFlagLine(o depsolve.Options) string {
	yes, no := solverFlagNames(&o)
	var off []string
	for _, f := range flagLine(no, true) {
		off = append(off, "!"+f)
	}
	return strings.Join(append(flagLine(yes, true), off...), ",")
}

// WriteTags writes a repository in testtags form, so that ReadTags gives the
// same packages.
func WriteTags(w io.Writer, pool *depsolve.Pool, repo *depsolve.Repo) {
	fmt.Fprintln(w, "=Ver: 3.0")
	for _, id := range repo.Packages() {
		writePackage(w, pool, pool.Raw(id))
	}
}

func writePackage(w io.Writer, pool *depsolve.Pool, p depsolve.RawPackage) {
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	version, release := p.EVR, ""
	if i := strings.LastIndexByte(p.EVR, '-'); i >= 0 {
		version, release = p.EVR[:i], p.EVR[i+1:]
	}
	fmt.Fprintf(w, "=Pkg: %s %s %s %s\n", p.Name, dash(version), dash(release), dash(p.Arch))
	if p.Vendor != "" {
		fmt.Fprintf(w, "=Vnd: %s\n", p.Vendor)
	}
	if p.BuildTime != 0 {
		fmt.Fprintf(w, "=Tim: %d\n", p.BuildTime)
	}
	if p.InstallTime != 0 {
		fmt.Fprintf(w, "=Itm: %d\n", p.InstallTime)
	}
	for _, l := range []struct {
		tag  string
		deps []depsolve.DepID
	}{
		{"Req", p.Requires}, {"Prq", p.PreRequires}, {"Prv", p.Provides}, {"Obs", p.Obsoletes}, {"Con", p.Conflicts},
		{"Rec", p.Recommends}, {"Sup", p.Supplements}, {"Sug", p.Suggests}, {"Enh", p.Enhances}, {"Ipr", p.IgnoreInstalled},
	} {
		for _, d := range l.deps {
			fmt.Fprintf(w, "=%s: %s\n", l.tag, tagText(pool, d))
		}
	}
	for _, f := range p.Files {
		fmt.Fprintf(w, "=Fls: %s\n", f)
	}
}

// tagText is DepText for repositories, where what begins with a slash is a
// file name as it stands.
func tagText(pool *depsolve.Pool, d depsolve.DepID) string {
	text := DepText(pool, d)
	if !strings.HasPrefix(text, "/") {
		return text
	}
	if _, _, _, ok := pool.Split(d); ok {
		return "(" + text + ")"
	}
	return pool.DepString(d)
}
