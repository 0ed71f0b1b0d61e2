package sign

import (
	"encoding/hex"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/ostreetest"
)

// noSystem has no keys of the system.
func noSystem(t *testing.T) *Options {
	return &Options{GPGHome: filepath.Join(t.TempDir(), "none"), KeyDirs: []string{}, EnableDummy: true}
}

func remote(kv ...string) ostree.Remote {
	r := ostree.Remote{Name: "origin", Options: map[string]string{}}
	for i := 0; i < len(kv); i += 2 {
		r.Options[kv[i]] = kv[i+1]
		switch kv[i] {
		case "gpg-verify":
			r.GPGVerify = kv[i+1] == "true"
		case "gpg-verify-summary":
			r.GPGVerifySummary = kv[i+1] == "true"
		}
	}
	return r
}

func sigDict(t *testing.T, k Kind, sigs ...[]byte) *gvariant.Dict {
	t.Helper()
	d, err := withSignatures(gvariant.NewDict(), k, sigs)
	require.NoError(t, err)
	return d
}

func sign(t *testing.T, k Kind, secret, data string) []byte {
	t.Helper()
	s, err := NewSigner(k, secret, &Options{EnableDummy: true})
	require.NoError(t, err)
	sig, err := s.Sign(t.Context(), []byte(data))
	require.NoError(t, err)
	return sig
}

func TestForRemoteSignVerify(t *testing.T) {
	secret, public := testKey('a')
	_, other := testKey('b')
	good := sigDict(t, Ed25519, sign(t, Ed25519, secret, "commit"))
	dummy := sigDict(t, Dummy, []byte("key"))
	wrongType := gvariant.NewDict()
	wrongType.Set("ostree.sign.ed25519", gvariant.NewString("x"))
	keyFile := write(t, filepath.Join(t.TempDir(), "keys"), other+"\n"+public+"\n")
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	for _, c := range []struct {
		name   string
		remote ostree.Remote
		d      *gvariant.Dict
		want   string // "" accepts
	}{
		{"nothing demanded", remote(), nil, ""},
		{"false", remote("sign-verify", "false"), nil, ""},
		{"key", remote("sign-verify", "true", "verification-ed25519-key", public), good, ""},
		{"file", remote("sign-verify", "ed25519", "verification-ed25519-file", keyFile), good, ""},
		{"key and file", remote("sign-verify", "ed25519;", "verification-ed25519-file", keyFile, "verification-ed25519-key", other), good, ""},
		{"one of two", remote("sign-verify", "dummy,ed25519,", "verification-dummy-key", "key", "verification-ed25519-key", public), good, ""},
		{"the other of two", remote("sign-verify", "dummy;ed25519", "verification-dummy-key", "key", "verification-ed25519-key", public), dummy, ""},
		{"wrong key", remote("sign-verify", "true", "verification-ed25519-key", other), good, "ed25519: Signature couldn't be verified with: key '"},
		{"other kind", remote("sign-verify", "true", "verification-ed25519-key", public), dummy, "ed25519: commit have no signatures of my type"},
		{"no metadata", remote("sign-verify", "true", "verification-ed25519-key", public), nil, "Can't verify commit without detached metadata"},
		{"no keys at all", remote("sign-verify", "true"), good, "No signatures found"},
		{"wrong type", remote("sign-verify", "true", "verification-ed25519-key", public), wrongType, "ostree.sign.ed25519 has type s, want aay"},
		{"summary only", remote("sign-verify-summary", "true", "verification-ed25519-key", public), nil, ""},
	} {
		v, err := ForRemote(t.Context(), repo, c.remote, noSystem(t))
		require.NoError(t, err, c.name)
		err = v.VerifyCommit(t.Context(), []byte("commit"), c.d)
		if c.want == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.ErrorContains(t, err, c.want, c.name)
	}
}

func TestForRemoteRefusesBadConfiguration(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	for _, c := range []struct {
		remote ostree.Remote
		want   string
	}{
		{remote("sign-verify", "dummy"), "No keys found for required signapi type dummy"},
		{remote("sign-verify", "nosuchsystem"), "Requested signature type is not implemented"},
		{remote("sign-verify", ""), "names no kind of signature"},
		{remote("sign-verify", " ; "), "names no kind of signature"},
		{remote("sign-verify", ";ed25519"), "names no kind of signature"},
		{remote("sign-verify", "dummy,ed25519;spki"), "key value list contains more than one separator"},
		{remote("gpg-verify", "true", "gpgkeypath", "/a,/b;/c"), "key value list contains more than one separator"},
		{remote("gpg-verify", "true", "gpgkeypath", ",/a"), "opendir(): no such file or directory"},
		{remote("sign-verify", "true", "verification-ed25519-key", "AAAA"), "ed25519: public key has 3 bytes, want 32"},
		{remote("sign-verify", "true", "verification-spki-file", "/nonexistent/key"), "/nonexistent/key"},
		{remote("gpg-verify", "true", "gpgkeypath", "/nonexistent/key"), "/nonexistent/key"},
	} {
		_, err := ForRemote(t.Context(), repo, c.remote, noSystem(t))
		require.ErrorContains(t, err, c.want)
	}
	_, err := ForRemote(t.Context(), repo, remote("sign-verify", "dummy", "verification-dummy-key", "x"), &Options{})
	require.ErrorIs(t, err, ErrDummy)
	r := remote("gpg-verify", "true")
	r.Name = "../../etc/evil"
	_, err = ForRemote(t.Context(), repo, r, noSystem(t))
	require.Error(t, err)
}

func TestDemanded(t *testing.T) {
	for _, c := range []struct {
		remote           ostree.Remote
		commits, summary bool
	}{
		{remote(), false, false},
		{remote("gpg-verify", "true"), true, false},
		{remote("gpg-verify-summary", "true"), false, true},
		{remote("sign-verify", "true"), true, false},
		{remote("sign-verify", "0", "sign-verify-summary", "ed25519"), false, true},
		{remote("sign-verify", "nosuchsystem"), true, false},
	} {
		commits, summary, err := Demanded(c.remote)
		require.NoError(t, err)
		require.Equal(t, [2]bool{c.commits, c.summary}, [2]bool{commits, summary}, "%v", c.remote.Options)
	}
	commits, _, err := Demanded(remote("sign-verify", ""))
	require.Error(t, err)
	require.True(t, commits)
}

func TestVerifySummary(t *testing.T) {
	secret, public := testKey('a')
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	v, err := ForRemote(t.Context(), repo, remote("sign-verify-summary", "true", "verification-ed25519-key", public), noSystem(t))
	require.NoError(t, err)
	good := sigDict(t, Ed25519, sign(t, Ed25519, secret, "summary")).Value().Bytes()
	require.NoError(t, v.VerifySummary(t.Context(), []byte("summary"), good))
	require.ErrorContains(t, v.VerifySummary(t.Context(), []byte("Summary"), good), "couldn't be verified")
	require.ErrorIs(t, v.VerifySummary(t.Context(), []byte("summary"), nil), ErrNoSummarySignature)
	require.ErrorContains(t, v.VerifySummary(t.Context(), []byte("summary"), []byte("invalid\n")), "No signatures found: summary.sig")
	require.ErrorContains(t, v.VerifySummary(t.Context(), []byte("summary"), []byte{}), "no signatures")

	gpg, err := ForRemote(t.Context(), repo, remote("gpg-verify-summary", "true"), noSystem(t))
	require.NoError(t, err)
	require.ErrorIs(t, gpg.VerifySummary(t.Context(), []byte("summary"), nil), ErrNoGPGSummary)
	require.ErrorIs(t, gpg.VerifySummary(t.Context(), []byte("summary"), good), errNoGPGSummarySignatures)
}

func TestHugeArraysAreRefused(t *testing.T) {
	many := make([]gvariant.Value, maxSignatures+1)
	for i := range many {
		many[i] = gvariant.NewBytes(make([]byte, 64))
	}
	for _, items := range [][]gvariant.Value{many, {gvariant.NewBytes(make([]byte, maxSignatureSize+1))}} {
		v, err := gvariant.NewArray("ay", items...)
		require.NoError(t, err)
		for _, k := range []Kind{GPG, Ed25519, SPKI, Dummy} {
			d := gvariant.NewDict()
			d.Set(k.MetadataKey(), v)
			_, err = Signatures(d, k)
			require.ErrorContains(t, err, "more than")
		}
	}
}

func TestForRemoteGPGKeyrings(t *testing.T) {
	alice, bob := newEntity(t, "Alice", at(epoch)), newEntity(t, "Bob", at(epoch))
	byAlice := sigDict(t, GPG, detached(t, alice, "commit", at(epoch.Add(day))))
	byBoth := sigDict(t, GPG, detached(t, alice, "commit", at(epoch.Add(day))), detached(t, bob, "commit", at(epoch.Add(day))))
	both := remote("gpg-verify", "true", "sign-verify", "dummy", "verification-dummy-key", "x")
	dir := t.TempDir()
	o := &Options{GPGHome: filepath.Join(dir, "global"), KeyDirs: []string{}, EnableDummy: true, Now: func() time.Time { return epoch.Add(2 * day) }}
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	verify := func(rem ostree.Remote, d *gvariant.Dict) error {
		v, err := ForRemote(t.Context(), repo, rem, o)
		require.NoError(t, err)
		return v.VerifyCommit(t.Context(), []byte("commit"), d)
	}
	rem := remote("gpg-verify", "true")
	require.ErrorIs(t, verify(rem, nil), ErrNoGPGSignatures)
	require.ErrorIs(t, verify(rem, gvariant.NewDict()), ErrNoGPGSignatures)
	require.ErrorContains(t, verify(rem, byAlice), "Can't check signature: public key not found")

	write(t, filepath.Join(dir, "global/alice.gpg"), string(publicKeyOf(t, alice)))
	write(t, filepath.Join(dir, "global/README"), "not a key")
	require.NoError(t, verify(rem, byAlice))
	require.NoError(t, verify(rem, byBoth), "one good signature is enough")
	require.ErrorContains(t, verify(both, byAlice), "dummy: commit have no signatures")

	// A keyring of its own replaces the system's; gpgkeypath adds to it.
	n, err := ImportKeys(t.Context(), repo, "origin", publicKeyOf(t, bob))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.ErrorContains(t, verify(rem, byAlice), "public key not found")
	require.NoError(t, verify(rem, byBoth))
	require.NoError(t, verify(remote("gpg-verify", "true", "gpgkeypath", filepath.Join(dir, "global/alice.gpg")), byAlice))

	n, err = ImportKeys(t.Context(), repo, "origin", publicKeyOf(t, bob), publicKeyOf(t, alice))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoError(t, verify(rem, byAlice))
	_, err = ImportKeys(t.Context(), repo, "../origin", publicKeyOf(t, bob))
	require.Error(t, err)
}

func TestCommitAndDelete(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	c := ostreetest.Write(t, repo, "main", map[string]string{"file": "x"})
	data, err := repo.LoadMetadata(t.Context(), ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	require.NoError(t, err)
	secret, public := testKey('a')
	ed, err := NewSigner(Ed25519, secret, nil)
	require.NoError(t, err)
	require.NoError(t, Commit(t.Context(), repo, c, ed))
	require.NoError(t, Commit(t.Context(), repo, c, ed), "the same signature again changes nothing")
	d, err := repo.DetachedMetadata(t.Context(), c)
	require.NoError(t, err)
	sigs, err := Signatures(d, Ed25519)
	require.NoError(t, err)
	require.Len(t, sigs, 1)
	keys := NewKeySet(Ed25519)
	require.NoError(t, keys.Add(public))
	_, err = keys.Verify(data, sigs)
	require.NoError(t, err)

	alice := newEntity(t, "Alice", at(epoch))
	gpg := funcSigner{GPG, func(data []byte) ([]byte, error) { return detached(t, alice, string(data), at(epoch)), nil }}
	require.NoError(t, Commit(t.Context(), repo, c, gpg))
	require.ErrorIs(t, Commit(t.Context(), repo, c, gpg), ErrAlreadySigned)

	id := hex.EncodeToString(alice.PrimaryKey.Fingerprint)
	n, err := DeleteGPG(t.Context(), repo, c, []string{"0123456789ABCDEF", "", "0x" + id[:8]}, nil)
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = DeleteGPG(t.Context(), repo, c, []string{id[24:]}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	d, err = repo.DetachedMetadata(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, []string{"ostree.sign.ed25519"}, d.Keys(), "other signatures stay")

	require.ErrorIs(t, Commit(t.Context(), repo, ostree.Checksum{1}, ed), fs.ErrNotExist)
}

func TestSummary(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	secret, public := testKey('a')
	signer, err := NewSigner(Ed25519, secret, nil)
	require.NoError(t, err)
	require.ErrorIs(t, Summary(t.Context(), repo, signer), fs.ErrNotExist)
	ostreetest.Write(t, repo, "main", map[string]string{"file": "x"})
	require.NoError(t, repo.UpdateSummary(t.Context(), nil))
	require.NoError(t, Summary(t.Context(), repo, signer))
	summary, err := readKeyFile(filepath.Join(repo.Path(), "summary"))
	require.NoError(t, err)
	sig, err := readKeyFile(filepath.Join(repo.Path(), "summary.sig"))
	require.NoError(t, err)
	v, err := ForRemote(t.Context(), repo, remote("sign-verify-summary", "ed25519", "verification-ed25519-key", public), noSystem(t))
	require.NoError(t, err)
	require.NoError(t, v.VerifySummary(t.Context(), summary, sig))
}

func TestKeyPathsMayHaveOtherFiles(t *testing.T) {
	alice := newEntity(t, "Alice", at(epoch))
	dir := t.TempDir()
	write(t, filepath.Join(dir, "RPM-GPG-KEY-alice"), string(publicKeyOf(t, alice)))
	write(t, filepath.Join(dir, "README"), "These are keys.")
	write(t, filepath.Join(dir, "trustdb.gpg"), "\x01gpg")
	write(t, filepath.Join(dir, "sub/file"), "x")
	k := &Keyring{}
	require.NoError(t, k.AddPath(dir))
	require.Equal(t, 1, k.Len())
	require.Error(t, k.AddPath(filepath.Join(dir, "README")), "a file that is named must have keys")

	keyrings := t.TempDir()
	write(t, filepath.Join(keyrings, "broken.gpg"), "x")
	require.Error(t, k.AddDir(keyrings))
}

func TestVerifyStored(t *testing.T) {
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	c := ostreetest.Write(t, repo, "main", map[string]string{"a": "x"})
	v, err := ForRemote(t.Context(), repo, remote("sign-verify", "dummy", "verification-dummy-key", "key"), &Options{EnableDummy: true})
	require.NoError(t, err)
	_, err = v.VerifyStored(t.Context(), repo, c)
	require.ErrorIs(t, err, ErrNoDetachedMetadata)
	for _, key := range []string{"other", "key"} {
		s, err := NewSigner(Dummy, key, &Options{EnableDummy: true})
		require.NoError(t, err)
		require.NoError(t, Commit(t.Context(), repo, c, s))
		lines, err := v.VerifyStored(t.Context(), repo, c)
		if key == "other" {
			require.ErrorContains(t, err, "dummy")
			continue
		}
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Contains(t, lines[0], "verified")
	}
	_, err = v.VerifyStored(t.Context(), repo, ostree.Checksum{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}
