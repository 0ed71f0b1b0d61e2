// Command rpm-ostree is the rpm-ostree command on top of this module: composing images from packages, and on a machine
// upgrades, layered packages, overrides and rollbacks, with the real one's verbs, options, exit status and output.
//
// It works on the root that --sysroot names, or the running system, directly and without a daemon. One file holds one
// verb; the logic is in the packages layering and layering/compose.
package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

func main() { os.Exit(glibopt.Main(run)) }

// version is what --version prints.
const version = `rpm-ostree:
 Version: '0.1.0'
 Features:
  - rpmostree-go
  - compose
`

// run is the whole command; tests call it in process.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: glibopt.Environ(env), stdout: stdout, stderr: stderr, reboot: reboot, edit: edit}
	return a.run(ctx, args, stdin)
}

func (a *app) run(ctx context.Context, args []string, stdin io.Reader) int {
	root := glibopt.Group("rpm-ostree COMMAND", "", "No command specified", "Unknown command '%s'")
	if glibopt.Version(root, args, version, a.stdout) {
		return 0
	}
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "Avoid printing most informational messages")
	root.PersistentFlags().StringVar(&a.sysroot, "sysroot", "", "Use system root SYSROOT (default: /)")
	root.AddCommand(
		a.cleanupCommand(), a.composeCommand(), a.dbCommand(), a.deployCommand(), a.finalizeCommand(), a.initramfsCommand(),
		a.initramfsEtcCommand(), a.installCommand(), a.kargsCommand(), a.overrideCommand(), a.rebaseCommand(), a.refreshCommand(),
		a.resetCommand(), a.rollbackCommand(), a.searchCommand(), a.statusCommand(), a.uninstallCommand(), a.upgradeCommand(),
	)
	return glibopt.Run(ctx, root, args, stdin, a.stdout, a.stderr)
}

// group is a command that only has sub-commands.
func group(name, short string, subs ...*cobra.Command) *cobra.Command {
	c := glibopt.Group(name+" COMMAND", short, "No command specified", "Unknown \""+name+"\" subcommand '%s'")
	c.AddCommand(subs...)
	return c
}
