package ostree_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

// boundCommit writes a commit that says which ref of which collection it belongs to.
func boundCommit(t *testing.T, repo *ostree.Repo, base ostree.Checksum, ref, collection string) ostree.Checksum {
	t.Helper()
	root := rootOf(t, repo, base)
	tx, err := repo.Begin(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Abort()
	d := gvariant.NewDict()
	d.Set(ostree.KeyRefBinding, gvariant.NewStrings([]string{ref}))
	d.Set(ostree.KeyCollectionBinding, gvariant.NewString(collection))
	c, err := tx.WriteCommit(t.Context(), &ostree.Commit{Metadata: d, RootTree: root.Tree, RootMeta: root.Meta})
	require.NoError(t, err)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	return c
}

func TestFsckOfCollections(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	base := ostreetest.Write(t, repo, "base", map[string]string{"a": "a"})
	c := boundCommit(t, repo, base, "main", "org.example.Other")
	fsck := func() []ostree.FsckProblem {
		report, err := repo.Fsck(t.Context(), &ostree.FsckOptions{VerifyBindings: true, VerifyBackRefs: true})
		require.NoError(t, err)
		return report.Problems
	}
	problems := fsck()
	require.Len(t, problems, 1)
	require.Equal(t, "org.example.Other", problems[0].Collection)
	require.ErrorContains(t, problems[0].Err, "collection–ref (org.example.Other, main) in bindings for commit "+c.String()+" does not exist")

	require.NoError(t, repo.SetCollectionRef(t.Context(), "org.example.Other", "main", c))
	require.Empty(t, fsck())

	require.NoError(t, repo.SetCollectionRef(t.Context(), "org.example.Third", "main", c))
	problems = fsck()
	require.Len(t, problems, 1)
	require.Equal(t, "org.example.Third", problems[0].Collection)
	require.ErrorContains(t, problems[0].Err, "commit has collection ID ‘org.example.Other’ in collection binding metadata")
}

// TestFsckDoesNotFollowBindings looks only at names that can be refs.
func TestFsckDoesNotFollowBindings(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	base := ostreetest.Write(t, repo, "base", map[string]string{"a": "a"})
	boundCommit(t, repo, base, "../../config", "../../../etc")
	report, err := repo.Fsck(t.Context(), &ostree.FsckOptions{VerifyBackRefs: true})
	require.NoError(t, err)
	require.Len(t, report.Problems, 1)
	require.ErrorContains(t, report.Problems[0].Err, "collection")
}

func TestSummaryListsRefsOfRemotesWithACollection(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	c := ostreetest.Write(t, repo, "main", map[string]string{"a": "a"})
	for name, collection := range map[string]string{"with": "org.example.With", "without": ""} {
		rem := ostree.Remote{Name: name, URL: "https://example.com", CollectionID: collection}
		require.NoError(t, repo.AddRemote(t.Context(), rem, nil))
		require.NoError(t, repo.SetRef(t.Context(), name+":ref", c))
	}
	require.NoError(t, repo.SetCollectionRef(t.Context(), "org.example.With", "mirrored", c))
	require.NoError(t, repo.UpdateSummary(t.Context(), nil))
	data, err := os.ReadFile(filepath.Join(repo.Path(), "summary"))
	require.NoError(t, err)
	s, err := ostree.ParseSummary(data)
	require.NoError(t, err)
	require.Len(t, s.Refs, 1)
	require.Len(t, s.Collections, 1)
	var names []string
	for _, r := range s.Collections["org.example.With"] {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"mirrored", "ref"}, names)
}
