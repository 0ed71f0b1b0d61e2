package rpmdb

import (
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// FileName is the name of the database file inside its directory.
const FileName = "rpmdb.sqlite"

// table is one index table: key, number of the package, and position of the key in the tag's array.
type table struct {
	name string
	tag  rpmtag.Tag
	blob bool // keys are binary, and there is no index over them
	one  bool // the tag has one value: no index over the package numbers
	rows func(h *rpmpkg.Header, t *table) ([]row, error)
}

// row is one row of an index table without the package number.
type row struct {
	key string
	idx uint32
}

// tables gives the index tables in the order in which rpm creates them. All of them must exist: rpm creates a
// missing one even when it opens the database for reading only, which then fails.
func tables() []table {
	return []table{
		{name: "Name", tag: rpmtag.Name, one: true, rows: firstRow},
		{name: "Basenames", tag: rpmtag.Basenames, rows: arrayRows},
		{name: "Group", tag: rpmtag.Group, one: true, rows: groupRow},
		{name: "Requirename", tag: rpmtag.RequireName, rows: depRows},
		{name: "Providename", tag: rpmtag.ProvideName, rows: arrayRows},
		{name: "Conflictname", tag: rpmtag.ConflictName, rows: depRows},
		{name: "Obsoletename", tag: rpmtag.ObsoleteName, rows: arrayRows},
		{name: "Triggername", tag: rpmtag.TriggerName, rows: uniqueRows},
		{name: "Dirnames", tag: rpmtag.DirNames, rows: arrayRows},
		{name: "Installtid", tag: rpmtag.InstallTID, blob: true, one: true, rows: tidRow},
		{name: "Sigmd5", tag: rpmtag.MergedSigMD5, blob: true, one: true, rows: bytesRow},
		{name: "Sha1header", tag: rpmtag.SHA1Header, one: true, rows: firstRow},
		{name: "Filetriggername", tag: rpmtag.FileTriggerName, rows: triggerRows(rpmtag.FileTriggerIndex)},
		{name: "Transfiletriggername", tag: rpmtag.TransFileTriggerName, rows: triggerRows(rpmtag.TransFileTriggerIndex)},
		{name: "Recommendname", tag: rpmtag.RecommendName, rows: depRows},
		{name: "Suggestname", tag: rpmtag.SuggestName, rows: depRows},
		{name: "Supplementname", tag: rpmtag.SupplementName, rows: depRows},
		{name: "Enhancename", tag: rpmtag.EnhanceName, rows: depRows},
	}
}

const createPackages = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"

// create gives the statement that makes the table. The quoted type is as rpm writes it.
func (t *table) create() string {
	typ := "TEXT"
	if t.blob {
		typ = "BLOB"
	}
	return "CREATE TABLE '" + t.name + "' (key '" + typ + "' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL, " +
		"FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum))"
}

// indexes gives the statements that make the table's indexes.
func (t *table) indexes() []string {
	var list []string
	if !t.blob {
		list = append(list, "CREATE INDEX '"+t.name+"_key_idx' ON '"+t.name+"'(key ASC)")
	}
	if !t.one {
		list = append(list, "CREATE INDEX '"+t.name+"_hnum_idx' ON '"+t.name+"'(hnum ASC)")
	}
	return list
}
