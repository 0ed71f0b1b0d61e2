package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg/rpmver"
	"example.com/rpmostree/sysroot"
)

// Status is the state of a root as `rpm-ostree status --json` prints it, an interface that programs parse. Lists are
// never null.
type Status struct {
	Deployments  []DeploymentStatus `json:"deployments"`
	Transaction  *[3]string         `json:"transaction"`
	CachedUpdate *struct{}          `json:"cached-update"`
	UpdateDriver *struct{}          `json:"update-driver"`
}

// NEVRAList is a package in the status: NEVRA, name, epoch, version, release, architecture.
type NEVRAList [6]any

// DeploymentStatus describes one deployment. Times are seconds since 1970.
type DeploymentStatus struct {
	ID                 string `json:"id"` // STATEROOT-CHECKSUM.SERIAL
	OSName             string `json:"osname"`
	Checksum           string `json:"checksum"`
	Serial             int    `json:"serial"`
	Booted             bool   `json:"booted"`
	Staged             bool   `json:"staged"`
	FinalizationLocked bool   `json:"finalization-locked"`
	Pinned             bool   `json:"pinned"`
	Unlocked           string `json:"unlocked"`
	LiveInProgress     string `json:"live-inprogress,omitempty"`
	LiveReplaced       string `json:"live-replaced,omitempty"`

	Version      string     `json:"version,omitempty"`
	Timestamp    int64      `json:"timestamp"`
	Origin       string     `json:"origin,omitempty"`
	CustomOrigin *[2]string `json:"custom-origin,omitempty"`
	// Signatures are the OpenPGP signatures of the base commit, as its remote's keys see them; nil without such a remote.
	Signatures  []SignatureTuple `json:"signatures,omitempty"`
	GPGEnabled  bool             `json:"gpg-enabled"`
	RemoteError string           `json:"remote-error,omitempty"`

	BaseChecksum  string `json:"base-checksum,omitempty"` // of a layered deployment
	BaseVersion   string `json:"base-version,omitempty"`
	BaseTimestamp int64  `json:"base-timestamp,omitempty"`

	// The newest commit of what the deployment follows, if it is here and not the one deployed.
	PendingBaseChecksum  string `json:"pending-base-checksum,omitempty"`
	PendingBaseVersion   string `json:"pending-base-version,omitempty"`
	PendingBaseTimestamp int64  `json:"pending-base-timestamp,omitempty"`

	BaseCommitMeta    map[string]any `json:"base-commit-meta"`
	LayeredCommitMeta map[string]any `json:"layered-commit-meta,omitempty"`
	EndOfLife         string         `json:"endoflife,omitempty"`

	RequestedPackages      []string            `json:"requested-packages"`
	RequestedLocal         []string            `json:"requested-local-packages"`
	RequestedLocalForced   []string            `json:"requested-local-fileoverride-packages"`
	RequestedRemovals      []string            `json:"requested-base-removals"`
	RequestedReplaceLocal  []string            `json:"requested-base-local-replacements"`
	RequestedReplaceRemote map[string][]string `json:"requested-base-remote-replacements"`
	Packages               []string            `json:"packages"` // requested ones that are layered
	Modules                []string            `json:"modules"`

	BaseRemovals           []NEVRAList               `json:"base-removals"`
	BaseLocalReplacements  [][2]NEVRAList            `json:"base-local-replacements"` // new, old
	BaseRemoteReplacements map[string][][2]NEVRAList `json:"base-remote-replacements"`

	RegenerateInitramfs bool     `json:"regenerate-initramfs"`
	InitramfsArgs       []string `json:"initramfs-args"`
	InitramfsEtc        []string `json:"initramfs-etc"`
	Cliwrap             bool     `json:"cliwrap"`
}

// Status describes all deployments.
func (e *Engine) Status(ctx context.Context) (*Status, error) {
	s := &Status{Deployments: []DeploymentStatus{}}
	for _, d := range e.sys.Deployments() {
		ds, err := e.deploymentStatus(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("status of %s: %w", d.Name(), err)
		}
		s.Deployments = append(s.Deployments, *ds)
	}
	return s, nil
}

func (e *Engine) deploymentStatus(ctx context.Context, d *sysroot.Deployment) (*DeploymentStatus, error) {
	s := &DeploymentStatus{
		ID: d.Stateroot + "-" + d.Name(), OSName: d.Stateroot, Checksum: d.Commit.String(), Serial: d.Serial,
		Booted: d.Booted, Staged: d.Staged, FinalizationLocked: d.Staged && e.sys.StagedLocked(), Pinned: d.Pinned,
		Unlocked: string(d.Unlocked), Origin: refspecOf(d.Origin),
		RequestedReplaceRemote: map[string][]string{}, BaseRemoteReplacements: map[string][][2]NEVRAList{},
	}
	if s.Unlocked == "" {
		s.Unlocked = string(sysroot.UnlockedNone)
	}
	if err := s.commits(ctx, e.sys.Repo(), d.Commit); err != nil {
		return nil, err
	}
	s.origin(d.Origin)
	s.fillLists()
	if err := s.pending(ctx, e.sys.Repo()); err != nil {
		return nil, err
	}
	if remote, _, err := ostree.ParseRefspec(s.Origin); err == nil && remote != "" {
		rem, err := e.sys.Repo().Remote(remote)
		if err != nil {
			s.RemoteError = err.Error()
		}
		s.GPGEnabled = err == nil && rem.GPGVerify
		if s.GPGEnabled {
			if err := e.signatures(ctx, s, rem); err != nil {
				s.RemoteError = err.Error()
			}
		}
	}
	return s, nil
}

// commits reads what the commit, and for a layered one its base, say of themselves.
func (s *DeploymentStatus) commits(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	c, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return err
	}
	s.Version, s.Timestamp = c.Version(), c.Timestamp.Unix()
	s.EndOfLife, _ = c.Metadata.String("ostree.endoflife")
	layered, _ := c.Metadata.Bool(keyClientLayer)
	if !layered {
		s.BaseCommitMeta = plainMetadata(c.Metadata)
		return nil
	}
	s.LayeredCommitMeta = plainMetadata(c.Metadata)
	s.Packages, _ = c.Metadata.Strings("rpmostree.packages")
	s.overrides(c.Metadata)
	s.BaseChecksum = c.Parent.String()
	base, err := repo.LoadCommit(ctx, c.Parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.BaseVersion, s.BaseTimestamp = base.Version(), base.Timestamp.Unix()
	s.BaseCommitMeta = plainMetadata(base.Metadata)
	return nil
}

// pending looks for a newer base that has been pulled already.
func (s *DeploymentStatus) pending(ctx context.Context, repo *ostree.Repo) error {
	if s.Origin == "" {
		return nil
	}
	head, err := repo.ResolveRev(ctx, s.Origin)
	if err != nil || head.String() == s.Checksum || head.String() == s.BaseChecksum {
		return nil //nolint:nilerr // a ref that is not here is nothing to tell
	}
	c, err := repo.LoadCommit(ctx, head)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.PendingBaseChecksum, s.PendingBaseVersion, s.PendingBaseTimestamp = head.String(), c.Version(), c.Timestamp.Unix()
	return nil
}

func (s *DeploymentStatus) overrides(d *gvariant.Dict) {
	if v, ok := d.Get("rpmostree.removed-base-packages"); ok {
		for _, e := range v.All() {
			if n, ok := parseNEVRAValue(e); ok {
				s.BaseRemovals = append(s.BaseRemovals, nevraList(n))
			}
		}
	}
	if v, ok := d.Get("rpmostree.replaced-base-packages"); ok {
		s.BaseLocalReplacements = parseReplacements(v)
	}
	if v, ok := d.Get("rpmostree.replaced-base-remote-packages"); ok && v.Type() == "a{sv}" {
		for _, e := range v.All() {
			s.BaseRemoteReplacements[e.Index(0).Str()] = parseReplacements(e.Index(1).Variant())
		}
	}
}

// parseReplacements reads pairs of the new and the old package.
func parseReplacements(v gvariant.Value) [][2]NEVRAList {
	var out [][2]NEVRAList
	if v.Type() != "a(vv)" {
		return nil
	}
	for _, e := range v.All() {
		newer, ok1 := parseNEVRAValue(e.Index(0))
		older, ok2 := parseNEVRAValue(e.Index(1))
		if ok1 && ok2 {
			out = append(out, [2]NEVRAList{nevraList(newer), nevraList(older)})
		}
	}
	return out
}

func nevraList(n rpmver.NEVRA) NEVRAList {
	return NEVRAList{n.String(), n.Name, n.Epoch, n.Version, n.Release, n.Arch}
}

// origin reads what is requested.
func (s *DeploymentStatus) origin(o *sysroot.Origin) {
	s.RequestedPackages = o.List(groupPackages, "requested")
	s.RequestedRemovals = o.List(groupOverrides, "remove")
	for _, l := range []struct {
		group, key string
		dst        *[]string
	}{
		{groupPackages, "requested-local", &s.RequestedLocal},
		{groupPackages, "requested-local-fileoverride", &s.RequestedLocalForced},
		{groupOverrides, "replace-local", &s.RequestedReplaceLocal},
	} {
		for _, text := range o.List(l.group, l.key) {
			if p, err := parseLocal(text); err == nil {
				text = p.NEVRA.String()
			}
			*l.dst = append(*l.dst, text)
		}
	}
	for _, text := range o.List(groupOverrides, keyReplace) {
		if r, err := parseRemoteOverride(text); err == nil {
			s.RequestedReplaceRemote["repo="+r.Repo] = r.Packages
		}
	}
	initramfs, _ := initramfsOf(o)
	s.InitramfsArgs, s.InitramfsEtc, s.RegenerateInitramfs = initramfs.Args, initramfs.Etc, initramfs.Regenerate
	s.Cliwrap, _ = o.GetBool(groupRPMOSTree, "ex-cliwrap")
	url, ok := o.Get(groupOrigin, "custom-url")
	if desc, ok2 := o.Get(groupOrigin, "custom-description"); ok || ok2 {
		s.CustomOrigin = &[2]string{url, desc}
	}
}

// fillLists turns nil lists into empty ones: programs rely on their presence.
func (s *DeploymentStatus) fillLists() {
	for _, l := range []*[]string{
		&s.RequestedPackages, &s.RequestedLocal, &s.RequestedLocalForced, &s.RequestedRemovals, &s.RequestedReplaceLocal,
		&s.Packages, &s.Modules, &s.InitramfsArgs, &s.InitramfsEtc,
	} {
		if *l == nil {
			*l = []string{}
		}
	}
	if s.BaseRemovals == nil {
		s.BaseRemovals = []NEVRAList{}
	}
	if s.BaseLocalReplacements == nil {
		s.BaseLocalReplacements = [][2]NEVRAList{}
	}
	if s.BaseCommitMeta == nil {
		s.BaseCommitMeta = map[string]any{}
	}
}

// bigKeys are left out of the metadata in the status: they are long, and other commands show them.
var bigKeys = map[string]bool{
	KeyPkgList: true, "rpmostree.advisories": true, "rpmostree.packages": true, "rpmostree.modules": true,
	"rpmostree.spec": true, "rpmostree.removed-base-packages": true, "rpmostree.replaced-base-packages": true,
	"rpmostree.replaced-base-remote-packages": true,
}

// plainMetadata turns a commit's metadata into JSON values.
func plainMetadata(d *gvariant.Dict) map[string]any {
	m := map[string]any{}
	for _, k := range d.Keys() {
		if v, ok := d.Get(k); ok && !bigKeys[k] {
			m[k] = plainValue(v)
		}
	}
	return m
}

func plainValue(v gvariant.Value) any {
	typ := v.Type()
	switch typ {
	case "b":
		return v.Bool()
	case "y", "q", "u", "t":
		return v.Uint()
	case "n", "i", "x", "h":
		return v.Int()
	case "d":
		return v.Double()
	case "s", "o", "g":
		return v.Str()
	case "v":
		return plainValue(v.Variant())
	}
	if len(typ) > 1 && typ[:2] == "a{" {
		m := map[string]any{}
		for _, e := range v.All() {
			m[fmt.Sprint(plainValue(e.Index(0)))] = plainValue(e.Index(1))
		}
		return m
	}
	list := make([]any, 0, v.Len())
	for _, e := range v.All() {
		list = append(list, plainValue(e))
	}
	return list
}
