package sysroot

import (
	"errors"
	"fmt"

	"example.com/rpmostree/internal/keyfile"
)

// transientGroup holds what describes one deployment, not its lineage.
const transientGroup = "libostree-transient"

// Origin says where a deployment came from and what to do at an upgrade: a key
// file of groups, keys and values whose unknown parts are kept. See the manual
// page ostree-admin-set-origin(1).
type Origin struct{ f *keyfile.File }

// NewOrigin returns an origin that follows a refspec ("REMOTE:REF" or "REF").
func NewOrigin(refspec string) *Origin {
	o := &Origin{keyfile.New()}
	o.SetRefspec(refspec)
	return o
}

// ParseOrigin parses the content of an .origin file.
func ParseOrigin(data []byte) (*Origin, error) {
	f, err := keyfile.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("parse origin: %w", err)
	}
	return &Origin{f}, nil
}

// Bytes returns the content of the file.
func (o *Origin) Bytes() []byte { return o.f.Bytes() }

// Clone returns an independent copy; of nil an empty origin.
func (o *Origin) Clone() *Origin {
	if o == nil {
		return &Origin{keyfile.New()}
	}
	return &Origin{o.f.Clone()}
}

// Groups returns the group names in order.
func (o *Origin) Groups() []string { return o.f.Groups() }

// Keys returns the keys of a group in order.
func (o *Origin) Keys(group string) []string { return o.f.Keys(group) }

// Get returns a value with escapes resolved.
func (o *Origin) Get(group, key string) (string, bool) {
	if o == nil {
		return "", false
	}
	return o.f.Get(group, key)
}

// GetBool returns a boolean, false if the key is absent.
func (o *Origin) GetBool(group, key string) (bool, error) {
	if o == nil {
		return false, nil
	}
	return o.f.GetBool(group, key, false)
}

// List returns the elements of a ';' separated value.
func (o *Origin) List(group, key string) []string {
	if o == nil {
		return nil
	}
	return o.f.GetList(group, key)
}

// Set sets a value.
func (o *Origin) Set(group, key, value string) { o.f.Set(group, key, value) }

// SetBool sets true or false.
func (o *Origin) SetBool(group, key string, value bool) { o.f.SetBool(group, key, value) }

// SetList sets a list, or removes the key if the list is empty.
func (o *Origin) SetList(group, key string, values []string) {
	if len(values) == 0 {
		o.Unset(group, key)
		return
	}
	o.f.SetList(group, key, values)
}

// Unset removes a key, and its group when nothing is left in it. It reports
// whether the key was there.
func (o *Origin) Unset(group, key string) bool {
	found := o.f.Remove(group, key)
	if found && len(o.f.Keys(group)) == 0 {
		o.f.RemoveGroup(group)
	}
	return found
}

// UnsetGroup removes a whole group and reports whether it was there.
func (o *Origin) UnsetGroup(group string) bool { return o.f.RemoveGroup(group) }

// Refspec returns what the deployment follows, or "".
func (o *Origin) Refspec() string {
	s, _ := o.Get("origin", "refspec")
	return s
}

// SetRefspec sets what the deployment follows.
func (o *Origin) SetRefspec(refspec string) { o.Set("origin", "refspec", refspec) }

// OverrideCommit returns the checksum that the deployment was fixed to, or "".
func (o *Origin) OverrideCommit() string {
	s, _ := o.Get("origin", "override-commit")
	return s
}

// StripTransient removes what must not be inherited by an upgrade: pinning, a
// fixed commit, the unlocked state.
func (o *Origin) StripTransient() {
	o.f.RemoveGroup(transientGroup)
	o.Unset("origin", "override-commit")
	o.Unset("origin", "unlocked")
}

// ErrUnconfigured is the cause when an origin says that the system needs some
// set-up (a subscription) before it can be upgraded.
var ErrUnconfigured = errors.New("origin is not configured for upgrades")

// CheckConfigured returns an error that matches ErrUnconfigured and contains
// the origin's own text, if it has one.
func (o *Origin) CheckConfigured() error {
	if s, ok := o.Get("origin", "unconfigured-state"); ok {
		return fmt.Errorf("%w: %s", ErrUnconfigured, s)
	}
	return nil
}

func (o *Origin) pinned() bool {
	on, err := o.GetBool(transientGroup, "pinned")
	return err == nil && on
}

func (o *Origin) setPinned(on bool) {
	if on {
		o.SetBool(transientGroup, "pinned", true)
	} else {
		o.Unset(transientGroup, "pinned")
	}
}
