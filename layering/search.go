package layering

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"example.com/rpmostree/depsolve"
)

// openRepos loads the package repositories of a stateroot's newest deployment.
func (e *Engine) openRepos(ctx context.Context, stateroot string, r *Request) (*Catalog, error) {
	name, err := e.stateroot(stateroot)
	if err != nil {
		return nil, err
	}
	d, err := e.first(name)
	if err != nil {
		return nil, err
	}
	version, err := e.sys.Version(ctx, d)
	if err != nil {
		return nil, err
	}
	o, err := e.catalogOptions(d, r, releasever(version))
	if err != nil {
		return nil, err
	}
	return OpenCatalog(ctx, o)
}

// RefreshMetadata brings the metadata of the package repositories up to date, so that later requests need not; force
// asks the repositories even where the cache is fresh. The empty stateroot is that of a [Request].
func (e *Engine) RefreshMetadata(ctx context.Context, stateroot string, force bool) error {
	c, err := e.openRepos(ctx, stateroot, &Request{RefreshRepos: force})
	if err != nil {
		return err
	}
	return c.Close()
}

// Download brings the packages of a plan into the repository, so that it can be carried out without network.
func (e *Engine) Download(ctx context.Context, p *Plan) error {
	if p.catalog == nil {
		return nil
	}
	_, err := p.catalog.Import(ctx, e.sys.Repo(), p.ids, nil)
	return err
}

// Found is a package that [Engine.Search] has found.
type Found struct {
	Name, Summary     string
	InName, InSummary bool // where a term was found
}

// Search looks for packages of the repositories with the terms, which may be globs, in name or summary, by name.
func (e *Engine) Search(ctx context.Context, stateroot string, terms []string) ([]Found, error) {
	c, err := e.openRepos(ctx, stateroot, &Request{})
	if err != nil {
		return nil, err
	}
	found := map[string]Found{}
	for _, id := range c.Pool().Matches(depsolve.SelectAll()) {
		info := c.Info(id)
		if info == nil {
			continue
		}
		f := Found{Name: info.NEVRA.Name, Summary: info.Summary}
		for _, term := range terms {
			f.InName, f.InSummary = f.InName || contains(f.Name, term), f.InSummary || contains(f.Summary, term)
		}
		if f.InName || f.InSummary {
			found[f.Name] = f
		}
	}
	var out []Found
	for _, f := range found {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return out, errors.Join(c.Close())
}

func contains(text, term string) bool {
	text, term = strings.ToLower(text), strings.ToLower(term)
	if ok, err := path.Match(term, text); err == nil && ok {
		return true
	}
	return strings.Contains(text, term)
}
