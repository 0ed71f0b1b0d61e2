package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/rpmostree/internal/testenv"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDeltaCommandsSayTheSame: our command prints what the real one does about the same deltas, good and bad.
func TestDeltaCommandsSayTheSame(t *testing.T) {
	w := newDeltaWorld(t)
	ours := ourCommand(t)
	t.Setenv("OSTREE_DUMMY_SIGN_ENABLED", "1") // the one kind of signature that every build can check
	file, signed, empty := filepath.Join(w.dir, "file.delta"), filepath.Join(w.dir, "signed.delta"), filepath.Join(w.dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o755))
	generate := func(args ...string) {
		testenv.Run(t, "", append([]string{"ostree", "static-delta", "generate", "--repo=" + w.repo, "--from=" + w.from, "--to=" + w.to}, args...)...)
	}
	generate()
	generate("--inline", "--min-fallback-size=0", "--filename="+file)
	generate("--inline", "--min-fallback-size=0", "--filename="+signed, "--sign-type=dummy", "--sign=k1")
	missing, name := filepath.Join(w.dir, "missing"), w.from+"-"+w.to
	for _, line := range []string{
		"list",
		"indexes",
		"show " + name,
		"show " + w.to,
		"show nosuch",
		"show",
		"delete",
		"delete nosuch",
		"delete " + w.to,
		"reindex --to=nosuch",
		"generate",
		"generate nosuch",
		"generate --from=nosuch " + w.to,
		"generate --empty --from=" + w.from + " " + w.to,
		"generate --set-endianness=x " + w.to,
		"generate -n --from=" + w.from + " " + w.to,
		"verify",
		"verify --sign-type=nosuch " + file,
		"verify --sign-type=dummy nosuch k1",
		"verify --sign-type=dummy " + name + " k1",
		"verify --sign-type=dummy " + w.to + " k1",
		"verify --sign-type=dummy " + file + " k1",
		"verify --sign-type=dummy " + signed + " k1",
		"verify --sign-type=dummy " + signed + " k2",
		"apply-offline",
		"apply-offline " + file,
		"apply-offline " + file + " key",
		"apply-offline " + missing,
		"apply-offline " + empty,
		"apply-offline --sign-type=dummy " + signed + " k1",
		"apply-offline --sign-type=dummy " + signed + " k2",
	} {
		t.Run(strings.ReplaceAll(line, w.dir+"/", ""), func(t *testing.T) {
			args := strings.Fields(line)
			said := func(bin string) (string, int) {
				repo := w.repo
				if args[0] == "apply-offline" {
					repo = w.clone(t, "bare-user")
				}
				return outcome(t, bin, append([]string{"static-delta", args[0], "--repo=" + repo}, args[1:]...)...)
			}
			want, code := said("ostree")
			got, ourCode := said(ours)
			assert.Equal(t, want, got)
			assert.Equal(t, code, ourCode)
		})
	}
}

// TestDeltaOfflineSaysTheSame is about a repository that has the source of the delta.
func TestDeltaOfflineSaysTheSame(t *testing.T) {
	w := newDeltaWorld(t)
	ours := ourCommand(t)
	t.Setenv("OSTREE_DUMMY_SIGN_ENABLED", "1")
	file, signed := filepath.Join(w.dir, "file.delta"), filepath.Join(w.dir, "signed.delta")
	testenv.Run(t, "", ours, "static-delta", "generate", "--repo="+w.repo, "--from="+w.from, "--to="+w.to, "--inline", "--min-fallback-size=0", "--filename="+file)
	testenv.Run(t, "", ours, "static-delta", "generate", "--repo="+w.repo, "--from="+w.from, "--to="+w.to, "--inline", "--min-fallback-size=0",
		"--filename="+signed, "--sign-type=dummy", "--sign=k1")
	for _, c := range []struct {
		required bool // core.sign-verify-deltas
		args     []string
	}{
		{false, []string{file}},
		{false, []string{signed}},
		{false, []string{"--sign-type=dummy", signed, "k1"}},
		{false, []string{"--sign-type=dummy", signed, "k2"}},
		// One that is not signed at all the real command lets pass there, against its manual; ours refuses it.
		{true, []string{signed}},
		{true, []string{"--sign-type=dummy", signed, "k1"}},
		{true, []string{"--sign-type=dummy", signed, "k2"}},
	} {
		var said [2]string
		for i, bin := range []string{"ostree", ours} {
			repo := w.clone(t, "bare-user")
			testenv.Run(t, "", "ostree", "pull-local", "--repo="+repo, w.repo, w.from)
			if c.required {
				testenv.Run(t, "", "ostree", "config", "--repo="+repo, "set", "core.sign-verify-deltas", "true")
			}
			out, code := outcome(t, bin, append([]string{"static-delta", "apply-offline", "--repo=" + repo}, c.args...)...)
			shown, _ := outcome(t, "ostree", "show", "--repo="+repo, w.to)
			said[i] = out + "exit status " + string(rune('0'+code)) + "\n" + shown
		}
		assert.Equal(t, said[0], said[1], c)
	}
}
