package interop

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdb"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/rpmpkg/rpmver"
)

// everyTable are packages that together fill every table of a database.
func everyTable() []*rpmtest.Package {
	on := func(kind rpmpkg.TriggerKind, names ...string) rpmpkg.Trigger {
		tr := rpmpkg.Trigger{Script: *rpmtest.Shell("true"), Kind: kind}
		for _, n := range names {
			tr.Conditions = append(tr.Conditions, rpmdep.Dep{Name: n})
		}
		return tr
	}
	return []*rpmtest.Package{
		{Name: "files", Arch: "x86_64", Epoch: 2, Group: "System/Base", Compression: "gzip", Files: []rpmtest.File{
			{Path: "/etc/files.conf", Body: "a=1\n", Config: true, NoReplace: true},
			{Path: "/usr/bin/files", Body: "#!/bin/sh\n", Mode: 0o4755, Caps: "cap_net_raw=ep"},
			{Path: "/usr/share/doc/files", Dir: true},
			{Path: "/usr/share/doc/files/README", Body: "read me", Doc: true},
			{Path: "/usr/share/files/link", LinkTo: "../doc"},
			{Path: "/var/log/files.log", Ghost: true},
		}},
		{Name: "deps", Version: "1.0~rc1", Release: "0.1^git", Provides: []string{"virtual = 1:2-3", "bare"},
			Requires:  []string{"files >= 2:1.0", "(files and virtual)", "(bare or missing)", "(files if missing else virtual)", "(a unless b)"},
			Conflicts: []string{"old < 1", "(x unless files)"}, Obsoletes: []string{"older"}, Recommends: []string{"(r1 or r2)"},
			Suggests: []string{"s"}, Supplements: []string{"(s1 and s2)"}, Enhances: []string{"e"}},
		{Name: "scripts", RequiresPre: []string{"files"}, RequiresPost: []string{"deps"}, Scripts: rpmpkg.Scripts{
			Pre: rpmtest.Shell("echo pre"), PostUn: rpmtest.Shell("echo postun"),
			Triggers:          []rpmpkg.Trigger{on(rpmpkg.TriggerIn, "files", "deps"), on(rpmpkg.TriggerUn, "files")},
			FileTriggers:      []rpmpkg.Trigger{on(rpmpkg.TriggerIn, "/usr/lib", "/usr/bin"), on(rpmpkg.TriggerUn, "/usr/lib")},
			TransFileTriggers: []rpmpkg.Trigger{on(rpmpkg.TriggerIn, "/usr/share")},
		}},
		{Name: "empty", Compression: "none"},
	}
}

func buildAll(t *testing.T, pkgs []*rpmtest.Package) []string {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for _, p := range pkgs {
		data, err := p.Build()
		require.NoError(t, err)
		file := filepath.Join(dir, p.FileName())
		require.NoError(t, os.WriteFile(file, data, 0o644))
		files = append(files, file)
	}
	return files
}

// signed makes an OpenPGP signature of a header with a new key of an algorithm.
func signed(t *testing.T, algorithm packet.PublicKeyAlgorithm) func([]byte) ([]byte, error) {
	t.Helper()
	key, err := openpgp.NewEntity("test", "", "test@example.com", &packet.Config{Algorithm: algorithm, RSABits: 2048})
	require.NoError(t, err)
	return func(header []byte) ([]byte, error) {
		var b bytes.Buffer
		err := openpgp.DetachSign(&b, key, bytes.NewReader(header), nil)
		return b.Bytes(), err
	}
}

func TestRpmdbEqualsReal(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	pkgs := append(everyTable(), &rpmtest.Package{Name: "rsa", Sign: signed(t, packet.PubKeyAlgoRSA)},
		&rpmtest.Package{Name: "eddsa", Sign: signed(t, packet.PubKeyAlgoEdDSA)})
	files := buildAll(t, pkgs)
	real, ours := t.TempDir(), t.TempDir()
	installReal(t, real, files...)
	require.NoError(t, rpmdb.Write(context.Background(), ours, likeReal(t, real, files)))
	want := dump(t, real)
	for _, name := range indexTables {
		require.NotEmpty(t, want[name], "the packages do not fill table %s", name)
	}
	compareDumps(t, want, dump(t, ours))
	for name, tag := range map[string]rpmtag.Tag{"rsa": rpmtag.RSAHeader, "eddsa": rpmtag.DSAHeader} {
		for e, err := range open(t, ours).ByName(context.Background(), name) {
			require.NoError(t, err)
			require.NotEmpty(t, e.Header.Bytes(tag), "the signature is kept")
		}
	}
}

// queries are answered by rpm from many tables and tags.
var queries = [][]string{
	{"-qa", "--qf", "%{nevra} %{dbinstance} %{installtime} %{installtid} %{installcolor}\n"},
	{"-qa", "--list", "--state"}, {"-qa", "--dump"}, {"-qa", "--requires"}, {"-qa", "--provides"}, {"-qa", "--conflicts"}, {"-qa", "--scripts"},
	{"-qa", "--triggers"}, {"-qa", "--filetriggers"}, {"-qa", "--xml"}, {"-qf", "/usr/bin/files"}, {"-q", "--whatprovides", "virtual"},
	{"-q", "--whatprovides", "/etc/files.conf"}, {"-q", "--whatrequires", "files"}, {"-q", "--whatrequires", "missing"},
	{"-q", "--whatconflicts", "old"}, {"-q", "--whatobsoletes", "older"}, {"-q", "--whatrecommends", "r2"}, {"-q", "--whatsuggests", "s"},
	{"-q", "--whatsupplements", "s1"}, {"-q", "--whatenhances", "e"}, {"-q", "--triggeredby", "files"}, {"-qg", "System/Base"},
}

func TestRpmQueriesOurDatabase(t *testing.T) {
	testenv.NeedTool(t, "rpm", "rpmdb")
	files := buildAll(t, everyTable())
	real, ours := t.TempDir(), t.TempDir()
	installReal(t, real, files...)
	require.NoError(t, rpmdb.Write(context.Background(), ours, likeReal(t, real, files)))
	for _, q := range queries {
		want := rpm(t, real, q...)
		require.NotEmpty(t, strings.TrimSpace(want), "%v", q)
		require.Equal(t, want, rpm(t, ours, q...), "%v", q)
	}
	testenv.Run(t, ours, "rpmdb", "--dbpath", ours, "--verifydb")

	verify := func(db string) string {
		// The files are not there, so it fails, and says what it looked for.
		out, err := exec.Command("rpm", "--dbpath", db, "-Va", "--nodeps").Output()
		require.Error(t, err)
		return string(out)
	}
	want := verify(real)
	require.Contains(t, want, "missing   c /etc/files.conf")
	require.Equal(t, want, verify(ours))
}

func TestRpmChangesOurDatabase(t *testing.T) {
	testenv.NeedTool(t, "rpm", "rpmdb")
	all := everyTable()
	files := buildAll(t, all)
	newer := *all[1]
	newer.Version = "1.0"
	update := buildAll(t, []*rpmtest.Package{&newer})
	real, ours := t.TempDir(), t.TempDir()
	installReal(t, real, files...)
	require.NoError(t, rpmdb.Write(context.Background(), ours, likeReal(t, real, files)))
	for _, db := range []string{real, ours} {
		rpm(t, db, "-e", "--justdb", "--nodeps", "--noscripts", "--notriggers", "scripts")
		rpm(t, db, append([]string{"-U", "--justdb", "--nodeps", "--nosignature", "--force-debian"}, update...)...)
		testenv.Run(t, db, "rpmdb", "--dbpath", db, "--verifydb")
	}
	const q = "%{dbinstance} %{nevra}\n"
	require.Equal(t, rpm(t, real, "-qa", "--qf", q), rpm(t, ours, "-qa", "--qf", q))

	// And we go on from what rpm left, which is in WAL mode now.
	require.NoError(t, rpmdb.Write(context.Background(), ours, rpmdb.Changes{Base: ours, Remove: []rpmver.NEVRA{all[3].NEVRA()}}))
	require.NotContains(t, rpm(t, ours, "-qa"), "empty-")
	testenv.Run(t, ours, "rpmdb", "--dbpath", ours, "--verifydb")
	testenv.Run(t, ours, "rpmdb", "--dbpath", ours, "--rebuilddb")
	require.Equal(t, 2, strings.Count(rpm(t, ours, "-qa"), "\n"))
}

// TestUpdateEqualsReal compares what an update leaves, without the numbers of rows.
func TestUpdateEqualsReal(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	all := everyTable()
	files := buildAll(t, all)
	newer := *all[1]
	newer.Version = "1.0"
	update := buildAll(t, []*rpmtest.Package{&newer})
	real, ours := t.TempDir(), t.TempDir()
	installReal(t, real, files...)
	require.NoError(t, rpmdb.Write(context.Background(), ours, likeReal(t, real, files)))
	rpm(t, real, append([]string{"-U", "--justdb", "--nodeps", "--nosignature", "--force-debian"}, update...)...)
	rpm(t, real, "-e", "--justdb", "--nodeps", "--noscripts", "--notriggers", "scripts")

	c := rpmdb.Changes{Base: ours, Remove: []rpmver.NEVRA{all[1].NEVRA(), all[2].NEVRA()}}
	for h, err := range open(t, real).ByName(context.Background(), "deps") {
		require.NoError(t, err)
		at, _ := h.Header.Uint32(rpmtag.InstallTime)
		c.TID, _ = h.Header.Uint32(rpmtag.InstallTID)
		c.Color, _ = h.Header.Uint32(rpmtag.InstallColor)
		c.InstallTime = time.Unix(int64(at), 0)
	}
	p, err := rpmpkg.Open(update[0], nil)
	require.NoError(t, err)
	defer p.Close()
	c.Add = []rpmdb.Package{{Header: p.Header, Signature: p.Signature}}
	require.NoError(t, rpmdb.Write(context.Background(), ours, c))
	want, got := dump(t, real), dump(t, ours)
	for _, d := range []map[string][]string{want, got} {
		for _, name := range indexTables[1:] {
			for i, row := range d[name] {
				_, d[name][i], _ = strings.Cut(row, " ")
			}
			slices.Sort(d[name])
		}
	}
	compareDumps(t, want, got)
}

func TestRpmAsNobody(t *testing.T) {
	testenv.NeedTool(t, "rpm", "runuser")
	testenv.NeedRoot(t)
	files := buildAll(t, everyTable())
	ours, err := os.MkdirTemp("", "rpmdb-nobody-")
	require.NoError(t, err)
	defer os.RemoveAll(ours)
	var c rpmdb.Changes
	for _, f := range files {
		p, err := rpmpkg.Open(f, nil)
		require.NoError(t, err)
		require.NoError(t, p.Close())
		c.Add = append(c.Add, rpmdb.Package{Header: p.Header, Signature: p.Signature})
	}
	c.InstallTime = time.Unix(1_700_000_000, 0)
	require.NoError(t, rpmdb.Write(context.Background(), ours, c))
	require.NoError(t, os.Chmod(ours, 0o555))
	out, err := exec.Command("runuser", "-u", "nobody", "--", "rpm", "--dbpath", ours, "-qa").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, len(files), strings.Count(string(out), "\n"))
	entries, err := os.ReadDir(ours)
	require.NoError(t, err)
	require.Len(t, entries, 1, "rpm found nothing to write")
}
