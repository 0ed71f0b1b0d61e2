package repodata

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// FileEntry is a path that a package owns, as metadata lists it.
type FileEntry struct {
	Path  string
	Dir   bool
	Ghost bool
}

// FileList is the complete list of a package's files.
type FileList struct {
	PkgID string // hex checksum of the package file, as in primary
	NEVRA rpmver.NEVRA
	Files []FileEntry
}

// ParseFilelists streams an uncompressed filelists.xml. After an error the sequence ends.
func ParseFilelists(ctx context.Context, r io.Reader) iter.Seq2[*FileList, error] {
	return func(yield func(*FileList, error) bool) {
		p := &listParser{scanner: newScanner(r), in: newInterner()}
		err := eachPackage(ctx, p.scanner, "filelists", func() (bool, error) {
			list := &FileList{}
			err := p.pkg(&list.PkgID, &list.NEVRA, func() error { return p.file(list) })
			if err != nil {
				return false, err
			}
			return yield(list, nil), nil
		})
		if err != nil {
			yield(nil, fmt.Errorf("parse filelists: %w", err))
		}
	}
}

// SearchFilelists looks for paths in an uncompressed filelists.xml and calls found for each package that owns one,
// in the order of the input. It keeps nothing of the rest: use it to resolve the few file dependencies that primary
// does not answer.
func SearchFilelists(ctx context.Context, r io.Reader, paths []string, found func(pkgID string, n rpmver.NEVRA, path string) error) error {
	wanted := make(map[string]string, len(paths))
	lengths := [4096 + 1]bool{}
	for _, path := range paths {
		wanted[path] = path
		lengths[min(len(path), 4096)] = true
	}
	p := &listParser{scanner: newScanner(r), in: newInterner()}
	var id string
	var nevra rpmver.NEVRA
	err := eachPackage(ctx, p.scanner, "filelists", func() (bool, error) {
		err := p.pkg(&id, &nevra, func() error {
			if string(p.name) != "file" {
				return p.skip()
			}
			b, err := p.content()
			if err != nil || !lengths[min(len(b), 4096)] {
				return err
			}
			if path, ok := wanted[string(b)]; ok {
				return found(id, nevra, path)
			}
			return nil
		})
		return true, err
	})
	if err != nil {
		return fmt.Errorf("search filelists: %w", err)
	}
	return nil
}

// listParser reads the package elements that filelists and other share.
type listParser struct {
	*scanner
	in *interner
}

// pkg reads one package element whose start tag was just read; child is called for each element in it but version.
func (p *listParser) pkg(id *string, n *rpmver.NEVRA, child func() error) error {
	*id, *n = "", rpmver.NEVRA{}
	for _, a := range p.attrs {
		value, err := p.valueOf(&a)
		if err != nil {
			return err
		}
		switch string(a.name) {
		case "pkgid":
			*id = string(value)
		case "name":
			n.Name = p.in.str(value)
		case "arch":
			n.Arch = p.in.str(value)
		}
	}
	for {
		kind, err := p.next()
		if err != nil {
			return err
		}
		switch {
		case kind == tokEnd && p.depth() == 1:
			return nil
		case kind != tokStart:
		case string(p.name) == "version":
			if n.EVR, err = p.evrOf(p.in); err != nil {
				return err
			}
			if err := p.skip(); err != nil {
				return err
			}
		default:
			if err := child(); err != nil {
				return err
			}
		}
	}
}

func (p *listParser) file(list *FileList) error {
	if string(p.name) != "file" {
		return p.skip()
	}
	typ, err := p.attr("type")
	if err != nil {
		return err
	}
	entry := FileEntry{Dir: string(typ) == "dir", Ghost: string(typ) == "ghost"}
	b, err := p.content()
	if err != nil {
		return err
	}
	entry.Path = string(b)
	list.Files = append(list.Files, entry)
	return nil
}

// Changelog is one changelog entry of a package.
type Changelog struct {
	Author string
	Time   time.Time
	Text   string
}

// ChangelogList is the changelog of a package, in the order of the file: oldest first by convention.
type ChangelogList struct {
	PkgID   string // hex checksum of the package file, as in primary
	NEVRA   rpmver.NEVRA
	Entries []Changelog
}

// ParseOther streams an uncompressed other.xml. After an error the sequence ends.
func ParseOther(ctx context.Context, r io.Reader) iter.Seq2[*ChangelogList, error] {
	return func(yield func(*ChangelogList, error) bool) {
		p := &listParser{scanner: newScanner(r), in: newInterner()}
		err := eachPackage(ctx, p.scanner, "otherdata", func() (bool, error) {
			list := &ChangelogList{}
			err := p.pkg(&list.PkgID, &list.NEVRA, func() error { return p.changelog(list) })
			if err != nil {
				return false, err
			}
			return yield(list, nil), nil
		})
		if err != nil {
			yield(nil, fmt.Errorf("parse other: %w", err))
		}
	}
}

func (p *listParser) changelog(list *ChangelogList) error {
	if string(p.name) != "changelog" {
		return p.skip()
	}
	author, err := p.attr("author")
	if err != nil {
		return err
	}
	entry := Changelog{Author: p.in.str(author)}
	date, err := p.attr("date")
	if err != nil {
		return err
	}
	sec, err := strconv.ParseInt(string(date), 10, 64)
	if err != nil {
		return p.syntax("changelog date is not a number: %q", clip(date))
	}
	entry.Time = time.Unix(sec, 0).UTC()
	b, err := p.content()
	if err != nil {
		return err
	}
	entry.Text = string(b)
	list.Entries = append(list.Entries, entry)
	return nil
}
