package treefile

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// StringList is a list of strings; a single string is a list of one.
type StringList []string

// UnmarshalYAML accepts a string or a list of strings.
func (l *StringList) UnmarshalYAML(n *yaml.Node) error {
	items, err := scalars(n)
	*l = items
	return err
}

func scalars(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, nil
		}
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		var out []string
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
				return nil, fmt.Errorf("line %d: expected a string", item.Line)
			}
			out = append(out, item.Value)
		}
		return out, nil
	}
	return nil, fmt.Errorf("line %d: expected a string or a list of strings", n.Line)
}

// PackageList is a list of package specs. In the file each entry may hold
// several of them, separated by blanks; single or double quotes keep one
// together.
type PackageList []string

// UnmarshalYAML accepts a string or a list of strings and splits each.
func (l *PackageList) UnmarshalYAML(n *yaml.Node) error {
	items, err := scalars(n)
	if err != nil {
		return err
	}
	for _, item := range items {
		words, err := splitWords(item)
		if err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		*l = append(*l, words...)
	}
	return nil
}

// splitWords splits at blanks outside quotes, and drops the quotes.
func splitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case unicode.IsSpace(r):
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("package list %q: unclosed quote", s)
	}
	if started {
		words = append(words, word.String())
	}
	return words, nil
}

// Scalar is a string that the file may also write as a number or a boolean.
type Scalar string

// UnmarshalYAML accepts any scalar and keeps its text.
func (s *Scalar) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: expected a string or a number", n.Line)
	}
	if n.Tag != "!!null" {
		*s = Scalar(n.Value)
	}
	return nil
}

// UnmarshalYAML accepts [source, dest].
func (a *AddFile) UnmarshalYAML(n *yaml.Node) error {
	pair, err := scalars(n)
	if err != nil {
		return err
	}
	if n.Kind != yaml.SequenceNode || len(pair) != 2 {
		return fmt.Errorf("line %d: add-files entry must be [source, destination]", n.Line)
	}
	a.Source, a.Dest = pair[0], pair[1]
	return nil
}

// MarshalJSON writes [source, dest], as in the treefile.
func (a AddFile) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{a.Source, a.Dest})
}

// ConditionalInclude includes files, or a treefile written in place, if all
// its conditions hold.
type ConditionalInclude struct {
	If      []Condition `json:"if"`
	Include StringList  `json:"include,omitempty"`
	Inline  *Treefile   `json:"inline,omitempty"`
}

// UnmarshalYAML accepts {if: COND|[COND...], include: FILE|[FILE...]|{...}}.
func (c *ConditionalInclude) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: conditional-include entry must be a mapping", n.Line)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		var err error
		switch key.Value {
		case "if":
			c.If, err = parseConditions(val)
		case "include":
			err = c.parseInclude(val)
		default:
			err = fmt.Errorf("line %d: unknown field %q in conditional-include", key.Line, key.Value)
		}
		if err != nil {
			return err
		}
	}
	if len(c.If) == 0 || (len(c.Include) == 0 && c.Inline == nil) {
		return fmt.Errorf("line %d: conditional-include needs both \"if\" and \"include\"", n.Line)
	}
	return nil
}

func (c *ConditionalInclude) parseInclude(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		var err error
		c.Include, err = scalars(n)
		return err
	}
	t, err := decodeNode(n, false)
	c.Inline = t
	return err
}

func parseConditions(n *yaml.Node) ([]Condition, error) {
	texts, err := scalars(n)
	if err != nil {
		return nil, err
	}
	var out []Condition
	for _, text := range texts {
		c, err := ParseCondition(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n.Line, err)
		}
		out = append(out, c)
	}
	return out, nil
}
