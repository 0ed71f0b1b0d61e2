package kargs

import (
	"fmt"
	"strings"
)

// Append adds each argument at the end, whether or not it exists already.
func (a *Args) Append(args ...string) {
	for _, s := range args {
		a.list = append(a.list, ParseArg(s))
	}
}

// AppendIfMissing adds each argument whose key does not exist yet. The value
// is not compared: "a=2" is not added to "a=1" (as in libostree).
func (a *Args) AppendIfMissing(args ...string) {
	for _, s := range args {
		if !a.ContainsKey(ParseArg(s).Key) {
			a.Append(s)
		}
	}
}

// Set drops all arguments with the key of arg and puts arg at the place of the
// first of them, or at the end (`ostree admin deploy --karg`).
func (a *Args) Set(arg string) {
	n := ParseArg(arg)
	at := a.find(n.Key)
	if len(at) == 0 {
		a.Append(arg)
		return
	}
	a.list[at[0]] = n
	for i := len(at) - 1; i > 0; i-- {
		a.removeAt(at[i])
	}
}

// Replace is the strict form (`rpm-ostree kargs --replace`): "key=value" or
// "key" needs a single argument with this key; "key=old=new" replaces the
// first "key=old". The place in the line is kept.
func (a *Args) Replace(arg string) error {
	n := ParseArg(arg)
	at := a.find(n.Key)
	if len(at) == 0 {
		return noKey(n.Key)
	}
	if old, value, ok := strings.Cut(n.Value, "="); ok {
		return a.replaceValue(n.Key, old, value)
	}
	if len(at) > 1 {
		return multipleValues(n.Key)
	}
	a.list[at[0]] = n
	return nil
}

func (a *Args) replaceValue(key, old, value string) error {
	was := Arg{Key: key, Value: old, HasValue: true}
	i := a.index(was)
	if i < 0 {
		return noArg(was)
	}
	a.list[i].Value = value
	return nil
}

// Delete removes one argument: "key=value" exactly (the first of equal ones);
// "key" the first bare one, or the only one with this key whatever its value.
func (a *Args) Delete(arg string) error {
	d := ParseArg(arg)
	at := a.find(d.Key)
	if len(at) == 0 {
		return noKey(d.Key)
	}
	if i := a.index(d); i >= 0 {
		a.removeAt(i)
		return nil
	}
	if d.HasValue {
		return noArg(d)
	}
	if len(at) > 1 {
		return multipleValues(d.Key)
	}
	a.removeAt(at[0])
	return nil
}

// DeleteIfPresent is [Args.Delete] when the key exists and nothing otherwise.
// Only the key is tested: "a=9" on "a=1" is an error (as in libostree).
func (a *Args) DeleteIfPresent(arg string) error {
	if !a.ContainsKey(ParseArg(arg).Key) {
		return nil
	}
	return a.Delete(arg)
}

// DeleteKey removes every argument with this key.
func (a *Args) DeleteKey(key string) error {
	if !a.ContainsKey(key) {
		return noKey(key)
	}
	a.removeKey(key)
	return nil
}

// Edits is a batch of changes as one `rpm-ostree kargs` call carries it.
type Edits struct {
	Delete          []string
	Replace         []string
	Append          []string
	AppendIfMissing []string
	DeleteIfPresent []string
}

// Apply runs the batch on a copy, in the order delete, replace, append,
// append-if-missing, delete-if-present, and tells whether anything changed.
func (a *Args) Apply(e *Edits) (out *Args, changed bool, err error) {
	out = a.Clone()
	for _, s := range e.Delete {
		if err := out.Delete(s); err != nil {
			return nil, false, err
		}
	}
	for _, s := range e.Replace {
		if err := out.Replace(s); err != nil {
			return nil, false, err
		}
	}
	out.Append(e.Append...)
	out.AppendIfMissing(e.AppendIfMissing...)
	for _, s := range e.DeleteIfPresent {
		if err := out.DeleteIfPresent(s); err != nil {
			return nil, false, err
		}
	}
	if err := out.Validate(); err != nil {
		return nil, false, err
	}
	return out, !out.Equal(a), nil
}

// FromProcCmdline parses the text of /proc/cmdline without the arguments that
// the boot loader added itself: BOOT_IMAGE=, initrd= (and ostree= stays, to be
// replaced by whoever writes the entry).
func FromProcCmdline(text string) *Args {
	return Parse(text).Without("BOOT_IMAGE", "initrd")
}

// EditError tells why an edit was refused. Its text is the one that users of
// the real commands know.
type EditError struct {
	// Arg is the key or argument that was looked for.
	Arg string
	// Ambiguous is true when there were several values, false when none.
	Ambiguous bool
	text      string
}

// Error returns the text.
func (e *EditError) Error() string { return e.text }

func noKey(key string) error {
	return &EditError{Arg: key, text: fmt.Sprintf("No key '%s' found", key)}
}

func noArg(a Arg) error {
	return &EditError{Arg: a.String(), text: fmt.Sprintf("No karg '%s' found", a)}
}

func multipleValues(key string) error {
	return &EditError{Arg: key, Ambiguous: true, text: fmt.Sprintf("Multiple values for key '%s' found", key)}
}
