package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"strings"
)

// messageHelp is what the editor shows below an empty message.
const messageHelp = `
# The first line of the message is the subject of the commit, the rest its
# body. Lines that start with '#' do not count; without a subject there will
# be no commit.
`

// edit has the user write the commit message in $OSTREE_EDITOR, $VISUAL or $EDITOR.
func (c *committer) edit(ctx context.Context) error {
	if c.opts.subject != "" || c.opts.body != "" || c.opts.bodyFile != "" {
		return nil
	}
	editor := cmp.Or(c.env("OSTREE_EDITOR"), c.env("VISUAL"), c.env("EDITOR"))
	if editor == "" {
		if term := c.env("TERM"); term == "" || term == "dumb" {
			return errorf("Terminal is dumb, but EDITOR unset")
		}
		editor = "vi"
	}
	f, err := os.CreateTemp("", ".ostree-message-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	text := messageHelp
	if c.opts.branch != "" {
		text += "#\n# Branch: " + c.opts.branch + "\n"
	}
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	// The variable may hold a command with arguments; the file is $1, so its name needs no quoting.
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", editor+` "$1"`, "sh", f.Name())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.stdin, c.stdout, c.stderr
	if err := cmd.Run(); err != nil {
		return errorf("There was a problem with the editor '%s': %v", editor, err)
	}
	data, err := os.ReadFile(f.Name()) // again by name: editors replace files
	if err != nil {
		return err
	}
	c.opts.subject, c.opts.body = splitMessage(string(data))
	if c.opts.subject == "" {
		return errorf("Aborting commit due to empty commit subject.")
	}
	return nil
}

// splitMessage takes comments and outer blank lines away; the first line is the subject.
func splitMessage(text string) (subject, body string) {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimRight(line, " \t\r\n"))
		}
	}
	subject, body, _ = strings.Cut(strings.Trim(strings.Join(lines, "\n"), "\n"), "\n")
	return strings.TrimSpace(subject), strings.Trim(body, "\n")
}
