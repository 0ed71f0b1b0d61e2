package repo

import (
	"io"
	"sync"
	"time"
)

// Progress is a snapshot of a running download.
type Progress struct {
	Repo        string // id
	File        string // location of the file
	Bytes, Size int64  // done so far, and in all; Size is 0 if it is not known
	Files       int    // files completed by this call
	FilesTotal  int    // files that this call fetches; 0 if it is not known
	Done        bool   // the file is complete and verified
}

// reporter passes progress on: never two calls at once, and not more often than useful.
type reporter struct {
	mu    sync.Mutex
	call  func(Progress)
	last  time.Time
	files int
	total int
}

const reportInterval = 100 * time.Millisecond

func newReporter(call func(Progress), total int) *reporter {
	return &reporter{call: call, total: total}
}

func (r *reporter) report(p Progress) {
	if r == nil || r.call == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.Done {
		r.files++
	} else if time.Since(r.last) < reportInterval {
		return
	}
	r.last = time.Now()
	p.Files, p.FilesTotal = r.files, r.total
	r.call(p)
}

// progressReader reports what is read through it.
type progressReader struct {
	io.Reader
	report *reporter
	p      Progress
}

func (r *progressReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.p.Bytes += int64(n)
	r.report.report(r.p)
	return n, err
}
