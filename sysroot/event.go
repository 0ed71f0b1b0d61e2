package sysroot

import (
	"fmt"

	"example.com/rpmostree/bootloader"
	"example.com/rpmostree/sysroot/etcmerge"
)

// Event tells about a main step; exactly one field is set.
type Event struct {
	// Merge is the merge of /etc that is about to be carried out.
	Merge *etcmerge.Plan
	// Swap is a switch of the boot configuration that has happened.
	Swap *SwapReport
}

// String is the line that `ostree admin` prints.
func (e Event) String() string {
	switch {
	case e.Merge != nil:
		m, r, a := e.Merge.Counts()
		return fmt.Sprintf("Copying /etc changes: %d modified, %d removed, %d added", m, r, a)
	case e.Swap != nil:
		return e.Swap.String()
	}
	return ""
}

// SwapReport describes a switch of the boot configuration.
type SwapReport struct {
	// Full is true if boot/loader was switched, false if only the bootlinks.
	Full bool
	// State is the new state.
	State bootloader.State
	// Change is the difference in the number of deployments.
	Change int
	// Loader is the boot loader backend's name.
	Loader string
}

// String is the line that `ostree admin` prints.
func (r SwapReport) String() string {
	what, full := "Transaction complete", "no"
	if r.Loader == "none" {
		what = "Bootloader updated"
	}
	if r.Full {
		full = "yes"
	}
	return fmt.Sprintf("%s; bootconfig swap: %s; bootversion: %s, deployment count change: %d", what, full, r.State.LinkDir(), r.Change)
}

func (s *Sysroot) notify(e Event) {
	s.log.Info(e.String(), "sysroot", s.path)
	if s.opts.Notify != nil {
		s.opts.Notify(e)
	}
}
