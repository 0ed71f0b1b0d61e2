package rpmdep

// Sense is the flag word of a dependency as package headers store it: the
// comparison and the reason for the dependency.
type Sense uint32

// The bits of a Sense. The format defines more; all are kept.
const (
	SenseLess       Sense = 1 << 1
	SenseGreater    Sense = 1 << 2
	SenseEqual      Sense = 1 << 3
	SensePostTrans  Sense = 1 << 5
	SensePrereq     Sense = 1 << 6
	SensePreTrans   Sense = 1 << 7
	SenseInterp     Sense = 1 << 8
	SensePre        Sense = 1 << 9
	SensePost       Sense = 1 << 10
	SensePreUn      Sense = 1 << 11
	SensePostUn     Sense = 1 << 12
	SenseVerify     Sense = 1 << 13
	SenseFindReq    Sense = 1 << 14 // generated from the files
	SenseFindProv   Sense = 1 << 15
	SenseTriggerIn  Sense = 1 << 16
	SenseTriggerUn  Sense = 1 << 17
	SenseTrigPostUn Sense = 1 << 18
	SenseMissingOK  Sense = 1 << 19
	SensePreUnTrans Sense = 1 << 20
	SensePostUnTran Sense = 1 << 21
	SenseRpmlib     Sense = 1 << 24
	SenseTrigPreIn  Sense = 1 << 25
	SenseConfig     Sense = 1 << 28
	SenseMeta       Sense = 1 << 29

	senseMask = SenseLess | SenseGreater | SenseEqual
	// preMask: needed before the scriptlets of an installation run; this is what
	// repository metadata calls "pre".
	preMask = SensePrereq | SensePre | SensePost
)

// Op returns the comparison alone: a combination of SenseLess, SenseGreater and
// SenseEqual, or 0.
func (s Sense) Op() Sense { return s & senseMask }

// String returns the comparison as text ("<", ">=", ...), "" if there is none.
func (s Sense) String() string {
	var t string
	if s&SenseLess != 0 {
		t += "<"
	}
	if s&SenseGreater != 0 {
		t += ">"
	}
	if s&SenseEqual != 0 {
		t += "="
	}
	return t
}

// ParseOp reads a comparison: < <= =< = == >= => >.
func ParseOp(op string) (Sense, bool) {
	switch op {
	case "<":
		return SenseLess, true
	case "<=", "=<":
		return SenseLess | SenseEqual, true
	case "=", "==":
		return SenseEqual, true
	case ">=", "=>":
		return SenseGreater | SenseEqual, true
	case ">":
		return SenseGreater, true
	}
	return 0, false
}
