package main

import (
	"maps"
	"slices"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
)

// refsJSON is refs --json, also that of remotes.
type refsJSON struct {
	Refs []refJSON `json:"refs"`
}

// refJSON is a ref: of this repository, of a remote, or mirrored from a collection.
type refJSON struct {
	Name       string `json:"name"`
	Remote     string `json:"remote,omitempty"`
	Collection string `json:"collection-id,omitempty"`
	Checksum   string `json:"checksum"`
	Alias      string `json:"alias-of,omitempty"`
}

func refAsJSON(r ostree.Ref) refJSON {
	return refJSON{Name: r.Name, Remote: r.Remote, Collection: r.Collection, Checksum: r.Checksum.String(), Alias: r.Alias}
}

// lsJSON is ls --json: the paths of a commit in the order of ls.
type lsJSON struct {
	Commit  string       `json:"commit"`
	Entries []lsPathJSON `json:"entries"`
}

// lsPathJSON is a path with the objects that it is for, as in [entryJSON].
type lsPathJSON struct {
	Path string `json:"path"`
	inodeJSON
	Checksum string `json:"checksum,omitempty"`
	DirTree  string `json:"dirtree,omitempty"`
	DirMeta  string `json:"dirmeta,omitempty"`
}

func lsPathAsJSON(e *lsEntry) lsPathJSON {
	j := lsPathJSON{Path: e.path, inodeJSON: inodeAsJSON(e.header, e.size, e.dir != nil), Checksum: jsonSum(e.sum)}
	if e.dir != nil {
		j.DirTree, j.DirMeta = e.dir.Tree.String(), e.dir.Meta.String()
	}
	return j
}

// diffJSON is diff --json. Changes are there without --stats or with --fs-diff, Stats with --stats.
type diffJSON struct {
	Changes []changeJSON   `json:"changes,omitzero"`
	Stats   *diffStatsJSON `json:"stats,omitempty"`
}

// changeJSON is a path that is "modified", "added" or "removed".
type changeJSON struct {
	Change string `json:"change"`
	Path   string `json:"path"`
}

var changes = map[ostree.DiffKind]string{ostree.DiffModified: "modified", ostree.DiffAdded: "added", ostree.DiffRemoved: "removed"}

// diffStatsJSON counts the objects of two commits.
type diffStatsJSON struct {
	From       int   `json:"from-objects"`
	To         int   `json:"to-objects"`
	Common     int   `json:"common-objects"`
	CommonSize int64 `json:"common-size"`
}

// pruneJSON is prune --json.
type pruneJSON struct {
	Total      int   `json:"total-objects"`
	Pruned     int   `json:"pruned-objects"` // deleted, or with dry-run: to be deleted
	Freed      int64 `json:"freed-size"`
	CommitOnly bool  `json:"commit-only"` // only commits are counted
	DryRun     bool  `json:"dry-run"`
}

// remotesJSON is remote list --json.
type remotesJSON struct {
	Remotes []remoteJSON `json:"remotes"`
}

// remoteJSON is a remote as it is configured. Passwords in addresses are part of them.
type remoteJSON struct {
	Name             string   `json:"name"`
	URL              string   `json:"url,omitempty"`
	Metalink         string   `json:"metalink,omitempty"`
	ContentURL       string   `json:"contenturl,omitempty"`
	CollectionID     string   `json:"collection-id,omitempty"`
	Branches         []string `json:"branches"`
	GPGVerify        bool     `json:"gpg-verify"`
	GPGVerifySummary bool     `json:"gpg-verify-summary"`
}

func remoteAsJSON(r ostree.Remote) remoteJSON {
	return remoteJSON{Name: r.Name, URL: r.URL, Metalink: r.Metalink, ContentURL: r.ContentURL, CollectionID: r.CollectionID,
		Branches: append([]string{}, r.Branches...), GPGVerify: r.GPGVerify, GPGVerifySummary: r.GPGVerifySummary}
}

// summaryJSON is summary --view --json and remote summary --json.
type summaryJSON struct {
	Refs         []summaryRefJSON `json:"refs"`
	Deltas       []deltaJSON      `json:"static-deltas"`
	LastModified string           `json:"last-modified,omitempty"`
	Expires      string           `json:"expires,omitempty"`
	Mode         string           `json:"mode,omitempty"`
	CollectionID string           `json:"collection-id,omitempty"`
	Metadata     map[string]any   `json:"metadata"` // the other keys
}

// summaryRefJSON is a ref in a summary. Of the collection of the summary if it has one, or of another.
type summaryRefJSON struct {
	refJSON
	Size      uint64         `json:"commit-size"`
	Timestamp string         `json:"timestamp,omitempty"`
	Version   string         `json:"version,omitempty"`
	Metadata  map[string]any `json:"metadata"` // the other keys
}

// deltaJSON is a static delta.
type deltaJSON struct {
	From     string `json:"from,omitempty"` // nothing if it starts from scratch
	To       string `json:"to"`
	Checksum string `json:"superblock,omitempty"` // SHA-256 of that, in a summary
}

func (a *app) summaryJSON(s *ostree.Summary) error {
	out := summaryJSON{Refs: []summaryRefJSON{}, Deltas: []deltaJSON{}}
	out.Mode, _ = s.Metadata.String(ostree.KeySummaryMode)
	out.CollectionID, _ = s.Metadata.String(ostree.KeySummaryCollectionID)
	modified, _ := s.Time(ostree.KeySummaryLastModified)
	expires, _ := s.Time(ostree.KeySummaryExpires)
	out.LastModified, out.Expires = jsonTime(modified), jsonTime(expires)
	out.Metadata = without(s.Metadata, ostree.KeySummaryMode, ostree.KeySummaryCollectionID, ostree.KeySummaryLastModified, ostree.KeySummaryExpires,
		"ostree.static-deltas", "ostree.summary.collection-map")
	for _, r := range s.Refs {
		out.Refs = append(out.Refs, summaryRefAsJSON(out.CollectionID, r))
	}
	for _, id := range slices.Sorted(maps.Keys(s.Collections)) {
		for _, r := range s.Collections[id] {
			out.Refs = append(out.Refs, summaryRefAsJSON(id, r))
		}
	}
	for _, text := range slices.Sorted(maps.Keys(s.Deltas)) {
		name, err := delta.ParseName(text)
		if err != nil {
			return err
		}
		out.Deltas = append(out.Deltas, deltaJSON{jsonSum(name.From), name.To.String(), s.Deltas[text].String()})
	}
	return a.printJSON(out)
}

func summaryRefAsJSON(collection string, r ostree.SummaryRef) summaryRefJSON {
	j := summaryRefJSON{refJSON: refJSON{Name: r.Name, Collection: collection, Checksum: r.Checksum.String()}, Size: r.CommitSize, Timestamp: jsonTime(r.Timestamp)}
	j.Version, _ = r.Metadata.String("ostree.commit.version")
	j.Metadata = without(r.Metadata, "ostree.commit.version", "ostree.commit.timestamp")
	return j
}

// without is a dictionary without what is told in another place.
func without(d *gvariant.Dict, keys ...string) map[string]any {
	out := jsonDict(d)
	for _, k := range keys {
		delete(out, k)
	}
	return out
}
