package rpmpkg_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Query output is cut at control characters, which no package has in its values.
const (
	endRecord = "\x1e"
	endField  = "\x1d"
	endItem   = "\x1f"
)

// query asks the real rpm for one line of values of each package.
func query(t *testing.T, files []string, fields ...string) [][]string {
	t.Helper()
	testenv.NeedTool(t, "rpm")
	format := strings.Join(fields, endField) + endRecord
	cmd := exec.Command("rpm", append([]string{"-qp", "--nosignature", "--nodigest", "--qf", format}, files...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(cmd.Environ(), "LC_ALL=C", "LANGUAGE=C")
	out, err := cmd.Output()
	require.NoError(t, err, "%s", stderr.String())
	records := strings.Split(strings.TrimSuffix(string(out), endRecord), endRecord)
	require.Len(t, records, len(files))
	list := make([][]string, len(files))
	for i, r := range records {
		list[i] = strings.Split(r, endField)
		require.Len(t, list[i], len(fields))
	}
	return list
}

// compare checks that the expression is what rpm answers for the query fields.
func compare(t *testing.T, files, fields []string, ours func(*testing.T, *rpmpkg.Package) []string) {
	t.Helper()
	answers := query(t, files, fields...)
	for i, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			got := ours(t, open(t, f))
			require.Len(t, got, len(fields))
			for k := range fields {
				want := answers[i][k]
				if want == "(none)" { // of several tags, rpm prints nothing at all
					want = ""
				}
				if strings.Contains(fields[k], "VERSION}") { // an epoch of 0 is no epoch
					want = strings.ReplaceAll(want, " 0:", " ")
				}
				if strings.Contains(fields[k], "INDEX}") { // headers sort conditions by name, we group them by script
					want, got[k] = sortItems(want), sortItems(got[k])
				}
				assert.Equal(t, want, got[k], "%.60s", fields[k])
			}
		})
	}
}

// TestAsRpm compares all that we read of real, built and unusual packages with what
// rpm, its tools and another reader say.
func TestAsRpm(t *testing.T) {
	files := packageFiles(t)
	for name, test := range map[string]func(*testing.T, []string){
		"info": infoAsRpm, "dependencies": dependenciesAsRpm, "files": filesAsRpm, "scripts": scriptsAsRpm, "payload": payloadAsRpm2cpio, "another reader": asAnotherReader,
	} {
		t.Run(name, func(t *testing.T) { test(t, files) })
	}
}

func sortItems(s string) string {
	items := strings.SplitAfter(s, endItem)
	slices.Sort(items)
	return strings.Join(items, "")
}

func infoAsRpm(t *testing.T, files []string) {
	fields := []string{
		"%{NAME}", "%{EPOCHNUM}", "%{VERSION}", "%{RELEASE}", "%{NVRA}", "%{SUMMARY}", "%{DESCRIPTION}", "%{LICENSE}", "%{VENDOR}", "%{URL}", "%{GROUP}",
		"%{PACKAGER}", "%{SOURCERPM}", "%{BUILDHOST}", "%{BUILDTIME}", "%{LONGSIZE}", "%{LONGARCHIVESIZE}",
	}
	compare(t, files, fields, func(t *testing.T, p *rpmpkg.Package) []string {
		i, err := p.Info()
		require.NoError(t, err)
		archive := strconv.FormatUint(i.ArchiveSize, 10)
		if i.ArchiveSize == 0 || p.Header.Has(rpmtag.RPMFormat) {
			archive = "" // rpm 4 does not know where version 6 has it
		}
		nvra := i.NEVRA
		if i.IsSource() { // rpm shows what the package was built on
			nvra.Arch = p.Header.Str(rpmtag.Arch)
		}
		return []string{
			i.NEVRA.Name, i.NEVRA.EpochString(), i.NEVRA.Version, i.NEVRA.Release, nvra.NVRA(), i.Summary, i.Description, i.License, i.Vendor,
			i.URL, i.Group, i.Packager, i.SourceRPM, i.BuildHost, fmt.Sprint(i.BuildTime.Unix()), fmt.Sprint(i.InstalledSize), archive,
		}
	})
}

func dependenciesAsRpm(t *testing.T, files []string) {
	kinds := []string{"PROVIDE", "REQUIRE", "CONFLICT", "OBSOLETE", "RECOMMEND", "SUGGEST", "SUPPLEMENT", "ENHANCE", "ORDER"}
	var fields []string
	for _, k := range kinds {
		fields = append(fields, fmt.Sprintf("[%%{%sNAME}%s%%{%sFLAGS}%s%%{%sVERSION}%s]", k, " ", k, " ", k, endItem))
	}
	compare(t, files, fields, func(t *testing.T, p *rpmpkg.Package) []string {
		i, err := p.Info()
		require.NoError(t, err)
		order, err := p.Header.OrderWithRequires()
		require.NoError(t, err)
		var got []string
		for _, list := range [][]rpmdep.Dep{i.Provides, i.Requires, i.Conflicts, i.Obsoletes, i.Recommends, i.Suggests, i.Supplements, i.Enhances, order} {
			var b strings.Builder
			for _, d := range list {
				version := d.EVR.String()
				fmt.Fprintf(&b, "%s %d %s%s", d.Name, d.Sense, version, endItem)
				assert.Equal(t, strings.HasPrefix(d.Name, "("), d.Rich != nil)
			}
			got = append(got, b.String())
		}
		return got
	})
}

func filesAsRpm(t *testing.T, files []string) {
	tags := []string{
		"FILENAMES", "FILEMODES", "FILEUSERNAME", "FILEGROUPNAME", "LONGFILESIZES", "FILEMTIMES", "FILEDIGESTS", "FILELINKTOS", "FILEFLAGS", "FILEVERIFYFLAGS",
		"FILEDEVICES", "FILEINODES", "FILERDEVS", "FILELANGS",
	}
	var item []string
	for _, tag := range tags {
		item = append(item, "%{"+tag+"}")
	}
	fields := []string{"[" + strings.Join(item, "|") + endItem + "]", "[%{FILECOLORS} ]", "[%{FILECAPS}|]", "%{FILEDIGESTALGO}"}
	compare(t, files, fields, func(t *testing.T, p *rpmpkg.Package) []string {
		list, err := p.Files()
		require.NoError(t, err)
		var all, colors, caps strings.Builder
		for i, f := range list {
			assert.Equal(t, i, f.Index)
			fmt.Fprintf(&all, "%s|%d|%s|%s|%d|%d|%s|%s|%d|%d|%d|%d|%d|%s%s", f.Path, f.Mode, f.User, f.Group, f.Size, f.MTime.Unix(), f.Digest, f.LinkTo,
				f.Flags, f.VerifyFlags, f.Device, f.Inode, f.Rdev, f.Lang, endItem)
			fmt.Fprintf(&colors, "%d ", f.Color)
			fmt.Fprintf(&caps, "%s|", f.Caps)
		}
		if !p.Header.Has(rpmtag.FileColors) {
			colors.Reset()
		}
		if !p.Header.Has(rpmtag.FileCaps) {
			caps.Reset()
		}
		algo := fmt.Sprint(uint32(p.Header.FileDigestAlgo()))
		if !p.Header.Has(rpmtag.FileDigestAlgo) {
			algo = ""
		}
		return []string{all.String(), colors.String(), caps.String(), algo}
	})
}

func scriptsAsRpm(t *testing.T, files []string) {
	names := []string{"PRETRANS", "PREIN", "POSTIN", "POSTTRANS", "PREUN", "POSTUN", "VERIFYSCRIPT"}
	var fields []string
	for _, n := range names {
		fields = append(fields, "%{"+n+"}", "[%{"+n+"PROG} ]", "%{"+n+"FLAGS}")
	}
	for _, n := range []string{"TRIGGER", "FILETRIGGER", "TRANSFILETRIGGER"} {
		fields = append(fields, fmt.Sprintf("[%%{%sSCRIPTS}%s%%{%sSCRIPTPROG}%s]", n, endItem, n, endItem), fmt.Sprintf("[%%{%sINDEX} %%{%sNAME} %%{%sFLAGS}%s]", n, n, n, endItem))
	}
	fields = append(fields, "[%{FILETRIGGERPRIORITIES} ]", "[%{TRANSFILETRIGGERPRIORITIES} ]")
	compare(t, files, fields, func(t *testing.T, p *rpmpkg.Package) []string {
		s, err := p.Scripts()
		require.NoError(t, err)
		var got []string
		for _, k := range []*rpmpkg.Script{s.PreTrans, s.Pre, s.Post, s.PostTrans, s.PreUn, s.PostUn, s.Verify} {
			got = append(got, scriptFields(k)...)
		}
		for _, list := range [][]rpmpkg.Trigger{s.Triggers, s.FileTriggers, s.TransFileTriggers} {
			got = append(got, triggerFields(list)...)
		}
		return append(got, priorities(s.FileTriggers), priorities(s.TransFileTriggers))
	})
}

func scriptFields(s *rpmpkg.Script) []string {
	if s == nil {
		return []string{"", "", ""}
	}
	flags := ""
	if s.Flags != 0 {
		flags = fmt.Sprint(uint32(s.Flags))
	}
	return []string{s.Body, strings.Join(s.Interpreter, " ") + " ", flags}
}

func triggerFields(list []rpmpkg.Trigger) []string {
	var scripts, conditions strings.Builder
	for i, tr := range list {
		scripts.WriteString(tr.Body + endItem + tr.Interpreter[0] + endItem)
		for _, c := range tr.Conditions {
			fmt.Fprintf(&conditions, "%d %s %d%s", i, c.Name, c.Sense, endItem)
		}
	}
	return []string{scripts.String(), conditions.String()}
}

func priorities(list []rpmpkg.Trigger) string {
	var b strings.Builder
	for _, tr := range list {
		fmt.Fprintf(&b, "%d ", tr.Priority)
	}
	return b.String()
}

// TestDumpAsRpm compares with the columns of rpm's own file listing.
func TestDumpAsRpm(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	path := writeFile(t, "sample.rpm", build(t, sample()))
	files, err := open(t, path).Files()
	require.NoError(t, err)
	var b strings.Builder
	bit := func(set bool) int { return map[bool]int{true: 1}[set] }
	for _, f := range files {
		digest, link := f.Digest, f.LinkTo
		if digest == "" {
			digest = strings.Repeat("0", 64)
		}
		if link == "" {
			link = "X"
		}
		fmt.Fprintf(&b, "%s %d %d %s 0%o %s %s %d %d %d %s\n", f.Path, f.Size, f.MTime.Unix(), digest, f.Mode, f.User, f.Group,
			bit(f.IsConfig()), bit(f.IsDoc()), f.Rdev, link)
	}
	assert.Equal(t, testenv.Run(t, "", "rpm", "-qp", "--nosignature", "--dump", path), b.String())
}

func TestTagNamesAreRpms(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	known := map[string]bool{}
	for name := range strings.FieldsSeq(testenv.Run(t, "", "rpm", "--querytags")) {
		known[strings.ToUpper(name)] = true
	}
	path := writeFile(t, "sample.rpm", build(t, sample()))
	for tag := range open(t, path).Header.Tags() {
		assert.True(t, known[strings.ToUpper(tag.String())], "tag %s (%d)", tag, uint32(tag))
	}
}
