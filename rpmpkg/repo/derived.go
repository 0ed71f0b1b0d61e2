package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// PackagesKey identifies what Packages gives: the checksum of the primary file and what the definition hides. It is
// empty if the repository has no primary.
func (m *Metadata) PackagesKey() string {
	d, ok := m.repomd.Find("primary")
	if !ok {
		return ""
	}
	r := m.client.repo
	if len(r.Exclude) == 0 && len(r.Include) == 0 {
		return string(d.Checksum)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q", r.Exclude, r.Include) // never fails
	return string(d.Checksum) + " filter " + hex.EncodeToString(sum.Sum(nil))
}

// derivedIn gives the directory and the name of a derived file. The name begins as that of the primary file does and goes
// when that goes. The directory of a local repository is made when it is first needed.
func (m *Metadata) derivedIn(ctx context.Context, name string, create bool) (*dirfd.Dir, string, error) {
	d, ok := m.repomd.Find("primary")
	if name == "" || strings.ContainsAny(name, "/\x00") {
		return nil, "", &Error{Repo: m.client.repo.ID, Err: fmt.Errorf("bad name %q of a derived file", name)}
	}
	dir, err := m.derivedDir(ctx, create)
	if err != nil || !ok || d.Checksum == "" {
		return nil, "", &Error{Repo: m.client.repo.ID, Err: errors.Join(err, fmt.Errorf("no cache for %s: %w", name, fs.ErrNotExist))}
	}
	sum := sha256.Sum256([]byte(m.PackagesKey()))
	return dir, repodataDir + "/" + d.Checksum.Encoded() + "-" + hex.EncodeToString(sum[:4]) + "." + name, nil
}

func (m *Metadata) derivedDir(ctx context.Context, create bool) (*dirfd.Dir, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.derived != nil {
		return m.derived.dir, nil
	}
	if m.cacheDir == "" {
		return nil, fs.ErrNotExist
	}
	if !create {
		if _, err := os.Stat(filepath.Join(m.cacheDir, cacheName(m.client.repo), repodataDir)); err != nil {
			return nil, err
		}
	}
	var err error
	if m.derived, err = openCache(ctx, m.client.repo, m.cacheDir); err != nil {
		return nil, err
	}
	return m.derived.dir, nil
}

// OpenDerived opens a file that StoreDerived has stored for the same PackagesKey. Without one, or without a cache
// directory, errors.Is(err, fs.ErrNotExist) holds. What it contains is not verified.
func (m *Metadata) OpenDerived(name string) (*os.File, error) {
	dir, file, err := m.derivedIn(context.Background(), name, false)
	if err != nil {
		return nil, err
	}
	return dir.OpenFile(file, os.O_RDONLY, 0)
}

// hasDerived tells whether anything was derived from the packages, which were verified then.
func (m *Metadata) hasDerived() bool {
	d, ok := m.repomd.Find("primary")
	if !ok || d.Checksum == "" {
		return false
	}
	dir, err := m.derivedDir(context.Background(), false)
	if err != nil {
		return false
	}
	entries, err := dir.ReadDir(repodataDir)
	return err == nil && slices.ContainsFunc(entries, func(e dirfd.Dirent) bool {
		return strings.HasPrefix(e.Name, d.Checksum.Encoded()+"-") && e.Name != path.Base(dataName(&d))
	})
}

// StoreDerived keeps what write writes beside the cached metadata, until the packages change. It is there completely
// or not at all; a file that was there is replaced. An error of write is returned as it is.
func (m *Metadata) StoreDerived(ctx context.Context, name string, write func(io.Writer) error) error {
	dir, file, err := m.derivedIn(ctx, name, true)
	if err != nil {
		return err
	}
	parent, err := dir.OpenDir(repodataDir)
	if err != nil {
		return err
	}
	defer parent.Close()
	f, err := atomicfs.TempFile(ctx, parent, 0o644)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, atomicfs.Discard(context.WithoutCancel(ctx), parent, f))
	}
	if err := publish(ctx, f, parent, strings.TrimPrefix(file, repodataDir+"/")); err != nil {
		return err
	}
	if m.cache == nil { // nobody else tidies up what is derived from a local repository
		return m.derived.collect(ctx, m.repomd)
	}
	return nil
}
