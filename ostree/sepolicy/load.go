package sepolicy

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// ErrDisabled matches the error of [Load] for a root whose configuration is
// missing or has SELinux disabled.
var ErrDisabled = errors.New("no SELinux policy is enabled")

const (
	maxFile  = 16 << 20  // of text; a distribution's largest has 0.5 MiB
	maxLine  = 64 << 10  // of any file
	maxSpecs = 100_000   // a distribution's policy has 7000
	maxTotal = 5_000_000 // sum of the costs of expressions; there, 200,000
	maxBlob  = 512 << 20 // the binary policy; there, 8 MiB
)

// Load reads the policy of a root file system, which is in etc/selinux, or in
// usr/etc/selinux if that does not exist, below the directory that SELINUXTYPE
// in the file config there names. Without one in state enforcing or permissive
// the error matches [ErrDisabled].
//
// For a directory use os.OpenRoot(dir).FS(), for a commit [ostree.Repo.FS]: both
// resolve symbolic links inside.
func Load(root fs.FS) (*Policy, error) {
	dir := "etc/selinux"
	if _, err := fs.Stat(root, dir); errors.Is(err, fs.ErrNotExist) {
		dir = "usr/etc/selinux"
	}
	name, err := enabled(root, path.Join(dir, "config"))
	if err != nil {
		return nil, fmt.Errorf("load SELinux policy: %w", err)
	}
	p, err := load(root, path.Join(dir, name, "contexts/files/file_contexts"))
	if err != nil {
		return nil, fmt.Errorf("load SELinux policy %s: %w", name, err)
	}
	p.name = name
	if p.checksum, err = checksum(root, path.Join(dir, name, "policy")); err != nil {
		return nil, fmt.Errorf("load SELinux policy %s: checksum: %w", name, err)
	}
	return p, nil
}

// LoadFile reads a file in the format of file_contexts, and those beside it with
// the suffixes .homedirs, .local, .subs and .subs_dist that exist.
func LoadFile(fsys fs.FS, name string) (*Policy, error) {
	p, err := load(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("load SELinux policy %s: %w", name, err)
	}
	return p, nil
}

// enabled reads the configuration and returns SELINUXTYPE.
func enabled(root fs.FS, config string) (string, error) {
	name, on := "", false
	err := eachLine(root, config, func(line string) error {
		if v, ok := strings.CutPrefix(line, "SELINUXTYPE="); ok {
			name = strings.TrimSpace(v)
		} else if v, ok := strings.CutPrefix(line, "SELINUX="); ok {
			v = strings.ToLower(v)
			on = on || strings.HasPrefix(v, "enforcing") || strings.HasPrefix(v, "permissive")
		}
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !on:
		return "", fmt.Errorf("%s: %w", config, ErrDisabled)
	case err != nil:
		return "", err
	case name == "" || name != path.Base(name) || name == "." || name == "..":
		return "", fmt.Errorf("%s: SELINUXTYPE %q is not the name of a policy", config, name)
	}
	return name, nil
}

func load(fsys fs.FS, name string) (*Policy, error) {
	p := &Policy{}
	var literal []*spec
	total := 0
	for i, file := range []string{name, name + ".homedirs", name + ".local"} {
		err := eachLine(fsys, file, func(line string) error {
			s, ok, err := parseSpec(line)
			if err != nil || !ok {
				return err
			}
			total += s.pattern.cost
			switch {
			case len(p.specs)+len(literal) == maxSpecs || total > maxTotal:
				return errors.New("policy has too many expressions")
			case s.meta:
				p.specs = append(p.specs, s)
			default:
				literal = append(literal, s)
			}
			return nil
		})
		if err != nil && (i == 0 || !errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
	}
	p.specs = append(p.specs, literal...)
	for suffix, list := range map[string]*[]alias{".subs": &p.subs, ".subs_dist": &p.distSubs} {
		err := eachLine(fsys, name+suffix, func(line string) error {
			if a, ok := parseAlias(line); ok {
				*list = append(*list, a)
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	p.index()
	return p, nil
}

// eachLine calls f for the lines of a file; an error of f gets file and line.
func eachLine(fsys fs.FS, name string, f func(string) error) error {
	file, err := open(fsys, name)
	if err != nil {
		return err
	}
	defer file.Close()
	limited := &io.LimitedReader{R: file, N: maxFile}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxLine)
	number := 1
	for ; lines.Scan(); number++ {
		if err := f(lines.Text()); err != nil {
			return &SyntaxError{name, number, err}
		}
	}
	switch {
	case lines.Err() != nil:
		return &SyntaxError{name, number, lines.Err()}
	case limited.N == 0:
		return fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	return nil
}

// open opens a regular file: reading a fifo might never end.
func open(fsys fs.FS, name string) (fs.File, error) {
	st, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	return fsys.Open(name)
}

// checksum hashes the file policy.N with the highest N.
func checksum(fsys fs.FS, dir string) (string, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	best, found := uint64(0), ""
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), "policy.")
		n, err := strconv.ParseUint(digits, 10, 32)
		if ok && err == nil && (found == "" || n > best) {
			best, found = n, e.Name()
		}
	}
	if found == "" {
		return "", nil
	}
	file, err := open(fsys, path.Join(dir, found))
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if n, err := io.Copy(h, io.LimitReader(file, maxBlob+1)); err != nil {
		return "", err
	} else if n > maxBlob {
		return "", fmt.Errorf("%s: larger than %d bytes", found, maxBlob)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
