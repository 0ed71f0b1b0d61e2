package testcase

import (
	"strings"

	"example.com/rpmostree/depsolve"
)

// jobFlagNames lists the flags of jobs in the order they are written.
func jobFlagNames(j *depsolve.Job) []struct {
	name string
	on   *bool
} {
	return []struct {
		name string
		on   *bool
	}{
		{"weak", &j.Weak}, {"essential", &j.Essential}, {"cleandeps", &j.CleanDeps}, {"orupdate", &j.OrUpdate},
		{"forcebest", &j.ForceBest}, {"targeted", &j.Targeted}, {"notbyuser", &j.NotByUser},
		{"setev", &j.SetEV}, {"setevr", &j.SetEVR}, {"setarch", &j.SetArch}, {"setvendor", &j.SetVendor},
		{"setrepo", &j.SetRepo}, {"setname", &j.SetName}, {"noautoset", &j.NoAutoSet},
	}
}

// jobLine writes a job as a directive reads it, without the word "job".
func jobLine(pool *depsolve.Pool, j depsolve.Job) string {
	line := j.Action.String() + " " + selectText(pool, j.Select)
	var flags []string
	for _, f := range jobFlagNames(&j) {
		if *f.on {
			flags = append(flags, f.name)
		}
	}
	if len(flags) > 0 {
		line += " [" + strings.Join(flags, ",") + "]"
	}
	return line
}

func selectText(pool *depsolve.Pool, s depsolve.Selection) string {
	p := s.Parts()
	switch p.Kind {
	case depsolve.SelectKindName:
		return "name " + DepText(pool, p.Dep)
	case depsolve.SelectKindProvides:
		return "provides " + DepText(pool, p.Dep)
	case depsolve.SelectKindPackages:
		if len(p.Packages) == 0 {
			return "oneof nothing"
		}
		word := "oneof"
		if p.Single {
			word = "pkg"
		}
		for _, id := range p.Packages {
			word += " " + pkgText(pool, id)
		}
		return word
	case depsolve.SelectKindRepo:
		return "repo " + repoText(p.Repo)
	case depsolve.SelectKindAll:
		return "all packages"
	}
	if p.Text != "" { // matched nothing
		return "name " + escape(p.Text)
	}
	return "oneof nothing"
}

func repoText(r *depsolve.Repo) string { return strings.ReplaceAll(r.Name(), " ", "_") }

func pkgText(pool *depsolve.Pool, id depsolve.PkgID) string {
	return escape(pool.PkgString(id)) + "@" + repoText(pool.Package(id).Repo)
}
