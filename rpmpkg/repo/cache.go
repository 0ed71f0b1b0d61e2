package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/rpmpkg/repodata"
)

const (
	maxRepomd     = 16 << 20
	maxMetadata   = 4 << 30 // of any other file, whatever repomd.xml says; the largest known has a fifth
	stateFile     = "state.json"
	lockFile      = ".lock"
	repodataDir   = "repodata"
	signatureFile = "repodata/repomd.xml.asc"
)

// cache is the directory of one repository inside the cache directory:
//
//	repodata/repomd.xml and the files it names, under their base names
//	state.json   where and when repomd.xml came from
type cache struct {
	dir *dirfd.Dir
}

// state is what is remembered between two refreshes.
type state struct {
	Checked      time.Time `json:"checked"` // when the cache was last known to be up to date
	URL          string    `json:"url"`     // where repomd.xml came from
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Mirrors      []string  `json:"mirrors"`
	Signed       bool      `json:"signed,omitempty"` // the signature of repomd.xml was verified when it came
}

// cacheName gives the name of a repository's directory: equal ids with other URLs do not share one.
func cacheName(r *Repo) string {
	key := r.ID
	switch {
	case r.Metalink != "":
		key = r.Metalink
	case r.Mirrorlist != "":
		key = r.Mirrorlist
	case len(r.BaseURLs) > 0:
		key = r.BaseURLs[0]
	}
	sum := sha256.Sum256([]byte(key))
	return strings.ReplaceAll(r.ID, ":", "_") + "-" + hex.EncodeToString(sum[:8])
}

func openCache(ctx context.Context, r *Repo, cacheDir string) (*cache, error) {
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return nil, err
	}
	top, err := dirfd.Open(cacheDir)
	if err != nil {
		return nil, err
	}
	defer top.Close()
	name := cacheName(r)
	if err := atomicfs.MkdirAll(ctx, top, name+"/"+repodataDir, 0o755); err != nil {
		return nil, err
	}
	d, err := top.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &cache{dir: d}, nil
}

func (c *cache) close() error { return c.dir.Close() }

// load gives the cached index; nil if there is none, one that cannot be read, or one without the signature that is
// asked for.
func (c *cache) load(signed bool) (data []byte, m *repodata.Repomd, st state) {
	data, err := c.dir.ReadFile(repomdPath, maxRepomd)
	if err != nil {
		return nil, nil, st
	}
	if m, err = repodata.ParseRepomd(strings.NewReader(string(data))); err != nil {
		return nil, nil, st
	}
	if text, err := c.dir.ReadFile(stateFile, 1<<20); err != nil || json.Unmarshal(text, &st) != nil {
		st = state{}
	}
	if signed && !st.Signed {
		return nil, nil, state{}
	}
	return data, m, st
}

func (c *cache) saveState(ctx context.Context, st state) error {
	text, err := json.MarshalIndent(st, "", " ")
	if err != nil {
		return err
	}
	return atomicfs.WriteFile(ctx, c.dir, stateFile, append(text, '\n'), 0o644, &atomicfs.WriteOptions{NoSync: true})
}

// dataName gives the path of a data file in the cache. The base name alone could be that of a file with other content
// ("primary.xml.gz"), so names without a checksum get one.
func dataName(d *repodata.Data) string {
	base := path.Base(d.Location)
	if !strings.HasPrefix(base, d.Checksum.Encoded()) {
		base = d.Checksum.Encoded() + "-" + base
	}
	return repodataDir + "/" + base
}

// collect removes the files that repomd.xml does not name, and those that are not derived from its packages.
func (c *cache) collect(ctx context.Context, m *repodata.Repomd) error {
	keep := map[string]bool{path.Base(repomdPath): true, path.Base(signatureFile): true}
	for i := range m.Data {
		if m.Data[i].Checksum != "" {
			keep[path.Base(dataName(&m.Data[i]))] = true
		}
	}
	derived := ""
	if d, ok := m.Find("primary"); ok && d.Checksum != "" {
		derived = d.Checksum.Encoded() + "-"
	}
	entries, err := c.dir.ReadDir(repodataDir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if !keep[e.Name] && (derived == "" || !strings.HasPrefix(e.Name, derived)) {
			errs = append(errs, atomicfs.Remove(ctx, c.dir, repodataDir+"/"+e.Name))
		}
	}
	return errors.Join(errs...)
}

// verifyFile compares a file with its announced size and checksum.
func verifyFile(ctx context.Context, f *os.File, size int64, want digest.Digest) error {
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if size > 0 && fi.Size() != size {
		return &MismatchError{WantSize: size, GotSize: fi.Size(), Want: want}
	}
	v, err := newVerifier(size, want)
	if err != nil {
		return err
	}
	if _, err := io.Copy(v, &ctxReader{ctx, f}); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return v.check()
}

type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// sizeLimit is how long a file may be for which repomd.xml gives a size, or 0.
func sizeLimit(announced int64) int64 {
	if announced <= 0 || announced > maxMetadata {
		return maxMetadata
	}
	return announced
}

// store downloads a file into dir and gives it its name when it is complete and verified. A file of that name that
// is not right is replaced.
func store(ctx context.Context, c *client, dir *dirfd.Dir, name, location string, size int64, want digest.Digest) error {
	return c.download(ctx, location, sizeLimit(size), func(body io.Reader, _ string) error {
		return storeBody(ctx, c, dir, name, location, size, want, body)
	})
}

func storeBody(ctx context.Context, c *client, dir *dirfd.Dir, name, location string, size int64, want digest.Digest, body io.Reader) error {
	v, err := newVerifier(size, want)
	if err != nil {
		return localError{err}
	}
	parent, base := dir, name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		if parent, err = dir.OpenDir(name[:i]); err != nil {
			return localError{err}
		}
		defer parent.Close()
		base = name[i+1:]
	}
	f, err := atomicfs.TempFile(ctx, parent, 0o644)
	if err != nil {
		return localError{err}
	}
	p := Progress{Repo: c.repo.ID, File: location, Size: max(size, 0)}
	_, err = io.Copy(io.MultiWriter(&localWriter{f}, v), &progressReader{body, c.report, p})
	if err == nil {
		err = v.check()
	}
	if err != nil {
		return errors.Join(err, atomicfs.Discard(context.WithoutCancel(ctx), parent, f))
	}
	if err := publish(ctx, f, parent, base); err != nil {
		return localError{err}
	}
	p.Bytes, p.Done = v.n, true
	c.report.report(p)
	return nil
}

func publish(ctx context.Context, f *os.File, dir *dirfd.Dir, name string) error {
	existed, err := atomicfs.Publish(ctx, f, dir, name)
	if err == nil && existed {
		// The caller has found the present file to be wrong.
		if err = atomicfs.Remove(ctx, dir, name); err == nil || errors.Is(err, fs.ErrNotExist) {
			if existed, err = atomicfs.Publish(ctx, f, dir, name); err == nil && existed {
				err = fmt.Errorf("%s: %w", name, fs.ErrExist)
			}
		}
	}
	return errors.Join(err, f.Close())
}

// localWriter marks errors of writing as such that another mirror cannot help against.
type localWriter struct{ w io.Writer }

func (l *localWriter) Write(p []byte) (int, error) {
	n, err := l.w.Write(p)
	if err != nil {
		err = localError{err}
	}
	return n, err
}
