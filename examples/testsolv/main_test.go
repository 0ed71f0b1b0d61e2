package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExitStatusAndOutput(t *testing.T) {
	const repo = "repo a 0 testtags <inline>\n#>=Pkg: A 1 1 noarch\nsystem i686 rpm\njob install name A\n"
	for _, c := range []struct {
		name, text, stdout string
		args               []string
		code               int
	}{
		{"pass", repo + "result transaction <inline>\n#>install A-1-1.noarch@a\n", "", nil, 0},
		{"fail", repo + "result transaction <inline>\n#>install B-1-1.noarch@a\n",
			"case.t:5: expected (-) and actual (+) result differ\n- install B-1-1.noarch@a\n+ install A-1-1.noarch@a  (requested: install A)\n", nil, 1},
		{"skip", repo + "result nonsense <inline>\n", "case.t:5: result nonsense is not supported\n", nil, 77},
		{"other distribution", "repo a 0 empty\nsystem i686 deb\njob install name A\nresult transaction <inline>\n",
			"case.t:4: distribution \"deb\": skipped\n", nil, 77},
		{"broken", "frobnicate\n", "", nil, 2},
		{"print", repo + "result transaction <inline>\n#>install B-1-1.noarch@a\n", "install A-1-1.noarch@a\n", []string{"-r"}, 0},
		{"print skipped", repo + "result nonsense <inline>\n", "", []string{"-r"}, 77},
		{"evrcmp", "repo a 0 empty\nsystem i686 rpm\nevrcmp 1.0~rc1-1 1.0-1\nresult jobs <inline>\n#>job noop name 1.0~rc1-1 < 1.0-1\n", "", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.WriteFile("case.t", []byte(c.text), 0o644))
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), append(c.args, "case.t"), &stdout, &stderr)
			require.Equal(t, c.code, code, stderr.String())
			require.Equal(t, c.stdout, stdout.String())
		})
	}
}

// TestProjectCases: the library's own cases all pass.
func TestProjectCases(t *testing.T) {
	files, err := filepath.Glob("../../depsolve/testcase/testdata/*.t")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		var stdout, stderr bytes.Buffer
		require.Zero(t, run(context.Background(), []string{f}, &stdout, &stderr), "%s\n%s%s", f, stdout.String(), stderr.String())
	}
}

func TestUsage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	require.Equal(t, 2, run(context.Background(), nil, &stdout, &stderr))
	require.Equal(t, "usage: testsolv [-r] FILE.t\n", stderr.String())
}
