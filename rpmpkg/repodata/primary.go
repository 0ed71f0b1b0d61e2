package repodata

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// ParsePrimary streams the packages of an uncompressed primary.xml (see NewReader for compressed ones). Memory use
// does not depend on the length of the input. Info.Files has the files that primary names: those below /etc and in
// directories called bin or sbin, and /usr/lib/sendmail. Info.Location is relative to the repository unless the
// package has a base of its own. After an error the sequence ends; the error of a syntactic problem is a
// *SyntaxError.
func ParsePrimary(ctx context.Context, r io.Reader) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		p := &primaryParser{scanner: newScanner(r), in: newInterner()}
		err := eachPackage(ctx, p.scanner, "metadata", func() (bool, error) {
			info, err := p.pkg()
			if err != nil {
				return false, err
			}
			return yield(info, nil), nil
		})
		if err != nil {
			yield(nil, fmt.Errorf("parse primary: %w", err))
		}
	}
}

// eachPackage calls fn behind every "package" start tag below the root, which must have the given name. fn must
// consume the element.
func eachPackage(ctx context.Context, s *scanner, root string, fn func() (more bool, err error)) error {
	for n := 0; ; {
		kind, err := s.next()
		if err != nil {
			return err
		}
		switch {
		case kind == tokEOF:
			return nil
		case kind != tokStart:
		case s.depth() == 1:
			if string(s.name) != root {
				return s.syntax("root element is %q, not %q", clip(s.name), root)
			}
		case string(s.name) == "package":
			if n++; n%64 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			s.limit = s.base + int64(s.pos) + maxPackage
			more, err := fn()
			if err != nil || !more {
				return err
			}
			s.limit = 0
		default:
			if err := s.skip(); err != nil {
				return err
			}
		}
	}
}

type primaryParser struct {
	*scanner
	in *interner
	packageParts
}

// pkg reads one package element.
func (p *primaryParser) pkg() (*rpmpkg.Info, error) {
	info := &rpmpkg.Info{}
	p.reset()
	for {
		kind, err := p.next()
		if err != nil {
			return nil, err
		}
		switch {
		case kind == tokEnd && p.depth() == 1:
			p.complete(info)
			return info, p.check(info)
		case kind == tokStart:
			if err := p.field(info); err != nil {
				return nil, fmt.Errorf("package %.80q: %w", info.NEVRA.Name, err)
			}
		}
	}
}

func (p *primaryParser) check(info *rpmpkg.Info) error {
	switch {
	case info.NEVRA.Name == "":
		return p.syntax("package without a name")
	case info.NEVRA.Version == "":
		return p.syntax("package %.80q without a version", info.NEVRA.Name)
	case info.NEVRA.Arch == "":
		return p.syntax("package %.80q without an architecture", info.NEVRA.Name)
	case info.Location != "":
		if err := CheckLocation(info.Location); err != nil {
			return p.syntax("package %.80q: %v", info.NEVRA.Name, err)
		}
	}
	return nil
}

// field reads a child of package or of format: the names are distinct, and format is entered by ignoring it.
func (p *primaryParser) field(info *rpmpkg.Info) error {
	switch string(p.name) {
	case "format":
		return nil
	case "file":
		return p.file()
	case "provides":
		// Most provides are unlike any other: their version is the package's.
		return p.depList(&info.Provides, false)
	case "requires":
		return p.depList(&info.Requires, true)
	case "conflicts":
		return p.depList(&info.Conflicts, true)
	case "obsoletes":
		return p.depList(&info.Obsoletes, true)
	case "recommends":
		return p.depList(&info.Recommends, true)
	case "suggests":
		return p.depList(&info.Suggests, true)
	case "supplements":
		return p.depList(&info.Supplements, true)
	case "enhances":
		return p.depList(&info.Enhances, true)
	case "name":
		return p.shared(&info.NEVRA.Name)
	case "arch":
		return p.shared(&info.NEVRA.Arch)
	case "license":
		return p.shared(&info.License)
	case "vendor":
		return p.shared(&info.Vendor)
	case "group":
		return p.shared(&info.Group)
	case "packager":
		return p.shared(&info.Packager)
	case "sourcerpm":
		return p.shared(&info.SourceRPM)
	case "buildhost":
		return p.shared(&info.BuildHost)
	case "url":
		return p.shared(&info.URL)
	case "summary":
		return p.own(&info.Summary)
	case "description":
		return p.own(&info.Description)
	}
	return p.rareField(info)
}

func (p *primaryParser) rareField(info *rpmpkg.Info) error {
	var err error
	switch string(p.name) {
	case "version":
		info.NEVRA.EVR, err = p.evr()
	case "checksum":
		return p.checksum(info)
	case "time":
		var sec uint64
		if sec, err = p.number("build"); sec > 0 {
			info.BuildTime = time.Unix(int64(min(sec, 1<<40)), 0).UTC()
		}
	case "size":
		for _, f := range []struct {
			attr string
			dst  *uint64
		}{{"package", &info.PackageSize}, {"installed", &info.InstalledSize}, {"archive", &info.ArchiveSize}} {
			if *f.dst, err = p.number(f.attr); err != nil {
				return err
			}
		}
	case "location":
		err = p.location(info)
	case "header-range":
		var start, end uint64
		if start, err = p.number("start"); err == nil {
			end, err = p.number("end")
		}
		if start <= end && end < 1<<62 {
			info.HeaderStart, info.HeaderEnd = int64(start), int64(end)
		}
	}
	if err != nil {
		return err
	}
	return p.skip()
}

func (p *primaryParser) shared(dst *string) error {
	b, err := p.content()
	*dst = p.in.str(b)
	return err
}

// own reads text that hardly another package has.
func (p *primaryParser) own(dst *string) error {
	b, err := p.content()
	p.addText(dst, b)
	return err
}

func (p *primaryParser) file() error {
	b, err := p.content()
	if err == nil && len(b) > 0 {
		p.addFile(b)
	}
	return err
}

func (p *primaryParser) checksum(info *rpmpkg.Info) error {
	typ, err := p.attr("type")
	if err != nil {
		return err
	}
	typText := p.in.str(typ)
	b, err := p.content()
	if err != nil {
		return err
	}
	if err := checkChecksum(typText, b); err != nil {
		return p.syntax("%v", err)
	}
	p.addText((*string)(&info.Checksum), []byte(checksumName(typText)), []byte{':'}, b)
	return nil
}

func (p *primaryParser) location(info *rpmpkg.Info) error {
	base, err := p.attr("xml:base")
	if err != nil {
		return err
	}
	href, err := p.attr("href")
	if err != nil {
		return err
	}
	if len(base) > 0 {
		p.addText(&info.Location, bytes.TrimRight(base, "/"), []byte{'/'}, href)
	} else {
		p.addText(&info.Location, href)
	}
	return nil
}

func (p *primaryParser) number(attr string) (uint64, error) {
	b, err := p.attr(attr)
	if err != nil || len(b) == 0 {
		return 0, err
	}
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return 0, p.syntax("%s is not a number: %q", attr, clip(b))
	}
	return n, nil
}

// evrOf reads the attributes epoch, ver and rel of the last start tag.
func (s *scanner) evrOf(in *interner) (evr rpmver.EVR, err error) {
	for i := range s.attrs {
		if err := s.evrPart(in, &s.attrs[i], &evr); err != nil {
			return evr, err
		}
	}
	return evr, nil
}

// evrPart takes what an attribute says of a version.
func (s *scanner) evrPart(in *interner, a *attribute, evr *rpmver.EVR) error {
	switch string(a.name) {
	case "epoch", "ver", "rel":
	default:
		return nil
	}
	value, err := s.valueOf(a)
	if err != nil {
		return err
	}
	switch a.name[0] {
	case 'v':
		evr.Version = in.str(value)
	case 'r':
		evr.Release = in.str(value)
	default:
		if len(value) == 1 && value[0] == '0' || len(value) == 0 {
			evr.Epoch = 0
			return nil
		}
		n, err := strconv.ParseUint(string(value), 10, 32)
		if err != nil {
			return s.syntax("epoch is not a number: %q", clip(value))
		}
		evr.Epoch = uint32(n)
	}
	return nil
}

func (p *primaryParser) evr() (rpmver.EVR, error) { return p.evrOf(p.in) }

// depList reads the rpm:entry children of a dependency element.
func (p *primaryParser) depList(dst *[]rpmdep.Dep, shared bool) error {
	want, from := p.depth()-1, len(p.deps)
	for {
		for shared && p.knownEntry() {
		}
		kind, err := p.next()
		if err != nil {
			return err
		}
		switch {
		case kind == tokEnd && p.depth() == want:
			p.addDeps(dst, from)
			return nil
		case kind != tokStart:
		case string(p.name) == "entry":
			d, err := p.entry()
			if err != nil {
				return err
			}
			if shared && p.openTag {
				p.in.keepDep(p.tag, d)
			}
			p.deps = append(p.deps, d)
			fallthrough
		default:
			if err := p.skip(); err != nil {
				return err
			}
		}
	}
}

// knownEntry consumes the next tag if it is an empty rpm:entry that was read before. Equal bytes are an equal tag,
// because the end of a tag is seen in the tag itself: they need not be parsed again.
func (p *primaryParser) knownEntry() bool {
	b := p.buf[p.pos:p.end]
	i := 0
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	const start = "<rpm:entry "
	if !bytes.HasPrefix(b[i:], []byte(start)) {
		return false
	}
	end := bytes.IndexByte(b[i:], '>') + 1
	d, ok := p.in.dep(b[i : i+end])
	if ok {
		p.deps = append(p.deps, d)
		p.pos += i + end
	}
	return ok
}

func senseOf(flags []byte) (rpmdep.Sense, bool) {
	switch string(flags) {
	case "EQ":
		return rpmdep.SenseEqual, true
	case "LT":
		return rpmdep.SenseLess, true
	case "GT":
		return rpmdep.SenseGreater, true
	case "LE":
		return rpmdep.SenseLess | rpmdep.SenseEqual, true
	case "GE":
		return rpmdep.SenseGreater | rpmdep.SenseEqual, true
	}
	return 0, false
}

// entry parses the rpm:entry tag just read.
func (p *primaryParser) entry() (d rpmdep.Dep, err error) {
	var name, flags, pre []byte
	for i := range p.attrs {
		a := &p.attrs[i]
		switch string(a.name) {
		case "name":
			name, err = p.valueOf(a)
		case "flags":
			flags, err = p.valueOf(a)
		case "pre":
			pre, err = p.valueOf(a)
		default:
			err = p.evrPart(p.in, a, &d.EVR)
		}
		if err != nil {
			return d, err
		}
	}
	if len(name) == 0 {
		return d, p.syntax("dependency without a name")
	}
	if name[0] == '(' {
		if d, err = rpmdep.New(p.in.str(name), 0, ""); err != nil {
			return d, p.syntax("%v", err)
		}
		flags = nil
	} else {
		d.Name = p.in.str(name)
	}
	if len(flags) == 0 {
		d.EVR = rpmver.EVR{}
	} else {
		sense, ok := senseOf(flags)
		if !ok {
			return d, p.syntax("dependency %.80q with unknown flags %q", d.Name, clip(flags))
		}
		if d.EVR.Version != "" {
			d.Sense |= sense
		}
	}
	if string(pre) == "1" {
		d.Sense |= rpmdep.SensePre
	}
	return d, nil
}
