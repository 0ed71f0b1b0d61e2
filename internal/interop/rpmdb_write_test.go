package interop

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

var indexTables = []string{"Packages", "Name", "Basenames", "Group", "Requirename", "Providename", "Conflictname", "Obsoletename",
	"Triggername", "Dirnames", "Installtid", "Sigmd5", "Sha1header", "Filetriggername", "Transfiletriggername", "Recommendname",
	"Suggestname", "Supplementname", "Enhancename"}

// realRPMs gives the packages below the directory that RPMOSTREE_TEST_RPMS names.
func realRPMs(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("RPMOSTREE_TEST_RPMS")
	if dir == "" {
		t.Skip("RPMOSTREE_TEST_RPMS names no directory of packages")
	}
	var list []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".rpm") {
			list = append(list, path)
		}
		return err
	}))
	require.NotEmpty(t, list)
	return list
}

// rpm runs rpm on a database, without any configuration of the user.
func rpm(t *testing.T, db string, args ...string) string {
	t.Helper()
	return testenv.Run(t, db, append([]string{"rpm", "--dbpath", db}, args...)...)
}

// installReal records packages with rpm itself.
func installReal(t *testing.T, db string, files ...string) {
	t.Helper()
	// rpm sorts a transaction unless told not to, and checks file conflicts.
	rpm(t, db, append([]string{"-i", "--justdb", "--nodeps", "--noorder", "--noscripts", "--notriggers", "--nosignature", "--ignoresize",
		"--replacefiles", "--replacepkgs", "--oldpackage", "--force-debian"}, files...)...)
}

func open(t *testing.T, dir string) *rpmdb.DB {
	t.Helper()
	db, err := rpmdb.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// likeReal makes the changes that give the database that rpm made: the same order and times.
func likeReal(t *testing.T, real string, files []string) rpmdb.Changes {
	t.Helper()
	byDigest := map[string]*rpmpkg.Package{}
	for _, f := range files {
		p, err := rpmpkg.Open(f, nil)
		require.NoError(t, err)
		require.NoError(t, p.Close())
		byDigest[string(p.Header.Raw())] = p
	}
	var c rpmdb.Changes
	for h, err := range open(t, real).Packages(context.Background()) {
		require.NoError(t, err)
		p := byDigest[string(h.Raw())]
		require.NotNil(t, p)
		tid, _ := h.Uint32(rpmtag.InstallTID)
		at, _ := h.Uint32(rpmtag.InstallTime)
		color, _ := h.Uint32(rpmtag.InstallColor)
		if c.TID != 0 {
			require.Equal(t, c.TID, tid)
			require.Equal(t, c.InstallTime.Unix(), int64(at), "rpm took longer than a second: run again")
		}
		c.TID, c.InstallTime, c.Color = tid, time.Unix(int64(at), 0), color
		infos, err := h.Files()
		require.NoError(t, err)
		var states []rpmpkg.FileState
		for _, f := range infos {
			states = append(states, f.State)
		}
		c.Add = append(c.Add, rpmdb.Package{Header: p.Header, Signature: p.Signature, FileStates: states})
	}
	return c
}

// dump gives all rows of all tables in the order of their row numbers, and the schema.
func dump(t *testing.T, dir string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, rpmdb.FileName)+"?mode=ro&immutable=1")
	require.NoError(t, err)
	defer db.Close()
	out := map[string][]string{}
	query := func(name, q string) {
		rows, err := db.Query(q)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var a, b string
			require.NoError(t, rows.Scan(&a, &b))
			out[name] = append(out[name], a+" "+b)
		}
		require.NoError(t, rows.Err())
	}
	query("schema", "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
	query("sequence", "SELECT name, seq FROM sqlite_sequence")
	query("Packages", "SELECT hnum, hex(blob) FROM Packages ORDER BY rowid")
	for _, name := range indexTables[1:] {
		query(name, fmt.Sprintf("SELECT rowid || ' ' || typeof(key) || ' ' || hex(key), hnum || ' ' || idx FROM '%s' ORDER BY rowid", name))
	}
	return out
}

func compareDumps(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for name, rows := range want {
		if !slices.Equal(rows, got[name]) {
			diff := cmp.Diff(rows, got[name])
			t.Errorf("%s differs (-rpm +ours):\n%.3000s", name, diff)
		}
	}
	require.Len(t, got, len(want))
}

func TestRpmdbEqualsRealOnRealPackages(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	files := realRPMs(t)
	real, ours := t.TempDir(), t.TempDir()
	installReal(t, real, files...)
	c := likeReal(t, real, files)
	require.Len(t, c.Add, len(files))
	start := time.Now()
	require.NoError(t, rpmdb.Write(context.Background(), ours, c))
	t.Logf("%d packages written in %v", len(files), time.Since(start))
	compareDumps(t, dump(t, real), dump(t, ours))
}
