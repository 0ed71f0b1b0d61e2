package main

import (
	"context"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
)

// deltasJSON is static-delta list --json.
type deltasJSON struct {
	Deltas []deltaJSON `json:"deltas"`
}

func (a *app) deltasJSON(names []delta.Name) error {
	out := deltasJSON{Deltas: []deltaJSON{}}
	for _, n := range names {
		out.Deltas = append(out.Deltas, deltaJSON{From: jsonSum(n.From), To: n.To.String()})
	}
	return a.printJSON(out)
}

// deltaShowJSON is static-delta show --json. Sizes are those stored and, "-uncompressed", of the objects made of it.
type deltaShowJSON struct {
	deltaJSON
	Signed     bool            `json:"signed"`
	Endianness string          `json:"endianness"` // of the sizes as stored: "little" or "big"
	Guessed    bool            `json:"endianness-guessed"`
	Timestamp  string          `json:"timestamp"`
	Parts      []deltaPartJSON `json:"parts"`
	Fallbacks  []fallbackJSON  `json:"fallbacks"`
	sizesJSON                  // of all parts and fallbacks
}

// sizesJSON are a stored size and what comes out of it, in bytes.
type sizesJSON struct {
	Size         uint64 `json:"size"`
	Uncompressed uint64 `json:"size-uncompressed"`
}

func (s *sizesJSON) add(o sizesJSON) {
	s.Size, s.Uncompressed = s.Size+o.Size, s.Uncompressed+o.Uncompressed
}

// deltaPartJSON is a part of a delta, with how often each operation is in it.
type deltaPartJSON struct {
	sizesJSON
	Checksum   string         `json:"checksum"`
	Objects    int            `json:"objects"`
	Modes      int            `json:"modes"`
	Xattrs     int            `json:"xattrs"`
	BlobSize   uint64         `json:"blob-size"`
	OpsSize    uint64         `json:"operations-size"`
	Operations map[string]int `json:"operations"`
}

// fallbackJSON is an object that is to be fetched by itself.
type fallbackJSON struct {
	sizesJSON
	Object string `json:"object"` // CHECKSUM.TYPE
}

func (a *app) deltaShowJSON(ctx context.Context, repo *ostree.Repo, arg string) error {
	d, err := openDelta(repo, arg)
	if err != nil {
		return err
	}
	s := d.Superblock
	out := deltaShowJSON{
		deltaJSON: deltaJSON{jsonSum(s.Name.From), s.Name.To.String(), s.Checksum.String()}, Signed: d.Signatures != nil,
		Endianness: map[bool]string{true: "big", false: "little"}[s.BigEndian], Guessed: s.Guessed, Timestamp: jsonTime(s.Time),
		Parts: []deltaPartJSON{}, Fallbacks: []fallbackJSON{},
	}
	for i, p := range s.Parts {
		info, err := d.Inspect(ctx, repo, i)
		if err != nil {
			return err
		}
		part := deltaPartAsJSON(p, info)
		out.add(part.sizesJSON)
		out.Parts = append(out.Parts, part)
	}
	for _, f := range s.Fallbacks {
		j := fallbackJSON{sizesJSON{f.Size, f.Usize}, f.Object.String()}
		out.add(j.sizesJSON)
		out.Fallbacks = append(out.Fallbacks, j)
	}
	return a.printJSON(out)
}

func deltaPartAsJSON(p delta.Part, info *delta.PartDetails) deltaPartJSON {
	return deltaPartJSON{
		sizesJSON: sizesJSON{p.Size, p.Usize}, Checksum: p.Checksum.String(), Objects: len(p.Objects),
		Modes: info.Modes, Xattrs: info.Xattrs, BlobSize: uint64(info.Blob), OpsSize: uint64(info.Ops),
		Operations: map[string]int{"open-splice-close": info.Splice, "open": info.Open, "write": info.Write, "set-read-source": info.SetSource,
			"unset-read-source": info.UnsetSource, "close": info.Close, "bspatch": info.Patch},
	}
}

// fsckJSON is fsck --json. The exit status is 1 unless OK.
type fsckJSON struct {
	OK      bool `json:"ok"`
	Commits int  `json:"commits"` // that were verified
	Objects int  `json:"objects"` // that were verified
	// Partial commits are not verified: a pull has not finished, or an earlier fsck found them damaged.
	Partial       int               `json:"partial-commits"`
	FsckPartial   int               `json:"fsck-partial-commits"`
	Problems      []fsckProblemJSON `json:"problems"`
	MarkedPartial []string          `json:"marked-partial"`
	Tombstones    []string          `json:"tombstones-added"`
}

// fsckProblemJSON is something wrong with an object or with a ref.
type fsckProblemJSON struct {
	Object     string   `json:"object,omitempty"` // CHECKSUM.TYPE
	Ref        string   `json:"ref,omitempty"`
	Collection string   `json:"collection-id,omitempty"` // of the ref
	Commits    []string `json:"commits"`                 // that have the object
	Missing    bool     `json:"missing"`
	Deleted    bool     `json:"deleted"`
	Error      string   `json:"error,omitempty"`
}

// fsckJSON prints the outcome; corruption is an error after it.
func (a *app) fsckJSON(r *ostree.FsckReport) error {
	out := fsckJSON{
		OK: len(r.Problems) == 0 && r.FsckPartialCommits == 0, Commits: r.Commits, Objects: r.Objects, Partial: r.PartialCommits, FsckPartial: r.FsckPartialCommits,
		Problems: []fsckProblemJSON{}, MarkedPartial: jsonSums(r.MarkedPartial), Tombstones: jsonSums(r.Tombstones),
	}
	for _, p := range r.Problems {
		j := fsckProblemJSON{Ref: p.Ref, Collection: p.Collection, Commits: jsonSums(p.Commits), Missing: p.Missing, Deleted: p.Deleted}
		if p.Object.Type != 0 {
			j.Object = p.Object.String()
		}
		if p.Err != nil {
			j.Error = p.Err.Error()
		}
		out.Problems = append(out.Problems, j)
	}
	if err := a.printJSON(out); err != nil || out.OK {
		return err
	}
	if len(r.Problems) == 0 {
		return errorf("%d partial commits from fsck-detected corruption", r.FsckPartialCommits)
	}
	return errorf("Repository corruption encountered")
}
