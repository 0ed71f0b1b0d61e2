package scripts

import "strings"

// Section is the name of a scriptlet section without the percent sign.
type Section string

// The sections that run.
const (
	Pre                Section = "pre"
	Post               Section = "post"
	PostTrans          Section = "posttrans"
	FileTriggerIn      Section = "filetriggerin"
	TransFileTriggerIn Section = "transfiletriggerin"
)

// Package is what planning needs to know of one package.
type Package struct {
	Name    string
	Update  bool // replaces another version, so $1 is 2
	Scripts []Script
	// Files are the absolute paths of the package as RPM knows them.
	Files []string
}

// Script is one section of one package.
type Script struct {
	Section     Section // any, also those that do not run
	Interpreter []string
	Body        string
	Expand      bool     // macros are to be expanded (%post -e)
	QueryFormat bool     // query tags are to be expanded (%post -q)
	Prefixes    []string // of a file trigger: absolute path prefixes
	Priority    uint32   // of a file trigger: larger runs first
}

// lua is the pseudo interpreter of embedded Lua.
const lua = "<lua>"

// isLua tells whether RPM itself would interpret the script.
func (s *Script) isLua() bool { return len(s.Interpreter) > 0 && s.Interpreter[0] == lua }

// empty tells whether there is nothing to run: no text for a shell.
func (s *Script) empty() bool {
	return strings.TrimSpace(s.Body) == "" && (len(s.Interpreter) == 0 || isShell(s.Interpreter))
}

func isShell(interp []string) bool {
	if len(interp) != 1 {
		return false
	}
	base := interp[0][strings.LastIndexByte(interp[0], '/')+1:]
	return base == "sh" || base == "bash"
}
