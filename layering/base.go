package layering

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
func newRefspec(old, change string) (string, error) {
	change = strings.TrimPrefix(change, "ostree://")
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
	if refspec == old {
		return "", fmt.Errorf("Old and new refs are equal: %s", refspec) //nolint:staticcheck // the real tool's words
	}
	return refspec, nil
}

// resolveBase finds the base commit that a request leads to, pulling it if it is on a remote.
func (e *Engine) resolveBase(ctx context.Context, r *Request, refspec string, current ostree.Checksum) (ostree.Checksum, error) {
	remote, ref, err := ostree.ParseRefspec(refspec)
	if err != nil {
		return ostree.Checksum{}, fmt.Errorf("origin: %w", err)
	}
	if remote != "" && !r.CacheOnly {
		if err := e.pullBase(ctx, r, remote, ref, current); err != nil {
			return ostree.Checksum{}, err
		}
	}
	base, err := e.revision(ctx, refspec, r.Revision)
	if err != nil {
		return base, err
	}
	return base, e.checkAge(ctx, r, current, base)
}

// revision picks the commit of a refspec: its newest, or the one with a checksum or version.
func (e *Engine) revision(ctx context.Context, refspec, revision string) (ostree.Checksum, error) {
	repo := e.sys.Repo()
	if sum, err := ostree.ParseChecksum(trimKind(revision, "revision=")); err == nil {
		_, err := repo.LoadCommit(ctx, sum)
		return sum, err
	}
	head, err := repo.ResolveRev(ctx, refspec)
	if err != nil || revision == "" {
		return head, err
	}
	version := trimKind(revision, "version=")
	for at := head; !at.IsZero(); {
		c, err := repo.LoadCommit(ctx, at)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return head, err
		}
		if c.Version() == version {
			return at, nil
		}
		at = c.Parent
	}
	return head, fmt.Errorf("Version %s not found in %s", version, refspec) //nolint:staticcheck // the real tool's words
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
		sum, err := e.findRevision(ctx, src, *o, remote+":"+ref, r.Revision)
		if err != nil {
			return err
		}
		o.Refs = []string{sum.String()}
	}
	_, err = pull.Pull(ctx, e.sys.Repo(), src, o)
	return err
}

// findRevision finds the commit for a revision: a version is looked for in the history, which is pulled without trees.
func (e *Engine) findRevision(ctx context.Context, src pull.Source, o pull.Options, refspec, revision string) (ostree.Checksum, error) {
	if sum, err := ostree.ParseChecksum(trimKind(revision, "revision=")); err == nil {
		return sum, nil
	}
	o.CommitOnly, o.Depth = true, -1
	if _, err := pull.Pull(ctx, e.sys.Repo(), src, &o); err != nil {
		return ostree.Checksum{}, err
	}
	return e.revision(ctx, refspec, revision)
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
		return fmt.Errorf("Upgrade target revision '%s' with timestamp '%s' is chronologically older than current revision '%s' with timestamp '%s'; use --allow-downgrade to permit", //nolint:staticcheck // the real tool's words
			next, b.Timestamp.UTC().Format(ageFormat), current, a.Timestamp.UTC().Format(ageFormat))
	}
	return nil
}

const ageFormat = "Mon 02 Jan 2006 15:04:05 UTC"
