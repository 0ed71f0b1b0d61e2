package rpmver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmver"
)

// The order rpm-version(7) gives for the two marks, each list ascending.
func TestMarksSortAsDocumented(t *testing.T) {
	for _, ascending := range [][]string{
		{"1.0~rc1", "1.0~rc2", "1.0", "1.0^git1", "1.0^git2", "1.0.1"},
		{"1.0~~", "1.0~", "1.0~rc1~git1", "1.0~rc1", "1.0~rc1^git1", "1.0"},
		{"1.0^", "1.0^20200101", "1.0.1"},
		{"a", "b", "1", "2", "10", "11a", "11.1"},
	} {
		for i := range ascending {
			for j := range ascending {
				want := 0
				if i != j {
					want = map[bool]int{true: -1, false: 1}[i < j]
				}
				assert.Equal(t, want, rpmver.CompareVersions(ascending[i], ascending[j]), "%q and %q", ascending[i], ascending[j])
			}
		}
	}
}

func TestEqualThoughDifferent(t *testing.T) {
	for _, p := range [][2]string{{"1.0", "1_0"}, {"1.00", "1.0"}, {"2a", "2.a"}, {"1.0.", "1.0"}, {"", "..."}, {"0", "000"}} {
		assert.Zero(t, rpmver.CompareVersions(p[0], p[1]), "%q and %q", p[0], p[1])
	}
}

func TestParseEVR(t *testing.T) {
	for text, want := range map[string]rpmver.EVR{
		"1.0":            {Version: "1.0"},
		"1.0-2":          {Version: "1.0", Release: "2"},
		"3:1.0-2.el9":    {Epoch: 3, Version: "1.0", Release: "2.el9"},
		"0:1.0":          {Version: "1.0"},
		":1.0":           {Version: "1.0"},
		"1-2-3":          {Version: "1-2", Release: "3"},
		"a:1":            {Version: "a:1"},
		"4294967295:1-1": {Epoch: 4294967295, Version: "1", Release: "1"},
	} {
		got, err := rpmver.ParseEVR(text)
		require.NoError(t, err, text)
		assert.Empty(t, cmp.Diff(want, got), text)
	}
	for _, bad := range []string{"", "1:", "-1", "4294967296:1", "99999999999999999999:1", "1 2", "1\n", "1:-2"} {
		_, err := rpmver.ParseEVR(bad)
		assert.ErrorContains(t, err, "parse version", bad)
	}
}

func TestNEVRA(t *testing.T) {
	want := rpmver.NEVRA{Name: "java-1.8.0-openjdk", EVR: rpmver.EVR{Epoch: 1, Version: "1.8.0.392.b08", Release: "4.el9"}, Arch: "x86_64"}
	for _, text := range []string{"java-1.8.0-openjdk-1:1.8.0.392.b08-4.el9.x86_64", "1:java-1.8.0-openjdk-1.8.0.392.b08-4.el9.x86_64"} {
		got, err := rpmver.ParseNEVRA(text)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	assert.Equal(t, "java-1.8.0-openjdk-1:1.8.0.392.b08-4.el9.x86_64", want.String())
	assert.Equal(t, "java-1.8.0-openjdk-1.8.0.392.b08-4.el9.x86_64", want.NVRA())
	assert.Equal(t, "1", want.EpochString())
	assert.Equal(t, "gpg-pubkey-1-2", rpmver.NEVRA{Name: "gpg-pubkey", EVR: rpmver.EVR{Version: "1", Release: "2"}}.String())
	for _, bad := range []string{"", "bash", "bash.x86_64", "bash-5.x86_64", "-1-2.noarch", "bash-1-2.", "bash-1-.noarch", "bash--2.noarch", "a b-1-2.noarch", "bash-1-2.x-y"} {
		_, err := rpmver.ParseNEVRA(bad)
		assert.ErrorContains(t, err, "parse package name", bad)
	}
}

func TestNEVRAOrder(t *testing.T) {
	parse := func(s string) rpmver.NEVRA {
		n, err := rpmver.ParseNEVRA(s)
		require.NoError(t, err)
		return n
	}
	list := []string{"a-1-1.noarch", "a-1-1.x86_64", "a-1-2.noarch", "a-1:0-1.noarch", "b-0-1.noarch"}
	for i := 1; i < len(list); i++ {
		assert.Negative(t, parse(list[i-1]).Compare(parse(list[i])), "%s < %s", list[i-1], list[i])
		assert.Positive(t, parse(list[i]).Compare(parse(list[i-1])))
	}
}
