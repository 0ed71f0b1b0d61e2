package repodata

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Comps is the content of a comps file: package groups, the environments made of them, and categories.
type Comps struct {
	Groups       []Group
	Environments []Environment
	Categories   []Category
	LangPacks    []LangPack
}

// Group is a named set of packages.
type Group struct {
	ID, Name, Description string
	Names, Descriptions   map[string]string // by language
	Default, UserVisible  bool
	BiarchOnly            bool
	LangOnly              string
	DisplayOrder          int // 1024 unless given
	Packages              []GroupPackage
}

// GroupPackage is one line of a group's package list.
type GroupPackage struct {
	Name     string
	Type     string // "mandatory", "default", "optional" or "conditional"; "mandatory" unless given
	Requires string // of a conditional package: install it if this package is installed
	Arches   []string
	BaseArch bool
}

// Environment is a set of groups for a kind of machine.
type Environment struct {
	ID, Name, Description string
	DisplayOrder          int
	Groups                []string
	Options               []EnvironmentOption
}

// EnvironmentOption is a group that an environment offers.
type EnvironmentOption struct {
	Group   string
	Default bool
}

// Category is a set of groups for display.
type Category struct {
	ID, Name, Description string
	DisplayOrder          int
	Groups                []string
}

// LangPack gives the name pattern of language packages ("%s" stands for the language) for an installed package.
type LangPack struct{ Name, Install string }

// PackageNames gives the names of the group's packages of the given types, all types if none is given.
func (g *Group) PackageNames(types ...string) []string {
	var names []string
	for _, p := range g.Packages {
		if len(types) == 0 || slices.Contains(types, p.Type) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Group finds a group by id, or else by name.
func (c *Comps) Group(spec string) (*Group, bool) {
	for _, same := range []func(*Group) bool{
		func(g *Group) bool { return g.ID == spec },
		func(g *Group) bool { return strings.EqualFold(g.Name, spec) },
	} {
		for i := range c.Groups {
			if same(&c.Groups[i]) {
				return &c.Groups[i], true
			}
		}
	}
	return nil, false
}

type xmlText struct {
	Lang string `xml:"lang,attr"`
	Text string `xml:",chardata"`
}

type xmlTexts []xmlText

func (t xmlTexts) split() (plain string, byLang map[string]string) {
	for _, x := range t {
		text := strings.TrimSpace(x.Text)
		if x.Lang == "" {
			plain = text
			continue
		}
		if byLang == nil {
			byLang = map[string]string{}
		}
		byLang[x.Lang] = text
	}
	return plain, byLang
}

type xmlGroup struct {
	ID       string   `xml:"id"`
	Name     xmlTexts `xml:"name"`
	Desc     xmlTexts `xml:"description"`
	Default  string   `xml:"default"`
	Visible  string   `xml:"uservisible"`
	Biarch   string   `xml:"biarchonly"`
	LangOnly string   `xml:"langonly"`
	Order    *int     `xml:"display_order"`
	Packages []struct {
		Name     string `xml:",chardata"`
		Type     string `xml:"type,attr"`
		Requires string `xml:"requires,attr"`
		Arch     string `xml:"arch,attr"`
		BaseArch string `xml:"basearchonly,attr"`
	} `xml:"packagelist>packagereq"`
}

type xmlComps struct {
	XMLName xml.Name   `xml:"comps"`
	Groups  []xmlGroup `xml:"group"`
	Envs    []struct {
		ID      string   `xml:"id"`
		Name    xmlTexts `xml:"name"`
		Desc    xmlTexts `xml:"description"`
		Order   *int     `xml:"display_order"`
		Groups  []string `xml:"grouplist>groupid"`
		Options []struct {
			Group   string `xml:",chardata"`
			Default string `xml:"default,attr"`
		} `xml:"optionlist>groupid"`
	} `xml:"environment"`
	Categories []struct {
		ID     string   `xml:"id"`
		Name   xmlTexts `xml:"name"`
		Desc   xmlTexts `xml:"description"`
		Order  *int     `xml:"display_order"`
		Groups []string `xml:"grouplist>groupid"`
	} `xml:"category"`
	LangPacks []struct {
		Name    string `xml:"name,attr"`
		Install string `xml:"install,attr"`
	} `xml:"langpacks>match"`
}

// ParseComps reads a comps file (data type "group" or "group_gz", uncompressed).
func ParseComps(r io.Reader) (*Comps, error) {
	var x xmlComps
	if err := decodeDocument(r, &x); err != nil {
		return nil, fmt.Errorf("parse comps: %w", err)
	}
	c := &Comps{}
	for i := range x.Groups {
		c.Groups = append(c.Groups, x.Groups[i].group())
	}
	for _, e := range x.Envs {
		env := Environment{ID: strings.TrimSpace(e.ID), DisplayOrder: order(e.Order), Groups: trimAll(e.Groups)}
		env.Name, _ = e.Name.split()
		env.Description, _ = e.Desc.split()
		for _, o := range e.Options {
			env.Options = append(env.Options, EnvironmentOption{strings.TrimSpace(o.Group), isTrue(o.Default)})
		}
		c.Environments = append(c.Environments, env)
	}
	for _, k := range x.Categories {
		cat := Category{ID: strings.TrimSpace(k.ID), DisplayOrder: order(k.Order), Groups: trimAll(k.Groups)}
		cat.Name, _ = k.Name.split()
		cat.Description, _ = k.Desc.split()
		c.Categories = append(c.Categories, cat)
	}
	for _, l := range x.LangPacks {
		c.LangPacks = append(c.LangPacks, LangPack(l))
	}
	return c, nil
}

func (x *xmlGroup) group() Group {
	g := Group{ID: strings.TrimSpace(x.ID), DisplayOrder: order(x.Order), LangOnly: strings.TrimSpace(x.LangOnly),
		Default: isTrue(x.Default), UserVisible: x.Visible == "" || isTrue(x.Visible), BiarchOnly: isTrue(x.Biarch)}
	g.Name, g.Names = x.Name.split()
	g.Description, g.Descriptions = x.Desc.split()
	for _, p := range x.Packages {
		typ := p.Type
		if typ == "" {
			typ = "mandatory"
		}
		g.Packages = append(g.Packages, GroupPackage{Name: strings.TrimSpace(p.Name), Type: typ, Requires: p.Requires,
			Arches: strings.FieldsFunc(p.Arch, func(r rune) bool { return r == ',' || r == ' ' }), BaseArch: isTrue(p.BaseArch)})
	}
	return g
}

func order(n *int) int {
	if n == nil {
		return 1024
	}
	return *n
}

func isTrue(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return s == "true" || s == "1" || s == "yes"
}

func trimAll(list []string) []string {
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
