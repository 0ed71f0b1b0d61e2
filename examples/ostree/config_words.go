package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"

	"example.com/rpmostree/internal/keyfile"
	"example.com/rpmostree/ostree"
)

// configWords tells what is wrong with the configuration of the repository that could not be opened, in the words of the
// real command and of GLib's parser. Where they find nothing wrong, err is kept.
func configWords(dir string, err error) error {
	data, readErr := os.ReadFile(filepath.Join(dir, "config"))
	switch {
	case errors.Is(readErr, fs.ErrNotExist):
		return &spoken{"openat(config): No such file or directory", err}
	case errors.Is(readErr, syscall.EISDIR):
		return &spoken{"Is a directory", err}
	case readErr != nil:
		return err
	}
	f, parseErr := keyfile.Parse(data)
	if parseErr != nil {
		return err
	}
	if text := wrongCore(f); text != "" {
		return &spoken{text, err}
	}
	return err
}

// sizeForm is how an amount of space is written.
var sizeForm = regexp.MustCompile(`^\d+[MGT]B$`)

// wrongCore is what is wrong with the group that all repositories have, "" for nothing.
func wrongCore(f *keyfile.File) string {
	if !f.HasGroup("core") {
		return "Key file does not have group “core”"
	}
	if mode, ok := f.Get("core", "mode"); ok {
		if _, err := ostree.ParseMode(mode); err != nil {
			return "Invalid mode '" + mode + "' in repository configuration"
		}
	}
	if version, ok := f.Get("core", "repo_version"); !ok {
		return "Key file does not have key “repo_version” in group “core”"
	} else if version != "1" {
		return "Invalid repository version '" + version + "'"
	}
	for _, key := range []string{"fsync", "per-object-fsync", "disable-xattrs", "locking", "tombstone-commits", "auto-update-summary", "commit-update-summary"} {
		if _, err := f.GetBool("core", key, false); err != nil {
			return notInterpreted(key)
		}
	}
	if v, ok := f.Get("core", "min-free-space-percent"); ok {
		if n, err := strconv.Atoi(v); err == nil && (n < 0 || n > 99) {
			return "Invalid min-free-space-percent '" + v + "'"
		}
	}
	if v, ok := f.Get("core", "min-free-space-size"); ok && !sizeForm.MatchString(v) {
		return "Invalid min-free-space-size '" + v + "': It should be of the format '123MB', '123GB' or '123TB'"
	}
	return ""
}

func notInterpreted(key string) string {
	return "Key file contains key “" + key + "” which has a value that cannot be interpreted."
}
