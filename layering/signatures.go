package layering

import (
	"context"
	"fmt"
	"os"
	"strings"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/repo"
)

// maxKeyFile bounds a file of public keys.
const maxKeyFile = 4 << 20

// keyrings loads the keys of those repositories with gpgcheck set that the
// packages at the given indexes of ids come from, by repository id.
func (c *Catalog) keyrings(ctx context.Context, ids []depsolve.PkgID, at []int) (map[string]*rpmpkg.Keyring, error) {
	keys := map[string]*rpmpkg.Keyring{}
	for _, i := range at {
		info := c.Info(ids[i])
		if info == nil || c.rpmfile[ids[i]].path != "" || keys[info.RepoID] != nil {
			continue
		}
		for _, m := range c.repos {
			r := m.Repo()
			if r.ID != info.RepoID || !r.GPGCheck {
				continue
			}
			k, err := c.loadKeys(ctx, r)
			if err != nil {
				return nil, fmt.Errorf("keys of repository %s: %w", r.ID, err)
			}
			keys[r.ID] = k
		}
	}
	return keys, nil
}

// loadKeys reads the files and URLs of the gpgkey setting.
func (c *Catalog) loadKeys(ctx context.Context, r *repo.Repo) (*rpmpkg.Keyring, error) {
	if len(r.GPGKeys) == 0 {
		return nil, fmt.Errorf("gpgcheck is set, but no gpgkey")
	}
	keys := &rpmpkg.Keyring{}
	for _, source := range r.GPGKeys {
		data, err := c.readKey(ctx, source)
		if err == nil {
			err = keys.Add(data)
		}
		if err != nil {
			return nil, fmt.Errorf("gpgkey %s: %w", source, err)
		}
	}
	return keys, nil
}

func (c *Catalog) readKey(ctx context.Context, source string) ([]byte, error) {
	if path, ok := strings.CutPrefix(source, "file://"); ok || strings.HasPrefix(source, "/") {
		return os.ReadFile(path)
	}
	data, _, err := fetch.New(c.opts.Client, nil).Bytes(ctx, &fetch.Request{URL: source, MaxBytes: maxKeyFile})
	return data, err
}
