package scripts

import (
	"fmt"

	"example.com/rpmostree/rpmpkg"
)

// FromHeader takes from a package header what planning needs. update tells
// that the package replaces another version of itself.
func FromHeader(h *rpmpkg.Header, update bool) (Package, error) {
	nevra, err := h.NEVRA()
	if err != nil {
		return Package{}, fmt.Errorf("scripts: %w", err)
	}
	all, err := h.Scripts()
	if err != nil {
		return Package{}, fmt.Errorf("scripts of %s: %w", nevra, err)
	}
	files, err := h.Paths()
	if err != nil {
		return Package{}, fmt.Errorf("scripts of %s: %w", nevra, err)
	}
	p := Package{Name: nevra.Name, Update: update, Files: files}
	for _, s := range []struct {
		section Section
		script  *rpmpkg.Script
	}{
		{"pretrans", all.PreTrans},
		{Pre, all.Pre},
		{Post, all.Post},
		{PostTrans, all.PostTrans},
		{"preun", all.PreUn},
		{"postun", all.PostUn},
		{"preuntrans", all.PreUnTrans},
		{"postuntrans", all.PostUnTrans},
		{"verifyscript", all.Verify},
	} {
		if s.script != nil {
			p.Scripts = append(p.Scripts, fromScript(s.section, s.script))
		}
	}
	p.addTriggers("trigger", all.Triggers)
	p.addTriggers("filetrigger", all.FileTriggers)
	p.addTriggers("transfiletrigger", all.TransFileTriggers)
	return p, nil
}

func fromScript(section Section, s *rpmpkg.Script) Script {
	return Script{
		Section: section, Interpreter: s.Interpreter, Body: s.Body,
		Expand:      s.Flags&rpmpkg.ScriptExpand != 0,
		QueryFormat: s.Flags&rpmpkg.ScriptQueryFormat != 0,
	}
}

func (p *Package) addTriggers(kind string, triggers []rpmpkg.Trigger) {
	suffix := map[rpmpkg.TriggerKind]string{
		rpmpkg.TriggerIn: "in", rpmpkg.TriggerUn: "un", rpmpkg.TriggerPostUn: "postun", rpmpkg.TriggerPreIn: "prein",
	}
	for i := range triggers {
		t := &triggers[i]
		s := fromScript(Section(kind+suffix[t.Kind]), &t.Script)
		s.Priority = t.Priority
		for _, c := range t.Conditions {
			s.Prefixes = append(s.Prefixes, c.Name)
		}
		p.Scripts = append(p.Scripts, s)
	}
}
