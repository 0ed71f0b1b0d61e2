package archtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// importTable says which packages of this module a package may import, one row a package or subtree. The first row
// whose left side matches applies; "dir/..." matches dir and all below it. Tests may import what their package may,
// and the helpers named in testHelpers.
const importTable = `
internal/dirfd              :
internal/keyfile            :
internal/testenv            :
internal/atomicfs/crashtest : internal/atomicfs internal/dirfd
internal/atomicfs           : internal/dirfd internal/keyfile internal/fetch
internal/archtest           :
internal/interop            : ...
internal/bench/...          : ...
internal/...                : internal/dirfd internal/atomicfs

ostree/gvariant             :
ostree/ostreetest           : ostree ostree/gvariant internal/...
ostree/sign                 : ostree ostree/gvariant internal/...
ostree/delta                : ostree ostree/gvariant internal/...
ostree/pull                 : ostree ostree/gvariant ostree/delta ostree/sign internal/...
ostree/...                  : ostree ostree/gvariant internal/...

rpmpkg/rpmver               :
rpmpkg/rpmdep               : rpmpkg/rpmver
rpmpkg/rpmtag               :
rpmpkg/cpio                 :
rpmpkg/rpmdb                : rpmpkg rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep internal/...
rpmpkg/repodata             : rpmpkg rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep internal/...
rpmpkg/repo                 : rpmpkg rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep rpmpkg/repodata internal/...
rpmpkg/rpmtest              : rpmpkg rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep rpmpkg/cpio rpmpkg/repodata internal/...
rpmpkg                      : rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep rpmpkg/cpio internal/...

depsolve/internal/cdcl      :
depsolve/loader             : depsolve rpmpkg rpmpkg/rpmver rpmpkg/rpmdep
depsolve/testcase           : depsolve rpmpkg/rpmver rpmpkg/rpmdep
depsolve                    : depsolve/internal/cdcl rpmpkg/rpmver rpmpkg/rpmdep

bootloader/bls              :
bootloader/kargs            :
bootloader/grubenv          :
bootloader/bootloadertest   : bootloader bootloader/bls bootloader/kargs internal/...
bootloader                  : bootloader/bls bootloader/kargs bootloader/grubenv internal/...

sysroot/etcmerge            : internal/...
sysroot/...                 : sysroot sysroot/etcmerge ostree ostree/gvariant bootloader/... bootloader internal/...

layering/treefile           :
layering/sandbox            : internal/...
layering/scripts            : layering/sandbox rpmpkg rpmpkg/rpmtag rpmpkg/rpmver rpmpkg/rpmdep
layering/importer           : ostree ostree/gvariant rpmpkg rpmpkg/rpmver rpmpkg/rpmdep rpmpkg/rpmtag internal/...
layering                    : layering/importer layering/sandbox layering/scripts layering/treefile ostree/... rpmpkg/... depsolve/... sysroot/... bootloader/... internal/...
layering/...                : layering/... ostree/... rpmpkg/... depsolve/... sysroot/... bootloader/... internal/...

examples/...                : ...
.                           :
`

// testHelpers may be imported by any test.
var testHelpers = []string{
	"internal/testenv", "internal/atomicfs/crashtest", "internal/atomicfs", "internal/dirfd",
	"ostree/ostreetest", "rpmpkg/rpmtest", "sysroot/sysroottest", "bootloader/bootloadertest",
	"layering/compose", // makes the images that the engine's tests upgrade to
}

// noNet lists packages that must not import net/http: their callers bring the transport.
var noNet = []string{"ostree", "ostree/gvariant", "rpmpkg", "rpmpkg/repodata", "rpmpkg/rpmdb", "depsolve", "bootloader", "sysroot"}

func TestImportTable(t *testing.T) {
	rows := parseImportTable(t)
	for _, p := range load(t).pkgs {
		allowed, ok := rowFor(rows, p.dir)
		if !assert.True(t, ok, "%s: no row in the import table", p.dir) {
			continue
		}
		for _, s := range p.sources {
			for _, path := range s.imports() {
				checkImport(t, p, s, path, allowed)
			}
		}
	}
}

func checkImport(t *testing.T, p *pkg, s source, path string, allowed []string) {
	if path == "net/http" && !s.test && slices.Contains(noNet, p.dir) {
		t.Errorf("%s imports net/http; the caller brings the transport", s.name)
	}
	rel, inside := strings.CutPrefix(path, modulePath+"/")
	if !inside || rel == p.dir {
		return
	}
	if matchesAny(allowed, rel) || s.test && slices.Contains(testHelpers, rel) {
		return
	}
	t.Errorf("%s imports %s, which the import table does not allow", s.name, rel)
}

type row struct {
	left  string
	right []string
}

func parseImportTable(t *testing.T) []row {
	t.Helper()
	var rows []row
	for line := range strings.Lines(importTable) {
		left, right, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok {
			rows = append(rows, row{strings.TrimSpace(left), strings.Fields(right)})
		}
	}
	require.NotEmpty(t, rows)
	return rows
}

func rowFor(rows []row, dir string) ([]string, bool) {
	for _, r := range rows {
		if matches(r.left, dir) {
			return r.right, true
		}
	}
	return nil, false
}

func matchesAny(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, dir) })
}

func matches(pattern, dir string) bool {
	if pattern == "..." {
		return true
	}
	base, sub := strings.CutSuffix(pattern, "/...")
	return dir == base || sub && strings.HasPrefix(dir, base+"/")
}
