package sign

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxKeyFile bounds a file of keys; real ones have a few lines.
const maxKeyFile = 16 << 20

// readKeyFile reads a regular file of limited size.
func readKeyFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err == nil && len(data) > maxKeyFile {
		err = fmt.Errorf("%s: larger than %d bytes", path, maxKeyFile)
	}
	return data, err
}

// ParseKeys splits the content of a file of keys into keys: one a line in base64,
// or for spki PEM blocks. Keys of other kinds of PEM blocks are left out.
func ParseKeys(k Kind, data []byte) []string {
	if k == SPKI && bytes.Contains(data, []byte("-----BEGIN ")) {
		var keys []string
		for {
			var block *pem.Block
			if block, data = pem.Decode(data); block == nil {
				return keys
			}
			keys = append(keys, string(pem.EncodeToMemory(block)))
		}
	}
	var keys []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			keys = append(keys, line)
		}
	}
	return keys
}

// LoadFile adds the keys of a file. One that has none is an error.
func (s *KeySet) LoadFile(path string) error { return s.load(path, s.Add) }

func (s *KeySet) load(path string, add func(string) error) error {
	data, err := readKeyFile(path)
	if err != nil {
		return fmt.Errorf("Can't open file '%s' with public keys: %w", path, err)
	}
	keys := ParseKeys(s.kind, data)
	if len(keys) == 0 {
		return fmt.Errorf("%s: no %s keys in file", path, s.kind)
	}
	for _, k := range keys {
		if err := add(k); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// LoadDir adds the keys of trusted.KIND and of the files in trusted.KIND.d below
// dir, and revokes those of revoked.KIND and revoked.KIND.d. None of them need
// exist. A file of trusted keys that cannot be read is an error, like one of
// revoked keys: what it should have revoked must not be trusted.
func (s *KeySet) LoadDir(dir string) error {
	if err := s.loadPlace(filepath.Join(dir, "revoked."+string(s.kind)), s.Revoke); err != nil {
		return err
	}
	return s.loadPlace(filepath.Join(dir, "trusted."+string(s.kind)), s.Add)
}

// loadPlace reads a file and the files of the directory named like it.
func (s *KeySet) loadPlace(path string, add func(string) error) error {
	paths := []string{path}
	entries, err := os.ReadDir(path + ".d")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		paths = append(paths, filepath.Join(path+".d", e.Name()))
	}
	for _, p := range paths {
		st, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (st.IsDir() || st.Size() == 0) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.load(p, add); err != nil {
			return err
		}
	}
	return nil
}

// SystemKeys returns the keys of a kind that the system trusts, see
// [Options].KeyDirs.
func SystemKeys(k Kind, o *Options) (*KeySet, error) {
	s := NewKeySet(k)
	for _, dir := range o.keyDirs() {
		if err := s.LoadDir(dir); err != nil {
			return nil, err
		}
	}
	return s, nil
}
