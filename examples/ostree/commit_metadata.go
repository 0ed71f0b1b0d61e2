package main

import (
	"context"
	"slices"
	"strings"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/composefs"
	"example.com/rpmostree/ostree/gvariant"
)

// metadata builds the commit's metadata in the order in which the real command writes it.
func (c *committer) metadata(ctx context.Context, tree ostree.Tree) (*gvariant.Dict, error) {
	d, err := c.given()
	if err != nil {
		return nil, err
	}
	if err := c.keep(d); err != nil {
		return nil, err
	}
	c.bindings(d)
	if c.opts.bootable {
		version, err := c.kernelVersion(ctx, tree)
		if err != nil {
			return nil, err
		}
		d.Set(ostree.KeyBootable, gvariant.NewBool(true))
		d.Set(ostree.KeyLinux, gvariant.NewString(version))
	}
	if c.opts.sizes && c.repo.Mode() == ostree.ModeArchive {
		sizes, err := c.tx.Sizes(ctx, tree)
		if err != nil {
			return nil, err
		}
		d.Set(ostree.KeySizes, sizes)
	}
	if c.opts.composefs {
		digest, err := composefs.DigestOf(ctx, c.tx, tree)
		if err != nil {
			return nil, err
		}
		d.Set(composefs.KeyDigest, gvariant.NewBytes(digest[:]))
	}
	return d, nil
}

// given is the metadata that the command line gives.
func (c *committer) given() (*gvariant.Dict, error) {
	d := gvariant.NewDict()
	for _, kv := range c.opts.metaStrings {
		k, v, err := metadataPair(kv)
		if err != nil {
			return nil, err
		}
		d.Set(k, gvariant.NewString(v))
	}
	for _, kv := range c.opts.metaValues {
		k, text, err := metadataPair(kv)
		if err != nil {
			return nil, err
		}
		v, err := gvariant.ParseText(text, "")
		if err != nil {
			return nil, errorf("Parsing %s: %v", kv, err)
		}
		d.Set(k, v)
	}
	return d, nil
}

// checkTexts finds what is wrong with the options for metadata before any work is done.
func (c *committer) checkTexts() error {
	d, err := c.given()
	if err == nil {
		err = c.keep(d)
	}
	if err != nil {
		return err
	}
	for _, kv := range c.opts.detached {
		if _, _, err := keyValue(kv); err != nil {
			return err
		}
	}
	return nil
}

// metadataPair is keyValue with a key.
func metadataPair(kv string) (key, value string, err error) {
	key, value, err = keyValue(kv)
	if err == nil && key == "" {
		err = errorf("Empty metadata key")
	}
	return key, value, err
}

func (c *committer) keep(d *gvariant.Dict) error {
	if len(c.opts.keepMeta) > 0 && c.old == nil {
		return errorf("Either --branch or --parent must be specified when using --keep-metadata")
	}
	for _, key := range c.opts.keepMeta {
		v, ok := c.old.Metadata.Get(key)
		if !ok {
			return errorf("Missing metadata key '%s' from commit '%s'", key, c.parent)
		}
		d.Set(key, v)
	}
	return nil
}

// bindings ties the commit to the refs it is meant for, see ostree.ref-binding.
func (c *committer) bindings(d *gvariant.Dict) {
	if c.opts.noBindings {
		return
	}
	refs := slices.Clone(c.opts.bindRefs)
	if c.opts.branch != "" {
		refs = append(refs, c.opts.branch)
	}
	slices.Sort(refs)
	d.Set("ostree.ref-binding", gvariant.NewStrings(refs))
	if id, ok := c.repo.Config().Get("core", "collection-id"); ok {
		if _, given := d.Get("ostree.collection-binding"); !given {
			d.Set("ostree.collection-binding", gvariant.NewString(id))
		}
	}
}

// tree builds the tree to commit from --base, --tree and PATH.
func (c *committer) tree(ctx context.Context, args []string) (ostree.Tree, error) {
	m := ostree.NewMutableTree()
	if c.opts.base != "" {
		t, err := c.treeOf(ctx, c.opts.base)
		if err != nil {
			return ostree.Tree{}, err
		}
		m = c.tx.MutableTree(t.Tree, t.Meta)
	}
	trees := c.opts.trees
	if len(trees) == 0 {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		trees = []string{"dir=" + dir}
	}
	imp, err := c.importOptions(ctx, trees)
	if err != nil {
		return ostree.Tree{}, err
	}
	for _, t := range trees {
		if m, err = c.addTree(ctx, m, t, imp); err != nil {
			return ostree.Tree{}, err
		}
	}
	if err := c.filter.check(c.stderr); err != nil {
		return ostree.Tree{}, err
	}
	if m.Meta().IsZero() {
		return ostree.Tree{}, errorf("Can't commit an empty tree")
	}
	tree, meta, err := c.tx.WriteTree(ctx, m)
	return ostree.Tree{Tree: tree, Meta: meta}, err
}

func (c *committer) treeOf(ctx context.Context, rev string) (ostree.Tree, error) {
	sum, err := resolve(ctx, c.repo, rev)
	if err != nil {
		return ostree.Tree{}, err
	}
	commit, err := c.repo.LoadCommit(ctx, sum)
	if err != nil {
		return ostree.Tree{}, noSuchObject(err, sum, ostree.TypeCommit)
	}
	if _, err := c.repo.LoadDirTree(ctx, commit.RootTree); err != nil { // not to make a commit of nothing
		return ostree.Tree{}, noSuchObject(err, commit.RootTree, ostree.TypeDirTree)
	}
	if _, err := c.repo.LoadDirMeta(ctx, commit.RootMeta); err != nil {
		return ostree.Tree{}, noSuchObject(err, commit.RootMeta, ostree.TypeDirMeta)
	}
	return ostree.Tree{Tree: commit.RootTree, Meta: commit.RootMeta}, nil
}

// addTree lays one --tree over m.
func (c *committer) addTree(ctx context.Context, m *ostree.MutableTree, arg string, imp *ostree.ImportOptions) (*ostree.MutableTree, error) {
	kind, value, ok := strings.Cut(arg, "=")
	if !ok {
		return nil, errorf("Missing type in tree specification '%s'", arg)
	}
	switch kind {
	case "dir":
		return m, c.tx.ImportDir(ctx, m, value, imp)
	case "tar":
		return m, c.importArchive(ctx, m, value, imp)
	case "ref":
		over, err := c.treeOf(ctx, value)
		if err != nil {
			return nil, err
		}
		if c.modifies() {
			return m, c.tx.ImportTree(ctx, m, over, imp)
		}
		if m.Meta().IsZero() {
			return c.tx.MutableTree(over.Tree, over.Meta), nil
		}
		return m, c.overlay(ctx, m, over)
	}
	return nil, errorf("Invalid tree type specification '%s'", kind)
}

// overlay lays a stored tree over m. Directories that only the tree has are not read.
func (c *committer) overlay(ctx context.Context, m *ostree.MutableTree, over ostree.Tree) error {
	m.SetMeta(over.Meta)
	dt, err := c.tx.LoadDirTree(ctx, over.Tree)
	if err != nil {
		return noSuchObject(err, over.Tree, ostree.TypeDirTree)
	}
	for _, f := range dt.Files {
		if e, err := m.Lookup(ctx, f.Name); err != nil {
			return err
		} else if e.Kind == ostree.EntryDir {
			return errorf("Can't replace directory with file: %s", f.Name)
		}
		if err := m.SetFile(ctx, f.Name, f.Checksum); err != nil {
			return err
		}
	}
	for _, d := range dt.Dirs {
		e, err := m.Lookup(ctx, d.Name)
		switch {
		case err != nil:
			return err
		case e.Kind == ostree.EntryFile:
			return errorf("Can't replace file with directory: %s", d.Name)
		case e.Kind == ostree.EntryDir:
			if err := c.overlay(ctx, e.Dir, ostree.Tree{Tree: d.Tree, Meta: d.Meta}); err != nil {
				return err
			}
			continue
		}
		sub, err := m.EnsureDir(ctx, d.Name, d.Meta)
		if err != nil {
			return err
		}
		*sub = *c.tx.MutableTree(d.Tree, d.Meta)
	}
	return nil
}
