package importer

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// UnsupportedPathError is a file at a place that an image does not have.
type UnsupportedPathError struct{ Package, Path string }

// Error names the path.
func (e *UnsupportedPathError) Error() string {
	return fmt.Sprintf("Unsupported path %q: only /usr, /etc, /opt, /boot, /var and /run can have files of packages; "+
		"see https://github.com/coreos/rpm-ostree/issues/233", e.Path)
}

// usrMerged are the root directories that are links into usr.
var usrMerged = []string{"bin", "sbin", "lib", "lib32", "lib64"}

// below returns the part of p below dir, and whether there is one.
func below(p, dir string) (string, bool) { return strings.CutPrefix(p, dir+"/") }

// Translate maps the path of a file in a package, absolute or not, to its
// path in an image. The result is relative; "" is the root. It does not judge
// whether the result is allowed.
func Translate(name string) string {
	p := strings.TrimPrefix(path.Clean("/"+name), "/")
	if rest, ok := below(p, "var/lib/selinux/targeted"); ok {
		return "usr/etc/selinux/targeted/" + rest
	}
	for _, dir := range []string{"var/lib/alternatives", "var/lib/vagrant"} {
		if strings.HasPrefix(p, dir) {
			return "usr/" + strings.TrimPrefix(p, "var/")
		}
	}
	for _, dir := range usrMerged {
		if _, ok := below(p, dir); ok {
			return "usr/" + p
		}
	}
	top, rest, _ := strings.Cut(p, "/")
	switch top {
	case "etc":
		return path.Join("usr/etc", rest)
	case "boot":
		return path.Join("usr/lib/ostree-boot", rest)
	case "opt":
		return path.Join("usr/lib/opt", rest)
	}
	return p
}

// ImagePath is where a file of a package is in an image; ok is false if the
// file is not part of the image's tree.
func ImagePath(pkg, name string) (p string, ok bool) {
	p = Translate(name)
	return p, placeOf(pkg, p) == inTree
}

// place says what becomes of an entry.
type place uint8

const (
	inTree      place = iota // is part of the commit
	inTmpfiles               // becomes a tmpfiles.d line
	dropped                  // is left out without a word
	unsupported              // is an error
)

// placeOf decides by the translated path.
func placeOf(pkg, p string) place {
	top, _, deeper := strings.Cut(p, "/")
	switch {
	case p == "", top == "usr":
		return inTree
	case !deeper && slices.Contains(usrMerged, top):
		return inTree
	case strings.HasPrefix(p, "var/lib/rpm"), strings.HasPrefix(p, "var/lib/selinux"), p == "var/run", p == "var/lock":
		return dropped
	case top == "var" || top == "run":
		if !deeper {
			return dropped
		}
		return inTmpfiles
	case pkg == "filesystem" || pkg == "rootfiles":
		return dropped
	}
	return unsupported
}
