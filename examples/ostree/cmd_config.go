package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
)

func (a *app) configCommand() *cobra.Command {
	var group string
	c := &cobra.Command{Use: "config (get KEY|set KEY VALUE|unset KEY)", Short: "Change repo configuration settings"}
	glibopt.String(c, &group, "group", "", "", "Group name")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return glibopt.Usagef("OPERATION must be specified")
		}
		return a.withRepo(c.Context(), func(repo *ostree.Repo) error {
			return a.config(c.Context(), repo, group, args[0], args[1:])
		})
	}
	return c
}

func (a *app) config(ctx context.Context, repo *ostree.Repo, group, op string, args []string) error {
	want := map[string]int{"get": 1, "unset": 1, "set": 2}[op]
	switch {
	case want == 0:
		return errorf("Unknown operation %s", op)
	case len(args) == 0:
		return errorf("KEY must be specified")
	case len(args) < want:
		return errorf("KEY and VALUE must be specified")
	case len(args) > want:
		return glibopt.Usagef("Too many arguments given")
	}
	key := args[0]
	if group == "" {
		var err error
		if group, key, err = splitKey(key); err != nil {
			return err
		}
	}
	cfg := repo.Config()
	switch op {
	case "get":
		v, ok := cfg.Get(group, key)
		if !ok && !slices.Contains(cfg.Groups(), group) {
			return errorf("Key file does not have group “%s”", group)
		}
		if !ok {
			return errorf("Key file does not have key “%s” in group “%s”", key, group)
		}
		a.println(v)
		return nil
	case "set":
		cfg.Set(group, key, args[1])
	case "unset":
		cfg.Unset(group, key)
	}
	return repo.WriteConfig(ctx, cfg)
}

// splitKey splits "group.key"; a group may hold dots inside quotes, as in remote "a.b".
func splitKey(s string) (group, key string, err error) {
	i := strings.LastIndex(s, ".")
	if i <= 0 || i == len(s)-1 {
		return "", "", errorf(`Key must be of the form "sectionname.keyname"`)
	}
	return s[:i], s[i+1:], nil
}
