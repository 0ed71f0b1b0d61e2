package treefile

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// JSON is the canonical form: keys in a fixed order, unset ones absent.
func (t *Treefile) JSON() ([]byte, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode treefile: %w", err)
	}
	return data, nil
}

// Checksum names all that the treefile says: the SHA-256 of its canonical
// form without metadata and layers (whose content the caller adds), followed
// by the external files in the order of their names.
func (t *Treefile) Checksum() ([sha256.Size]byte, error) {
	stripped := *t
	stripped.Metadata, stripped.OSTreeLayers, stripped.OverrideLayers = nil, nil, nil
	data, err := stripped.JSON()
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	h := sha256.New()
	h.Write(data)
	for _, name := range slices.Sorted(maps.Keys(t.externals)) {
		file := t.externals[name]
		fmt.Fprintf(h, "\n%d:%s %d %t\n", len(name), name, len(file.Data), file.Executable)
		h.Write(file.Data)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
