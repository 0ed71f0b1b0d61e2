package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

func (a *app) summaryCommand() *cobra.Command {
	var update, view, verbose bool
	var show summaryView
	var add []string
	var signed signers
	c := &cobra.Command{Use: "summary", Short: "Manage summary metadata"}
	glibopt.Bool(c, &update, "update", "u", "Update the summary")
	glibopt.Bool(c, &view, "view", "v", "View the local summary file")
	glibopt.Bool(c, &show.raw, "raw", "", "View the raw bytes of the summary file")
	glibopt.Bool(c, &show.listKeys, "list-metadata-keys", "", "List the available metadata keys")
	glibopt.String(c, &show.key, "print-metadata-key", "", "KEY", "Print string value of metadata key")
	glibopt.Strings(c, &add, "add-metadata", "m", "KEY=VALUE", "Additional metadata field to add to the summary")
	jsonFlag(c, &show.json)
	signed.flags(c, "summary")
	c.Flags().BoolVar(&verbose, "verbose", false, "Print debug information during command processing") // -v is --view here
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := errors.Join(show.check(), jsonAlone(show.json, map[string]bool{"--update": update})); err != nil {
			return err
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if update {
				with, err := signed.list(a.signOptions())
				if err != nil {
					return err
				}
				if err := updateSummary(c.Context(), repo, add); err != nil || len(with) == 0 {
					return err
				}
				return sign.Summary(c.Context(), repo, with...)
			}
			if !view && !show.json && !show.raw && !show.listKeys && show.key == "" {
				return errorf("No option specified; use -u to update summary")
			}
			data, err := os.ReadFile(filepath.Join(repo.Path(), "summary"))
			if errors.Is(err, fs.ErrNotExist) {
				return errorf("openat(summary): No such file or directory")
			}
			if err != nil {
				return err
			}
			return a.showSummary(data, show)
		})
	}
	return c
}

func updateSummary(ctx context.Context, repo *ostree.Repo, add []string) error {
	o := ostree.SummaryOptions{Metadata: gvariant.NewDict()}
	for _, kv := range add {
		k, text, err := keyValue(kv)
		if err != nil {
			return err
		}
		v, err := gvariant.ParseText(text, "")
		if err != nil {
			return errorf("Parsing %s: %v", kv, err)
		}
		o.Metadata.Set(k, v)
	}
	return repo.UpdateSummary(ctx, &o)
}

// summaryView says what of a summary to print.
type summaryView struct {
	raw, listKeys, json bool
	key                 string
}

func (v *summaryView) check() error {
	return jsonAlone(v.json, map[string]bool{"--raw": v.raw, "--list-metadata-keys": v.listKeys, "--print-metadata-key": v.key != ""})
}

const summaryType = "(a(s(taya{sv}))a{sv})"

func (a *app) showSummary(data []byte, v summaryView) error {
	if v.raw {
		return a.printRaw(data, summaryType, true)
	}
	s, err := ostree.ParseSummary(data)
	if err != nil {
		return err
	}
	if v.json {
		return a.summaryJSON(s)
	}
	if v.listKeys || v.key != "" {
		return a.showMetadata(s.Metadata, v.key, showOptions{noByteswap: true})
	}
	own, _ := s.Metadata.String(ostree.KeySummaryCollectionID)
	for _, r := range s.Refs {
		a.summaryRef(own, r)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Collections)) {
		for _, r := range s.Collections[id] {
			a.summaryRef(id, r)
		}
	}
	for _, k := range s.Metadata.Keys() {
		val, _ := s.Metadata.Get(k)
		a.summaryKey(k, val)
	}
	return nil
}

func (a *app) summaryRef(collection string, r ostree.SummaryRef) {
	name := r.Name
	if collection != "" {
		name = fmt.Sprintf("(%s, %s)", collection, r.Name)
	}
	a.printf("* %s\n    Latest Commit (%d bytes):\n      %s\n", name, r.CommitSize, r.Checksum)
	for _, k := range r.Metadata.Keys() {
		v, _ := r.Metadata.Get(k)
		switch k {
		case "ostree.commit.version":
			a.printf("    Version (%s): %s\n", k, v.Str())
		case "ostree.commit.timestamp":
			a.printf("    Timestamp (%s): %s\n", k, summaryTime(v))
		default:
			a.printf("    %s: %s\n", k, v.Plain())
		}
	}
	a.println()
}

// summaryLabels names the well-known keys for people.
var summaryLabels = map[string]string{
	"ostree.summary.mode":              "Repository Mode",
	"ostree.summary.last-modified":     "Last-Modified",
	"ostree.summary.expires":           "Expires",
	"ostree.summary.tombstone-commits": "Has Tombstone Commits",
	"ostree.summary.collection-id":     "Collection ID",
}

func (a *app) summaryKey(key string, v gvariant.Value) {
	label, known := summaryLabels[key]
	switch {
	case key == "ostree.static-deltas":
		a.printf("Static Deltas (%s): %s\n", key, v.Plain())
	case key == "ostree.summary.collection-map":
		a.printf("Collection Map (%s): (printed above)\n", key)
	case !known:
		a.printf("%s: %s\n", key, v.Plain())
	case v.Type() == "s":
		a.printf("%s (%s): %s\n", label, key, v.Str())
	case v.Type() == "t":
		a.printf("%s (%s): %s\n", label, key, summaryTime(v))
	case v.Type() == "b":
		a.printf("%s (%s): %s\n", label, key, map[bool]string{true: "Yes", false: "No"}[v.Bool()])
	}
}

// summaryTime prints a big-endian time of seconds.
func summaryTime(v gvariant.Value) string {
	return time.Unix(int64(gvariant.Swap64(v.Uint())), 0).UTC().Format("2006-01-02T15:04:05") + "+00"
}
