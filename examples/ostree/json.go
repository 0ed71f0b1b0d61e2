package main

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
)

// What --json prints is one object for each verb, the struct that is named like the verb in the files json_*.go. Keys stay,
// new ones may come. Keys are in lower case with dashes; checksums and bytes are hexadecimal, times RFC 3339 in UTC, sizes
// bytes, modes octal text as chmod takes it. Lists are there even if they are empty, other things are left out if they
// have no value. Errors go to the standard error stream as ever, and then there is no object.

// jsonFlag adds --json.
func jsonFlag(c *cobra.Command, on *bool) { glibopt.Bool(c, on, "json", "", "Emit JSON") }

// jsonAlone refuses --json together with options that change what is printed; each is given with its name.
func jsonAlone(on bool, others map[string]bool) error {
	for name, given := range others {
		if on && given {
			return errorf("--json cannot be used with %s", name)
		}
	}
	return nil
}

// printJSON prints the object of a verb.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// jsonTime is a time, nothing if it is not known.
func jsonTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// jsonSum is a checksum, nothing if there is none.
func jsonSum(c ostree.Checksum) string {
	if c.IsZero() {
		return ""
	}
	return c.String()
}

func jsonSums(list []ostree.Checksum) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return out
}

// jsonDict is a dictionary of metadata with its values as JSON has them.
func jsonDict(d *gvariant.Dict) map[string]any {
	out := map[string]any{}
	for _, k := range d.Keys() {
		v, _ := d.Get(k)
		out[k] = jsonValue(v)
	}
	return out
}

// jsonValue is a GVariant value as JSON: text, numbers and booleans as they are, bytes as hexadecimal text, dictionaries with
// text as keys as objects, other containers as arrays, variants and maybes as what is in them, null for nothing.
func jsonValue(v gvariant.Value) any {
	switch typ := v.Type(); {
	case typ == "s" || typ == "o" || typ == "g":
		return v.Str()
	case typ == "b":
		return v.Bool()
	case typ == "d":
		if math.IsNaN(v.Double()) || math.IsInf(v.Double(), 0) {
			return v.Plain() // JSON has no such numbers
		}
		return v.Double()
	case typ == "n" || typ == "i" || typ == "x" || typ == "h":
		return v.Int()
	case typ == "y" || typ == "q" || typ == "u" || typ == "t":
		return v.Uint()
	case typ == "ay":
		return hex.EncodeToString(v.RawBytes())
	case typ == "v" || strings.HasPrefix(typ, "m") && v.Len() > 0:
		return jsonValue(v.Index(0))
	case strings.HasPrefix(typ, "m"):
		return nil
	case strings.HasPrefix(typ, "a{s"):
		out := map[string]any{}
		for _, e := range v.All() {
			out[e.Index(0).Str()] = jsonValue(e.Index(1))
		}
		return out
	}
	out := []any{}
	for _, e := range v.All() {
		out = append(out, jsonValue(e))
	}
	return out
}
