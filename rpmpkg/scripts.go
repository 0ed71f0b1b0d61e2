package rpmpkg

import (
	"fmt"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// Scripts are the scriptlets and triggers of a package. Absent scriptlets are nil.
type Scripts struct {
	PreTrans, Pre, Post, PostTrans  *Script // around an installation
	PreUn, PostUn                   *Script // around a removal
	PreUnTrans, PostUnTrans, Verify *Script

	Triggers          []Trigger // on other packages
	FileTriggers      []Trigger // on files of other packages, per package
	TransFileTriggers []Trigger // on files of other packages, once per transaction
}

// Script is one scriptlet.
type Script struct {
	// Interpreter is the program with its arguments; "<lua>" is the interpreter
	// that is part of rpm. Without a Body the program runs alone.
	Interpreter []string
	Body        string
	Flags       ScriptFlags
}

// IsLua reports whether the script is for rpm's own Lua interpreter.
func (s *Script) IsLua() bool { return len(s.Interpreter) > 0 && s.Interpreter[0] == "<lua>" }

// ScriptFlags tell what happens to the body before it runs.
type ScriptFlags uint32

// Flags of scripts.
const (
	ScriptExpand      ScriptFlags = 1 << 0 // expand macros
	ScriptQueryFormat ScriptFlags = 1 << 1 // expand as a query format of the package
	ScriptCritical    ScriptFlags = 1 << 2 // failure fails the operation
)

// Trigger is a script that runs because of other packages.
type Trigger struct {
	Script
	Kind TriggerKind
	// Conditions are packages, with versions, or for file triggers path prefixes.
	Conditions []rpmdep.Dep
	// Priority orders file triggers of several packages: larger ones run earlier.
	Priority uint32
}

// TriggerKind is the moment a trigger runs.
type TriggerKind uint8

// Kinds of triggers.
const (
	TriggerIn     TriggerKind = iota // after the other package was installed
	TriggerUn                        // before it is removed
	TriggerPostUn                    // after it was removed
	TriggerPreIn                     // before it is installed
)

// DefaultPriority is the priority of file triggers that have none of their own.
const DefaultPriority = 1000000

const defaultInterpreter = "/bin/sh"

type scriptTags struct{ body, prog, flags rpmtag.Tag }

// Scripts returns the scriptlets and triggers of the package.
func (h *Header) Scripts() (*Scripts, error) {
	s := &Scripts{
		PreTrans:    h.script(scriptTags{rpmtag.PreTrans, rpmtag.PreTransProg, rpmtag.PreTransFlags}),
		Pre:         h.script(scriptTags{rpmtag.PreIn, rpmtag.PreInProg, rpmtag.PreInFlags}),
		Post:        h.script(scriptTags{rpmtag.PostIn, rpmtag.PostInProg, rpmtag.PostInFlags}),
		PostTrans:   h.script(scriptTags{rpmtag.PostTrans, rpmtag.PostTransProg, rpmtag.PostTransFlags}),
		PreUn:       h.script(scriptTags{rpmtag.PreUn, rpmtag.PreUnProg, rpmtag.PreUnFlags}),
		PostUn:      h.script(scriptTags{rpmtag.PostUn, rpmtag.PostUnProg, rpmtag.PostUnFlags}),
		PreUnTrans:  h.script(scriptTags{rpmtag.PreUnTrans, rpmtag.PreUnTransProg, rpmtag.PreUnTransFlags}),
		PostUnTrans: h.script(scriptTags{rpmtag.PostUnTrans, rpmtag.PostUnTransProg, rpmtag.PostUnTransFlags}),
		Verify:      h.script(scriptTags{rpmtag.VerifyScript, rpmtag.VerifyScriptProg, rpmtag.VerifyScriptFlags}),
	}
	for _, k := range []struct {
		list *[]Trigger
		tags triggerTags
	}{
		{&s.Triggers, packageTriggers}, {&s.FileTriggers, fileTriggers}, {&s.TransFileTriggers, transFileTriggers},
	} {
		var err error
		if *k.list, err = h.triggers(k.tags); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (h *Header) script(t scriptTags) *Script {
	if !h.Has(t.body) && !h.Has(t.prog) {
		return nil
	}
	s := &Script{Interpreter: h.Strings(t.prog), Body: h.Str(t.body)}
	if len(s.Interpreter) == 0 {
		s.Interpreter = []string{defaultInterpreter}
	}
	flags, _ := h.Uint32(t.flags)
	s.Flags = ScriptFlags(flags)
	return s
}

type triggerTags struct {
	depTags
	index, body, prog, flags, priority rpmtag.Tag
}

var (
	packageTriggers = triggerTags{
		depTags{rpmtag.TriggerName, rpmtag.TriggerVersion, rpmtag.TriggerFlags},
		rpmtag.TriggerIndex, rpmtag.TriggerScripts, rpmtag.TriggerScriptProg, rpmtag.TriggerScriptFlags, 0,
	}
	fileTriggers = triggerTags{
		depTags{rpmtag.FileTriggerName, rpmtag.FileTriggerVersion, rpmtag.FileTriggerFlags},
		rpmtag.FileTriggerIndex, rpmtag.FileTriggerScripts, rpmtag.FileTriggerScriptProg, rpmtag.FileTriggerScriptFlags, rpmtag.FileTriggerPriorities,
	}
	transFileTriggers = triggerTags{
		depTags{rpmtag.TransFileTriggerName, rpmtag.TransFileTriggerVersion, rpmtag.TransFileTriggerFlags},
		rpmtag.TransFileTriggerIndex, rpmtag.TransFileTriggerScripts, rpmtag.TransFileTriggerScriptProg, rpmtag.TransFileTriggerScriptFlags, rpmtag.TransFileTriggerPriorities,
	}
)

// triggers joins the scripts of one kind of trigger with their conditions: the
// index array says which script each condition starts.
func (h *Header) triggers(t triggerTags) ([]Trigger, error) {
	conditions, err := h.dependencies(t.depTags)
	if err != nil || len(conditions) == 0 {
		return nil, err
	}
	bodies, progs, flags := h.Strings(t.body), h.Strings(t.prog), h.Uint32s(t.flags)
	priorities, index := h.Uint32s(t.priority), h.Uint32s(t.index)
	if len(index) != len(conditions) {
		return nil, fmt.Errorf("%s: %d conditions but %d indexes", t.name, len(conditions), len(index))
	}
	list := make([]Trigger, max(len(bodies), len(progs)))
	for i := range list {
		list[i] = Trigger{
			Script:   Script{Interpreter: []string{at(progs, i, defaultInterpreter)}, Body: at(bodies, i, ""), Flags: ScriptFlags(at(flags, i, 0))},
			Priority: at(priorities, i, DefaultPriority),
		}
	}
	for i, c := range conditions {
		if uint64(index[i]) >= uint64(len(list)) {
			return nil, fmt.Errorf("%s: condition %q for script %d of %d", t.name, c, index[i], len(list))
		}
		tr := &list[index[i]]
		tr.Kind = triggerKind(c.Sense)
		tr.Conditions = append(tr.Conditions, c)
	}
	return list, nil
}

func triggerKind(s rpmdep.Sense) TriggerKind {
	switch {
	case s&rpmdep.SenseTriggerUn != 0:
		return TriggerUn
	case s&rpmdep.SenseTrigPostUn != 0:
		return TriggerPostUn
	case s&rpmdep.SenseTrigPreIn != 0:
		return TriggerPreIn
	}
	return TriggerIn
}

func at[T any](list []T, i int, def T) T {
	if i < len(list) {
		return list[i]
	}
	return def
}
