package scripts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func sh(section Section, body string) Script {
	return Script{Section: section, Interpreter: []string{"/bin/sh"}, Body: body}
}

func names(steps []Step) string {
	var out []string
	for _, s := range steps {
		name := s.Name()
		if s.Arg != "" {
			name += "(" + s.Arg + ")"
		}
		if len(s.Paths) > 0 {
			name += "<" + strings.Join(s.Paths, ",")
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestMakeOrder(t *testing.T) {
	in := Input{
		Added: []Package{
			{Name: "a", Scripts: []Script{sh(Post, "x"), sh(Pre, "x"), sh("preun", "x"), sh("postun", "x"), sh("pretrans", "x"), sh("verify", "x")}, Files: []string{"/usr/lib/liba.so", "/usr/lib64/liba.so"}},
			{Name: "b", Update: true, Scripts: []Script{
				sh(Pre, "x"), sh(PostTrans, "x"), sh(Post, "   \n"),
				{Section: TransFileTriggerIn, Body: "t", Prefixes: []string{"/usr/lib64", "/usr/share"}, Priority: 5},
				{Section: TransFileTriggerIn, Body: "u", Prefixes: []string{"/usr/lib/"}, Priority: 7},
				{Section: FileTriggerIn, Body: "f", Prefixes: []string{"/usr/lib"}},
				{Section: TransFileTriggerIn, Body: "v", Prefixes: []string{"/etc", "/usr/local", "/nowhere"}},
			}, Files: []string{"/usr/share/b", "/etc/b"}},
		},
		Base: []Package{{
			Name: "base", Files: []string{"/usr/lib64/libc.so"},
			Scripts: []Script{sh(Post, "never"), {Section: TransFileTriggerIn, Body: "t", Prefixes: []string{"/usr/lib64"}}, {Section: "triggerin", Body: "never"}},
		}},
	}
	p, err := Make(in)
	require.NoError(t, err)
	require.Equal(t, "a.pre(1) b.pre(2)", names(p.Pre))
	require.Equal(t, "a.post(1)", names(p.Post))
	require.Equal(t, "b.posttrans(2)", names(p.PostTrans))
	require.Equal(t, "b.filetriggerin</usr/lib/liba.so,/usr/lib64/liba.so,/usr/lib64/libc.so", names(p.FileTriggers))
	require.Equal(t, "base.transfiletriggerin</usr/lib64/liba.so"+
		" b.transfiletriggerin</usr/lib/liba.so"+
		" b.transfiletriggerin</usr/lib64/liba.so,/usr/lib64/libc.so,/usr/share/b", names(p.TransFileTriggers))
	require.Equal(t, "a.pre(1) b.pre(2) a.post(1)", names(p.Steps()[:3]))
	require.False(t, p.Empty())
}

func TestMakeRules(t *testing.T) {
	luaScript := func(section Section, body string) Script {
		return Script{Section: section, Interpreter: []string{"<lua>"}, Body: body}
	}
	for name, tc := range map[string]struct {
		pkg     string
		script  Script
		ignore  []string
		want    []Step
		wantErr string
	}{
		"default interpreter": {"p", Script{Section: Post, Body: "x"}, nil, []Step{{"p", Post, []string{"/bin/sh"}, "x", "1", nil}}, ""},
		"interpreter args":    {"p", Script{Section: Post, Interpreter: []string{"/usr/bin/python3", "-I"}, Body: "x"}, nil, []Step{{"p", Post, []string{"/usr/bin/python3", "-I"}, "x", "1", nil}}, ""},
		"program alone":       {"p", Script{Section: Post, Interpreter: []string{"/sbin/ldconfig"}}, nil, []Step{{"p", Post, []string{"/sbin/ldconfig"}, "", "1", nil}}, ""},
		"ignored":             {"glibc-headers", sh(Pre, "x"), nil, nil, ""},
		"ignored kernel":      {"kernel-rt-core", sh(PostTrans, "x"), nil, nil, ""},
		"ignored by caller":   {"p", sh("triggerin", "x"), []string{"p.trig*"}, nil, ""},
		"lua":                 {"p", luaScript(Post, "x"), nil, nil, "Package 'p' has (currently) unsupported <lua> script in '%post'"},
		"lua pretrans":        {"p", luaScript("pretrans", "x"), nil, nil, ""},
		"lua skip":            {"p", luaScript(Post, "1\n2\n3\n4\n5\n6\n7\n8\n9\n-- rpm-ostree-skip\n"), nil, nil, ""},
		"lua skip too late":   {"p", luaScript(Post, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n-- rpm-ostree-skip\n"), nil, nil, "<lua>"},
		"lua ignored":         {"bash", luaScript(Post, "x"), nil, nil, ""},
		"lua replaced":        {"glibc", luaScript(Post, "x"), nil, []Step{{"glibc", Post, []string{"/bin/sh"}, cacheGconvModules, "1", nil}}, ""},
		"lua replaced by nil": {"fedora-release-server", luaScript(Post, "x"), nil, nil, ""},
		"shell not replaced":  {"glibc", sh(Post, "x"), nil, []Step{{"glibc", Post, []string{"/bin/sh"}, "x", "1", nil}}, ""},
		"triggerin":           {"p", sh("triggerin", "x"), nil, nil, "unsupported script in '%triggerin'"},
		"triggerprein":        {"p", sh("triggerprein", "x"), nil, nil, "unsupported script in '%triggerprein'"},
		"triggerun":           {"p", sh("triggerun", "x"), nil, nil, ""},
		"query format":        {"p", Script{Section: Post, Body: "x", QueryFormat: true}, nil, nil, "query format expansion"},
		"expand": {"p", Script{Section: Post, Body: "%{_bindir}/x %_sbindir 100%% %{?dist}. date +%s", Expand: true}, nil,
			[]Step{{"p", Post, []string{"/bin/sh"}, "/usr/bin/x /usr/sbin 100% . date +%s", "1", nil}}, ""},
		"expand unknown": {"p", Script{Section: Post, Body: "%{foo}", Expand: true}, nil, nil, `unsupported macro "%{foo}" in '%post'`},
		"expand shell":   {"p", Script{Section: Post, Body: "%(id)", Expand: true}, nil, []Step{{"p", Post, []string{"/bin/sh"}, "%(id)", "1", nil}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Make(Input{Added: []Package{{Name: tc.pkg, Scripts: []Script{tc.script}}}, Ignore: tc.ignore})
			if tc.wantErr != "" {
				require.ErrorContains(t, err, tc.wantErr)
				var unsupported *UnsupportedError
				require.ErrorAs(t, err, &unsupported)
				return
			}
			require.NoError(t, err)
			if diff := cmp.Diff(tc.want, p.Steps()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLdconfigRunsOnceInARow(t *testing.T) {
	ldconfig := Script{Section: Post, Interpreter: []string{"/sbin/ldconfig"}}
	p, err := Make(Input{Added: []Package{
		{Name: "a", Scripts: []Script{ldconfig}},
		{Name: "b", Scripts: []Script{ldconfig}},
		{Name: "c", Scripts: []Script{sh(Post, "x")}},
		{Name: "d", Scripts: []Script{ldconfig}},
	}})
	require.NoError(t, err)
	require.Equal(t, "a.post(1) c.post(1) d.post(1)", names(p.Post))
}
