package glibopt

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Help renders the help of a command in GLib's layout.
func Help(c *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s\n", usageLine(c))
	if c.Short != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Short)
	}
	sections := []section{commands(c), {title: "Help Options:", rows: [][2]string{{"-h, --help", "Show help options"}}}, options(c)}
	width := 0
	for _, s := range sections {
		for _, r := range s.rows {
			width = max(width, len(r[0]))
		}
	}
	for _, s := range sections {
		if len(s.rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", s.title)
		for _, r := range s.rows {
			b.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s    %s", width, r[0], r[1]), " ") + "\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}

type section struct {
	title string
	rows  [][2]string
}

func usageLine(c *cobra.Command) string {
	words := []string{}
	for p := c; p != nil; p = p.Parent() {
		words = append([]string{p.Name()}, words...)
	}
	line := strings.Join(words, " ") + " [OPTION…]"
	if _, args, ok := strings.Cut(c.Use, " "); ok {
		line += " " + args
	}
	return line
}

func commands(c *cobra.Command) section {
	s := section{title: "Builtin Commands:"}
	if c.HasParent() {
		s.title = fmt.Sprintf("Builtin %q Commands:", c.Name())
	}
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "completion" {
			s.rows = append(s.rows, [2]string{sub.Name(), sub.Short})
		}
	}
	return s
}

// options lists the command's options, between those inherited ones that come first (repo, sysroot) and those that
// come last (verbose, version).
func options(c *cobra.Command) section {
	s := section{title: "Application Options:"}
	add := func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			s.rows = append(s.rows, [2]string{optionName(f), f.Usage})
		}
	}
	last := map[string]bool{"verbose": true, "version": true, "quiet": true}
	c.Flags().SortFlags = false // before cobra copies them: the order they were added in is the order they are read in
	inherited, local := c.InheritedFlags(), c.LocalFlags()
	inherited.SortFlags, local.SortFlags = false, false
	inherited.VisitAll(func(f *pflag.Flag) {
		if !last[f.Name] {
			add(f)
		}
	})
	local.VisitAll(func(f *pflag.Flag) {
		if !last[f.Name] {
			add(f)
		}
	})
	inherited.VisitAll(func(f *pflag.Flag) {
		if last[f.Name] {
			add(f)
		}
	})
	local.VisitAll(func(f *pflag.Flag) {
		if last[f.Name] {
			add(f)
		}
	})
	return s
}

func optionName(f *pflag.Flag) string {
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if meta := f.Annotations[metavar]; len(meta) == 1 && meta[0] != "" {
		name += "=" + meta[0]
	}
	return name
}
