package sysroot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// composefsImage is the image of a deployment, in its directory, where there is one.
const composefsImage = ".ostree.cfs"

// PostCopy repairs what a sysroot loses when it is copied file by file, as builders of disk images do: fs-verity of
// objects and of the composefs images of deployments, where the repository wants it (ex-integrity.fsverity). It may be
// repeated.
func (s *Sysroot) PostCopy(ctx context.Context) error {
	err := s.locked(ctx, func() error {
		var images []string
		for _, d := range s.Deployments() {
			image := filepath.Join(d.Path(s), composefsImage)
			_, err := os.Lstat(image)
			if err == nil {
				images = append(images, image)
			} else if !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return s.repo.EnableVerity(ctx, images...)
	})
	if err != nil {
		return fmt.Errorf("post-copy: %w", err)
	}
	return nil
}
