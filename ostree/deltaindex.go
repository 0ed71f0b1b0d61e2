package ostree

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/ostree/gvariant"
)

// The indexes of deltas are files delta-indexes/XX/REST.index, named as deltas from scratch are: a dictionary of what
// summaries say about the deltas to one commit.
const (
	deltaIndexes     = "delta-indexes"
	deltaIndexSuffix = ".index"
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

// maxSuperblock bounds the length of a superblock file. Parts may be inside.
const maxSuperblock = 2 << 30

// superblockDigest is what summaries say about a delta.
func (r *Repo) superblockDigest(d *staticDelta) (Checksum, error) {
	data, err := r.dir.ReadFile(d.path+"/superblock", maxSuperblock)
	return sha256.Sum256(data), err
}

// ReindexDeltas makes the indexes of the static deltas to the given commits, or of all if none is given, and removes
// those of commits without deltas. Clients use them, and summaries say so, from then on. [Repo.UpdateSummary] does the
// same.
func (r *Repo) ReindexDeltas(ctx context.Context, to ...Checksum) error {
	if err := r.needWritable(); err != nil {
		return err
	}
	ctx, unlock, err := r.lock(ctx, false) // no delta is pruned meanwhile
	if err != nil {
		return err
	}
	err = r.reindexDeltas(ctx, to)
	if uerr := unlock(); err == nil {
		err = uerr
	}
	if err != nil {
		return fmt.Errorf("index deltas of %s: %w", r.path, err)
	}
	return nil
}

func (r *Repo) reindexDeltas(ctx context.Context, to []Checksum) error {
	deltas, err := r.staticDeltas()
	if err != nil {
		return err
	}
	names := map[Checksum][]*staticDelta{}
	for i, d := range deltas {
		if len(to) == 0 || slices.Contains(to, d.to) {
			names[d.to] = append(names[d.to], &deltas[i])
		}
	}
	if err := r.removeDeltaIndexes(ctx, func(c Checksum) bool {
		return names[c] == nil && (len(to) == 0 || slices.Contains(to, c))
	}); err != nil {
		return err
	}
	for c, list := range names {
		if err := r.writeDeltaIndex(ctx, c, list); err != nil {
			return err
		}
	}
	config := r.Config()
	if on, err := config.GetBool("core", "indexed-deltas", false); err != nil || on {
		return err
	}
	config.Set("core", "indexed-deltas", "true")
	return r.WriteConfig(ctx, config)
}

// removeDeltaIndexes removes the indexes of some commits.
func (r *Repo) removeDeltaIndexes(ctx context.Context, stale func(Checksum) bool) error {
	dirs, err := r.dir.ReadDir(deltaIndexes)
	if err != nil {
		return ignoreNotExist(err)
	}
	for _, dir := range dirs {
		if dir.Type != unix.DT_DIR || len(dir.Name) != 2 {
			continue
		}
		files, err := r.dir.ReadDir(deltaIndexes + "/" + dir.Name)
		if err != nil {
			return err
		}
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name, deltaIndexSuffix)
			var c Checksum
			if !ok || f.Type != unix.DT_REG || !parseDeltaChecksum(&c, dir.Name+name) || !stale(c) {
				continue
			}
			if err := atomicfs.Remove(ctx, r.dir, deltaIndexes+"/"+dir.Name+"/"+f.Name); err != nil && !isNotExist(err) {
				return err
			}
		}
	}
	return nil
}

func (r *Repo) writeDeltaIndex(ctx context.Context, to Checksum, deltas []*staticDelta) error {
	list, d := gvariant.NewDict(), gvariant.NewDict()
	for _, delta := range deltas {
		sum, err := r.superblockDigest(delta)
		if isNotExist(err) {
			continue // being written
		}
		if err != nil {
			return err
		}
		list.Set(delta.name(), gvariant.NewBytes(sum[:]))
	}
	d.Set(keyStaticDeltas, hashedDict(list)) // as in a summary
	data := d.Value().Bytes()
	text := strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(to[:]), "/", "_")
	name := deltaIndexes + "/" + text[:2] + "/" + text[2:] + deltaIndexSuffix
	if old, err := r.dir.ReadFile(name, maxMetadataSize); err == nil && string(old) == string(data) {
		return nil
	}
	if err := atomicfs.MkdirAll(ctx, r.dir, path.Dir(name), 0o755); err != nil {
		return err
	}
	return atomicfs.WriteFile(ctx, r.dir, name, data, 0o644, nil)
}
