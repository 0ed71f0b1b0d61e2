package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

func (a *app) remoteCommand() *cobra.Command {
	c := glibopt.Group("remote COMMAND", "Remote commands that may involve internet access",
		`No "remote" subcommand specified`, `Unknown "remote" subcommand '%s'`)
	for _, sub := range []*cobra.Command{
		a.remoteAddCommand(), a.remoteDeleteCommand(), a.remoteShowURLCommand(), a.remoteListCommand(),
		a.remoteRefsCommand(), a.remoteSummaryCommand(), a.remoteGPGImportCommand(), a.remoteGPGListKeysCommand(),
		a.remoteAddCookieCommand(), a.remoteDeleteCookieCommand(), a.remoteListCookiesCommand(),
	} {
		a.onRepo(sub)
		glibopt.String(sub, &a.sysrootPath, "sysroot", "", "PATH", "Use sysroot at PATH (overrides --repo)")
		c.AddCommand(sub)
	}
	return c
}

type remoteAddOptions struct {
	set                                           []string
	noGPGVerify, noSignVerify, ifNotExists, force bool
	signVerify                                    []string
	gpgImport                                     string
	contentURL, collectionID, customBackend       string
}

func (a *app) remoteAddCommand() *cobra.Command {
	var o remoteAddOptions
	c := &cobra.Command{Use: "add NAME [metalink=|mirrorlist=]URL [BRANCH...]", Short: "Add a remote repository"}
	glibopt.Strings(c, &o.set, "set", "", "KEY=VALUE", "Set config option KEY=VALUE for remote")
	glibopt.Bool(c, &o.noGPGVerify, "no-gpg-verify", "", "Disable GPG verification")
	glibopt.Bool(c, &o.noSignVerify, "no-sign-verify", "", "Disable signature verification")
	glibopt.Strings(c, &o.signVerify, "sign-verify", "", "KEYTYPE=[inline|file]:PUBKEY", "Verify signatures using KEYTYPE=inline:PUBKEY or KEYTYPE=file:/path/to/key")
	glibopt.Bool(c, &o.ifNotExists, "if-not-exists", "", "Do nothing if the provided remote exists")
	glibopt.Bool(c, &o.force, "force", "", "Replace the provided remote if it exists")
	glibopt.String(c, &o.gpgImport, "gpg-import", "", "FILE", "Import GPG key from FILE")
	glibopt.String(c, &o.customBackend, "custom-backend", "", "NAME", "This remote has content not fetched via libostree")
	glibopt.String(c, &o.contentURL, "contenturl", "", "URL", "Use URL when fetching content")
	glibopt.String(c, &o.collectionID, "collection-id", "", "COLLECTION-ID", "Globally unique ID for this repository as an collection of refs for redistribution to other repositories")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 2 && o.customBackend == "" || len(args) < 1 {
			return glibopt.Usagef("NAME and URL must be specified")
		}
		if o.ifNotExists && o.force {
			return glibopt.Usagef("Can only specify one of --if-not-exists and --force")
		}
		if len(o.signVerify) > 0 && o.noSignVerify {
			return errorf("Cannot specify both --sign-verify and --no-sign-verify")
		}
		rem, err := o.remote(args, a.signOptions())
		if err != nil {
			return err
		}
		var keys []byte
		if o.gpgImport != "" {
			if keys, err = readImport(o.gpgImport); err != nil {
				return err
			}
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if err := checkRemoteName(rem.Name); err != nil {
				return err
			}
			if _, err := repo.Remote(rem.Name); err == nil && o.ifNotExists {
				return nil
			}
			err := repo.AddRemote(c.Context(), rem, &ostree.RemoteOptions{Replace: o.force, IfNotExists: o.ifNotExists, OwnFile: true})
			var pe *fs.PathError
			if errors.As(err, &pe) && errors.Is(err, fs.ErrExist) {
				return errorf("Remote configuration for \"%s\" already exists: %s", rem.Name, definedIn(pe.Path))
			}
			if err != nil || keys == nil {
				return err
			}
			return a.importKeys(c.Context(), repo, rem.Name, keys)
		})
	}
	return c
}

// definedIn is how the real command calls the place where a remote is.
func definedIn(path string) string {
	if path == "config" {
		return "(in config)"
	}
	return path
}

// checkRemoteName refuses what cannot be a remote's name.
func checkRemoteName(name string) error {
	if _, _, err := ostree.ParseRefspec(name + ":ref"); err != nil || strings.Contains(name, ":") {
		return errorf("Invalid remote name %s", name)
	}
	return nil
}

// remote builds the definition from the arguments; the options keep the order of the real command.
func (o *remoteAddOptions) remote(args []string, keys *sign.Options) (ostree.Remote, error) {
	r := ostree.Remote{Name: args[0], ContentURL: o.contentURL, CollectionID: o.collectionID, Options: map[string]string{}}
	if len(args) > 1 {
		if link, ok := strings.CutPrefix(args[1], "metalink="); ok {
			r.Metalink = link
		} else {
			r.URL = args[1]
		}
		r.Branches = args[2:]
	}
	if o.noGPGVerify || o.noSignVerify {
		r.Options["gpg-verify"] = "false"
	}
	if o.noSignVerify {
		if len(o.signVerify) > 0 {
			return r, errorf("Cannot specify both --sign-verify and --no-sign-verify")
		}
		r.Options["sign-verify"] = "false"
	}
	if o.customBackend != "" {
		r.Options["custom-backend"] = o.customBackend
	}
	for _, kv := range o.set {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return r, errorf("Missing '=' in KEY=VALUE for --set")
		}
		r.Options[k] = v
	}
	return r, o.signatureKeys(&r, keys)
}

// signatureKeys turns --sign-verify=TYPE=inline:KEY or TYPE=file:PATH into remote options.
func (o *remoteAddOptions) signatureKeys(r *ostree.Remote, options *sign.Options) error {
	var types []string
	for _, s := range o.signVerify {
		typ, key, ok := strings.Cut(s, "=")
		kind, value, ok2 := strings.Cut(key, ":")
		if !ok {
			return errorf("Failed to parse KEYTYPE=[inline|file]:DATA in %s", s)
		}
		if _, err := sign.ParseKind(typ, options); err != nil {
			return err
		}
		if !ok2 {
			return errorf("Failed to parse [inline|file]:DATA in %s", key)
		}
		switch kind {
		case "inline":
			r.Options["verification-"+typ+"-key"] = value
		case "file":
			r.Options["verification-"+typ+"-file"] = value
		default:
			return errorf("Invalid key reference %s, expected inline|file", kind)
		}
		types = append(types, typ)
	}
	if len(types) > 0 {
		r.Options["sign-verify"] = strings.Join(types, ",")
	}
	return nil
}

func (a *app) remoteDeleteCommand() *cobra.Command {
	var ifExists bool
	c := &cobra.Command{Use: "delete NAME", Short: "Delete a remote repository"}
	glibopt.Bool(c, &ifExists, "if-exists", "", "Do nothing if the provided remote does not exist")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("NAME must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			if err := checkRemoteName(args[0]); err != nil {
				return err
			}
			if _, err := repo.Remote(args[0]); err != nil {
				if ifExists {
					return nil
				}
				return errorf("Remote %q not found", args[0])
			}
			return repo.DeleteRemote(c.Context(), args[0])
		})
	}
	return c
}

func (a *app) remoteShowURLCommand() *cobra.Command {
	c := &cobra.Command{Use: "show-url NAME", Short: "Show remote repository URL"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("NAME must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			rem, err := repo.Remote(args[0])
			if err != nil {
				return errorf("Remote %q not found", args[0])
			}
			if rem.URL == "" {
				return noURL(rem)
			}
			a.println(rem.URL)
			return nil
		})
	}
	return c
}

func noURL(rem ostree.Remote) error { return errorf("No \"url\" option in remote \"%s\"", rem.Name) }

func (a *app) remoteListCommand() *cobra.Command {
	var urls, asJSON bool
	c := &cobra.Command{Use: "list", Short: "List remote repository names"}
	glibopt.Bool(c, &urls, "show-urls", "u", "Show remote URLs in list")
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error { return a.remoteList(repo, urls, asJSON) })
	}
	return c
}

func (a *app) remoteList(repo *ostree.Repo, urls, asJSON bool) error {
	remotes, err := repo.Remotes()
	if err != nil {
		return err
	}
	if asJSON {
		out := remotesJSON{Remotes: []remoteJSON{}}
		for _, r := range remotes {
			out.Remotes = append(out.Remotes, remoteAsJSON(r))
		}
		return a.printJSON(out)
	}
	width := 0
	for _, r := range remotes {
		width = max(width, len(r.Name))
	}
	for _, r := range remotes {
		if urls {
			a.printf("%-*s  %s\n", width, r.Name, r.URL)
		} else {
			a.println(r.Name)
		}
	}
	return nil
}

func (a *app) remoteRefsCommand() *cobra.Command {
	var revision, asJSON bool
	var cacheDir string
	c := &cobra.Command{Use: "refs NAME", Short: "List remote refs"}
	glibopt.String(c, &cacheDir, "cache-dir", "", "", "Use custom cache dir")
	glibopt.Bool(c, &revision, "revision", "r", "Show revisions in listing")
	jsonFlag(c, &asJSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withRemoteSummary(c.Context(), args, cacheDir, "Remote refs not available; server has no summary file", func(name string, data []byte, _ []sign.Result) error {
			s, err := ostree.ParseSummary(data)
			if err != nil {
				return err
			}
			if asJSON {
				out := refsJSON{Refs: []refJSON{}}
				for _, r := range s.Refs {
					out.Refs = append(out.Refs, refJSON{Name: r.Name, Remote: name, Checksum: r.Checksum.String()})
				}
				return a.printJSON(out)
			}
			for _, r := range s.Refs {
				a.printf("%s:%s", name, r.Name)
				if revision {
					a.printf("\t%s", r.Checksum)
				}
				a.println()
			}
			return nil
		})
	}
	return c
}

func (a *app) remoteSummaryCommand() *cobra.Command {
	var v summaryView
	var cacheDir string
	c := &cobra.Command{Use: "summary NAME", Short: "Show remote summary"}
	glibopt.String(c, &cacheDir, "cache-dir", "", "", "Use custom cache dir")
	glibopt.Bool(c, &v.raw, "raw", "", "Show raw variant data")
	glibopt.Bool(c, &v.listKeys, "list-metadata-keys", "", "List the available metadata keys")
	glibopt.String(c, &v.key, "print-metadata-key", "", "KEY", "Print string value of metadata key")
	jsonFlag(c, &v.json)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := v.check(); err != nil {
			return err
		}
		return a.withRemoteSummary(c.Context(), args, cacheDir, "Remote server has no summary file", func(_ string, data []byte, results []sign.Result) error {
			if err := a.showSummary(data, v); err != nil || len(results) == 0 || v.json || v.raw || v.listKeys || v.key != "" {
				return err
			}
			a.printf("\nGPG: Verification enabled, found %d signature%s:\n", len(results), plural(len(results)))
			a.printResults(results)
			return nil
		})
	}
	return c
}

// maxSummary bounds what a server can make us hold in memory, as for any metadata object.
const maxSummary = 128 << 20

// withRemoteSummary fetches the summary of a remote and verifies it as the configuration demands; none is the error if
// there is none.
func (a *app) withRemoteSummary(ctx context.Context, args []string, cacheDir, none string, f func(name string, data []byte, results []sign.Result) error) error {
	if len(args) == 0 {
		return glibopt.Usagef("NAME must be specified")
	}
	if err := checkCacheDir(cacheDir); err != nil {
		return err
	}
	return a.withRepo(ctx, func(repo *ostree.Repo) (err error) {
		rem, err := repo.Remote(args[0])
		if err != nil {
			return errorf("Remote \"%s\" not found", args[0])
		}
		if rem.URL == "" && rem.Metalink == "" {
			return noURL(rem)
		}
		src, o, err := a.openRemote(ctx, repo, rem, nil)
		if err != nil {
			return err
		}
		if c, ok := src.(io.Closer); ok {
			defer func() { err = errors.Join(err, c.Close()) }()
		}
		o.CacheDir = cacheDir
		data, signature, err := pull.FetchSummary(ctx, repo, src, o)
		switch {
		case isNotExist(err) && rem.GPGVerifySummary:
			return errorf("GPG verification enabled, but no summary found (check that the configured URL in remote config is correct)")
		case isNotExist(err):
			return errorf("%s", none)
		}
		if err != nil {
			return err
		}
		results, err := a.summaryResults(repo, rem, data, signature)
		if err != nil {
			return err
		}
		return f(args[0], data, results)
	})
}
