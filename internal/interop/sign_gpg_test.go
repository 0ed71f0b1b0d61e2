package interop

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

// gnupg is a home directory of GnuPG that is gone when the test ends.
type gnupg struct {
	t    *testing.T
	home string
}

func newGnuPG(t *testing.T) *gnupg {
	t.Helper()
	testenv.NeedTool(t, "ostree", "gpg", "gpgconf")
	// Not t.TempDir: the socket of the agent must have a short name.
	home, err := os.MkdirTemp("", "gnupg")
	require.NoError(t, err)
	t.Cleanup(func() {
		// The agent of this home ends by itself when its socket goes.
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "gpg-agent").Run()
		require.NoError(t, os.RemoveAll(home))
	})
	return &gnupg{t, home}
}

func (g *gnupg) run(args ...string) string {
	g.t.Helper()
	return testenv.Run(g.t, "/", append([]string{"gpg", "--homedir", g.home, "--batch", "--quiet", "--yes", "--pinentry-mode=loopback", "--passphrase", ""}, args...)...)
}

// key makes a key and returns its fingerprint.
func (g *gnupg) key(user, algorithm string) string {
	g.t.Helper()
	g.run("--quick-gen-key", user, algorithm, "sign", "never")
	for line := range strings.Lines(g.run("--with-colons", "--list-keys", user)) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			return f[9]
		}
	}
	g.t.Fatal("no fingerprint")
	return ""
}

// export writes public keys to a file.
func (g *gnupg) export(keys ...string) string {
	g.t.Helper()
	path := filepath.Join(g.t.TempDir(), "keys.gpg")
	g.run(append([]string{"--output", path, "--export"}, keys...)...)
	return path
}

// realRun runs the real command; the system's keyrings are those of trusted.
func realRun(t *testing.T, trusted string, args ...string) (output string, err error) {
	t.Helper()
	cmd := exec.Command("ostree", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "OSTREE_GPG_HOME="+trusted)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// verifiedPull pulls main with our package into a new repository, of a remote with the keys of a file.
func verifiedPull(t *testing.T, rem ostree.Remote, keys string) (*ostree.Repo, error) {
	t.Helper()
	ctx := t.Context()
	dst := initRepo(t, "archive")
	rem.Name, rem.Branches = "origin", []string{"main"}
	if keys != "" {
		data, err := os.ReadFile(keys)
		require.NoError(t, err)
		_, err = sign.ImportKeys(ctx, dst, rem.Name, data)
		require.NoError(t, err)
	}
	v, err := sign.ForRemote(ctx, dst, rem, &sign.Options{GPGHome: filepath.Join(t.TempDir(), "none"), KeyDirs: []string{}})
	require.NoError(t, err)
	src, o, err := pull.OpenRemote(ctx, http.DefaultClient, rem)
	require.NoError(t, err)
	o.Verify = v
	_, err = pull.Pull(ctx, dst, src, o)
	return dst, err
}

// requireNothing: of what was refused nothing may be visible.
func requireNothing(t *testing.T, repo *ostree.Repo) {
	t.Helper()
	refs, err := repo.Refs(t.Context(), &ostree.RefsOptions{Remotes: true, Mirrors: true})
	require.NoError(t, err)
	require.Empty(t, refs)
	for name, err := range repo.Objects(t.Context()) {
		require.NoError(t, err)
		t.Errorf("%v is in the repository", name)
	}
}

var gpgAlgorithms = []string{"rsa2048", "ed25519", "nistp256", "dsa2048"}

func TestGPGRealSignsWeVerify(t *testing.T) {
	t.Parallel()
	g := newGnuPG(t)
	other := g.key("Other <other@example.com>", "ed25519")
	for _, algorithm := range gpgAlgorithms {
		t.Run(algorithm, func(t *testing.T) {
			key := g.key(algorithm+" <"+algorithm+"@example.com>", algorithm)
			repo := smallRepo(t, "--gpg-sign="+key, "--gpg-homedir="+g.home)
			for _, url := range []string{"file://" + repo, serve(t, repo)} {
				rem := ostree.Remote{URL: url, GPGVerify: true}
				dst, err := verifiedPull(t, rem, g.export(key))
				require.NoError(t, err)
				require.Equal(t, testenv.Run(t, "/", "ostree", "--repo="+repo, "rev-parse", "main"), testenv.Run(t, "/", "ostree", "--repo="+dst.Path(), "rev-parse", "origin:main"))
				testenv.Run(t, "/", "ostree", "--repo="+dst.Path(), "fsck", "-q")

				dst, err = verifiedPull(t, rem, g.export(other))
				require.ErrorContains(t, err, "using ")
				require.ErrorContains(t, err, "key ID "+key[24:]+"\nCan't check signature: public key not found")
				requireNothing(t, dst)
				dst, err = verifiedPull(t, rem, "")
				require.ErrorContains(t, err, "public key not found")
				requireNothing(t, dst)
			}
		})
	}
}

func TestGPGWeSignRealVerifies(t *testing.T) {
	t.Parallel()
	g := newGnuPG(t)
	other := g.key("Other <other@example.com>", "ed25519")
	for _, algorithm := range gpgAlgorithms {
		t.Run(algorithm, func(t *testing.T) {
			key := g.key(algorithm+" <"+algorithm+"@example.com>", algorithm)
			signers := map[string]sign.Signer{"gpg": &sign.GPGProgram{Key: key, HomeDir: g.home}}
			if algorithm != "dsa2048" { // the library verifies these but does not sign with them
				secret := g.run("--export-secret-keys", "--armor", key)
				s, err := sign.NewGPGSigner([]byte(secret), nil)
				require.NoError(t, err)
				signers["library"] = s
			}
			for name, signer := range signers {
				t.Run(name, func(t *testing.T) {
					path := smallRepo(t)
					repo := openRepo(t, path)
					commit, err := repo.ResolveRev(t.Context(), "main")
					require.NoError(t, err)
					require.NoError(t, sign.Commit(t.Context(), repo, commit, signer))
					require.NoError(t, repo.UpdateSummary(t.Context(), nil))
					require.NoError(t, sign.Summary(t.Context(), repo, signer))
					url := serve(t, path)
					for _, c := range []struct{ keys, want string }{{g.export(key), ""}, {g.export(other), "public key not found"}} {
						client := filepath.Join(t.TempDir(), "client")
						testenv.Run(t, "/", "ostree", "--repo="+client, "init", "--mode=archive")
						testenv.Run(t, "/", "ostree", "--repo="+client, "remote", "add", "o", url, "main", "--set=gpg-verify-summary=true", "--gpg-import="+c.keys)
						out, err := realRun(t, t.TempDir(), "--repo="+client, "pull", "o")
						if c.want == "" {
							require.NoError(t, err, out)
							continue
						}
						require.Error(t, err)
						require.Contains(t, out, c.want)
					}
				})
			}
		})
	}
}

// TestGPGDescriptionsAreTheRealOnes compares what is said about signatures in all states.
func TestGPGDescriptionsAreTheRealOnes(t *testing.T) {
	t.Setenv("TZ", "UTC")
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	g := newGnuPG(t)
	key := g.key("Alice <alice@example.com>", "ed25519")
	g.run("--quick-add-key", key, "rsa2048", "sign", "never")
	var subkey string
	for line := range strings.Lines(g.run("--with-colons", "--list-keys", key)) {
		if f := strings.Split(line, ":"); f[0] == "fpr" {
			subkey = f[9]
		}
	}
	repo := smallRepo(t, "--gpg-sign="+key+"!", "--gpg-homedir="+g.home)
	testenv.Run(t, "/", "ostree", "--repo="+repo, "gpg-sign", "main", subkey+"!", "--gpg-homedir="+g.home)
	r := openRepo(t, repo)
	commit, err := r.ResolveRev(t.Context(), "main")
	require.NoError(t, err)
	data, err := r.LoadMetadata(t.Context(), ostree.ObjectName{Checksum: commit, Type: ostree.TypeCommit})
	require.NoError(t, err)
	signed, err := r.DetachedMetadata(t.Context(), commit)
	require.NoError(t, err)
	compare := func(trusted string) string {
		t.Helper()
		k, err := sign.GlobalKeyring(&sign.Options{GPGHome: trusted})
		require.NoError(t, err)
		d, err := r.DetachedMetadata(t.Context(), commit)
		require.NoError(t, err)
		sigs, err := sign.Signatures(d, sign.GPG)
		require.NoError(t, err)
		var ours []string
		for _, result := range k.Verify(data, sigs, nil) {
			ours = append(ours, "\n  "+strings.Join(result.Describe(), "\n  "))
		}
		out, err := realRun(t, trusted, "--repo="+repo, "show", "main")
		require.NoError(t, err, out)
		_, theirs, ok := strings.Cut(out, "signatures:\n")
		if !ok {
			_, theirs, ok = strings.Cut(out, "signature:\n")
		}
		require.True(t, ok, out)
		theirs = strings.ReplaceAll(theirs, "\u2007", " ") // its padding of days depends on the locale
		require.Equal(t, theirs, strings.Join(ours, "\n")+"\n")
		return theirs
	}
	trusted := func() string { return filepath.Dir(g.export(key)) }
	require.Contains(t, compare(t.TempDir()), "public key not found")
	require.Contains(t, compare(trusted()), "Good signature")

	g.run("--quick-set-expire", key, "seconds=1", subkey)
	g.waitExpired(subkey)
	require.Contains(t, compare(trusted()), "Key expired")
	g.run("--quick-set-expire", key, "seconds=1")
	g.waitExpired(key)
	require.Contains(t, compare(trusted()), "Primary key expired")
	g.run("--quick-set-expire", key, "0")
	g.run("--quick-set-expire", key, "0", subkey)

	// Signatures of other data.
	sigs, err := sign.Signatures(signed, sign.GPG)
	require.NoError(t, err)
	tampered := bytes.Clone(sigs[0])
	tampered[len(tampered)-1] ^= 1
	d := signed.Clone()
	v, err := gvariant.NewArray("ay", gvariant.NewBytes(tampered))
	require.NoError(t, err)
	d.Set(sign.GPG.MetadataKey(), v)
	require.NoError(t, r.SetDetachedMetadata(t.Context(), commit, d))
	require.Contains(t, compare(trusted()), "BAD signature")
	require.NoError(t, r.SetDetachedMetadata(t.Context(), commit, signed))

	revocation := filepath.Join(g.home, "openpgp-revocs.d", key+".rev")
	text, err := os.ReadFile(revocation)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(revocation, bytes.Replace(text, []byte(":-----BEGIN"), []byte("-----BEGIN"), 1), 0o600))
	g.run("--import", revocation)
	require.Contains(t, compare(trusted()), "Key revoked")
	_, err = verifiedPull(t, ostree.Remote{URL: "file://" + repo, GPGVerify: true}, g.export(key))
	require.ErrorContains(t, err, "Key revoked")
}

// waitExpired waits until GnuPG says that the key has expired: the time is that of the machine.
func (g *gnupg) waitExpired(fingerprint string) {
	g.t.Helper()
	require.Eventually(g.t, func() bool {
		for line := range strings.Lines(g.run("--with-colons", "--list-keys", fingerprint)) {
			f := strings.Split(line, ":")
			if (f[0] == "pub" || f[0] == "sub") && strings.HasSuffix(fingerprint, f[4]) && f[1] == "e" {
				return true
			}
		}
		return false
	}, time.Minute, 200*time.Millisecond) // gpg itself may take seconds
}

func TestGPGUnsignedIsRefusedInTheRealWords(t *testing.T) {
	t.Parallel()
	g := newGnuPG(t)
	keys := g.export(g.key("Alice <alice@example.com>", "ed25519"))
	repo := smallRepo(t)
	testenv.Run(t, "/", "ostree", "--repo="+repo, "summary", "-u")
	for _, c := range []struct{ option, want string }{
		{"gpg-verify", "GPG verification enabled, but no signatures found (use gpg-verify=false in remote config to disable)"},
		{"gpg-verify-summary", "GPG verification enabled, but no summary.sig found (use gpg-verify-summary=false in remote config to disable)"},
	} {
		for _, url := range []string{"file://" + repo, serve(t, repo)} {
			rem := ostree.Remote{URL: url, GPGVerify: c.option == "gpg-verify", GPGVerifySummary: c.option == "gpg-verify-summary"}
			dst, err := verifiedPull(t, rem, keys)
			require.ErrorContains(t, err, c.want)
			requireNothing(t, dst)

			client := filepath.Join(t.TempDir(), "client")
			testenv.Run(t, "/", "ostree", "--repo="+client, "init", "--mode=archive")
			testenv.Run(t, "/", "ostree", "--repo="+client, "remote", "add", "--no-gpg-verify", "--gpg-import="+keys, "o", url, "main")
			testenv.Run(t, "/", "ostree", "--repo="+client, "config", "set", `remote "o".`+c.option, "true")
			out, err := realRun(t, t.TempDir(), "--repo="+client, "pull", "o")
			require.Error(t, err)
			require.Contains(t, out, c.want)
		}
	}
}

func TestGPGSHA1IsNotTrusted(t *testing.T) {
	g := newGnuPG(t)
	key := g.key("Alice <alice@example.com>", "rsa2048")
	data := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.WriteFile(data, []byte("data"), 0o644))
	g.run("--local-user", key, "--digest-algo", "SHA1", "--detach-sign", data)
	sig, err := os.ReadFile(data + ".sig")
	require.NoError(t, err)
	k := &sign.Keyring{}
	require.NoError(t, k.AddFile(g.export(key)))
	require.Equal(t, sign.Bad, k.Verify([]byte("data"), [][]byte{sig}, nil)[0].Status)
	require.Equal(t, sign.Good, k.Verify([]byte("data"), [][]byte{sig}, &sign.Options{AllowSHA1: true})[0].Status)
}

// TestKeyringsAreReadByBoth: the real command reads the keyring that we write, and the other way round.
func TestKeyringsAreReadByBoth(t *testing.T) {
	t.Setenv("TZ", "UTC")
	g := newGnuPG(t)
	a, b := g.key("Alice <alice@example.com>", "rsa2048"), g.key("Bob <bob@example.com>", "ed25519")
	keys := g.export(a, b)
	theirs, ours := filepath.Join(t.TempDir(), "theirs"), initRepo(t, "archive")
	testenv.Run(t, "/", "ostree", "--repo="+theirs, "init", "--mode=archive")
	for _, repo := range []string{theirs, ours.Path()} {
		testenv.Run(t, "/", "ostree", "--repo="+repo, "remote", "add", "o", "http://example.com")
	}
	testenv.Run(t, "/", "ostree", "--repo="+theirs, "remote", "gpg-import", "o", "-k", keys)
	data, err := os.ReadFile(keys)
	require.NoError(t, err)
	n, err := sign.ImportKeys(t.Context(), ours, "o", data)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	list := func(repo string) string {
		return testenv.Run(t, "/", "ostree", "--repo="+repo, "remote", "gpg-list-keys", "o")
	}
	require.Equal(t, list(theirs), list(ours.Path()))
	k := &sign.Keyring{}
	require.NoError(t, k.AddFile(filepath.Join(theirs, "o.trustedkeys.gpg")))
	var got []string
	for _, info := range k.Keys() {
		got = append(got, info.Fingerprint)
	}
	require.Equal(t, []string{a, b}, got)
}
