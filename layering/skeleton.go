package layering

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// rootDirs are the directories of an image's root.
var rootDirs = []string{"boot", "dev", "proc", "run", "sys", "sysroot", "var"}

// rootLinks are its links.
var rootLinks = map[string]string{
	"home": "var/home", "media": "run/media", "mnt": "var/mnt", "ostree": "sysroot/ostree", "root": "var/roothome", "srv": "var/srv",
}

// usrLinks lead to the directories that are merged into usr; each is made if
// the directory is there.
var usrLinks = []string{"bin", "lib", "lib32", "lib64", "sbin"}

const integrationFile = tmpfilesDir + "/rpm-ostree-0-integration.conf"

// integrationLines make the targets of the root's links, see tmpfiles.d(5).
const integrationLines = `# The places in /var that links of the image lead to.
d /var/home 0755 root root - -
d /var/srv 0755 root root - -
d /var/roothome 0700 root root - -
d /var/mnt 0755 root root - -
d /run/media 0755 root root - -
L /var/lib/rpm - - - - ../../usr/share/rpm
`

const optUsrLocalLines = `d /var/opt 0755 root root - -
d /var/usrlocal 0755 root root - -
d /var/usrlocal/bin 0755 root root - -
d /var/usrlocal/etc 0755 root root - -
d /var/usrlocal/games 0755 root root - -
d /var/usrlocal/include 0755 root root - -
d /var/usrlocal/lib 0755 root root - -
d /var/usrlocal/man 0755 root root - -
d /var/usrlocal/sbin 0755 root root - -
d /var/usrlocal/share 0755 root root - -
d /var/usrlocal/src 0755 root root - -
`

// skeleton replaces everything in the root but usr.
func (p *postprocessor) skeleton(ctx context.Context) error {
	t := p.t
	names, err := t.ReadDir(ctx, "")
	if err != nil {
		return err
	}
	for _, name := range names {
		if name != "usr" {
			if err := t.Remove(ctx, name); err != nil {
				return err
			}
		}
	}
	for _, dir := range rootDirs {
		if err := t.Mkdir(ctx, dir, 0o755); err != nil {
			return err
		}
	}
	for name, target := range rootLinks {
		if err := t.Symlink(ctx, target, name); err != nil {
			return err
		}
	}
	for _, name := range usrLinks {
		if ok, err := t.Exists(ctx, "usr/"+name); err != nil {
			return err
		} else if ok {
			if err := t.Symlink(ctx, "usr/"+name, name); err != nil {
				return err
			}
		}
	}
	if err := p.tmp(ctx); err != nil {
		return err
	}
	return p.optUsrLocal(ctx)
}

func (p *postprocessor) tmp(ctx context.Context) error {
	if p.o.TmpIsDir {
		return p.t.Mkdir(ctx, "tmp", 0o1777)
	}
	return p.t.Symlink(ctx, "sysroot/tmp", "tmp")
}

// optUsrLocal makes /opt and /usr/local part of the machine, or directories of
// the image.
func (p *postprocessor) optUsrLocal(ctx context.Context) error {
	const local = "usr/local"
	isDir, err := p.t.IsDir(ctx, local)
	if err != nil {
		return err
	}
	if p.o.OptUsrLocal == "root" {
		if ok, err := p.t.Exists(ctx, "usr/lib/opt"); err != nil || ok {
			if err == nil {
				err = errors.New("opt-usrlocal: root is not supported together with packages that have files in /opt")
			}
			return err
		}
		if !isDir {
			if err := p.t.RemoveIfExists(ctx, local); err != nil {
				return err
			}
			if err := p.t.Mkdir(ctx, local, 0o755); err != nil {
				return err
			}
		}
		return p.t.Mkdir(ctx, "opt", 0o755)
	}
	if isDir {
		err := p.t.Walk(ctx, local, func(name string, isDir bool) error {
			if !isDir {
				return fmt.Errorf("/%s: /usr/local belongs to the machine, but a package has files there", name)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := p.t.Remove(ctx, local); err != nil {
			return err
		}
	}
	if err := p.t.Symlink(ctx, "../var/usrlocal", local); err != nil {
		return err
	}
	return p.t.Symlink(ctx, "var/opt", "opt")
}

// subsDist makes labels of moved places those of the original ones, see
// selabel_file(5).
var subsDist = []string{
	"/var/home /home", "/var/opt /opt", "/var/roothome /root", "/var/srv /srv", "/var/mnt /mnt",
	"/var/usrlocal /usr/local", "/usr/etc /etc", "/usr/lib/ostree-boot /boot", "/usr/lib/opt /opt",
}

// integration writes what the image needs to work from an ostree deployment.
func (p *postprocessor) integration(ctx context.Context) error {
	lines := integrationLines
	if p.o.OptUsrLocal != "root" {
		lines += optUsrLocalLines
	}
	if err := p.t.WriteFile(ctx, integrationFile, []byte(lines), 0o644); err != nil {
		return err
	}
	if err := DedupeTmpfiles(ctx, p.t); err != nil {
		return err
	}
	if err := p.selinuxSubs(ctx); err != nil {
		return err
	}
	err := CopyBaseRPMDB(ctx, p.t)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // an image without packages
	}
	return err
}

func (p *postprocessor) selinuxSubs(ctx context.Context) error {
	const base = usrEtc + "/selinux"
	policies, err := p.t.ReadDir(ctx, base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, policy := range policies {
		name := base + "/" + policy + "/contexts/files/file_contexts.subs_dist"
		data, err := p.t.ReadFile(ctx, name)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return err
		}
		text := strings.TrimRight(string(data), "\n") + "\n"
		for _, line := range subsDist {
			if !strings.Contains("\n"+text, "\n"+line+"\n") {
				text += line + "\n"
			}
		}
		if err := p.t.Rewrite(ctx, name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
