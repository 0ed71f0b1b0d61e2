package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// sayAll makes every command below c report errors in the real command's words.
func sayAll(c *cobra.Command) {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error { return realWords(run(c, args)) }
	}
	for _, sub := range c.Commands() {
		sayAll(sub)
	}
}

// spoken is an error in other words.
type spoken struct {
	text string
	err  error
}

func (s *spoken) Error() string { return s.text }
func (s *spoken) Unwrap() error { return s.err }

// realWords puts the errors of the library into the words of the real command, which scripts match.
func realWords(err error) error {
	var said *spoken
	var missing *ostree.MissingError
	var corrupt *ostree.CorruptError
	var older *pull.TimestampError
	var hardlink *ostree.HardlinkError
	var name *ostree.NameError
	var conflict *ostree.RefConflictError
	var locked *ostree.LockedError
	var errno syscall.Errno
	switch {
	case err == nil || errors.As(err, &said):
		return err
	case errors.As(err, &corrupt) && corrupt.Object.Type != 0:
		return &spoken{corruptText(err, corrupt), err}
	case errors.As(err, &missing):
		return &spoken{missingText(missing.Object), err}
	case errors.As(err, &locked) && locked.Exclusive:
		return &spoken{"Locking repo exclusive failed: " + capital(syscall.EAGAIN.Error()), err}
	case errors.As(err, &locked):
		return &spoken{"Locking repo shared failed: " + capital(syscall.EAGAIN.Error()), err}
	case errors.As(err, &older):
		return &spoken{capital(older.Error()), err}
	case errors.As(err, &conflict):
		return &spoken{capital(conflict.Error()), err}
	case errors.As(err, &name):
		return &spoken{capital(name.Error()), err}
	case errors.As(err, &hardlink) && strings.HasPrefix(hardlink.Reason, "archive"): // that is what it says
		return &spoken{"Bare repository mode cannot hardlink in user checkout mode", err}
	case errors.As(err, &hardlink):
		return &spoken{capital(hardlink.Error()), err}
	case errors.As(err, &errno): // as strerror(3) writes it
		return &spoken{strings.Replace(err.Error(), errno.Error(), capital(errno.Error()), 1), err}
	}
	return err
}

// pullWords leaves out what the real command does not say about a pull that failed: where to.
func pullWords(err error) error {
	var unknown *pull.UnknownRefError
	var delta *pull.NoDeltaError
	switch {
	case errors.As(err, &unknown) && unknown.Summary:
		return errorf("No such branch '%s' in repository summary", unknown.Ref)
	case errors.As(err, &unknown):
		return errorf("Refspec '%s' not found", unknown.Ref)
	case errors.As(err, &delta):
		return delta
	}
	if cause := errors.Unwrap(err); cause != nil && strings.HasPrefix(err.Error(), "pull into ") {
		text := strings.TrimPrefix(realWords(cause).Error(), "summary: ")
		if strings.HasPrefix(text, "commit ") {
			text = commitWords(text)
		}
		if what, _, ok := strings.Cut(text, "does not have a summary"); ok { // nor what the server says about that
			text = capital(what) + "does not have a summary"
		}
		if strings.HasPrefix(text, "can't pull") {
			text = capital(text)
		}
		return &spoken{text, err}
	}
	return err
}

// commitWords is capital, also for what is wrong with a commit that is named first.
func commitWords(text string) string {
	rest, ok := strings.CutPrefix(text, "commit ")
	sum, what, named := strings.Cut(rest, ": ")
	if !ok || !named {
		return capital(text)
	}
	if kind, _, _ := strings.Cut(what, " "); !strings.HasSuffix(kind, ":") { // of signature, a name
		what = capital(what)
	}
	return "Commit " + sum + ": " + what
}

// missingText says that an object is not there.
func missingText(n ostree.ObjectName) string {
	if n.Type == ostree.TypeFile {
		return fmt.Sprintf("Opening content object %[1]s: Couldn't find file object '%[1]s'", n.Checksum)
	}
	return fmt.Sprintf("No such metadata object %s", n)
}

// corruptText says what is wrong with an object.
func corruptText(err error, e *ostree.CorruptError) string {
	what := capital(e.Err.Error())
	switch {
	case !e.Actual.IsZero():
		return fmt.Sprintf("%s: %s", e.Object, mismatchText(e))
	case e.Object.Checksum.IsZero(): // found while making it: where is what matters
		return strings.Replace(err.Error(), e.Err.Error(), what, 1)
	}
	if e.Object.Type == ostree.TypeFile {
		return fmt.Sprintf("Content object %s: %s", e.Object.Checksum, strings.Replace(what, "Invalid mode", "invalid mode", 1))
	}
	return fmt.Sprintf("%s: %s", e.Object, what)
}

// mismatchText says that an object is not what its name promises.
func mismatchText(e *ostree.CorruptError) string {
	return fmt.Sprintf("Corrupted %s object; checksum expected='%s' actual='%s'", e.Object.Type, e.Object.Checksum, e.Actual)
}

// capital makes the first letter a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
