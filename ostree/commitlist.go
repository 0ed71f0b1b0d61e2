package ostree

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
)

// commitList has the commit objects of a repository at some time, and how its directories were, so that those
// added later can be found without reading everything again.
type commitList struct {
	names map[Checksum]struct{}
	dirs  map[string]time.Time // when each directory changed last
	clock time.Time            // of the file system, before the first was read
}

// dirSettled is the age from which on the time of a directory tells all changes to come from those before: clocks of
// file systems tick slowly, some every second or two.
const dirSettled = 3 * time.Second

func (r *Repo) listCommits(ctx context.Context) (commitList, error) {
	l := commitList{names: make(map[Checksum]struct{}), dirs: make(map[string]time.Time)}
	var err error
	if l.clock, err = r.clock(ctx); err != nil {
		return l, err
	}
	dirs, err := objectDirs(r.objects)
	if err != nil {
		return l, err
	}
	type listing struct {
		dir     string
		changed time.Time
		commits []Checksum
	}
	list := func(dir string) (listing, error) {
		// First the time: what is added while the directory is being read makes it differ.
		changed, err := r.changed(dir)
		if err != nil {
			return listing{}, err
		}
		commits, err := r.commitsIn(ctx, dir)
		return listing{dir, changed, commits}, err
	}
	for found, err := range inOrder(ctx, dirs, list) {
		if err != nil {
			return l, err
		}
		l.dirs[found.dir] = found.changed
		for _, c := range found.commits {
			l.names[c] = struct{}{}
		}
	}
	return l, nil
}

// added returns the commits that are there now and are not in the list.
func (l *commitList) added(ctx context.Context, r *Repo) ([]Checksum, error) {
	dirs, err := objectDirs(r.objects)
	if err != nil {
		return nil, err
	}
	var out []Checksum
	for _, dir := range dirs {
		now, err := r.changed(dir)
		if err != nil {
			return nil, err
		}
		if before, known := l.dirs[dir]; known && now.Equal(before) && l.clock.Sub(before) > dirSettled {
			continue
		}
		names, err := r.commitsIn(ctx, dir)
		if err != nil {
			return nil, err
		}
		for _, c := range names {
			if _, old := l.names[c]; !old {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// clock returns the time by which the file system stamps files, which for a network file system is not ours.
func (r *Repo) clock(ctx context.Context) (time.Time, error) {
	tmp, err := r.dir.OpenDir("tmp")
	if err != nil {
		return time.Time{}, err
	}
	defer tmp.Close()
	f, err := atomicfs.TempFile(ctx, tmp, 0o600)
	if err != nil {
		return time.Time{}, err
	}
	st, err := f.Stat()
	if err := errors.Join(err, atomicfs.Discard(ctx, tmp, f)); err != nil {
		return time.Time{}, err
	}
	return st.ModTime(), nil
}

// changed returns when a directory of objects was changed, which unlike the time of modification nobody can set back.
func (r *Repo) changed(dir string) (time.Time, error) {
	st, err := r.objects.Lstat(dir)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(st.Ctim.Unix()), nil
}

// commitsIn lists the commits in directory XX. It looks only at names, of which most are not parsed.
func (r *Repo) commitsIn(ctx context.Context, dir string) ([]Checksum, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := r.objects.ReadDir(dir)
	if err != nil {
		return nil, ignoreNotExist(err)
	}
	var out []Checksum
	for _, e := range entries {
		if !strings.HasSuffix(e.Name, ".commit") {
			continue
		}
		if n, err := ParseLoosePath(dir+"/"+e.Name, r.mode); err == nil {
			out = append(out, n.Checksum)
		}
	}
	return out, nil
}
