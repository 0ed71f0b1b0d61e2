package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
)

// color64 is the file colour of 64-bit ELF objects, which win where packages
// of several architectures have the same path.
const color64 = 2

// claim is one package's file at a path of the image.
type claim struct {
	pkg  int // index into the added packages
	file *rpmpkg.FileInfo
}

// dispositions decides which files of the added packages are left out.
type dispositions struct {
	added  []*importer.Stored
	files  [][]rpmpkg.FileInfo
	states map[*importer.Stored][]rpmpkg.FileState // only packages where something is left out
	skip   []map[string]bool                       // per package, image paths
}

// decideFiles applies the rules for files of packages: colours that the system
// does not have are left out, of two different files with colours at one path
// the 64-bit one stays. Documentation that was left out at import and files
// that filter names are recorded too.
func decideFiles(added []*importer.Stored, arch string, filter func(pkg, path string) bool) (*dispositions, error) {
	d := &dispositions{added: added, states: map[*importer.Stored][]rpmpkg.FileState{}, skip: make([]map[string]bool, len(added))}
	claims := map[string][]claim{}
	systemColor := rpmdb.TransactionColor(arch)
	for i, pkg := range added {
		files, err := pkg.Package.Files()
		if err != nil {
			return nil, fmt.Errorf("files of %s: %w", pkg.NEVRA, err)
		}
		d.files = append(d.files, files)
		for j := range files {
			f := &files[j]
			dest, inTree := importer.ImagePath(pkg.NEVRA.Name, f.Path)
			switch {
			case pkg.NoDocs && f.IsDoc() && !f.IsLicense():
				d.leaveOut(i, f, "", rpmpkg.StateNotInstalled)
			case !inTree || f.IsDir() || f.IsGhost():
			case filter != nil && filter(pkg.NEVRA.Name, f.Path):
				d.leaveOut(i, f, dest, rpmpkg.StateNotInstalled)
			case f.Color != 0 && systemColor != 0 && f.Color&systemColor == 0:
				d.leaveOut(i, f, dest, rpmpkg.StateWrongColor)
			case f.Color != 0:
				claims[dest] = append(claims[dest], claim{i, f})
			}
		}
	}
	for dest, list := range claims {
		d.settle(dest, list)
	}
	return d, nil
}

// settle keeps the preferred of several files at one path.
func (d *dispositions) settle(dest string, list []claim) {
	best := list[0].file.Color
	for _, c := range list {
		if c.file.Color&color64 != 0 {
			best = c.file.Color
		}
	}
	for _, c := range list {
		if c.file.Color != best {
			d.leaveOut(c.pkg, c.file, dest, rpmpkg.StateWrongColor)
		}
	}
}

// leaveOut records the state; dest "" means that the package commit does not
// have the file anyway.
func (d *dispositions) leaveOut(i int, f *rpmpkg.FileInfo, dest string, state rpmpkg.FileState) {
	pkg := d.added[i]
	if d.states[pkg] == nil {
		d.states[pkg] = make([]rpmpkg.FileState, len(d.files[i]))
	}
	d.states[pkg][f.Index] = state
	if dest == "" {
		return
	}
	if d.skip[i] == nil {
		d.skip[i] = map[string]bool{}
	}
	d.skip[i][dest] = true
}

// tree returns the tree of a package without what is left out.
func (d *dispositions) tree(ctx context.Context, t *Tree, i int) (ostree.Tree, error) {
	pkg := ostree.Tree{Tree: d.added[i].Tree, Meta: d.added[i].Meta}
	if len(d.skip[i]) == 0 {
		return pkg, nil
	}
	part := &Tree{repo: t.repo, tx: t.tx, root: t.tx.MutableTree(pkg.Tree, pkg.Meta)}
	for dest := range d.skip[i] {
		if err := part.Remove(ctx, dest); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return pkg, err
		}
	}
	return part.Write(ctx)
}
