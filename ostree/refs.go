package ostree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"golang.org/x/sys/unix"
)

// Ref is a name for a commit. At most one of Remote and Collection is set.
type Ref struct {
	Remote     string // refs/remotes/REMOTE/NAME
	Collection string // refs/mirrors/COLLECTION/NAME
	Name       string
	Checksum   Checksum
	Alias      string // the name that a ref in refs/heads stands for, "" if it is no alias
}

// Refspec returns REMOTE:NAME or NAME.
func (f Ref) Refspec() string {
	if f.Remote == "" {
		return f.Name
	}
	return f.Remote + ":" + f.Name
}

// path is the path of the ref below the repository.
func (f Ref) path() string {
	switch {
	case f.Remote != "":
		return "refs/remotes/" + f.Remote + "/" + f.Name
	case f.Collection != "":
		return "refs/mirrors/" + f.Collection + "/" + f.Name
	}
	return "refs/heads/" + f.Name
}

func (f Ref) check() error {
	if f.Remote != "" {
		if err := validateRemoteName(f.Remote); err != nil {
			return err
		}
	}
	if f.Collection != "" {
		if err := ValidateCollectionID(f.Collection); err != nil {
			return err
		}
	}
	return ValidateRefName(f.Name)
}

// RefsOptions are the options of [Repo.Refs]. The zero value lists the local
// refs, aliases among them.
type RefsOptions struct {
	Prefix      string // only this name and those below it; "" for all
	Remotes     bool   // also refs of remotes
	Mirrors     bool   // also refs of mirrored collections
	OnlyAliases bool   // of the local refs, only aliases
}

// Refs lists refs sorted by remote, collection and name. Files in refs/ whose
// names are no valid ref names are ignored.
func (r *Repo) Refs(ctx context.Context, o *RefsOptions) ([]Ref, error) {
	if o == nil {
		o = &RefsOptions{}
	}
	l := &refLister{r: r, ctx: ctx, o: o}
	if err := l.list(); err != nil {
		return nil, fmt.Errorf("list refs of %s: %w", r.path, err)
	}
	slices.SortFunc(l.out, func(a, b Ref) int {
		return cmp.Or(strings.Compare(a.Remote, b.Remote), strings.Compare(a.Collection, b.Collection), strings.Compare(a.Name, b.Name))
	})
	return l.out, nil
}

type refLister struct {
	r   *Repo
	ctx context.Context
	o   *RefsOptions
	out []Ref
}

func (l *refLister) list() error {
	if err := l.walk("refs/heads", Ref{}); err != nil {
		return err
	}
	if l.o.Remotes {
		if err := l.below("refs/remotes", func(name string) Ref { return Ref{Remote: name} }); err != nil {
			return err
		}
	}
	if l.o.Mirrors {
		return l.below("refs/mirrors", func(name string) Ref { return Ref{Collection: name} })
	}
	return nil
}

// below walks each directory in dir as the refs of one remote or collection.
func (l *refLister) below(dir string, owner func(name string) Ref) error {
	entries, err := l.r.dir.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type == unix.DT_DIR && validFragment(e.Name) {
			if err := l.walk(dir+"/"+e.Name, owner(e.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// walk adds the refs in dir; in is their owner and the name of dir.
func (l *refLister) walk(dir string, in Ref) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	entries, err := l.r.dir.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !validFragment(e.Name) {
			continue
		}
		ref := in
		ref.Name = path.Join(in.Name, e.Name)
		if e.Type == unix.DT_DIR {
			err = l.walk(dir+"/"+e.Name, ref)
		} else if l.wants(ref, e) {
			err = l.add(ref)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *refLister) wants(ref Ref, e dirfd.Dirent) bool {
	if p := l.o.Prefix; p != "" && ref.Name != p && !strings.HasPrefix(ref.Name, p+"/") {
		return false
	}
	isAlias := e.Type == unix.DT_LNK
	local := ref.Remote == "" && ref.Collection == ""
	return (e.Type == unix.DT_REG || isAlias && local) && (isAlias || !local || !l.o.OnlyAliases)
}

func (l *refLister) add(ref Ref) error {
	found, err := l.r.readRef(ref)
	if errors.Is(err, fs.ErrNotExist) { // deleted meanwhile, or an alias of nothing
		return nil
	}
	if err == nil {
		l.out = append(l.out, found)
	}
	return err
}

// maxAliases bounds chains of aliases.
const maxAliases = 16

// readRef fills in checksum and alias.
func (r *Repo) readRef(ref Ref) (Ref, error) {
	at := ref
	for range maxAliases {
		data, err := r.dir.ReadFile(at.path(), 1<<10)
		if errors.Is(err, unix.ELOOP) && at.Remote == "" && at.Collection == "" {
			if at.Name, err = r.aliasTarget(at); err != nil {
				return Ref{}, err
			}
			if ref.Alias == "" {
				ref.Alias = at.Name
			}
			continue
		}
		if err != nil {
			return Ref{}, r.noRef(at, err)
		}
		if ref.Checksum, err = ParseChecksum(strings.TrimRight(string(data), " \t\r\n")); err != nil {
			return Ref{}, &CorruptError{Path: r.dir.Join(at.path()), Err: err}
		}
		return ref, nil
	}
	return Ref{}, fmt.Errorf("ref %q: too many aliases", ref.Name)
}

// noRef turns the error of reading a ref into fs.ErrNotExist when it only shows
// that the name is a directory of refs, or that a shorter ref is in its way.
func (r *Repo) noRef(ref Ref, err error) error {
	st, serr := r.dir.Lstat(ref.path())
	if errors.Is(serr, unix.ENOTDIR) || serr == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		return fmt.Errorf("%s: %w", ref.path(), fs.ErrNotExist)
	}
	return err
}

// aliasTarget returns the name of the ref that an alias stands for.
func (r *Repo) aliasTarget(ref Ref) (string, error) {
	target, err := r.dir.Readlink(ref.path())
	if err != nil {
		return "", err
	}
	name := path.Join(path.Dir(ref.Name), target)
	if path.IsAbs(target) || ValidateRefName(name) != nil {
		return "", fmt.Errorf("ref %q: alias points to %q, outside of refs/heads", ref.Name, target)
	}
	return name, nil
}

var errNoChecksum = errors.New("no checksum")

// SetRef makes a ref (NAME or REMOTE:NAME) point to a commit at once; the change
// is atomic. An alias of that name is replaced, as is an empty directory.
func (r *Repo) SetRef(ctx context.Context, refspec string, c Checksum) error {
	remote, name, err := ParseRefspec(refspec)
	if err := needChecksum(c, refspec, err); err != nil {
		return err
	}
	return r.changeRef(ctx, Ref{Remote: remote, Name: name, Checksum: c})
}

// SetCollectionRef is [Repo.SetRef] for a ref of a mirrored collection; a zero
// checksum deletes it. A ref of the repository's own collection is a local ref.
func (r *Repo) SetCollectionRef(ctx context.Context, collection, name string, c Checksum) error {
	ref := Ref{Collection: collection, Name: name, Checksum: c}
	if err := ref.check(); err != nil {
		return err
	}
	if collection == r.CollectionID() {
		ref.Collection = ""
	}
	return r.changeRef(ctx, ref)
}

// changeRef changes one ref at once, and the summary where
// core.auto-update-summary asks for it.
func (r *Repo) changeRef(ctx context.Context, ref Ref) error {
	s := r.current()
	if err := r.changeRefs(ctx, []Ref{ref}, !s.fsync); err != nil || !s.autoSummary {
		return err
	}
	return r.UpdateSummary(ctx, nil)
}

// DeleteRef deletes a ref or an alias. The error matches [fs.ErrNotExist] if
// there is no such ref.
func (r *Repo) DeleteRef(ctx context.Context, refspec string) error {
	remote, name, err := ParseRefspec(refspec)
	if err != nil {
		return err
	}
	ref := Ref{Remote: remote, Name: name}
	st, err := r.dir.Lstat(ref.path())
	if err != nil || st.Mode&unix.S_IFMT == unix.S_IFDIR {
		return fmt.Errorf("delete ref %q: %w", refspec, r.noRef(ref, err))
	}
	return r.changeRef(ctx, ref)
}

// SetAlias makes the local ref alias stand for the local ref target, which must
// exist.
func (r *Repo) SetAlias(ctx context.Context, alias, target string) error {
	from, to := Ref{Name: alias}, Ref{Name: target}
	if err := errors.Join(from.check(), to.check()); err != nil {
		return fmt.Errorf("set alias: %w", err)
	}
	if _, err := r.readRef(to); err != nil {
		return fmt.Errorf("set alias %q: target: %w", alias, err)
	}
	if err := r.makeRoomForRef(ctx, from); err != nil {
		return fmt.Errorf("set alias %q: %w", alias, err)
	}
	link := strings.Repeat("../", strings.Count(alias, "/")) + target
	if err := atomicfs.ReplaceSymlink(ctx, link, r.dir, from.path()); err != nil {
		return fmt.Errorf("set alias %q: %w", alias, err)
	}
	return r.syncRefs(ctx, []Ref{from}, !r.current().fsync)
}

// changeRefs writes refs one after the other; one with a zero checksum is
// deleted.
func (r *Repo) changeRefs(ctx context.Context, refs []Ref, noSync bool) error {
	if len(refs) == 0 {
		return nil
	}
	for _, ref := range refs {
		var err error
		if ref.Checksum.IsZero() {
			err = ignoreNotExist(atomicfs.Remove(ctx, r.dir, ref.path()))
		} else {
			err = r.writeRef(ctx, ref, noSync)
		}
		if err != nil {
			return fmt.Errorf("write ref %q: %w", ref.Refspec(), err)
		}
	}
	return r.syncRefs(ctx, refs, noSync)
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (r *Repo) writeRef(ctx context.Context, ref Ref, noSync bool) error {
	if err := ref.check(); err != nil {
		return err
	}
	if err := r.makeRoomForRef(ctx, ref); err != nil {
		return err
	}
	o := &atomicfs.WriteOptions{NoSync: noSync}
	return atomicfs.WriteFile(ctx, r.dir, ref.path(), []byte(ref.Checksum.String()+"\n"), 0o644, o)
}

// makeRoomForRef makes the directories of a ref and removes an empty directory
// of its name.
func (r *Repo) makeRoomForRef(ctx context.Context, ref Ref) error {
	p := ref.path()
	if err := atomicfs.MkdirAll(ctx, r.dir, path.Dir(p), 0o775); err != nil {
		if errors.Is(err, unix.ENOTDIR) {
			return fmt.Errorf("conflict: a ref is in the way: %w", err)
		}
		return err
	}
	st, err := r.dir.Lstat(p)
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return ignoreNotExist(err)
	}
	if err := atomicfs.Remove(ctx, r.dir, p); err != nil {
		below, err := r.Refs(ctx, &RefsOptions{Prefix: ref.Name, Remotes: true, Mirrors: true})
		for _, b := range below {
			if b.Remote == ref.Remote && b.Collection == ref.Collection && b.Name != ref.Name {
				return &RefConflictError{Name: ref.Name, Below: strings.TrimPrefix(b.Name, ref.Name+"/")}
			}
		}
		if err != nil {
			return err
		}
		return atomicfs.RemoveAll(ctx, r.dir, p) // directories that are empty or hold no refs
	}
	return nil
}

// RefConflictError says that a ref cannot have a name because there are others
// below it.
type RefConflictError struct{ Name, Below string }

// Error implements error.
func (e *RefConflictError) Error() string {
	return fmt.Sprintf("conflict: %s exists under %s when attempting write", e.Below, e.Name)
}

// syncRefs makes the names durable and bumps the time of the repository, which
// tells observers of a change.
func (r *Repo) syncRefs(ctx context.Context, refs []Ref, noSync bool) error {
	synced := map[string]bool{}
	for _, ref := range refs {
		dir := path.Dir(ref.path())
		if noSync || synced[dir] {
			continue
		}
		synced[dir] = true
		if err := r.syncDir(ctx, dir); err != nil {
			return fmt.Errorf("write ref %q: %w", ref.Refspec(), err)
		}
	}
	if err := r.dir.Touch("."); err != nil {
		return fmt.Errorf("write refs: %w", err)
	}
	return nil
}

func (r *Repo) syncDir(ctx context.Context, rel string) error {
	d, err := r.dir.OpenDir(rel)
	if err != nil {
		return ignoreNotExist(err)
	}
	defer d.Close()
	return atomicfs.SyncDir(ctx, d)
}
