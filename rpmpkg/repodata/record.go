package repodata

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Record is everything that the metadata files say of one package.
type Record struct {
	Info      *rpmpkg.Info // with Location and Checksum; Files is not used, and Requires is written without what Requires drops
	Files     []FileEntry
	Changelog []Changelog // oldest first
	FileTime  time.Time   // modification time of the package file
}

// ReadPackage makes the record of a package file. Location is where the repository will have it, changelogs the
// number of changelog entries to keep (the newest ones).
func ReadPackage(path, location string, changelogs int) (*Record, error) {
	sum, fi, err := hashFile(path)
	if err != nil {
		return nil, err
	}
	p, err := rpmpkg.Open(path, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	info, err := p.Info()
	if err != nil {
		return nil, err
	}
	info.Location, info.Checksum, info.PackageSize = location, sum, uint64(fi.Size())
	files, err := p.Files()
	if err != nil {
		return nil, err
	}
	rec := &Record{Info: info, FileTime: fi.ModTime(), Changelog: changelog(p.Header, changelogs)}
	for i := range files {
		f := &files[i]
		rec.Files = append(rec.Files, FileEntry{Path: f.Path, Dir: f.IsDir(), Ghost: f.IsGhost() && !f.IsDir()})
	}
	return rec, nil
}

func hashFile(path string) (digest.Digest, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return "", nil, err
	}
	h, err := NewHash(digest.SHA256)
	if err != nil {
		return "", nil, err
	}
	if _, err := io.Copy(h, f); err != nil {
		return "", nil, err
	}
	return digestOf(digest.SHA256, h), fi, nil
}

// changelog gives the newest entries of a header, oldest first. Entries of the same second are set apart by a second
// each, in their order, because readers sort by time.
func changelog(h *rpmpkg.Header, limit int) []Changelog {
	times, names, texts := h.Uint32s(rpmtag.ChangelogTime), h.Strings(rpmtag.ChangelogName), h.Strings(rpmtag.ChangelogText)
	n := min(len(times), len(names), len(texts), max(limit, 0))
	list := make([]Changelog, n)
	for i := range n {
		sec := int64(times[i])
		list[n-1-i] = Changelog{Author: strings.TrimRight(names[i], " \t\n"), Time: time.Unix(sec, 0).UTC(), Text: texts[i]}
		// Newer entries than this one follow it in the list.
		for j := n - i; i > 0 && times[i-1] == times[i] && j < n && list[j].Time.Unix() == sec; j++ {
			sec++
			list[j].Time = time.Unix(sec, 0).UTC()
		}
	}
	return list
}

// isPrimary tells whether primary lists a file: what most file dependencies name.
func isPrimary(path string) bool {
	return strings.HasPrefix(path, "/etc/") || strings.Contains(path, "bin/") || path == "/usr/lib/sendmail"
}

// requires gives the requirements worth writing: not features of rpm, not what the package itself has, each once,
// and of the many symbol versions of the C library only the highest, which implies the others.
func (r *Record) requires() []rpmdep.Dep {
	type key struct {
		name  string
		sense rpmdep.Sense
		evr   rpmver.EVR
	}
	keyOf := func(d *rpmdep.Dep) key { return key{d.Name, d.Sense.Op(), d.EVR} }
	own := map[string]bool{}
	for _, f := range r.Files {
		if isPrimary(f.Path) {
			own[f.Path] = true
		}
	}
	provided := map[key]bool{}
	for i := range r.Info.Provides {
		provided[keyOf(&r.Info.Provides[i])] = true
	}
	type seenKey struct {
		key
		pre bool
	}
	last := map[string]seenKey{}
	var list []rpmdep.Dep
	var libc *rpmdep.Dep
	for i := range r.Info.Requires {
		d := &r.Info.Requires[i]
		k := seenKey{keyOf(d), isPre(d)}
		if strings.HasPrefix(d.Name, "rpmlib(") || own[d.Name] || provided[k.key] || last[d.Name] == k {
			continue
		}
		if strings.HasPrefix(d.Name, "libc.so.6") {
			if libc == nil || symbolVersionLess(libc.Name, d.Name) {
				libc = d
			}
			continue
		}
		last[d.Name] = k
		list = append(list, *d)
	}
	if libc != nil {
		list = append(list, *libc)
	}
	return list
}

// isPre tells whether primary marks a dependency as needed before scriptlets.
func isPre(d *rpmdep.Dep) bool {
	return d.Sense&(rpmdep.SensePrereq|rpmdep.SensePre|rpmdep.SensePost) != 0
}

// symbolVersionLess compares names such as "libc.so.6(GLIBC_2.34)(64bit)" by what is in the first parentheses.
func symbolVersionLess(a, b string) bool {
	inner := func(s string) string {
		_, s, _ = strings.Cut(s, "(")
		s, _, _ = strings.Cut(s, ")")
		return s
	}
	return rpmver.CompareVersions(inner(a), inner(b)) < 0
}
