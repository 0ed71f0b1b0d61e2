package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg"
)

// Source is a repository that keeps files derived from its metadata. *repo.Metadata is one.
type Source interface {
	// Packages streams the packages.
	Packages(ctx context.Context) iter.Seq2[*rpmpkg.Info, error]
	// PackagesKey identifies what Packages gives: equal keys, equal packages.
	PackagesKey() string
	// OpenDerived opens what StoreDerived has kept under a name, if it is still there.
	OpenDerived(name string) (*os.File, error)
	// StoreDerived keeps what write writes, all of it or nothing.
	StoreDerived(ctx context.Context, name string, write func(io.Writer) error) error
}

// derivedName is the name of the packages' binary form.
const derivedName = "packages"

// LoadCached adds the packages of a repository of the given id to an empty repository of a pool, from their binary form
// if src has kept one of the present packages. If it has not, or what it has is damaged, the packages are read and the
// form is made; that it cannot be stored is no error.
//
// PackageView.Data is an *rpmpkg.Info, made anew for each call, that has neither dependencies, files nor description.
func LoadCached(ctx context.Context, to *depsolve.Repo, src Source, id string) error {
	if f, err := src.OpenDerived(derivedName); err == nil {
		s, err := openStore(f, src.PackagesKey())
		if err == nil {
			if err = s.addTo(to, id); err == nil || len(to.Packages()) > 0 {
				return err
			}
		}
		f.Close() // only read
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s, err := makeStore(ctx, src)
	if err != nil {
		return fmt.Errorf("load %s: %w", to.Name(), err)
	}
	return s.addTo(to, id)
}

// makeStore reads the packages and opens their binary form.
func makeStore(ctx context.Context, src Source) (*store, error) {
	var broken error
	err := src.StoreDerived(ctx, derivedName, func(w io.Writer) (err error) {
		broken, err = writeStore(ctx, w, src)
		return errors.Join(broken, err)
	})
	if broken != nil {
		return nil, broken
	}
	if err == nil {
		f, err := src.OpenDerived(derivedName)
		if err == nil {
			var s *store
			if s, err = openStore(f, src.PackagesKey()); err == nil {
				return s, nil
			}
			f.Close() // only read
		}
	}
	// It could not be stored: hold it in memory.
	var b bytes.Buffer
	if broken, err := writeStore(ctx, &b, src); err != nil || broken != nil {
		return nil, errors.Join(broken, err)
	}
	return openStore(memory{bytes.NewReader(b.Bytes())}, src.PackagesKey())
}

// writeStore streams the packages into w. The first error is one of the packages, the second one of writing.
func writeStore(ctx context.Context, w io.Writer, src Source) (broken, failed error) {
	pool := depsolve.NewPool("")
	repo := pool.AddRepo("", nil)
	sw := newStoreWriter(w, src.PackagesKey())
	for info, err := range ahead(src.Packages(ctx)) {
		if err != nil {
			return err, nil
		}
		pkg := Package(info)
		pkg.Data = nil
		repo.Add(pkg)
		if err := sw.details(info); err != nil {
			return nil, err
		}
	}
	return nil, sw.finish(repo)
}

// memory is a file that is none.
type memory struct{ *bytes.Reader }

func (m memory) size() (int64, error) { return m.Size(), nil }
