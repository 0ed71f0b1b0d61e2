package depsolve

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// frozenMagic begins a frozen repository. Its last byte is the version: a reader takes no other.
//
// After it come, all little-endian 32-bit numbers but the texts:
//
//	number of strings, bytes of all strings, number of relations, number of packages
//	the length of each string, then their bytes, padded with zeros to four
//	left side, operator, right side of each relation; both sides name strings or earlier relations
//	for each package: name, EVR, architecture, vendor; build and install time, low half first; a set of what
//	follows: one bit for each kind of dependency list, one for files; those lists, each ended by a zero
//
// Strings are numbered from idFirstOwn on, relations from 1 on with relFlag; the reserved ids are those of a pool.
const frozenMagic = "solvpkg\x01"

const (
	frozenFiles   = 1 << numDepKinds // bit of the file list
	maxRelDepth   = 2000             // of relations in each other, against hostile input
	frozenHeader  = len(frozenMagic) + 4*4
	frozenPkgSize = 9 * 4 // at least
)

var errFrozen = errors.New("damaged frozen repository")

// Freeze writes all packages of the repository in a compact binary form for Thaw, without what callers attached to
// them. The repository has to be the only one of its pool, and nothing must have been solved or matched there yet:
// the whole vocabulary of the pool is written.
func (r *Repo) Freeze(to io.Writer) error {
	p := r.pool
	if len(p.repos) != 2 || p.indexed {
		return fmt.Errorf("freeze %s: not the only, unused repository of its pool", r.name)
	}
	w := &frozenWriter{bufio.NewWriterSize(to, 1<<16)}
	w.WriteString(frozenMagic)
	strs, text := p.strs.ends[idFirstOwn:], p.strs.bytes[p.strs.ends[idFirstOwn-1]:]
	w.u32(uint32(len(strs)), uint32(len(text)), uint32(len(p.rels.rels)-1), uint32(p.Len()))
	last := p.strs.ends[idFirstOwn-1]
	for _, end := range strs {
		w.u32(end - last)
		last = end
	}
	w.Write(text)
	w.Write(make([]byte, -len(text)&3))
	for _, rel := range p.rels.rels[1:] {
		w.u32(uint32(rel.left), uint32(rel.op), uint32(rel.right))
	}
	for pkg := int32(systemPkg + 1); int(pkg) < len(p.name); pkg++ {
		w.pkg(p, pkg)
	}
	return w.Flush()
}

// frozenWriter writes numbers. Errors stay until Flush.
type frozenWriter struct{ *bufio.Writer }

func (w *frozenWriter) u32(list ...uint32) {
	for _, v := range list {
		w.Write(binary.LittleEndian.AppendUint32(w.AvailableBuffer(), v))
	}
}

func (w *frozenWriter) pkg(p *Pool, pkg int32) {
	built, installed := uint64(p.buildTime[pkg]), uint64(p.installTime[pkg])
	set := uint32(0)
	for k := range p.deps {
		if p.deps[k][pkg] != 0 {
			set |= 1 << k
		}
	}
	if p.filesAt[pkg] != 0 {
		set |= frozenFiles
	}
	w.u32(p.name[pkg], p.evr[pkg], p.arch[pkg], p.vendor[pkg],
		uint32(built), uint32(built>>32), uint32(installed), uint32(installed>>32), set)
	for k := range p.deps {
		if p.deps[k][pkg] != 0 {
			for _, d := range p.list(depKind(k), pkg) {
				w.u32(uint32(d))
			}
			w.u32(0)
		}
	}
	if at := p.filesAt[pkg]; at != 0 {
		for ; p.files[at] != 0; at += 2 {
			w.u32(p.files[at], p.files[at+1])
		}
		w.u32(0)
	}
}

// dataOf returns what the caller attached to a package.
func (p *Pool) dataOf(pkg int32) any {
	if d, ok := p.data[pkg]; ok {
		return d
	}
	if r := p.repo(pkg); r != nil && r.data != nil && pkg >= r.first && pkg < r.first+r.thawed {
		return r.data(int(pkg - r.first))
	}
	return nil
}
