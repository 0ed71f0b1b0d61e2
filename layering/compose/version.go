package compose

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// version is that of the new commit: given, automatic, or "" for none.
func (c *composer) version() (string, error) {
	if c.o.Version != "" {
		return c.o.Version, nil
	}
	if c.o.AddMetadata != nil {
		if v, ok := c.o.AddMetadata.String("version"); ok {
			return v, nil
		}
	}
	if v, ok := c.tf.AddCommitMetadata["version"].(string); ok {
		return v, nil
	}
	if c.tf.AutomaticVersionPrefix == "" {
		return "", nil
	}
	last := c.o.PreviousVersion
	if last == "" && c.prev != nil {
		last = c.prev.Version()
	}
	return NextVersion(c.tf.AutomaticVersionPrefix, c.tf.AutomaticVersionSuffix, last, c.timestamp)
}

var dateField = regexp.MustCompile(`<date:([^>]*)>`)

// NextVersion makes the version that follows last, which may be "". The prefix
// may have <date:FORMAT> with a format of strftime(3). If last starts with the
// same prefix the number behind it, after the suffix separator (default "."),
// grows by one; else the version starts anew: with the prefix alone, or if it
// has a date with the number 0.
func NextVersion(prefix, separator, last string, now time.Time) (string, error) {
	if separator == "" {
		separator = "."
	}
	if len(separator) != 1 {
		return "", fmt.Errorf("automatic-version-suffix %q is not a single character", separator)
	}
	dated := dateField.MatchString(prefix)
	var bad error
	prefix = dateField.ReplaceAllStringFunc(prefix, func(field string) string {
		text, err := strftime(dateField.FindStringSubmatch(field)[1], now.UTC())
		if err != nil {
			bad = fmt.Errorf("automatic-version-prefix: %w", err)
		}
		return text
	})
	if bad != nil {
		return "", bad
	}
	first := prefix
	if dated {
		first = prefix + separator + "0"
	}
	if last == prefix {
		return prefix + separator + "1", nil
	}
	number, ok := strings.CutPrefix(last, prefix+separator)
	if !ok {
		return first, nil
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil {
		return first, nil // a version of another scheme
	}
	return prefix + separator + strconv.FormatUint(n+1, 10), nil
}

// strftime knows the fields that make sense in versions.
func strftime(format string, t time.Time) (string, error) {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) {
			return "", fmt.Errorf("date format %q ends in the middle of a field", format)
		}
		switch format[i] {
		case 'Y':
			out.WriteString(t.Format("2006"))
		case 'y':
			out.WriteString(t.Format("06"))
		case 'm':
			out.WriteString(t.Format("01"))
		case 'd':
			out.WriteString(t.Format("02"))
		case 'H':
			out.WriteString(t.Format("15"))
		case 'M':
			out.WriteString(t.Format("04"))
		case 'S':
			out.WriteString(t.Format("05"))
		case 'j':
			out.WriteString(t.Format("002"))
		case 'V':
			_, week := t.ISOWeek()
			fmt.Fprintf(&out, "%02d", week)
		case 's':
			out.WriteString(strconv.FormatInt(t.Unix(), 10))
		case 'F':
			out.WriteString(t.Format("2006-01-02"))
		case '%':
			out.WriteByte('%')
		default:
			return "", fmt.Errorf("date format %q: field %%%c is not supported", format, format[i])
		}
	}
	return out.String(), nil
}
