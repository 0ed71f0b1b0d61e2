package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// The places of users and groups in an image: /etc for those that the machine
// may change, /usr/lib for those that come with the image (nss-altfiles).
const (
	usrEtc    = "usr/etc"
	usrLib    = "usr/lib"
	rootID    = 0
	passwdLen = 7 // fields of passwd(5)
	groupLen  = 4 // fields of group(5)
)

// account is one line of passwd(5) or group(5).
type account struct {
	fields []string
	id     uint32
}

func (a account) name() string   { return a.fields[0] }
func (a account) String() string { return strings.Join(a.fields, ":") }

// accounts is a passwd or group file in order.
type accounts []account

// parseAccounts reads lines with the given number of fields; blank lines and
// comments are passed over.
func parseAccounts(data []byte, fields int) (accounts, error) {
	var list accounts
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" || line[0] == '#' || line[0] == '+' || line[0] == '-' {
			continue
		}
		f := strings.Split(line, ":")
		if len(f) != fields || f[0] == "" {
			return nil, fmt.Errorf("line %d: expected %d fields", i+1, fields)
		}
		id, err := strconv.ParseUint(f[2], 10, 32)
		if err != nil {
			return nil, fmt.Errorf("line %d: bad id %q", i+1, f[2])
		}
		list = append(list, account{f, uint32(id)})
	}
	return list, nil
}

func (l accounts) bytes() []byte {
	var b strings.Builder
	for _, a := range l {
		b.WriteString(a.String())
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func (l accounts) byName(name string) (account, bool) {
	i := slices.IndexFunc(l, func(a account) bool { return a.name() == name })
	if i < 0 {
		return account{}, false
	}
	return l[i], true
}

func (l accounts) hasID(id uint32) bool {
	return slices.ContainsFunc(l, func(a account) bool { return a.id == id })
}

// with appends the entries of more whose names are new.
func (l accounts) with(more accounts) accounts {
	out := slices.Clone(l)
	for _, a := range more {
		if _, ok := out.byName(a.name()); !ok {
			out = append(out, a)
		}
	}
	return out
}

// Users is what an image knows of users and groups.
type Users struct {
	users, groups accounts
}

// ReadUsers reads passwd and group of the given directories of a tree, such
// as "usr/etc" and "usr/lib"; of equal names the first counts.
func ReadUsers(ctx context.Context, t *Tree, dirs ...string) (*Users, error) {
	u := &Users{}
	for _, dir := range dirs {
		users, err := readAccounts(ctx, t, dir+"/passwd", passwdLen)
		if err != nil {
			return nil, err
		}
		groups, err := readAccounts(ctx, t, dir+"/group", groupLen)
		if err != nil {
			return nil, err
		}
		u.users, u.groups = u.users.with(users), u.groups.with(groups)
	}
	return u, nil
}

// readAccounts reads one file; one that is not there is empty.
func readAccounts(ctx context.Context, t *Tree, name string, fields int) (accounts, error) {
	data, err := t.ReadFile(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := parseAccounts(data, fields)
	if err != nil {
		return nil, treeError("parse", name, err)
	}
	return list, nil
}

// UID returns the number of a user; root is always known.
func (u *Users) UID(name string) (uint32, bool) { return lookupID(u.users, name) }

// GID returns the number of a group; root is always known.
func (u *Users) GID(name string) (uint32, bool) { return lookupID(u.groups, name) }

func lookupID(l accounts, name string) (uint32, bool) {
	if name == "root" || name == "" {
		return rootID, true
	}
	a, ok := l.byName(name)
	return a.id, ok
}

// writeUsers writes passwd and group of one directory.
func writeUsers(ctx context.Context, t *Tree, dir string, u *Users) error {
	if err := t.Rewrite(ctx, dir+"/passwd", u.users.bytes(), 0o644); err != nil {
		return err
	}
	return t.Rewrite(ctx, dir+"/group", u.groups.bytes(), 0o644)
}

// seedUsers gives the users and groups of an earlier version of the image the
// numbers they had, so that packages which ask for them get the same again.
func seedUsers(ctx context.Context, t *Tree, previous *Users) error {
	if previous == nil || len(previous.users)+len(previous.groups) == 0 {
		return nil
	}
	now, err := ReadUsers(ctx, t, usrEtc)
	if err != nil {
		return err
	}
	now.users, now.groups = now.users.with(previous.users), now.groups.with(previous.groups)
	return writeUsers(ctx, t, usrEtc, now)
}

// lockFiles are what tools that edit the account files leave behind.
var lockFiles = []string{
	".pwd.lock", "passwd-", "group-", "shadow-", "gshadow-", "subuid-", "subgid-",
	"passwd.lock", "group.lock", "shadow.lock", "gshadow.lock",
}

func removeAccountLeftovers(ctx context.Context, t *Tree, etc string) error {
	for _, name := range lockFiles {
		if err := t.RemoveIfExists(ctx, etc+"/"+name); err != nil {
			return err
		}
	}
	return nil
}

// SplitUsers moves users and groups that come with the image to /usr/lib and
// leaves in /etc the root user and group and the groups named in keep, whose
// members the machine may change. nsswitch.conf is told to look in both
// places. It does nothing, and returns false, if the image has no nss-altfiles
// module to look there.
func SplitUsers(ctx context.Context, t *Tree, keep []string) (bool, error) {
	if ok, err := hasAltfiles(ctx, t); err != nil || !ok {
		return false, err
	}
	all, err := ReadUsers(ctx, t, usrEtc, usrLib)
	if err != nil {
		return false, err
	}
	etc, lib := &Users{}, &Users{}
	for _, a := range all.users {
		if a.id == rootID {
			etc.users = append(etc.users, a)
		} else {
			lib.users = append(lib.users, a)
		}
	}
	for _, a := range all.groups {
		kept := slices.Contains(keep, a.name())
		if a.id == rootID || kept {
			etc.groups = append(etc.groups, a)
		}
		if a.id != rootID {
			lib.groups = append(lib.groups, a)
		}
	}
	for dir, u := range map[string]*Users{usrEtc: etc, usrLib: lib} {
		if err := writeUsers(ctx, t, dir, u); err != nil {
			return false, err
		}
	}
	return true, useAltfiles(ctx, t)
}

// hasAltfiles looks for the module in the library directories, those of
// multiarch systems included.
func hasAltfiles(ctx context.Context, t *Tree) (bool, error) {
	const module = "libnss_altfiles.so.2"
	for _, dir := range []string{"usr/lib64", "usr/lib"} {
		if ok, err := t.Exists(ctx, dir+"/"+module); err != nil || ok {
			return ok, err
		}
	}
	names, err := t.ReadDir(ctx, usrLib)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	for _, name := range names {
		if strings.HasSuffix(name, "-linux-gnu") {
			if ok, err := t.Exists(ctx, usrLib+"/"+name+"/"+module); err != nil || ok {
				return ok, err
			}
		}
	}
	return false, err
}

// useAltfiles adds "altfiles" behind "files" for passwd and group.
func useAltfiles(ctx context.Context, t *Tree) error {
	const conf = usrEtc + "/nsswitch.conf"
	data, err := t.ReadFile(ctx, conf)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		db, sources, ok := strings.Cut(line, ":")
		if name := strings.TrimSpace(db); !ok || name != "passwd" && name != "group" || strings.Contains(sources, "altfiles") {
			continue
		}
		lines[i] = db + ":" + strings.Replace(sources, "files", "files altfiles", 1)
	}
	return t.Rewrite(ctx, conf, []byte(strings.Join(lines, "\n")), 0o644)
}

// lockedShadow are the values of a shadow(5) password field that never match.
func lockedShadow(field string) bool {
	return strings.HasPrefix(field, "!") || strings.HasPrefix(field, "*")
}

// NormalizeShadow removes from the shadow files what would differ from run to
// run: the day of the last change of locked accounts.
func NormalizeShadow(ctx context.Context, t *Tree, etc string) error {
	name := etc + "/shadow"
	data, err := t.ReadFile(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		f := strings.Split(line, ":")
		if len(f) == 9 && lockedShadow(f[1]) {
			f[2] = ""
			lines[i] = strings.Join(f, ":")
		}
	}
	return t.Rewrite(ctx, name, []byte(strings.Join(lines, "\n")), 0)
}
