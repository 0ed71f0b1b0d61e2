package ostree

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/keyfile"
)

// Config is the configuration of a repository, a key file with the groups core,
// archive, remote "NAME" and others. Comments and order survive changes. It is
// not safe for concurrent use.
type Config struct{ f *keyfile.File }

// Get returns the value of a key, with escapes resolved.
func (c *Config) Get(group, key string) (string, bool) { return c.f.Get(group, key) }

// GetBool returns a boolean, def when the key is absent, and an error when the
// value is neither true nor false.
func (c *Config) GetBool(group, key string, def bool) (bool, error) {
	return c.f.GetBool(group, key, def)
}

// GetInt returns an integer, def when the key is absent.
func (c *Config) GetInt(group, key string, def int64) (int64, error) {
	return c.f.GetInt(group, key, def)
}

// Set adds or replaces a key.
func (c *Config) Set(group, key, value string) { c.f.Set(group, key, value) }

// Unset removes a key and reports whether it was there.
func (c *Config) Unset(group, key string) bool { return c.f.Remove(group, key) }

// UnsetGroup removes a group and reports whether it was there.
func (c *Config) UnsetGroup(group string) bool { return c.f.RemoveGroup(group) }

// Groups returns the names of the groups in order.
func (c *Config) Groups() []string { return c.f.Groups() }

// Keys returns the keys of a group in order.
func (c *Config) Keys(group string) []string { return c.f.Keys(group) }

// Bytes returns the text of the file.
func (c *Config) Bytes() []byte { return c.f.Bytes() }

// Config returns a copy of the configuration.
func (r *Repo) Config() *Config {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return &Config{r.config.f.Clone()}
}

// WriteConfig replaces the configuration. It refuses one that could not be
// opened again, and a change of the mode if there are objects, which would
// become unreadable; without, the new mode is that of the next [Open].
func (r *Repo) WriteConfig(ctx context.Context, c *Config) error {
	text := c.Bytes()
	if _, err := keyfile.Parse(text); err != nil {
		return fmt.Errorf("write config of %s: it could not be read again: %w", r.path, err)
	}
	s, err := readSettings(c)
	if err != nil {
		return fmt.Errorf("write config of %s: %w", r.path, err)
	}
	if s.mode != r.mode {
		for _, err := range r.Objects(ctx) {
			if err == nil {
				err = fmt.Errorf("there are objects, so that mode cannot change from %s to %s", r.mode, s.mode)
			}
			return fmt.Errorf("write config of %s: %w", r.path, err)
		}
	}
	err = atomicfs.WriteFile(ctx, r.dir, "config", text, 0o644, &atomicfs.WriteOptions{NoSync: !s.fsync})
	if err != nil {
		return fmt.Errorf("write config of %s: %w", r.path, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.config, r.settings = &Config{c.f.Clone()}, s
	return nil
}

// ReloadConfig reads the configuration again, for a program that stays while
// others change it. Transactions that have begun keep what they started with. A
// new mode or parent is an error, and changes nothing: that takes a new [Open].
func (r *Repo) ReloadConfig(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		err = r.reloadConfig()
	}
	if err != nil {
		return fmt.Errorf("reload config of %s: %w", r.path, err)
	}
	return nil
}

func (r *Repo) reloadConfig() error {
	c, s, err := r.readConfig()
	if err != nil {
		return err
	}
	if s.mode != r.mode {
		return fmt.Errorf("mode has changed from %s to %s; open the repository again", r.mode, s.mode)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.parent != r.settings.parent {
		return fmt.Errorf("core.parent has changed from %q to %q; open the repository again", r.settings.parent, s.parent)
	}
	r.config, r.settings = c, s
	return nil
}

// settings are the parsed values that this package acts on.
type settings struct {
	mode             Mode
	parent           string
	collectionID     string
	fsync            bool
	perObjectFsync   bool
	noXattrs         bool
	locking          bool
	lockTimeout      time.Duration // 0 waits for ever
	tmpExpiry        time.Duration
	minFreePercent   int64
	minFreeSize      uint64 // bytes; wins over the percentage when set
	hasMinFreeSize   bool
	zlibLevel        int
	autoSummary      bool
	tombstoneCommits bool
	payloadLinks     int64    // size of the smallest payload with a payload link, -1 for none
	writeSplit       bool     // bare-split-xattrs mode may be written
	verity           tristate // whether objects get fs-verity
}

const (
	defaultLockTimeout    = 300 // seconds
	defaultTmpExpiry      = 86400
	defaultMinFreePercent = 3
	defaultZlibLevel      = 6
)

// configReader collects the first error of a series of look-ups in one group.
type configReader struct {
	c     *Config
	group string
	err   error
}

func (r *configReader) bool(key string, def bool) bool {
	v, err := r.c.GetBool(r.group, key, def)
	r.note(key, err)
	return v
}

func (r *configReader) int(key string, def, low, high int64) int64 {
	v, err := r.c.GetInt(r.group, key, def)
	if err == nil && (v < low || v > high) {
		err = fmt.Errorf("%d is out of range", v)
	}
	r.note(key, err)
	return v
}

func (r *configReader) note(key string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s.%s: %w", r.group, key, err)
	}
}

// maxSeconds bounds durations so that they fit a time.Duration.
const maxSeconds = 1 << 32

func readSettings(c *Config) (settings, error) {
	var s settings
	core := &configReader{c: c, group: "core"}
	if err := checkVersion(c); err != nil {
		return s, err
	}
	var err error
	if s.mode, err = configMode(c); err != nil {
		return s, err
	}
	s.parent, _ = c.Get("core", "parent")
	s.collectionID, _ = c.Get("core", "collection-id")
	s.fsync = core.bool("fsync", true)
	s.perObjectFsync = core.bool("per-object-fsync", false)
	s.noXattrs = core.bool("disable-xattrs", false)
	s.locking = core.bool("locking", true)
	s.autoSummary = core.bool("auto-update-summary", core.bool("commit-update-summary", false))
	s.tombstoneCommits = core.bool("tombstone-commits", false)
	if timeout := core.int("lock-timeout-secs", defaultLockTimeout, -1, maxSeconds); timeout >= 0 {
		s.lockTimeout = max(time.Duration(timeout)*time.Second, time.Nanosecond)
	}
	s.tmpExpiry = time.Duration(core.int("tmp-expiry-secs", defaultTmpExpiry, 0, maxSeconds)) * time.Second
	s.minFreePercent = core.int("min-free-space-percent", defaultMinFreePercent, 0, 99)
	if size, ok := c.Get("core", "min-free-space-size"); ok {
		s.hasMinFreeSize = true
		s.minFreeSize, err = parseSize(size)
		core.note("min-free-space-size", err)
	}
	s.payloadLinks = core.int("payload-link-threshold", noPayloadLinks, -1, maxFileSize)
	archive := &configReader{c: c, group: "archive"}
	verity, verityErr := verityConfig(c)
	s.verity = verity
	level := archive.int("zlib-level", defaultZlibLevel, -1<<31, 1<<31)
	s.zlibLevel = int(min(max(level, 1), 9))
	split := &configReader{c: c, group: "ex-split-xattrs"}
	s.writeSplit = split.bool("write", false)
	return s, errors.Join(core.err, archive.err, verityErr, split.err)
}

func checkVersion(c *Config) error {
	version, ok := c.Get("core", "repo_version")
	if !ok {
		return errors.New("core.repo_version is missing; a repository has 1")
	}
	if version != "1" {
		return fmt.Errorf("core.repo_version %q is not supported", version)
	}
	return nil
}

func configMode(c *Config) (Mode, error) {
	if old, err := c.GetBool("core", "archive", false); err != nil || old {
		return 0, errors.New("core.archive is an obsolete format; convert the repository with an old ostree")
	}
	name, ok := c.Get("core", "mode")
	if !ok {
		name = "bare"
	}
	m, err := ParseMode(name)
	if err != nil {
		return 0, fmt.Errorf("core.mode: %w", err)
	}
	return m, nil
}

// parseSize parses the form NUMBER(M|G|T)B with binary multiples.
func parseSize(s string) (uint64, error) {
	for suffix, shift := range map[string]int{"MB": 20, "GB": 30, "TB": 40} {
		if digits, ok := strings.CutSuffix(s, suffix); ok {
			n, err := strconv.ParseUint(digits, 10, 63-shift)
			return n << shift, err
		}
	}
	return 0, fmt.Errorf("%q does not end in MB, GB or TB", s)
}
