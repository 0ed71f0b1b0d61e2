package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) kargsCommand() *cobra.Command {
	var o changeOptions
	var e kargs.Edits
	var importCmdline, editor bool
	index := -1
	c := &cobra.Command{Use: "kargs", Short: "Query or modify kernel arguments"}
	o.register(c)
	glibopt.Strings(c, &e.Append, "append", "", "KEY=VALUE", "Append kernel argument; useful with e.g. console= that can be used multiple times. empty value for an argument is allowed")
	glibopt.Strings(c, &e.Replace, "replace", "", "KEY=VALUE=NEWVALUE", "Replace existing kernel argument, the user is also able to replace an argument with KEY=VALUE if only one value exist for that argument")
	glibopt.Strings(c, &e.Delete, "delete", "", "KEY=VALUE", "Delete a specific kernel argument key/val pair or an entire argument with a single key/value pair")
	glibopt.Strings(c, &e.AppendIfMissing, "append-if-missing", "", "KEY=VALUE", "Append kernel argument if missing")
	glibopt.Strings(c, &e.DeleteIfPresent, "delete-if-present", "", "KEY=VALUE", "Delete kernel argument if present")
	glibopt.Int(c, &index, "deploy-index", "", "INDEX", "Modify the kernel args from a specific deployment based on index. Index is in the form of a number (e.g. 0 means the first deployment in the list)")
	glibopt.Bool(c, &editor, "editor", "", "Use an editor to modify the kernel arguments")
	glibopt.Bool(c, &importCmdline, "import-proc-cmdline", "", "Instead of modifying old kernel arguments, we modify args from current /proc/cmdline (the booted deployment)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		edits := len(e.Append) + len(e.Replace) + len(e.Delete) + len(e.AppendIfMissing) + len(e.DeleteIfPresent)
		switch {
		case editor && edits > 0:
			return errorf("Cannot specify --editor with --replace, --delete, or --append")
		case index >= 0 && importCmdline:
			return errorf("Cannot specify both --deploy-index and --import-proc-cmdline")
		case editor:
			return a.editKargs(c.Context(), &o, index, importCmdline)
		case edits == 0:
			return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error { return a.showKargs(s, index, importCmdline) })
		}
		o.request.KernelArgs = &e
		if index < 0 && !importCmdline {
			return a.change(c.Context(), &o)
		}
		err := a.withSysroot(c.Context(), func(s *sysroot.Sysroot) (err error) {
			o.request.KernelArgsFrom, err = currentKargs(s, index, importCmdline)
			return err
		})
		if err != nil {
			return err
		}
		return a.change(c.Context(), &o)
	}
	return c
}

// editHelp is what the file to edit begins with.
const editHelp = `# Enter the kernel arguments on the lines that do not begin with '#'.
# The change has effect at the next boot.
`

// editKargs lets the user change the whole line.
func (a *app) editKargs(ctx context.Context, o *changeOptions, index int, cmdline bool) (err error) {
	err = a.withSysroot(ctx, func(s *sysroot.Sysroot) (err error) {
		o.request.KernelArgsFrom, err = currentKargs(s, index, cmdline)
		return err
	})
	if err != nil {
		return err
	}
	text, err := a.edited(ctx, editHelp+o.request.KernelArgsFrom.String()+"\n")
	if err != nil {
		return err
	}
	if text == "" {
		return errorf("Invalid kernel arguments: the edited file is empty")
	}
	o.request.KernelArgsFrom = kargs.Parse(text)
	return a.change(ctx, o)
}

// edited runs the user's editor and returns the words that do not stand in comments.
func (a *app) edited(ctx context.Context, text string) (out string, err error) {
	dir, err := os.MkdirTemp("", "rpm-ostree-kargs-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "kargs")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", err
	}
	editor := a.env("VISUAL")
	if editor == "" {
		editor = a.env("EDITOR")
	}
	if editor == "" {
		editor = "vi"
	}
	if err := a.edit(ctx, editor, file); err != nil {
		return "", errorf("Running editor %s: %w", editor, err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var words []string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			words = append(words, strings.Fields(line)...)
		}
	}
	return strings.Join(words, " "), nil
}

func (a *app) showKargs(s *sysroot.Sysroot, index int, cmdline bool) error {
	args, err := currentKargs(s, index, cmdline)
	if err != nil {
		return err
	}
	a.printf("%s\n", args)
	return nil
}

// currentKargs are those of a deployment, by default the first, or of the running kernel.
func currentKargs(s *sysroot.Sysroot, index int, cmdline bool) (*kargs.Args, error) {
	if cmdline {
		data, err := os.ReadFile("/proc/cmdline")
		return kargs.FromProcCmdline(string(data)), err
	}
	d, err := s.At(max(index, 0))
	if err != nil {
		return nil, err
	}
	return d.KernelArgs(), nil
}
