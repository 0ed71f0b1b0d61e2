package ostree

import (
	"context"
	"time"

	"example.com/rpmostree/ostree/gvariant"
)

// ---- fs.go: fs.FS, fs.ReadDirFS, fs.ReadLinkFS, fs.StatFS
type FS struct{}

func (r *Repo) FS(ctx context.Context, commit Checksum) (*FS, error) { return nil, errPending }
func (r *Repo) TreeFS(ctx context.Context, t Tree) (*FS, error)      { return nil, errPending }

// ---- checkout.go
type CheckoutOptions struct {
	UserMode             bool      // no owners and attributes, no setuid bits
	RequireHardlinks     bool      // error instead of a copy
	ForceCopy            bool      // never hardlink
	Union                UnionMode // UnionNone: the destination must not exist
	Whiteouts            bool      // .wh.NAME removes NAME
	PassthroughWhiteouts bool      // .ostree-wh.NAME becomes a character device 0:0
	Subpath              string    // directory or file; "" or "/" for all
	AllowMissing         bool      // no error if Subpath is not there
	DevIno               *DevInoCache
	// Filter is called for every entry, path "/usr/bin/x" ("/" is the root of the commit or the subpath); calls may be concurrent.
	Filter           func(path string, h *FileHeader) FilterResult
	Skip             map[string]bool                                          // paths to leave out, "/usr/bin/x"
	BareUserOnlyDirs bool                                                     // directory modes & 0775
	FSync            bool                                                     // sync files and directories
	Label            func(path string, mode uint32) (label string, err error) // sets security.selinux; implies copies
}

func (r *Repo) Checkout(ctx context.Context, commit Checksum, dest string, o *CheckoutOptions) error {
	return errPending
}
func (r *Repo) CheckoutTree(ctx context.Context, t Tree, dest string, o *CheckoutOptions) error {
	return errPending
}

// ---- merge.go
type Overlay struct {
	Tree Tree
	Mode UnionMode
	Name string // for ConflictError, for example the package
}
type ConflictError struct{ Path, A, B string } // A, B: names of the overlays, "" the base

func (e *ConflictError) Error() string { return "" }
func (t *Tx) MergeTrees(ctx context.Context, base Tree, overlays []Overlay) (Tree, error) {
	return Tree{}, errPending
}

// ---- traverse.go
type ObjectSet struct{}

func (s *ObjectSet) Add(n ObjectName) bool            { return false } // whether it was new
func (s *ObjectSet) Has(n ObjectName) bool            { return false }
func (s *ObjectSet) Len() int                         { return 0 }
func (s *ObjectSet) All() func(func(ObjectName) bool) { return nil } // iter.Seq, no order
// depth: parents to follow, 0 none, < 0 all
func (r *Repo) Traverse(ctx context.Context, commit Checksum, depth int) (*ObjectSet, error) {
	return nil, errPending
}
func (r *Repo) TraverseInto(ctx context.Context, set *ObjectSet, commit Checksum, depth int) error {
	return errPending
}

// ---- fsck.go
type FsckOptions struct {
	Delete         bool // delete corrupt objects, mark their commits partial
	AddTombstones  bool // write tombstones for missing parents
	VerifyBindings bool
	VerifyBackRefs bool // implies VerifyBindings
	Progress       func(FsckProgress)
}
type FsckProgress struct{ Done, Total int }
type FsckProblem struct {
	Object  ObjectName // zero for a ref or binding
	Ref     string
	Missing bool
	Deleted bool
	Err     error
}
type FsckReport struct {
	Commits, PartialCommits int
	Objects                 int // verified
	Tombstones              int // written
	Problems                []FsckProblem
}

func (r *FsckReport) Err() error { return nil } // nil if there are no problems
func (r *Repo) Fsck(ctx context.Context, o *FsckOptions) (*FsckReport, error) {
	return nil, errPending
}

// ---- prune.go
type PruneOptions struct {
	RefsOnly   bool       // keep what refs reach, instead of all commits
	NoPrune    bool       // only count
	CommitOnly bool       // delete only commits
	Depth      *int       // parents kept of each root; nil all, new(0) none
	Keep       []Checksum // further commits to keep
	// Reachable, if set, fills the set of objects to keep instead of the above; called under the exclusive lock.
	Reachable func(ctx context.Context, keep *ObjectSet) error
}
type PruneStats struct {
	Total, Pruned int
	Freed         int64 // bytes
}

func (r *Repo) Prune(ctx context.Context, o *PruneOptions) (*PruneStats, error) {
	return nil, errPending
}

// ---- diff.go
type DiffKind byte

const (
	DiffModified DiffKind = 'M'
	DiffRemoved  DiffKind = 'D'
	DiffAdded    DiffKind = 'A'
)

type DiffItem struct {
	Kind DiffKind
	Path string // "/usr/bin/x"
}
type DiffOptions struct{ NoXattrs bool }

func (r *Repo) Diff(ctx context.Context, a, b Tree, o *DiffOptions) ([]DiffItem, error) {
	return nil, errPending
}

// ---- summary.go
type SummaryOptions struct {
	Metadata *gvariant.Dict      // additional keys
	Deltas   map[string]Checksum // "FROM-TO" or "TO": digest of the superblock
}
type SummaryRef struct {
	Name       string
	Checksum   Checksum
	CommitSize uint64
	Metadata   *gvariant.Dict
	Timestamp  time.Time
}
type Summary struct {
	Refs     []SummaryRef
	Metadata *gvariant.Dict
}

func (r *Repo) UpdateSummary(ctx context.Context, o *SummaryOptions) error { return errPending }
func ParseSummary(data []byte) (*Summary, error)                           { return nil, errPending }
