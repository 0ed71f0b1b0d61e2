package sysroot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// overlayName is the file name of an overlay image; sum is its SHA-256 in hex.
func overlayName(sum string) string { return sum + ".img" }

// overlayPaths are those that boot entries have.
func overlayPaths(sums []string) []string {
	var out []string
	for _, sum := range sums {
		out = append(out, path.Join("/", kernelsDir, overlayDir, overlayName(sum)))
	}
	return out
}

// installOverlays copies images to the boot directory and returns their checksums.
func (s *Sysroot) installOverlays(ctx context.Context, files []string) ([]string, error) {
	if len(files) == 0 {
		return nil, nil
	}
	return copyOverlays(ctx, s.bootD, path.Join(kernelsDir, overlayDir), files, &atomicfs.WriteOptions{NoSync: s.opts.NoSync})
}

// copyOverlays copies files to a directory, under the names of their checksums. One that is there already is complete.
func copyOverlays(ctx context.Context, base *dirfd.Dir, dir string, files []string, o *atomicfs.WriteOptions) ([]string, error) {
	if err := atomicfs.MkdirAll(ctx, base, dir, 0o755); err != nil {
		return nil, fmt.Errorf("overlay initrd: %w", err)
	}
	var sums []string
	for _, file := range files {
		data, err := readOverlay(file)
		if err != nil {
			return nil, fmt.Errorf("overlay initrd: %w", err)
		}
		digest := sha256.Sum256(data)
		sum := hex.EncodeToString(digest[:])
		name := path.Join(dir, overlayName(sum))
		have, err := base.Exists(name)
		if err == nil && !have {
			err = atomicfs.WriteFile(ctx, base, name, data, 0o644, o)
		}
		if err != nil {
			return nil, fmt.Errorf("overlay initrd %s: %w", file, err)
		}
		sums = append(sums, sum)
	}
	return sums, nil
}

// maxOverlay bounds an overlay image: it holds a few configuration files.
const maxOverlay = 256 << 20

func readOverlay(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxOverlay+1))
	if err == nil && len(data) > maxOverlay {
		err = fmt.Errorf("%s: larger than %d bytes", file, maxOverlay)
	}
	return data, err
}

// stageOverlays keeps the images of a staged deployment until it is finalised.
func (s *Sysroot) stageOverlays(ctx context.Context, files []string) ([]string, error) {
	if len(files) == 0 {
		return nil, nil
	}
	run, err := dirfd.Open(s.opts.runDir())
	if err != nil {
		return nil, err
	}
	defer run.Close()
	return copyOverlays(ctx, run, stagedInitrd, files, &atomicfs.WriteOptions{NoSync: true})
}

// stagedOverlayFiles are where stageOverlays has put them.
func (s *Sysroot) stagedOverlayFiles(sums []string) []string {
	var out []string
	for _, sum := range sums {
		out = append(out, filepath.Join(s.opts.runDir(), stagedInitrd, overlayName(sum)))
	}
	return out
}

// OverlayInitrds returns the files below the boot directory of s that a deployment has loaded after its initramfs; the
// name of each is its SHA-256 in hex with ".img".
func (d *Deployment) OverlayInitrds() []string {
	if d.Staged {
		return overlayPaths(d.stagedOverlays)
	}
	return overlays(d)
}
