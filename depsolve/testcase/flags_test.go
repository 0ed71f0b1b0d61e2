package testcase_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/depsolve/testcase"
	"example.com/rpmostree/internal/testenv"
)

// TestFlags has two cases for every flag, with it and without; their results
// are the real solver's. A flag whose two results are equal is not tested.
func TestFlags(t *testing.T) {
	var flags []string
	flags = append(flags, strings.Fields(`allowarchchange allowdowngrade allownamechange allowuninstall allowvendorchange
		addalreadyrecommended bestobeypolicy breakorphans dupallowarchchange dupallowdowngrade dupallownamechange
		dupallowvendorchange focusbest focusinstalled ignorerecommended installalsoupdates keepexplicitobsoletes keeporphans
		needupdateprovide noautotarget noinfarchcheck noupdateprovide onlynamespacerecommended splitprovides
		strictrepopriority strongrecommends yumobsoletes`)...)
	flags = append(flags, strings.Fields(`forbidselfconflicts havedistepoch implicitobsoleteusescolors
		implicitobsoleteusesprovides noinstalledobsoletes obsoleteusescolors obsoleteusesprovides promoteepoch
		whatprovideswithdisabled`)...)
	files, err := filepath.Glob("testdata/flags/*.t")
	require.NoError(t, err)
	require.Len(t, files, 2*len(flags))
	for _, f := range flags {
		t.Run(f, func(t *testing.T) {
			on, off := runFlagCase(t, f+"-on"), runFlagCase(t, f+"-off")
			require.NotEmpty(t, cmp.Diff(on, off), "the flag makes no difference")
		})
	}
}

func runFlagCase(t *testing.T, name string) []string {
	results, err := testcase.Run(context.Background(), os.DirFS("testdata/flags"), name+".t")
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Empty(t, results[0].Skipped)
	require.Empty(t, results[0].Diff(), name)
	require.Equal(t, results[0].Want, results[0].Got, name)
	return results[0].Want
}

func TestFlagsAgreeWithRealSolver(t *testing.T) {
	testenv.NeedTool(t, "testsolv")
	files, err := filepath.Glob("testdata/flags/*.t")
	require.NoError(t, err)
	for _, f := range files {
		out, err := exec.Command("testsolv", f).CombinedOutput()
		require.NoError(t, err, "%s: %s", f, out)
	}
}
