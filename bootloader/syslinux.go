package bootloader

import (
	"fmt"
	"slices"
	"strings"

	"example.com/rpmostree/bootloader/bls"
)

const syslinuxConfig = "syslinux.cfg"

// syslinux renders boot/loader/syslinux.cfg. The file is shared with the
// administrator: everything but the blocks of our own kernels is kept.
type syslinux struct{}

// Syslinux returns the backend for SYSLINUX and EXTLINUX, for roots where
// boot/syslinux/syslinux.cfg leads to boot/loader/syslinux.cfg.
//
// Kept from the current file: all lines outside of LABEL blocks and all blocks
// whose kernel is not below /ostree/ or /boot/ostree/. A DEFAULT line stays
// too unless it names one of our blocks; without one our first block becomes
// the default. Runs of blank lines shrink to one.
func Syslinux() Backend { return syslinux{} }

func (syslinux) Name() string { return "syslinux" }

func (syslinux) Render(in RenderInput) ([]File, error) {
	lines, hasDefault := keepForeign(splitLines(string(in.Current[syslinuxConfig])))
	if !hasDefault && len(in.Entries) > 0 {
		lines = append(lines, "DEFAULT "+in.Entries[0].Title)
	}
	for _, e := range in.Entries {
		block, err := syslinuxBlock(e)
		if err != nil {
			return nil, err
		}
		lines = append(lines, block...)
	}
	return []File{{syslinuxConfig, []byte(strings.Join(lines, "\n") + "\n")}}, nil
}

func syslinuxBlock(e *bls.Entry) ([]string, error) {
	if e.Title == "" || e.Linux == "" {
		return nil, fmt.Errorf("syslinux: entry %q: needs a title and a kernel", e.Title)
	}
	e = mapPaths(e, inRoot)
	block := []string{"LABEL " + e.Title, "\tKERNEL " + e.Linux}
	if len(e.Initrd) > 0 {
		block = append(block, "\tINITRD "+strings.Join(e.Initrd, ","))
	}
	if e.DeviceTree != "" {
		block = append(block, "\tDEVICETREE "+e.DeviceTree)
	}
	if e.DeviceTreeDir != "" {
		block = append(block, "\tFDTDIR "+e.DeviceTreeDir)
	}
	if e.Options != "" {
		block = append(block, "\tAPPEND "+e.Options)
	}
	for _, l := range block {
		if strings.ContainsAny(l, "\r\n\x00") {
			return nil, fmt.Errorf("syslinux: entry %q: line break or NUL in %q", e.Title, l)
		}
	}
	return block, nil
}

// inRoot turns a path on the boot partition into one that works whether or not
// boot is a partition of its own (boot/boot is a link to ".").
func inRoot(p string) string { return "/boot/" + strings.TrimPrefix(p, "/") }

func splitLines(text string) []string {
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

// keepForeign drops what this backend wrote before. Blank lines at the end of
// a block are part of it and dropped with it.
func keepForeign(lines []string) (kept []string, hasDefault bool) {
	for i := 0; i < len(lines); {
		keyword, rest := syslinuxKeyword(lines[i])
		switch {
		case keyword == "LABEL":
			end := blockEnd(lines, i+1)
			if block := lines[i:end]; !ownBlock(block) {
				kept = append(kept, withoutBlank(block)...)
			}
			i = end
			continue
		case keyword == "DEFAULT" && strings.Contains(rest, "(ostree"):
		case lines[i] == "" && (len(kept) == 0 || kept[len(kept)-1] == ""):
			if len(kept) == 0 && len(lines) > 1 {
				kept = append(kept, "")
			}
		default:
			hasDefault = hasDefault || keyword == "DEFAULT"
			kept = append(kept, lines[i])
		}
		i++
	}
	for len(kept) > 0 && kept[len(kept)-1] == "" {
		kept = kept[:len(kept)-1]
	}
	return kept, hasDefault
}

// syslinuxKeyword splits a line at its first white space; keywords are not
// case-sensitive.
func syslinuxKeyword(line string) (keyword, rest string) {
	line = strings.TrimSpace(line)
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return strings.ToUpper(line[:i]), strings.TrimSpace(line[i:])
	}
	return strings.ToUpper(line), ""
}

// blockKeywords may stand unindented and still belong to the LABEL above.
var blockKeywords = []string{"KERNEL", "LINUX", "BOOT", "BSS", "PXE", "FDIMAGE", "COM32", "CONFIG",
	"APPEND", "INITRD", "DEVICETREE", "FDT", "FDTDIR", "IPAPPEND", "SYSAPPEND", "LOCALBOOT", "TEXT", "ENDTEXT"}

func blockEnd(lines []string, i int) int {
	for i < len(lines) {
		line := lines[i]
		keyword, _ := syslinuxKeyword(line)
		indented := line != "" && (line[0] == ' ' || line[0] == '\t')
		if keyword == "LABEL" || line != "" && !indented && !slices.Contains(blockKeywords, keyword) {
			break
		}
		i++
	}
	return i
}

// ownBlock reports whether the kernel of a block is one of ours.
func ownBlock(block []string) bool {
	for _, line := range block[1:] {
		keyword, path := syslinuxKeyword(line)
		if keyword == "KERNEL" || keyword == "LINUX" {
			return strings.HasPrefix(path, "/ostree/") || strings.HasPrefix(path, "/boot/ostree/")
		}
	}
	return false
}

func withoutBlank(block []string) []string {
	return slices.DeleteFunc(slices.Clone(block), func(l string) bool { return l == "" })
}
