package rpmdb_test

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/rpmpkg/rpmver"
)

var installed = time.Unix(1_700_000_000, 0)

func build(t testing.TB, p *rpmtest.Package) rpmdb.Package {
	t.Helper()
	data, err := p.Build()
	require.NoError(t, err)
	pkg, err := rpmpkg.Read(bytes.NewReader(data), nil)
	require.NoError(t, err)
	return rpmdb.Package{Header: pkg.Header, Signature: pkg.Signature}
}

func write(t testing.TB, dir string, c rpmdb.Changes) {
	t.Helper()
	if c.InstallTime.IsZero() {
		c.InstallTime = installed
	}
	require.NoError(t, rpmdb.Write(context.Background(), dir, c))
}

func open(t testing.TB, dir string) *rpmdb.DB {
	t.Helper()
	db, err := rpmdb.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func nevra(t testing.TB, h *rpmpkg.Header) string {
	t.Helper()
	n, err := h.NEVRA()
	require.NoError(t, err)
	return n.String()
}

func numbers(t testing.TB, db *rpmdb.DB) map[string]uint32 {
	t.Helper()
	got := map[string]uint32{}
	for e, err := range db.Entries(context.Background()) {
		require.NoError(t, err)
		got[nevra(t, e.Header)] = e.Num
	}
	return got
}

func parse(t testing.TB, s string) rpmver.NEVRA {
	t.Helper()
	n, err := rpmver.ParseNEVRA(s)
	require.NoError(t, err)
	return n
}

var (
	foo = &rpmtest.Package{Name: "foo", Provides: []string{"virtual = 3"}, Files: []rpmtest.File{
		{Path: "/usr/bin/foo", Body: "x"}, {Path: "/usr/share/doc/foo", Dir: true}, {Path: "/usr/share/doc/foo/README", Body: "y", Doc: true}}}
	bar    = &rpmtest.Package{Name: "bar", Version: "2", Requires: []string{"foo", "(baz or foo)"}, Files: []rpmtest.File{{Path: "/usr/libexec/foo", Body: "z"}}}
	newFoo = &rpmtest.Package{Name: "foo", Version: "1.1", Files: []rpmtest.File{{Path: "/usr/bin/foo", Body: "x"}}}
)

func TestWriteAndRead(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	p := build(t, foo)
	p.FileStates = []rpmpkg.FileState{rpmpkg.StateNormal, rpmpkg.StateNormal, rpmpkg.StateNotInstalled}
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{p, build(t, bar)}, TID: 77, Color: 3})
	db := open(t, dir)
	require.Equal(t, map[string]uint32{"foo-1.0-1.noarch": 1, "bar-2-1.noarch": 2}, numbers(t, db))

	for h, err := range db.Packages(ctx) {
		require.NoError(t, err)
		for tag, want := range map[rpmtag.Tag]uint32{rpmtag.InstallTime: 1_700_000_000, rpmtag.InstallTID: 77, rpmtag.InstallColor: 3} {
			got, ok := h.Uint32(tag)
			require.True(t, ok)
			require.Equal(t, want, got)
		}
		if h.Str(rpmtag.Name) == "foo" {
			require.Equal(t, p.Header.Raw(), h.Raw(), "the immutable part is untouched")
			files, err := h.Files()
			require.NoError(t, err)
			require.Equal(t, rpmpkg.StateNotInstalled, files[2].State)
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing but the database")
	head := make([]byte, 20)
	data, err := os.ReadFile(filepath.Join(dir, rpmdb.FileName))
	require.NoError(t, err)
	copy(head, data)
	require.Equal(t, []byte{1, 1}, head[18:20], "rollback journal mode")
}

func TestQueries(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	p := build(t, foo)
	p.FileStates = []rpmpkg.FileState{rpmpkg.StateNormal, rpmpkg.StateNormal, rpmpkg.StateNotInstalled}
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{p, build(t, bar)}})
	db := open(t, dir)
	for name, c := range map[string]struct {
		query func() []string
		want  []string
	}{
		"by name":             {func() []string { return list(t, db.ByName(ctx, "foo")) }, []string{"foo-1.0-1.noarch"}},
		"by unknown name":     {func() []string { return list(t, db.ByName(ctx, "fo")) }, nil},
		"owner":               {func() []string { return list(t, db.Owners(ctx, "/usr/libexec/foo")) }, []string{"bar-2-1.noarch"}},
		"owner, other dir":    {func() []string { return list(t, db.Owners(ctx, "/usr/bin/../bin/foo")) }, []string{"foo-1.0-1.noarch"}},
		"owner, no such file": {func() []string { return list(t, db.Owners(ctx, "/usr/foo")) }, nil},
		"owner, not there":    {func() []string { return list(t, db.Owners(ctx, "/usr/share/doc/foo/README")) }, nil},
		"provides":            {func() []string { return list(t, db.WhatProvides(ctx, "virtual")) }, []string{"foo-1.0-1.noarch"}},
		"requires":            {func() []string { return list(t, db.WhatRequires(ctx, "foo")) }, []string{"bar-2-1.noarch"}},
		"requires, rich":      {func() []string { return list(t, db.WhatRequires(ctx, "baz")) }, []string{"bar-2-1.noarch"}},
	} {
		t.Run(name, func(t *testing.T) { require.Empty(t, cmp.Diff(c.want, c.query())) })
	}
	for info, err := range db.Infos(ctx) {
		require.NoError(t, err)
		require.Equal(t, installed.Unix(), info.InstallTime.Unix())
	}
}

func list(t *testing.T, seq func(func(rpmdb.Entry, error) bool)) []string {
	t.Helper()
	var got []string
	for e, err := range seq {
		require.NoError(t, err)
		got = append(got, nevra(t, e.Header))
	}
	return got
}

func TestUpdateKeepsNumbers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo), build(t, bar)}})
	write(t, dir, rpmdb.Changes{Base: dir, Remove: []rpmver.NEVRA{parse(t, "foo-1.0-1.noarch")}, Add: []rpmdb.Package{build(t, newFoo)}})
	require.Equal(t, map[string]uint32{"bar-2-1.noarch": 2, "foo-1.1-1.noarch": 3}, numbers(t, open(t, dir)))
	write(t, dir, rpmdb.Changes{Base: dir, Remove: []rpmver.NEVRA{parse(t, "foo-1.1-1.noarch")}})
	write(t, dir, rpmdb.Changes{Base: dir, Add: []rpmdb.Package{build(t, foo)}})
	require.Equal(t, map[string]uint32{"bar-2-1.noarch": 2, "foo-1.0-1.noarch": 4}, numbers(t, open(t, dir)), "numbers are not used twice")
}

func TestRemoveNamesAllMissing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo)}})
	before, err := os.ReadFile(filepath.Join(dir, rpmdb.FileName))
	require.NoError(t, err)
	err = rpmdb.Write(context.Background(), dir, rpmdb.Changes{Base: dir, Remove: []rpmver.NEVRA{
		parse(t, "foo-1.0-1.noarch"), parse(t, "foo-1.0-2.noarch"), parse(t, "nothing-1-1.noarch")}})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "remove foo-1.0-2.noarch: not installed")
	require.ErrorContains(t, err, "remove nothing-1-1.noarch: not installed")
	after, err := os.ReadFile(filepath.Join(dir, rpmdb.FileName))
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestEqualCallsGiveEqualFiles(t *testing.T) {
	var files [][]byte
	for range 2 {
		base, dir := t.TempDir(), t.TempDir()
		write(t, base, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo), build(t, bar)}})
		write(t, dir, rpmdb.Changes{Base: base, Remove: []rpmver.NEVRA{parse(t, "foo-1.0-1.noarch")}, Add: []rpmdb.Package{build(t, newFoo)}})
		data, err := os.ReadFile(filepath.Join(dir, rpmdb.FileName))
		require.NoError(t, err)
		files = append(files, data)
	}
	require.True(t, bytes.Equal(files[0], files[1]))
}

func TestWriteErrors(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	p := build(t, foo)
	require.ErrorContains(t, rpmdb.Write(ctx, dir, rpmdb.Changes{Add: []rpmdb.Package{p}}), "install time")
	p.FileStates = make([]rpmpkg.FileState, 2)
	require.ErrorContains(t, rpmdb.Write(ctx, dir, rpmdb.Changes{Add: []rpmdb.Package{p}, InstallTime: installed}),
		"add foo-1.0-1.noarch: 2 file states for 3 files")
	require.ErrorIs(t, rpmdb.Write(ctx, filepath.Join(dir, "none"), rpmdb.Changes{}), fs.ErrNotExist)
	require.ErrorIs(t, rpmdb.Write(ctx, dir, rpmdb.Changes{Base: filepath.Join(dir, "none")}), fs.ErrNotExist)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// TestPowerLoss stops a write at each durable step.
func TestPowerLoss(t *testing.T) {
	for step := 1; ; step++ {
		dir := t.TempDir()
		write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo)}})
		n := 0
		ctx := atomicfs.WithHook(context.Background(), func(atomicfs.Op, string) error {
			if n++; n >= step {
				return fs.ErrClosed
			}
			return nil
		})
		err := rpmdb.Write(ctx, dir, rpmdb.Changes{Base: dir, Add: []rpmdb.Package{build(t, bar)}, InstallTime: installed})
		got := numbers(t, open(t, dir))
		if len(got) != 1 {
			require.Equal(t, map[string]uint32{"foo-1.0-1.noarch": 1, "bar-2-1.noarch": 2}, got)
		}
		if err == nil {
			require.Greater(t, step, 4)
			require.Len(t, got, 2)
			return
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := rpmdb.Open(dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for name, c := range map[string]struct{ file, content, format string }{
		"ndb":        {"Packages.db", "RpmP" + strings.Repeat("\x00", 200), "ndb"},
		"bdb":        {"Packages", strings.Repeat("\x00", 200), "Berkeley DB"},
		"bdb named":  {rpmdb.FileName, strings.Repeat("\x00", 12) + "\x61\x15\x06\x00" + strings.Repeat("\x00", 200), "Berkeley DB"},
		"ndb named":  {rpmdb.FileName, "RpmP" + strings.Repeat("\x00", 200), "ndb"},
		"no sqlite":  {rpmdb.FileName, strings.Repeat("x", 200), "unknown"},
		"empty file": {rpmdb.FileName, "", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.file), []byte(c.content), 0o644))
			_, err := rpmdb.Open(dir)
			var u *rpmdb.UnsupportedFormatError
			require.ErrorAs(t, err, &u)
			require.Equal(t, c.format, u.Format)
		})
	}
}

// TestDamagedDatabase overwrites each page in turn: reading may fail, but must not panic.
func TestDamagedDatabase(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo), build(t, bar)}})
	file := filepath.Join(dir, rpmdb.FileName)
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	failures := 0
	for at := 0; at < len(good); at += 4096 {
		bad := bytes.Clone(good)
		for i := 100; i < 4096; i += 3 {
			bad[at+i] ^= 0x55
		}
		require.NoError(t, os.WriteFile(file, bad, 0o644))
		db, err := rpmdb.Open(dir)
		if err != nil {
			failures++
			continue
		}
		for _, err := range db.Packages(context.Background()) {
			if err != nil {
				failures++
			}
		}
		require.NoError(t, db.Close())
	}
	require.Positive(t, failures)
}

// walCopy gives a database in WAL mode whose last package is only in the log.
func walCopy(t *testing.T) string {
	t.Helper()
	live, dir := t.TempDir(), t.TempDir()
	write(t, live, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo)}})
	other := t.TempDir()
	write(t, other, rpmdb.Changes{Add: []rpmdb.Package{build(t, bar)}})
	db, err := sql.Open("sqlite", filepath.Join(live, rpmdb.FileName))
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", "ATTACH '" + filepath.Join(other, rpmdb.FileName) + "' AS other",
		"INSERT INTO Packages (blob) SELECT blob FROM other.Packages"} {
		_, err := db.Exec(s)
		require.NoError(t, err)
	}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(live, rpmdb.FileName+suffix))
		require.NoError(t, err)
		require.NotEmpty(t, data)
		require.NoError(t, os.WriteFile(filepath.Join(dir, rpmdb.FileName+suffix), data, 0o644))
	}
	return dir
}

func TestReadWriteAheadLog(t *testing.T) {
	dir := walCopy(t)
	want := map[string]uint32{"foo-1.0-1.noarch": 1, "bar-2-1.noarch": 2}
	require.Equal(t, want, numbers(t, open(t, dir)))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "reading leaves nothing behind")

	to := t.TempDir()
	write(t, to, rpmdb.Changes{Base: dir, Add: []rpmdb.Package{build(t, newFoo)}})
	require.Len(t, numbers(t, open(t, to)), 3, "the log of a base counts")

	write(t, dir, rpmdb.Changes{Base: dir, Add: []rpmdb.Package{build(t, newFoo)}})
	require.Len(t, numbers(t, open(t, dir)), 3)
	entries, err = os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "the log is gone with the old database")
}

func TestLogWithoutDatabase(t *testing.T) {
	dir := walCopy(t)
	require.NoError(t, os.Remove(filepath.Join(dir, rpmdb.FileName)))
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo)}})
	require.Len(t, numbers(t, open(t, dir)), 1)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestPark(t *testing.T) {
	dir := walCopy(t)
	require.NoError(t, rpmdb.Park(context.Background(), dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Len(t, numbers(t, open(t, dir)), 2)
}

func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo)}})
	require.NoError(t, os.Chmod(filepath.Join(dir, rpmdb.FileName), 0o444))
	require.NoError(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	require.Len(t, numbers(t, open(t, dir)), 1)
	require.Len(t, numbers(t, open(t, filepath.Join(dir, rpmdb.FileName))), 1, "the file itself can be named")
}

func TestVersion6Package(t *testing.T) {
	dir := t.TempDir()
	v6 := *foo
	v6.V6 = true
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, &v6)}})
	for h, err := range open(t, dir).Packages(context.Background()) {
		require.NoError(t, err)
		require.Empty(t, h.Bytes(rpmtag.MergedSigMD5))
		require.NotEmpty(t, h.Str(rpmtag.SHA256Header))
	}
}

func TestTransactionColor(t *testing.T) {
	require.Equal(t, uint32(3), rpmdb.TransactionColor("x86_64"))
	require.Zero(t, rpmdb.TransactionColor("aarch64"))
}

// TestMissingTablesAreFilled drops index tables, as a database of an rpm that did not have them yet.
func TestMissingTablesAreFilled(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, rpmdb.Changes{Add: []rpmdb.Package{build(t, foo), build(t, bar)}})
	rows := func() (list []string) {
		db, err := sql.Open("sqlite", filepath.Join(dir, rpmdb.FileName))
		require.NoError(t, err)
		defer db.Close()
		for _, table := range []string{"Basenames", "Requirename", "Installtid"} {
			r, err := db.Query("SELECT hex(key) || ' ' || hnum || ' ' || idx FROM " + table + " ORDER BY rowid")
			require.NoError(t, err)
			for r.Next() {
				var s string
				require.NoError(t, r.Scan(&s))
				list = append(list, table+" "+s)
			}
			require.NoError(t, r.Err())
		}
		return list
	}
	want := rows()
	db, err := sql.Open("sqlite", filepath.Join(dir, rpmdb.FileName))
	require.NoError(t, err)
	for _, table := range []string{"Basenames", "Requirename", "Installtid"} {
		_, err := db.Exec("DROP TABLE " + table)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	write(t, dir, rpmdb.Changes{Base: dir})
	require.Empty(t, cmp.Diff(want, rows()))
}
