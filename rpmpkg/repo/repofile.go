package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxRepoFile bounds a .repo file.
const maxRepoFile = 1 << 20

// section is a group of a .repo file.
type section struct {
	name string
	keys []keyValue
}

type keyValue struct{ key, value string }

// parseINI reads the INI dialect of .repo files: "#" and ";" begin comments at the start of a line, a line that starts
// with a blank continues the value above it.
func parseINI(data []byte) ([]section, error) {
	var list []section
	for n, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
		case line[0] == ' ' || line[0] == '\t':
			if len(list) == 0 || len(list[len(list)-1].keys) == 0 {
				return nil, fmt.Errorf("line %d: continues nothing", n+1)
			}
			keys := list[len(list)-1].keys
			keys[len(keys)-1].value += "\n" + text
		case text[0] == '[':
			end := strings.IndexByte(text, ']')
			if end < 0 {
				return nil, fmt.Errorf("line %d: section without ']'", n+1)
			}
			list = append(list, section{name: strings.TrimSpace(text[1:end])})
		default:
			key, value, ok := strings.Cut(text, "=")
			if !ok {
				if key, value, ok = strings.Cut(text, ":"); !ok {
					return nil, fmt.Errorf("line %d: neither section nor key=value", n+1)
				}
			}
			if len(list) == 0 {
				return nil, fmt.Errorf("line %d: key before the first section", n+1)
			}
			keys := &list[len(list)-1].keys
			*keys = append(*keys, keyValue{strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return list, nil
}

// ParseRepoFile reads the repository definitions of a .repo file, with variables replaced; a section "main" is no
// definition. A repository without any URL is an error only when it is used.
func ParseRepoFile(data []byte, vars Vars) ([]*Repo, error) {
	sections, err := parseINI(data)
	if err != nil {
		return nil, fmt.Errorf("parse repo file: %w", err)
	}
	var repos []*Repo
	seen := map[string]bool{}
	for _, s := range sections {
		if s.name == "main" {
			continue
		}
		id := vars.Expand(s.name)
		if err := checkID(id); err != nil {
			return nil, fmt.Errorf("parse repo file: %w", err)
		}
		if seen[id] {
			return nil, fmt.Errorf("parse repo file: repository %s is defined twice", id)
		}
		seen[id] = true
		r := New(id)
		for _, kv := range s.keys {
			value := vars.Expand(kv.value)
			r.Options[kv.key] = value
			if err := r.set(kv.key, value); err != nil {
				return nil, fmt.Errorf("parse repo file: repository %s: %w", id, err)
			}
		}
		repos = append(repos, r)
	}
	return repos, nil
}

// checkID accepts what dnf does: letters, digits and "-_.:". Ids become names of directories.
func checkID(id string) error {
	if id == "" || id == "." || id == ".." {
		return fmt.Errorf("bad repository id %q", id)
	}
	for _, r := range id {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:", r)
		if !ok {
			return fmt.Errorf("bad repository id %q: %q is not allowed", id, r)
		}
	}
	return nil
}

// LoadFile reads the definitions of one .repo file.
func LoadFile(path string, vars Vars) ([]*Repo, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if fi.Size() > maxRepoFile {
		return nil, fmt.Errorf("load %s: larger than %d bytes", path, maxRepoFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	repos, err := ParseRepoFile(data, vars)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	return repos, nil
}

// LoadDir reads the definitions of all *.repo files of a directory such as /etc/yum.repos.d in the order of their
// names, disabled ones included. A directory that does not exist has none. An id that is defined in two files is an
// error.
func LoadDir(dir string, vars Vars) ([]*Repo, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var repos []*Repo
	from := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".repo") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		list, err := LoadFile(filepath.Join(dir, e.Name()), vars)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if other, ok := from[r.ID]; ok {
				return nil, fmt.Errorf("load %s: repository %s is defined in %s and %s", dir, r.ID, other, e.Name())
			}
			from[r.ID] = e.Name()
		}
		repos = append(repos, list...)
	}
	return repos, nil
}
