package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
	"example.com/rpmostree/sysroot"
)

// signOptions says where the trusted keys of this machine are.
func (a *app) signOptions() *sign.Options {
	var o sign.Options
	o.FromEnvironment(a.env)
	return &o
}

// openRemote opens a remote together with the keys that it is verified with.
func (a *app) openRemote(ctx context.Context, repo *ostree.Repo, rem ostree.Remote, http *pull.HTTPOptions) (pull.Source, *pull.Options, error) {
	verifier, err := sign.ForRemote(ctx, repo, rem, a.signOptions())
	if err != nil {
		return nil, nil, err
	}
	if http == nil {
		http = &pull.HTTPOptions{}
	}
	cookies, err := pull.LoadCookies(repo, rem.Name)
	if err != nil {
		return nil, nil, err
	}
	http.Jar = cookies.Jar()
	src, o, err := pull.OpenRemoteHTTP(ctx, nil, rem, http)
	if path, ok := strings.CutPrefix(rem.URL, "file://"); ok && isNotExist(err) {
		return nil, nil, errorf("opening repo: opendir(%s): No such file or directory", path)
	}
	if err != nil {
		return nil, nil, err
	}
	o.Verify = verifier
	return src, o, nil
}

// signers are the options of commit and summary that ask for signatures.
type signers struct {
	gpg, keys     []string
	gpgHome, kind string
	fromFile      string
}

func (s *signers) flags(c *cobra.Command, what string) {
	glibopt.Strings(c, &s.gpg, "gpg-sign", "", "KEY-ID", "GPG Key ID to sign the "+what+" with")
	glibopt.String(c, &s.gpgHome, "gpg-homedir", "", "HOMEDIR", "GPG Homedir to use when looking for keyrings")
	glibopt.Strings(c, &s.keys, "sign", "", "KEY_ID", "Sign the "+what+" with")
	glibopt.String(c, &s.kind, "sign-type", "", "NAME", "Signature type to use (defaults to 'ed25519')")
}

// list returns the signers in the order of the real command.
func (s *signers) list(o *sign.Options) ([]sign.Signer, error) {
	var out []sign.Signer
	keys := s.keys
	kind, err := signKind(s.kind, o)
	if s.fromFile != "" && err == nil {
		var more []string
		if more, err = keysOfFile(kind, s.fromFile); err == nil {
			keys = append(keys[:len(keys):len(keys)], more...)
		}
	}
	if err != nil && (len(keys) > 0 || s.fromFile != "") {
		return nil, err
	}
	for _, key := range keys {
		signer, err := sign.NewSigner(kind, key, o)
		if err != nil {
			return nil, err
		}
		out = append(out, signer)
	}
	home, err := absolute(s.gpgHome)
	if err != nil {
		return nil, err
	}
	for _, key := range s.gpg {
		out = append(out, &sign.GPGProgram{Key: key, HomeDir: home})
	}
	return out, nil
}

// absolute keeps "" as it is.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filepath.Abs(path)
}

func signKind(name string, o *sign.Options) (sign.Kind, error) {
	if name == "" {
		name = string(sign.Ed25519)
	}
	return sign.ParseKind(name, o)
}

// keysOfFile reads a file of keys; none in it are an error.
func keysOfFile(kind sign.Kind, path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	keys := sign.ParseKeys(kind, data)
	if len(keys) == 0 {
		return nil, errorf("%s: no keys in file", path)
	}
	return keys, nil
}

// homeKeyring adds the public keys of a home directory of GnuPG: the keyring of old versions is a file of keys, that
// of new ones only GnuPG can read.
func homeKeyring(ctx context.Context, k *sign.Keyring, home string) error {
	if home == "" {
		return nil
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return err
	}
	if err := k.AddDir(home); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(home, "pubring.kbx")); err != nil {
		return nil
	}
	data, err := (&sign.GPGProgram{HomeDir: home}).Export(ctx)
	if errors.Is(err, exec.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = k.Add(data)
	}
	return err
}

// anyKeyring has the keys of the system, of all remotes, and of a home directory of GnuPG.
func (a *app) anyKeyring(ctx context.Context, repo *ostree.Repo, gpgHome string) (*sign.Keyring, error) {
	k, err := sign.GlobalKeyring(a.signOptions())
	if err != nil {
		return nil, err
	}
	own, err := filepath.Glob(filepath.Join(repo.Path(), "*.trustedkeys.gpg"))
	if err != nil {
		return nil, err
	}
	for _, path := range own {
		if err := k.AddFile(path); err != nil {
			return nil, err
		}
	}
	return k, homeKeyring(ctx, k, gpgHome)
}

// showSignatures prints what is known about the OpenPGP signatures of a commit.
func (a *app) showSignatures(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum, data []byte, o showOptions) error {
	d, err := repo.DetachedMetadata(ctx, sum)
	if err != nil {
		return err
	}
	sigs, err := sign.Signatures(d, sign.GPG)
	if err != nil || len(sigs) == 0 {
		return err
	}
	var k *sign.Keyring
	if o.gpgRemote != "" {
		rem, err := repo.Remote(o.gpgRemote)
		if err != nil {
			return errorf("Remote \"%s\" not found", o.gpgRemote)
		}
		k, err = sign.RemoteKeyring(repo, rem, a.signOptions())
		if err != nil {
			return err
		}
	} else if k, err = a.anyKeyring(ctx, repo, o.gpgHome); err != nil {
		return err
	}
	results := k.Verify(data, sigs, a.signOptions())
	a.printf("Found %d signature%s:\n", len(results), plural(len(results)))
	a.printResults(results)
	return nil
}

// statusVerify checks the commit of a deployment as its remote demands.
func (a *app) statusVerify(ctx context.Context, repo *ostree.Repo, d *sysroot.Deployment) error {
	if d.Origin == nil {
		return errorf("Cannot verify deployment with no origin")
	}
	refspec := d.Origin.Refspec()
	if refspec == "" {
		return errorf("No origin/refspec, cannot verify")
	}
	remote, _, err := ostree.ParseRefspec(refspec)
	if err != nil {
		return err
	}
	if remote == "" {
		return errorf("Cannot verify deployment without remote")
	}
	rem, err := repo.Remote(remote)
	if err != nil {
		return errorf("Remote \"%s\" not found", remote)
	}
	if commits, _, err := sign.Demanded(rem); err != nil || !commits {
		return cmp.Or(err, errorf("Cannot verify commit for remote %s; GPG verification disabled, and no signapi verifiers configured", remote))
	}
	v, err := sign.ForRemote(ctx, repo, rem, a.signOptions())
	if err != nil {
		return err
	}
	lines, err := v.VerifyStored(ctx, repo, d.Commit)
	if errors.Is(err, fs.ErrNotExist) {
		return errorf("Cannot verify, failed to load commit")
	}
	for _, line := range lines {
		a.println(line)
	}
	return err
}

// statusSignatures prints what is known about the OpenPGP signatures of a deployed commit, if its remote demands them.
func (a *app) statusSignatures(ctx context.Context, repo *ostree.Repo, refspec string, sum ostree.Checksum) error {
	remote, _, err := ostree.ParseRefspec(refspec)
	if err != nil || remote == "" {
		return nil
	}
	rem, err := repo.Remote(remote)
	if err != nil || !rem.GPGVerify {
		return nil
	}
	data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	if err != nil {
		return err
	}
	d, err := repo.DetachedMetadata(ctx, sum)
	if err != nil {
		return err
	}
	sigs, err := sign.Signatures(d, sign.GPG)
	if err != nil {
		return err
	}
	k, err := sign.RemoteKeyring(repo, rem, a.signOptions())
	if err != nil {
		return err
	}
	for _, r := range k.Verify(data, sigs, a.signOptions()) {
		for _, line := range r.Describe() {
			a.printf("    GPG: %s\n", line)
		}
	}
	return nil
}

func (a *app) printResults(results []sign.Result) {
	for i := range results {
		a.println()
		for _, line := range results[i].Describe() {
			a.printf("  %s\n", line)
		}
	}
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// summaryResults returns what is known about the OpenPGP signatures of a verified summary, if its remote demands those.
func (a *app) summaryResults(repo *ostree.Repo, rem ostree.Remote, summary, signature []byte) ([]sign.Result, error) {
	if !rem.GPGVerifySummary {
		return nil, nil
	}
	val, err := gvariant.Decode("a{sv}", signature)
	if err != nil {
		return nil, err
	}
	d, err := gvariant.DictFromValue(val)
	if err != nil {
		return nil, err
	}
	sigs, err := sign.Signatures(d, sign.GPG)
	if err != nil {
		return nil, err
	}
	k, err := sign.RemoteKeyring(repo, rem, a.signOptions())
	if err != nil {
		return nil, err
	}
	return k.Verify(summary, sigs, a.signOptions()), nil
}
