package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"example.com/rpmostree/internal/dirfd"
	"example.com/rpmostree/ostree"
)

// accountFiles are the files that belong to the machine rather than the image
// where the image keeps its own accounts in usr/lib.
var accountFiles = []string{"passwd", "group", "shadow", "gshadow", "subuid", "subgid"}

// userDance swaps account files while packages are added: tools that make
// users write to /etc, but in an image whose accounts are in usr/lib new ones
// belong there.
type userDance struct {
	altfiles bool
	saved    map[string]ostree.Checksum // objects of usr/etc files, by name
	moved    map[string]bool            // files of usr/lib that are in usr/etc meanwhile
}

// beginUsers prepares usr/etc/passwd and the others for tools to add to.
func beginUsers(ctx context.Context, t *Tree, a *Assembly) (*userDance, error) {
	d := &userDance{saved: map[string]ostree.Checksum{}, moved: map[string]bool{}}
	if err := removeAccountLeftovers(ctx, t, usrEtc); err != nil {
		return nil, err
	}
	if err := seedUsers(ctx, t, a.Previous); err != nil {
		return nil, err
	}
	var err error
	if d.altfiles, err = t.Exists(ctx, usrLib+"/passwd"); err != nil || !d.altfiles {
		return d, err
	}
	for _, name := range accountFiles {
		e, err := t.lookup(ctx, usrEtc+"/"+name)
		if err != nil {
			return nil, err
		}
		if e.Kind == ostree.EntryFile {
			d.saved[name] = e.File
		}
	}
	for name, local := range map[string][]byte{"passwd": a.LocalPasswd, "group": a.LocalGroup} {
		if err := t.Copy(ctx, usrLib+"/"+name, usrEtc+"/"+name); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		d.moved[name] = true
		if local != nil {
			if err := t.Rewrite(ctx, usrLib+"/"+name, local, 0o644); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// end puts the files back where they belong.
func (d *userDance) end(ctx context.Context, t *Tree) error {
	if err := removeAccountLeftovers(ctx, t, usrEtc); err != nil {
		return err
	}
	if d.altfiles {
		for _, name := range []string{"passwd", "group"} {
			err := t.Copy(ctx, usrEtc+"/"+name, usrLib+"/"+name)
			if d.moved[name] && errors.Is(err, fs.ErrNotExist) {
				// What is in usr/lib is that of the machine and must not stay.
				return fmt.Errorf("the scripts of packages have removed /etc/%s: %w", name, err)
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := d.restore(ctx, t); err != nil {
			return err
		}
	}
	return NormalizeShadow(ctx, t, usrEtc)
}

func (d *userDance) restore(ctx context.Context, t *Tree) error {
	for _, name := range accountFiles {
		sum, ok := d.saved[name]
		var err error
		if ok {
			err = t.SetObject(ctx, usrEtc+"/"+name, sum)
		} else {
			err = t.RemoveIfExists(ctx, usrEtc+"/"+name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readUsersOnDisk reads the accounts of a root directory while scripts run.
// Links are not followed: a script can make one that leads out of root.
func readUsersOnDisk(root string) (*Users, error) {
	d, err := dirfd.Open(root)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	u := &Users{}
	for _, dir := range []string{"etc", "usr/lib"} {
		for name, into := range map[string]*accounts{"passwd": &u.users, "group": &u.groups} {
			fields := passwdLen
			if name == "group" {
				fields = groupLen
			}
			file := path.Join(dir, name)
			data, err := d.ReadFile(file, maxTreeFile)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			list, err := parseAccounts(data, fields)
			if err != nil {
				return nil, fmt.Errorf("parse %s: %w", d.Join(file), err)
			}
			*into = into.with(list)
		}
	}
	return u, nil
}
