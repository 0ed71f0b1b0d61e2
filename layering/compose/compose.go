// Package compose builds operating system images: from a treefile and package
// repositories to a commit.
//
// Most users need two functions: [treefile.Load] to read the description, and
// [Compose] to build what it says. The same input with the same timestamp
// gives the same commit, whatever machine builds it.
//
// Packages are kept, as commits, in a repository of their own in the cache
// directory, so that the next compose imports only new ones. As root the image
// may run scripts of packages and of the treefile; as an ordinary user
// everything works that needs no scripts.
//
// An image that brings an SELinux policy is labelled with it, unless its
// treefile says otherwise.
//
// Not everything that treefiles can say is built: [Check] tells what is not.
package compose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/layering/sandbox"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Options direct [Compose]. Repo and CacheDir must be set.
type Options struct {
	Repo     *ostree.Repo // gets the commit
	CacheDir string       // of metadata, packages and imported packages

	// Repos are the package repositories that the treefile may name; nil means
	// those of the *.repo files in ReposDir.
	Repos    []*repo.Repo
	ReposDir string       // usually the directory of the treefile
	Client   *http.Client // nil means http.DefaultClient

	Sandbox sandbox.Sandbox // nil means [sandbox.None]

	// ForceNoCache builds even if nothing has changed since the previous commit.
	ForceNoCache bool
	CacheOnly    bool // downloads nothing
	DownloadOnly bool // stops when all packages have been imported
	DryRun       bool // stops when the packages are known

	// Previous is the commit that versions, numbers of users and the question
	// whether anything has changed are about; zero means what the ref has.
	Previous ostree.Checksum
	// PreviousInputHash and PreviousVersion replace what Previous says.
	PreviousInputHash, PreviousVersion string
	Parent                             ostree.Checksum // zero means Previous
	NoParent                           bool
	NoRef                              bool // leaves the ref of the treefile alone

	Version     string         // instead of automatic-version-prefix
	AddMetadata *gvariant.Dict // added to the commit, after the treefile's own
	Timestamp   time.Time      // of the commit, and of installation; zero means now

	Log      *slog.Logger            // nil is silent
	Progress func(layering.Progress) // nil is silent
}

// Result is what a compose has led to.
type Result struct {
	Ref       string          // of the treefile, "" if it has none
	Commit    ostree.Checksum // zero if nothing was built
	Previous  ostree.Checksum // zero if there was none
	Unchanged bool            // the previous commit is still what would be built
	Version   string
	InputHash string         // hex, of all that goes into the image
	Packages  []rpmver.NEVRA // installed, sorted by name
	Stats     Stats
}

// Stats tells how long the parts took.
type Stats struct {
	Metadata, Solve, Import, Assemble, Postprocess, Commit time.Duration
	Scripts                                                int // that have run
}

// Compose builds the image that a treefile describes and commits it.
func Compose(ctx context.Context, tf *treefile.Treefile, o *Options) (*Result, error) {
	c := &composer{tf: tf, o: o, res: &Result{Ref: tf.Ref}, timestamp: o.Timestamp}
	if c.timestamp.IsZero() {
		c.timestamp = time.Now()
	}
	c.timestamp = c.timestamp.UTC().Truncate(time.Second)
	defer c.close()
	for _, step := range []func(context.Context) (done bool, err error){
		c.check, c.previous, c.depsolve, c.importPackages, c.build,
	} {
		done, err := step(ctx)
		if err != nil {
			return nil, fmt.Errorf("compose: %w", err)
		}
		if done {
			break
		}
	}
	return c.res, nil
}

// composer holds what the steps hand on.
type composer struct {
	tf        *treefile.Treefile
	o         *Options
	res       *Result
	timestamp time.Time
	prev      *ostree.Commit // nil if there is none
	solution  *solution
	images    *ostree.Repo // of imported packages
	packages  []*importer.Stored
}

func (c *composer) close() {
	if c.solution != nil {
		c.solution.catalog.Close()
	}
	if c.images != nil {
		c.images.Close()
	}
}

func (c *composer) task(name string) {
	if c.o.Progress != nil {
		c.o.Progress(layering.Progress{Task: name})
	}
}

func (c *composer) check(context.Context) (bool, error) {
	switch {
	case c.o.Repo == nil:
		return false, errors.New("no repository given")
	case c.o.CacheDir == "":
		return false, errors.New("no cache directory given")
	case c.tf.Ref != "":
		if err := ostree.ValidateRefName(c.tf.Ref); err != nil {
			return false, fmt.Errorf("treefile: ref: %w", err)
		}
	case !c.o.NoRef && !c.o.DryRun:
		return false, errors.New("treefile: no ref")
	}
	return false, Check(c.tf)
}

// previous finds the commit that the new one follows.
func (c *composer) previous(ctx context.Context) (bool, error) {
	sum := c.o.Previous
	if sum.IsZero() && c.tf.Ref != "" {
		var err error
		sum, err = c.o.Repo.ResolveRev(ctx, c.tf.Ref)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	if sum.IsZero() {
		return false, nil
	}
	commit, err := c.o.Repo.LoadCommit(ctx, sum)
	if err != nil {
		return false, fmt.Errorf("previous commit: %w", err)
	}
	c.prev, c.res.Previous = commit, sum
	return false, nil
}
