// Package bootloader writes boot entries and switches to them atomically, for
// roots laid out as boot/loader -> loader.B and ostree/boot.B -> boot.B.S.
//
// Most users need [Boot.Prepare] and [Swap.Commit]: the first builds the whole
// new state under names that nothing refers to, the second switches with one
// directory entry and makes sure it is on disk. [Boot.PrepareLinks] is the
// light form that leaves the boot partition alone. [Detect] finds the boot
// loader; a [Backend] only renders its configuration as data.
//
// The package knows nothing about commits or deployments: bootlinks are names
// with targets. It installs no kernels and no boot loader programs.
//
// # Why exchange and not rename?
//
// A boot loader reads the disk without replaying the file system's journal.
// Renaming over the old link frees its inode, and the freed inode can reach
// the disk before the directory does: the boot loader finds nothing. Deleting
// the old tree before the switch is checkpointed has the same effect. So the
// order is exchange, checkpoint (the journal is emptied), verify, and only then
// delete.
//
// Format references: UAPI.1 Boot Loader Specification; syslinux.org
// "Config"; GNU GRUB manual; U-Boot "distro boot".
package bootloader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/internal/dirfd"
)

// Names below the root of the system.
const (
	bootDir   = "boot"
	ostreeDir = "ostree"
	// loaderLink is the name whose target is the boot version.
	loaderLink = "loader"
	loaderTemp = "loader.tmp"
	entriesDir = "entries"
)

// Options configure Open. The zero value detects the boot loader and uses all
// durability steps.
type Options struct {
	// Backend renders the boot loader's own configuration; nil = found with
	// Detect and Config when a swap is prepared.
	Backend Backend
	// Config is the configured name: "", "auto", "none", "syslinux", "grub2",
	// "uboot" (repository key sysroot.bootloader).
	Config string
	// BootPrefix writes entry paths as the root sees them ("/boot/ostree/...",
	// repository key sysroot.bootprefix). Entries passed in and out never have
	// the prefix.
	BootPrefix bool
	// Run executes outside programs (grub2-mkconfig); nil = none can be run.
	Run Runner
	// Grub2 is for a GRUB that is found with Detect; nil = the defaults.
	Grub2 *Grub2Options
	// AllowFreeze permits freezing and thawing the boot file system where the
	// kernel has no gentler way to empty its journal (all but ext4). Whoever
	// sets it must watch over the process: killed in between, it leaves the
	// file system frozen.
	AllowFreeze bool
	// NoSync leaves out every sync, for image builds that sync once at the end.
	NoSync bool
}

// Boot is the boot configuration of one root. It is not safe for concurrent
// use; callers hold the lock of the system.
type Boot struct {
	path   string
	root   *dirfd.Dir
	boot   *dirfd.Dir
	ostree *dirfd.Dir
	opts   Options
}

// Open opens the boot configuration below the directory root (the physical
// root of the system). It needs
// the directories boot and ostree.
func Open(root string, o *Options) (*Boot, error) {
	b := &Boot{path: root}
	if o != nil {
		b.opts = *o
	}
	var err error
	if b.root, err = dirfd.Open(root); err != nil {
		return nil, fmt.Errorf("open boot configuration of %s: %w", root, err)
	}
	// Links are followed: a running system has /ostree -> sysroot/ostree.
	if b.boot, err = dirfd.Open(path.Join(root, bootDir)); err == nil {
		b.ostree, err = dirfd.Open(path.Join(root, ostreeDir))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open boot configuration of %s: %w", root, err), b.Close())
	}
	return b, nil
}

// Close releases the directories.
func (b *Boot) Close() error {
	var err error
	for _, d := range []*dirfd.Dir{b.root, b.boot, b.ostree} {
		if d != nil {
			err = errors.Join(err, d.Close())
		}
	}
	return err
}

// State is what the two links say: boot/loader -> loader.BootVersion and
// ostree/boot.BootVersion -> boot.BootVersion.SubBootVersion. Both are 0 or 1.
type State struct {
	BootVersion    int
	SubBootVersion int
}

// LinkDir returns the name of the bootlink directory, "boot.B.S".
func (s State) LinkDir() string { return fmt.Sprintf("boot.%d.%d", s.BootVersion, s.SubBootVersion) }

func (s State) linkName() string  { return fmt.Sprintf("boot.%d", s.BootVersion) }
func (s State) loaderDir() string { return fmt.Sprintf("loader.%d", s.BootVersion) }

// State reads the current state. Missing links count as 0; a link with another
// target, or something that is not a link, is an error.
func (b *Boot) State(ctx context.Context) (State, error) {
	var s State
	target, err := readVersionLink(b.boot, loaderLink)
	if err != nil {
		return s, err
	}
	switch target {
	case "", "loader.0":
	case "loader.1":
		s.BootVersion = 1
	default:
		return s, fmt.Errorf("boot/%s: unknown target %q, want loader.0 or loader.1", loaderLink, target)
	}
	s.SubBootVersion, err = b.subVersion(s.BootVersion)
	return s, err
}

var subLinkTarget = regexp.MustCompile(`^boot\.([01])\.([01])$`)

func (b *Boot) subVersion(version int) (int, error) {
	name := State{BootVersion: version}.linkName()
	target, err := readVersionLink(b.ostree, name)
	if err != nil || target == "" {
		return 0, err
	}
	m := subLinkTarget.FindStringSubmatch(target)
	if m == nil || m[1] != fmt.Sprint(version) {
		return 0, fmt.Errorf("ostree/%s: unknown target %q", name, target)
	}
	return int(m[2][0] - '0'), nil
}

func readVersionLink(d *dirfd.Dir, name string) (string, error) {
	target, err := d.Readlink(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read link %s/%s: %w", d.Path(), name, err)
	}
	return strings.TrimSuffix(target, "/"), nil
}

// Next returns the state a full swap leads to: the other boot version, with
// the sub version after the one it had last (1 when it is new).
func (b *Boot) Next(ctx context.Context) (State, error) {
	s, err := b.State(ctx)
	if err != nil {
		return s, err
	}
	n := State{BootVersion: 1 - s.BootVersion}
	sub, err := b.subVersion(n.BootVersion)
	n.SubBootVersion = 1 - sub
	return n, err
}

// NextLinks returns the state a swap of the bootlinks alone leads to.
func (b *Boot) NextLinks(ctx context.Context) (State, error) {
	s, err := b.State(ctx)
	s.SubBootVersion = 1 - s.SubBootVersion
	return s, err
}

// StoredEntry is an entry file found on disk.
type StoredEntry struct {
	// FileName is the name below loader.B/entries.
	FileName string
	Entry    *bls.Entry
}

// maxEntryFile bounds an entry file; see bls.
const maxEntryFile = 1 << 20

// Entries reads the entry files "ostree-*.conf" of the current boot version,
// highest version first. Paths come without the "/boot" prefix. A file that
// cannot be read or parsed is reported in problems and left out.
func (b *Boot) Entries(ctx context.Context) (entries []StoredEntry, problems []error, err error) {
	s, err := b.State(ctx)
	if err != nil {
		return nil, nil, err
	}
	return b.entriesOf(s, b.readEntry)
}

// MenuEntries reads the entry files of a boot version, which need not be the current one, as boot loaders see them: paths
// are those of the files. Otherwise it is like Entries.
func (b *Boot) MenuEntries(version int) (entries []StoredEntry, problems []error, err error) {
	return b.entriesOf(State{BootVersion: version}, b.parseEntry)
}

func (b *Boot) entriesOf(s State, read func(rel string) (*bls.Entry, error)) (entries []StoredEntry, problems []error, err error) {
	dir := path.Join(s.loaderDir(), entriesDir)
	names, err := b.boot.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read boot entries: %w", err)
	}
	for _, n := range names {
		if !strings.HasPrefix(n.Name, "ostree-") || !strings.HasSuffix(n.Name, ".conf") {
			continue
		}
		e, err := read(path.Join(dir, n.Name))
		if err != nil {
			problems = append(problems, fmt.Errorf("boot entry %s: %w", n.Name, err))
			continue
		}
		entries = append(entries, StoredEntry{n.Name, e})
	}
	sortEntries(entries)
	return entries, problems, nil
}

func (b *Boot) parseEntry(rel string) (*bls.Entry, error) {
	data, err := b.boot.ReadFile(rel, maxEntryFile)
	if err != nil {
		return nil, err
	}
	return bls.Parse(data)
}

// readEntry leaves out the "/boot" prefix of paths.
func (b *Boot) readEntry(rel string) (*bls.Entry, error) {
	e, err := b.parseEntry(rel)
	if err != nil {
		return nil, err
	}
	return mapPaths(e, func(p string) string {
		if rest, ok := strings.CutPrefix(p, "/boot/"); ok {
			return "/" + rest
		}
		return p
	}), nil
}
