package interop

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/delta"
	"github.com/stretchr/testify/require"
)

// deltaOptions are the options of static-delta generate, each alone and some together, in megabytes where they are sizes.
var deltaOptions = []struct {
	args      string
	big       bool // byte order of sizes
	inline    bool
	fallbacks int // huge.bin has 5 MB, and nothing in common with anything
	patches   bool
}{
	{"", false, false, 1, true},
	{"--min-fallback-size=0", false, false, 0, true},
	{"--min-fallback-size=1", false, false, 1, true},
	{"--min-fallback-size=6", false, false, 0, true},
	{"--max-bsdiff-size=0", false, false, 1, false},
	{"--max-bsdiff-size=1", false, false, 1, true},
	{"--disable-bsdiff", false, false, 1, false},
	{"--max-chunk-size=1 --min-fallback-size=0", false, false, 0, true},
	{"--max-chunk-size=64", false, false, 1, true},
	{"--inline", false, true, 1, true},
	{"--inline --max-chunk-size=1 --min-fallback-size=0", false, true, 0, true},
	{"--swap-endianness", true, false, 1, true},
	{"--set-endianness=l", false, false, 1, true},
	{"--set-endianness=B", true, false, 1, true},
	{"--set-endianness=B --inline --disable-bsdiff --min-fallback-size=0", true, true, 0, false},
	{"--empty", false, false, 1, false},
	{"--empty --min-fallback-size=0 --max-chunk-size=1", false, false, 0, false},
	{"--empty --inline --set-endianness=B --min-fallback-size=0", true, true, 0, false},
}

// TestDeltaOptions: what either command makes with any option has what the option asks for, and the other one pulls with it
// over HTTP and applies it offline, as far as it has no fallbacks. So does ours with its own.
func TestDeltaOptions(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	commands := map[string]string{"ostree": "ostree", "ours": ourCommand(t)}
	for by, generator := range commands {
		for _, tc := range deltaOptions {
			t.Run(by+" "+tc.args, func(t *testing.T) {
				args := strings.Fields(tc.args)
				name := w.name(t)
				have := []string{w.from}
				if strings.Contains(tc.args, "--empty") {
					name, have = delta.Name{To: name.To}, nil
				} else {
					args = append(args, "--from="+w.from)
				}
				// A copy, so that the repository has this delta only.
				repo := filepath.Join(t.TempDir(), "repo")
				testenv.Run(t, "", "cp", "-a", w.repo, repo)
				testenv.Run(t, "", append([]string{generator, "static-delta", "generate", "--repo=" + repo, "--to=" + w.to}, args...)...)
				testenv.Run(t, "", "ostree", "summary", "--repo="+repo, "-u")
				d, err := delta.Open(openRepo(t, repo), name)
				require.NoError(t, err)
				require.Len(t, d.Superblock.Fallbacks, tc.fallbacks)
				require.Equal(t, tc.inline, d.Inline(0))
				require.Equal(t, strings.Contains(tc.args, "--max-chunk-size=1"), len(d.Superblock.Parts) > 2)
				require.Equal(t, tc.big, d.Superblock.BigEndian)
				patches := 0
				for i := range d.Superblock.Parts {
					p, err := d.Inspect(t.Context(), openRepo(t, repo), i)
					require.NoError(t, err)
					patches += p.Patch
				}
				require.Equal(t, tc.patches, patches > 0)
				s := serveLogged(t, repo)
				for applier, bin := range commands {
					if by == "ostree" && applier == by {
						continue
					}
					clone := w.clone(t, "bare-user", have...)
					testenv.Run(t, "", "ostree", "remote", "add", "--repo="+clone, "--no-gpg-verify", "origin", s.URL)
					testenv.Run(t, "", bin, "pull", "--repo="+clone, "--require-static-deltas", "origin", "x")
					requireCommit(t, clone, w.to)
					if tc.fallbacks > 0 {
						continue
					}
					clone = w.clone(t, "bare-user", have...)
					testenv.Run(t, "", bin, "static-delta", "apply-offline", "--repo="+clone, filepath.Join(repo, name.Dir()))
					requireCommit(t, clone, w.to)
				}
			})
		}
	}
}
