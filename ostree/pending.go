package ostree

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree/gvariant"
)

var errPending = errors.New("being written")

// ---- repo.go
type Repo struct {
	dir, objects *dirfd.Dir // the repository and its objects/
	path         string
	mode         Mode
}
type InitOptions struct {
	Mode         Mode
	CollectionID string
}
type OpenOptions struct {
	RemotesDir string // of *.conf, e.g. /etc/ostree/remotes.d for the system repository
}

func Init(ctx context.Context, path string, o *InitOptions) (*Repo, error) { return nil, errPending }
func Open(ctx context.Context, path string, o *OpenOptions) (*Repo, error) { return nil, errPending }
func (r *Repo) Close() error                                               { return errPending }
func (r *Repo) Path() string                                               { return r.path }
func (r *Repo) Mode() Mode                                                 { return r.mode }
func (r *Repo) Writable() bool                                             { return false }
func (r *Repo) Equal(o *Repo) bool                                         { return false }
func (r *Repo) Parent() *Repo                                              { return nil }

// ---- config.go
type Config struct{}

func (r *Repo) Config() *Config                                      { return nil }
func (r *Repo) WriteConfig(ctx context.Context, c *Config) error     { return errPending }
func (c *Config) Get(group, key string) (string, bool)               { return "", false }
func (c *Config) GetBool(group, key string, def bool) (bool, error)  { return def, nil }
func (c *Config) GetInt(group, key string, def int64) (int64, error) { return def, nil }
func (c *Config) Set(group, key, value string)                       {}
func (c *Config) Unset(group, key string) bool                       { return false }
func (c *Config) UnsetGroup(group string) bool                       { return false }
func (c *Config) Groups() []string                                   { return nil }
func (c *Config) Keys(group string) []string                         { return nil }

// ---- remote.go
type Remote struct {
	Name                        string
	URL, ContentURL, Metalink   string
	Proxy, CollectionID         string
	Branches                    []string
	GPGVerify, GPGVerifySummary bool
	Options                     map[string]string // all keys of the group as written, also those above
}
type RemoteOptions struct {
	Replace     bool // an existing remote of that name is replaced
	IfNotExists bool // an existing remote of that name is left alone
}

func (r *Repo) Remotes() ([]Remote, error)                                        { return nil, errPending }
func (r *Repo) Remote(name string) (Remote, error)                                { return Remote{}, errPending }
func (r *Repo) AddRemote(ctx context.Context, rem Remote, o *RemoteOptions) error { return errPending }
func (r *Repo) DeleteRemote(ctx context.Context, name string) error               { return errPending }

// ---- load.go, objects.go, detached.go
type File struct {
	Header FileHeader
	Size   int64         // of the payload
	Reader io.ReadCloser // nil for a symbolic link
}
type CommitState uint8

const (
	CommitNormal      CommitState = iota
	CommitPartial                 // a pull has not finished
	CommitFsckPartial             // fsck found objects missing
)

func (f *File) Close() error                                                  { return nil }
func (r *Repo) Has(ctx context.Context, n ObjectName) (bool, error)           { return false, errPending }
func (r *Repo) LoadCommit(ctx context.Context, c Checksum) (*Commit, error)   { return nil, errPending }
func (r *Repo) LoadDirTree(ctx context.Context, c Checksum) (*DirTree, error) { return nil, errPending }
func (r *Repo) LoadDirMeta(ctx context.Context, c Checksum) (*DirMeta, error) { return nil, errPending }
func (r *Repo) LoadMetadata(ctx context.Context, n ObjectName) ([]byte, error) {
	return nil, errPending
}
func (r *Repo) LoadFile(ctx context.Context, c Checksum) (*File, error) { return nil, errPending }
func (r *Repo) CommitState(ctx context.Context, c Checksum) (CommitState, error) {
	return 0, errPending
}
func (r *Repo) MarkPartial(ctx context.Context, c Checksum, partial bool) error { return errPending }
func (r *Repo) OpenArchived(ctx context.Context, c Checksum) (io.ReadCloser, int64, error) {
	return nil, 0, errPending
}
func (r *Repo) DetachedMetadata(ctx context.Context, c Checksum) (*gvariant.Dict, error) {
	return nil, errPending
}
func (r *Repo) SetDetachedMetadata(ctx context.Context, c Checksum, d *gvariant.Dict) error {
	return errPending
}
func (r *Repo) Objects(ctx context.Context) iter.Seq2[ObjectName, error]     { return nil }
func (r *Repo) StorageSize(ctx context.Context, n ObjectName) (int64, error) { return 0, errPending }
func (r *Repo) Delete(ctx context.Context, n ObjectName) error               { return errPending }

// ---- refs.go
type Ref struct {
	Remote, Collection string // at most one is set
	Name               string
	Checksum           Checksum
	Alias              string // target ref name, if the ref is an alias
}
type RefsOptions struct {
	Prefix  string // a ref name or a directory of refs; "" for all
	Remotes bool   // also refs/remotes
	Mirrors bool   // also refs/mirrors
	Aliases bool   // list only aliases
}

func (r *Repo) ResolveRev(ctx context.Context, rev string) (Checksum, error) {
	return Checksum{}, errPending
}
func (r *Repo) Refs(ctx context.Context, o *RefsOptions) ([]Ref, error)      { return nil, errPending }
func (r *Repo) SetRef(ctx context.Context, refspec string, c Checksum) error { return errPending }
func (r *Repo) DeleteRef(ctx context.Context, refspec string) error          { return errPending }
func (r *Repo) SetAlias(ctx context.Context, alias, target string) error     { return errPending }

// ---- lock.go: the returned context marks the lock as held; nested calls with it are no-ops.
func (r *Repo) lock(ctx context.Context, exclusive bool) (context.Context, func() error, error) {
	return ctx, func() error { return nil }, nil
}

// ---- tx.go
type TxOptions struct {
	NoSync bool // as core.fsync=false
}
type Tx struct{ repo *Repo }
type TxStats struct {
	MetadataTotal, MetadataWritten int
	ContentTotal, ContentWritten   int
	ContentBytesWritten            int64
	DevInoHits                     int
}

func (r *Repo) Begin(ctx context.Context, o *TxOptions) (*Tx, error) { return nil, errPending }
func (t *Tx) WriteFile(ctx context.Context, h *FileHeader, size int64, r io.Reader) (Checksum, error) {
	return Checksum{}, errPending
}
func (t *Tx) WriteFileExpect(ctx context.Context, want Checksum, h *FileHeader, size int64, r io.Reader) error {
	return errPending
}
func (t *Tx) WriteMetadata(ctx context.Context, ot ObjectType, data []byte) (Checksum, error) {
	return Checksum{}, errPending
}
func (t *Tx) WriteMetadataExpect(ctx context.Context, n ObjectName, data []byte) error {
	return errPending
}
func (t *Tx) WriteCommit(ctx context.Context, c *Commit) (Checksum, error) {
	return Checksum{}, errPending
}
func (t *Tx) WriteArchived(ctx context.Context, want Checksum, r io.Reader) error { return errPending }
func (t *Tx) SetDetachedMetadata(ctx context.Context, c Checksum, d *gvariant.Dict) error {
	return errPending
}

type ImportObjectOptions struct{ Untrusted bool }

func (t *Tx) ImportObject(ctx context.Context, src *Repo, n ObjectName, o *ImportObjectOptions) (linked bool, err error) {
	return false, errPending
}
func (t *Tx) Has(ctx context.Context, n ObjectName) (bool, error)           { return false, errPending }
func (t *Tx) LoadCommit(ctx context.Context, c Checksum) (*Commit, error)   { return nil, errPending }
func (t *Tx) LoadDirTree(ctx context.Context, c Checksum) (*DirTree, error) { return nil, errPending }
func (t *Tx) LoadDirMeta(ctx context.Context, c Checksum) (*DirMeta, error) { return nil, errPending }
func (t *Tx) LoadFile(ctx context.Context, c Checksum) (*File, error)       { return nil, errPending }
func (t *Tx) SetRef(refspec string, c Checksum)                             {}
func (t *Tx) DeleteRef(refspec string)                                      {}
func (t *Tx) Commit(ctx context.Context) (TxStats, error)                   { return TxStats{}, errPending }
func (t *Tx) Abort() error                                                  { return nil }
func (t *Tx) Repo() *Repo                                                   { return t.repo }

// ---- mtree.go
type MutableTree struct{}
type EntryKind uint8

const (
	EntryNone EntryKind = iota
	EntryFile
	EntryDir
)

type Entry struct {
	Kind EntryKind
	File Checksum
	Dir  *MutableTree
}

func NewMutableTree() *MutableTree                         { return nil }
func (t *Tx) MutableTree(tree, meta Checksum) *MutableTree { return nil }
func (m *MutableTree) SetMeta(c Checksum)                  {}
func (m *MutableTree) Meta() Checksum                      { return Checksum{} }
func (m *MutableTree) EnsureDir(ctx context.Context, path string, metaForNew Checksum) (*MutableTree, error) {
	return nil, errPending
}
func (m *MutableTree) Lookup(ctx context.Context, path string) (Entry, error) {
	return Entry{}, errPending
}
func (m *MutableTree) SetFile(ctx context.Context, path string, c Checksum) error { return errPending }
func (m *MutableTree) SetDir(ctx context.Context, path string, tree, meta Checksum) error {
	return errPending
}
func (m *MutableTree) Remove(ctx context.Context, path string) error     { return errPending }
func (m *MutableTree) Rename(ctx context.Context, old, new string) error { return errPending }
func (m *MutableTree) Names(ctx context.Context) ([]string, error)       { return nil, errPending }
func (t *Tx) WriteTree(ctx context.Context, m *MutableTree) (tree, meta Checksum, err error) {
	return Checksum{}, Checksum{}, errPending
}

// ---- import.go
type FilterResult uint8

const (
	FilterKeep FilterResult = iota
	FilterSkip              // leave the entry (and what is below it) out
)

type ModeOverride struct {
	Mode uint32
	Set  bool // replace the permission bits instead of adding to them
}
type ImportOptions struct {
	// Filter is called for every entry in a fixed order, one call at a time; path starts with "/", "/" is the root. It may change h (mode, owner).
	Filter               func(path string, h *FileHeader) FilterResult
	OwnerUID, OwnerGID   *uint32
	NoXattrs             bool
	CanonicalPermissions bool
	Consume              bool
	ModeOverrides        map[string]ModeOverride // path "/usr/bin/su"; an entry that matches nothing is an error
	Skip                 []string                // likewise
	DevIno               *DevInoCache
	DevInoCanonical      bool
	Xattrs               func(path string, h *FileHeader) (Xattrs, error) // replaces; h.Xattrs as read; concurrent calls
	Progress             func(ImportProgress)
}
type ImportProgress struct {
	Files int
	Bytes int64
	Time  time.Time
}

func (t *Tx) ImportDir(ctx context.Context, m *MutableTree, path string, o *ImportOptions) error {
	return errPending
}
