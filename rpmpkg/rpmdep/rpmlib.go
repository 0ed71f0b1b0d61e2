package rpmdep

import "example.com/rpmostree/rpmpkg/rpmver"

// rpmlibFeatures maps the features of rpm itself that packages may require to the
// rpm version that brought them. All of them are implemented by this module or
// have no meaning for a reader.
var rpmlibFeatures = map[string]string{
	"BuiltinLuaScripts":        "4.2.2-1",
	"CaretInVersions":          "4.15.0-1",
	"CompressedFileNames":      "3.0.4-1",
	"ConcurrentAccess":         "4.1-1",
	"DynamicBuildRequires":     "4.15.0-1",
	"ExplicitPackageProvide":   "4.0-1",
	"FileCaps":                 "4.6.1-1",
	"FileDigests":              "4.6.0-1",
	"HeaderLoadSortsTags":      "4.0.1-1",
	"LargeFiles":               "4.12.0-1",
	"PartialHardlinkSets":      "4.0.4-1",
	"PayloadFilesHavePrefix":   "4.0-1",
	"PayloadIsBzip2":           "3.0.5-1",
	"PayloadIsLzma":            "4.4.2-1",
	"PayloadIsXz":              "5.2-1",
	"PayloadIsZstd":            "5.4.18-1",
	"RichDependencies":         "4.12.0-1",
	"ScriptletExpansion":       "4.9.0-1",
	"ScriptletInterpreterArgs": "4.0.3-1",
	"TildeInVersions":          "4.10.0-1",
	"VersionedDependencies":    "3.0.3-1",
}

// Supported reports whether d, a dependency for which [Dep.IsRpmlib] holds, is a
// feature this module knows. A package with an unknown one must not be installed.
func Supported(d Dep) bool {
	if len(d.Name) < len("rpmlib()") {
		return false
	}
	version, ok := rpmlibFeatures[d.Name[len("rpmlib("):len(d.Name)-1]]
	if !ok {
		return false
	}
	evr, err := rpmver.ParseEVR(version)
	return err == nil && d.Matches(Dep{Name: d.Name, Sense: SenseEqual, EVR: evr})
}
