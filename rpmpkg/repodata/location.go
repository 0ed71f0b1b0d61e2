package repodata

import (
	"fmt"
	"path"
	"strings"
)

// CheckLocation refuses a location href that is empty, absolute, not in its shortest form or leads out of the
// repository. An absolute http, https or file URL (which xml:base makes) is accepted.
func CheckLocation(href string) error {
	if _, rest, ok := strings.Cut(href, "://"); ok {
		href = strings.TrimLeft(rest, "/")
	}
	if strings.ContainsAny(href, "\x00\n\r") || path.IsAbs(href) {
		return fmt.Errorf("location %.200q is not a path inside the repository", href)
	}
	href = strings.TrimPrefix(href, "./")
	if href == "" || strings.Trim(href, "/") == "" {
		return fmt.Errorf("location is empty")
	}
	if !strings.Contains(href, "..") {
		return nil
	}
	for elem := range strings.SplitSeq(href, "/") {
		if elem == ".." {
			return fmt.Errorf("location %.200q leads out of the repository", href)
		}
	}
	return nil
}

// joinBase puts an xml:base before an href.
func joinBase(base, href string) string {
	if base == "" {
		return href
	}
	return strings.TrimRight(base, "/") + "/" + href
}
