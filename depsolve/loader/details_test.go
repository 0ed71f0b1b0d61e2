package loader

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmver"
)

func someInfo() *rpmpkg.Info {
	return &rpmpkg.Info{
		NEVRA:   rpmver.NEVRA{Name: "a", EVR: rpmver.EVR{Epoch: 3, Version: "1", Release: "2"}, Arch: "noarch"},
		Summary: "s", License: "l", URL: "u", Group: "g", Packager: "p", Vendor: "v", SourceRPM: "a.src.rpm", BuildHost: "h",
		BuildTime: time.Unix(1<<33, 0).UTC(), PackageSize: 1, InstalledSize: 1 << 40, ArchiveSize: 3, HeaderStart: 4, HeaderEnd: 5,
		Location: "a.rpm", Checksum: "sha256:00",
	}
}

func TestDetails(t *testing.T) {
	b := appendDetails(nil, someInfo())
	got, err := parseDetails(b)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(someInfo(), got))
	for n := range b {
		_, err := parseDetails(b[:n])
		require.ErrorIs(t, err, errStore, "cut at %d", n)
	}
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() {
		if _, err := parseDetails(b); err != nil {
			t.Error(err)
		}
	}), 2.0)
}

// What can be read is written and read again as it was.
func FuzzDetails(f *testing.F) {
	f.Add(appendDetails(nil, someInfo()))
	f.Add(appendDetails(nil, &rpmpkg.Info{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := parseDetails(b)
		if err != nil {
			return
		}
		again, err := parseDetails(appendDetails(nil, i))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(i, again))
	})
}
