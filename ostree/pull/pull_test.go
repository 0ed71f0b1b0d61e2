package pull_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

var (
	writable = []ostree.Mode{ostree.ModeBareUser, ostree.ModeBareUserOnly, ostree.ModeArchive}
	mainRef  = &pull.Options{Remote: "origin", Refs: []string{"main"}}
)

func TestPullModes(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	for _, mode := range writable {
		for name, source := range map[string]pull.Source{"http": s.source(), "local": pull.Local(src)} {
			t.Run(name+" "+mode.String(), func(t *testing.T) {
				dst := newRepo(t, mode)
				res, err := pull.Pull(t.Context(), dst, source, mainRef)
				require.NoError(t, err)
				require.Equal(t, map[string]ostree.Checksum{"main": sums[2]}, res.Refs)
				require.Equal(t, []ostree.Checksum{sums[2]}, res.Commits)
				requireComplete(t, dst, "origin:main", sums[2])
				d, err := dst.DetachedMetadata(t.Context(), sums[2])
				require.NoError(t, err)
				sig, _ := d.String("sig")
				require.Equal(t, "sig2", sig)
				has, err := dst.Has(t.Context(), ostree.ObjectName{Checksum: sums[1], Type: ostree.TypeCommit})
				require.NoError(t, err)
				require.False(t, has, "depth 0")
			})
		}
	}
}

func TestDepth(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	for _, tc := range []struct{ depth, commits int }{{0, 1}, {1, 2}, {-1, 3}, {7, 3}} {
		for _, source := range []pull.Source{s.source(), pull.Local(src)} {
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, source, &pull.Options{Refs: []string{"main"}, Depth: tc.depth})
			require.NoError(t, err)
			requireComplete(t, dst, "main", sums[2])
			for i, c := range sums {
				has, err := dst.Has(t.Context(), ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
				require.NoError(t, err)
				require.Equal(t, i >= 3-tc.commits, has, "depth %d commit %d", tc.depth, i)
			}
		}
	}
}

func TestMissingParentIsTolerated(t *testing.T) {
	src, sums := history(t)
	require.NoError(t, src.Delete(t.Context(), ostree.ObjectName{Checksum: sums[1], Type: ostree.TypeCommit}))
	for _, source := range []pull.Source{serve(t, src).source(), pull.Local(src)} {
		dst := newRepo(t, ostree.ModeBareUser)
		_, err := pull.Pull(t.Context(), dst, source, &pull.Options{Refs: []string{"main"}, Depth: -1})
		require.NoError(t, err)
		requireComplete(t, dst, "main", sums[2])
	}
}

// TestIncremental: what the old commit has is neither asked for nor looked at.
func TestIncremental(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	old := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", old)
	files := map[string]string{"usr/lib/b/other": "changed", "usr/new": "new"}
	for k, v := range smallTree {
		if _, ok := files[k]; !ok {
			files[k] = v
		}
	}
	next := (&commitSpec{ref: "main", files: files, parent: old}).write(t, src)
	s.setHook(nil)
	res, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", next)
	require.Equal(t, 2, res.Content)
	require.Equal(t, 5, res.Metadata, "commit and /, usr, usr/lib, usr/lib/b")
	require.Equal(t, 2, s.count(".filez"))
	require.Equal(t, 4, s.count(".dirtree"))

	s.setHook(nil)
	res, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	require.Zero(t, res.Content+res.Metadata)
	require.Zero(t, s.count(".filez")+s.count(".dirtree")+s.count(".commit"))
	require.Equal(t, 1, s.count(".commitmeta"), "signatures may have been added")
}

func TestDetachedMetadataIsRefreshed(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	d := gvariant.NewDict()
	d.Set("sig", gvariant.NewString("better"))
	require.NoError(t, src.SetDetachedMetadata(t.Context(), sums[2], d))
	_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	got, err := dst.DetachedMetadata(t.Context(), sums[2])
	require.NoError(t, err)
	sig, _ := got.String("sig")
	require.Equal(t, "better", sig)
}

func TestCommitOnlyAndSubpaths(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	for _, source := range []pull.Source{s.source(), pull.Local(src)} {
		dst := newRepo(t, ostree.ModeBareUser)
		partial := func(want int, o pull.Options) {
			t.Helper()
			o.Refs = []string{"main"}
			_, err := pull.Pull(t.Context(), dst, source, &o)
			require.NoError(t, err)
			state, err := dst.CommitState(t.Context(), sums[2])
			require.NoError(t, err)
			require.Equal(t, ostree.CommitPartial, state)
			require.Len(t, objectFiles(t, dst), want)
		}
		partial(2, pull.Options{CommitOnly: true})
		// dirtrees / usr usr/bin, one dirmeta, file and link
		partial(2+4+2, pull.Options{Subpaths: []string{"/usr/bin"}})
		partial(2+4+2+2+1, pull.Options{Subpaths: []string{"/usr/lib/a/", "/usr/bin/tool"}})
		_, err := pull.Pull(t.Context(), dst, source, &pull.Options{Refs: []string{"main"}})
		require.NoError(t, err)
		requireComplete(t, dst, "main", sums[2])
		// A part of what is complete leaves it complete.
		_, err = pull.Pull(t.Context(), dst, source, &pull.Options{Refs: []string{"main"}, Subpaths: []string{"/usr"}})
		require.NoError(t, err)
		requireComplete(t, dst, "main", sums[2])
	}
	_, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(), &pull.Options{Refs: []string{"main"}, Subpaths: []string{"usr"}})
	require.ErrorContains(t, err, `subpath "usr": not absolute`)
}

func TestChecksumAndOverride(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	res, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Remote: "origin", Refs: []string{sums[0].String()}})
	require.NoError(t, err)
	require.Empty(t, res.Refs)
	require.Zero(t, s.count("refs/heads/main")+s.count("/summary"))
	refs, err := dst.Refs(t.Context(), &ostree.RefsOptions{Remotes: true})
	require.NoError(t, err)
	require.Empty(t, refs)
	_, err = pull.Pull(t.Context(), dst, s.source(), &pull.Options{Remote: "origin", OverrideCommits: map[string]ostree.Checksum{"main": sums[1]}})
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[1])
}

func TestSummaryAndMirror(t *testing.T) {
	src, sums := history(t)
	other := (&commitSpec{ref: "other/x86_64", files: smallTree}).write(t, src)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeArchive)
	_, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Mirror: true})
	require.ErrorContains(t, err, "fetching all refs was requested in mirror mode, but remote repository does not have a summary")
	_, err = pull.Pull(t.Context(), dst, s.source(), nil)
	require.ErrorContains(t, err, "no refs given to pull")
	_, err = pull.Pull(t.Context(), dst, s.source(), &pull.Options{Refs: []string{"main"}, RequireSummary: true})
	require.ErrorIs(t, err, fs.ErrNotExist)

	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	require.NoError(t, os.WriteFile(filepath.Join(src.Path(), "summary.sig"), []byte("signature"), 0o644))
	_, err = pull.Pull(t.Context(), dst, s.source(), &pull.Options{Mirror: true, Remote: "origin"})
	require.NoError(t, err)
	requireComplete(t, dst, "main", sums[2])
	requireComplete(t, dst, "other/x86_64", other)
	for _, name := range []string{"summary", "summary.sig"} {
		want, err := os.ReadFile(filepath.Join(src.Path(), name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(dst.Path(), name))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.NoError(t, os.Remove(filepath.Join(src.Path(), "summary.sig")))
	_, err = pull.Pull(t.Context(), dst, s.source(), &pull.Options{Mirror: true, Remote: "origin"})
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(dst.Path(), "summary.sig"))

	// A ref that the summary does not list does not exist, whatever refs/ says.
	(&commitSpec{ref: "hidden", files: smallTree}).write(t, src)
	_, err = pull.Pull(t.Context(), newRepo(t, ostree.ModeArchive), s.source(), &pull.Options{Refs: []string{"hidden"}})
	require.ErrorContains(t, err, "resolve ref hidden: no such ref in the repository's summary")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestMirrorOfCollection(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	sum := (&commitSpec{ref: "main", files: smallTree, coll: "org.example.Os"}).write(t, src)
	dst := newRepo(t, ostree.ModeArchive)
	_, err := pull.Pull(t.Context(), dst, serve(t, src).source(), &pull.Options{Mirror: true, Refs: []string{"main"}, CollectionID: "org.example.Os", MirrorCollection: "org.example.Os"})
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dst.Path(), "refs/mirrors/org.example.Os/main"))
	require.NoError(t, err)
	require.Equal(t, sum.String()+"\n", string(text))
}

func TestBindings(t *testing.T) {
	const coll = "org.example.Os"
	for _, tc := range []struct {
		name string
		spec commitSpec
		coll string
		want string
	}{
		{"bound", commitSpec{}, "", ""},
		{"several", commitSpec{bind: []string{"a", "main"}}, "", ""},
		{"unbound", commitSpec{bind: []string{}}, "", ""},
		{"other ref", commitSpec{bind: []string{"a", "b"}}, "", "commit has no requested ref ‘main’ in ref binding metadata (‘a’, ‘b’)"},
		{"collection", commitSpec{coll: coll}, coll, ""},
		{"unbound with collection", commitSpec{bind: []string{}}, coll, "expected commit metadata to have ref binding information, found none"},
		{"no collection", commitSpec{}, coll, "expected commit metadata to have collection ID binding information, found none"},
		{"other collection", commitSpec{coll: "org.example.Other"}, coll, "commit has collection ID ‘org.example.Other’ in collection binding metadata, while the remote it came from has collection ID ‘org.example.Os’"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := newRepo(t, ostree.ModeArchive)
			tc.spec.ref, tc.spec.files = "main", smallTree
			sum := tc.spec.write(t, src)
			for _, source := range []pull.Source{serve(t, src).source(), pull.Local(src)} {
				dst := newRepo(t, ostree.ModeBareUser)
				o := &pull.Options{Refs: []string{"main"}, CollectionID: tc.coll}
				_, err := pull.Pull(t.Context(), dst, source, o)
				if tc.want != "" {
					require.ErrorContains(t, err, "commit "+sum.String()+": "+tc.want)
					require.Empty(t, objectFiles(t, dst), "nothing of it is stored")
					o.DisableVerifyBindings = true
					_, err = pull.Pull(t.Context(), dst, source, o)
				}
				require.NoError(t, err)
				requireComplete(t, dst, "main", sum)
			}
		})
	}
}

func TestTimestampCheck(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	first := (&commitSpec{ref: "main", files: smallTree, time: 100}).write(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	o := &pull.Options{Remote: "origin", Refs: []string{"main"}, TimestampCheck: true}
	_, err := pull.Pull(t.Context(), dst, pull.Local(src), o)
	require.NoError(t, err)
	older := (&commitSpec{ref: "main", files: smallTree, time: 99}).write(t, src)
	_, err = pull.Pull(t.Context(), dst, pull.Local(src), o)
	var te *pull.TimestampError
	require.ErrorAs(t, err, &te)
	require.ErrorContains(t, err, "upgrade target revision '"+older.String()+"' with timestamp '2023-11-14T22:14:59Z' is chronologically older than current revision '"+first.String()+"'")
	requireComplete(t, dst, "origin:main", first)
	_, err = pull.Pull(t.Context(), dst, pull.Local(src), mainRef)
	require.NoError(t, err)
	newer := (&commitSpec{ref: "main", files: smallTree, time: 99, bind: []string{}}).write(t, src)
	_, err = pull.Pull(t.Context(), dst, pull.Local(src), o)
	require.NoError(t, err, "the same time is not older")
	requireComplete(t, dst, "origin:main", newer)
	o.TimestampCheckFrom = first
	(&commitSpec{ref: "main", files: smallTree, time: 99, bind: []string{"main", "x"}}).write(t, src)
	_, err = pull.Pull(t.Context(), dst, pull.Local(src), o)
	require.ErrorAs(t, err, &te)
}

// verifier refuses what it is told to.
type verifier struct {
	commit, summary error
	commits         atomic.Int32
}

func (v *verifier) VerifyCommit(_ context.Context, commit []byte, detached *gvariant.Dict) error {
	v.commits.Add(1)
	if _, err := ostree.ParseCommit(commit); err != nil {
		return err
	}
	return v.commit
}

func (v *verifier) VerifySummary(_ context.Context, summary, signature []byte) error {
	return v.summary
}

func TestVerifier(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	bad := errors.New("no valid signature")
	for _, source := range []pull.Source{s.source(), pull.Local(src)} {
		dst := newRepo(t, ostree.ModeBareUser)
		o := &pull.Options{Refs: []string{"main"}, Depth: -1, Verify: &verifier{commit: bad}}
		_, err := pull.Pull(t.Context(), dst, source, o)
		require.ErrorIs(t, err, bad)
		require.ErrorContains(t, err, sums[2].String())
		require.Empty(t, objectFiles(t, dst))
		v := &verifier{}
		o.Verify = v
		_, err = pull.Pull(t.Context(), dst, source, o)
		require.NoError(t, err)
		require.Equal(t, int32(3), v.commits.Load(), "parents too")
		// A commit that is stored already is not exempt.
		o.Verify = &verifier{commit: bad}
		_, err = pull.Pull(t.Context(), dst, source, o)
		require.ErrorIs(t, err, bad)
	}
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	_, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(), &pull.Options{Refs: []string{"main"}, Verify: &verifier{summary: bad}})
	require.ErrorIs(t, err, bad)
}

func TestLocalCache(t *testing.T) {
	src, sums := history(t)
	cache := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), cache, pull.Local(src), &pull.Options{Refs: []string{sums[0].String()}})
	require.NoError(t, err)
	s := serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	res, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Refs: []string{"main"}, LocalCache: []*ostree.Repo{cache}})
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{res.Content, res.Detached})
	require.Equal(t, s.count(".dirtree")+s.count(".dirmeta")+s.count(".commit"), res.Metadata)
	require.Positive(t, res.CachedContent)
	require.Positive(t, res.CachedMetadata)
	requireComplete(t, dst, "main", sums[2])
	require.Equal(t, 1, s.count(".filez"), "only usr/version differs")
}

func TestBareUserOnlyFiles(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	(&commitSpec{ref: "main", files: smallTree, mode: 0o4755}).write(t, src)
	for _, source := range []pull.Source{serve(t, src).source(), pull.Local(src)} {
		dst := newRepo(t, ostree.ModeBareUser)
		o := &pull.Options{Refs: []string{"main"}, BareUserOnlyFiles: true}
		for range 2 { // what a first attempt has left is checked as well
			_, err := pull.Pull(t.Context(), dst, source, o)
			require.ErrorContains(t, err, "invalid mode 0104755 with bits 04000")
		}
		o.BareUserOnlyFiles = false
		_, err := pull.Pull(t.Context(), dst, source, o)
		require.NoError(t, err)
	}
}

func TestHardlinks(t *testing.T) {
	src := newRepo(t, ostree.ModeBareUser)
	sum := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	for _, untrusted := range []bool{false, true} {
		dst := newRepo(t, ostree.ModeBareUser)
		res, err := pull.Pull(t.Context(), dst, pull.Local(src), &pull.Options{Untrusted: untrusted})
		require.NoError(t, err)
		requireComplete(t, dst, "main", sum)
		shared := 0
		for path, info := range objectFiles(t, dst) {
			rel, err := filepath.Rel(dst.Path(), path)
			require.NoError(t, err)
			if other, err := os.Stat(filepath.Join(src.Path(), rel)); err == nil && os.SameFile(info, other) {
				shared++
			}
		}
		require.Equal(t, res.Linked, shared)
		require.Greater(t, shared, 5)
	}
}

func TestUntrustedLocalFindsCorruption(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	sum := (&commitSpec{ref: "main", files: smallTree}).write(t, src)
	object := filepath.Join(src.Path(), fileObject(t, src, sum, "usr/lib/a/deep"))
	good, err := os.ReadFile(object)
	require.NoError(t, err)
	other, err := os.ReadFile(filepath.Join(src.Path(), fileObject(t, src, sum, "usr/lib/b/other")))
	require.NoError(t, err)
	require.NotEqual(t, good, other)
	require.NoError(t, os.WriteFile(object, other, 0o644))
	dst := newRepo(t, ostree.ModeArchive)
	_, err = pull.Pull(t.Context(), dst, pull.Local(src), &pull.Options{Untrusted: true})
	var corrupt *ostree.CorruptError
	require.ErrorAs(t, err, &corrupt)
	refs, err := dst.Refs(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, refs)
}

func TestProgress(t *testing.T) {
	src, _ := history(t)
	var last pull.Progress
	calls := 0
	res, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), serve(t, src).source(), &pull.Options{Refs: []string{"main"},
		Progress: func(p pull.Progress) { last = p; calls++ }})
	require.NoError(t, err)
	require.Positive(t, calls)
	require.Equal(t, res.Content, last.ContentFetched)
	require.Equal(t, res.Metadata, last.MetadataFetched)
	require.Equal(t, res.Bytes, last.Bytes)
	require.Zero(t, last.ContentPending+last.MetadataPending)
}

func TestOpenRemote(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	list := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("# mirrors\nftp://x/y\n" + s.URL + "/nothing-here\n\n" + s.URL + "\n"))
	}))
	defer list.Close()
	for _, u := range []string{s.URL, s.URL + "/", "file://" + src.Path(), "mirrorlist=" + list.URL} {
		source, o, err := pull.OpenRemote(t.Context(), nil, ostree.Remote{Name: "origin", URL: u, ContentURL: s.URL, Branches: []string{"main"}})
		require.NoError(t, err, u)
		dst := newRepo(t, ostree.ModeBareUser)
		_, err = pull.Pull(t.Context(), dst, source, o)
		require.NoError(t, err, u)
		requireComplete(t, dst, "origin:main", sums[2])
		if c, ok := source.(interface{ Close() error }); ok {
			require.NoError(t, c.Close())
		}
	}
	for u, want := range map[string]string{
		"gopher://x": `remote "origin": url "gopher://x": want http, https or file`,
		"":           `remote "origin": url "": want http, https or file`,
	} {
		_, _, err := pull.OpenRemote(t.Context(), nil, ostree.Remote{Name: "origin", URL: u})
		require.EqualError(t, err, want)
	}
	// Demanded signatures fail closed.
	source, o, err := pull.OpenRemote(t.Context(), nil, ostree.Remote{Name: "origin", URL: s.URL, Branches: []string{"main"}, GPGVerify: true})
	require.NoError(t, err)
	_, err = pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), source, o)
	require.ErrorContains(t, err, "signature verification is demanded")
}

func TestContentURL(t *testing.T) {
	src, sums := history(t)
	meta, content := serve(t, src), serve(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, pull.NewHTTP(nil, &pull.HTTPOptions{URLs: []string{meta.URL}, ContentURLs: []string{content.URL}}), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
	require.Zero(t, meta.count(".filez"))
	require.Positive(t, content.count(".filez"))
	require.Positive(t, content.count(".dirtree"))
	require.Zero(t, content.count(".commitmeta"), "carries signatures")
}

func TestMissingRef(t *testing.T) {
	src, _ := history(t)
	s := serve(t, src)
	for _, source := range []pull.Source{s.source(), pull.Local(src)} {
		_, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), source, &pull.Options{Refs: []string{"nope"}})
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "resolve ref nope")
		_, err = pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), source, &pull.Options{Refs: []string{"../../etc"}})
		require.Error(t, err)
		require.NotErrorIs(t, err, fs.ErrNotExist)
	}
	require.Zero(t, s.count("etc"))
}

func TestNonASCIIRefIsEscaped(t *testing.T) {
	src := newRepo(t, ostree.ModeArchive)
	sum := (&commitSpec{ref: "häuser/x", files: smallTree}).write(t, src)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, serve(t, src).source(), &pull.Options{Refs: []string{"häuser/x"}})
	require.NoError(t, err)
	requireComplete(t, dst, "häuser/x", sum)
}

// TestSummaryCache: a summary that has not changed is not transferred again,
// and what is kept is verified at each use.
func TestSummaryCache(t *testing.T) {
	src, sums := history(t)
	ctx := t.Context()
	age := func() {
		require.NoError(t, src.UpdateSummary(ctx, nil))
		old := time.Now().Add(-time.Hour)
		require.NoError(t, os.Chtimes(filepath.Join(src.Path(), "summary"), old, old))
	}
	age()
	s := serve(t, src)
	codes := map[int]int{}
	files := http.FileServer(http.Dir(src.Path()))
	s.setHook(only("summary", func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		files.ServeHTTP(rec, r)
		codes[rec.Code]++
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	}))
	dst := newRepo(t, ostree.ModeBareUser)
	for range 3 {
		_, err := pull.Pull(ctx, dst, s.source(), mainRef)
		require.NoError(t, err)
	}
	require.Equal(t, map[int]int{200: 1, 304: 2}, codes)
	bad := errors.New("bad signature")
	_, err := pull.Pull(ctx, dst, s.source(), &pull.Options{Remote: "origin", Refs: []string{"main"}, Verify: &verifier{summary: bad}})
	require.ErrorIs(t, err, bad)

	// A new summary is noticed.
	next := (&commitSpec{ref: "main", files: smallTree, parent: sums[2]}).write(t, src)
	require.NoError(t, src.UpdateSummary(ctx, nil))
	_, err = pull.Pull(ctx, dst, s.source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", next)
	// This one is too young to be kept; a change within the second is seen.
	next = (&commitSpec{ref: "main", files: smallTree, parent: next}).write(t, src)
	require.NoError(t, src.UpdateSummary(ctx, nil))
	_, err = pull.Pull(ctx, dst, s.source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", next)
}
