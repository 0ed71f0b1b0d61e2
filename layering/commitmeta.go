package layering

import (
	"maps"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// clientLayerVersion is the version of the metadata below that rpm-ostree writes and reads.
const clientLayerVersion = 6

// metadata is that of a commit made on a machine.
func (p *Plan) metadata(base *ostree.Commit, kernel *Kernel, pkgs []rpmver.NEVRA) (*gvariant.Dict, error) {
	d := gvariant.NewDict()
	if v := base.Version(); v != "" {
		d.Set(ostree.KeyVersion, gvariant.NewString(v))
	}
	d.Set(keyClientLayer, gvariant.NewBool(true))
	d.Set("rpmostree.clientlayer_version", gvariant.NewUint32(clientLayerVersion))
	d.Set(keyStateDigest, gvariant.NewString(p.digest))
	repos, err := p.catalog.RepoMetadata()
	if err != nil {
		return nil, err
	}
	d.Set("rpmostree.rpmmd-repos", repos)
	d.Set("rpmostree.packages", gvariant.NewStrings(p.activePackages()))
	d.Set("rpmostree.modules", gvariant.NewStrings(nil))
	if err := p.overrideMetadata(d); err != nil {
		return nil, err
	}
	list, err := PkgList(pkgs)
	if err != nil {
		return nil, err
	}
	d.Set(KeyPkgList, list)
	for _, key := range []string{"ostree.endoflife", "ostree.endoflife-rebase"} {
		if v, ok := base.Metadata.Get(key); ok {
			d.Set(key, v)
		}
	}
	if kernel != nil {
		d.Set("ostree.bootable", gvariant.NewBool(true))
		d.Set("ostree.linux", gvariant.NewString(kernel.Version))
	}
	return d, nil
}

// activePackages are the requested packages that have an effect.
func (p *Plan) activePackages() []string {
	return slices.DeleteFunc(slices.Clone(p.Layers.Packages), func(spec string) bool {
		return slices.ContainsFunc(p.Inactive, func(i InactiveRequest) bool { return i.Request == spec })
	})
}

func (p *Plan) overrideMetadata(d *gvariant.Dict) error {
	var removed, replaced []gvariant.Value
	remote := map[string][]gvariant.Value{}
	for _, n := range p.Remove {
		removed = append(removed, gvariant.NewVariant(nevraValue(n)))
	}
	for _, r := range p.Replace {
		pair := gvariant.NewTuple(gvariant.NewVariant(nevraValue(r.New)), gvariant.NewVariant(nevraValue(r.Old)))
		if r.Repo != "" {
			remote["repo="+r.Repo] = append(remote["repo="+r.Repo], pair)
		} else {
			replaced = append(replaced, pair)
		}
	}
	removedList, err := gvariant.NewArray("v", removed...)
	if err != nil {
		return err
	}
	replacedList, err := gvariant.NewArray("(vv)", replaced...)
	if err != nil {
		return err
	}
	d.Set("rpmostree.removed-base-packages", removedList)
	d.Set("rpmostree.replaced-base-packages", replacedList)
	sources := gvariant.NewDict()
	for _, source := range slices.Sorted(maps.Keys(remote)) {
		list, err := gvariant.NewArray("(vv)", remote[source]...)
		if err != nil {
			return err
		}
		sources.Set(source, list)
	}
	d.Set("rpmostree.replaced-base-remote-packages", sources.Value())
	return nil
}

// nevraValue is (sstsss): NEVRA, name, epoch, version, release, architecture.
func nevraValue(n rpmver.NEVRA) gvariant.Value {
	return gvariant.NewTuple(gvariant.NewString(n.String()), gvariant.NewString(n.Name), gvariant.NewUint64(uint64(n.Epoch)),
		gvariant.NewString(n.Version), gvariant.NewString(n.Release), gvariant.NewString(n.Arch))
}

// parseNEVRAValue is the inverse; ok is false for anything else.
func parseNEVRAValue(v gvariant.Value) (n rpmver.NEVRA, ok bool) {
	if v.Type() == "v" {
		v = v.Variant()
	}
	if v.Type() != "(sstsss)" {
		return n, false
	}
	n.Name, n.Epoch = v.Index(1).Str(), uint32(v.Index(2).Uint())
	n.Version, n.Release, n.Arch = v.Index(3).Str(), v.Index(4).Str(), v.Index(5).Str()
	return n, true
}
