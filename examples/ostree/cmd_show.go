package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

type showOptions struct {
	metadataKey, detachedKey, variantType string
	listKeys, listDetachedKeys, hex       bool
	raw, noByteswap, related, sizes, json bool
	gpgHome, gpgRemote                    string
}

func (a *app) showCommand() *cobra.Command {
	var o showOptions
	c := &cobra.Command{Use: "show OBJECT", Short: "Output a metadata object"}
	glibopt.Bool(c, &o.related, "print-related", "", `Show the "related" commits`)
	glibopt.String(c, &o.variantType, "print-variant-type", "", "TYPE", "Memory map OBJECT (in this case a filename) to the GVariant type string")
	glibopt.Bool(c, &o.listKeys, "list-metadata-keys", "", "List the available metadata keys")
	glibopt.String(c, &o.metadataKey, "print-metadata-key", "", "KEY", "Print string value of metadata key")
	glibopt.Bool(c, &o.hex, "print-hex", "", "For byte array valued keys, output an unquoted hexadecimal string")
	glibopt.Bool(c, &o.listDetachedKeys, "list-detached-metadata-keys", "", "List the available detached metadata keys")
	glibopt.String(c, &o.detachedKey, "print-detached-metadata-key", "", "KEY", "Print string value of detached metadata key")
	glibopt.Bool(c, &o.sizes, "print-sizes", "", "Show the commit size metadata")
	glibopt.Bool(c, &o.raw, "raw", "", "Show raw variant data")
	glibopt.Bool(c, &o.noByteswap, "no-byteswap", "B", "Do not automatically convert variant data from big endian")
	glibopt.String(c, &o.gpgHome, "gpg-homedir", "", "HOMEDIR", "GPG Homedir to use when looking for keyrings")
	glibopt.String(c, &o.gpgRemote, "gpg-verify-remote", "", "REMOTE", "Use REMOTE name for GPG configuration")
	jsonFlag(c, &o.json)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("An object argument is required")
		}
		if err := jsonAlone(o.json, map[string]bool{
			"--raw": o.raw, "--no-byteswap": o.noByteswap, "--print-related": o.related, "--print-sizes": o.sizes, "--print-variant-type": o.variantType != "",
			"--print-metadata-key": o.metadataKey != "", "--print-detached-metadata-key": o.detachedKey != "",
			"--list-metadata-keys": o.listKeys, "--list-detached-metadata-keys": o.listDetachedKeys,
		}); err != nil {
			return err
		}
		if o.variantType != "" {
			return a.showFile(args[0], o)
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.show(c.Context(), repo, args[0], o) })
	}
	return c
}

// showFile prints a file of any GVariant type.
func (a *app) showFile(name string, o showOptions) error {
	data, err := os.ReadFile(name)
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("openat(%s): %w", name, pe.Err)
	}
	if err != nil {
		return err
	}
	return a.printRaw(data, o.variantType, !o.noByteswap)
}

func (a *app) show(ctx context.Context, repo *ostree.Repo, rev string, o showOptions) error {
	sum, err := resolve(ctx, repo, rev)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		return a.showJSON(ctx, repo, sum)
	case o.detachedKey != "" || o.listDetachedKeys:
		d, err := repo.DetachedMetadata(ctx, sum)
		if err != nil {
			return err
		}
		if d == nil {
			return errorf("No detached metadata for commit %s", sum)
		}
		return a.showMetadata(d, o.detachedKey, o)
	case o.metadataKey != "" || o.listKeys:
		c, err := repo.LoadCommit(ctx, sum)
		if err != nil {
			return noSuchObject(err, sum, ostree.TypeCommit)
		}
		return a.showMetadata(c.Metadata, o.metadataKey, o)
	case o.related: // the format has a place for them, but they are always empty
		_, err := repo.LoadCommit(ctx, sum)
		return noSuchObject(err, sum, ostree.TypeCommit)
	case o.sizes:
		return a.showSizes(ctx, repo, sum)
	}
	return a.showObject(ctx, repo, sum, o)
}

// showMetadata prints the value of a key, or the keys. The real command takes all numbers in metadata for big-endian.
func (a *app) showMetadata(d *gvariant.Dict, key string, o showOptions) error {
	if key == "" {
		for _, k := range slices.Sorted(slices.Values(d.Keys())) {
			a.println(k)
		}
		return nil
	}
	v, ok := d.Get(key)
	if !ok {
		return errorf("No such metadata key '%s'", key)
	}
	if o.hex && v.Type() == "ay" {
		a.printf("%x\n", v.RawBytes())
		return nil
	}
	if !o.noByteswap {
		v = v.ByteSwapped()
	}
	a.println(v.String())
	return nil
}

// showObject prints whatever object has the name: a commit as log does, other metadata as GVariant text.
func (a *app) showObject(ctx context.Context, repo *ostree.Repo, sum ostree.Checksum, o showOptions) error {
	for _, t := range []ostree.ObjectType{ostree.TypeCommit, ostree.TypeDirMeta, ostree.TypeDirTree} {
		data, err := repo.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: t})
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		a.printf("%s %s\n", t, sum)
		if o.raw || o.noByteswap {
			if err := a.printRaw(data, objectTypes[t], !o.noByteswap); err != nil {
				return err
			}
		}
		if t != ostree.TypeCommit || o.raw && !o.noByteswap {
			return nil
		}
		c, err := ostree.ParseCommit(data)
		if err != nil {
			return err
		}
		a.printCommit(c)
		return a.showSignatures(ctx, repo, sum, data, o)
	}
	f, err := repo.LoadFile(ctx, sum)
	if errors.Is(err, fs.ErrNotExist) {
		if repo.Mode() != ostree.ModeArchive {
			return errorf("Opening content object %[1]s: Couldn't find file object '%[1]s'", sum)
		}
		return errorf("Couldn't find file object '%s'", sum)
	}
	if err != nil {
		return err
	}
	return errors.Join(a.showContent(sum, f), f.Close())
}

func (a *app) showContent(sum ostree.Checksum, f *ostree.File) error {
	h := &f.Header
	a.printf("Object: %s\nType: file\n", sum)
	if h.IsSymlink() {
		a.printf("File Type: symlink\nTarget: %s\n", h.Target)
	} else {
		a.printf("File Type: regular\nSize: %d\n", f.Size)
	}
	a.printf("Mode: 0%o\nUid: %d\nGid: %d\nExtended Attributes: { %s }\n", h.Mode, h.UID, h.GID, xattrText(h.Xattrs))
	return nil
}
