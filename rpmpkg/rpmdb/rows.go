package rpmdb

import (
	"encoding/binary"
	"fmt"
	"strings"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

func arrayRows(h *rpmpkg.Header, t *table) ([]row, error) {
	list := h.Strings(t.tag)
	rows := make([]row, len(list))
	for i, s := range list {
		rows[i] = row{s, uint32(i)}
	}
	return rows, nil
}

func firstRow(h *rpmpkg.Header, t *table) ([]row, error) {
	rows, err := arrayRows(h, t)
	return rows[:min(1, len(rows))], err
}

func groupRow(h *rpmpkg.Header, t *table) ([]row, error) {
	rows, err := firstRow(h, t)
	if err == nil && len(rows) == 0 {
		rows = []row{{"Unknown", 0}}
	}
	return rows, err
}

// uniqueRows keeps the first of equal keys: a package with several triggers on one name is found once.
func uniqueRows(h *rpmpkg.Header, t *table) ([]row, error) {
	all, err := arrayRows(h, t)
	seen := map[string]bool{}
	rows := all[:0]
	for _, r := range all {
		if !seen[r.key] {
			seen[r.key] = true
			rows = append(rows, r)
		}
	}
	return rows, err
}

// tidRow has the transaction number in the byte order of the host, which for rpm databases in use is little endian.
func tidRow(h *rpmpkg.Header, t *table) ([]row, error) {
	tid, ok := h.Uint32(t.tag)
	if !ok {
		return nil, nil
	}
	return []row{{string(binary.NativeEndian.AppendUint32(nil, tid)), 0}}, nil
}

func bytesRow(h *rpmpkg.Header, t *table) ([]row, error) {
	b := h.Bytes(t.tag)
	if len(b) == 0 {
		return nil, nil
	}
	return []row{{string(b), 0}}, nil
}

// triggerRows has the number of the trigger script as position.
func triggerRows(index rpmtag.Tag) func(h *rpmpkg.Header, t *table) ([]row, error) {
	return func(h *rpmpkg.Header, t *table) ([]row, error) {
		rows, err := arrayRows(h, t)
		if err != nil {
			return nil, err
		}
		numbers := h.Uint32s(index)
		if len(numbers) != len(rows) {
			return nil, fmt.Errorf("header: %d trigger names with %d numbers", len(rows), len(numbers))
		}
		for i := range rows {
			rows[i].idx = numbers[i]
		}
		return rows, nil
	}
}

const (
	installOnly = rpmdep.SensePre | rpmdep.SensePost | rpmdep.SenseRpmlib | senseKeyring | rpmdep.SensePreTrans | rpmdep.SensePostTrans
	eraseOnly   = rpmdep.SensePreUn | rpmdep.SensePostUn | rpmdep.SensePreUnTrans | rpmdep.SensePostUnTran
	// senseKeyring marks a dependency on a public key.
	senseKeyring rpmdep.Sense = 1 << 26
)

// depRows has, behind the row of a rich dependency, one for each name in it. Requirements that only matter while the
// package is being installed are not indexed.
func depRows(h *rpmpkg.Header, t *table) ([]row, error) {
	var flags []uint32
	if t.tag == rpmtag.RequireName {
		flags = h.Uint32s(rpmtag.RequireFlags)
	}
	var rows []row
	for i, name := range h.Strings(t.tag) {
		if i < len(flags) {
			f := rpmdep.Sense(flags[i])
			if f&installOnly != 0 && f&(eraseOnly|rpmdep.SenseMeta) == 0 {
				continue
			}
		}
		rows = append(rows, row{name, uint32(i)})
		if !strings.HasPrefix(name, "(") {
			continue
		}
		operands, err := richKeys(name)
		if err != nil {
			return nil, err
		}
		for _, key := range operands {
			rows = append(rows, row{key, uint32(i)})
		}
	}
	return rows, nil
}
