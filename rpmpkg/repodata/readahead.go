package repodata

import (
	"io"
	"sync"
)

const (
	aheadChunk = 128 << 10
	aheadDepth = 4 // chunks on their way: bounds the memory
)

// readAhead reads from a slow source in a goroutine of its own.
type readAhead struct {
	full, empty chan []byte
	done        chan struct{}
	stopped     sync.WaitGroup
	stop        sync.Once
	err         error // of the source; valid once full is closed
	chunk, rest []byte
}

func newReadAhead(r io.Reader) *readAhead {
	a := &readAhead{full: make(chan []byte, aheadDepth), empty: make(chan []byte, aheadDepth+1), done: make(chan struct{})}
	for range aheadDepth {
		a.empty <- make([]byte, aheadChunk)
	}
	a.stopped.Go(func() { a.run(r) })
	return a
}

func (a *readAhead) run(r io.Reader) {
	defer close(a.full)
	for {
		var chunk []byte
		select {
		case chunk = <-a.empty:
		case <-a.done:
			return
		}
		chunk = chunk[:aheadChunk]
		n, err := 0, error(nil)
		for n < len(chunk) && err == nil {
			var m int
			m, err = r.Read(chunk[n:])
			n += m
		}
		if n > 0 {
			a.full <- chunk[:n] // never blocks: there are no more chunks than places
		}
		if err != nil {
			a.err = err
			return
		}
	}
}

// Read gives what has been read ahead.
func (a *readAhead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.chunk != nil {
			a.empty <- a.chunk
			a.chunk = nil
		}
		chunk, ok := <-a.full
		if !ok {
			if a.err == nil {
				return 0, io.ErrClosedPipe
			}
			return 0, a.err
		}
		a.chunk, a.rest = chunk, chunk
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close ends the goroutine and waits for it.
func (a *readAhead) Close() error {
	a.stop.Do(func() { close(a.done) })
	a.stopped.Wait()
	return nil
}
