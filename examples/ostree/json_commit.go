package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"example.com/rpmostree/ostree"
)

// commitJSON is a commit, in the objects of several verbs.
type commitJSON struct {
	Checksum        string         `json:"checksum"`
	Parent          string         `json:"parent,omitempty"`
	ContentChecksum string         `json:"content-checksum"`
	Timestamp       string         `json:"timestamp"`
	Version         string         `json:"version,omitempty"`
	Subject         string         `json:"subject,omitempty"`
	Body            string         `json:"body,omitempty"`
	DirTree         string         `json:"dirtree"`
	DirMeta         string         `json:"dirmeta"`
	Partial         bool           `json:"partial"` // not all its objects are in the repository
	Metadata        map[string]any `json:"metadata"`
	Detached        map[string]any `json:"detached-metadata,omitempty"`
}

func commitAsJSON(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) (*ostree.Commit, *commitJSON, error) {
	c, err := repo.LoadCommit(ctx, sum)
	if err != nil {
		return nil, nil, err
	}
	state, err := repo.CommitState(ctx, sum)
	if err != nil {
		return nil, nil, err
	}
	detached, err := repo.DetachedMetadata(ctx, sum)
	if err != nil {
		return nil, nil, err
	}
	return c, &commitJSON{
		Checksum: sum.String(), Parent: jsonSum(c.Parent), ContentChecksum: c.ContentChecksum().String(), Timestamp: jsonTime(c.Timestamp),
		Version: c.Version(), Subject: c.Subject, Body: c.Body, DirTree: c.RootTree.String(), DirMeta: c.RootMeta.String(),
		Partial: state != ostree.CommitNormal, Metadata: jsonDict(c.Metadata), Detached: jsonDict(detached),
	}, nil
}

// logJSON is log --json: a commit and its ancestors, newest first.
type logJSON struct {
	Commits []*commitJSON `json:"commits"`
	// Missing is the parent of the last one if that is not in the repository.
	Missing string `json:"missing-parent,omitempty"`
}

func (a *app) logJSON(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	out := logJSON{}
	for !sum.IsZero() {
		c, j, err := commitAsJSON(ctx, repo, sum)
		if errors.Is(err, fs.ErrNotExist) && len(out.Commits) > 0 {
			out.Missing = sum.String()
			break
		}
		if err != nil {
			return noSuchObject(err, sum, ostree.TypeCommit)
		}
		out.Commits = append(out.Commits, j)
		sum = c.Parent
	}
	return a.printJSON(out)
}

// showJSON is show --json: an object of one of the types "commit", "dirtree", "dirmeta" and "file", with what such a one has.
type showJSON struct {
	Checksum string       `json:"checksum"`
	Type     string       `json:"type"`
	Commit   *commitJSON  `json:"commit,omitempty"`
	DirTree  *dirtreeJSON `json:"dirtree,omitempty"`
	DirMeta  *inodeJSON   `json:"dirmeta,omitempty"`
	File     *inodeJSON   `json:"file,omitempty"`
}

// dirtreeJSON lists the names in a directory.
type dirtreeJSON struct {
	Files       []entryJSON `json:"files"`
	Directories []entryJSON `json:"directories"`
}

// entryJSON is a name with the objects that it is for: one of a file, two of a directory.
type entryJSON struct {
	Name     string `json:"name"`
	Checksum string `json:"checksum,omitempty"`
	DirTree  string `json:"dirtree,omitempty"`
	DirMeta  string `json:"dirmeta,omitempty"`
}

// inodeJSON is what a file or directory is like.
type inodeJSON struct {
	Type   string            `json:"type"` // "regular", "symlink" or "directory"
	Mode   string            `json:"mode"` // permissions in octal
	UID    uint32            `json:"uid"`
	GID    uint32            `json:"gid"`
	Size   *int64            `json:"size,omitempty"` // of regular files
	Target string            `json:"target,omitempty"`
	Xattrs map[string]string `json:"xattrs"`
}

func inodeAsJSON(h *ostree.FileHeader, size int64, dir bool) inodeJSON {
	j := inodeJSON{Type: "regular", Mode: fmt.Sprintf("%04o", h.Mode&0o7777), UID: h.UID, GID: h.GID, Xattrs: map[string]string{}}
	switch {
	case dir:
		j.Type = "directory"
	case h.IsSymlink():
		j.Type, j.Target = "symlink", h.Target
	default:
		j.Size = &size
	}
	for _, x := range h.Xattrs {
		j.Xattrs[x.Name] = hex.EncodeToString(x.Value)
	}
	return j
}

func (a *app) showJSON(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	out := showJSON{Checksum: sum.String()}
	for _, try := range []func(context.Context, *ostree.Repo, ostree.Checksum) error{out.commit, out.dirmeta, out.dirtree} {
		err := try(ctx, repo, sum)
		if err == nil {
			return a.printJSON(out)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	h, size, err := repo.LoadFileHeader(ctx, sum)
	if err != nil {
		return err
	}
	j := inodeAsJSON(h, size, false)
	out.Type, out.File = ostree.TypeFile.String(), &j
	return a.printJSON(out)
}

func (s *showJSON) commit(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) (err error) {
	s.Type = ostree.TypeCommit.String()
	_, s.Commit, err = commitAsJSON(ctx, repo, sum)
	return err
}

func (s *showJSON) dirmeta(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	m, err := repo.LoadDirMeta(ctx, sum)
	if err != nil {
		return err
	}
	j := inodeAsJSON(&ostree.FileHeader{UID: m.UID, GID: m.GID, Mode: m.Mode, Xattrs: m.Xattrs}, 0, true)
	s.Type, s.DirMeta = ostree.TypeDirMeta.String(), &j
	return nil
}

func (s *showJSON) dirtree(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum) error {
	t, err := repo.LoadDirTree(ctx, sum)
	if err != nil {
		return err
	}
	j := &dirtreeJSON{Files: []entryJSON{}, Directories: []entryJSON{}}
	for _, f := range t.Files {
		j.Files = append(j.Files, entryJSON{Name: f.Name, Checksum: f.Checksum.String()})
	}
	for _, d := range t.Dirs {
		j.Directories = append(j.Directories, entryJSON{Name: d.Name, DirTree: d.Tree.String(), DirMeta: d.Meta.String()})
	}
	s.Type, s.DirTree = ostree.TypeDirTree.String(), j
	return nil
}
