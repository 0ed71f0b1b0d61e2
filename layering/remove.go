package layering

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.com/rpmostree/layering/importer"
	"example.com/rpmostree/rpmpkg"
)

// removePackages deletes the files of packages that are removed or replaced,
// unless a package that stays owns them too, and then the directories that
// have become empty. Only /usr (with /usr/etc) is touched. place gives the path
// in the image.
func removePackages(ctx context.Context, t *Tree, removed, kept []*rpmpkg.Header, place func(string) string) error {
	if len(removed) == 0 {
		return nil
	}
	files, dirs := map[string]bool{}, map[string]bool{}
	for _, h := range removed {
		if err := collectPaths(h, files, dirs, place); err != nil {
			return err
		}
		if err := removePackageExtras(ctx, t, h); err != nil {
			return err
		}
	}
	for _, h := range kept {
		if err := keepPaths(h, files, dirs, place); err != nil {
			return err
		}
	}
	for p := range files {
		if isDir, err := t.IsDir(ctx, p); err != nil || isDir {
			if err != nil {
				return err
			}
			continue // a directory of the image where the package had a file or link
		}
		if err := t.RemoveIfExists(ctx, p); err != nil {
			return err
		}
	}
	return removeEmptyDirs(ctx, t, dirs)
}

func collectPaths(h *rpmpkg.Header, files, dirs map[string]bool, place func(string) string) error {
	list, err := h.Files()
	if err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	n, err := h.NEVRA()
	if err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	for i := range list {
		p, ok := importer.ImagePath(n.Name, list[i].Path)
		p = place(p)
		switch {
		case !ok || !strings.HasPrefix(p, "usr/"):
		case list[i].IsDir():
			dirs[p] = true
		default:
			files[p] = true
		}
	}
	return nil
}

// keepPaths takes out what another package owns.
func keepPaths(h *rpmpkg.Header, files, dirs map[string]bool, place func(string) string) error {
	paths, err := h.Paths()
	if err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	for _, name := range paths {
		p := place(importer.Translate(name))
		delete(files, p)
		delete(dirs, p)
	}
	return nil
}

func removeEmptyDirs(ctx context.Context, t *Tree, dirs map[string]bool) error {
	list := make([]string, 0, len(dirs))
	for p := range dirs {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	for _, p := range list {
		isDir, err := t.IsDir(ctx, p)
		if err != nil {
			return err
		}
		if !isDir {
			continue
		}
		names, err := t.ReadDir(ctx, p)
		if err == nil && len(names) == 0 {
			err = t.Remove(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removePackageExtras deletes what was made for a package: its tmpfiles.d
// lines, and for a kernel what was generated beside it.
func removePackageExtras(ctx context.Context, t *Tree, h *rpmpkg.Header) error {
	info, err := h.Info()
	if err != nil {
		return fmt.Errorf("remove files: %w", err)
	}
	if err := t.RemoveIfExists(ctx, importer.TmpfilesDir+"/"+info.NEVRA.Name+".conf"); err != nil {
		return err
	}
	for _, p := range info.Provides {
		if p.Name == "kernel" {
			return removeGeneratedKernelFiles(ctx, t, h)
		}
	}
	return nil
}

func removeGeneratedKernelFiles(ctx context.Context, t *Tree, h *rpmpkg.Header) error {
	paths, err := h.Paths()
	if err != nil {
		return err
	}
	for _, p := range paths {
		rest, ok := strings.CutPrefix(p, "/"+modulesDir+"/")
		kver, file, deeper := strings.Cut(rest, "/")
		if !ok || !deeper || file != "vmlinuz" {
			continue
		}
		dir := modulesDir + "/" + kver
		names, err := t.ReadDir(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, name := range names {
			if name == "vmlinuz" || strings.HasPrefix(name, "initramfs") || strings.HasPrefix(name, "modules.") {
				if err := t.Remove(ctx, dir+"/"+name); err != nil {
					return err
				}
			}
		}
	}
	return t.RemoveIfExists(ctx, ostreeBootDir)
}
