package testcase

import (
	"strings"

	"example.com/rpmostree/depsolve"
)

// rewriteSUSE turns the old SUSE conventions of version 2 repositories into
// ordinary weak dependencies on namespaces:
//
//	provides locale(pkg:de;fr)  supplements pkg and (language(de) or language(fr))
//	provides pkg:/path          supplements splitprovides(pkg with /path)
//	supplements modalias(pkg:x) pkg and modalias(x); likewise filesystem, language
//	supplements packageand(a:b) a and b
//	conflicts otherproviders(x) the namespace of that name
func rewriteSUSE(pool *depsolve.Pool, pkg *depsolve.RawPackage) {
	s := suse{pool}
	var supplements []depsolve.DepID
	for _, d := range pkg.Supplements {
		supplements = append(supplements, s.weak(pool.DepString(d), d))
	}
	for i, d := range pkg.Enhances {
		pkg.Enhances[i] = s.weak(pool.DepString(d), d)
	}
	for _, d := range pkg.Provides {
		text := pool.DepString(d)
		if arg, ok := call(text, "locale"); ok {
			supplements = append(supplements, s.locale(arg))
		} else if name, path, ok := strings.Cut(text, ":/"); ok && !strings.ContainsAny(name, " /") {
			split := pool.Relation(pool.Name(name), depsolve.OpWith, pool.Name("/"+path))
			supplements = append(supplements, s.namespace("splitprovides", split))
		}
	}
	pkg.Supplements = supplements
	for i, d := range pkg.Conflicts {
		if arg, ok := call(pool.DepString(d), "otherproviders"); ok {
			pkg.Conflicts[i] = s.namespace("otherproviders", pool.Name(arg))
		}
	}
}

type suse struct{ pool *depsolve.Pool }

func (s suse) namespace(space string, arg depsolve.DepID) depsolve.DepID {
	return s.pool.Relation(s.pool.Name("namespace:"+space), depsolve.OpNamespace, arg)
}

// call recognises "name(argument)".
func call(text, name string) (string, bool) {
	rest, ok := strings.CutPrefix(text, name+"(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return "", false
	}
	return rest[:len(rest)-1], true
}

func (s suse) locale(arg string) depsolve.DepID {
	pkg, langs, ok := strings.Cut(arg, ":")
	if !ok {
		langs, pkg = arg, ""
	}
	var d depsolve.DepID
	for i, l := range strings.Split(langs, ";") {
		n := s.namespace("language", s.pool.Name(l))
		if i == 0 {
			d = n
		} else {
			d = s.pool.Relation(d, depsolve.OpOr, n)
		}
	}
	if pkg != "" {
		d = s.pool.Relation(s.pool.Name(pkg), depsolve.OpAnd, d)
	}
	return d
}

// weak rewrites one supplements.
func (s suse) weak(text string, d depsolve.DepID) depsolve.DepID {
	for _, space := range [...]string{"modalias", "filesystem", "language"} {
		if arg, ok := call(text, space); ok {
			return s.spaced(space, arg)
		}
	}
	if arg, ok := call(text, "packageand"); ok {
		return s.packageAnd(arg)
	}
	return d
}

func (s suse) spaced(space, arg string) depsolve.DepID {
	if space == "language" {
		return s.locale(arg)
	}
	if pkg, rest, ok := strings.Cut(arg, ":"); ok && space == "modalias" && strings.Contains(rest, ":") {
		return s.pool.Relation(s.pool.Name(pkg), depsolve.OpAnd, s.namespace(space, s.pool.Name(rest)))
	}
	return s.namespace(space, s.pool.Name(arg))
}

func (s suse) packageAnd(arg string) depsolve.DepID {
	var d depsolve.DepID
	for arg != "" {
		i := strings.IndexByte(arg, ':')
		if strings.HasPrefix(arg, "pattern:") {
			if j := strings.IndexByte(arg[i+1:], ':'); j >= 0 {
				i += 1 + j
			} else {
				i = -1
			}
		}
		part := arg
		if i >= 0 {
			part, arg = arg[:i], arg[i+1:]
		} else {
			arg = ""
		}
		n := s.pool.Name(part)
		if d == 0 {
			d = n
		} else {
			d = s.pool.Relation(d, depsolve.OpAnd, n)
		}
	}
	return d
}

// suseDep rewrites one dependency as rewriteSUSE does for the list that kind
// names: provides, supplements, enhances or conflicts.
func suseDep(pool *depsolve.Pool, kind string, d depsolve.DepID) depsolve.DepID {
	if left, op, right, ok := pool.Split(d); ok && op == depsolve.OpAnd {
		return pool.Relation(suseDep(pool, kind, left), op, suseDep(pool, kind, right))
	}
	pkg := &depsolve.RawPackage{}
	switch kind {
	case "provides":
		pkg.Provides = []depsolve.DepID{d}
	case "conflicts":
		pkg.Conflicts = []depsolve.DepID{d}
		rewriteSUSE(pool, pkg)
		return pkg.Conflicts[0]
	default:
		pkg.Supplements = []depsolve.DepID{d}
	}
	rewriteSUSE(pool, pkg)
	if len(pkg.Supplements) == 0 {
		return d
	}
	return pkg.Supplements[0]
}
