package rpmpkg_test

import (
	"path/filepath"
	"testing"

	cavalier "github.com/cavaliergopher/rpm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/rpmdep"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

// asAnotherReader compares with an independent reader of RPM headers.
func asAnotherReader(t *testing.T, files []string) {
	for _, path := range files {
		name := filepath.Base(path)
		if name == "v6.rpm" {
			continue // it takes file sizes of 64 bits for a fault
		}
		t.Run(name, func(t *testing.T) {
			other, err := cavalier.Open(path)
			require.NoError(t, err)
			p := open(t, path)
			info, err := p.Info()
			require.NoError(t, err)
			if !info.IsSource() { // for which it has the architecture of the build
				assert.Equal(t, other.String(), info.NEVRA.NVRA())
			}
			assert.EqualValues(t, other.Epoch(), info.NEVRA.Epoch)
			if p.Header.Count(rpmtag.HeaderI18NTable) == 1 { // it joins the languages
				assert.Equal(t, other.Summary(), info.Summary)
				assert.Equal(t, other.Description(), info.Description)
			}
			assert.Equal(t, other.License(), info.License)
			assert.Equal(t, other.SourceRPM(), info.SourceRPM)
			assert.True(t, other.BuildTime().Equal(info.BuildTime))
			assert.EqualValues(t, other.Size(), info.InstalledSize)
			for _, k := range []struct {
				theirs []cavalier.Dependency
				ours   []rpmdep.Dep
			}{
				{other.Requires(), info.Requires}, {other.Provides(), info.Provides}, {other.Conflicts(), info.Conflicts}, {other.Obsoletes(), info.Obsoletes},
			} {
				require.Len(t, k.ours, len(k.theirs))
				for i, d := range k.theirs {
					assert.Equal(t, d.Name(), k.ours[i].Name)
					assert.Equal(t, d.Version(), k.ours[i].EVR.Version)
					assert.Equal(t, d.Release(), k.ours[i].EVR.Release)
					assert.EqualValues(t, d.Epoch(), k.ours[i].EVR.Epoch)
				}
			}
			var names []string
			for _, f := range other.Files() {
				names = append(names, f.Name())
			}
			assert.Equal(t, names, info.Files)
		})
	}
}
