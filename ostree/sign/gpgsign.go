package sign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// NewGPGSigner returns a Signer that signs with an OpenPGP secret key, armored or
// binary. The passphrase is for keys that are protected by one.
func NewGPGSigner(secret, passphrase []byte) (Signer, error) {
	e, err := readSecret(secret)
	if err != nil {
		return nil, fmt.Errorf("gpg: secret key: %w", err)
	}
	if err := e.DecryptPrivateKeys(passphrase); err != nil {
		return nil, fmt.Errorf("gpg: secret key: %w", err)
	}
	return funcSigner{GPG, func(data []byte) ([]byte, error) {
		var out bytes.Buffer
		if err := openpgp.DetachSign(&out, e, bytes.NewReader(data), nil); err != nil {
			return nil, fmt.Errorf("gpg: sign: %w", err)
		}
		return out.Bytes(), nil
	}}, nil
}

func readSecret(data []byte) (*openpgp.Entity, error) {
	if block, err := armor.Decode(bytes.NewReader(data)); err == nil {
		return openpgp.ReadEntity(packet.NewReader(block.Body))
	}
	return openpgp.ReadEntity(packet.NewReader(bytes.NewReader(data)))
}

// GPGProgram signs with a key of GnuPG by running gpg, which asks its agent for the
// passphrase.
type GPGProgram struct {
	// Key is a key id, fingerprint or user id.
	Key string
	// HomeDir is the directory of GnuPG; "" is its default.
	HomeDir string
}

// Kind is GPG.
func (g *GPGProgram) Kind() Kind { return GPG }

// Sign runs gpg --detach-sign.
func (g *GPGProgram) Sign(ctx context.Context, data []byte) ([]byte, error) {
	return g.run(ctx, data, "--local-user", g.Key, "--detach-sign", "--no-armor", "--output", "-")
}

// Export returns public keys of GnuPG, all if no key is named.
func (g *GPGProgram) Export(ctx context.Context, keys ...string) ([]byte, error) {
	return g.run(ctx, nil, append([]string{"--no-armor", "--export", "--"}, keys...)...)
}

func (g *GPGProgram) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	all := []string{"--batch", "--no-tty", "--quiet"}
	if g.HomeDir != "" {
		all = append(all, "--homedir", g.HomeDir)
	}
	cmd := exec.CommandContext(ctx, "gpg", append(all, args...)...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return nil, fmt.Errorf("gpg: %s", firstLine(errOut.String(), exit.Error()))
	case err != nil:
		return nil, fmt.Errorf("gpg: %w", err)
	case out.Len() == 0:
		return nil, fmt.Errorf("gpg: %s", firstLine(errOut.String(), "no output"))
	}
	return out.Bytes(), nil
}

func firstLine(s, otherwise string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if line == "" {
		return otherwise
	}
	return strings.TrimPrefix(line, "gpg: ")
}

// issuers returns the ids or, where a signature says it, fingerprints of the keys
// that claim to have made it.
func issuers(signature []byte) []string {
	var out []string
	for _, sig := range parseGPG(signature) {
		id := issuer(sig)
		if len(sig.IssuerFingerprint) > 0 {
			id = fmt.Sprintf("%X", sig.IssuerFingerprint)
		}
		out = append(out, id)
	}
	return out
}

// named reports whether a key is one of keys or a subkey of one.
func (k *Keyring) named(id string, keys []string) bool {
	names := []string{id}
	if k != nil {
		for _, e := range k.entities {
			all := []string{fingerprint(e.PrimaryKey)}
			for _, s := range e.Subkeys {
				all = append(all, fingerprint(s.PublicKey))
			}
			for _, f := range all {
				if strings.HasSuffix(f, id) {
					names = append(names, all...)
				}
			}
		}
	}
	for _, n := range names {
		for _, key := range keys {
			key = strings.ToUpper(strings.TrimPrefix(key, "0x"))
			if len(key) >= minKeyID && strings.HasSuffix(n, key) {
				return true
			}
		}
	}
	return false
}

// minKeyID is the length of the shortest key ids in use.
const minKeyID = 8
