package sign

import (
	"fmt"
	"strings"
	"time"
)

// ctime is how dates are printed, in the local time zone.
const ctime = "Mon Jan _2 15:04:05 2006"

func localTime(t time.Time) string { return t.In(time.Local).Format(ctime) }

// Describe returns the lines that the ostree command prints about a signature.
func (r *Result) Describe() []string {
	if r.KeyID == "" {
		return []string{"Can't check signature: not an OpenPGP signature"}
	}
	made, algorithm := r.Created, r.Algorithm
	if made.IsZero() {
		made = time.Unix(0, 0)
	}
	if algorithm == "" {
		algorithm = "[unknown name]"
	}
	lines := []string{fmt.Sprintf("Signature made %s using %s key ID %s", localTime(made), algorithm, r.KeyID)}
	user := fmt.Sprintf("from \"%s <%s>\"", r.UserName, r.UserEmail)
	switch r.Status {
	case KeyMissing:
		return append(lines, "Can't check signature: public key not found")
	case Good:
		lines = append(lines, "Good signature "+user)
	case Expired:
		lines = append(lines, "Expired signature "+user)
	case KeyRevoked:
		lines = append(lines, "Key revoked")
	default:
		lines = append(lines, "BAD signature "+user)
	}
	if r.Primary != r.Fingerprint && len(r.Primary) > 16 {
		lines = append(lines, "Primary key ID "+r.Primary[len(r.Primary)-16:])
	}
	for _, e := range []struct {
		what string
		t    time.Time
	}{{"Signature", r.Expires}, {"Key", r.KeyExpires}, {"Primary key", r.PrimaryExpires}} {
		switch {
		case e.t.IsZero():
		case past(e.t, r.now):
			lines = append(lines, fmt.Sprintf("%s expired %s", e.what, localTime(e.t)))
		default:
			lines = append(lines, fmt.Sprintf("%s expires %s", e.what, localTime(e.t)))
		}
	}
	return lines
}

// SignatureError tells that OpenPGP signatures are there, but none of them is good.
type SignatureError struct {
	Results []Result
}

// Error describes all signatures.
func (e *SignatureError) Error() string {
	var lines []string
	for _, r := range e.Results {
		lines = append(lines, r.Describe()...)
	}
	return strings.Join(lines, "\n")
}

func anyValid(results []Result) bool {
	for i := range results {
		if results[i].Valid() {
			return true
		}
	}
	return false
}
