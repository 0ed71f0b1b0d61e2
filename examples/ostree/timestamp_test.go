package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The expected values are what `date -u -d TEXT +%s` prints.
func TestParseTimestamp(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for text, want := range map[string]int64{
		"@1600000000":                   1600000000,
		"2020-01-01 00:00:00 UTC":       1577836800,
		"2020-01-01T00:00:00Z":          1577836800,
		"2020-01-01 00:00:00 +0000":     1577836800,
		"Wed, 01 Jan 2020 00:00:00 GMT": 1577836800,
		"now":                           1700000000,
		"1 day ago":                     1700000000 - 86400,
		"2 weeks ago":                   1700000000 - 14*86400,
		"+3 hours":                      1700000000 + 3*3600,
	} {
		got, err := parseTimestamp(text, now)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.Unix(), text)
	}
	for _, bad := range []string{"", "@x", "someday", "3 moons ago"} {
		_, err := parseTimestamp(bad, now)
		assert.ErrorContains(t, err, "Could not parse", bad)
	}
}
