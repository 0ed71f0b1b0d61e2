package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/progress"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

type deltaGenerate struct {
	from, to, endianness, filename               string
	empty, inline, noBsdiff, ifNotExists, swap   bool
	minFallbackSize, maxBsdiffSize, maxChunkSize int
	sign                                         signers
}

// unset is the value of a number that was not given.
const unset = -1

func (a *app) deltaGenerateCommand() *cobra.Command {
	o := deltaGenerate{}
	c := &cobra.Command{Use: "generate [TO]", Short: "Generate static delta files"}
	glibopt.String(c, &o.from, "from", "", "REV", "Create delta from revision REV")
	glibopt.Bool(c, &o.empty, "empty", "", "Create delta from scratch")
	glibopt.Bool(c, &o.inline, "inline", "", "Inline delta parts into main delta")
	glibopt.String(c, &o.to, "to", "", "REV", "Create delta to revision REV")
	glibopt.Bool(c, &o.noBsdiff, "disable-bsdiff", "", "Disable use of bsdiff")
	glibopt.Bool(c, &o.ifNotExists, "if-not-exists", "n", "Only generate if a delta does not already exist")
	glibopt.String(c, &o.endianness, "set-endianness", "", "ENDIAN", "Choose metadata endianness ('l' or 'B')")
	glibopt.Bool(c, &o.swap, "swap-endianness", "", "Swap metadata endianness from host order")
	glibopt.Int(c, &o.minFallbackSize, "min-fallback-size", "", "", "Minimum uncompressed size in megabytes for individual HTTP request")
	glibopt.Int(c, &o.maxBsdiffSize, "max-bsdiff-size", "", "", "Maximum size in megabytes to consider bsdiff compression for input files")
	glibopt.Int(c, &o.maxChunkSize, "max-chunk-size", "", "", "Maximum size of delta chunks in megabytes")
	glibopt.String(c, &o.filename, "filename", "", "PATH", "Write the delta content to PATH (a directory).  If not specified, the OSTree repository is used")
	glibopt.Strings(c, &o.sign.keys, "sign", "", "KEY_ID", "Sign the delta with")
	glibopt.String(c, &o.sign.kind, "sign-type", "", "NAME", "Signature type to use (defaults to 'ed25519')")
	glibopt.String(c, &o.sign.fromFile, "keys-file", "", "NAME", "Read key(s) from file")
	o.minFallbackSize, o.maxBsdiffSize, o.maxChunkSize = unset, unset, unset
	c.RunE = func(c *cobra.Command, args []string) error {
		if o.to == "" && len(args) > 0 {
			o.to = args[0]
		}
		if o.to == "" {
			return errorf("TO revision must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.deltaGenerate(c.Context(), repo, &o) })
	}
	return c
}

func (a *app) deltaGenerate(ctx context.Context, repo *ostree.Repo, o *deltaGenerate) error {
	name, err := o.name(ctx, repo)
	if err != nil {
		return err
	}
	if o.ifNotExists {
		_, err := os.Stat(filepath.Join(repo.Path(), name.Dir(), "superblock"))
		if err == nil {
			a.printf("Delta %s already exists.\n", name)
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	options, err := o.options(a.signOptions())
	if err != nil {
		return err
	}
	a.printf("Generating static delta:\n  From: %s\n  To:   %s\n", fromText(name), name.To)
	stats, err := delta.Generate(ctx, repo, name, options)
	if err != nil {
		return err
	}
	// The details are for people: what scripts read ends here.
	details := func(format string, args ...any) { fmt.Fprintf(a.stderr, format, args...) }
	details("modified: %d\nnew reachable: metadata=%d content regular=%d symlink=%d\n",
		stats.Patched+stats.Chunked, stats.Metadata, stats.Files+stats.Fallbacks, stats.Symlinks)
	details("parts=%d fallbacks=%d uncompressed=%s compressed=%s\nrollsum=%d objects\nbsdiff=%d objects\n", stats.Parts,
		stats.Fallbacks, progress.Size(int64(stats.Usize)), progress.Size(int64(stats.Size)), stats.Chunked, stats.Patched)
	return nil
}

func fromText(n delta.Name) string {
	if n.From.IsZero() {
		return "empty"
	}
	return n.From.String()
}

// name resolves the revisions: without --from and --empty the delta is from the parent.
func (o *deltaGenerate) name(ctx context.Context, repo *ostree.Repo) (n delta.Name, err error) {
	if o.empty && o.from != "" {
		return n, errorf("Cannot specify both --empty and --from=REV")
	}
	if n.To, err = resolve(ctx, repo, o.to); err != nil || o.empty {
		return n, err
	}
	if o.from == "" {
		o.from = n.To.String() + "^"
	}
	n.From, err = resolve(ctx, repo, o.from)
	return n, err
}

// options translates megabytes, which are decimal.
func (o *deltaGenerate) options(so *sign.Options) (*delta.GenerateOptions, error) {
	if o.endianness != "" && o.swap {
		return nil, errorf("Specify only one of --swap-endianness and --set-endianness")
	}
	const megabyte = 1_000_000
	out := &delta.GenerateOptions{Inline: o.inline, Output: o.filename, BigEndian: o.swap}
	switch o.endianness {
	case "", "l":
	case "B":
		out.BigEndian = true
	default:
		return nil, errorf("Invalid endianness '%s'", o.endianness)
	}
	switch {
	case o.minFallbackSize == 0:
		out.MinFallbackSize = -1
	case o.minFallbackSize > 0:
		out.MinFallbackSize = int64(o.minFallbackSize) * megabyte
	}
	switch {
	case o.noBsdiff || o.maxBsdiffSize == 0:
		out.MaxPatchSize = -1
	case o.maxBsdiffSize > 0:
		out.MaxPatchSize = int64(o.maxBsdiffSize) * megabyte
	}
	if o.maxChunkSize > 0 {
		out.MaxPartSize = int64(o.maxChunkSize) * megabyte
	}
	with, err := o.sign.list(so)
	if err != nil || len(with) == 0 {
		return out, err
	}
	out.Sign = func(ctx context.Context, superblock []byte) (*gvariant.Dict, error) {
		return sign.Add(ctx, nil, superblock, with...)
	}
	return out, nil
}
