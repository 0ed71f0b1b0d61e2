package main

import (
	"context"
	"errors"
	"os/exec"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

// extend makes an unknown verb run the program ostree-VERB from PATH, as git does, with the other arguments.
func (a *app) extend(root *cobra.Command) {
	known := root.RunE
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			if path, err := exec.LookPath("ostree-" + args[0]); err == nil || errors.Is(err, exec.ErrDot) {
				return a.runExtension(c.Context(), path, args[1:])
			}
		}
		return known(c, args)
	}
}

func (a *app) runExtension(ctx context.Context, path string, args []string) error {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.stdin, a.stdout, a.stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &glibopt.ExitError{Code: exit.ExitCode()}
	}
	return err
}
