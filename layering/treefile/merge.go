package treefile

import (
	"reflect"
	"slices"
)

// merge fills t, the including file, with what the included ones say. Scalars
// and map keys: t wins, then the first included. Lists: the included content
// in the order of the includes, then that of t.
func (t *Treefile) merge(included []*Treefile) {
	dst := reflect.ValueOf(t).Elem()
	for _, part := range included {
		mergeStruct(dst, reflect.ValueOf(part).Elem(), mergeValue)
		for name, file := range part.externals {
			t.addExternal(name, file)
		}
	}
	for _, part := range slices.Backward(included) {
		mergeStruct(dst, reflect.ValueOf(part).Elem(), mergeList)
	}
}

func (t *Treefile) addExternal(name string, file External) {
	if t.externals == nil {
		t.externals = map[string]External{}
	}
	if _, ok := t.externals[name]; !ok {
		t.externals[name] = file
	}
}

func mergeStruct(dst, src reflect.Value, merge func(dst, src reflect.Value)) {
	for i := range dst.NumField() {
		field := dst.Type().Field(i)
		switch {
		case !field.IsExported():
		case field.Anonymous:
			mergeStruct(dst.Field(i), src.Field(i), merge)
		default:
			merge(dst.Field(i), src.Field(i))
		}
	}
}

func mergeList(dst, src reflect.Value) {
	switch {
	case dst.Kind() != reflect.Slice || src.Len() == 0:
	case dst.Type() == reflect.TypeFor[PackageList]():
		dst.Set(reflect.ValueOf(unionPackages(src.Interface().(PackageList), dst.Interface().(PackageList))))
	default:
		joined := reflect.MakeSlice(dst.Type(), 0, src.Len()+dst.Len())
		dst.Set(reflect.AppendSlice(reflect.AppendSlice(joined, src), dst))
	}
}

func mergeValue(dst, src reflect.Value) {
	switch {
	case dst.Kind() == reflect.Slice:
	case dst.Kind() == reflect.Map:
		mergeMap(dst, src)
	case dst.IsZero():
		dst.Set(src)
	}
}

func mergeMap(dst, src reflect.Value) {
	if src.Len() == 0 {
		return
	}
	if dst.IsNil() {
		dst.Set(reflect.MakeMap(dst.Type()))
	}
	for it := src.MapRange(); it.Next(); {
		old := dst.MapIndex(it.Key())
		switch {
		case !old.IsValid():
			dst.SetMapIndex(it.Key(), it.Value())
		case old.Type() == reflect.TypeFor[PackageList]():
			both := unionPackages(it.Value().Interface().(PackageList), old.Interface().(PackageList))
			dst.SetMapIndex(it.Key(), reflect.ValueOf(both))
		}
	}
}

// unionPackages keeps the first occurrence of each spec.
func unionPackages(a, b PackageList) PackageList {
	var out PackageList
	seen := map[string]bool{}
	for _, list := range []PackageList{a, b} {
		for _, spec := range list {
			if !seen[spec] {
				seen[spec] = true
				out = append(out, spec)
			}
		}
	}
	return out
}
