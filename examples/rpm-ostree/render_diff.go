package main

import (
	"encoding/json"
	"strings"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// printDiff prints the block form of a package difference.
func (a *app) printDiff(d *layering.PackageDiff) { a.printDiffWith(d, nil) }

// printDiffWith adds what the upgraded packages tell of their changes.
func (a *app) printDiffWith(d *layering.PackageDiff, news map[rpmver.NEVRA][]layering.ChangelogEntry) {
	a.replaced("Upgraded", d.Upgraded, news)
	a.replaced("Downgraded", d.Downgraded, nil)
	a.listed("Removed", d.Removed)
	a.listed("Added", d.Added)
}

func (a *app) replaced(title string, list []layering.Replacement, news map[rpmver.NEVRA][]layering.ChangelogEntry) {
	if len(list) == 0 {
		return
	}
	a.printf("%s:\n", title)
	for _, r := range list {
		a.printf("  %s %s -> %s\n", r.Old.Name, r.Old.EVR, r.New.EVR)
		for _, e := range news[r.New] {
			a.printf("    * %s %s\n", e.Time.Format("Mon Jan 02 2006"), e.Author)
			for line := range strings.Lines(e.Text) {
				a.printf("    %s\n", strings.TrimRight(line, "\n"))
			}
			a.printf("\n")
		}
	}
}

func (a *app) listed(title string, list []rpmver.NEVRA) {
	if len(list) == 0 {
		return
	}
	a.printf("%s:\n", title)
	for _, n := range list {
		a.printf("  %s\n", n)
	}
}

// printDiffLines prints the form of `db diff --format=diff`: one line a package, marked by what happened to it.
func (a *app) printDiffLines(d *layering.PackageDiff) {
	for _, list := range [][]layering.Replacement{d.Upgraded, d.Downgraded} {
		for _, r := range list {
			a.printf("!%s\n=%s\n", r.Old, r.New)
		}
	}
	for _, n := range d.Removed {
		a.printf("-%s\n", n)
	}
	for _, n := range d.Added {
		a.printf("+%s\n", n)
	}
}

// diffJSON is `db diff --format=json`. pkgdiff has [name, kind, {PreviousPackage, NewPackage}], a package being [name,
// evr, arch]; the kinds are 0 added, 1 removed, 2 upgraded, 3 downgraded.
type diffJSON struct {
	From    string `json:"ostree-commit-from"`
	To      string `json:"ostree-commit-to"`
	PkgDiff []any  `json:"pkgdiff"`
}

func (a *app) printDiffJSON(from, to string, d *layering.PackageDiff) error {
	out := diffJSON{From: from, To: to, PkgDiff: []any{}}
	one := func(n rpmver.NEVRA) []string { return []string{n.Name, n.EVR.String(), n.Arch} }
	for _, n := range d.Added {
		out.PkgDiff = append(out.PkgDiff, []any{n.Name, 0, map[string]any{"NewPackage": one(n)}})
	}
	for _, n := range d.Removed {
		out.PkgDiff = append(out.PkgDiff, []any{n.Name, 1, map[string]any{"PreviousPackage": one(n)}})
	}
	for kind, list := range [][]layering.Replacement{2: d.Upgraded, 3: d.Downgraded} {
		for _, r := range list {
			out.PkgDiff = append(out.PkgDiff, []any{r.New.Name, kind, map[string]any{"PreviousPackage": one(r.Old), "NewPackage": one(r.New)}})
		}
	}
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
