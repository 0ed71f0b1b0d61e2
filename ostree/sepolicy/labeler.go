package sepolicy

import (
	"errors"
	"fmt"
	"strings"

	"example.com/rpmostree/ostree"
)

// ErrUnlabeled matches errors about a path that the policy has no label for.
var ErrUnlabeled = errors.New("no label in the SELinux policy")

// selinuxXattr holds the label, with a NUL at the end.
const selinuxXattr = "security.selinux"

// A Labeler labels the files of a commit. Its methods have the signatures of the
// hooks of package ostree: Xattrs is for [ostree.ImportOptions], Label for
// [ostree.CheckoutOptions]. They may be called concurrently.
type Labeler struct {
	Policy *Policy
	// Epoch is the labelling epoch of the commit. From 1 on, /usr/etc and what is
	// below is labelled as if it were /etc, where it will be deployed to.
	Epoch int
	// Prefix is where the root of the tree is in the system, "" for the root.
	Prefix string
	// Require makes a path without a label an error that matches [ErrUnlabeled].
	Require bool
	// Next gives the attributes to label, in place of those in the header.
	Next func(path string, h *ostree.FileHeader) (ostree.Xattrs, error)
}

// MaxEpoch is the highest labelling epoch that a [Labeler] knows.
const MaxEpoch = 1

// Label returns the label of the path, which starts with a slash, and of a file
// with this mode; "" if the policy has none.
func (l *Labeler) Label(path string, mode uint32) (string, error) {
	label, ok := l.Policy.Lookup(l.place(path), mode)
	if !ok && l.Require {
		return "", fmt.Errorf("label %s: %w", path, ErrUnlabeled)
	}
	return label, nil
}

// Xattrs returns the attributes of an imported file with the label from the
// policy in place of the one it had, which it keeps if the policy has none.
func (l *Labeler) Xattrs(path string, h *ostree.FileHeader) (ostree.Xattrs, error) {
	xattrs := h.Xattrs
	if l.Next != nil {
		var err error
		if xattrs, err = l.Next(path, h); err != nil {
			return nil, err
		}
	}
	label, err := l.Label(path, h.Mode)
	if err != nil || label == "" {
		return xattrs, err
	}
	return withLabel(xattrs, label), nil
}

// withLabel returns the attributes, in order, with this label.
func withLabel(xattrs ostree.Xattrs, label string) ostree.Xattrs {
	out := make(ostree.Xattrs, 0, len(xattrs)+1)
	placed := false
	for _, x := range xattrs {
		if x.Name == selinuxXattr {
			continue
		}
		if !placed && x.Name > selinuxXattr {
			out, placed = append(out, newLabel(label)), true
		}
		out = append(out, x)
	}
	if !placed {
		out = append(out, newLabel(label))
	}
	return out
}

func newLabel(label string) ostree.Xattr {
	return ostree.Xattr{Name: selinuxXattr, Value: append([]byte(label), 0)}
}

// place returns where in the system a path of the tree is.
func (l *Labeler) place(path string) string {
	path = l.Prefix + path
	if l.Epoch >= 1 && (path == "/usr/etc" || strings.HasPrefix(path, "/usr/etc/")) {
		return path[len("/usr"):]
	}
	return path
}
