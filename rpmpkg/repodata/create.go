package repodata

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// CreateOptions control CreateRepo. The zero value is the default.
type CreateOptions struct {
	// Compression of the package lists; the default is Gzip.
	Compression *Compression
	// Revision of repomd.xml; the default is Time in seconds.
	Revision string
	// Time is the time stamp of all files in repomd.xml; zero means now. Set it to get equal output for equal input.
	Time time.Time
	// ContentTags, RepoTags and DistroTags go into repomd.xml.
	ContentTags, RepoTags []string
	DistroTags            []DistroTag
	// Extra are further files, such as comps and updateinfo.
	Extra []Extra
	// Changelogs is the number of changelog entries kept for a package; 0 means 10, < 0 none.
	Changelogs int
	// Exclude skips packages by their path inside the repository; nil skips none.
	Exclude func(location string) bool
	// Jobs is how many packages are read at once; <= 0 means one for each processor.
	Jobs int
	// Progress is called after each package, from one goroutine.
	Progress func(done, total int)
}

// Extra is a metadata file that CreateRepo only stores. A "group" file is stored twice: as it is, and compressed as
// "group_gz".
type Extra struct {
	Type    string // in repomd.xml: "group", "updateinfo", "modules", ...
	Name    string // of the file, without checksum and compression suffix: "comps.xml"
	Content []byte
}

const repodataDir = "repodata"

// CreateRepo makes dir a repository: it reads all *.rpm files below it, links not followed, and writes the directory
// repodata, which replaces an old one in one step. A file that is no valid package is an error. Packages are listed
// in the order of their file names.
func CreateRepo(ctx context.Context, dir string, o *CreateOptions) (*Repomd, error) {
	if o == nil {
		o = &CreateOptions{}
	}
	c := &creator{CreateOptions: *o, dir: dir}
	m, err := c.create(ctx)
	if err != nil {
		return nil, fmt.Errorf("create repository %s: %w", dir, err)
	}
	return m, nil
}

type creator struct {
	CreateOptions
	dir  string
	root *dirfd.Dir
	temp string // name of the directory in root where the new files are
}

func (c *creator) create(ctx context.Context) (_ *Repomd, err error) {
	if c.Time.IsZero() {
		c.Time = time.Now()
	}
	if c.Changelogs == 0 {
		c.Changelogs = 10
	}
	locations, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	if c.root, err = dirfd.Open(c.dir); err != nil {
		return nil, err
	}
	defer c.root.Close()
	if c.temp, err = atomicfs.TempDir(ctx, c.root, ".repodata-", 0o755); err != nil {
		return nil, err
	}
	// After the exchange this is the old directory.
	defer func() { err = errors.Join(err, atomicfs.RemoveAll(context.WithoutCancel(ctx), c.root, c.temp)) }()
	m, err := c.fill(ctx, locations)
	if err != nil {
		return nil, err
	}
	return m, c.publish(ctx)
}

func (c *creator) publish(ctx context.Context) error {
	have, err := c.root.Exists(repodataDir)
	if err != nil {
		return err
	}
	// COMMIT POINT
	if have {
		return atomicfs.Exchange(ctx, c.root, c.temp, c.root, repodataDir)
	}
	if err := atomicfs.Rename(ctx, c.root, c.temp, c.root, repodataDir); err != nil {
		return err
	}
	return atomicfs.SyncDir(context.WithoutCancel(ctx), c.root)
}

// find gives the paths of the packages inside the repository, ordered by file name, then by directory.
func (c *creator) find(ctx context.Context) ([]string, error) {
	var list []string
	err := filepath.WalkDir(c.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		location, err := filepath.Rel(c.dir, file)
		if err != nil {
			return err
		}
		if d.IsDir() && (location == repodataDir || strings.HasPrefix(location, ".repodata")) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() && strings.HasSuffix(location, ".rpm") && (c.Exclude == nil || !c.Exclude(location)) {
			list = append(list, location)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b string) int {
		return strings.Compare(path.Base(a)+"\x00"+a, path.Base(b)+"\x00"+b)
	})
	return list, err
}

// fill writes all files of the new repodata directory.
func (c *creator) fill(ctx context.Context, locations []string) (*Repomd, error) {
	m := &Repomd{Revision: c.Revision, ContentTags: c.ContentTags, RepoTags: c.RepoTags, DistroTags: c.DistroTags}
	if m.Revision == "" {
		m.Revision = strconv.FormatInt(c.Time.Unix(), 10)
	}
	lists, err := c.lists(ctx, locations)
	if err != nil {
		return nil, err
	}
	m.Data = lists
	for _, x := range c.Extra {
		data, err := c.extra(x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Type, err)
		}
		m.Data = append(m.Data, data...)
	}
	f, err := c.root.OpenFile(c.temp+"/repomd.xml", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	return m, errors.Join(m.Encode(f), atomicfs.SyncFile(ctx, f), f.Close())
}

// lists writes primary, filelists and other in one pass over the packages.
func (c *creator) lists(ctx context.Context, locations []string) (data []Data, err error) {
	compression := Gzip
	if c.Compression != nil {
		compression = *c.Compression
	}
	kinds := []string{"primary", "filelists", "other"}
	outs := make([]*dataFile, 0, len(kinds))
	encoders := make([]*Encoder, len(kinds))
	defer func() {
		for _, o := range outs {
			err = errors.Join(err, o.abort())
		}
	}()
	for i, typ := range kinds {
		out, err := c.newFile(typ, typ+".xml", compression)
		if err != nil {
			return nil, err
		}
		outs = append(outs, out)
		if encoders[i], err = NewEncoder(out, typ, len(locations)); err != nil {
			return nil, err
		}
	}
	err = c.records(ctx, locations, func(r *Record) error {
		for _, e := range encoders {
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, e := range encoders {
		if err := e.Close(); err != nil {
			return nil, err
		}
		d, err := outs[i].finish(ctx)
		if err != nil {
			return nil, err
		}
		data = append(data, d)
	}
	return data, nil
}

// records reads the packages, several at once, and calls use for each in the given order. At most twice as many
// records as jobs are held.
func (c *creator) records(ctx context.Context, locations []string, use func(*Record) error) error {
	type result struct {
		rec *Record
		err error
	}
	jobs := c.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	slots := make(chan struct{}, jobs)
	queue := make(chan chan result, jobs)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(queue)
		for _, location := range locations {
			done := make(chan result, 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				rec, err := ReadPackage(filepath.Join(c.dir, location), location, c.Changelogs)
				done <- result{rec, err}
			}()
		}
	}()
	n := 0
	for done := range queue {
		r := <-done
		if r.err != nil {
			return r.err
		}
		if err := use(r.rec); err != nil {
			return err
		}
		if n++; c.Progress != nil {
			c.Progress(n, len(locations))
		}
	}
	return ctx.Err()
}

func (c *creator) extra(x Extra) ([]Data, error) {
	if x.Type == "" || path.Base(x.Name) != x.Name || strings.HasPrefix(x.Name, ".") {
		return nil, fmt.Errorf("bad type or file name %q", x.Name)
	}
	compression := Gzip
	if c.Compression != nil {
		compression = *c.Compression
	}
	kinds := map[string]Compression{x.Type: compression}
	order := []string{x.Type}
	if x.Type == "group" {
		kinds = map[string]Compression{"group": None, "group_gz": Gzip}
		order = []string{"group", "group_gz"}
	}
	var list []Data
	for _, typ := range order {
		out, err := c.newFile(typ, x.Name, kinds[typ])
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(x.Content); err != nil {
			return nil, errors.Join(err, out.abort())
		}
		d, err := out.finish(context.Background())
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}
