package rpmtest

import (
	"slices"
	"strings"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

type scriptlet struct {
	script            *rpmpkg.Script
	body, prog, flags rpmtag.Tag
	sense             rpmdep.Sense // of the requirement on the interpreter
}

func (p *Package) scriptlets() []scriptlet {
	s := &p.Scripts
	return []scriptlet{
		{s.PreTrans, rpmtag.PreTrans, rpmtag.PreTransProg, rpmtag.PreTransFlags, rpmdep.SensePreTrans},
		{s.Pre, rpmtag.PreIn, rpmtag.PreInProg, rpmtag.PreInFlags, rpmdep.SensePre},
		{s.Post, rpmtag.PostIn, rpmtag.PostInProg, rpmtag.PostInFlags, rpmdep.SensePost},
		{s.PostTrans, rpmtag.PostTrans, rpmtag.PostTransProg, rpmtag.PostTransFlags, rpmdep.SensePostTrans},
		{s.PreUn, rpmtag.PreUn, rpmtag.PreUnProg, rpmtag.PreUnFlags, rpmdep.SensePreUn},
		{s.PostUn, rpmtag.PostUn, rpmtag.PostUnProg, rpmtag.PostUnFlags, rpmdep.SensePostUn},
		{s.PreUnTrans, rpmtag.PreUnTrans, rpmtag.PreUnTransProg, rpmtag.PreUnTransFlags, rpmdep.SensePreUnTrans},
		{s.PostUnTrans, rpmtag.PostUnTrans, rpmtag.PostUnTransProg, rpmtag.PostUnTransFlags, rpmdep.SensePostUnTran},
		{s.Verify, rpmtag.VerifyScript, rpmtag.VerifyScriptProg, rpmtag.VerifyScriptFlags, rpmdep.SenseVerify},
	}
}

func interpreter(s *rpmpkg.Script) []string {
	if len(s.Interpreter) == 0 {
		return []string{"/bin/sh"}
	}
	return s.Interpreter
}

func (p *Package) addScripts(h *headerWriter) {
	for _, k := range p.scriptlets() {
		if k.script == nil {
			continue
		}
		h.str(k.body, k.script.Body)
		if prog := interpreter(k.script); len(prog) == 1 {
			h.str(k.prog, prog[0])
		} else {
			h.strs(k.prog, prog...)
		}
		if k.script.Flags != 0 {
			h.u32s(k.flags, uint32(k.script.Flags))
		}
	}
	addTriggers(h, p.Scripts.Triggers, triggerTags{
		rpmtag.TriggerName, rpmtag.TriggerVersion, rpmtag.TriggerFlags, rpmtag.TriggerIndex,
		rpmtag.TriggerScripts, rpmtag.TriggerScriptProg, rpmtag.TriggerScriptFlags, 0,
	})
	addTriggers(h, p.Scripts.FileTriggers, triggerTags{
		rpmtag.FileTriggerName, rpmtag.FileTriggerVersion, rpmtag.FileTriggerFlags, rpmtag.FileTriggerIndex,
		rpmtag.FileTriggerScripts, rpmtag.FileTriggerScriptProg, rpmtag.FileTriggerScriptFlags, rpmtag.FileTriggerPriorities,
	})
	addTriggers(h, p.Scripts.TransFileTriggers, triggerTags{
		rpmtag.TransFileTriggerName, rpmtag.TransFileTriggerVersion, rpmtag.TransFileTriggerFlags, rpmtag.TransFileTriggerIndex,
		rpmtag.TransFileTriggerScripts, rpmtag.TransFileTriggerScriptProg, rpmtag.TransFileTriggerScriptFlags, rpmtag.TransFileTriggerPriorities,
	})
}

type triggerTags struct {
	name, version, flags, index, body, prog, scriptFlags, priority rpmtag.Tag
}

func addTriggers(h *headerWriter, list []rpmpkg.Trigger, t triggerTags) {
	var flags, priorities []uint32
	var bodies, progs []string
	for _, tr := range list {
		bodies, progs = append(bodies, tr.Body), append(progs, interpreter(&tr.Script)[0])
		flags, priorities = append(flags, uint32(tr.Flags)), append(priorities, or(tr.Priority, rpmpkg.DefaultPriority))
	}
	addConditions(h, list, t)
	h.strs(t.body, bodies...)
	h.strs(t.prog, progs...)
	h.u32s(t.scriptFlags, flags...)
	if t.priority != 0 {
		h.u32s(t.priority, priorities...)
	}
}

// addConditions adds what starts the triggers, sorted by name.
func addConditions(h *headerWriter, list []rpmpkg.Trigger, t triggerTags) {
	type condition struct {
		dep    rpmdep.Dep
		script uint32
	}
	var all []condition
	for i, tr := range list {
		for _, c := range tr.Conditions {
			c.Sense |= triggerSense[tr.Kind]
			all = append(all, condition{c, uint32(i)})
		}
	}
	slices.SortStableFunc(all, func(a, b condition) int { return strings.Compare(a.dep.Name, b.dep.Name) })
	var deps depList
	var index []uint32
	for _, c := range all {
		deps, index = append(deps, c.dep), append(index, c.script)
	}
	deps.write(h, t.name, t.version, t.flags)
	h.u32s(t.index, index...)
}

var triggerSense = map[rpmpkg.TriggerKind]rpmdep.Sense{
	rpmpkg.TriggerIn: rpmdep.SenseTriggerIn, rpmpkg.TriggerUn: rpmdep.SenseTriggerUn,
	rpmpkg.TriggerPostUn: rpmdep.SenseTrigPostUn, rpmpkg.TriggerPreIn: rpmdep.SenseTrigPreIn,
}

func (p *Package) hasLua() bool {
	for _, k := range p.scriptlets() {
		if k.script != nil && k.script.IsLua() {
			return true
		}
	}
	for _, list := range [][]rpmpkg.Trigger{p.Scripts.Triggers, p.Scripts.FileTriggers, p.Scripts.TransFileTriggers} {
		for i := range list {
			if list[i].IsLua() {
				return true
			}
		}
	}
	return false
}
