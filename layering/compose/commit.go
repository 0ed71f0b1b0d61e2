package compose

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
)

// Metadata keys of image commits.
const (
	keyRepoMetadata  = "rpmostree.rpmmd-repos"
	keyInitramfsArgs = "rpmostree.initramfs-args"
	keyBootable      = "ostree.bootable"
	keyLinux         = "ostree.linux"
	keyContainerCmd  = "ostree.container-cmd"
)

// commit writes the commit, copies it to the target repository and sets the
// ref there.
func (c *composer) commit(ctx context.Context, t *layering.Tree, kernel *layering.Kernel) error {
	metadata, err := c.metadata(kernel)
	if err != nil {
		return err
	}
	root, err := t.Write(ctx)
	if err != nil {
		return err
	}
	sum, err := t.Tx().WriteCommit(ctx, &ostree.Commit{
		Metadata: metadata, Parent: c.parent(), Timestamp: c.timestamp, RootTree: root.Tree, RootMeta: root.Meta,
	})
	if err != nil {
		return err
	}
	if _, err := t.Commit(ctx); err != nil {
		return err
	}
	o := &pull.Options{Refs: []string{sum.String()}, DisableVerifyBindings: true, NoSync: c.txOptions().NoSync}
	if _, err := pull.Pull(ctx, c.o.Repo, pull.Local(c.images), o); err != nil {
		return fmt.Errorf("copy commit: %w", err)
	}
	if c.tf.Ref != "" && !c.o.NoRef {
		if err := c.o.Repo.SetRef(context.WithoutCancel(ctx), c.tf.Ref, sum); err != nil { // COMMIT POINT
			return err
		}
	}
	c.res.Commit = sum
	return nil
}

func (c *composer) parent() ostree.Checksum {
	switch {
	case c.o.NoParent:
		return ostree.Checksum{}
	case !c.o.Parent.IsZero():
		return c.o.Parent
	}
	return c.res.Previous
}

func (c *composer) metadata(kernel *layering.Kernel) (*gvariant.Dict, error) {
	d := gvariant.NewDict()
	if c.res.Version != "" {
		d.Set(ostree.KeyVersion, gvariant.NewString(c.res.Version))
	}
	for _, key := range slices.Sorted(maps.Keys(c.tf.AddCommitMetadata)) {
		v, err := metadataValue(c.tf.AddCommitMetadata[key])
		if err != nil {
			return nil, fmt.Errorf("treefile: add-commit-metadata: %s: %w", key, err)
		}
		if key != ostree.KeyVersion {
			d.Set(key, v)
		}
	}
	d.Set(keyInputHash, gvariant.NewString(c.res.InputHash))
	if err := c.packageMetadata(d); err != nil {
		return nil, err
	}
	if len(c.tf.InitramfsArgs) > 0 {
		d.Set(keyInitramfsArgs, gvariant.NewStrings(c.tf.InitramfsArgs))
	}
	if len(c.tf.ContainerCmd) > 0 {
		d.Set(keyContainerCmd, gvariant.NewStrings(c.tf.ContainerCmd))
	}
	if kernel != nil {
		d.Set(keyBootable, gvariant.NewBool(true))
		d.Set(keyLinux, gvariant.NewString(kernel.Version))
	}
	if c.o.AddMetadata != nil {
		for _, key := range c.o.AddMetadata.Keys() {
			v, _ := c.o.AddMetadata.Get(key)
			d.Set(key, v)
		}
	}
	return d, nil
}

func (c *composer) packageMetadata(d *gvariant.Dict) error {
	list, err := layering.PkgList(c.res.Packages)
	if err != nil {
		return err
	}
	d.Set(layering.KeyPkgList, list)
	if c.tf.RepoMetadata == "disabled" {
		return nil
	}
	repos, err := c.solution.catalog.RepoMetadata()
	if err != nil {
		return err
	}
	d.Set(keyRepoMetadata, repos)
	return nil
}

// metadataValue converts a value of the treefile.
func metadataValue(v any) (gvariant.Value, error) {
	switch v := v.(type) {
	case string:
		return gvariant.NewString(v), nil
	case treefile.Scalar:
		return gvariant.NewString(string(v)), nil
	case bool:
		return gvariant.NewBool(v), nil
	case int:
		return gvariant.NewInt64(int64(v)), nil
	case int64:
		return gvariant.NewInt64(v), nil
	case uint64:
		return gvariant.NewUint64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			break
		}
		return gvariant.NewDouble(v), nil
	case []any:
		return metadataStrings(v)
	case map[string]any:
		d := gvariant.NewDict()
		for _, key := range slices.Sorted(maps.Keys(v)) {
			item, err := metadataValue(v[key])
			if err != nil {
				return item, fmt.Errorf("%s: %w", key, err)
			}
			d.Set(key, item)
		}
		return d.Value(), nil
	}
	return gvariant.Value{}, fmt.Errorf("value of type %T cannot be stored", v)
}

func metadataStrings(list []any) (gvariant.Value, error) {
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return gvariant.Value{}, fmt.Errorf("list element of type %T cannot be stored", item)
		}
		out = append(out, s)
	}
	return gvariant.NewStrings(out), nil
}
