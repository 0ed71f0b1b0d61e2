package pull

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// cached is a small file with its validators (RFC 9110, 8.8).
type cached struct {
	bytes    []byte
	etag     string
	modified string // as in Last-Modified
	fresh    bool   // came from the source just now
}

// summaryCache keeps the summary of a remote between pulls, in
// tmp/cache/summaries/REMOTE and REMOTE.sig of the repository: the ETag in the
// attribute user.etag, Last-Modified as time of the file. What it holds is
// verified again at each use, so losing or damaging it does no harm.
type summaryCache struct {
	repo   string // or where else the cache is
	dir    string // below it
	remote string
	blind  bool // nothing is taken from it
}

const (
	summaryCacheDir = "tmp/cache/summaries"
	etagXattr       = "user.etag"
)

// summaryCache returns nil if there is nothing to name the files by.
func (p *puller) summaryCache() *summaryCache {
	if s, ok := p.src.(*httpSource); !ok || s.uncached || p.o.Remote == "" {
		return nil
	}
	if p.o.CacheDir != "" {
		return &summaryCache{repo: p.o.CacheDir, dir: "summaries", remote: p.o.Remote}
	}
	return &summaryCache{repo: p.dst.Path(), dir: summaryCacheDir, remote: p.o.Remote}
}

func (c *summaryCache) name(file string) string {
	if file == "summary.sig" {
		return c.remote + ".sig"
	}
	return c.remote
}

// readCached gets a file, from the cache if the source says that it has not
// changed.
func (p *puller) readCached(ctx context.Context, c *summaryCache, file string, limit int64) (cached, error) {
	src, ok := p.src.(*httpSource)
	if !ok || c == nil {
		data, err := p.read(ctx, file, limit)
		return cached{bytes: data, fresh: true}, err
	}
	return src.getIf(ctx, file, limit, c.load(file, limit), func(r io.Reader, use func([]byte) error) error {
		return p.readAll(ctx, r, nil, use)
	})
}

// forgetting returns the cache as if it were empty.
func (c *summaryCache) forgetting() *summaryCache {
	if c == nil {
		return nil
	}
	empty := *c
	empty.blind = true
	return &empty
}

// has reports whether the cache has the file with the same content.
func (c *summaryCache) has(file string, f cached) bool {
	return c != nil && (!f.fresh || bytes.Equal(c.load(file, int64(len(f.bytes))).bytes, f.bytes))
}

// load returns nothing if the file is not there or has no validator.
func (c *summaryCache) load(file string, limit int64) cached {
	if c.blind {
		return cached{}
	}
	d, err := dirfd.Open(c.repo)
	if err != nil {
		return cached{}
	}
	defer d.Close()
	path := c.dir + "/" + c.name(file)
	data, err := d.ReadFile(path, limit)
	if err != nil {
		return cached{}
	}
	known := cached{bytes: data}
	if etag, err := d.GetXattr(path, etagXattr); err == nil {
		known.etag = string(etag)
	}
	if st, err := d.Lstat(path); err == nil && st.Mtim.Sec > 0 {
		known.modified = time.Unix(int64(st.Mtim.Sec), 0).UTC().Format(http.TimeFormat)
	}
	return known
}

// store keeps a file that came from the source. A failure only costs a
// transfer next time.
func (c *summaryCache) store(ctx context.Context, file string, f cached) {
	if c == nil || !f.fresh || f.etag == "" && f.modified == "" {
		return
	}
	d, err := dirfd.Open(c.repo)
	if err != nil {
		return
	}
	defer d.Close()
	_ = c.replace(ctx, d, c.dir+"/"+c.name(file), f)
}

// replace gives the file its validators before its name: a name with the
// validators of another content would hide changes.
func (c *summaryCache) replace(ctx context.Context, d *dirfd.Dir, path string, f cached) (err error) {
	if err := atomicfs.MkdirAll(ctx, d, c.dir, 0o775); err != nil {
		return err
	}
	tmp := path + ".new"
	if err := atomicfs.WriteFile(ctx, d, tmp, f.bytes, 0o644, &atomicfs.WriteOptions{NoSync: true}); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(atomicfs.Remove(ctx, d, tmp)))
		}
	}()
	if f.etag != "" {
		err = d.SetXattr(tmp, etagXattr, []byte(f.etag))
	}
	modified := time.Unix(0, 0) // stands for unknown
	if t, perr := http.ParseTime(f.modified); perr == nil {
		modified = t
	}
	if err != nil && f.modified == "" {
		return err // no validator left
	}
	if err := d.Utimens(tmp, modified, modified); err != nil {
		return err
	}
	return atomicfs.Rename(ctx, d, tmp, d, path)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
