package pull

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/ostree/sign"
)

// signedSource is a repository with one commit of main, and the keys to sign it with.
func signedSource(t *testing.T) (repo *ostree.Repo, signer sign.Signer, public string) {
	t.Helper()
	repo = ostreetest.NewRepo(t, ostree.ModeArchive)
	ostreetest.Write(t, repo, "main", map[string]string{"file": "content"})
	key := ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))
	signer, err := sign.NewSigner(sign.Ed25519, base64.StdEncoding.EncodeToString(key), nil)
	require.NoError(t, err)
	return repo, signer, base64.StdEncoding.EncodeToString(key[32:])
}

func signedRemote(src *ostree.Repo, option, public string) ostree.Remote {
	return ostree.Remote{
		Name: "origin", URL: "file://" + src.Path(), Branches: []string{"main"},
		Options: map[string]string{option: "ed25519", "verification-ed25519-key": public},
	}
}

// pullSigned pulls with the Verifier of the remote, or with the one of OpenRemote.
func pullSigned(t *testing.T, rem ostree.Remote, verify bool) (*ostree.Repo, error) {
	t.Helper()
	dst := ostreetest.NewRepo(t, ostree.ModeArchive)
	src, o, err := OpenRemote(t.Context(), nil, rem)
	require.NoError(t, err)
	defer func() { require.NoError(t, src.(*localSource).Close()) }()
	if verify {
		v, err := sign.ForRemote(t.Context(), dst, rem, nil)
		require.NoError(t, err)
		o.Verify = v
	}
	_, err = Pull(t.Context(), dst, src, o)
	return dst, err
}

func requireEmpty(t *testing.T, repo *ostree.Repo) {
	t.Helper()
	for name, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		t.Errorf("%v is visible", name)
	}
	refs, err := repo.Refs(t.Context(), &ostree.RefsOptions{Remotes: true})
	require.NoError(t, err)
	require.Empty(t, refs)
}

func TestRemotesThatDemandSignaturesAreRefusedWithoutAVerifier(t *testing.T) {
	src, signer, public := signedSource(t)
	c, err := src.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	require.NoError(t, sign.Commit(t.Context(), src, c, signer))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	require.NoError(t, sign.Summary(t.Context(), src, signer))
	for _, option := range []string{"sign-verify", "sign-verify-summary"} {
		dst, err := pullSigned(t, signedRemote(src, option, public), false)
		require.ErrorIs(t, err, errNoVerifier, option)
		requireEmpty(t, dst)
		dst, err = pullSigned(t, signedRemote(src, option, public), true)
		require.NoError(t, err, option)
		_, err = dst.ResolveRev(t.Context(), "origin:main")
		require.NoError(t, err)
	}
	rem := signedRemote(src, "sign-verify", public)
	rem.Options["sign-verify"] = ""
	_, _, err = OpenRemote(t.Context(), nil, rem)
	require.ErrorContains(t, err, "names no kind of signature")
}

func TestUnsignedCommitsOfLocalRemotesAreRefused(t *testing.T) {
	src, _, public := signedSource(t)
	dst, err := pullSigned(t, signedRemote(src, "sign-verify", public), true)
	require.ErrorIs(t, err, sign.ErrNoDetachedMetadata)
	requireEmpty(t, dst)
}

// TestRefsComeFromTheSignedSummary: the refs on disk of a local remote are not signed, the summary is.
func TestRefsComeFromTheSignedSummary(t *testing.T) {
	src, signer, public := signedSource(t)
	rem := signedRemote(src, "sign-verify-summary", public)
	dst, err := pullSigned(t, rem, true)
	require.Error(t, err, "no summary")
	requireEmpty(t, dst)

	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	dst, err = pullSigned(t, rem, true)
	require.ErrorIs(t, err, sign.ErrNoSummarySignature)
	requireEmpty(t, dst)

	require.NoError(t, sign.Summary(t.Context(), src, signer))
	signed, err := src.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	ostreetest.Write(t, src, "main", map[string]string{"file": "evil"})
	dst, err = pullSigned(t, rem, true)
	require.NoError(t, err)
	got, err := dst.ResolveRev(t.Context(), "origin:main")
	require.NoError(t, err)
	require.Equal(t, signed, got)

	summary := filepath.Join(src.Path(), "summary")
	data, err := os.ReadFile(summary)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(summary, data, 0o644))
	dst, err = pullSigned(t, rem, true)
	require.ErrorContains(t, err, "ed25519: Signature couldn't be verified with: key '")
	requireEmpty(t, dst)
}
