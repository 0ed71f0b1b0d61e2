package layering

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sepolicy"
)

// Policy loads the SELinux policy that the tree itself brings; nil if it has none or that is disabled. What has been
// written so far becomes part of the repository, see [Tree.Session].
func (t *Tree) Policy(ctx context.Context) (*sepolicy.Policy, error) {
	if ok, err := t.Exists(ctx, usrEtc+"/selinux/config"); err != nil || !ok {
		return nil, err
	}
	tree, err := t.flush(ctx)
	if err != nil {
		return nil, err
	}
	fsys, err := t.repo.TreeFS(ctx, tree)
	if err != nil {
		return nil, err
	}
	p, err := sepolicy.Load(fsys)
	if errors.Is(err, sepolicy.ErrDisabled) {
		return nil, nil
	}
	return p, err
}

// Relabel gives everything in the tree the label that a policy has for it. What is as in base, at the same place, has
// the right label already; the zero base is nothing. A file that two paths share becomes two if they differ in label.
func (t *Tree) Relabel(ctx context.Context, l *sepolicy.Labeler, base ostree.Tree) error {
	tree, err := t.Write(ctx)
	if err != nil {
		return err
	}
	r := &relabeler{t: t, l: l, made: map[relabeled]ostree.Checksum{}}
	jobs, err := r.files(ctx, "/", tree, base)
	if err != nil {
		return fmt.Errorf("label files: %w", err)
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, job := range jobs {
		group.Go(func() error { return r.file(gctx, job) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("label files: %w", err)
	}
	if tree, err = r.dir(ctx, "/", tree, base, jobs); err != nil {
		return fmt.Errorf("label files: %w", err)
	}
	t.Replace(tree)
	return nil
}

// relabeler makes the labelled objects of one tree.
type relabeler struct {
	t *Tree
	l *sepolicy.Labeler

	mu   sync.Mutex
	made map[relabeled]ostree.Checksum // so that equal files stay one object and are written once
}

type relabeled struct {
	file  ostree.Checksum
	label string
}

// fileJob is one file at one path; sum becomes that of the labelled file.
type fileJob struct {
	path string
	sum  ostree.Checksum
}

// files lists the files of changed directories, by path.
func (r *relabeler) files(ctx context.Context, name string, tree, base ostree.Tree) (map[string]*fileJob, error) {
	jobs := map[string]*fileJob{}
	return jobs, r.collect(ctx, name, tree, base, jobs)
}

func (r *relabeler) collect(ctx context.Context, name string, tree, base ostree.Tree, jobs map[string]*fileJob) error {
	if tree == base {
		return nil
	}
	d, old, err := r.load(ctx, tree, base)
	if err != nil {
		return err
	}
	for _, f := range d.Files {
		if old.files[f.Name] != f.Checksum {
			jobs[path.Join(name, f.Name)] = &fileJob{path.Join(name, f.Name), f.Checksum}
		}
	}
	for _, sub := range d.Dirs {
		if err := r.collect(ctx, path.Join(name, sub.Name), ostree.Tree{Tree: sub.Tree, Meta: sub.Meta}, old.dirs[sub.Name], jobs); err != nil {
			return err
		}
	}
	return nil
}

// names are those of a directory of the base.
type names struct {
	files map[string]ostree.Checksum
	dirs  map[string]ostree.Tree
}

func (r *relabeler) load(ctx context.Context, tree, base ostree.Tree) (*ostree.DirTree, *names, error) {
	d, err := r.t.tx.LoadDirTree(ctx, tree.Tree)
	old := &names{map[string]ostree.Checksum{}, map[string]ostree.Tree{}}
	if err != nil || base.Tree.IsZero() {
		return d, old, err
	}
	b, err := r.t.tx.LoadDirTree(ctx, base.Tree)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range b.Files {
		old.files[f.Name] = f.Checksum
	}
	for _, sub := range b.Dirs {
		old.dirs[sub.Name] = ostree.Tree{Tree: sub.Tree, Meta: sub.Meta}
	}
	return d, old, nil
}

func (r *relabeler) file(ctx context.Context, job *fileJob) error {
	f, err := r.t.tx.LoadFile(ctx, job.sum)
	if err != nil {
		return treeError("label", job.path, err)
	}
	defer f.Close()
	h := f.Header
	if h.Xattrs, err = r.l.Xattrs(job.path, &f.Header); err != nil {
		return err
	}
	label, _ := h.Xattrs.Get(labelXattr)
	if old, _ := f.Header.Xattrs.Get(labelXattr); string(old) == string(label) {
		return nil
	}
	key := relabeled{job.sum, string(label)}
	r.mu.Lock()
	sum, done := r.made[key]
	r.mu.Unlock()
	if !done {
		var body io.Reader
		if f.Reader != nil {
			body = f.Reader
		}
		if sum, err = r.t.tx.WriteFile(ctx, &h, f.Size, body); err != nil {
			return treeError("label", job.path, err)
		}
		r.mu.Lock()
		r.made[key] = sum
		r.mu.Unlock()
	}
	job.sum = sum
	return nil
}

// dir writes the directory with the labelled files and labelled directories.
func (r *relabeler) dir(ctx context.Context, name string, tree, base ostree.Tree, jobs map[string]*fileJob) (ostree.Tree, error) {
	if tree == base {
		return tree, nil
	}
	d, old, err := r.load(ctx, tree, base)
	if err != nil {
		return tree, err
	}
	for i, f := range d.Files {
		if job := jobs[path.Join(name, f.Name)]; job != nil {
			d.Files[i].Checksum = job.sum
		}
	}
	for i, sub := range d.Dirs {
		next, err := r.dir(ctx, path.Join(name, sub.Name), ostree.Tree{Tree: sub.Tree, Meta: sub.Meta}, old.dirs[sub.Name], jobs)
		if err != nil {
			return tree, err
		}
		d.Dirs[i].Tree, d.Dirs[i].Meta = next.Tree, next.Meta
	}
	if tree.Tree, err = r.t.tx.WriteMetadata(ctx, ostree.TypeDirTree, d.Encode()); err != nil {
		return tree, treeError("label", name, err)
	}
	tree.Meta, err = r.dirMeta(ctx, name, tree.Meta)
	return tree, err
}

func (r *relabeler) dirMeta(ctx context.Context, name string, sum ostree.Checksum) (ostree.Checksum, error) {
	m, err := r.t.tx.LoadDirMeta(ctx, sum)
	if err != nil {
		return sum, treeError("label", name, err)
	}
	if m.Xattrs, err = r.l.Xattrs(name, &ostree.FileHeader{Mode: m.Mode, Xattrs: m.Xattrs}); err != nil {
		return sum, err
	}
	return r.t.tx.WriteMetadata(ctx, ostree.TypeDirMeta, m.Encode())
}

// treefilePath is where an image keeps its description.
const treefilePath = "usr/share/rpm-ostree/treefile.json"

// labelVersion is the labelling epoch that the image was composed with.
func labelVersion(ctx context.Context, t *Tree) (int, error) {
	data, err := t.ReadFile(ctx, treefilePath)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var tf struct {
		Version int `json:"selinux-label-version"`
	}
	if err := json.Unmarshal(data, &tf); err != nil {
		return 0, fmt.Errorf("%s: %w", treefilePath, err)
	}
	return tf.Version, nil
}

// relabelLayers labels what layering has changed on a base as the policy of the result says. Where the base is not
// labelled, or has no policy, nothing is; where layering has changed the policy, everything is.
func relabelLayers(ctx context.Context, t *Tree, base *ostree.Commit, was *sepolicy.Policy) error {
	policy, err := t.Policy(ctx)
	if err != nil || policy == nil {
		return err
	}
	meta, err := t.tx.LoadDirMeta(ctx, base.RootMeta)
	if err != nil {
		return err
	}
	if _, labelled := meta.Xattrs.Get(labelXattr); !labelled {
		return nil
	}
	version, err := labelVersion(ctx, t)
	if err != nil {
		return err
	}
	same := base.Root()
	if was == nil || was.Checksum() != policy.Checksum() {
		same = ostree.Tree{}
	}
	return t.Relabel(ctx, &sepolicy.Labeler{Policy: policy, Epoch: version}, same)
}
