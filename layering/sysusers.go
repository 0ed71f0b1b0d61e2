package layering

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// sysusersDirs are the directories of sysusers.d(5) in an image; of files with
// the same name those of the first directory count.
var sysusersDirs = []string{usrEtc + "/sysusers.d", usrLib + "/sysusers.d"}

// The range of system ids that are given out, from the top.
const (
	sysMax = 999
	sysMin = 1
)

// ApplySysusers creates the users and groups that sysusers.d(5) files of the
// tree describe, in passwd and group of the directory etc (and shadow and
// gshadow, where those files exist). Numbers are given out as
// systemd-sysusers does. It returns whether it changed anything.
func ApplySysusers(ctx context.Context, t *Tree, etc string) (bool, error) {
	lines, err := readSysusers(ctx, t)
	if err != nil || len(lines) == 0 {
		return false, err
	}
	known, err := ReadUsers(ctx, t, etc, usrLib)
	if err != nil {
		return false, err
	}
	s := &sysusers{known: known, ranges: [][2]uint32{{sysMin, sysMax}}}
	own, err := ReadUsers(ctx, t, etc)
	if err != nil {
		return false, err
	}
	if err := s.apply(lines); err != nil {
		return false, fmt.Errorf("apply sysusers.d: %w", err)
	}
	if !s.changed {
		return false, nil
	}
	own.users = own.users.with(s.newUsers)
	own.groups = s.mergeMembers(own.groups.with(s.newGroups))
	if err := writeUsers(ctx, t, etc, own); err != nil {
		return false, err
	}
	if err := s.appendShadow(ctx, t, etc+"/shadow", s.newUsers, func(a account) string { return a.name() + ":!*:::::::" }); err != nil {
		return false, err
	}
	err = s.appendShadow(ctx, t, etc+"/gshadow", s.newGroups, func(a account) string { return a.name() + ":!*::" + a.fields[3] })
	return true, err
}

// sysusersLine is one line: type, name, id, gecos, home, shell.
type sysusersLine struct {
	where  string
	fields [6]string
}

func readSysusers(ctx context.Context, t *Tree) ([]sysusersLine, error) {
	files := map[string]string{}
	for _, dir := range slices.Backward(sysusersDirs) {
		names, err := t.ReadDir(ctx, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".conf") {
				files[name] = path.Join(dir, name)
			}
		}
	}
	var lines []sysusersLine
	for _, base := range slices.Sorted(maps.Keys(files)) {
		data, err := readThroughLink(ctx, t, files[base])
		if errors.Is(err, fs.ErrNotExist) {
			continue // a dangling link configures nothing
		}
		if err != nil {
			return nil, err
		}
		more, err := parseSysusers(files[base], data)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// readThroughLink reads a file of a .d directory; a link to /dev/null masks.
func readThroughLink(ctx context.Context, t *Tree, name string) ([]byte, error) {
	if target, err := t.Readlink(ctx, name); err == nil {
		if target == "/dev/null" {
			return nil, nil
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir("/"+name), target)
		}
		name = target
	}
	return t.ReadFile(ctx, name)
}

func parseSysusers(name string, data []byte) ([]sysusersLine, error) {
	var out []sysusersLine
	for i, text := range strings.Split(string(data), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		l := sysusersLine{where: fmt.Sprintf("%s:%d", name, i+1)}
		words, err := splitQuoted(text)
		if err != nil || len(words) < 2 || len(words) > len(l.fields) {
			return nil, fmt.Errorf("%s: malformed line", l.where)
		}
		for i, w := range words {
			if i != 2 && strings.Contains(w, ":") { // it would be another field of passwd(5)
				return nil, fmt.Errorf("%s: colon in %q", l.where, w)
			}
			if w != "-" {
				l.fields[i] = w
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// splitQuoted splits at blanks outside single or double quotes; a backslash
// takes the next byte as it is.
func splitQuoted(s string) ([]string, error) {
	var words []string
	var word []byte
	var quote byte
	started := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			word, started = append(word, s[i]), true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word = append(word, c)
		case c == '"' || c == '\'':
			quote, started = c, true
		case c == ' ' || c == '\t':
			if started {
				words = append(words, string(word))
			}
			word, started = nil, false
		default:
			word, started = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, errors.New("unclosed quote")
	}
	if started {
		words = append(words, string(word))
	}
	return words, nil
}

type sysusers struct {
	known               *Users
	ranges              [][2]uint32
	newUsers, newGroups accounts
	members             map[string][]string // group -> users to add
	changed             bool
}

// apply works in the order of the tool: ranges, groups, users, memberships.
func (s *sysusers) apply(lines []sysusersLine) error {
	for _, kind := range []string{"r", "g", "u", "m"} {
		for _, l := range lines {
			typ := strings.TrimRight(l.fields[0], "!")
			if !strings.Contains("rgum", typ) || typ == "" {
				return fmt.Errorf("%s: unknown type %q", l.where, l.fields[0])
			}
			if typ != kind {
				continue
			}
			if err := map[string]func(sysusersLine) error{"r": s.addRange, "g": s.addGroup, "u": s.addUser, "m": s.addMember}[kind](l); err != nil {
				return fmt.Errorf("%s: %w", l.where, err)
			}
		}
	}
	return nil
}

func (s *sysusers) addRange(l sysusersLine) error {
	low, high, isRange := strings.Cut(l.fields[2], "-")
	if !isRange {
		high = low
	}
	a, errA := strconv.ParseUint(low, 10, 32)
	b, errB := strconv.ParseUint(high, 10, 32)
	if errA != nil || errB != nil || a > b {
		return fmt.Errorf("bad range %q", l.fields[2])
	}
	if len(s.ranges) == 1 && s.ranges[0] == [2]uint32{sysMin, sysMax} {
		s.ranges = nil // the first explicit range replaces the built-in one
	}
	s.ranges = append(s.ranges, [2]uint32{uint32(a), uint32(b)})
	return nil
}

func (s *sysusers) addGroup(l sysusersLine) error {
	id, fixed, err := parseID(l.fields[2])
	if err != nil {
		return err
	}
	return s.ensureGroup(l.fields[1], id, fixed)
}

func (s *sysusers) ensureGroup(name string, id uint32, fixed bool) error {
	if _, ok := s.known.GID(name); ok && name != "root" {
		return nil
	}
	if _, ok := s.known.groups.byName(name); ok {
		return nil
	}
	if !fixed || s.known.groups.hasID(id) {
		// A group named like a user gets that user's number if it can.
		if u, ok := s.known.users.byName(name); ok && !s.known.groups.hasID(u.id) {
			id = u.id
		} else if id, err := s.free(); err != nil {
			return err
		} else {
			return s.newGroup(name, id)
		}
	}
	return s.newGroup(name, id)
}

func (s *sysusers) newGroup(name string, id uint32) error {
	a := account{[]string{name, "x", strconv.FormatUint(uint64(id), 10), ""}, id}
	s.known.groups = append(s.known.groups, a)
	s.newGroups = append(s.newGroups, a)
	s.changed = true
	return nil
}

func (s *sysusers) addUser(l sysusersLine) error {
	name := l.fields[1]
	if _, ok := s.known.users.byName(name); ok {
		return nil
	}
	idText, groupText, hasGroup := strings.Cut(l.fields[2], ":")
	id, fixed, err := parseID(idText)
	if err != nil {
		return err
	}
	var gid uint32
	switch {
	case hasGroup:
		if gid, err = s.existingGroup(groupText); err != nil {
			return err
		}
	default:
		if err := s.ensureGroup(name, id, fixed); err != nil {
			return err
		}
		gid, _ = s.known.GID(name)
		if !fixed || s.known.users.hasID(id) {
			id, fixed = gid, true // user and group share a number if possible
		}
	}
	if !fixed || s.known.users.hasID(id) {
		if id, err = s.free(); err != nil {
			return err
		}
	}
	home, shell := cmp.Or(l.fields[4], "/"), l.fields[5]
	if shell == "" {
		shell = "/usr/sbin/nologin"
		if id == rootID {
			shell = "/bin/sh"
		}
	}
	a := account{[]string{name, "x", fmt.Sprint(id), fmt.Sprint(gid), l.fields[3], home, shell}, id}
	s.known.users = append(s.known.users, a)
	s.newUsers = append(s.newUsers, a)
	s.changed = true
	return nil
}

func (s *sysusers) existingGroup(text string) (uint32, error) {
	if id, err := strconv.ParseUint(text, 10, 32); err == nil {
		return uint32(id), nil
	}
	gid, ok := s.known.GID(text)
	if !ok {
		return 0, fmt.Errorf("unknown group %q", text)
	}
	return gid, nil
}

// addMember puts a user into a group and makes what is missing of both.
func (s *sysusers) addMember(l sysusersLine) error {
	user, group := l.fields[1], l.fields[2]
	if group == "" {
		return errors.New("membership without a group")
	}
	if err := s.ensureGroup(group, 0, false); err != nil {
		return err
	}
	if err := s.addUser(sysusersLine{where: l.where, fields: [6]string{"u", user}}); err != nil {
		return err
	}
	if s.members == nil {
		s.members = map[string][]string{}
	}
	s.members[group] = append(s.members[group], user)
	s.changed = true
	return nil
}

// mergeMembers adds the collected memberships.
func (s *sysusers) mergeMembers(groups accounts) accounts {
	out := slices.Clone(groups)
	for i, g := range out {
		var have []string
		if g.fields[3] != "" {
			have = strings.Split(g.fields[3], ",")
		}
		for _, user := range s.members[g.name()] {
			if !slices.Contains(have, user) {
				have = append(have, user)
			}
		}
		fields := slices.Clone(g.fields)
		fields[3] = strings.Join(have, ",")
		out[i] = account{fields, g.id}
	}
	return out
}

// parseID accepts a number; empty means that one is given out. A path, which
// stands for the owner of that file, is not supported.
func parseID(text string) (id uint32, fixed bool, err error) {
	if text == "" {
		return 0, false, nil
	}
	if strings.HasPrefix(text, "/") {
		return 0, false, fmt.Errorf("id taken from the owner of %q is not supported", text)
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, false, fmt.Errorf("bad id %q", text)
	}
	return uint32(n), true, nil
}

// free finds the highest number that neither a user nor a group has.
func (s *sysusers) free() (uint32, error) {
	for _, r := range s.ranges {
		for id := r[1]; id >= r[0]; id-- {
			if !s.known.users.hasID(id) && !s.known.groups.hasID(id) {
				return id, nil
			}
			if id == 0 {
				break
			}
		}
	}
	return 0, errors.New("no free system id is left")
}

// appendShadow adds a locked entry for each new account, if the file exists.
func (s *sysusers) appendShadow(ctx context.Context, t *Tree, name string, list accounts, line func(account) string) error {
	data, err := t.ReadFile(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text := string(data)
	for _, a := range list {
		if !strings.HasPrefix(text, a.name()+":") && !strings.Contains(text, "\n"+a.name()+":") {
			if text != "" && !strings.HasSuffix(text, "\n") {
				text += "\n"
			}
			text += line(a) + "\n"
		}
	}
	return t.Rewrite(ctx, name, []byte(text), 0)
}
