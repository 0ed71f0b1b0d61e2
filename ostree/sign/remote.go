package sign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// The errors of what demands signatures but has none, which name the key of the
// configuration that demands it.
var (
	ErrNoGPGSignatures        = errors.New("GPG verification enabled, but no signatures found (use gpg-verify=false in remote config to disable)")
	ErrNoGPGSummary           = errors.New("GPG verification enabled, but no summary.sig found (use gpg-verify-summary=false in remote config to disable)")
	errNoGPGSummarySignatures = errors.New("GPG verification enabled, but no summary signatures found (use gpg-verify-summary=false in remote config to disable)")
	ErrNoSummarySignature     = errors.New("Signatures verification enabled, but no summary.sig found (use sign-verify-summary=false in remote config to disable)")
	ErrNoDetachedMetadata     = errors.New("Can't verify commit without detached metadata")
	ErrNoSignatures           = errors.New("No signatures found")
)

// Demanded reports what of a remote must be signed according to its configuration.
// A value that cannot be understood is an error.
func Demanded(rem ostree.Remote) (commits, summary bool, err error) {
	c, err := listOption(rem, "sign-verify")
	if err != nil {
		return true, true, err
	}
	s, err := listOption(rem, "sign-verify-summary")
	if err != nil {
		return true, true, err
	}
	return rem.GPGVerify || c.demanded, rem.GPGVerifySummary || s.demanded, nil
}

// signVerify is the value of sign-verify or sign-verify-summary.
type signVerify struct {
	demanded bool
	kinds    []string // empty: any
}

// splitList splits a list, whose separator is a semicolon or a comma. It may end
// with one.
func splitList(text string) ([]string, error) {
	separator := ";"
	if strings.Contains(text, ",") {
		if strings.Contains(text, ";") {
			return nil, errors.New("key value list contains more than one separator")
		}
		separator = ","
	}
	if text = strings.TrimSuffix(strings.TrimSpace(text), separator); text == "" {
		return nil, nil
	}
	items := strings.Split(text, separator)
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items, nil
}

// listOption reads a bool, or a list of kinds.
func listOption(rem ostree.Remote, key string) (signVerify, error) {
	text, ok := rem.Options[key]
	if !ok {
		return signVerify{}, nil
	}
	switch text = strings.TrimSpace(text); text {
	case "true", "1":
		return signVerify{demanded: true}, nil
	case "false", "0":
		return signVerify{}, nil
	}
	kinds, err := splitList(text)
	if err != nil {
		return signVerify{}, fmt.Errorf("remote %q: %s: %w", rem.Name, key, err)
	}
	v := signVerify{demanded: true, kinds: kinds}
	if len(v.kinds) == 0 || slices.Contains(v.kinds, "") {
		return signVerify{}, fmt.Errorf("remote %q: %s=%s names no kind of signature", rem.Name, key, text)
	}
	return v, nil
}

// Verifier checks what comes from a remote as its configuration demands. It has
// the methods of a pull's Verifier.
type Verifier struct {
	o               *Options
	gpg, gpgSummary bool
	keyring         *Keyring
	// sign and signSummary are alternatives; nil if not demanded.
	sign, signSummary []*KeySet
}

// ForRemote returns the Verifier for a remote of repo. It accepts everything if
// the configuration demands no signatures. It is an error if the configuration or
// the keys that it names cannot be read.
func ForRemote(ctx context.Context, repo *ostree.Repo, rem ostree.Remote, o *Options) (*Verifier, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	v := &Verifier{o: o, gpg: rem.GPGVerify, gpgSummary: rem.GPGVerifySummary}
	var err error
	if v.gpg || v.gpgSummary {
		if v.keyring, err = RemoteKeyring(repo, rem, o); err != nil {
			return nil, fmt.Errorf("keys of remote %q: %w", rem.Name, err)
		}
	}
	for _, e := range []struct {
		key  string
		sets *[]*KeySet
	}{{"sign-verify", &v.sign}, {"sign-verify-summary", &v.signSummary}} {
		want, err := listOption(rem, e.key)
		if err != nil || !want.demanded {
			if err != nil {
				return nil, err
			}
			continue
		}
		if *e.sets, err = remoteKeys(rem, want.kinds, o); err != nil {
			return nil, fmt.Errorf("remote %q: %s: %w", rem.Name, e.key, err)
		}
	}
	return v, nil
}

// remoteKeys loads the keys for some kinds, which must have some, or for all.
func remoteKeys(rem ostree.Remote, kinds []string, o *Options) ([]*KeySet, error) {
	required := len(kinds) > 0
	if !required {
		kinds = []string{string(Ed25519), string(SPKI)}
		if o.enableDummy() {
			kinds = append(kinds, string(Dummy))
		}
	}
	var sets []*KeySet
	for _, name := range kinds {
		kind, err := ParseKind(name, o)
		if err != nil {
			return nil, err
		}
		s, err := remoteKeySet(rem, kind)
		if err == nil && s.Len() == 0 {
			if required {
				return nil, fmt.Errorf("No keys found for required signapi type %s", kind)
			}
			s, err = SystemKeys(kind, o)
		}
		if err != nil {
			return nil, err
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// remoteKeySet loads verification-KIND-file and verification-KIND-key. What the
// configuration names must be there.
func remoteKeySet(rem ostree.Remote, kind Kind) (*KeySet, error) {
	s := NewKeySet(kind)
	if path := rem.Options["verification-"+string(kind)+"-file"]; path != "" {
		if err := s.LoadFile(path); err != nil {
			return nil, fmt.Errorf("Failed loading '%s' keys from '%s': %w", kind, path, err)
		}
	}
	if key := rem.Options["verification-"+string(kind)+"-key"]; key != "" {
		if err := s.Add(key); err != nil {
			return nil, fmt.Errorf("Failed loading '%s' keys from inline `verification-key`: %w", kind, err)
		}
	}
	return s, nil
}

// RemoteKeyring returns the OpenPGP keys that are trusted for a remote: those of its keyring
// NAME.trustedkeys.gpg, in the repository or else beside further remotes (see [ostree.OpenOptions]), or, if it has none,
// the system's, and those of gpgkeypath.
func RemoteKeyring(repo *ostree.Repo, rem ostree.Remote, o *Options) (*Keyring, error) {
	k := &Keyring{}
	own, err := addRemoteKeyring(k, repo, rem.Name)
	if err != nil {
		return nil, err
	}
	if !own {
		if err := addGlobal(k, o); err != nil {
			return nil, err
		}
	}
	paths, err := splitList(rem.Options["gpgkeypath"])
	if err != nil {
		return nil, fmt.Errorf("gpgkeypath: %w", err)
	}
	for _, path := range paths {
		if path == "" {
			return nil, fmt.Errorf("gpgkeypath: opendir(): %w", syscall.ENOENT)
		}
		if err := k.AddPath(path); err != nil {
			return nil, fmt.Errorf("gpgkeypath: %w", err)
		}
	}
	return k, nil
}

// keyringName is the file of a remote's own keyring, in the repository.
func keyringName(remote string) (string, error) {
	if err := dirfd.CheckName(remote); err != nil {
		return "", err
	}
	return remote + keyringSuffix, nil
}

const keyringSuffix = ".trustedkeys.gpg"

func addRemoteKeyring(k *Keyring, repo *ostree.Repo, remote string) (found bool, err error) {
	name, err := keyringName(remote)
	if err != nil {
		return false, err
	}
	for _, dir := range []string{repo.Path(), repo.RemotesDir()} {
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, name)
		st, err := os.Stat(path)
		if err == nil && !st.Mode().IsRegular() { // a pipe would make us wait
			err = fmt.Errorf("%s: not a regular file", path)
		}
		if err == nil {
			err = k.AddFile(path)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return true, err
		}
	}
	return false, nil
}

// addGlobal adds the system's keyrings. There need be none.
func addGlobal(k *Keyring, o *Options) error {
	if err := k.AddDir(o.gpgHome()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// GlobalKeyring returns the OpenPGP keys that the system trusts for remotes
// without a keyring.
func GlobalKeyring(o *Options) (*Keyring, error) {
	k := &Keyring{}
	return k, addGlobal(k, o)
}

// VerifyCommit is given the bytes of a commit object and its detached metadata, nil
// if there is none.
func (v *Verifier) VerifyCommit(ctx context.Context, commit []byte, detached *gvariant.Dict) error {
	_, err := v.Report(ctx, commit, detached)
	return err
}

// Report is VerifyCommit with the lines that the ostree command prints about the
// signatures that were found good.
func (v *Verifier) Report(ctx context.Context, commit []byte, detached *gvariant.Dict) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var lines []string
	if v.gpg {
		results, err := v.verifyGPG(commit, detached, ErrNoGPGSignatures)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			for _, line := range r.Describe() {
				lines = append(lines, "GPG: "+line)
			}
			lines = append(lines, "")
		}
	}
	if v.sign == nil {
		return lines, nil
	}
	if detached == nil {
		return nil, ErrNoDetachedMetadata
	}
	line, err := verifySets(v.sign, commit, detached)
	if err != nil {
		return nil, err
	}
	return append(lines, line), nil
}

// VerifyStored is [Verifier.Report] for a commit of a repository. The error matches
// [fs.ErrNotExist] if it is not there.
func (v *Verifier) VerifyStored(ctx context.Context, repo *ostree.Repo, c ostree.Checksum) ([]string, error) {
	commit, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: c, Type: ostree.TypeCommit})
	if err != nil {
		return nil, err
	}
	detached, err := repo.DetachedMetadata(ctx, c)
	if err != nil {
		return nil, err
	}
	return v.Report(ctx, commit, detached)
}

// VerifySummary is given a summary and its signature file, nil if there is none.
func (v *Verifier) VerifySummary(ctx context.Context, summary, signature []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case !v.gpgSummary && v.signSummary == nil:
		return nil
	case signature == nil && v.gpgSummary:
		return ErrNoGPGSummary
	case signature == nil:
		return ErrNoSummarySignature
	}
	d, err := parseSignatures(signature)
	if err != nil {
		if !v.gpgSummary {
			return fmt.Errorf("%w: summary.sig: %w", ErrNoSignatures, err)
		}
		return fmt.Errorf("no signatures found: summary.sig: %w", err)
	}
	if v.gpgSummary {
		if _, err := v.verifyGPG(summary, d, errNoGPGSummarySignatures); err != nil {
			return err
		}
	}
	if v.signSummary == nil {
		return nil
	}
	_, err = verifySets(v.signSummary, summary, d)
	return err
}

func (v *Verifier) verifyGPG(data []byte, d *gvariant.Dict, none error) ([]Result, error) {
	sigs, err := Signatures(d, GPG)
	if err != nil {
		return nil, err
	}
	if len(sigs) == 0 {
		return nil, none
	}
	results := v.keyring.Verify(data, sigs, v.o)
	if !anyValid(results) {
		return nil, &SignatureError{results}
	}
	return results, nil
}

// verifySets succeeds if one of the sets does.
func verifySets(sets []*KeySet, data []byte, d *gvariant.Dict) (string, error) {
	var last error
	for _, s := range sets {
		sigs, err := Signatures(d, s.kind)
		if err != nil {
			return "", err
		}
		if s.Len() == 0 {
			continue
		}
		line, err := s.Verify(data, sigs)
		if err == nil {
			return line, nil
		}
		if last == nil || len(sigs) > 0 { // a wrong signature says more than none
			last = err
		}
	}
	if last == nil {
		last = ErrNoSignatures
	}
	return "", last
}

func parseSignatures(data []byte) (*gvariant.Dict, error) {
	v, err := gvariant.Decode("a{sv}", data)
	if err != nil {
		return nil, err
	}
	return gvariant.DictFromValue(v)
}
