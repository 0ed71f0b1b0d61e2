package layering

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"example.com/rpmostree/layering/importer"
)

const (
	tmpfilesDir  = "usr/lib/tmpfiles.d"
	autovarFile  = tmpfilesDir + "/rpm-ostree-autovar.conf"
	autovarIntro = "# Directories and links below /var, /run and /opt that packages own.\n" +
		"# Made from " + importer.TmpfilesDir + "; changes will be lost.\n"
)

// DedupeTmpfiles joins the tmpfiles.d(5) lines that came with the packages into
// one file that systemd-tmpfiles reads, without the paths that another file of
// usr/lib/tmpfiles.d configures already, and without repetition.
func DedupeTmpfiles(ctx context.Context, t *Tree) error {
	taken := map[string]bool{}
	err := eachConf(ctx, t, tmpfilesDir, func(name, line string) {
		if p := tmpfilesPath(line); p != "" && name != autovarFile {
			taken[p] = true
		}
	})
	if err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString(autovarIntro)
	err = eachConf(ctx, t, importer.TmpfilesDir, func(_, line string) {
		if p := tmpfilesPath(line); p != "" && !taken[p] {
			taken[p] = true
			out.WriteString(line + "\n")
		}
	})
	if err != nil {
		return err
	}
	if out.Len() == len(autovarIntro) {
		return t.RemoveIfExists(ctx, autovarFile)
	}
	return t.WriteFile(ctx, autovarFile, []byte(out.String()), 0o644)
}

// eachConf calls fn for each line of the *.conf files of a directory.
func eachConf(ctx context.Context, t *Tree, dir string, fn func(name, line string)) error {
	names, err := t.ReadDir(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, base := range names {
		name := dir + "/" + base
		if !strings.HasSuffix(base, ".conf") {
			continue
		}
		data, err := readThroughLink(ctx, t, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a dangling link configures nothing
		}
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			fn(name, strings.TrimRight(line, "\n"))
		}
	}
	return nil
}

// tmpfilesPath is the path that a line configures; "" if none.
func tmpfilesPath(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return ""
	}
	words, err := splitQuoted(line)
	if err != nil || len(words) < 2 {
		return ""
	}
	p := strings.ReplaceAll(words[1], "%%", "%")
	if rest, ok := strings.CutPrefix(p, "/var/run/"); ok {
		p = "/run/" + rest
	}
	return "/" + clean(p)
}
