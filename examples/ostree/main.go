// Command ostree is the ostree command on top of this module: the same verbs, options, output and exit status as the
// real one, so that scripts can use either.
//
// It is an example of how the packages ostree, ostree/pull and sysroot fit together: one file holds one verb, none
// holds logic that a library user would want.
package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

func main() { os.Exit(glibopt.Main(run)) }

const versionNumber = "0.1.0"

// version is what --version prints.
const version = `libostree:
 Version: '` + versionNumber + `'
 Features:
  - rpmostree-go
  - gpgme
  - libarchive
  - avahi
  - sign-ed25519
  - sign-spki
`

// run is the whole command; tests call it in process.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: glibopt.Environ(env), stdin: stdin, stdout: stdout, stderr: stderr}
	root := glibopt.Group("ostree COMMAND", "", "No command specified", "Unknown command '%s'")
	glibopt.Switch(root.PersistentFlags(), &a.verbose, "verbose", "v", "Print debug information during command processing")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return nil }
	if glibopt.Version(root, args, version, stdout) {
		return 0
	}
	root.PersistentFlags().StringVar(&a.repoPath, "repo", "", "")
	root.PersistentFlags().Lookup("repo").Hidden = true
	root.AddCommand(a.adminCommand())
	for _, c := range a.repoCommands() {
		a.onRepo(c)
		root.AddCommand(c)
	}
	root.AddCommand(a.remoteCommand(), a.staticDeltaCommand(), a.trivialHTTPDCommand())
	a.extend(root)
	sayAll(root)
	defer a.close()
	return glibopt.Run(a.withFaults(ctx), root, args, stdin, stdout, stderr)
}

// onRepo adds --repo to a verb. Like the real command it opens the repository before it looks at anything but options.
func (a *app) onRepo(c *cobra.Command) {
	glibopt.String(c, &a.repoPath, "repo", "", "PATH", repoHelp)
	if name := c.Name(); name != "init" && name != "checksum" {
		c.PreRunE = func(c *cobra.Command, _ []string) error { return realWords(a.open(c.Context())) }
	}
}

const repoHelp = "Path to OSTree repository (defaults to current directory or /sysroot/ostree/repo)"

// repoCommands are the verbs that work on a repository, in the order of the help.
func (a *app) repoCommands() []*cobra.Command {
	return []*cobra.Command{
		a.catCommand(), a.checkoutCommand(), a.checksumCommand(), a.commitCommand(), a.configCommand(), a.diffCommand(), a.exportCommand(),
		a.fsckCommand(), a.gpgSignCommand(), a.initCommand(), a.logCommand(), a.lsCommand(), a.pruneCommand(), a.pullLocalCommand(), a.createUSBCommand(), a.findRemotesCommand(),
		a.pullCommand(), a.refsCommand(), a.resetCommand(), a.revParseCommand(), a.showCommand(), a.signCommand(), a.summaryCommand(),
	}
}
