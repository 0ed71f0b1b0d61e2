package sysroot

// MarkYoung makes s what it is if it was read within one tick of the clock after the last change.
func (s *Sysroot) MarkYoung() { s.young = true }
