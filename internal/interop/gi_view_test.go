package interop

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
)

// repoView is everything that a library says about a repository: testdata/gi/read.py prints that of libostree.
type repoView struct {
	Mode       string                `json:"mode"`
	Collection string                `json:"collection"`
	Refs       map[string]string     `json:"refs"`
	Resolved   map[string]string     `json:"resolved"`
	Prefixes   map[string][]string   `json:"prefixes"` // commits by the first digits
	Objects    map[string]int64      `json:"objects"`  // with their sizes on disk
	Bad        []string              `json:"bad"`      // that are damaged, with what is wrong
	Files      map[string]fileView   `json:"files"`
	Commits    map[string]commitView `json:"commits"`
	Checkouts  map[string][]string   `json:"checkouts"` // what was written to the directory given
	Prune      [3]int64              `json:"prune"`     // all objects, those not needed, their bytes
	PruneRefs  [3]int64              `json:"prune-refs"`
	Deltas     []string              `json:"deltas"`
	Indexes    []string              `json:"indexes"`
}

type fileView struct {
	Mode    uint32 `json:"mode"`
	UID     uint32 `json:"uid"`
	GID     uint32 `json:"gid"`
	Size    int64  `json:"size"`
	Target  string `json:"target"`
	Xattrs  string `json:"xattrs"`
	Payload string `json:"payload"` // its SHA-256
	Stream  string `json:"stream"`  // SHA-256 of header and payload, the name of the object
}

type commitView struct {
	State     int      `json:"state"`
	Metadata  string   `json:"metadata"`
	Detached  string   `json:"detached"`
	Parent    string   `json:"parent"`
	Subject   string   `json:"subject"`
	Body      string   `json:"body"`
	Time      int64    `json:"time"`
	Content   string   `json:"content"`
	Sizes     []string `json:"sizes"`
	Reachable []string `json:"reachable"`
	History   []string `json:"history"`
	Tree      []string `json:"tree"`
}

// libraryView is what libostree says, which also checks every commit out below dir.
func libraryView(t *testing.T, python, repo, dir string) *repoView {
	t.Helper()
	v := new(repoView)
	require.NoError(t, json.Unmarshal([]byte(testenv.Run(t, "", python, "testdata/gi/read.py", repo, dir)), v))
	return v
}

// ourView is the same by package ostree.
func ourView(t *testing.T, path, dir string) *repoView {
	t.Helper()
	repo, err := ostree.Open(t.Context(), path, nil)
	require.NoError(t, err)
	defer repo.Close()
	w := &viewer{t: t, ctx: t.Context(), repo: repo, v: &repoView{
		Mode: repo.Mode().String(), Collection: repo.CollectionID(),
		Refs: map[string]string{}, Resolved: map[string]string{}, Prefixes: map[string][]string{}, Objects: map[string]int64{},
		Bad: []string{}, Files: map[string]fileView{}, Commits: map[string]commitView{}, Checkouts: map[string][]string{},
		Deltas: []string{}, Indexes: []string{},
	}}
	w.refs()
	w.objects(dir)
	w.damage()
	w.v.Prune = w.prune(&ostree.PruneOptions{NoPrune: true})
	w.v.PruneRefs = w.prune(&ostree.PruneOptions{NoPrune: true, RefsOnly: true})
	w.deltas()
	return w.v
}

type viewer struct {
	t    *testing.T
	ctx  context.Context
	repo *ostree.Repo
	v    *repoView
}

func (w *viewer) refs() {
	refs, err := w.repo.Refs(w.ctx, &ostree.RefsOptions{Remotes: true})
	require.NoError(w.t, err)
	for _, ref := range refs {
		w.v.Refs[ref.Refspec()] = ref.Checksum.String()
		c, err := w.repo.ResolveRev(w.ctx, ref.Refspec())
		require.NoError(w.t, err)
		w.v.Resolved[ref.Refspec()] = c.String()
	}
}

func (w *viewer) objects(dir string) {
	for name, err := range w.repo.Objects(w.ctx) {
		require.NoError(w.t, err)
		switch name.Type {
		case ostree.TypeCommitMeta, ostree.TypeFileXattrs, ostree.TypeFileXattrsLink: // parts of others to libostree
			continue
		}
		w.v.Objects[name.String()], err = w.repo.StorageSize(w.ctx, name)
		require.NoError(w.t, err)
		switch name.Type {
		case ostree.TypeFile:
			w.v.Files[name.Checksum.String()] = w.file(name.Checksum)
		case ostree.TypeCommit:
			w.v.Commits[name.Checksum.String()] = w.commit(name.Checksum)
			w.v.Checkouts[name.Checksum.String()] = w.checkouts(name.Checksum, dir)
			prefix := name.Checksum.String()[:8]
			c, err := w.repo.ResolveRev(w.ctx, prefix)
			require.NoError(w.t, err)
			w.v.Prefixes[prefix] = []string{c.String() + ".commit"}
		}
	}
}

func (w *viewer) file(c ostree.Checksum) fileView {
	f, err := w.repo.LoadFile(w.ctx, c)
	require.NoError(w.t, err)
	defer f.Close()
	v := fileView{Mode: f.Header.Mode, UID: f.Header.UID, GID: f.Header.GID, Size: f.Size, Target: f.Header.Target, Xattrs: xattrsText(f.Header.Xattrs)}
	payload, stream := sha256.New(), contentStream(&f.Header)
	if f.Reader != nil {
		n, err := io.Copy(io.MultiWriter(payload, stream), f.Reader)
		require.NoError(w.t, err)
		require.Equal(w.t, f.Size, n)
		v.Payload = hex.EncodeToString(payload.Sum(nil))
	}
	v.Stream = hex.EncodeToString(stream.Sum(nil))
	return v
}

func (w *viewer) commit(c ostree.Checksum) commitView {
	commit, err := w.repo.LoadCommit(w.ctx, c)
	require.NoError(w.t, err)
	state, err := w.repo.CommitState(w.ctx, c)
	require.NoError(w.t, err)
	detached, err := w.repo.DetachedMetadata(w.ctx, c)
	require.NoError(w.t, err)
	v := commitView{
		State: int(state), Metadata: commit.Metadata.Value().Plain(), Subject: commit.Subject, Body: commit.Body,
		Time: commit.Timestamp.Unix(), Content: commit.ContentChecksum().String(), Sizes: []string{}, Tree: []string{},
	}
	if detached != nil {
		v.Detached = detached.Value().Plain()
	}
	if !commit.Parent.IsZero() {
		v.Parent = commit.Parent.String()
	}
	sizes, err := commit.Sizes()
	require.NoError(w.t, err)
	for _, s := range sizes {
		v.Sizes = append(v.Sizes, fmt.Sprint(s.Object, s.Archived, s.Unpacked))
	}
	v.Reachable = w.reachable(c, 0, func(ostree.ObjectName) bool { return true })
	v.History = w.reachable(c, -1, func(n ostree.ObjectName) bool { return n.Type == ostree.TypeCommit })
	w.walk(commit.RootTree, "", &v.Tree)
	slices.Sort(v.Tree)
	return v
}

func (w *viewer) reachable(c ostree.Checksum, depth int, keep func(ostree.ObjectName) bool) []string {
	set, err := w.repo.Traverse(w.ctx, c, depth)
	require.NoError(w.t, err)
	var out []string
	for name := range set.All() {
		if keep(name) {
			out = append(out, name.String())
		}
	}
	slices.Sort(out)
	return out
}

func (w *viewer) walk(tree ostree.Checksum, at string, out *[]string) {
	dir, err := w.repo.LoadDirTree(w.ctx, tree)
	require.NoError(w.t, err)
	for _, e := range dir.Files {
		h, _, err := w.repo.LoadFileHeader(w.ctx, e.Checksum)
		require.NoError(w.t, err)
		*out = append(*out, fmt.Sprintf("%s/%s %o %d %d %s %s", at, e.Name, h.Mode, h.UID, h.GID, e.Checksum, xattrsText(h.Xattrs)))
	}
	for _, e := range dir.Dirs {
		m, err := w.repo.LoadDirMeta(w.ctx, e.Meta)
		require.NoError(w.t, err)
		*out = append(*out, fmt.Sprintf("%s/%s %o %d %d %s %s", at, e.Name, m.Mode, m.UID, m.GID, e.Meta, xattrsText(m.Xattrs)))
		w.walk(e.Tree, at+"/"+e.Name, out)
	}
}

// checkouts has the names that testdata/gi/read.py gives to what the modes of libostree make.
func (w *viewer) checkouts(c ostree.Checksum, dir string) []string {
	var out []string
	for _, mode := range []string{"NONE", "USER"} {
		for _, union := range []string{"NONE", "UNION_FILES", "ADD_FILES"} {
			o := &ostree.CheckoutOptions{UserMode: mode == "USER"}
			switch union {
			case "UNION_FILES":
				o.Union = ostree.UnionFiles
			case "ADD_FILES":
				o.Union = ostree.UnionAdd
			}
			require.NoError(w.t, w.repo.Checkout(w.ctx, c, path.Join(dir, fmt.Sprintf("%s-%s-%s", c, mode, union)), o))
			out = append(out, mode+" "+union)
		}
	}
	return out
}

// damage fills in what is damaged, with libostree's words about it.
func (w *viewer) damage() {
	report, err := w.repo.Fsck(w.ctx, &ostree.FsckOptions{KeepStates: true, Recheck: true})
	require.NoError(w.t, err)
	for _, p := range report.Problems {
		corrupt := new(ostree.CorruptError)
		require.True(w.t, errors.As(p.Err, &corrupt), "%v", p.Err)
		w.v.Bad = append(w.v.Bad, fmt.Sprintf("%v: fsck content object %s: Corrupted %v object; checksum expected='%s' actual='%s'",
			p.Object, p.Object.Checksum, p.Object.Type, p.Object.Checksum, corrupt.Actual))
	}
}

func (w *viewer) prune(o *ostree.PruneOptions) [3]int64 {
	stats, err := w.repo.Prune(w.ctx, o)
	require.NoError(w.t, err)
	return [3]int64{int64(stats.Total), int64(stats.Pruned), stats.Freed}
}

func (w *viewer) deltas() {
	names, err := delta.List(w.repo)
	require.NoError(w.t, err)
	for _, name := range names {
		w.v.Deltas = append(w.v.Deltas, name.String())
	}
	slices.Sort(w.v.Deltas)
	indexes, err := delta.Indexes(w.repo)
	require.NoError(w.t, err)
	for _, c := range indexes {
		w.v.Indexes = append(w.v.Indexes, c.String())
	}
	slices.Sort(w.v.Indexes)
}

func xattrsValue(x ostree.Xattrs) gvariant.Value {
	var list []gvariant.Value
	for _, a := range x {
		list = append(list, gvariant.NewTuple(gvariant.NewByteString([]byte(a.Name)), gvariant.NewBytes(a.Value)))
	}
	v, err := gvariant.NewArray("(ayay)", list...)
	if err != nil {
		panic(err)
	}
	return v
}

func xattrsText(x ostree.Xattrs) string { return xattrsValue(x).Plain() }

// contentStream is a hash that has seen the header of a file object.
func contentStream(h *ostree.FileHeader) interface {
	io.Writer
	Sum([]byte) []byte
} {
	header := gvariant.NewTuple(gvariant.NewUint32(gvariant.Swap32(h.UID)), gvariant.NewUint32(gvariant.Swap32(h.GID)),
		gvariant.NewUint32(gvariant.Swap32(h.Mode)), gvariant.NewUint32(0), gvariant.NewString(h.Target), xattrsValue(h.Xattrs)).Bytes()
	hash := sha256.New()
	hash.Write(binary.BigEndian.AppendUint32(nil, uint32(len(header))))
	hash.Write(make([]byte, 4))
	hash.Write(header)
	return hash
}

// lines makes a difference between two views readable.
func (v *repoView) lines() []string {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(string(data), "\n")
}
