package testcase_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/depsolve/testcase"
)

// rewrite reads a repository and writes it again.
func rewrite(text string) (string, error) {
	pool := depsolve.NewPool("")
	repo := pool.AddRepo("r", nil)
	if err := testcase.ReadTags(pool, repo, strings.NewReader(text)); err != nil {
		return "", err
	}
	var b strings.Builder
	testcase.WriteTags(&b, pool, repo)
	return b.String(), nil
}

func TestWriteTagsIsNormalForm(t *testing.T) {
	const text = `=Ver: 3.0
=Pkg: app 1:2 3.el9 x86_64
=Vnd: Some One
=Tim: 7
=Itm: 9
=Req: lib >= 1
=Req: (a | b) & c
=Prq: /bin/sh
=Prv: app = 1:2-3.el9
=Obs: old < 1
=Con: bad
=Rec: doc
=Sup: desktop
=Sug: extra
=Enh: other
=Ipr: /bin/sh
=Fls: /usr/bin/app
=Pkg: plain 1 - -
`
	got, err := rewrite(text)
	require.NoError(t, err)
	require.Equal(t, text, got)
}

// FuzzReadTags: what can be read can be written, and that can be read again as
// the same number of packages.
func FuzzReadTags(f *testing.F) {
	f.Add("=Pkg: a 1 1 noarch\n+Req:\nb >= 1\n-Req:\n")
	f.Add("=Ver: 2.0\n=Pkg: a 1 1 noarch\n=Prv: locale(x:de;fr)\n=Prv: /bin/sh\n=Sup: packageand(a:b)\n")
	f.Add("=Ver: 3.0\n=Pkg: a 1 - -\n=Req: a <IF> (b <ELSE> c)\n=Vnd:  \n")
	f.Fuzz(func(t *testing.T, text string) {
		once, err := rewrite(text)
		if err != nil {
			return
		}
		twice, err := rewrite(once)
		require.NoError(t, err, once)
		require.Equal(t, strings.Count(once, "\n=Pkg: "), strings.Count(twice, "\n=Pkg: "))
	})
}
