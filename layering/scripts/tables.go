package scripts

import "path"

// passedOver are the sections that never run: they look after a running
// system, or after the removal of a package.
var passedOver = map[Section]bool{
	"preun": true, "postun": true, "pretrans": true, "preuntrans": true, "postuntrans": true, "verify": true, "verifyscript": true,
	"triggerun": true, "triggerpostun": true,
	"filetriggerun": true, "filetriggerpostun": true,
	"transfiletriggerun": true, "transfiletriggerpostun": true,
}

// ignored are scriptlets, by "package.section" pattern, whose work is useless
// or harmful in an image: they stop services, migrate old installations, or
// do what assembly does itself.
var ignored = []string{
	"glibc.pre", "glibc-headers.pre", "coreutils.pre", "ca-certificates.pre", "libgcc.post",
	"filesystem.posttrans", "setup.post", "pinentry.pre", "fedora-release.posttrans",
	"vagrant.pre", "vagrant-libvirt.pre", "bash.post", "gdb.pre",
	"systemd.transfiletriggerin", "man-db.transfiletriggerin", "filesystem.transfiletriggerin",
	"nfs-utils.post", "microcode_ctl.post", "microcode_ctl.posttrans",
	// The kernel of an image is found by its place; nothing is to be copied to /boot.
	"kernel.posttrans", "kernel-*.posttrans",
}

func isIgnored(pkg string, section Section, extra []string) bool {
	name := pkg + "." + string(section)
	for _, list := range [][]string{ignored, extra} {
		for _, pattern := range list {
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return true
			}
		}
	}
	return false
}

// replacement stands in for a Lua scriptlet.
type replacement struct {
	pattern string   // "package.section" pattern
	interp  []string // empty: nothing is to be done
	body    string
}

var shell = []string{"/bin/sh"}

// replacements do in shell what the Lua scriptlets of these packages do.
var replacements = []replacement{
	// Keeps os-release variants linked; an image has exactly one variant.
	{pattern: "fedora-release*.post"},
	// Waits for nothing in an image: no old process uses the old library.
	{pattern: "glibc.posttrans"},
	{pattern: "authselect-libs.pre"},
	{pattern: "glibc-common.post", interp: shell, body: installLocaleArchive},
	{pattern: "glibc-all-langpacks.posttrans", interp: shell, body: installLocaleArchive},
	{pattern: "glibc-common.transfiletriggerin", interp: []string{"/usr/sbin/ldconfig"}},
	{pattern: "glibc.post", interp: shell, body: cacheGconvModules},
	{pattern: "glibc-gconv-extra.post", interp: shell, body: cacheGconvModules},
	{pattern: "crypto-policies.post", interp: shell, body: linkCryptoPolicies},
}

const installLocaleArchive = `set -e
cd /usr/lib/locale 2>/dev/null || exit 0
if test -s locale-archive.tmpl; then
  mv -f locale-archive.tmpl locale-archive
fi
`

const cacheGconvModules = `set -e
for dir in /usr/lib64/gconv /usr/lib/gconv; do
  if test -d "$dir" && test -x /usr/sbin/iconvconfig; then
    /usr/sbin/iconvconfig -o "$dir/gconv-modules.cache" --nostdlib "$dir"
  fi
done
`

const linkCryptoPolicies = `set -e
policies=/usr/share/crypto-policies/DEFAULT
test -d "$policies" || exit 0
mkdir -p /etc/crypto-policies/back-ends /etc/crypto-policies/state
for file in "$policies"/*.txt; do
  name=${file##*/}
  link=/etc/crypto-policies/back-ends/${name%.txt}.config
  test -e "$link" || ln -sf "$file" "$link"
done
test -e /etc/crypto-policies/state/current || echo DEFAULT >/etc/crypto-policies/state/current
`

func findReplacement(pkg string, section Section) (replacement, bool) {
	name := pkg + "." + string(section)
	for _, r := range replacements {
		if ok, err := path.Match(r.pattern, name); ok && err == nil {
			return r, true
		}
	}
	return replacement{}, false
}
