package rpmpkg

import (
	"fmt"
	"time"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Info is the common view of a package: what a package file, a package database
// and repository metadata all know. Sources fill what they have.
type Info struct {
	NEVRA rpmver.NEVRA

	Summary, Description, License, Vendor, URL, Group, Packager string
	SourceRPM                                                   string // file name; empty for source packages
	BuildHost                                                   string
	BuildTime                                                   time.Time
	InstallTime                                                 time.Time // zero if not installed
	InstalledSize                                               uint64    // bytes of the files
	PackageSize                                                 uint64    // bytes of the package file; 0 if unknown
	ArchiveSize                                                 uint64    // bytes of the uncompressed payload; 0 if unknown

	// Dependencies in stored order with all sense bits. Requires on features of
	// rpm itself are kept; see [rpmdep.Dep.IsRpmlib].
	Provides, Requires, Conflicts, Obsoletes    []rpmdep.Dep
	Recommends, Suggests, Supplements, Enhances []rpmdep.Dep
	Files                                       []string // absolute paths known from this source

	// Set by repositories only.
	Location               string        // path of the package below the repository's URL
	Checksum               digest.Digest // of the package file
	HeaderStart, HeaderEnd int64         // byte range of the header in the package file
	RepoID                 string
}

// IsSource reports whether this is a source package.
func (i *Info) IsSource() bool { return i.NEVRA.Arch == "src" || i.NEVRA.Arch == "nosrc" }

// Info returns the common view of the header.
func (h *Header) Info() (*Info, error) {
	nevra, err := h.NEVRA()
	if err != nil {
		return nil, err
	}
	i := &Info{
		NEVRA:       nevra,
		Summary:     h.Str(rpmtag.Summary),
		Description: h.Str(rpmtag.Description),
		License:     h.Str(rpmtag.License),
		Vendor:      h.Str(rpmtag.Vendor),
		URL:         h.Str(rpmtag.URL),
		Group:       h.Str(rpmtag.Group),
		Packager:    h.Str(rpmtag.Packager),
		SourceRPM:   h.Str(rpmtag.SourceRPM),
		BuildHost:   h.Str(rpmtag.BuildHost),
		BuildTime:   h.time(rpmtag.BuildTime),
		InstallTime: h.time(rpmtag.InstallTime),
	}
	i.InstalledSize = h.firstSize(rpmtag.LongSize, rpmtag.Size)
	i.ArchiveSize = h.firstSize(rpmtag.LongArchiveSize, rpmtag.ArchiveSize)
	if err := h.addDependencies(i); err != nil {
		return nil, fmt.Errorf("package %s: %w", nevra, err)
	}
	if i.Files, err = h.Paths(); err != nil {
		return nil, fmt.Errorf("package %s: %w", nevra, err)
	}
	return i, nil
}

// NEVRA returns the identity of the package. The architecture of a source package
// is "src", or "nosrc" if it lacks some of its sources; a public key in a package database has
// none.
func (h *Header) NEVRA() (rpmver.NEVRA, error) {
	n := rpmver.NEVRA{
		Name: h.Str(rpmtag.Name),
		EVR:  rpmver.EVR{Version: h.Str(rpmtag.Version), Release: h.Str(rpmtag.Release)},
		Arch: h.Str(rpmtag.Arch),
	}
	n.Epoch, _ = h.Uint32(rpmtag.Epoch)
	if n.Name == "" || n.Version == "" || n.Release == "" {
		return rpmver.NEVRA{}, fmt.Errorf("header names no package: name %q version %q release %q", n.Name, n.Version, n.Release)
	}
	if h.isSource() {
		n.Arch = "src"
		if h.Has(rpmtag.NoSource) || h.Has(rpmtag.NoPatch) {
			n.Arch = "nosrc"
		}
	}
	return n, nil
}

// isSource tells source packages by the mark that rpm >= 4 sets, and older ones by
// the lack of the tag that binary packages have.
func (h *Header) isSource() bool {
	return h.Has(rpmtag.SourcePackage) || !h.Has(rpmtag.SourceRPM) && h.Has(rpmtag.Arch) && h.Has(rpmtag.RPMVersion) && !h.Has(rpmtag.ProvideName)
}

func (h *Header) time(t rpmtag.Tag) time.Time {
	n, ok := h.Uint64(t)
	if !ok {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// firstSize returns the value of the first tag that is present.
func (h *Header) firstSize(tags ...rpmtag.Tag) uint64 {
	for _, t := range tags {
		if n, ok := h.Uint64(t); ok {
			return n
		}
	}
	return 0
}
