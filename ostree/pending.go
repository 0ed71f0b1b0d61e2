package ostree

import "errors"

var errPending = errors.New("being written")
