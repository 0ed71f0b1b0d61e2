package layering

//lint:file-ignore ST1005 errors in the words of the real command, which scripts and people look for

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/sysroot"
)

// keyClientLayer marks commits that this package has made on top of a base, which is then their parent.
const keyClientLayer = "rpmostree.clientlayer"

// baseOf returns the base commit of a deployment: its own, or the parent of a layered one.
func (e *Engine) baseOf(ctx context.Context, d *sysroot.Deployment) (ostree.Checksum, error) {
	c, err := e.sys.Repo().LoadCommit(ctx, d.Commit)
	if err != nil {
		return ostree.Checksum{}, fmt.Errorf("deployment %s: %w", d.Name(), err)
	}
	if layered, _ := c.Metadata.Bool(keyClientLayer); layered {
		return c.Parent, nil
	}
	return d.Commit, nil
}

// newRefspec applies Request.Refspec to what the origin has.
func newRefspec(old, change string, pinned bool) (string, error) {
	change = strings.TrimPrefix(change, "ostree://")
	if err := unsupportedRefspec(change); err != nil {
		return "", err
	}
	oldRemote, oldRef, _ := ostree.ParseRefspec(old)
	remote, ref, both := strings.Cut(change, ":")
	switch {
	case !both: // REF: on the same remote
		remote, ref = oldRemote, change
	case ref == "": // REMOTE: the same ref there
		ref = oldRef
	}
	if ref == "" {
		return "", fmt.Errorf("rebase to %q: no ref to follow", change)
	}
	refspec := ref
	if remote != "" {
		refspec = remote + ":" + ref
	}
	if refspec == old && !pinned {
		return "", fmt.Errorf("Old and new refs are equal: %s", refspec)
	}
	return refspec, nil
}

// unsupportedRefspec explains which kinds of images cannot be followed.
func unsupportedRefspec(s string) error {
	switch {
	case strings.HasPrefix(s, "/"):
		return fmt.Errorf("rebase to %q: a repository on this machine cannot be followed: add it as a remote with a file:// URL", s)
	case strings.HasPrefix(s, "ostree-unverified-"), strings.HasPrefix(s, "ostree-image-signed:"), strings.HasPrefix(s, "ostree-remote-"), strings.Contains(s, "://"):
		return fmt.Errorf("rebase to %q: container images are not supported", s)
	}
	return nil
}

// followed splits a refspec; a checksum stands for itself.
func followed(refspec string) (remote, ref string, err error) {
	if _, err := ostree.ParseChecksum(refspec); err == nil {
		return "", refspec, nil
	}
	if remote, ref, err = ostree.ParseRefspec(refspec); err != nil {
		return "", "", fmt.Errorf("origin: %w", err)
	}
	return remote, ref, nil
}

// resolveBase finds the base commit that a request leads to, pulling it if it is on a remote.
func (e *Engine) resolveBase(ctx context.Context, r *Request, refspec string, current ostree.Checksum) (ostree.Checksum, error) {
	remote, ref, err := followed(refspec)
	if err != nil {
		return ostree.Checksum{}, err
	}
	if remote != "" && !r.CacheOnly {
		if err := e.pullBase(ctx, r, remote, ref, current); err != nil {
			return ostree.Checksum{}, err
		}
	}
	base, err := e.revision(ctx, r, refspec)
	if err != nil {
		return base, err
	}
	return base, e.checkAge(ctx, r, current, base)
}

// revision picks the commit of a refspec: its newest, or the one of its history with a checksum or version.
func (e *Engine) revision(ctx context.Context, r *Request, refspec string) (ostree.Checksum, error) {
	sum, notSum := ostree.ParseChecksum(trimKind(r.Revision, "revision="))
	if notSum == nil && r.SkipBranchCheck {
		_, err := e.sys.Repo().LoadCommit(ctx, sum)
		return sum, err
	}
	head, err := e.sys.Repo().ResolveRev(ctx, refspec)
	if err != nil || r.Revision == "" {
		return head, err
	}
	if notSum == nil {
		return sum, e.onBranch(ctx, refspec, head, sum)
	}
	version := trimKind(r.Revision, "version=")
	found, err := e.searchHistory(ctx, head, func(_ ostree.Checksum, c *ostree.Commit) bool { return c.Version() == version })
	if err == nil && found.IsZero() {
		err = fmt.Errorf("Version %s not found in %s", version, refspec)
	}
	return found, err
}

// onBranch refuses a commit of another branch: one that is not in the history of the head, and not bound to the ref.
func (e *Engine) onBranch(ctx context.Context, refspec string, head, sum ostree.Checksum) error {
	found, err := e.searchHistory(ctx, head, func(at ostree.Checksum, _ *ostree.Commit) bool { return at == sum })
	if err != nil || !found.IsZero() {
		return err
	}
	_, ref, err := followed(refspec)
	if err != nil {
		return err
	}
	c, err := e.sys.Repo().LoadCommit(ctx, sum)
	if err == nil {
		if bound, _ := c.Metadata.Strings(ostree.KeyRefBinding); slices.Contains(bound, ref) {
			return nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("Checksum %s not found in %s", sum, refspec)
}

// searchHistory returns the newest commit that matches, zero if there is none as far as the history is known.
func (e *Engine) searchHistory(ctx context.Context, head ostree.Checksum, match func(ostree.Checksum, *ostree.Commit) bool) (ostree.Checksum, error) {
	for at := head; !at.IsZero(); {
		c, err := e.sys.Repo().LoadCommit(ctx, at)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return ostree.Checksum{}, err
		}
		if match(at, c) {
			return at, nil
		}
		at = c.Parent
	}
	return ostree.Checksum{}, nil
}

func trimKind(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):]
	}
	return s
}

// pullBase downloads the commit that the request wants from a remote.
func (e *Engine) pullBase(ctx context.Context, r *Request, remote, ref string, current ostree.Checksum) (err error) {
	rem, err := e.sys.Repo().Remote(remote)
	if err != nil {
		return err
	}
	src, o, err := e.openRemote(ctx, rem)
	if err != nil {
		return err
	}
	if c, ok := src.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	o.Refs, o.Progress = []string{ref}, e.pullProgress()
	if r.refusesOlder() {
		o.TimestampCheck, o.TimestampCheckFrom = true, current
	}
	if r.Revision != "" {
		sum, err := e.findRevision(ctx, r, src, *o, remote+":"+ref)
		if err != nil {
			return err
		}
		o.Refs = []string{sum.String()}
	}
	_, err = pull.Pull(ctx, e.sys.Repo(), src, o)
	return err
}

// findRevision finds the commit for a revision in the history, which is pulled without trees.
func (e *Engine) findRevision(ctx context.Context, r *Request, src pull.Source, o pull.Options, refspec string) (ostree.Checksum, error) {
	if sum, err := ostree.ParseChecksum(trimKind(r.Revision, "revision=")); err == nil && r.SkipBranchCheck {
		return sum, nil
	}
	o.CommitOnly, o.Depth = true, -1
	o.TimestampCheck = false // of the newest commit, which is not what is wanted
	if _, err := pull.Pull(ctx, e.sys.Repo(), src, &o); err != nil {
		return ostree.Checksum{}, err
	}
	return e.revision(ctx, r, refspec)
}

func (e *Engine) openRemote(ctx context.Context, r ostree.Remote) (pull.Source, *pull.Options, error) {
	if e.opts.OpenRemote != nil {
		return e.opts.OpenRemote(ctx, r)
	}
	return pull.OpenRemote(ctx, e.opts.Client, r)
}

func (e *Engine) pullProgress() func(pull.Progress) {
	if e.opts.Progress == nil {
		return nil
	}
	return func(p pull.Progress) {
		done := int64(p.MetadataFetched + p.ContentFetched)
		e.report(Progress{Task: "Receiving objects", Done: done, Total: done + int64(p.MetadataPending+p.ContentPending)})
	}
}

// checkAge refuses a step back in time that nobody asked for.
func (e *Engine) checkAge(ctx context.Context, r *Request, current, next ostree.Checksum) error {
	if current == next || !r.refusesOlder() {
		return nil
	}
	a, err := e.sys.Repo().LoadCommit(ctx, current)
	if err != nil {
		return err
	}
	b, err := e.sys.Repo().LoadCommit(ctx, next)
	if err != nil {
		return err
	}
	if b.Timestamp.Before(a.Timestamp) {
		return fmt.Errorf("Upgrade target revision '%s' with timestamp '%s' is chronologically older than current revision '%s' with timestamp '%s'; use --allow-downgrade to permit",
			next, b.Timestamp.UTC().Format(ageFormat), current, a.Timestamp.UTC().Format(ageFormat))
	}
	return nil
}

const ageFormat = "Mon 02 Jan 2006 15:04:05 UTC"
