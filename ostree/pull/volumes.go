package pull

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// volumeDirs are where removable volumes are mounted (Filesystem Hierarchy Standard 3.0, 3.11, and udisks(8)).
var volumeDirs = []string{"/media/", "/run/media/"}

// Volumes returns the mount points of removable volumes, such as USB sticks, from a table of mounts in the format of
// /proc/self/mountinfo (proc_pid_mountinfo(5)): file systems on a device of their own below /media or /run/media, no
// part of the path being hidden. Of mounts on top of each other only the last one can be seen.
func Volumes(mountinfo io.Reader) ([]string, error) {
	onDevice := map[string]bool{}
	var order []string
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		mount, source, err := parseMount(lines.Text())
		if err != nil {
			return nil, err
		}
		if _, seen := onDevice[mount]; !seen {
			order = append(order, mount)
		}
		onDevice[mount] = strings.HasPrefix(source, "/")
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("table of mounts: %w", err)
	}
	return slices.DeleteFunc(order, func(mount string) bool { return !onDevice[mount] || !isVolume(mount) }), nil
}

func isVolume(mount string) bool {
	below := func(dir string) bool { return strings.HasPrefix(mount, dir) }
	return slices.ContainsFunc(volumeDirs, below) && !strings.Contains(mount, "/.")
}

// parseMount reads one line: mount point and source are the fields 5 and, after the separator, 2.
func parseMount(line string) (mount, source string, err error) {
	before, after, ok := strings.Cut(line, " - ")
	first, last := strings.Fields(before), strings.Fields(after)
	if !ok || len(first) < 6 || len(last) < 2 {
		return "", "", fmt.Errorf("table of mounts: bad line %q", line)
	}
	return unescapeMount(first[4]), unescapeMount(last[1]), nil
}

// unescapeMount turns \040 and the like into what it stands for.
func unescapeMount(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

const (
	volumeReposDir = ".ostree/repos.d"
	maxVolumeRepos = 1000 // entries of that directory
)

// volumeRepos are the usual places of a repository, after those listed in volumeReposDir.
var volumeRepos = []string{".ostree/repo", "ostree/repo", "var/lib/flatpak/repo"}

// VolumeRepos returns the directories on a volume in which there may be a repository, in the order in which refs are to
// be looked for: those in .ostree/repos.d by name, .ostree/repo, ostree/repo, var/lib/flatpak/repo. Links are resolved;
// one that leads off the volume is left out, as is a second one to the same directory.
func VolumeRepos(mount string) ([]string, error) {
	mount, err := filepath.EvalSymlinks(mount)
	if err != nil {
		return nil, err
	}
	var root unix.Stat_t
	if err := unix.Stat(mount, &root); err != nil {
		return nil, &os.PathError{Op: "stat", Path: mount, Err: err}
	}
	var found []string
	for _, place := range append(listedRepos(mount), volumeRepos...) {
		path, err := filepath.EvalSymlinks(filepath.Join(mount, place))
		if err != nil {
			continue // most of the places are empty
		}
		rel, err := filepath.Rel(mount, path)
		var st unix.Stat_t
		if err != nil || !filepath.IsLocal(rel) || unix.Stat(path, &st) != nil || st.Dev != root.Dev || st.Mode&unix.S_IFMT != unix.S_IFDIR {
			continue
		}
		if !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found, nil
}

func listedRepos(mount string) []string {
	var places []string
	entries, err := os.ReadDir(filepath.Join(mount, volumeReposDir))
	if err != nil || len(entries) > maxVolumeRepos {
		return nil
	}
	for _, e := range entries {
		places = append(places, volumeReposDir+"/"+e.Name())
	}
	return places
}
