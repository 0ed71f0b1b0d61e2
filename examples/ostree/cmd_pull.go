package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

type pullOptions struct {
	pull.Options
	timestampFrom    string
	disableFsync     bool
	localCache       []string
	url              string
	frequency        int
	transport        transportOptions
	gpgVerify        bool
	gpgVerifySummary bool
	dryRun           bool
}

func (o *pullOptions) shared(c *cobra.Command) {
	glibopt.Bool(c, &o.CommitOnly, "commit-metadata-only", "", "Fetch only the commit metadata")
	glibopt.Bool(c, &o.disableFsync, "disable-fsync", "", "Do not invoke fsync()")
	glibopt.Bool(c, &o.PerObjectSync, "per-object-fsync", "", "Perform writes in such a way that avoids stalling concurrent processes")
	glibopt.Bool(c, &o.Untrusted, "untrusted", "", "Verify checksums of local sources (always enabled for HTTP pulls)")
	glibopt.Bool(c, &o.BareUserOnlyFiles, "bareuseronly-files", "", "Reject regular files with mode outside of 0775 (world writable, suid, etc.)")
	glibopt.Bool(c, &o.DisableVerifyBindings, "disable-verify-bindings", "", "Do not verify commit bindings")
	glibopt.Int(c, &o.Depth, "depth", "", "DEPTH", "Traverse DEPTH parents (-1=infinite) (default: 0)")
}

func (a *app) pullCommand() *cobra.Command {
	o := pullOptions{}
	c := &cobra.Command{Use: "pull REMOTE [BRANCH...]", Short: "Download data from remote repository"}
	o.shared(c)
	glibopt.Bool(c, &o.DisableDeltas, "disable-static-deltas", "", "Do not use static deltas")
	glibopt.Bool(c, &o.RequireDeltas, "require-static-deltas", "", "Require static deltas")
	glibopt.Bool(c, &o.dryRun, "dry-run", "", "Only print information on what will be downloaded")
	glibopt.Bool(c, &o.Mirror, "mirror", "", "Write refs suitable for a mirror and fetches all refs if none provided")
	glibopt.Strings(c, &o.Subpaths, "subpath", "", "", "Only pull the provided subpath(s)")
	glibopt.Bool(c, &o.TrustedHTTP, "http-trusted", "", "Do not verify checksums of HTTP sources (mostly useful when mirroring)")
	glibopt.String(c, &o.CacheDir, "cache-dir", "", "", "Use custom cache dir")
	o.transport.flags(c)
	glibopt.Int(c, &o.Concurrency, "max-outstanding-fetcher-requests", "", "N", "The max amount of concurrent connections allowed (default: 12)")
	glibopt.Int(c, &o.frequency, "update-frequency", "", "FREQUENCY", "Sets the update frequency, in milliseconds (0=1000ms) (default: 0)")
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
	if err := checkCacheDir(o.CacheDir); err != nil {
		return err
	}
	if refs, err = o.overrides(refs); err != nil {
		return err
	}
	transport, err := o.transport.http()
	if err != nil {
		return err
	}
	for _, dir := range o.localCache {
		cache, err := a.openRepo(ctx, dir)
		if err != nil {
			return err
		}
		defer cache.Close()
		o.LocalCache = append(o.LocalCache, cache)
	}
	rem, err := a.pullRemote(repo, name, o)
	if err != nil {
		return err
	}
	if o.RequireDeltas && repo.Mode() == ostree.ModeArchive {
		return errorf("Can't use static deltas in an archive repo")
	}
	src, opts, err := a.openRemote(ctx, repo, rem, transport)
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
	if o.dryRun {
		return a.pullDryRun(ctx, repo, src, o)
	}
	res, err := a.runPull(ctx, repo, src, o)
	var invalid *pull.InvalidRefError
	if errors.As(err, &invalid) {
		rev := strings.ReplaceAll(invalid.Content, "\n", " ")
		return errorf("Fetching checksum for ref (%s, %s): Invalid rev %s", cmp.Or(o.CollectionID, "(empty)"), o.Refs[0], rev)
	}
	if err != nil {
		return err
	}
	_, local := src.(io.Closer)
	a.printPulled(res, local)
	return nil
}

func (a *app) printPulled(r *pull.Result, local bool) {
	how := "fetched"
	if local {
		how = "imported"
	}
	// The real command counts what it asks the server for, and so detached metadata even where there is none.
	a.printf("%d metadata, %d content objects %s", r.Metadata+r.Detached, r.Content, how)
	if r.CachedMetadata+r.CachedContent > 0 {
		a.printf(" (%d meta, %d content local)", r.CachedMetadata, r.CachedContent)
	}
	a.printf("; ")
	if r.Bytes > 0 && r.Metadata+r.Content > 0 {
		a.printf("%s transferred in %d seconds; ", progress.Size(r.Bytes), int(r.Elapsed.Seconds()))
	}
	a.printf("%s content written\n", progress.Size(r.Stats.ContentBytesWritten))
}

// pullRemote is the remote to pull from; those that cannot be pulled from say why.
func (a *app) pullRemote(repo *ostree.Repo, name string, o *pullOptions) (ostree.Remote, error) {
	rem, err := repo.Remote(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return rem, err
	}
	if err != nil {
		return rem, errorf("Remote \"%s\" not found", name)
	}
	if o.url != "" {
		rem.URL = o.url
	}
	if backend := rem.Options["custom-backend"]; backend != "" {
		return rem, errorf("Cannot fetch via libostree - remote '%s' uses custom backend '%s'", name, backend)
	}
	if why := rem.Options["unconfigured-state"]; why != "" {
		return rem, errorf("remote unconfigured-state: %s", why)
	}
	if rem.URL == "" && rem.Metalink == "" {
		return rem, noURL(rem)
	}
	u, err := url.Parse(strings.TrimPrefix(rem.URL, "mirrorlist="))
	if err != nil || rem.URL != "" && !slices.Contains([]string{"http", "https", "file"}, u.Scheme) {
		return rem, errorf("Invalid URI scheme in %s", rem.URL)
	}
	return rem, nil
}

// overrides splits REF@COMMIT arguments and returns the refs.
func (o *pullOptions) overrides(args []string) ([]string, error) {
	o.OverrideCommits = map[string]ostree.Checksum{}
	var refs []string
	for _, arg := range args {
		ref, commit, ok := strings.Cut(arg, "@")
		if ok {
			sum, err := ostree.ParseChecksum(commit)
			if err != nil {
				return nil, errorf("Invalid rev %s", commit)
			}
			o.OverrideCommits[ref] = sum
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// setRefs says what to pull: refs, or commits by their checksums.
func (o *pullOptions) setRefs(refs []string) error {
	for _, ref := range refs {
		if _, err := ostree.ParseChecksum(ref); err != nil && ostree.ValidateRefName(ref) != nil {
			return errorf("Invalid ref name %s", ref)
		}
		o.Refs = append(o.Refs, ref)
	}
	return nil
}

// interval is the time between two reports of progress.
func (o *pullOptions) interval() time.Duration {
	if o.frequency <= 0 {
		return time.Second
	}
	return time.Duration(o.frequency) * time.Millisecond
}

// checkCacheDir refuses a place for the cache that is not there, as an empty cache would go unnoticed.
func checkCacheDir(path string) error {
	if path == "" {
		return nil
	}
	_, err := os.ReadDir(path)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("opendir(%s): %w", path, pe.Err)
	}
	return err
}

func (a *app) runPull(ctx context.Context, repo *ostree.Repo, src pull.Source, o *pullOptions) (*pull.Result, error) {
	o.NoSync, o.ProgressInterval = o.disableFsync, o.interval()
	if a.env("OSTREE_REPO_TEST_ERROR") == "invalid-cache" {
		o.BrokenCache = func(error) error { return errorf("OSTREE_REPO_TEST_ERROR_INVALID_CACHE") }
	}
	task := progress.New(a.stdout, !progress.IsTerminal(a.stdout)).Task("Receiving objects")
	o.Progress = func(p pull.Progress) {
		done := int64(p.MetadataFetched + p.ContentFetched)
		task.Update(done, done+int64(p.MetadataPending+p.ContentPending), progress.Size(p.Bytes))
	}
	res, err := pull.Pull(ctx, repo, src, &o.Options)
	task.Clear()
	return res, pullWords(err)
}

func (a *app) pullLocalCommand() *cobra.Command {
	var o pullOptions
	c := &cobra.Command{Use: "pull-local SRC_REPO [REFS...]", Short: "Copy data from SRC_REPO"}
	glibopt.Bool(c, &o.gpgVerify, "gpg-verify", "", "GPG verify commits (must specify --remote)")
	glibopt.Bool(c, &o.gpgVerifySummary, "gpg-verify-summary", "", "GPG verify summary (must specify --remote)")
	o.shared(c)
	glibopt.Bool(c, &o.RequireDeltas, "require-static-deltas", "", "Require static deltas")
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
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // without keys no signature is good
		return err
	}
	// Other demands of the remote are about what comes from its URL.
	wanted := ostree.Remote{Name: o.Remote, GPGVerify: o.gpgVerify, GPGVerifySummary: o.gpgVerifySummary,
		Options: map[string]string{"gpgkeypath": rem.Options["gpgkeypath"]}}
	o.RequireSummary = o.gpgVerifySummary
	o.Verify, err = sign.ForRemote(ctx, repo, wanted, a.signOptions())
	return err
}

// noRemoteRefs refuses a source whose refs cannot all be refs here.
func noRemoteRefs(ctx context.Context, src *ostree.Repo) error {
	refs, err := src.Refs(ctx, &ostree.RefsOptions{Remotes: true})
	if err != nil {
		return err
	}
	for _, r := range refs {
		if r.Remote != "" {
			return errorf("Invalid ref name %s:%s", r.Remote, r.Name)
		}
	}
	return nil
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
	if len(o.Refs) == 0 {
		if err := noRemoteRefs(ctx, src); err != nil {
			return err
		}
	}
	res, err := a.runPull(ctx, repo, pull.Local(src), o)
	if err != nil {
		return err
	}
	a.printPulled(res, true)
	return nil
}
