// Package rpmtest builds RPM packages in Go: for tests, and for examples that need
// packages without rpmbuild.
//
// [Package.Build] makes the bytes of a package that the real rpm accepts, the same
// bytes on every run; [WriteRepo] fills a directory with packages and repository
// metadata. A minimal package is Package{Name: "foo"}.
//
// Packages are written in version 4 of the format, or in version 6 on request, with
// digests and, given something that signs, a signature. There are no dependency
// generators beyond what the format itself asks for.
//
// Reference: rpm's "Package File Format" (manual, versions 4 and 6).
package rpmtest

import (
	"fmt"
	"time"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Package describes a package to build. Only Name is required.
type Package struct {
	Name, Version, Release, Arch string // default 1.0, 1 and noarch
	Epoch                        uint32

	// Texts; a zero one is left out or gets a harmless default.
	Summary, Description, License, Group, URL, Vendor, Packager, SourceRPM string
	// BuildTime is the time of the build and of all files without their own; zero
	// means 2024-01-01.
	BuildTime time.Time
	Changelog []Change

	// Dependencies in text form: "foo", "foo >= 1:2.0-1", "(a and b)". The
	// package's own name and version, and what its files and scripts need of rpm,
	// are added by themselves.
	Provides, Requires, Conflicts, Obsoletes    []string
	Recommends, Suggests, Supplements, Enhances []string
	RequiresPre, RequiresPost                   []string // needed by Pre and Post
	OrderWithRequires                           []string

	Files   []File
	Scripts rpmpkg.Scripts // an empty Interpreter means /bin/sh

	// Compression of the payload: gzip, zstd (the default), xz, lzma or none.
	Compression string
	// V6 writes version 6 of the format: a stripped payload, no MD5.
	V6 bool
	// Sign returns an OpenPGP signature packet over the header it is given.
	Sign func(header []byte) ([]byte, error)
	// NoAutoRequires leaves out the requirement on the scripts' interpreters.
	NoAutoRequires bool
}

// Change is an entry of the changelog.
type Change struct {
	Time   time.Time
	Author string // "Name <address> - 1.0-1"
	Text   string
}

// File describes a file of a package.
type File struct {
	Path string // absolute
	// Mode holds the permissions, and for devices, pipes and sockets the type as
	// in st_mode. 0 means 0644, or 0755 for a directory and 0777 for a link.
	Mode        uint32
	Dir         bool
	LinkTo      string // makes a symbolic link
	Hardlink    string // path of a file of the package whose content this one shares
	User, Group string // default root
	Body        string
	MTime       time.Time
	Caps        string // "cap_net_raw=ep"
	Lang        string
	Rdev        uint32 // of a device: major<<8 | minor
	Color       uint32

	Ghost, Config, NoReplace, Doc, License, MissingOK, Artifact bool
	// VerifyFlags replaces the default set of attributes that rpm -V compares.
	VerifyFlags uint32
}

// Shell returns a script for /bin/sh.
func Shell(body string) *rpmpkg.Script {
	return &rpmpkg.Script{Interpreter: []string{"/bin/sh"}, Body: body}
}

// NEVRA returns the identity of the package with all defaults filled in.
func (p *Package) NEVRA() rpmver.NEVRA {
	n := rpmver.NEVRA{Name: p.Name, Arch: or(p.Arch, "noarch")}
	n.Epoch, n.Version, n.Release = p.Epoch, or(p.Version, "1.0"), or(p.Release, "1")
	return n
}

// FileName returns the customary name of the package file.
func (p *Package) FileName() string { return p.NEVRA().NVRA() + ".rpm" }

// Build returns the package file.
func (p *Package) Build() ([]byte, error) {
	b, err := p.build()
	if err != nil {
		return nil, fmt.Errorf("build package %s: %w", p.NEVRA(), err)
	}
	return b, nil
}

func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
