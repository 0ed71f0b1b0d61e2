package compose

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNextVersion has the examples of the treefile reference.
func TestNextVersion(t *testing.T) {
	now := time.Date(2019, 2, 13, 1, 2, 3, 0, time.UTC)
	for _, tc := range []struct{ prefix, suffix, last, want string }{
		{"22", "", "", "22"},
		{"22", "", "22", "22.1"},
		{"22", "", "22.1", "22.2"},
		{"22", "", "22.9", "22.10"},
		{"22", "", "21.5", "22"},
		{"22", "", "221.5", "22"},
		{"22", "-", "22-7", "22-8"},
		{"22.1", "", "22.1.3", "22.1.4"},
		{"22.<date:%Y%m%d>", "", "", "22.20190213.0"},
		{"22.<date:%Y%m%d>", "", "22.20190213.0", "22.20190213.1"},
		{"22.<date:%Y%m%d>", "", "22.20190212.5", "22.20190213.0"},
		{"<date:%y.%j.%V>", "", "", "19.044.07.0"},
		{"22", "", "22.x", "22"},
	} {
		got, err := NextVersion(tc.prefix, tc.suffix, tc.last, now)
		require.NoError(t, err)
		require.Equal(t, tc.want, got, "%+v", tc)
	}
	for _, prefix := range []string{"<date:%Q>", "<date:%>"} {
		_, err := NextVersion(prefix, "", "", now)
		require.ErrorContains(t, err, "automatic-version-prefix")
	}
}
