package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timestampLayouts are the absolute forms of GNU date that people give to --timestamp.
var timestampLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07", "2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "January 2 2006", "January 2 2006 15:04:05", "2 January 2006", "Jan 2 2006", "2 Jan 2006", time.RFC1123Z, time.RFC1123, time.UnixDate,
}

var relative = regexp.MustCompile(`^([+-]?\d+)\s*(second|minute|hour|day|week|month|year)s?(\s+ago)?$`)

// parseTimestamp reads the forms of GNU date that make sense for a commit: "@SECONDS", ISO and RFC dates, "now",
// "yesterday", "3 days ago".
func parseTimestamp(s string, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	if sec, ok := strings.CutPrefix(s, "@"); ok {
		n, err := strconv.ParseInt(sec, 10, 64)
		if err == nil {
			return time.Unix(n, 0), nil
		}
	}
	switch s {
	case "now", "today":
		return now, nil
	case "yesterday":
		return now.AddDate(0, 0, -1), nil
	}
	for _, layout := range timestampLayouts {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	if m := relative.FindStringSubmatch(s); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			if m[3] != "" {
				n = -n
			}
			return shift(now, n, m[2]), nil
		}
	}
	return time.Time{}, errorf("Could not parse '%s'", s)
}

func shift(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "second":
		return t.Add(time.Duration(n) * time.Second)
	case "minute":
		return t.Add(time.Duration(n) * time.Minute)
	case "hour":
		return t.Add(time.Duration(n) * time.Hour)
	case "day":
		return t.AddDate(0, 0, n)
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "month":
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(n, 0, 0)
}
