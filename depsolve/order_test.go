package depsolve_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func TestOrderPutsRequirementsFirst(t *testing.T) {
	for _, c := range []struct {
		name, packages, want string
	}{
		{"chain", "app:lib lib:base base:", "base lib app"},
		{"independent ones keep the order of adding", "b: a:", "b a"},
		{"a scriptlet's requirement breaks a cycle", "a:b b:!a", "a b"},
		{"the other way round", "a:!b b:a", "b a"},
		{"a cycle of plain requirements keeps the order of adding", "b:a a:b c:a", "b a c"},
		{"what needs a member of a cycle comes after the whole", "z:a a:b b:a", "a b z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := depsolve.NewPool("x86_64")
			repo := pool.AddRepo("r", nil)
			var jobs []depsolve.Job
			for spec := range strings.FieldsSeq(c.packages) {
				name, needs, _ := strings.Cut(spec, ":")
				id := repo.Add(depsolve.Package{NEVRA: rpmver.NEVRA{Name: name, EVR: rpmver.EVR{Version: "1", Release: "1"}, Arch: "noarch"}, Requires: requirement(t, needs)})
				jobs = append(jobs, depsolve.Job{Action: depsolve.Install, Select: depsolve.SelectPackage(id)})
			}
			tr, err := pool.Solve(context.Background(), jobs, nil)
			require.NoError(t, err)
			var got []string
			for _, id := range tr.Order() {
				got = append(got, pool.Package(id).NEVRA.Name)
			}
			assert.Equal(t, c.want, strings.Join(got, " "))
			assert.True(t, slices.Equal(tr.Order(), tr.Order()))
		})
	}
}

// requirement parses "name", or "!name" for one of a scriptlet.
func requirement(t *testing.T, text string) []rpmdep.Dep {
	if text == "" {
		return nil
	}
	name, pre := strings.CutPrefix(text, "!")
	d, err := rpmdep.Parse(name)
	require.NoError(t, err)
	if pre {
		d.Sense |= rpmdep.SensePre
	}
	return []rpmdep.Dep{d}
}
