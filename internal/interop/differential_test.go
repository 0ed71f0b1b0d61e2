package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
)

// TestRandomSessionsAreThoseOfTheRealCommand makes random trees and runs random commands on them, in three worlds:
// one is the real command's, one is ours, and in one they take turns on the same repositories. After each command the
// output, the exit status and all that is on disk must be the same. Every seed is another session.
//
// Where the real command (2022.7) is left alone on purpose, the sessions keep away from it or masks hide it:
//   - it sorts neither extended attributes of tar archives nor keeps decomposed letters in their names and links;
//     export leaves attributes out;
//   - where an archive lacks a directory, it gives this and all above it, also those with an entry, to the owner of the
//     last entry that needed it; a skip-list leaves out directories of archives without what is in them;
//   - --statoverride adds no bits to directories; equal keys of metadata are stored twice;
//   - --generate-sizes lists only what this commit wrote, with the sizes that zlib makes;
//   - pull-local and create-usb go by the source's summary even if it is old, and make refs of shortened checksums; a
//     local ref is not made if some remote has one of that name with the same commit;
//   - fsck --add-tombstones deletes the commits whose parents are missing, and leaves the tombstones for them;
//   - fsck --verify-back-refs does not imply --verify-bindings, though its help says so;
//   - refs --delete REMOTE: fails; create-usb makes an absolute --destination-repo outside of the volume before it refuses it;
//   - commit takes user.ostreemeta of hardlinked objects for an attribute of the file;
//   - prune --keep-younger-than and the like delete what refs of collections are for;
//   - pull --bareuseronly-files does not look at files that are there;
//   - diff --stats takes checksums of missing commits for those of commits without objects;
//   - of several refs with one commit only one is compared with what the commit is bound to;
//   - checkout --union leaves equal files and symbolic links alone, whoever they belong to, that ours replace; in user mode it copies files their owner cannot read;
//     it does not put directories in the place of files with --whiteouts;
//   - --consume keeps times, owners (in bare-user-only mode) and empty attributes of the files it takes;
//   - a ref whose name is the start of a checksum means that commit;
//   - static-delta show fails for deltas in files whose parts are not in the repository;
//   - what a failing command has written so far, and which of several errors it reports, differs.
//
// RPMOSTREE_DIFFERENTIAL=FIRST-LAST runs these seeds instead of the few that time allows here.
func TestRandomSessionsAreThoseOfTheRealCommand(t *testing.T) {
	t.Parallel() // waits for disks and processes
	testenv.NeedTool(t, "ostree")
	testenv.NeedRoot(t)
	testenv.NeedUserXattrs(t, t.TempDir())
	ours := ourCommand(t)
	first, last := uint64(2), uint64(6)
	if seeds := os.Getenv("RPMOSTREE_DIFFERENTIAL"); seeds != "" {
		from, to, _ := strings.Cut(seeds+"-"+seeds, "-")
		to, _, _ = strings.Cut(to, "-")
		var err error
		first, err = strconv.ParseUint(from, 10, 64)
		require.NoError(t, err)
		last, err = strconv.ParseUint(to, 10, 64)
		require.NoError(t, err)
	}
	for seed := first; seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { newSession(t, seed, ours).run() })
	}
}

// world is a directory in which commands run.
type world struct {
	dir, url string
	state    *state
	commands func() string // which command does the next step
}

// session is one seed's steps in all worlds.
type session struct {
	t      *testing.T
	r      *rand.Rand
	seed   uint64
	worlds []*world // the real command's first
	plan   *plan
	log    []string
}

const steps = 40

func newSession(t *testing.T, seed uint64, ours string) *session {
	s := &session{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 1))}
	turns := rand.New(rand.NewPCG(seed, 2))
	for _, commands := range []func() string{
		func() string { return "ostree" },
		func() string { return ours },
		func() string { return []string{"ostree", ours}[turns.IntN(2)] },
	} {
		dir := t.TempDir()
		server := httptest.NewServer(http.FileServer(http.Dir(dir)))
		t.Cleanup(server.Close)
		s.worlds = append(s.worlds, &world{dir: dir, url: server.URL, commands: commands, state: &state{dir: dir, start: time.Now().Add(-time.Second), known: map[inode]string{}}})
	}
	s.plan = newPlan(s.r, s.worlds[0].dir)
	return s
}

func (s *session) run() {
	for range steps {
		st := s.plan.next()
		s.log = append(s.log, st.String())
		if !s.step(st) {
			return // the worlds are different now, and what follows would be, too
		}
	}
}

// step does one step in all worlds and reports whether they are still the same.
func (s *session) step(st *step) bool {
	var want result
	same, said := true, false
	for i, w := range s.worlds {
		command := w.commands()
		got := w.do(s.t, st, command)
		if i == 0 {
			if want = got; want.code < 0 {
				return false // the real command has crashed: some assertions of it fail
			}
			continue
		}
		who := "ours"
		if i == 2 {
			who = "mixed, by " + filepath.Base(filepath.Dir(command)) + "/ostree"
		}
		if diff := otherLines(want.text(st), got.text(st)); diff != "" && (i == 1 || !said) {
			s.report(st, who, "output", diff)
			said = true
		}
		if lines := differing(want.state, got.state); len(lines) > 0 {
			same = false
			failed := want.code != 0 && got.code != 0 && partial(want.state, got.state)
			if slices.Contains(st.argv, "--union") && linked(want.state, got.state) {
				continue
			}
			if !failed && !(slices.Contains(st.argv, "--consume") && consumed(want.state, got.state)) {
				s.report(st, who, "state", strings.Join(lines, "\n"))
			}
		}
	}
	return same
}

func (s *session) report(st *step, who, what, diff string) {
	s.t.Helper()
	history := ""
	if os.Getenv("RPMOSTREE_DIFFERENTIAL") != "" {
		history = "\nafter\n  " + strings.Join(s.log, "\n  ")
	}
	s.t.Errorf("seed %d, %s: other %s\n$ %s\n%s%s", s.seed, who, what, st, clip(diff), history)
}

// otherLines shows the lines that only one of two texts has, or all where only their order differs.
func otherLines(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	without := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(line string) bool { return slices.Contains(other, line) })
	}
	if x, y := without(a, b), without(b, a); len(x)+len(y) > 0 {
		a, b = x, y
	}
	return "- " + strings.Join(a, "\n- ") + "\n+ " + strings.Join(b, "\n+ ")
}

func clip(s string) string { return s[:min(len(s), 4000)] }

// result is what a step did.
type result struct {
	code     int
	out, err string
	state    map[string]string
}

func (r *result) text(st *step) string {
	return fmt.Sprintf("exit status %d\n--- stdout\n%s\n--- stderr\n%s", r.code, st.stable(r.out), st.stable(r.err))
}

// do makes the files of a step and runs its command.
func (w *world) do(t *testing.T, st *step, command string) (r result) {
	t.Helper()
	require.NoError(t, st.prepare(w.dir))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	argv := make([]string, len(st.argv))
	for i, a := range st.argv {
		argv[i] = strings.NewReplacer("@URL", w.url, "@DIR", w.dir).Replace(a)
	}
	cmd := exec.CommandContext(ctx, command, argv...)
	cmd.Dir, cmd.Stdin = w.dir, strings.NewReader(st.stdin)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "LC_ALL=C.UTF-8", "TZ=UTC", "OSTREE_DUMMY_SIGN_ENABLED=1"}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	r.code = cmd.ProcessState.ExitCode()
	local := strings.NewReplacer(w.dir, "@DIR", w.url, "@URL", strings.TrimPrefix(w.dir, "/"), "@DIR", strings.TrimPrefix(w.url, "http://"), "@URL")
	r.out, r.err = local.Replace(out.String()), local.Replace(errOut.String())
	require.NoError(t, sweep(w.dir))
	r.state, err = w.state.take(w.dir)
	require.NoError(t, err)
	return r
}
