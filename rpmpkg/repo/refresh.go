package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/internal/lockfile"
	"example.com/rpmostree/rpmpkg/repodata"
)

// Options control Refresh. The zero value is the default.
type Options struct {
	Client *http.Client // nil means http.DefaultClient
	// CacheOnly uses what is in the cache, however old, and downloads nothing; see ErrNotCached.
	CacheOnly bool
	// Force asks the repository even if the cache is new enough, and takes an older state of it too.
	Force bool
	// MaxAge, if positive, is the age up to which the cache is used unasked when that is less than the repository's
	// MetadataExpire.
	MaxAge time.Duration
	// Preload names types of metadata files that Refresh downloads at once, beside "primary". Others are downloaded
	// when they are asked for.
	Preload []string
	// Keyring has the public keys for repo_gpgcheck, armored or binary; without it the files and URLs in the
	// repository's GPGKeys are read.
	Keyring []byte
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Progress is called during downloads, never twice at once.
	Progress func(Progress)
}

// Refresh brings the cached metadata of a repository up to date and opens it. A repository at a single file URL is
// used where it is. Errors are of type *Error, or several of them joined, one for each mirror that was tried.
func Refresh(ctx context.Context, r *Repo, cacheDir string, o *Options) (*Metadata, error) {
	if o == nil {
		o = &Options{}
	}
	m, err := refresh(ctx, r, cacheDir, o)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			err = &Error{Repo: r.ID, Err: err}
		}
		return nil, err
	}
	for _, typ := range append([]string{"primary"}, o.Preload...) {
		d, ok := m.repomd.Find(typ)
		if !ok {
			continue
		}
		if err := m.ensure(ctx, &d, typ == "primary"); err != nil {
			return nil, errors.Join(err, m.Close())
		}
	}
	return m, nil
}

func refresh(ctx context.Context, r *Repo, cacheDir string, o *Options) (*Metadata, error) {
	if err := checkID(r.ID); err != nil {
		return nil, err
	}
	if len(r.BaseURLs) == 0 && r.Mirrorlist == "" && r.Metalink == "" {
		return nil, errors.New("neither baseurl nor mirrorlist nor metalink is set")
	}
	c, err := newClient(r, o.Client, newReporter(o.Progress, 0))
	if err != nil {
		return nil, err
	}
	f := &refresher{client: c, Options: *o, now: o.Now}
	if f.now == nil {
		f.now = time.Now
	}
	if r.Metalink == "" && r.Mirrorlist == "" && len(r.BaseURLs) == 1 {
		if path, ok := localPath(r.BaseURLs[0]); ok {
			m, err := f.local(ctx, path)
			if err == nil {
				m.cacheDir = cacheDir
			}
			return m, err
		}
	}
	if f.cache, err = openCache(ctx, r, cacheDir); err != nil {
		return nil, err
	}
	m, err := f.cached(ctx)
	if err != nil {
		return nil, errors.Join(err, f.cache.close())
	}
	return m, nil
}

type refresher struct {
	*client
	Options
	now   func() time.Time
	cache *cache
}

// local opens a repository in the file system.
func (f *refresher) local(ctx context.Context, path string) (*Metadata, error) {
	f.mirrors = newMirrors([]string{f.repo.BaseURLs[0]})
	data, err := f.fetchRepomd(ctx, nil)
	if err != nil {
		return nil, err
	}
	m, err := repodata.ParseRepomd(bytes.NewReader(data))
	if err != nil {
		return nil, f.wrap(filepath.Join(path, repomdPath), err)
	}
	return newMetadata(f.client, nil, path, data, m, f.CacheOnly), nil
}

// cached decides whether the cache will do, and gets a new index if it will not.
func (f *refresher) cached(ctx context.Context) (*Metadata, error) {
	if f.CacheOnly {
		data, m, st := f.cache.load(f.repo.RepoGPGCheck)
		if m == nil {
			return nil, &Error{Repo: f.repo.ID, Err: ErrNotCached}
		}
		return f.open(data, m, st), nil
	}
	lock, err := lockfile.Acquire(ctx, f.cache.dir, lockFile, nil)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	data, m, st := f.cache.load(f.repo.RepoGPGCheck)
	if m != nil && !f.Force && f.fresh(&st) {
		return f.open(data, m, st), nil
	}
	return f.update(ctx, data, m, st)
}

func (f *refresher) open(data []byte, m *repodata.Repomd, st state) *Metadata {
	if f.mirrors == nil {
		urls := st.Mirrors
		if len(urls) == 0 {
			urls = f.repo.BaseURLs
		}
		f.mirrors = newMirrors(urls)
	}
	return newMetadata(f.client, f.cache, filepath.Join(f.cache.dir.Path()), data, m, f.CacheOnly)
}

// fresh tells whether the cache may be used without asking.
func (f *refresher) fresh(st *state) bool {
	limit := f.repo.MetadataExpire
	if f.MaxAge > 0 && (limit < 0 || f.MaxAge < limit) {
		limit = f.MaxAge
	}
	age := f.now().Sub(st.Checked)
	return !st.Checked.IsZero() && age >= 0 && (limit < 0 || age < limit)
}

// update asks the repository. Nothing is changed in the cache until the new index has been verified.
func (f *refresher) update(ctx context.Context, old []byte, oldIndex *repodata.Repomd, st state) (*Metadata, error) {
	meta, err := f.findMirrors(ctx)
	if err != nil {
		return nil, err
	}
	next := state{Checked: f.now().UTC(), Mirrors: f.mirrors.urls(), Signed: f.repo.RepoGPGCheck}
	if meta != nil && oldIndex != nil && meta.current(old) {
		next.URL, next.ETag, next.LastModified = st.URL, st.ETag, st.LastModified
		return f.open(old, oldIndex, next), f.cache.saveState(ctx, next)
	}
	data, err := f.conditional(ctx, meta, old, &st, &next)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(data, old) {
		return f.open(old, oldIndex, next), f.cache.saveState(ctx, next)
	}
	m, err := repodata.ParseRepomd(bytes.NewReader(data))
	if err != nil {
		return nil, f.wrap(next.URL, err)
	}
	if oldIndex != nil && !f.Force && m.Generated().Before(oldIndex.Generated()) {
		// A mirror that is behind. What we have is newer, and was verified when it came.
		next.URL, next.ETag, next.LastModified = st.URL, st.ETag, st.LastModified
		return f.open(old, oldIndex, next), f.cache.saveState(ctx, next)
	}
	return f.commit(ctx, data, m, next)
}

// commit stores a new index: first the package list it names, then the index itself.
func (f *refresher) commit(ctx context.Context, data []byte, m *repodata.Repomd, next state) (*Metadata, error) {
	md := f.open(data, m, next)
	if d, ok := m.Find("primary"); ok {
		if err := md.ensure(ctx, &d, false); err != nil {
			return nil, err
		}
	}
	// COMMIT POINT
	if err := atomicfs.WriteFile(ctx, f.cache.dir, repomdPath, data, 0o644, nil); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	return md, errors.Join(f.cache.saveState(ctx, next), f.cache.collect(ctx, m))
}

// findMirrors gets the list of mirrors. The metalink is nil if the repository has none.
func (f *refresher) findMirrors(ctx context.Context) (*metalink, error) {
	urls := f.repo.BaseURLs
	var meta *metalink
	if list := f.repo.listURL(); list != "" {
		var fromList []string
		_, err := f.bytes(ctx, list, maxMirrorDoc, func(data []byte) (err error) {
			if f.repo.Metalink != "" {
				if meta, err = parseMetalink(data); err == nil {
					fromList = meta.urls
				}
				return err
			}
			fromList, meta, err = parseMirrorlist(data)
			return err
		})
		if err != nil && len(urls) == 0 {
			return nil, err
		}
		urls = append(fromList, urls...)
	}
	f.mirrors = newMirrors(urls)
	return meta, nil
}

func (r *Repo) listURL() string {
	if r.Metalink != "" {
		return r.Metalink
	}
	return r.Mirrorlist
}

// current tells whether data is the version that the metalink calls the present one.
func (m *metalink) current(data []byte) bool {
	present := metalink{versions: m.versions[:1]}
	return present.check(data) == nil
}

// conditional gets repomd.xml unless the mirror that gave the old one says that it has not changed.
func (f *refresher) conditional(ctx context.Context, meta *metalink, old []byte, st, next *state) ([]byte, error) {
	first := resolve(f.mirrors.candidates()[0].url, repomdPath)
	next.URL = first
	if _, local := localPath(first); !local && len(old) > 0 && !f.Force && st.URL == first && meta == nil && (st.ETag != "" || st.LastModified != "") {
		data, resp, err := f.once.Bytes(ctx, &fetch.Request{URL: first, MaxBytes: maxRepomd, ETag: st.ETag, LastModified: st.LastModified})
		if err == nil && resp.NotModified {
			next.ETag, next.LastModified = st.ETag, st.LastModified
			return old, nil
		}
		if err == nil && f.checkRepomd(ctx, meta, first, data) == nil {
			next.ETag, next.LastModified = resp.ETag, resp.LastModified
			return data, nil
		}
	}
	return f.fetchRepomdState(ctx, meta, next)
}

func (f *refresher) fetchRepomd(ctx context.Context, meta *metalink) ([]byte, error) {
	return f.fetchRepomdState(ctx, meta, &state{})
}

// fetchRepomdState gets repomd.xml from the first mirror that has a good one.
func (f *refresher) fetchRepomdState(ctx context.Context, meta *metalink, next *state) (data []byte, err error) {
	err = f.downloadResponse(ctx, repomdPath, maxRepomd, func(resp *fetch.Response, u string) error {
		if data, err = readLimited(resp.Body, maxRepomd); err != nil {
			return err
		}
		next.URL, next.ETag, next.LastModified = u, resp.ETag, resp.LastModified
		return f.checkRepomd(ctx, meta, u, data)
	})
	return data, err
}

// checkRepomd verifies an index that came from u: that it is one, its metalink, its signature.
func (f *refresher) checkRepomd(ctx context.Context, meta *metalink, u string, data []byte) error {
	if _, err := repodata.ParseRepomd(bytes.NewReader(data)); err != nil {
		return err
	}
	if meta != nil {
		if err := meta.check(data); err != nil {
			return err
		}
	}
	if !f.repo.RepoGPGCheck {
		return nil
	}
	var signature []byte
	err := f.get(ctx, f.patient, &fetch.Request{URL: u + ".asc", MaxBytes: maxMirrorDoc}, func(r *fetch.Response) (err error) {
		signature, err = readLimited(r.Body, maxMirrorDoc)
		return err
	})
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	keyring := f.Keyring
	if keyring == nil {
		if keyring, err = f.keys(ctx); err != nil {
			return err
		}
	}
	return verifySignature(keyring, data, signature, f.now())
}

// keys reads the public keys that the definition names.
func (f *refresher) keys(ctx context.Context) ([]byte, error) {
	if len(f.repo.GPGKeys) == 0 {
		return nil, errors.New("repo_gpgcheck is set, but no gpgkey")
	}
	var all []byte
	for _, u := range f.repo.GPGKeys {
		err := f.get(ctx, f.patient, &fetch.Request{URL: asURL(u), MaxBytes: maxMirrorDoc}, func(r *fetch.Response) error {
			data, err := readLimited(r.Body, maxMirrorDoc)
			all = append(append(all, data...), '\n')
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("gpgkey %s: %w", u, err)
		}
	}
	return all, nil
}

// CleanCache removes everything that is cached for a repository.
func CleanCache(ctx context.Context, r *Repo, cacheDir string) error {
	if err := checkID(r.ID); err != nil {
		return err
	}
	if _, err := os.Stat(cacheDir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return removeCache(ctx, cacheDir, cacheName(r))
}
