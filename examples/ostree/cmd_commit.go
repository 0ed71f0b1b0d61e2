package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

type commitOptions struct {
	parent, subject, body, bodyFile, branch, base string
	orphan, noBindings, bootable, editor          bool
	bindRefs, trees                               []string
	metaStrings, metaValues, keepMeta, detached   []string
	ownerUID, ownerGID                            int
	canonical, roExecutables, noXattrs, consume   bool
	linkSpeedup, devInoCanonical, skipUnchanged   bool
	statoverride, skipList, fsync, timestamp      string
	tarParents                                    bool
	tarFilter                                     string
	table, disableFsync, sizes                    bool
	selinuxPolicy                                 string
	selinuxFromBase, composefs                    bool
	selinuxEpoch                                  int
	signed                                        signers
}

func (a *app) commitCommand() *cobra.Command {
	o := commitOptions{ownerUID: -1, ownerGID: -1}
	c := &cobra.Command{Use: "commit [PATH]", Short: "Commit a new revision"}
	glibopt.String(c, &o.parent, "parent", "", "COMMIT", `Parent commit checksum, or "none"`)
	glibopt.String(c, &o.subject, "subject", "s", "SUBJECT", "One line subject")
	glibopt.String(c, &o.body, "body", "m", "BODY", "Full description")
	glibopt.String(c, &o.bodyFile, "body-file", "F", "FILE", "Commit message from FILE path")
	glibopt.Bool(c, &o.editor, "editor", "e", "Use an editor to write the commit message")
	glibopt.String(c, &o.branch, "branch", "b", "BRANCH", "Branch")
	glibopt.Bool(c, &o.orphan, "orphan", "", "Create a commit without writing a ref")
	glibopt.Bool(c, &o.noBindings, "no-bindings", "", "Do not write any ref bindings")
	glibopt.Strings(c, &o.bindRefs, "bind-ref", "", "BRANCH", "Add a ref to ref binding commit metadata")
	glibopt.String(c, &o.base, "base", "", "REV", "Start from the given commit as a base (no modifiers apply)")
	glibopt.Strings(c, &o.trees, "tree", "", "dir=PATH or tar=TARFILE or ref=COMMIT", "Overlay the given argument as a tree")
	glibopt.Strings(c, &o.metaStrings, "add-metadata-string", "", "KEY=VALUE", "Add a key/value pair to metadata")
	glibopt.Strings(c, &o.metaValues, "add-metadata", "", "KEY=VALUE", "Add a key/value pair to metadata, where the KEY is a string, and VALUE is in GVariant Text Format")
	glibopt.Strings(c, &o.keepMeta, "keep-metadata", "", "KEY", "Keep metadata KEY and its associated VALUE from parent")
	glibopt.Strings(c, &o.detached, "add-detached-metadata-string", "", "KEY=VALUE", "Add a key/value pair to detached metadata")
	glibopt.Int(c, &o.ownerUID, "owner-uid", "", "UID", "Set file ownership user id")
	glibopt.Int(c, &o.ownerGID, "owner-gid", "", "GID", "Set file ownership group id")
	glibopt.Bool(c, &o.canonical, "canonical-permissions", "", "Canonicalize permissions in the same way bare-user does for hardlinked files")
	glibopt.Bool(c, &o.bootable, "bootable", "", "Flag this commit as a bootable OSTree (e.g. contains a Linux kernel)")
	glibopt.Bool(c, &o.roExecutables, "mode-ro-executables", "", "Ensure executable files are not writable")
	glibopt.Bool(c, &o.noXattrs, "no-xattrs", "", "Do not import extended attributes")
	glibopt.String(c, &o.selinuxPolicy, "selinux-policy", "", "PATH", "Set SELinux labels based on policy in root filesystem PATH (may be /)")
	glibopt.Bool(c, &o.selinuxFromBase, "selinux-policy-from-base", "P", "Set SELinux labels based on --base, or the first --tree argument")
	glibopt.Int(c, &o.selinuxEpoch, "selinux-labeling-epoch", "", "EPOCH", "Use this version of the rules for labels: 1 labels /usr/etc as /etc")
	glibopt.Bool(c, &o.linkSpeedup, "link-checkout-speedup", "", "Optimize for commits of trees composed of hardlinks into the repository")
	glibopt.Bool(c, &o.devInoCanonical, "devino-canonical", "I", "Assume hardlinked objects are unmodified.  Implies --link-checkout-speedup")
	glibopt.Bool(c, &o.tarParents, "tar-autocreate-parents", "", "When loading tar archives, automatically create parent directories as needed")
	glibopt.String(c, &o.tarFilter, "tar-pathname-filter", "", "REGEX,REPLACEMENT", "When loading tar archives, use REGEX,REPLACEMENT against path names")
	glibopt.Bool(c, &o.skipUnchanged, "skip-if-unchanged", "", "If the contents are unchanged from previous commit, do nothing")
	glibopt.String(c, &o.statoverride, "statoverride", "", "PATH", "File containing list of modifications to make to permissions")
	glibopt.String(c, &o.skipList, "skip-list", "", "PATH", "File containing list of files to skip")
	glibopt.Bool(c, &o.consume, "consume", "", "Consume (delete) content after commit (for local directories)")
	glibopt.Bool(c, &o.table, "table-output", "", "Output more information in a KEY: VALUE format")
	glibopt.Bool(c, &o.sizes, "generate-sizes", "", "Generate size information along with commit metadata")
	glibopt.Bool(c, &o.composefs, "generate-composefs-metadata", "", "Add the digest of the composefs image to the commit")
	glibopt.String(c, &o.fsync, "fsync", "", "POLICY", "Specify how to invoke fsync()")
	glibopt.Bool(c, &o.disableFsync, "disable-fsync", "", "Do not invoke fsync()")
	glibopt.String(c, &o.timestamp, "timestamp", "", "TIMESTAMP", "Override the timestamp of the commit")
	glibopt.Hide(c, "disable-fsync")
	o.signed.flags(c, "commit")
	glibopt.String(c, &o.signed.fromFile, "sign-from-file", "", "PATH", "Sign the commit with the keys in a file")
	c.RunE = func(c *cobra.Command, args []string) error {
		for _, id := range []struct {
			name  string
			value int
		}{{"uid", o.ownerUID}, {"gid", o.ownerGID}} {
			if o.canonical && id.value > 0 {
				return errorf("Cannot specify both --canonical-permissions and non-zero --owner-%s", id.name)
			}
		}
		if o.branch == "" && !o.orphan {
			return errorf("A branch must be specified with --branch, or use --orphan")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			return (&committer{app: a, repo: repo, opts: o}).run(c.Context(), args)
		})
	}
	return c
}

// committer carries out one commit.
type committer struct {
	*app
	repo    *ostree.Repo
	tx      *ostree.Tx
	opts    commitOptions
	parent  ostree.Checksum
	old     *ostree.Commit // the parent, nil without one
	signers []sign.Signer
	filter  pathFilter
}

func (c *committer) run(ctx context.Context, args []string) (err error) {
	if err := c.findParent(ctx); err != nil {
		return err
	}
	if c.opts.branch != "" {
		if _, _, err := ostree.ParseRefspec(c.opts.branch); err != nil {
			return errorf("Invalid refspec %s", c.opts.branch)
		}
	}
	if err := c.checkTexts(); err != nil {
		return err
	}
	sync, err := parseFsync(c.opts.fsync, !c.opts.disableFsync)
	if err != nil {
		return err
	}
	if c.signers, err = c.opts.signed.list(c.signOptions()); err != nil {
		return err
	}
	if c.opts.editor {
		if err := c.edit(ctx); err != nil {
			return err
		}
	}
	c.tx, err = c.repo.Begin(ctx, &ostree.TxOptions{NoSync: !sync})
	if err != nil {
		return err
	}
	defer c.tx.Abort()
	tree, err := c.tree(ctx, args)
	if err != nil {
		return err
	}
	if c.opts.skipUnchanged && c.old != nil && c.old.RootTree == tree.Tree && c.old.RootMeta == tree.Meta {
		c.println(c.parent)
		return nil
	}
	return c.write(ctx, tree)
}

// findParent resolves --parent, or the branch's head.
func (c *committer) findParent(ctx context.Context) error {
	var err error
	switch {
	case c.opts.parent == "none":
		return nil
	case c.opts.parent != "":
		if c.parent, err = ostree.ParseChecksum(c.opts.parent); err != nil {
			return errorf("Invalid rev %s", c.opts.parent)
		}
	case c.opts.branch != "" && !c.opts.orphan:
		if err := refInTheWay(c.repo, c.opts.branch); err != nil {
			return err
		}
		if c.parent, err = c.repo.ResolveRev(ctx, c.opts.branch); err != nil {
			c.parent = ostree.Checksum{}
			return nil // the first commit of a branch has no parent
		}
	default:
		return nil
	}
	c.old, err = c.repo.LoadCommit(ctx, c.parent)
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || len(c.opts.keepMeta) > 0) {
		return noSuchObject(err, c.parent, ostree.TypeCommit)
	}
	return nil
}

// write writes the commit object over tree, the ref, and ends the transaction.
func (c *committer) write(ctx context.Context, tree ostree.Tree) error {
	meta, err := c.metadata(ctx, tree)
	if err != nil {
		return err
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	when, err := c.when()
	if err != nil {
		return err
	}
	sum, err := c.tx.WriteCommit(ctx, &ostree.Commit{
		Metadata: meta, Parent: c.parent, Subject: c.opts.subject, Body: body, Timestamp: when,
		RootTree: tree.Tree, RootMeta: tree.Meta,
	})
	if err != nil {
		return err
	}
	if c.opts.branch != "" { // with --orphan, too
		c.tx.SetRef(c.opts.branch, sum)
	}
	if err := c.detached(ctx, sum); err != nil {
		return err
	}
	stats, err := c.tx.Commit(ctx)
	if err != nil {
		return err
	}
	c.report(sum, stats)
	return nil
}

func (c *committer) report(sum ostree.Checksum, s ostree.TxStats) {
	if !c.opts.table {
		c.println(sum)
		return
	}
	c.printf("Commit: %s\nMetadata Total: %d\nMetadata Written: %d\nContent Total: %d\nContent Written: %d\nContent Cache Hits: %d\nContent Bytes Written: %d\n",
		sum, s.MetadataTotal, s.MetadataWritten, s.ContentTotal, s.ContentWritten, s.DevInoHits, s.ContentBytesWritten)
}

func (c *committer) body() (string, error) {
	if c.opts.bodyFile == "" {
		return c.opts.body, nil
	}
	data, err := os.ReadFile(c.opts.bodyFile)
	return string(data), err
}

// when is the commit's time: --timestamp, $SOURCE_DATE_EPOCH, or now.
func (c *committer) when() (time.Time, error) {
	if c.opts.timestamp != "" {
		return parseTimestamp(c.opts.timestamp, time.Now())
	}
	if epoch := c.env("SOURCE_DATE_EPOCH"); epoch != "" {
		n, err := strconv.ParseInt(epoch, 10, 64)
		if errors.Is(err, strconv.ErrRange) {
			return time.Time{}, errorf("Parsing SOURCE_DATE_EPOCH: Numerical result out of range")
		}
		if err != nil {
			return time.Time{}, errorf("Failed to convert SOURCE_DATE_EPOCH")
		}
		return time.Unix(n, 0), nil
	}
	return time.Now(), nil
}

// detached adds metadata beside the commit, signatures last. It becomes visible together with the commit.
func (c *committer) detached(ctx context.Context, sum ostree.Checksum) error {
	if len(c.opts.detached) == 0 && len(c.signers) == 0 {
		return nil
	}
	d := gvariant.NewDict()
	if len(c.opts.detached) == 0 {
		// The same commit may be there, with signatures.
		old, err := c.repo.DetachedMetadata(ctx, sum)
		if err != nil {
			return err
		}
		d = old.Clone()
	}
	for _, kv := range c.opts.detached {
		k, v, err := keyValue(kv)
		if err != nil {
			return err
		}
		d.Set(k, gvariant.NewString(v))
	}
	data, err := c.tx.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	if err != nil {
		return err
	}
	if d, err = sign.Add(ctx, d, data, c.signers...); err != nil {
		return err
	}
	return c.tx.SetDetachedMetadata(ctx, sum, d)
}

// modules is where a bootable tree has its kernel.
const modules = "/usr/lib/modules"

// kernelVersion names the kernel of a bootable tree.
func (c *committer) kernelVersion(ctx context.Context, tree ostree.Tree) (string, error) {
	version, err := c.tx.KernelVersion(ctx, tree)
	var missing *fs.PathError
	switch {
	case !errors.As(err, &missing):
		return version, err
	case strings.HasPrefix(missing.Path, modules+"/"):
		return "", errorf("No kernel found in %s", modules)
	}
	return "", errorf("No such file or directory: %s", missing.Path)
}
