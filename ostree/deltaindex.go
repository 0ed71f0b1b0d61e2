package ostree

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"golang.org/x/sys/unix"
)

// staticDelta is a delta in the directory deltas/: its parts have nothing to do with
// this package, but summaries list deltas and pruning removes them.
type staticDelta struct {
	from, to Checksum // from is zero for one from scratch
	path     string   // below the repository
}

// name is how summaries call the delta.
func (d *staticDelta) name() string {
	if d.from.IsZero() {
		return d.to.String()
	}
	return d.from.String() + "-" + d.to.String()
}

// staticDeltas lists deltas/XX/REST, where XX and REST together are TO or FROM-TO
// in base64 with "_" for "/". Everything else is skipped.
func (r *Repo) staticDeltas() ([]staticDelta, error) {
	dirs, err := r.dir.ReadDir("deltas")
	if isNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []staticDelta
	for _, dir := range dirs {
		if dir.Type != unix.DT_DIR || len(dir.Name) != 2 {
			continue
		}
		entries, err := r.dir.ReadDir("deltas/" + dir.Name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if d, ok := parseDeltaName(dir.Name + e.Name); ok && e.Type == unix.DT_DIR {
				d.path = "deltas/" + dir.Name + "/" + e.Name
				out = append(out, d)
			}
		}
	}
	return out, nil
}

func parseDeltaName(s string) (staticDelta, bool) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		from, to = "", from
	}
	var d staticDelta
	toOK := parseDeltaChecksum(&d.to, to)
	return d, toOK && (!ok || parseDeltaChecksum(&d.from, from))
}

func parseDeltaChecksum(c *Checksum, s string) bool {
	b, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(s, "_", "/"))
	return err == nil && copy(c[:], b) == len(c) && len(b) == len(c)
}

// superblockDigest is what summaries say about a delta.
func (r *Repo) superblockDigest(d *staticDelta) (Checksum, error) {
	data, err := r.dir.ReadFile(d.path+"/superblock", maxMetadataSize)
	return sha256.Sum256(data), err
}
