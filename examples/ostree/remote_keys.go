package main

import (
	"context"
	"crypto/sha1" // the name of a key in a web key directory is a SHA-1, which protects nothing
	"encoding/base32"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

func (a *app) remoteGPGImportCommand() *cobra.Command {
	var files []string
	var stdin bool
	c := &cobra.Command{Use: "gpg-import NAME [KEY-ID...]", Short: "Import GPG keys"}
	glibopt.Strings(c, &files, "keyring", "k", "FILE", "Import keys from a keyring file (repeatable)")
	glibopt.Bool(c, &stdin, "stdin", "", "Import keys from standard input")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return glibopt.Usagef("NAME must be specified")
		case len(files) > 0 && stdin:
			return glibopt.Usagef("--keyring and --stdin are mutually exclusive")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if _, err := repo.Remote(args[0]); err != nil {
				return errorf("GPG: Remote \"%s\" not found", args[0])
			}
			data, err := a.keysToImport(c.Context(), files, stdin, args[1:])
			if err != nil {
				return err
			}
			return a.importKeys(c.Context(), repo, args[0], data)
		})
	}
	return c
}

// keysToImport reads keys from files, standard input, or GnuPG, and chooses the named ones.
func (a *app) keysToImport(ctx context.Context, files []string, stdin bool, names []string) ([]byte, error) {
	if len(files) == 0 && !stdin {
		data, err := (&sign.GPGProgram{}).Export(ctx, names...)
		if err != nil {
			return nil, errorf("GPG: Unable to export keys: %v", err)
		}
		return data, nil
	}
	k := &sign.Keyring{}
	add := func(data []byte, err error) error {
		if err == nil {
			_, err = k.Add(data)
		}
		return err
	}
	if stdin {
		if err := add(io.ReadAll(io.LimitReader(a.stdin, maxSummary))); err != nil {
			return nil, err
		}
	}
	for _, name := range files {
		if err := add(readImport(name)); err != nil {
			return nil, err
		}
	}
	if len(names) > 0 {
		chosen, missing := k.Select(names)
		if len(missing) > 0 {
			return nil, errorf("GPG: Unable to find key \"%s\": GPGME: End of file", missing[0])
		}
		k = chosen
	}
	return k.Bytes()
}

func readImport(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if isNotExist(err) {
		if abs, aerr := filepath.Abs(name); aerr == nil {
			name = abs
		}
		return nil, errorf("Error opening file %s: No such file or directory", name)
	}
	return data, err
}

func (a *app) importKeys(ctx context.Context, repo *ostree.Repo, remote string, data []byte) error {
	n, err := sign.ImportKeys(ctx, repo, remote, data)
	if err != nil {
		return err
	}
	a.printf("Imported %d GPG key%s to remote \"%s\"\n", n, plural(n), remote)
	return nil
}

func (a *app) remoteGPGListKeysCommand() *cobra.Command {
	c := &cobra.Command{Use: "gpg-list-keys NAME", Short: "Show remote GPG keys"}
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			k, err := a.listedKeyring(repo, args)
			if err != nil {
				return err
			}
			for _, key := range k.Keys() {
				a.printKey(key)
			}
			return nil
		})
	}
	return c
}

// listedKeyring is the keyring of the remote itself, or without one the system's.
func (a *app) listedKeyring(repo *ostree.Repo, args []string) (*sign.Keyring, error) {
	o := a.signOptions()
	if len(args) == 0 {
		return sign.GlobalKeyring(o)
	}
	rem, err := repo.Remote(args[0])
	if err != nil {
		return nil, errorf("Remote \"%s\" not found", args[0])
	}
	o.GPGHome = filepath.Join(repo.Path(), "none") // keys of the system are not the remote's
	return sign.RemoteKeyring(repo, rem, o)
}

func (a *app) printKey(k sign.KeyInfo) {
	a.printKeyLines("Key", "", k)
	for _, id := range k.UserIDs {
		a.printf("  UID: %s%s\n", id.Text, revokedMark(id.Revoked))
		if advanced, direct, ok := keyURLs(id.Email); ok {
			a.printf("  Advanced update URL: %s\n  Direct update URL: %s\n", advanced, direct)
		}
	}
	for _, s := range k.Subkeys {
		a.printKeyLines("Subkey", "  ", s)
	}
}

func (a *app) printKeyLines(what, indent string, k sign.KeyInfo) {
	a.printf("%s%s: %s%s\n", indent, what, k.Fingerprint, revokedMark(k.Revoked))
	a.printf("%s  Created: %s\n", indent, ctime(k.Created))
	switch {
	case k.Expires.IsZero():
	case k.Expires.After(time.Now()):
		a.printf("%s  Expires: %s\n", indent, ctime(k.Expires))
	default:
		a.printf("%s  Expired: %s\n", indent, ctime(k.Expires))
	}
}

func revokedMark(revoked bool) string {
	if revoked {
		return " (revoked)"
	}
	return ""
}

func ctime(t time.Time) string { return t.In(time.Local).Format("Mon Jan _2 15:04:05 2006") }

// zbase32 is the alphabet of human-oriented base 32, as web key directories use it.
const zbase32 = "ybndrfg8ejkmcpqxot1uwisza345h769"

// keyURLs returns where the owner of an address publishes the key: the advanced and the direct method of
// draft-koch-openpgp-webkey-service.
func keyURLs(email string) (advanced, direct string, ok bool) {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" {
		return "", "", false
	}
	sum := sha1.Sum([]byte(strings.ToLower(local)))
	domain = strings.ToLower(domain)
	file := "hu/" + base32.NewEncoding(zbase32).WithPadding(base32.NoPadding).EncodeToString(sum[:]) + "?l=" + url.QueryEscape(local)
	advanced = "https://openpgpkey." + domain + "/.well-known/openpgpkey/" + domain + "/" + file
	return advanced, "https://" + domain + "/.well-known/openpgpkey/" + file, true
}
