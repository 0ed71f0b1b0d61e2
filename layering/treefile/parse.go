package treefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxSize bounds one treefile; real ones are a few kilobytes.
const maxSize = 8 << 20

// Format is the syntax of a treefile.
type Format uint8

// The syntaxes. JSON tolerates unknown keys, YAML refuses them.
const (
	YAML Format = iota
	JSON
)

// FormatOf tells the syntax from the file name: JSON for *.json, else YAML.
func FormatOf(name string) Format {
	if strings.HasSuffix(name, ".json") {
		return JSON
	}
	return YAML
}

// Parse reads one treefile without following its includes and without
// substituting variables. Errors name the line.
func Parse(data []byte, format Format) (*Treefile, error) {
	if len(data) > maxSize {
		return nil, fmt.Errorf("parse treefile: larger than %d bytes", maxSize)
	}
	if format == JSON && !json.Valid(data) {
		var v any
		return nil, fmt.Errorf("parse treefile: %w", json.Unmarshal(data, &v))
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("parse treefile: %w", err)
	}
	if err := dec.Decode(new(yaml.Node)); err == nil {
		return nil, errors.New("parse treefile: more than one document")
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errors.New("parse treefile: empty document")
	}
	t, err := decodeNode(doc.Content[0], format == JSON)
	if err != nil {
		return nil, fmt.Errorf("parse treefile: %w", err)
	}
	return t, nil
}

// aliases maps old spellings of keys to the current ones.
var aliases = map[string]string{
	"gpg_key":                  "gpg-key",
	"default_target":           "default-target",
	"automatic_version_prefix": "automatic-version-prefix",
	"automatic_version_suffix": "automatic-version-suffix",
	"etc_group_members":        "etc-group-members",
	"preserve_passwd":          "preserve-passwd",
	"boot_location":            "boot-location",
	"ignore_removed_users":     "ignore-removed-users",
	"ignore_removed_groups":    "ignore-removed-groups",
	"install_langs":            "install-langs",
	"initramfs_args":           "initramfs-args",
	"check_passwd":             "check-passwd",
	"check_groups":             "check-groups",
	"tmp_is_dir":               "tmp-is-dir",
	"machineid_compat":         "machineid-compat",
	"exclude_packages":         "exclude-packages",
	"arch_include":             "arch-include",
	"selinux_label_version":    "selinux-label-version",
}

// decodeNode reads a mapping; tolerant ones may have unknown keys.
func decodeNode(n *yaml.Node, tolerant bool) (*Treefile, error) {
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: expected a mapping of keys", n.Line)
	}
	t := &Treefile{}
	known := knownKeys()
	seen := map[string]bool{}
	kept := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		name := key.Value
		if long, ok := aliases[name]; ok {
			name = long
		}
		if seen[name] {
			return nil, fmt.Errorf("line %d: key %q occurs twice", key.Line, key.Value)
		}
		seen[name] = true
		arch, isArch := strings.CutPrefix(name, "packages-")
		switch {
		case known[name]:
			renamed := *key
			renamed.Value = name
			kept.Content = append(kept.Content, &renamed, val)
		case isArch && arch != "":
			if err := t.decodeArchPackages(arch, val); err != nil {
				return nil, err
			}
		case name == "comment" || strings.HasPrefix(name, "x-") || tolerant:
		default:
			return nil, fmt.Errorf("line %d: unknown key %q", key.Line, key.Value)
		}
	}
	if err := kept.Decode(t); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Treefile) decodeArchPackages(arch string, val *yaml.Node) error {
	var list PackageList
	if err := val.Decode(&list); err != nil {
		return err
	}
	if t.PackagesArch == nil {
		t.PackagesArch = map[string]PackageList{}
	}
	t.PackagesArch[arch] = list
	return nil
}

// knownKeys lists the yaml names of the fields.
func knownKeys() map[string]bool {
	keys := map[string]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for f := range t.Fields() {
			name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			switch {
			case opts == "inline":
				walk(f.Type)
			case name != "" && name != "-":
				keys[name] = true
			}
		}
	}
	walk(reflect.TypeFor[Treefile]())
	return keys
}
