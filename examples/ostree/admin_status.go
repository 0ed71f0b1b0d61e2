package main

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/sysroot"
)

func (a *app) adminStatusCommand() *cobra.Command {
	var asJSON, isDefault, skipSigs, verify bool
	c := &cobra.Command{Use: "status", Short: "List deployments"}
	glibopt.Bool(c, &verify, "verify", "V", "Print the commit verification status")
	glibopt.Bool(c, &skipSigs, "skip-signatures", "S", "Skip signatures in output")
	jsonFlag(c, &asJSON)
	glibopt.Bool(c, &isDefault, "is-default", "D", "Output 'default' if booted into the default deployment")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withSysroot(c.Context(), func(s *sysroot.Sysroot) error {
			switch {
			case isDefault:
				return a.printIsDefault(s)
			case asJSON:
				return a.statusJSON(c.Context(), s)
			}
			return a.status(c.Context(), s, statusSigs{show: !skipSigs && !verify, verify: verify})
		})
	}
	return c
}

func (a *app) printIsDefault(s *sysroot.Sysroot) error {
	b := s.Booted()
	switch {
	case b == nil:
		return errorf("Not in a booted OSTree system")
	case b.Index == 0:
		a.println("default")
	case s.Pending(b.Stateroot) != nil:
		a.println("not-default-booted-is-rollback")
	default:
		a.println("not-default")
	}
	return nil
}

// statusSigs says what to print about signatures.
type statusSigs struct{ show, verify bool }

func (a *app) status(ctx context.Context, s *sysroot.Sysroot, signatures statusSigs) error {
	list := s.Deployments()
	if len(list) == 0 {
		a.println("No deployments.")
	}
	for _, d := range list {
		mark := " "
		if d.Booted {
			mark = "*"
		}
		a.printf("%s %s %s%s\n", mark, d.Stateroot, d.Name(), note(s, d))
		version, err := s.Version(ctx, d)
		if err != nil {
			return err
		}
		if version != "" {
			a.printf("    Version: %s\n", version)
		}
		if d.Unlocked != "" && d.Unlocked != sysroot.UnlockedNone {
			a.printf("    Unlocked: %s\n", d.Unlocked)
		}
		if d.Pinned {
			a.printf("    Pinned: yes\n")
		}
		switch {
		case d.Origin == nil:
			a.printf("    origin: none\n")
		case d.Origin.Refspec() == "":
			a.printf("    origin: <unknown origin type>\n")
		default:
			a.printf("    origin refspec: %s\n", d.Origin.Refspec())
		}
		if c, err := s.Repo().LoadCommit(ctx, d.Commit); err == nil {
			if title, ok := c.Metadata.String("ostree.source-title"); ok {
				a.printf("    `- %s\n", title)
			}
		}
		if signatures.verify {
			if err := a.statusVerify(ctx, s.Repo(), d); err != nil {
				return err
			}
		}
		if signatures.show && d.Origin != nil {
			if err := a.statusSignatures(ctx, s.Repo(), d.Origin.Refspec(), d.Commit); err != nil {
				return err
			}
		}
	}
	return nil
}

// note says what a deployment is next to the booted one.
func note(s *sysroot.Sysroot, d *sysroot.Deployment) string {
	switch {
	case d.Staged:
		return " (staged)"
	case s.Booted() == nil:
		return ""
	case d.Equal(s.Pending(d.Stateroot)):
		return " (pending)"
	case d.Equal(s.RollbackTarget(d.Stateroot)):
		return " (rollback)"
	}
	return ""
}

// deploymentJSON is one deployment in `admin status --json`.
type deploymentJSON struct {
	Checksum  string `json:"checksum"`
	Serial    int    `json:"serial"`
	Stateroot string `json:"stateroot"`
	Booted    bool   `json:"booted"`
	Pending   bool   `json:"pending"`
	Rollback  bool   `json:"rollback"`
	Staged    bool   `json:"staged"`
	Pinned    bool   `json:"pinned"`
	Unlocked  string `json:"unlocked,omitempty"`
	Version   string `json:"version,omitempty"`
	Refspec   string `json:"refspec,omitempty"`
}

func (a *app) statusJSON(ctx context.Context, s *sysroot.Sysroot) error {
	out := struct {
		Deployments []deploymentJSON `json:"deployments"`
	}{[]deploymentJSON{}}
	for _, d := range s.Deployments() {
		version, err := s.Version(ctx, d)
		if err != nil {
			return err
		}
		j := deploymentJSON{
			Checksum: d.Commit.String(), Serial: d.Serial, Stateroot: d.Stateroot, Booted: d.Booted, Staged: d.Staged,
			Pinned: d.Pinned, Version: version, Unlocked: string(d.Unlocked),
			Pending: note(s, d) == " (pending)", Rollback: note(s, d) == " (rollback)",
		}
		if d.Origin != nil {
			j.Refspec = d.Origin.Refspec()
		}
		out.Deployments = append(out.Deployments, j)
	}
	return a.printJSON(out)
}
