package pull_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

func newRepo(t testing.TB, mode ostree.Mode) *ostree.Repo {
	t.Helper()
	r, err := ostree.Init(context.Background(), filepath.Join(t.TempDir(), "repo"), &ostree.InitOptions{Mode: mode})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

// commitSpec describes a commit to make.
type commitSpec struct {
	ref      string
	files    map[string]string // path -> content; "-> x" is a link
	parent   ostree.Checksum
	time     int64
	bind     []string // ref binding; nil = the ref, empty = none
	coll     string
	detached string
	mode     uint32 // of files, 0 = 0644
}

var smallTree = map[string]string{
	"usr/bin/tool":    "#!/bin/sh\n",
	"usr/bin/link":    "-> tool",
	"usr/lib/a/deep":  "deep content",
	"usr/lib/b/other": "other content",
	"usr/share/empty": "",
}

func (s *commitSpec) write(t testing.TB, r *ostree.Repo) ostree.Checksum {
	t.Helper()
	ctx := context.Background()
	tx, err := r.Begin(ctx, &ostree.TxOptions{NoSync: true})
	require.NoError(t, err)
	defer tx.Abort()
	dir := &ostree.DirMeta{Mode: 0o40755}
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, dir.Encode())
	require.NoError(t, err)
	tree := ostree.NewMutableTree()
	tree.SetMeta(meta)
	for path, content := range s.files {
		_, err := tree.EnsureDir(ctx, filepath.Dir(path), meta)
		require.NoError(t, err)
		mode := s.mode
		if mode == 0 {
			mode = 0o644
		}
		h := &ostree.FileHeader{Mode: 0o100000 | mode}
		var c ostree.Checksum
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			h.Mode, h.Target = 0o120777, target
			c, err = tx.WriteFile(ctx, h, 0, nil)
		} else {
			c, err = tx.WriteFile(ctx, h, int64(len(content)), strings.NewReader(content))
		}
		require.NoError(t, err)
		require.NoError(t, tree.SetFile(ctx, path, c))
	}
	root, rootMeta, err := tx.WriteTree(ctx, tree)
	require.NoError(t, err)
	c := &ostree.Commit{Subject: "test", Parent: s.parent, RootTree: root, RootMeta: rootMeta,
		Timestamp: time.Unix(1700000000+s.time, 0), Metadata: gvariant.NewDict()}
	if s.bind == nil {
		s.bind = []string{s.ref}
	}
	if len(s.bind) > 0 {
		c.Metadata.Set(ostree.KeyRefBinding, gvariant.NewStrings(s.bind))
	}
	if s.coll != "" {
		c.Metadata.Set(ostree.KeyCollectionBinding, gvariant.NewString(s.coll))
	}
	sum, err := tx.WriteCommit(ctx, c)
	require.NoError(t, err)
	if s.detached != "" {
		d := gvariant.NewDict()
		d.Set("sig", gvariant.NewString(s.detached))
		require.NoError(t, tx.SetDetachedMetadata(ctx, sum, d))
	}
	tx.SetRef(s.ref, sum)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	return sum
}

// history makes an archive repository with three commits of main.
func history(t testing.TB) (*ostree.Repo, []ostree.Checksum) {
	t.Helper()
	r := newRepo(t, ostree.ModeArchive)
	var sums []ostree.Checksum
	var parent ostree.Checksum
	for i := range 3 {
		files := map[string]string{"usr/version": fmt.Sprint(i)}
		for k, v := range smallTree {
			files[k] = v
		}
		parent = (&commitSpec{ref: "main", files: files, parent: parent, time: int64(i), detached: fmt.Sprint("sig", i)}).write(t, r)
		sums = append(sums, parent)
	}
	return r, sums
}

// requireComplete checks every object that the ref needs.
func requireComplete(t testing.TB, r *ostree.Repo, rev string, want ostree.Checksum) {
	t.Helper()
	ctx := context.Background()
	got, err := r.ResolveRev(ctx, rev)
	require.NoError(t, err)
	require.Equal(t, want, got)
	state, err := r.CommitState(ctx, got)
	require.NoError(t, err)
	require.Equal(t, ostree.CommitNormal, state)
	requireIntact(t, r)
}

// requireIntact: all complete commits have all of their objects.
func requireIntact(t testing.TB, r *ostree.Repo) {
	t.Helper()
	report, err := r.Fsck(context.Background(), &ostree.FsckOptions{KeepStates: true})
	require.NoError(t, err)
	require.NoError(t, report.Err())
}

// server serves a repository and can misbehave.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
	// hook may answer a request instead of the file server.
	hook func(w http.ResponseWriter, r *http.Request) bool
}

func serve(t testing.TB, repo *ostree.Repo) *server {
	t.Helper()
	s := &server{}
	files := http.FileServer(http.Dir(repo.Path()))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.URL.Path)
		hook := s.hook
		s.mu.Unlock()
		if hook != nil && hook(w, r) {
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// setHook changes the behaviour and forgets the requests so far.
func (s *server) setHook(hook func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook, s.requests = hook, nil
}

func (s *server) count(suffix string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if strings.HasSuffix(r, suffix) {
			n++
		}
	}
	return n
}

// source retries at once and only once.
func (s *server) source() pull.Source {
	return pull.NewHTTP(nil, &pull.HTTPOptions{URLs: []string{s.URL}, Retries: 1, Backoff: func(int) time.Duration { return 0 }})
}

// impatient is source for a test in which the server says nothing for long. It is not for others: a busy machine does so, too.
func (s *server) impatient(retries int) pull.Source {
	return pull.NewHTTP(nil, &pull.HTTPOptions{URLs: []string{s.URL}, Retries: retries, Stall: time.Second,
		Backoff: func(int) time.Duration { return 0 }})
}

// sourceThat is the source for a test that wants the error.
func (s *server) sourceThat(want string) pull.Source {
	if want == "stalled" {
		return s.impatient(-1)
	}
	return s.source()
}

// fileObject returns the path that the server has for a file's object.
func fileObject(t testing.TB, r *ostree.Repo, commit ostree.Checksum, path string) string {
	t.Helper()
	ctx := context.Background()
	c, err := r.LoadCommit(ctx, commit)
	require.NoError(t, err)
	tree := c.RootTree
	parts := strings.Split(path, "/")
	for _, name := range parts[:len(parts)-1] {
		d, err := r.LoadDirTree(ctx, tree)
		require.NoError(t, err)
		for _, e := range d.Dirs {
			if e.Name == name {
				tree = e.Tree
			}
		}
	}
	d, err := r.LoadDirTree(ctx, tree)
	require.NoError(t, err)
	for _, f := range d.Files {
		if f.Name == parts[len(parts)-1] {
			return "objects/" + ostree.ObjectName{Checksum: f.Checksum, Type: ostree.TypeFile}.LoosePath(ostree.ModeArchive)
		}
	}
	t.Fatalf("no file %s", path)
	return ""
}

func objectFiles(t testing.TB, r *ostree.Repo) map[string]os.FileInfo {
	t.Helper()
	out := map[string]os.FileInfo{}
	err := filepath.Walk(filepath.Join(r.Path(), "objects"), func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			out[path] = info
		}
		return err
	})
	require.NoError(t, err)
	return out
}
