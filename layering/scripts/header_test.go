package scripts

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
)

const spec = `
Name: trig
Version: 1
Release: 1
Summary: s
License: l
BuildArch: noarch
%description
d
%pre -p /usr/bin/python3
print("pre")
%post -e
echo %{_foo}
%posttrans -p <lua>
print("lua")
%postun
echo postun
%triggerin -- bash
echo triggerin
%triggerpostun -- bash < 2
echo triggerpostun
%filetriggerin -P 100 -- /usr/lib /usr/share
echo file
%transfiletriggerin -- /usr/lib/a
echo trans
%transfiletriggerpostun -- /usr/lib/b
echo transun
%files
`

// TestFromHeader looks at a package made by the real rpmbuild.
func TestFromHeader(t *testing.T) {
	testenv.NeedTool(t, "rpmbuild")
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "trig.spec"), []byte(spec), 0o644))
	testenv.Run(t, dir, "rpmbuild", "-bb", "--define", "_topdir "+dir, "--define", "_rpmdir "+dir, "--quiet", "trig.spec")
	p, err := rpmpkg.Open(filepath.Join(dir, "noarch/trig-1-1.noarch.rpm"), nil)
	require.NoError(t, err)
	defer p.Close()
	got, err := FromHeader(p.Header, true)
	require.NoError(t, err)
	want := Package{Name: "trig", Update: true, Scripts: []Script{
		{Section: "pre", Interpreter: []string{"/usr/bin/python3"}, Body: `print("pre")`},
		{Section: "post", Interpreter: []string{"/bin/sh"}, Body: "echo %{_foo}", Expand: true},
		{Section: "posttrans", Interpreter: []string{"<lua>"}, Body: `print("lua")`},
		{Section: "postun", Interpreter: []string{"/bin/sh"}, Body: "echo postun"},
		{Section: "triggerin", Interpreter: []string{"/bin/sh"}, Body: "echo triggerin", Prefixes: []string{"bash"}, Priority: 1000000},
		{Section: "triggerpostun", Interpreter: []string{"/bin/sh"}, Body: "echo triggerpostun", Prefixes: []string{"bash"}, Priority: 1000000},
		{Section: "filetriggerin", Interpreter: []string{"/bin/sh"}, Body: "echo file", Prefixes: []string{"/usr/lib", "/usr/share"}, Priority: 100},
		{Section: "transfiletriggerin", Interpreter: []string{"/bin/sh"}, Body: "echo trans", Prefixes: []string{"/usr/lib/a"}, Priority: 1000000},
		{Section: "transfiletriggerpostun", Interpreter: []string{"/bin/sh"}, Body: "echo transun", Prefixes: []string{"/usr/lib/b"}, Priority: 1000000},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
