package main

import (
	"fmt"
	"strings"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// commitDate is how log and show print a timestamp, in the local time zone.
const commitDate = "2006-01-02 15:04:05 -0700"

// printCommit prints one entry of log below its checksum, which is also what show prints of a commit.
func (a *app) printCommit(c *ostree.Commit) {
	if !c.Parent.IsZero() {
		a.printf("Parent:  %s\n", c.Parent)
	}
	a.printf("ContentChecksum:  %s\n", c.ContentChecksum())
	a.printf("Date:  %s\n", c.Timestamp.In(time.Local).Format(commitDate))
	if v, ok := c.Metadata.String("version"); ok {
		a.printf("Version: %s\n", v)
	}
	if c.Subject == "" {
		a.printf("(no subject)\n")
	} else {
		a.printf("\n%s", indented(c.Subject))
	}
	if c.Body != "" {
		a.printf("\n%s", indented(c.Body))
	}
	a.println()
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	return b.String()
}

// printRaw prints an object as GVariant text. Its integers are stored big-endian; swapped shows them as numbers.
func (a *app) printRaw(data []byte, typ string, swapped bool) error {
	v, err := gvariant.Decode(typ, data)
	if err != nil {
		return err
	}
	if swapped {
		v = v.ByteSwapped()
	}
	a.println(v.String())
	return nil
}

// objectTypes are the GVariant types of the metadata objects, see the ostree package.
var objectTypes = map[ostree.ObjectType]string{
	ostree.TypeCommit:  "(a{sv}aya(say)sstayay)",
	ostree.TypeDirTree: "(a(say)a(sayay))",
	ostree.TypeDirMeta: "(uuua(ayay))",
}
