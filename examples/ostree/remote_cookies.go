package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// cookieLife is how long the cookies of add-cookie last: 25 years, as those of the real command.
const cookieLife = 25 * 365 * 24 * time.Hour

func (a *app) remoteAddCookieCommand() *cobra.Command {
	c := &cobra.Command{Use: "add-cookie NAME DOMAIN PATH COOKIE_NAME VALUE", Short: "Add a cookie to remote"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 5 {
			return glibopt.Usagef("NAME, DOMAIN, PATH, COOKIE_NAME and VALUE must be specified")
		}
		return a.changeCookies(c.Context(), args[0], func(cookies *pull.Cookies) error {
			return cookies.Add(pull.Cookie{Domain: args[1], Path: args[2], Name: args[3], Value: args[4],
				Expires: time.Now().Add(cookieLife)})
		})
	}
	return c
}

func (a *app) remoteDeleteCookieCommand() *cobra.Command {
	c := &cobra.Command{Use: "delete-cookie NAME DOMAIN PATH COOKIE_NAME", Short: "Remove one cookie from remote"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) < 4 {
			return glibopt.Usagef("NAME, DOMAIN, PATH and COOKIE_NAME must be specified")
		}
		return a.changeCookies(c.Context(), args[0], func(cookies *pull.Cookies) error {
			if err := cookies.Delete(args[1], args[2], args[3]); err != nil {
				return errorf("Cookie not found in jar")
			}
			return nil
		})
	}
	return c
}

// changeCookies changes the cookies of a remote, which need not be configured yet.
func (a *app) changeCookies(ctx context.Context, remote string, change func(*pull.Cookies) error) error {
	return a.withRepo(ctx, func(repo *ostree.Repo) error {
		cookies, err := pull.LoadCookies(repo, remote)
		if err != nil {
			return err
		}
		if err := change(cookies); err != nil {
			return err
		}
		return cookies.Save(ctx, repo, remote)
	})
}

func (a *app) remoteListCookiesCommand() *cobra.Command {
	c := &cobra.Command{Use: "list-cookies NAME", Short: "Show remote repository cookies"}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("NAME must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			cookies, err := pull.LoadCookies(repo, args[0])
			if err != nil {
				return err
			}
			for _, e := range cookies.List {
				a.printCookie(e)
			}
			return nil
		})
	}
	return c
}

func (a *app) printCookie(e pull.Cookie) {
	expires := e.Expires.UTC()
	if e.Expires.IsZero() { // with the session, which files write as 0
		expires = time.Unix(0, 0).UTC()
	}
	a.printf("--\nDomain: %s\nPath: %s\nName: %s\nSecure: %s\n", e.Domain, e.Path, e.Name, strings.ToUpper(strconv.FormatBool(e.Secure)))
	if expires.Year() <= 9999 { // what GLib has dates for
		a.printf("Expires: %s\n", expires.Format("2006-01-02 15:04:05 -0700"))
	}
	a.printf("Value: %s\n", e.Value)
}
