package sign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// Keyring is a set of OpenPGP public keys (certificates). A key that is added
// again is merged with what is there, so that a newer copy that has expired or has
// been revoked counts.
type Keyring struct {
	blocks   []*keyBlock
	entities openpgp.EntityList
}

// The packet tags of certificates, RFC 9580 5.
const (
	tagSignature     = 2
	tagSecretKey     = 5
	tagPublicKey     = 6
	tagUserID        = 13
	tagPublicSubkey  = 14
	tagUserAttribute = 17
)

// keyBlock is a certificate: the primary key first, each part with the signatures
// that follow it.
type keyBlock struct {
	fingerprint string
	parts       []keyPart
}

type keyPart struct {
	packet     *packet.OpaquePacket
	signatures []*packet.OpaquePacket
}

func samePacket(a, b *packet.OpaquePacket) bool {
	return a.Tag == b.Tag && bytes.Equal(a.Contents, b.Contents)
}

// merge takes over parts and signatures that b does not have.
func (b *keyBlock) merge(other *keyBlock) {
	for _, p := range other.parts {
		i := slices.IndexFunc(b.parts, func(q keyPart) bool { return samePacket(p.packet, q.packet) })
		if i < 0 {
			b.parts = append(b.parts, keyPart{packet: p.packet})
			i = len(b.parts) - 1
		}
		mine := &b.parts[i]
		for _, s := range p.signatures {
			if !slices.ContainsFunc(mine.signatures, func(q *packet.OpaquePacket) bool { return samePacket(s, q) }) {
				mine.signatures = append(mine.signatures, s)
			}
		}
	}
}

// bytes serialises the block, user ids before subkeys.
func (b *keyBlock) bytes() ([]byte, error) {
	var out bytes.Buffer
	write := func(p keyPart) error {
		err := p.packet.Serialize(&out)
		for _, s := range p.signatures {
			err = errors.Join(err, s.Serialize(&out))
		}
		return err
	}
	var err error
	for _, subkeys := range []bool{false, true} {
		for _, p := range b.parts {
			if (p.packet.Tag == tagPublicSubkey) == subkeys {
				err = errors.Join(err, write(p))
			}
		}
	}
	return out.Bytes(), err
}

// Add adds the public keys of a key file, armored or binary, and returns the
// fingerprints of those that are new. Without any usable key it is an error.
func (k *Keyring) Add(data []byte) (added []string, err error) {
	blocks, err := readBlocks(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoKey, err)
	}
	if len(blocks) == 0 {
		return nil, errNoKey
	}
	next := Keyring{blocks: slices.Clone(k.blocks)}
	at := make(map[string]int, len(next.blocks)+len(blocks))
	for i, b := range next.blocks {
		at[b.fingerprint] = i
	}
	touched := make(map[string]bool, len(blocks))
	for _, b := range blocks {
		touched[b.fingerprint] = true
		if i, ok := at[b.fingerprint]; ok {
			merged := &keyBlock{fingerprint: b.fingerprint}
			merged.merge(next.blocks[i])
			merged.merge(b)
			next.blocks[i] = merged
			continue
		}
		at[b.fingerprint] = len(next.blocks)
		next.blocks = append(next.blocks, b)
		added = append(added, b.fingerprint)
	}
	usable := false
	for _, b := range next.blocks {
		e, err := b.entity()
		if err != nil {
			continue // of a kind or with an algorithm that is not supported: nothing is verified with it
		}
		next.entities = append(next.entities, e)
		usable = usable || touched[b.fingerprint]
	}
	if !usable {
		return nil, errNoKey
	}
	*k = next
	return added, nil
}

var errNoKey = errors.New("no public key that can be used")

func (b *keyBlock) entity() (*openpgp.Entity, error) {
	data, err := b.bytes()
	if err != nil {
		return nil, err
	}
	return openpgp.ReadEntity(packet.NewReader(bytes.NewReader(data)))
}

// maxPackets bounds a certificate: merging compares its packets with each other.
const maxPackets = 4096

// readBlocks splits key files into certificates. Secret keys are left out.
func readBlocks(data []byte) ([]*keyBlock, error) {
	binary, err := dearmor(data)
	if err != nil {
		return nil, err
	}
	var blocks []*keyBlock
	var current *keyBlock
	packets := packet.NewOpaqueReader(bytes.NewReader(binary))
	size := 0 // of the current certificate
	for {
		p, err := packets.Next()
		if errors.Is(err, io.EOF) {
			return blocks, nil
		}
		if err != nil {
			return nil, err
		}
		if size++; size > maxPackets {
			return nil, fmt.Errorf("certificate of more than %d packets", maxPackets)
		}
		switch p.Tag {
		case tagPublicKey:
			size = 1
			if current, err = newBlock(p); err != nil {
				current = nil
				continue
			}
			blocks = append(blocks, current)
		case tagSecretKey:
			current, size = nil, 1
		case tagUserID, tagUserAttribute, tagPublicSubkey:
			if current != nil {
				current.parts = append(current.parts, keyPart{packet: p})
			}
		case tagSignature:
			if current != nil {
				last := &current.parts[len(current.parts)-1]
				last.signatures = append(last.signatures, p)
			}
		}
	}
}

func newBlock(p *packet.OpaquePacket) (*keyBlock, error) {
	parsed, err := p.Parse()
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*packet.PublicKey)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	return &keyBlock{fingerprint(key), []keyPart{{packet: p}}}, nil
}

func fingerprint(k *packet.PublicKey) string { return fmt.Sprintf("%X", k.Fingerprint) }

var (
	armorBegin = []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----")
	armorEnd   = []byte("-----END PGP PUBLIC KEY BLOCK-----")
)

// dearmor returns the content of all armored blocks, or data if there is none.
func dearmor(data []byte) ([]byte, error) {
	if !bytes.Contains(data, armorBegin) {
		return data, nil
	}
	var out bytes.Buffer
	for {
		i := bytes.Index(data, armorBegin)
		if i < 0 {
			return out.Bytes(), nil
		}
		data = data[i:]
		end := bytes.Index(data, armorEnd)
		if end < 0 {
			return nil, errors.New("armored block has no end")
		}
		end += len(armorEnd)
		block, err := armor.Decode(bytes.NewReader(append(data[:end:end], '\n')))
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(&out, block.Body); err != nil {
			return nil, err
		}
		data = data[end:]
	}
}

// AddFile adds the keys of a file, see Add.
func (k *Keyring) AddFile(path string) error {
	data, err := readKeyFile(path)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return nil // a keyring that has been made but not filled
	}
	if _, err := k.Add(data); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// notKeyrings are files of a GnuPG home directory that are named like one.
var notKeyrings = []string{"secring.gpg", "trustdb.gpg"}

// AddDir adds the keyrings of a directory: its files *.gpg.
func (k *Keyring) AddDir(dir string) error {
	return k.addDir(dir, func(name string) bool { return strings.HasSuffix(name, ".gpg") }, k.AddFile)
}

func (k *Keyring) addDir(dir string, want func(name string) bool, add func(path string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if slices.Contains(notKeyrings, e.Name()) || !want(e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		st, err := os.Stat(path)
		if err == nil && st.Mode().IsRegular() {
			err = add(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// AddPath adds a key file, or all files of a directory that have keys, as gpgkeypath
// names them.
func (k *Keyring) AddPath(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if st.IsDir() {
		return k.addDir(path, func(string) bool { return true }, func(file string) error {
			if err := k.AddFile(file); !errors.Is(err, errNoKey) {
				return err
			}
			return nil
		})
	}
	return k.AddFile(path)
}

// Len returns the number of keys, not counting subkeys and keys that cannot be used.
func (k *Keyring) Len() int { return len(k.entities) }

// Bytes returns the keyring as a file, binary.
func (k *Keyring) Bytes() ([]byte, error) {
	var out []byte
	for _, b := range k.blocks {
		data, err := b.bytes()
		if err != nil {
			return nil, err
		}
		out = append(out, data...)
	}
	return out, nil
}
