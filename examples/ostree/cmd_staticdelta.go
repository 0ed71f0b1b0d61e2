package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
)

func (a *app) staticDeltaCommand() *cobra.Command {
	c := glibopt.Group("static-delta COMMAND", "Static delta related commands",
		`No command specified`, `Unknown "static-delta" subcommand '%s'`)
	for _, sub := range []*cobra.Command{
		a.deltaListCommand(), a.deltaShowCommand(), a.deltaDeleteCommand(), a.deltaGenerateCommand(),
		a.deltaApplyCommand(), a.deltaVerifyCommand(), a.deltaIndexesCommand(), a.deltaReindexCommand(),
	} {
		a.onRepo(sub)
		c.AddCommand(sub)
	}
	return c
}

func (a *app) deltaListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "List static delta files", RunE: func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			names, err := delta.List(repo)
			if asJSON && err == nil {
				return a.deltasJSON(names)
			}
			if err == nil && len(names) == 0 {
				a.println("(No static deltas)")
			}
			for _, n := range names {
				a.println(n)
			}
			return err
		})
	}}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) deltaIndexesCommand() *cobra.Command {
	return &cobra.Command{Use: "indexes", Short: "List static delta indexes", RunE: func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			commits, err := delta.Indexes(repo)
			if err == nil && len(commits) == 0 {
				a.println("(No static deltas indexes)")
			}
			for _, n := range commits {
				a.println(n)
			}
			return err
		})
	}}
}

func (a *app) deltaReindexCommand() *cobra.Command {
	var to string
	c := &cobra.Command{Use: "reindex", Short: "Regenerate static delta indexes"}
	glibopt.String(c, &to, "to", "", "REV", "Only update delta index to revision REV")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if to == "" {
				return delta.Reindex(c.Context(), repo)
			}
			sum, err := resolve(c.Context(), repo, to)
			if err != nil {
				return errorf("Invalid rev %s", to)
			}
			return delta.Reindex(c.Context(), repo, sum)
		})
	}
	return c
}

func (a *app) deltaDeleteCommand() *cobra.Command {
	return &cobra.Command{Use: "delete", Short: "Remove a delta", RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errorf("DELTA must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			n, err := delta.ParseName(args[0])
			if err != nil {
				return errorf("Invalid rev %s", args[0])
			}
			err = delta.Delete(c.Context(), repo, n)
			if errors.Is(err, fs.ErrNotExist) {
				return errorf("Can't find delta %s", n)
			}
			return err
		})
	}}
}

func (a *app) deltaShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "show", Short: "Dump information on a delta", RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errorf("DELTA must be specified")
		}
		show := a.deltaShow
		if asJSON {
			show = a.deltaShowJSON
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return show(c.Context(), repo, args[0]) })
	}}
	jsonFlag(c, &asJSON)
	return c
}

// deltaShow describes a delta of the repository, or a file or directory.
func (a *app) deltaShow(ctx context.Context, repo *ostree.Repo, arg string) error {
	d, err := openDelta(repo, arg)
	if err != nil {
		return err
	}
	s := d.Superblock
	a.printf("Delta: %s\nSigned: %s\n", arg, map[bool]string{true: "yes", false: "no"}[d.Signatures != nil])
	from := " <scratch>"
	if !s.Name.From.IsZero() {
		from = ": " + s.Name.From.String()
	}
	order := map[bool]string{true: "big", false: "little"}[s.BigEndian]
	if s.Guessed {
		order += " (heuristic)"
	}
	a.printf("From%s\nTo: %s\nEndianness: %s\nTimestamp: %d\nNumber of parents: 0\n", from, s.Name.To, order, s.Time.Unix())
	a.printf("Number of fallback entries: %d\n", len(s.Fallbacks))
	var fallback, fallbackU, parts, partsU uint64
	for _, f := range s.Fallbacks {
		a.printf("  %s\n", f.Object.Checksum)
		fallback, fallbackU = fallback+f.Size, fallbackU+f.Usize
	}
	a.printf("Total Fallback Size: %s\nTotal Fallback Uncompressed Size: %s\n", bothSizes(fallback), bothSizes(fallbackU))
	a.printf("Number of parts: %d\n", len(s.Parts))
	for i, p := range s.Parts {
		parts, partsU = parts+p.Size, partsU+p.Usize
		a.printf("PartMeta%d: nobjects=%d size=%d usize=%d\n", i, len(p.Objects), p.Size, p.Usize)
		info, err := d.Inspect(ctx, repo, i)
		if err != nil {
			return err
		}
		a.printf("PartPayload%d: nmodes=%d nxattrs=%d blobsize=%d opsize=%d\n", i, info.Modes, info.Xattrs, info.Blob, info.Ops)
		a.printf("PartPayloadOps%d: openspliceclose=%d open=%d write=%d setread=%d unsetread=%d close=%d bspatch=%d\n", i,
			info.Splice, info.Open, info.Write, info.SetSource, info.UnsetSource, info.Close, info.Patch)
	}
	a.printf("Total Part Size: %s\nTotal Part Uncompressed Size: %s\n", bothSizes(parts), bothSizes(partsU))
	a.printf("Total Size: %s\nTotal Uncompressed Size: %s\n", bothSizes(parts+fallback), bothSizes(partsU+fallbackU))
	return nil
}

// bothSizes prints a size for machines and for people, who must not get a line
// break before a unit other than bytes.
func bothSizes(n uint64) string {
	text := progress.Size(int64(min(n, 1<<62)))
	if n >= 1000 {
		text = strings.ReplaceAll(text, " ", "\u00a0")
	}
	return fmt.Sprintf("%d (%s)", n, text)
}

// openDelta opens a delta by name or by path.
func openDelta(repo *ostree.Repo, arg string) (*delta.Delta, error) {
	if n, err := delta.ParseName(arg); err == nil {
		d, err := delta.Open(repo, n)
		if isNotExist(err) {
			return nil, errorf("openat(%s/superblock): No such file or directory", n.Dir())
		}
		return d, err
	}
	if !strings.Contains(arg, "/") {
		return nil, errorf("Invalid rev %s", arg)
	}
	return delta.OpenPath(arg)
}
