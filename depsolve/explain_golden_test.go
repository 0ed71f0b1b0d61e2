package depsolve_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve"
)

var update = flag.Bool("update", false, "rewrite the texts in testdata/explain")

// situation is a failing request, read from a file in testdata/explain:
//
//	base NEVRA, updates NEVRA   a package, its facts on indented lines
//	exclude NEVRA               exclude it
//	unlocked                    the base is not locked
//	best                        installs insist on the best version
//	install, install-package, erase, keep, update-best SPEC
//	culprit TEXT                what the explanation has to name, decided by hand
//	---                         then the explanation
type situation struct {
	pool     *depsolve.Pool
	jobs     []depsolve.Job
	culprits []string
	text     string
}

func readSituation(t *testing.T, file string) *situation {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	head, text, ok := strings.Cut(string(data), "---\n")
	require.True(t, ok, "%s: no ---", file)
	pool, system, repo := base(t)
	s := &situation{pool: pool, text: text}
	locked, best := true, false
	var after [][2]string
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		word, arg, _ := strings.Cut(lines[i], " ")
		switch word {
		case "base", "updates":
			var facts []string
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
				i++
				facts = append(facts, strings.TrimSpace(lines[i]))
			}
			map[string]*depsolve.Repo{"base": system, "updates": repo}[word].Add(pkg(t, arg, facts...))
		case "unlocked":
			locked = false
		case "best":
			best = true
		case "culprit":
			s.culprits = append(s.culprits, arg)
		default:
			after = append(after, [2]string{word, arg})
		}
	}
	for _, id := range system.Packages() {
		if locked {
			s.jobs = append(s.jobs, depsolve.Job{Action: depsolve.Lock, Select: depsolve.SelectPackage(id)})
		}
	}
	for _, a := range after {
		s.order(t, a[0], a[1], best)
	}
	return s
}

// order adds the job of one line.
func (s *situation) order(t *testing.T, word, arg string, best bool) {
	t.Helper()
	job := depsolve.Job{Select: s.pool.Match(arg)}
	switch word {
	case "exclude":
		s.pool.Exclude(s.named(t, arg))
		return
	case "install":
		job.Action, job.ForceBest = depsolve.Install, best
	case "install-package":
		job.Action, job.Select = depsolve.Install, depsolve.SelectPackage(s.named(t, arg))
	case "erase":
		job.Action = depsolve.Erase
	case "keep":
		job.Action = depsolve.Lock
	case "update-best":
		job.Action, job.ForceBest = depsolve.Update, true
	default:
		t.Fatalf("unknown line %q", word)
	}
	s.jobs = append(s.jobs, job)
}

func (s *situation) named(t *testing.T, nevra string) depsolve.PkgID {
	t.Helper()
	for id := range s.pool.All() {
		if s.pool.PkgString(id) == nevra {
			return id
		}
	}
	t.Fatalf("no package %s", nevra)
	return 0
}

// TestExplanations compares the texts for failing requests with those in
// testdata/explain and checks that each names its culprit. -update rewrites
// them; the culprits stay.
func TestExplanations(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 30)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			s := readSituation(t, file)
			_, err := s.pool.Solve(context.Background(), s.jobs, &depsolve.Options{KeepOrphans: true, BestObeyPolicy: true, YumObsoletes: true})
			var unsolvable *depsolve.UnsolvableError
			require.ErrorAs(t, err, &unsolvable)
			var b strings.Builder
			for _, p := range unsolvable.Problems {
				b.WriteString(p.Text + "\n")
				sols, err := p.Solutions(context.Background())
				require.NoError(t, err)
				for _, sol := range sols {
					var texts []string
					for _, e := range sol.Elements {
						texts = append(texts, e.Text)
					}
					b.WriteString("would help: " + strings.Join(texts, " and ") + "\n")
				}
			}
			require.NotEmpty(t, s.culprits)
			problems, _, _ := strings.Cut(b.String(), "would help: ")
			if len(unsolvable.Problems) > 1 {
				problems = b.String()
			}
			for _, c := range s.culprits {
				require.Contains(t, problems, c, "does not name the culprit")
			}
			if *update {
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				head, _, _ := strings.Cut(string(data), "---\n")
				require.NoError(t, os.WriteFile(file, []byte(head+"---\n"+b.String()), 0o644))
				return
			}
			require.Empty(t, cmp.Diff(s.text, b.String()))
		})
	}
}
