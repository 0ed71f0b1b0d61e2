package compose

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sepolicy"
)

// build makes tree and commit in the package cache and copies the commit to
// the target.
func (c *composer) build(ctx context.Context) (bool, error) {
	version, err := c.version()
	if err != nil {
		return false, err
	}
	c.res.Version = version
	t, err := layering.EditTree(ctx, c.images, ostree.Tree{}, c.txOptions())
	if err != nil {
		return false, err
	}
	defer func() { t.Abort() }()
	start := time.Now()
	assembled, err := c.assemble(ctx, t)
	if err != nil {
		return false, err
	}
	c.res.Stats.Assemble, c.res.Stats.Scripts = time.Since(start), assembled.Scripts
	start = time.Now()
	kernel, err := c.postprocess(ctx, t)
	if err != nil {
		return false, err
	}
	if err := c.label(ctx, t); err != nil {
		return false, err
	}
	c.res.Stats.Postprocess = time.Since(start)
	start = time.Now()
	c.task("Writing OSTree commit")
	if err := c.commit(ctx, t, kernel); err != nil {
		return false, err
	}
	c.res.Stats.Commit = time.Since(start)
	return true, nil
}

func (c *composer) assemble(ctx context.Context, t *layering.Tree) (*layering.Assembled, error) {
	filter, err := removeFromPackages(c.tf.RemoveFromPackages)
	if err != nil {
		return nil, err
	}
	previous, err := c.previousUsers(ctx)
	if err != nil {
		return nil, err
	}
	a := &layering.Assembly{
		Add: c.packages, Filter: filter, Previous: previous,
		Arch: c.tf.BaseArch, InstallTime: c.timestamp,
	}
	if a.Layers, err = c.layers(ctx, c.tf.OSTreeLayers); err != nil {
		return nil, err
	}
	if a.OverrideLayers, err = c.layers(ctx, c.tf.OverrideLayers); err != nil {
		return nil, err
	}
	return layering.Assemble(ctx, t, a, &layering.AssembleOptions{Sandbox: c.o.Sandbox, Log: c.o.Log, Task: c.task})
}

// removeFromPackages makes the filter for [[PACKAGE, PATH...]...], all of them
// regular expressions that match anywhere.
func removeFromPackages(entries [][]string) (func(pkg, path string) bool, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	rules := make([][]*regexp.Regexp, len(entries))
	for i, entry := range entries {
		for _, pattern := range entry {
			re, err := regexp.Compile(pattern)
			if err != nil {
				return nil, fmt.Errorf("treefile: remove-from-packages: %w", err)
			}
			rules[i] = append(rules[i], re)
		}
	}
	return func(pkg, path string) bool {
		for _, rule := range rules {
			if !rule[0].MatchString(pkg) {
				continue
			}
			for _, re := range rule[1:] {
				if re.MatchString(path) {
					return true
				}
			}
		}
		return false
	}, nil
}

// previousUsers are those whose numbers must not change.
func (c *composer) previousUsers(ctx context.Context) (*layering.Users, error) {
	if c.prev == nil || !treefile.Bool(c.tf.PreservePasswd, true) {
		return nil, nil
	}
	t, err := layering.EditTree(ctx, c.o.Repo, c.prev.Root(), nil)
	if err != nil {
		return nil, err
	}
	defer t.Abort()
	users, err := layering.ReadUsers(ctx, t, "usr/etc", "usr/lib")
	if err != nil {
		return nil, fmt.Errorf("previous commit: %w", err)
	}
	return users, nil
}

// layers brings other commits of the target repository into the cache.
func (c *composer) layers(ctx context.Context, refs []string) ([]ostree.Overlay, error) {
	var out []ostree.Overlay
	for _, ref := range refs {
		sum, err := c.o.Repo.ResolveRev(ctx, ref)
		if err != nil {
			return nil, fmt.Errorf("treefile: layer %s: %w", ref, err)
		}
		if _, err := pull.Pull(ctx, c.images, pull.Local(c.o.Repo), &pull.Options{
			Refs: []string{sum.String()}, DisableVerifyBindings: true, NoSync: c.txOptions().NoSync,
		}); err != nil {
			return nil, fmt.Errorf("treefile: layer %s: %w", ref, err)
		}
		commit, err := c.images.LoadCommit(ctx, sum)
		if err != nil {
			return nil, err
		}
		out = append(out, ostree.Overlay{Tree: commit.Root(), Name: ref})
	}
	return out, nil
}

// label labels the image with its own policy, if it has one.
func (c *composer) label(ctx context.Context, t *layering.Tree) error {
	if !treefile.Bool(c.tf.SELinux, true) {
		return nil
	}
	policy, err := t.Policy(ctx)
	if err != nil || policy == nil {
		return err
	}
	version := 0
	if c.tf.SELinuxLabelVersion != nil {
		version = *c.tf.SELinuxLabelVersion
	}
	c.task("Labelling files")
	return t.Relabel(ctx, &sepolicy.Labeler{Policy: policy, Epoch: version}, ostree.Tree{})
}

func (c *composer) postprocess(ctx context.Context, t *layering.Tree) (*layering.Kernel, error) {
	added, err := addedFiles(c.tf)
	if err != nil {
		return nil, err
	}
	description, err := c.tf.JSON()
	if err != nil {
		return nil, err
	}
	o := &layering.PostprocessOptions{
		Units: c.tf.Units, DefaultTarget: c.tf.DefaultTarget, RemoveFiles: c.tf.RemoveFiles, AddFiles: added,
		Scripts: postprocessScripts(c.tf), Treefile: description, OSReleaseBase: c.tf.MutateOSRelease, Version: c.res.Version,
		NoMachineID: !treefile.Bool(c.tf.MachineIDCompat, true), TmpIsDir: treefile.Bool(c.tf.TmpIsDir, false),
		OptUsrLocal: c.tf.OptUsrLocal, EtcGroupMembers: c.tf.EtcGroupMembers, BootLocation: layering.BootLocation(c.tf.BootLocation),
		NoInitramfs: treefile.Bool(c.tf.NoInitramfs, false), InitramfsArgs: c.tf.InitramfsArgs,
		Sandbox: c.o.Sandbox, Log: c.o.Log, Task: c.task,
	}
	return layering.Postprocess(ctx, t, o)
}

func addedFiles(tf *treefile.Treefile) ([]layering.AddedFile, error) {
	var out []layering.AddedFile
	for _, f := range tf.AddFiles {
		file, ok := tf.External(f.Source)
		if !ok {
			return nil, fmt.Errorf("treefile: add-files: %s: %w", f.Source, fs.ErrNotExist)
		}
		mode := uint32(0o644)
		if file.Executable {
			mode = 0o755
		}
		out = append(out, layering.AddedFile{Path: f.Dest, Data: file.Data, Mode: mode})
	}
	return out, nil
}

// postprocessScripts lists the inline ones first.
func postprocessScripts(tf *treefile.Treefile) [][]byte {
	var out [][]byte
	for _, script := range tf.Postprocess {
		if !strings.HasSuffix(script, "\n") {
			script += "\n"
		}
		out = append(out, []byte(script))
	}
	if file, ok := tf.External(tf.PostprocessScript); ok && tf.PostprocessScript != "" {
		out = append(out, file.Data)
	}
	return out
}
