package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

type pullOptions struct {
	pull.Options
	timestampFrom         string
	disableFsync, perFile bool
	httpTrusted           bool
	localCache            []string
	url                   string
	disableDeltas         bool
	gpgVerify             bool
	gpgVerifySummary      bool
}

func (o *pullOptions) shared(c *cobra.Command) {
	glibopt.Bool(c, &o.CommitOnly, "commit-metadata-only", "", "Fetch only the commit metadata")
	glibopt.Bool(c, &o.disableFsync, "disable-fsync", "", "Do not invoke fsync()")
	glibopt.Bool(c, &o.perFile, "per-object-fsync", "", "Perform writes in such a way that avoids stalling concurrent processes")
	glibopt.Bool(c, &o.Untrusted, "untrusted", "", "Verify checksums of local sources (always enabled for HTTP pulls)")
	glibopt.Bool(c, &o.BareUserOnlyFiles, "bareuseronly-files", "", "Reject regular files with mode outside of 0775 (world writable, suid, etc.)")
	glibopt.Bool(c, &o.DisableVerifyBindings, "disable-verify-bindings", "", "Do not verify commit bindings")
	glibopt.Int(c, &o.Depth, "depth", "", "DEPTH", "Traverse DEPTH parents (-1=infinite) (default: 0)")
}

func (a *app) pullCommand() *cobra.Command {
	var o pullOptions
	c := &cobra.Command{Use: "pull REMOTE [BRANCH...]", Short: "Download data from remote repository"}
	o.shared(c)
	glibopt.Bool(c, &o.disableDeltas, "disable-static-deltas", "", "Do not use static deltas")
	glibopt.Bool(c, &o.Mirror, "mirror", "", "Write refs suitable for a mirror and fetches all refs if none provided")
	glibopt.Strings(c, &o.Subpaths, "subpath", "", "", "Only pull the provided subpath(s)")
	glibopt.Bool(c, &o.httpTrusted, "http-trusted", "", "Do not verify checksums of HTTP sources (mostly useful when mirroring)")
	glibopt.String(c, &o.url, "url", "", "URL", "Pull objects from this URL instead of the one from the remote config")
	glibopt.Strings(c, &o.localCache, "localcache-repo", "L", "REPO", "Add REPO as local cache source for objects during this pull")
	glibopt.Bool(c, &o.TimestampCheck, "timestamp-check", "T", "Require fetched commits to have newer timestamps")
	glibopt.String(c, &o.timestampFrom, "timestamp-check-from-rev", "", "", "Require fetched commits to have newer timestamps than given rev")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("REMOTE must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.pull(c.Context(), repo, args, &o) })
	}
	return c
}

// pull pulls from a configured remote.
func (a *app) pull(ctx context.Context, repo *ostree.Repo, args []string, o *pullOptions) (err error) {
	name, refs := args[0], args[1:]
	if remote, ref, ok := strings.Cut(name, ":"); ok && len(refs) == 0 {
		name, refs = remote, []string{ref}
	}
	rem, err := repo.Remote(name)
	if err != nil {
		return errorf("Remote \"%s\" not found", name)
	}
	if o.url != "" {
		rem.URL = o.url
	}
	src, opts, err := a.openRemote(ctx, repo, rem)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	o.Remote, o.CollectionID, o.Verify, o.RequireSummary = opts.Remote, opts.CollectionID, opts.Verify, opts.RequireSummary
	if len(refs) == 0 {
		refs = opts.Refs
	}
	if len(refs) == 0 && !o.Mirror {
		return errorf("No configured branches for remote %s", name)
	}
	if err := o.setRefs(refs); err != nil {
		return err
	}
	if o.timestampFrom != "" {
		if o.TimestampCheckFrom, err = resolve(ctx, repo, o.timestampFrom); err != nil {
			return err
		}
		o.TimestampCheck = true
	}
	for _, dir := range o.localCache {
		cache, err := a.openRepo(ctx, dir)
		if err != nil {
			return err
		}
		defer cache.Close()
		o.LocalCache = append(o.LocalCache, cache)
	}
	_, err = a.runPull(ctx, repo, src, o)
	return err
}

// setRefs splits REF@COMMIT arguments.
func (o *pullOptions) setRefs(refs []string) error {
	for _, r := range refs {
		ref, commit, ok := strings.Cut(r, "@")
		if ok {
			sum, err := ostree.ParseChecksum(commit)
			if err != nil {
				return err
			}
			if o.OverrideCommits == nil {
				o.OverrideCommits = map[string]ostree.Checksum{}
			}
			o.OverrideCommits[ref] = sum
		}
		o.Refs = append(o.Refs, ref)
	}
	return nil
}

func (a *app) runPull(ctx context.Context, repo *ostree.Repo, src pull.Source, o *pullOptions) (*pull.Result, error) {
	o.NoSync = o.disableFsync
	task := progress.New(a.stdout, !progress.IsTerminal(a.stdout)).Task("Receiving objects")
	o.Progress = func(p pull.Progress) {
		done := int64(p.MetadataFetched + p.ContentFetched)
		task.Update(done, done+int64(p.MetadataPending+p.ContentPending), progress.Size(p.Bytes))
	}
	res, err := pull.Pull(ctx, repo, src, &o.Options)
	task.Clear()
	return res, err
}

func (a *app) pullLocalCommand() *cobra.Command {
	var o pullOptions
	c := &cobra.Command{Use: "pull-local SRC_REPO [REFS...]", Short: "Copy data from SRC_REPO"}
	glibopt.Bool(c, &o.gpgVerify, "gpg-verify", "", "GPG verify commits (must specify --remote)")
	glibopt.Bool(c, &o.gpgVerifySummary, "gpg-verify-summary", "", "GPG verify summary (must specify --remote)")
	o.shared(c)
	glibopt.String(c, &o.Remote, "remote", "", "REMOTE", "Add REMOTE to refspec")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("DESTINATION must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.pullLocal(c.Context(), repo, args, &o) })
	}
	return c
}

// verifyLocal makes pull-local check the signatures that its options ask for, with the keys of --remote.
func (a *app) verifyLocal(ctx context.Context, repo *ostree.Repo, o *pullOptions) error {
	if !o.gpgVerify && !o.gpgVerifySummary {
		return nil
	}
	if o.Remote == "" {
		return errorf("Must specify remote name to enable gpg verification")
	}
	rem, err := repo.Remote(o.Remote)
	if err != nil {
		return errorf("Remote \"%s\" not found", o.Remote)
	}
	// Other demands of the remote are about what comes from its URL.
	wanted := ostree.Remote{Name: rem.Name, GPGVerify: o.gpgVerify, GPGVerifySummary: o.gpgVerifySummary,
		Options: map[string]string{"gpgkeypath": rem.Options["gpgkeypath"]}}
	o.RequireSummary = o.gpgVerifySummary
	o.Verify, err = sign.ForRemote(ctx, repo, wanted, a.signOptions())
	return err
}

func (a *app) pullLocal(ctx context.Context, repo *ostree.Repo, args []string, o *pullOptions) error {
	if err := a.verifyLocal(ctx, repo, o); err != nil {
		return err
	}
	src, err := a.openRepo(ctx, args[0])
	if err != nil {
		return err
	}
	defer src.Close()
	if err := o.setRefs(args[1:]); err != nil {
		return err
	}
	for _, ref := range o.Refs {
		if _, err := resolve(ctx, src, ref); err != nil {
			return err
		}
	}
	res, err := a.runPull(ctx, repo, pull.Local(src), o)
	if err != nil {
		return err
	}
	a.printf("%d metadata, %d content objects imported; %s content written\n",
		res.Metadata, res.Content, progress.Size(res.Stats.ContentBytesWritten))
	return nil
}
