package depsolve_test

import (
	"context"
	"fmt"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func Example() {
	nevra := func(s string) rpmver.NEVRA { n, _ := rpmver.ParseNEVRA(s); return n }
	dep := func(s string) []rpmdep.Dep { d, _ := rpmdep.Parse(s); return []rpmdep.Dep{d} }

	pool := depsolve.NewPool("x86_64")
	fedora := pool.AddRepo("fedora", nil)
	fedora.Add(depsolve.Package{NEVRA: nevra("vim-9.1-1.x86_64"), Requires: dep("vim-common = 9.1-1")})
	fedora.Add(depsolve.Package{NEVRA: nevra("vim-common-9.0-1.noarch")})
	fedora.Add(depsolve.Package{NEVRA: nevra("vim-common-9.1-1.noarch")})

	jobs := []depsolve.Job{{Action: depsolve.Install, Select: pool.Match("vim")}}
	tr, err := pool.Solve(context.Background(), jobs, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range tr.Order() {
		fmt.Println(pool.PkgString(id), "-", tr.Why(id))
	}
	// Output:
	// vim-common-9.1-1.noarch - required by vim-9.1-1.x86_64: vim-common = 9.1-1
	// vim-9.1-1.x86_64 - requested: install vim
}
