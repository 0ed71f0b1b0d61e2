package interop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// step is a command and the files it needs.
type step struct {
	argv  []string
	files map[string][]byte
	trees map[string]randomTree
	stdin string
}

func (st *step) String() string {
	words := []string{"ostree"}
	for _, a := range st.argv {
		if strings.ContainsAny(a, " \n\t'\"\\$*?()[]{}<>|&;~\x01") || a == "" {
			a = fmt.Sprintf("%q", a)
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

func (st *step) prepare(dir string) error {
	var errs []error
	for name, tree := range st.trees {
		errs = append(errs, tree.make(filepath.Join(dir, name)))
	}
	for name, data := range st.files {
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	return errors.Join(errs...)
}

// mask is a part of output that is not the same in every run of the real command.
type mask struct {
	verb string // "" is all
	find *regexp.Regexp
	with string
}

// masks apply one after the other: first what changes from run to run, and words that are ours, then what is an error of
// one kind.
var masks = []mask{
	{"", regexp.MustCompile(`(?s)^Usage:.*?(\n\nerror: |$)`), "USAGE$1"}, // TestEveryRepositoryVerbHasTheRealOptions compares it
	{"fsck", regexp.MustCompile(`(?m)^fsck objects \(.*\n`), ""},         // how often progress is reported
	{"", regexp.MustCompile(`(?m)^\(.*\): GLib-CRITICAL .*\n|^\n\(.*\): GLib-CRITICAL .*\n`), ""},
	{"prune", regexp.MustCompile(`(?m)[\d.]+.[kM]?(B|bytes?)( freed|$)`), "SIZE$2"},  // compressed
	{"diff", regexp.MustCompile(`(?m)^(Common Object Size): .*`), "$1: SIZE"},        // compressed
	{"static-delta", regexp.MustCompile(`(?s)^Generating static delta:.*`), "DELTA"}, // what it found to save
	{"static-delta", regexp.MustCompile(`(?s)^(modified: |new reachable:|part \d).*`), ""},
	{"static-delta", regexp.MustCompile(`(?m)^(Timestamp: |PartMeta|PartPayload|Total ).*\n`), ""}, // deltas may differ in how they are made
	{"commit", regexp.MustCompile(`(?m)^(Metadata Total): \d+`), "$1: N"},                          // with those of --base or without
	{"pull-local", regexp.MustCompile(`(?i): expected commit metadata`), ": Expected commit metadata"},
	{"pull-local", regexp.MustCompile(`error: (fsck \w+.commit: No|No|Couldn't open ref.*|Conflict:.*)`), "error: NO"},
	{"pull-local", regexp.MustCompile(`Importing (\w+).commit: linkat: No such file or directory`), "No such metadata object $1.commit"},
	{"pull-local", regexp.MustCompile(`Content object \w+: invalid mode .*`), "INVALID MODE"}, // the first of them
	{"pull-local", regexp.MustCompile(`Writing content object: `), ""},
	{"commit", regexp.MustCompile(`(?m)^error: (ostree-tar: .*hardlink.*|import archive: .* hard link .*)`), "error: NO HARDLINK"},
	{"commit", regexp.MustCompile(`(?m)^error: Invalid rev (\w+)\^+`), "error: Invalid rev $1"},
	{"show", regexp.MustCompile(`0x[0-9a-f]{2}(, 0x[0-9a-f]{2}){250,}`), "CONFIG"}, // has the order of options
	{"pull", regexp.MustCompile(`pull into @DIR/r\d: (can't|fetching all refs .*)`), "$1"},
	{"pull", regexp.MustCompile(`(?i)(can't pull from|fetching all refs was) .*`), "REFUSED"},
	{"pull-local", regexp.MustCompile(`(?i)(pull into @DIR/r\d: )?commit (\w+): commit (has no)`), "Commit $2: Commit $3"},
	{"pull", regexp.MustCompile(`Importing (\w+).commit: linkat: No such file or directory`), "No such metadata object $1.commit"},
	{"checkout", regexp.MustCompile(`(?m)(opendir\(.*|checkout .*: open .*): Not a directory`), "Not a directory"},
	{"checkout", regexp.MustCompile(`No such metadata object .*`), "MISSING"},
	{"checkout", regexp.MustCompile(`(?m)^error: (renameat\(checkout-union-.*|checkout \w+: rename .*): Is a directory`), "error: DIRECTORY IN THE WAY"},
	{"pull", regexp.MustCompile(`(?m)^error: (Fetch configured to require static deltas, but .*|Refspec '.*' not found)`), "error: NO REF OR DELTA"}, // which comes first
	{"checkout", regexp.MustCompile(`Processing tree \w+: .*: File exists`), "FILE EXISTS"},
	{"prune", regexp.MustCompile(`(?m)^error: (Invalid value .*, must specify BRANCH=DEPTH|Refspec '.*' not found|Invalid depth .*)`), "error: OPTIONS"}, // which comes first
	{"pull-local", regexp.MustCompile(`(?m)^error: (openat\(refs/.*|.*: conflict: a ref is in the way: .*)`), "error: REF IN THE WAY"},
	{"", regexp.MustCompile(`Refspec '?(\S+?)'? not unique|resolve "(\S+)": checksum prefix is not unique: .*`), "NOT UNIQUE"},
	{"checkout", regexp.MustCompile(`(?m)^error: Cannot specify more than one of .*`), "error: OPTIONS OR REV"},
	{"export", regexp.MustCompile(`No such metadata object .*`), "MISSING"},
	{"pull", regexp.MustCompile(`commit has no requested`), "Commit has no requested"},
	{"pull", regexp.MustCompile(`(?i)(pull into @DIR/r\d: )?commit (\w+: GPG)`), "Commit $2"},
	{"pull", regexp.MustCompile(`(?m)^error: (Server returned HTTP 404|.*: get @URL\S+: 404 Not Found)$`), "error: 404"}, // ours says of what
	{"pull", regexp.MustCompile(`; \S+ \S+ transferred in \d+ seconds`), ""},
	{"fsck", regexp.MustCompile(`(?m)^error: (openat\(.*|(Ref|Collection–ref) .* in bindings .*|Commit .* binding .*|Invalid (refspec|ref name) .*)`), "error: BINDINGS"}, // the first of them
	{"commit", regexp.MustCompile(`(?m)^error: (opendir\((/nope)\)|import (/nope): open /nope): No such`), "error: No such"},
	{"commit", regexp.MustCompile(`(?m)^error: Commit \w+ has no parent`), "error: OPTIONS"},
	{"commit", regexp.MustCompile(`(?m)^error: --tar-pathname-filter: .*`), "error: OPTIONS"},
	{"commit", regexp.MustCompile(`(?m)^error: (Not a regular file or symlink: .*|import (t|\./t|co)(?s:.*?): only directories, regular files and symbolic links .*)`), "error: SPECIAL FILE"},
	{"summary", regexp.MustCompile(`(?m)^error: (Error parsing variant|Parsing) .*`), "error: PARSING"},
	{"pull-local", regexp.MustCompile(`Invalid (ref name|refspec) \S+|Refspec '.*' not found`), "NO REF"},
	{"summary", regexp.MustCompile(`Static Deltas \(.*`), "DELTAS"},
	{"summary", regexp.MustCompile(`'ostree.static-deltas': <\{.*?\}>|'ostree.summary.last-modified': <uint64 \d+>`), "CHANGING"},
	{"diff", regexp.MustCompile(`(?m)^error: (Error when getting information for file “@DIR/.*|import .*: open .*: No such file or directory)`), "error: NO DIRECTORY"},
	{"refs", regexp.MustCompile(`Conflict: \S+ exists`), "Conflict: REF exists"},
	{"fsck", regexp.MustCompile(`(?m)^error: Couldn't open ref .*`), "error: BINDINGS"},
	{"checksum", regexp.MustCompile(`Error when getting information for file “@DIR/(.*)”|fstatat\((.*)\)`), "NO FILE"},
	{"checkout", regexp.MustCompile(`(?m)^error: (Processing tree \w+: )?(Cannot specify both|Refspec '.*' not found|Commit \w+ has no parent).*`), "error: OPTIONS OR REV"}, // which comes first
	{"pull-local", regexp.MustCompile(`[\d.]+.[kM]?(B|bytes?) content`), "SIZE content"},
	{"", regexp.MustCompile(`\(ostree:\d+\)`), "(process)"},
	{"remote", regexp.MustCompile(`(?m)^error: (Missing '=' in KEY=VALUE for --set|Cannot specify both --sign-verify .*)`), "error: OPTIONS"},
	{"pull", regexp.MustCompile(`Commit \w+: GPG`), "Commit: GPG"}, // which of them
	{"pull", regexp.MustCompile(`remote "\w+": sign-verify(-summary)?: `), ""},
	{"refs", regexp.MustCompile(`(?m)^error: (mkdir\(.*\): Not a directory|.*: conflict: a ref is in the way: .*)`), "error: REF IN THE WAY"},
	{"fsck", regexp.MustCompile(`(?m)^(error: )?In commits \w+: fsck content object .*`), "CORRUPTED"}, // the first of them
	{"cat", regexp.MustCompile(`(?m)^error: (No such file or directory: .*|Can't open directory|Not a directory)`), "error: NO FILE"},
	{"commit", regexp.MustCompile(`(?m)^error: (Parsing [^:]+: .*|Either --branch or --parent must be .*|Missing metadata key .*)`), "error: METADATA"}, // where in the text
	{"commit", regexp.MustCompile(`(?m)^error: (Can't replace (file|directory) with (file|directory): .*|import t.*: (make directory|set file) .*: (not|is) a directory|merge trees: .*conflicts with.*)`), "error: TYPES CONFLICT"},
	{"commit", regexp.MustCompile(`(?m)^error: (openat|mkdir)\(.*\): Not a directory`), "error: REF IN THE WAY"},
	{"commit", regexp.MustCompile(`(?m)^error: .*: conflict: a ref is in the way: .*`), "error: REF IN THE WAY"},
	{"commit", regexp.MustCompile(`(?m)^error: import archive: entry .*: no entry for its directory .* precedes it`), "error: NO PARENT"},
	{"commit", regexp.MustCompile(`(?m)^error: No such file or directory: [^/].*`), "error: NO PARENT"},
	{"fsck", regexp.MustCompile(`(?m)^(Verifying content integrity of|Validating refs in|Enumerating commits).*\n`), ""}, // before or after back references
	{"commit", regexp.MustCompile(`(?m)^error: (Malformed statoverride file|parse statoverride: ).*`), "error: STATOVERRIDE"},
	{"commit", regexp.MustCompile(`(?m)^error: (Not a directory|(No such file or directory:|No kernel found in) /usr.*)`), "error: NO KERNEL"},
	{"commit", regexp.MustCompile(`Conflict: \S+ exists`), "Conflict: REF exists"}, // which of them
	{"", regexp.MustCompile(`\d\d:\d\d:\d\d\.\d\d\d`), "TIME"},
	{"commit", regexp.MustCompile(`(?m)^error: (OPTIONS|STATOVERRIDE|NO KERNEL|SPECIAL FILE|TYPES CONFLICT|Invalid (rev|refspec) .*|Can't commit an empty tree|A branch must be .*|Requested signature type .*|METADATA|Missing '=' .*)`), "error: OPTIONS"}, // which comes first
	{"summary", regexp.MustCompile(`(Last-Modified \(ostree.summary.last-modified\): ).*`), "${1}NOW"},
}

// unlike is what --union leaves as it is in equal files, links and directories, where ours make them as the commit says.
var unlike = regexp.MustCompile(`( links=\d+| old| now| [-0-9]+T00:00:00| user.ostreemeta="[^"]*")`)

// linked reports whether two states only differ in hardlinks, or in what symbolic links have besides their target: with
// --union the real command leaves equal files and links alone, ours replace them.
func linked(want, got map[string]string) bool {
	bare := func(text string) string {
		if _, target, ok := strings.Cut(text, " -> "); ok && strings.HasPrefix(text, "120777") {
			return target
		}
		return unlike.ReplaceAllString(text, "")
	}
	for p, a := range want {
		if b, ok := got[p]; !ok || bare(a) != bare(b) {
			return false
		}
	}
	return len(want) == len(got)
}

// consumed reports whether two states only differ in attributes of objects that count for nothing: the real command
// takes files as they are, also empty attributes and, in bare-user-only mode, owners.
func consumed(want, got map[string]string) bool {
	for p, a := range want {
		b, ok := got[p]
		if a != b && (!ok || !strings.HasSuffix(p, ".file") && !strings.HasPrefix(p, "co")) {
			return false
		}
	}
	return len(want) == len(got)
}

var begun = regexp.MustCompile(`^(r\d+/(objects|tmp|state|deltas)(/|$)|usb/.*/state/|t\d+(/|$)|co\d+(/|$)|r\d+$|r\d+/uncompressed-objects-cache)`)

// partial reports whether two states only differ in how far a command came before it failed.
func partial(want, got map[string]string) bool {
	for _, m := range []map[string]string{want, got} {
		for p := range m {
			if want[p] != got[p] && !begun.MatchString(p) {
				return false
			}
		}
	}
	return true
}

// stable is the output without what is not the same in every run of the real command, or differs on purpose.
func (st *step) stable(text string) string {
	if st.argv[0] == "export" && !slices.Contains(st.argv, "-o") && len(text) > 512 {
		return describeTar([]byte(text))
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\ufffd", "?")
	for _, m := range masks {
		if m.verb == "" || m.verb == st.argv[0] {
			text = m.find.ReplaceAllString(text, m.with)
		}
	}
	if st.argv[0] == "refs" || strings.Contains(text, "Unmatched") || st.argv[0] == "diff" || st.argv[0] == "fsck" && (slices.Contains(st.argv, "-a") || slices.Contains(st.argv, "--delete")) { // the order of a hash table, or of a directory
		lines := strings.Split(text, "\n")
		slices.Sort(lines)
		text = strings.Join(lines, "\n")
	}
	return text
}
