package repo

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/opencontainers/go-digest"
)

// Error is a failure that has to do with a repository. Unwrap gives the cause.
type Error struct {
	Repo string // id
	URL  string // what was asked for; empty if it is not about one file
	Err  error
}

// Error names the repository, the URL and the cause.
func (e *Error) Error() string {
	if e.URL == "" {
		return fmt.Sprintf("repository %s: %v", e.Repo, e.Err)
	}
	return fmt.Sprintf("repository %s: %s: %v", e.Repo, e.URL, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// MismatchError is content that is not what the metadata announced.
type MismatchError struct {
	WantSize, GotSize int64 // bytes; WantSize is 0 if it was not announced
	Want, Got         digest.Digest
}

// Error gives what differs.
func (e *MismatchError) Error() string {
	if e.WantSize > 0 && e.WantSize != e.GotSize {
		return fmt.Sprintf("size is %d bytes, not %d", e.GotSize, e.WantSize)
	}
	return fmt.Sprintf("checksum is %s, not %s", e.Got, e.Want)
}

// ErrNotCached is the cause when something would have to be downloaded while that is not allowed.
// errors.Is(err, fs.ErrNotExist) holds too.
var ErrNotCached = fmt.Errorf("not in the cache, and downloads are switched off: %w", fs.ErrNotExist)

// localError marks a failure that another mirror does not help against, such as a full disk.
type localError struct{ error }

func (e localError) Unwrap() error { return e.error }

func isLocal(err error) bool {
	var l localError
	return errors.As(err, &l)
}
