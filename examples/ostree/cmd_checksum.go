package main

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) checksumCommand() *cobra.Command {
	var ignoreXattrs bool
	c := &cobra.Command{Use: "checksum PATH", Short: "Checksum a file or directory"}
	glibopt.Bool(c, &ignoreXattrs, "ignore-xattrs", "", "Don't include xattrs in checksum")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errorf("A filename must be given")
		}
		n, err := ostree.ChecksumFile(c.Context(), args[0], &ostree.ChecksumOptions{NoXattrs: ignoreXattrs})
		if errors.Is(err, fs.ErrNotExist) {
			return noInformation(args[0])
		}
		if err != nil {
			return err
		}
		a.println(n.Checksum)
		return nil
	}
	return c
}

// noInformation says that there is nothing at a path.
func noInformation(path string) error {
	abs, err := filepath.Abs(path)
	return cmp.Or(err, errorf("Error when getting information for file “%s”: No such file or directory", abs))
}
