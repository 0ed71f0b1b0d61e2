package interop

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// deltaCases are deltas that we make.
func deltaCases(w *deltaWorld, name delta.Name) map[string]struct {
	name delta.Name
	o    delta.GenerateOptions
} {
	scratch := delta.Name{To: name.To}
	type c = struct {
		name delta.Name
		o    delta.GenerateOptions
	}
	return map[string]c{
		"parts":          {name, delta.GenerateOptions{MinFallbackSize: -1}},
		"small parts":    {name, delta.GenerateOptions{MinFallbackSize: -1, MaxPartSize: 50_000}},
		"inline":         {name, delta.GenerateOptions{MinFallbackSize: -1, Inline: true}},
		"chunks":         {name, delta.GenerateOptions{MinFallbackSize: -1, MaxPatchSize: -1}},
		"swapped":        {name, delta.GenerateOptions{MinFallbackSize: -1, BigEndian: true}},
		"swapped inline": {name, delta.GenerateOptions{MinFallbackSize: -1, BigEndian: true, Inline: true}},
		"scratch":        {scratch, delta.GenerateOptions{MinFallbackSize: -1}},
		"scratch inline": {scratch, delta.GenerateOptions{MinFallbackSize: -1, Inline: true}},
	}
}

// TestDeltaGenerateForTheirs: the real command shows and applies what we make,
// and xz accepts the parts.
func TestDeltaGenerateForTheirs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	testenv.NeedTool(t, "xz", "sh")
	repo := openRepo(t, w.repo)
	for name, tc := range deltaCases(w, w.name(t)) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tc.o.Output = filepath.Join(dir, "superblock")
			stats, err := delta.Generate(t.Context(), repo, tc.name, &tc.o)
			require.NoError(t, err)
			require.Equal(t, 1, stats.Symlinks)
			for i := range stats.Parts {
				if !tc.o.Inline {
					testenv.Run(t, dir, "sh", "-c", "tail -c +2 "+strconv.Itoa(i)+" | xz -t")
				}
			}
			var have []string
			if !tc.name.From.IsZero() {
				have = []string{w.from}
				require.Positive(t, stats.Patched+stats.Chunked)
			}
			for _, mode := range []string{"bare", "bare-user"} {
				clone := w.clone(t, mode, have...)
				testenv.Run(t, "", "ostree", "static-delta", "apply-offline", "--repo="+clone, tc.o.Output)
				requireCommit(t, clone, w.to)
			}
			// So do we, also where files are stored compressed.
			clone := w.clone(t, "archive", have...)
			d, err := delta.OpenPath(tc.o.Output)
			require.NoError(t, err)
			_, err = d.Apply(t.Context(), openRepo(t, clone), nil)
			require.NoError(t, err)
			requireCommit(t, clone, w.to)
		})
	}
}

// TestDeltaShowOurs: the real command reads deltas and indexes in a repository.
func TestDeltaShowOurs(t *testing.T) {
	w := newDeltaWorld(t)
	repo := openRepo(t, w.repo)
	name := w.name(t)
	stats, err := delta.Generate(t.Context(), repo, name, nil)
	require.NoError(t, err)
	require.Equal(t, 1, stats.Fallbacks)
	require.NoError(t, delta.Reindex(t.Context(), repo))
	require.Equal(t, name.String()+"\n", testenv.Run(t, "", "ostree", "static-delta", "list", "--repo="+w.repo))
	require.Equal(t, w.to+"\n", testenv.Run(t, "", "ostree", "static-delta", "indexes", "--repo="+w.repo))
	ours, err := os.ReadFile(filepath.Join(w.repo, delta.IndexPath(name.To)))
	require.NoError(t, err)
	testenv.Run(t, "", "ostree", "static-delta", "reindex", "--repo="+w.repo)
	theirs, err := os.ReadFile(filepath.Join(w.repo, delta.IndexPath(name.To)))
	require.NoError(t, err)
	require.Equal(t, theirs, ours)

	d, err := delta.Open(repo, name)
	require.NoError(t, err)
	shown := testenv.Run(t, "", "ostree", "static-delta", "show", "--repo="+w.repo, name.String())
	require.Contains(t, shown, "From: "+w.from+"\nTo: "+w.to+"\nEndianness: little\n")
	require.Contains(t, shown, "Number of fallback entries: 1\n")
	for i := range d.Superblock.Parts {
		p, err := d.Inspect(t.Context(), repo, i)
		require.NoError(t, err)
		require.Contains(t, shown, "PartPayloadOps"+strconv.Itoa(i)+": openspliceclose="+strconv.Itoa(p.Splice)+
			" open="+strconv.Itoa(p.Open)+" write="+strconv.Itoa(p.Write)+" setread="+strconv.Itoa(p.SetSource)+
			" unsetread="+strconv.Itoa(p.UnsetSource)+" close="+strconv.Itoa(p.Close)+" bspatch="+strconv.Itoa(p.Patch)+"\n")
	}
	require.NoError(t, delta.Delete(t.Context(), repo, name))
	require.Equal(t, "(No static deltas)\n", testenv.Run(t, "", "ostree", "static-delta", "list", "--repo="+w.repo))
	require.Equal(t, "(No static deltas indexes)\n", testenv.Run(t, "", "ostree", "static-delta", "indexes", "--repo="+w.repo))
}

// TestDeltaPullByTheirs: the real command pulls with our deltas over HTTP.
func TestDeltaPullByTheirs(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	repo := openRepo(t, w.repo)
	for _, fallbacks := range []bool{false, true} {
		for _, inline := range []bool{false, true} {
			o := &delta.GenerateOptions{Inline: inline, MinFallbackSize: -1}
			if fallbacks {
				o.MinFallbackSize = 0
			}
			_, err := delta.Generate(t.Context(), repo, w.name(t), o)
			require.NoError(t, err)
			require.NoError(t, delta.Reindex(t.Context(), repo))
			require.NoError(t, repo.UpdateSummary(t.Context(), nil))
			s := serveLogged(t, w.repo)
			clone := w.clone(t, "bare-user", w.from)
			testenv.Run(t, "", "ostree", "remote", "add", "--repo="+clone, "--no-gpg-verify", "origin", s.URL)
			testenv.Run(t, "", "ostree", "pull", "--repo="+clone, "--require-static-deltas", "origin", "x")
			requireCommit(t, clone, w.to)
			require.Positive(t, s.count("/superblock"))
		}
	}
}

// TestDeltaPullTheirs: we pull with deltas of the real command, in few requests.
func TestDeltaPullTheirs(t *testing.T) {
	t.Parallel()
	w := newDeltaWorld(t)
	testenv.Run(t, "", "ostree", "static-delta", "generate", "--repo="+w.repo, "--from="+w.from, "--to="+w.to)
	testenv.Run(t, "", "ostree", "static-delta", "generate", "--repo="+w.repo, "--empty", "--to="+w.to, "--inline")
	for _, tc := range []struct {
		name     string
		have     []string
		summary  bool
		requests int
		parts    int
	}{
		// config, summary, summary.sig, commit, commitmeta, index, superblock, part, fallback
		{"from the old commit", []string{w.from}, true, 9, 1},
		// The real command puts the commit's new fallback aside in both.
		{"from scratch, inline", nil, true, 8, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			testenv.Run(t, "", "ostree", "summary", "-u", "--repo="+w.repo)
			s := serveLogged(t, w.repo)
			clone := w.clone(t, "bare-user", tc.have...)
			res, err := pull.Pull(t.Context(), openRepo(t, clone), pull.HTTP(http.DefaultClient, s.URL),
				&pull.Options{Remote: "origin", Refs: []string{"x"}, RequireDeltas: true})
			require.NoError(t, err)
			require.Equal(t, 1, res.Deltas)
			requireCommit(t, clone, w.to)
			require.Equal(t, 1, s.count(".filez"), "only the fallback")
			require.Equal(t, 0, s.count(".dirtree"))
			require.Equal(t, tc.parts, s.count("/0"))
			require.LessOrEqual(t, len(s.paths), tc.requests)
		})
	}
}

// TestDeltaPullFallsBack: without a usable delta objects are fetched one by one,
// unless deltas are required.
func TestDeltaPullFallsBack(t *testing.T) {
	t.Parallel()
	w := newDeltaWorld(t)
	name := w.name(t)
	repo := openRepo(t, w.repo)
	try := func(o pull.Options) (*loggingServer, *pull.Result, error) {
		s := serveLogged(t, w.repo)
		clone := w.clone(t, "bare-user", w.from)
		o.Remote, o.Refs = "origin", []string{"x"}
		res, err := pull.Pull(t.Context(), openRepo(t, clone), pull.HTTP(http.DefaultClient, s.URL), &o)
		if err == nil {
			requireCommit(t, clone, w.to)
		}
		return s, res, err
	}
	var none *pull.NoDeltaError
	_, _, err := try(pull.Options{RequireDeltas: true})
	require.ErrorAs(t, err, &none)
	require.ErrorContains(t, err, "Static deltas required, but none found for ")

	_, err = delta.Generate(t.Context(), repo, name, nil)
	require.NoError(t, err)
	require.NoError(t, delta.Reindex(t.Context(), repo))
	_, res, err := try(pull.Options{})
	require.NoError(t, err)
	require.Equal(t, 1, res.Deltas)
	s, res, err := try(pull.Options{DisableDeltas: true})
	require.NoError(t, err)
	require.Equal(t, 0, res.Deltas)
	require.Equal(t, 0, s.count("/superblock")+s.count(".index"))

	part := filepath.Join(w.repo, name.Dir(), "0")
	data, err := os.ReadFile(part)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(part, data, 0o644))
	_, _, err = try(pull.Options{})
	require.ErrorContains(t, err, "part 0")
	require.NoError(t, os.Remove(part))
	_, res, err = try(pull.Options{})
	require.NoError(t, err)
	require.Equal(t, 0, res.Deltas)
	_, _, err = try(pull.Options{RequireDeltas: true})
	require.ErrorAs(t, err, &none)

	// A superblock that the index does not mean is not used.
	_, err = delta.Generate(t.Context(), repo, name, &delta.GenerateOptions{BigEndian: true})
	require.NoError(t, err)
	_, res, err = try(pull.Options{})
	require.NoError(t, err)
	require.Equal(t, 0, res.Deltas)
}
