// Package bootloadertest judges a boot configuration as a machine would: it
// reads what a boot loader reads and follows what the kernel is told.
//
// View lists what a root offers to boot and fails if the default would not
// start. Machine cuts the power at any durable step and keeps the two pictures
// of the disk that matter afterwards: the boot loader's, which does not replay
// the journal, and the kernel's, which does.
//
// It does not run a boot loader; for that a virtual machine is needed.
package bootloadertest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/rpmostree/bootloader/bls"
	"example.com/rpmostree/bootloader/kargs"
)

// Choice is one line of the boot menu.
type Choice struct {
	Title string
	// Linux and Initrd are paths on the boot partition that exist.
	Linux  string
	Initrd []string
	// Link is the value of the argument ostree=.
	Link string
	// Target is the directory it leads to, relative to the root.
	Target string
}

// View returns the boot menu of root, the default first.
func View(root string) ([]Choice, error) {
	return ViewSplit(filepath.Join(root, "boot"), root)
}

// ViewSplit is View with the boot partition's content taken from bootDir: the
// boot loader's picture of it. All of its entries must work in root.
func ViewSplit(bootDir, root string) ([]Choice, error) {
	loader := filepath.Join(bootDir, "loader")
	entries, err := readEntries(filepath.Join(loader, "entries"))
	if err != nil {
		return nil, err
	}
	var menu []Choice
	for _, e := range entries {
		c, err := check(e, bootDir, root)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", e.Title, err)
		}
		menu = append(menu, c)
	}
	if len(menu) == 0 {
		return nil, fmt.Errorf("no boot entry in %s", loader)
	}
	return menu, checkSyslinux(filepath.Join(loader, "syslinux.cfg"), menu[0])
}

func readEntries(dir string) ([]*bls.Entry, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.conf"))
	if err != nil {
		return nil, err
	}
	var entries []*bls.Entry
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		e, err := bls.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, bls.Compare)
	return entries, nil
}

var ostreeArg = regexp.MustCompile(`^/ostree/boot\.[01]/[^/]+/[0-9a-f]+/[0-9]+$`)

func check(e *bls.Entry, bootDir, root string) (Choice, error) {
	c := Choice{Title: e.Title, Linux: e.Linux, Initrd: e.Initrd}
	for _, file := range append([]string{e.Linux}, e.Initrd...) {
		// On the kernel's disk too: file data is never older than its name.
		file = strings.TrimPrefix(file, "/boot/")
		if st, err := os.Stat(filepath.Join(bootDir, file)); err != nil || st.Size() == 0 {
			return c, fmt.Errorf("file %s: missing or empty (%v)", file, err)
		}
	}
	link, _ := kargs.Parse(e.Options).Last("ostree")
	if !ostreeArg.MatchString(link) {
		return c, fmt.Errorf("argument ostree=%q", link)
	}
	target, err := filepath.EvalSymlinks(filepath.Join(root, link))
	if err != nil {
		return c, fmt.Errorf("argument ostree=%s: %w", link, err)
	}
	base, err := filepath.EvalSymlinks(root)
	if err != nil {
		return c, err
	}
	if c.Target, err = filepath.Rel(base, target); err != nil {
		return c, err
	}
	if st, err := os.Stat(filepath.Join(target, "usr")); err != nil || !st.IsDir() {
		return c, fmt.Errorf("deployment %s: no usr directory", c.Target)
	}
	c.Link = link
	return c, nil
}

// checkSyslinux: if there is a syslinux.cfg whose default is one of ours, it
// boots what the entries say.
func checkSyslinux(file string, first Choice) error {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	text := string(data)
	if !strings.Contains(text, "LABEL "+first.Title+"\n\tKERNEL /boot"+first.Linux+"\n") {
		return fmt.Errorf("syslinux.cfg: no block for the default entry %q", first.Title)
	}
	if !strings.Contains(text, "ostree="+first.Link) {
		return fmt.Errorf("syslinux.cfg: no kernel argument ostree=%s", first.Link)
	}
	return nil
}
