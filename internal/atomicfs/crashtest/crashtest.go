// Package crashtest tests that an operation survives a crash at any moment.
// Enumerate cuts the power at its 1st, 2nd, 3rd... durable step, Faults makes
// each step fail once; after each the caller's check must hold ("old or new,
// never mixed") and a second run must complete.
//
// A durable step is a call into internal/atomicfs (or atomicfs.CheckHook) with
// the context that the operation was given. Steps are taken to reach the disk
// in order, so it finds wrong orders of steps and missing clean-up, not missing
// syncs.
package crashtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"example.com/rpmostree/internal/atomicfs"
	"example.com/rpmostree/internal/dirfd"
)

// ErrPowerOff is what every step returns once the power is off.
var ErrPowerOff = errors.New("power off")

// Scenario is one operation under test. Op and Check are required.
type Scenario struct {
	// Setup fills the empty directory dir with the state before the operation.
	Setup func(t testing.TB, dir string)
	// CloneSetup runs Setup once and copies its result (cp -a) for every
	// round; for a costly Setup that stores no absolute paths.
	CloneSetup bool
	// Op is the operation. It must pass ctx on to internal/atomicfs; syncs are
	// steps, but do not wait for the disk.
	Op func(ctx context.Context, dir string) error
	// Check looks at dir after Op: as a fresh process would after a reboot
	// when died is set, otherwise after a complete run.
	Check func(t testing.TB, dir string, died bool)
	// Retry must complete on what a crash left; nil means Op.
	Retry func(ctx context.Context, dir string) error
	// Final looks at dir when Op or Retry has completed.
	Final func(t testing.TB, dir string)
	// MaxSteps stops an operation that never ends; <= 0 means 20000.
	MaxSteps int
	// Stride tests every n-th step only; <= 0 means 1.
	Stride int
}

// Enumerate cuts the power at each step in turn until the operation survives,
// and returns the number of steps it took.
func Enumerate(t testing.TB, s Scenario) int {
	t.Helper()
	return s.run(t, func(k int) *injector { return &injector{at: k, err: ErrPowerOff, forever: true} })
}

// Faults makes each step fail once, with each of errs. The operation may fail
// or cope; Check is told died if it returned an error.
func Faults(t testing.TB, s Scenario, errs ...error) {
	t.Helper()
	for _, err := range errs {
		s.run(t, func(k int) *injector { return &injector{at: k, err: err} })
	}
}

// injector fails the step number at (counted from 0), and all later ones if
// forever is set.
type injector struct {
	at      int
	err     error
	forever bool

	mu    sync.Mutex
	count int
	where string // the step that failed first
}

func (in *injector) hook(op atomicfs.Op, path string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	n := in.count
	in.count++
	if n == in.at {
		in.where = fmt.Sprintf("%s %s", op, path)
	}
	if n == in.at || in.forever && n > in.at {
		return &os.PathError{Op: string(op), Path: path, Err: in.err}
	}
	return nil
}

func (in *injector) fired() bool { return in.where != "" }

func (s *Scenario) run(t testing.TB, newInjector func(k int) *injector) int {
	t.Helper()
	limit, stride := s.MaxSteps, max(s.Stride, 1)
	if limit <= 0 {
		limit = 20000
	}
	root := t.TempDir()
	fresh := s.directories(t, root)
	for k := 0; ; k += stride {
		in := newInjector(k)
		dir := fresh(k)
		s.round(t, in, dir)
		removeAll(t, root, filepath.Base(dir))
		if !in.fired() {
			t.Logf("%d durable steps, one in %d failed with %q", in.count, stride, in.err)
			return in.count
		}
		if k > limit {
			t.Fatalf("operation takes more than %d durable steps", limit)
		}
	}
}

// directories returns a function that makes the directory for a round.
func (s *Scenario) directories(t testing.TB, root string) func(k int) string {
	setup := func(name string) string {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if s.Setup != nil {
			s.Setup(t, dir)
		}
		return dir
	}
	if !s.CloneSetup {
		return func(k int) string { return setup(fmt.Sprintf("round%d", k)) }
	}
	template := setup("template")
	t.Cleanup(func() { removeAll(t, root, "template") })
	return func(k int) string {
		dir := filepath.Join(root, fmt.Sprintf("round%d", k))
		if out, err := exec.Command("cp", "-a", "--reflink=auto", template, dir).CombinedOutput(); err != nil {
			t.Fatalf("copy set-up: %v\n%s", err, out)
		}
		return dir
	}
}

func (s *Scenario) round(t testing.TB, in *injector, dir string) {
	t.Helper()
	ctx := atomicfs.WithoutSync(t.Context())
	err := s.Op(atomicfs.WithHook(ctx, in.hook), dir)
	st := &stepTB{TB: t, where: in.where, n: in.at, cause: in.err}
	if !in.fired() {
		if err != nil {
			t.Fatalf("operation fails without a fault: %v", err)
		}
		s.Check(t, dir, false)
		s.final(t, dir)
		return
	}
	s.Check(st, dir, in.forever || err != nil)
	retry := s.Retry
	if retry == nil {
		retry = s.Op
	}
	if err := retry(ctx, dir); err != nil {
		st.Fatalf("second run: %v", err)
	}
	s.final(st, dir)
}

func (s *Scenario) final(t testing.TB, dir string) {
	if s.Final != nil {
		s.Final(t, dir)
	}
}

func removeAll(t testing.TB, root, name string) {
	d, err := dirfd.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := atomicfs.RemoveAll(context.Background(), d, name); err != nil {
		t.Fatal(err)
	}
}

// stepTB prefixes failures with the step at which the fault happened.
type stepTB struct {
	testing.TB
	where string
	n     int
	cause error
}

func (s *stepTB) prefix() string { return fmt.Sprintf("%v at step %d (%s): ", s.cause, s.n, s.where) }

func (s *stepTB) Errorf(format string, args ...any) {
	s.TB.Helper()
	s.TB.Errorf("%s%s", s.prefix(), fmt.Sprintf(format, args...))
}

func (s *stepTB) Fatalf(format string, args ...any) {
	s.TB.Helper()
	s.TB.Fatalf("%s%s", s.prefix(), fmt.Sprintf(format, args...))
}

func (s *stepTB) Error(args ...any) {
	s.TB.Helper()
	s.TB.Error(append([]any{s.prefix()}, args...)...)
}

func (s *stepTB) Fatal(args ...any) {
	s.TB.Helper()
	s.TB.Fatal(append([]any{s.prefix()}, args...)...)
}
