package repo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repodata"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// Metadata is the metadata of one repository at one time. It is safe for concurrent use. A Refresh that finds a newer
// state removes the files of this one from the cache, and the repository may not have them any more: what has not been
// opened until then cannot be had.
type Metadata struct {
	client   *client
	cache    *cache // nil for a repository that is used where it is
	derived  *cache // where derived files are; nil for nowhere yet
	cacheDir string // where derived would be for a local repository; "" for nowhere
	dir      string // of the cached or local repository, with repodata in it
	raw      []byte // repomd.xml
	repomd   *repodata.Repomd
	offline  bool

	mu       sync.Mutex
	verified map[string]bool // data files whose checksum has been checked by this Metadata
}

func newMetadata(c *client, cached *cache, dir string, raw []byte, m *repodata.Repomd, offline bool) *Metadata {
	return &Metadata{client: c, cache: cached, derived: cached, dir: dir, raw: raw, repomd: m, offline: offline, verified: map[string]bool{}}
}

// Close releases the cache directory. Files of it must not be asked for after it.
func (m *Metadata) Close() error {
	if m.derived == nil {
		return nil
	}
	return m.derived.close()
}

// Repo gives the definition of the repository.
func (m *Metadata) Repo() *Repo { return m.client.repo }

// Repomd gives the index of the metadata files. It must not be changed.
func (m *Metadata) Repomd() *repodata.Repomd { return m.repomd }

// Checksum identifies this state of the repository: it is the SHA-256 of repomd.xml.
func (m *Metadata) Checksum() digest.Digest {
	return digest.NewDigestFromBytes(digest.SHA256, sum256(m.raw))
}

func sum256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// ensure makes sure that a data file is there and right. With lazy, a file of the right size is left to be verified
// when it is opened: mostly that is not necessary, see OpenDerived.
func (m *Metadata) ensure(ctx context.Context, d *repodata.Data, lazy bool) error {
	if lazy && d.Size > 0 && m.hasDerived() {
		if fi, err := os.Stat(m.path(d)); err == nil && fi.Size() == d.Size {
			return nil
		}
	}
	f, err := m.openFile(ctx, d)
	if err != nil {
		return err
	}
	return f.Close()
}

// name is where a data file is below the directory.
func (m *Metadata) name(d *repodata.Data) string {
	if m.cache != nil {
		return dataName(d)
	}
	return d.Location
}

func (m *Metadata) path(d *repodata.Data) string {
	return filepath.Join(m.dir, filepath.FromSlash(m.name(d)))
}

// openFile opens a data file after its checksum has been verified, downloading it if it is missing or damaged.
func (m *Metadata) openFile(ctx context.Context, d *repodata.Data) (*os.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name, file := m.name(d), m.path(d)
	f, err := m.openVerified(ctx, d, name, file)
	if err == nil || ctx.Err() != nil {
		return f, err
	}
	if m.cache == nil {
		return nil, &Error{Repo: m.client.repo.ID, URL: file, Err: err}
	}
	if m.offline {
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNotCached
		}
		return nil, &Error{Repo: m.client.repo.ID, URL: d.Location, Err: err}
	}
	if err := store(ctx, m.client, m.cache.dir, name, d.Location, d.Size, d.Checksum); err != nil {
		return nil, err
	}
	m.verified[name] = true
	return os.Open(file)
}

func (m *Metadata) openVerified(ctx context.Context, d *repodata.Data, name, file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	if !m.verified[name] {
		if err := verifyFile(ctx, f, d.Size, d.Checksum); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		m.verified[name] = true
	}
	return f, nil
}

// Open opens the metadata file of a type uncompressed, downloading it if necessary. If the repository has no file of
// the type, errors.Is(err, fs.ErrNotExist) holds.
func (m *Metadata) Open(ctx context.Context, typ string) (io.ReadCloser, error) {
	d, ok := m.repomd.Find(typ)
	if !ok {
		return nil, &Error{Repo: m.client.repo.ID, Err: fmt.Errorf("no %s in its metadata: %w", typ, fs.ErrNotExist)}
	}
	f, err := m.openFile(ctx, &d)
	if err != nil {
		return nil, err
	}
	r, err := repodata.NewReader(f)
	if err != nil {
		return nil, &Error{Repo: m.client.repo.ID, URL: d.Location, Err: errors.Join(err, f.Close())}
	}
	return &dataReader{r, &io.LimitedReader{R: r, N: sizeLimit(d.OpenSize) + 1}, f}, nil
}

// dataReader reads a compressed file; what is longer than announced is cut off as an error.
type dataReader struct {
	decoder io.ReadCloser
	limited *io.LimitedReader
	f       *os.File
}

func (r *dataReader) Read(p []byte) (int, error) {
	n, err := r.limited.Read(p)
	if r.limited.N <= 0 {
		return n, errors.New("uncompressed content is longer than announced")
	}
	return n, err
}

func (r *dataReader) Close() error { return errors.Join(r.decoder.Close(), r.f.Close()) }

// Packages streams the packages of the repository, without those that its Exclude and Include settings hide. RepoID,
// Location and Checksum are set. After an error the sequence ends.
func (m *Metadata) Packages(ctx context.Context) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		r, err := m.Open(ctx, "primary")
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for info, err := range repodata.ParsePrimary(ctx, r) {
			switch {
			case err != nil:
				err = &Error{Repo: m.client.repo.ID, Err: err}
			case info.Location == "" || info.Checksum == "":
				err = &Error{Repo: m.client.repo.ID, Err: fmt.Errorf("package %s has no location or no checksum", info.NEVRA)}
			case m.client.repo.hides(&info.NEVRA):
				continue
			default:
				info.RepoID = m.client.repo.ID
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(info, nil) {
				return
			}
		}
	}
}

// hides applies excludepkgs and includepkgs: patterns for the name, or for a longer form of the NEVRA.
func (r *Repo) hides(n *rpmver.NEVRA) bool {
	if len(r.Exclude) == 0 && len(r.Include) == 0 {
		return false
	}
	forms := []string{n.Name, n.Name + "." + n.Arch, n.NVRA(), n.String(), n.Name + "-" + n.Version, strings.TrimSuffix(n.NVRA(), "."+n.Arch)}
	matches := func(patterns []string) bool {
		for _, p := range patterns {
			for _, f := range forms {
				if ok, err := path.Match(p, f); ok && err == nil {
					return true
				}
			}
		}
		return false
	}
	return matches(r.Exclude) || len(r.Include) > 0 && !matches(r.Include)
}

// FindFiles looks for the owners of paths in the filelists of the repository, which it streams. It calls found for
// each; pkgID is the hex checksum of the package (Info.Checksum).
func (m *Metadata) FindFiles(ctx context.Context, paths []string, found func(pkgID string, n rpmver.NEVRA, path string) error) error {
	r, err := m.Open(ctx, "filelists")
	if err != nil {
		return err
	}
	defer r.Close()
	if err := repodata.SearchFilelists(ctx, r, paths, found); err != nil {
		return &Error{Repo: m.client.repo.ID, Err: err}
	}
	return nil
}

// Comps reads the package groups of the repository; there are none if it has no such file.
func (m *Metadata) Comps(ctx context.Context) (*repodata.Comps, error) {
	for _, typ := range []string{"group_gz", "group"} {
		if _, ok := m.repomd.Find(typ); !ok {
			continue
		}
		r, err := m.Open(ctx, typ)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		c, err := repodata.ParseComps(r)
		if err != nil {
			return nil, &Error{Repo: m.client.repo.ID, Err: err}
		}
		return c, nil
	}
	return &repodata.Comps{}, nil
}

// Advisories streams the advisories of the repository; there are none if it has no such file.
func (m *Metadata) Advisories(ctx context.Context) iter.Seq2[*repodata.Advisory, error] {
	return func(yield func(*repodata.Advisory, error) bool) {
		if _, ok := m.repomd.Find("updateinfo"); !ok {
			return
		}
		r, err := m.Open(ctx, "updateinfo")
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.Close()
		for a, err := range repodata.ParseUpdateinfo(r) {
			if err != nil {
				err = &Error{Repo: m.client.repo.ID, Err: err}
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

func removeCache(ctx context.Context, cacheDir, name string) error {
	d, err := dirfd.Open(cacheDir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := atomicfs.RemoveAll(ctx, d, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
