package loader

import (
	"iter"
	"sync"

	"example.com/rpmostree/rpmpkg"
)

// How far a sequence may run ahead: so many batches of so many packages.
const (
	aheadBatch = 64
	aheadDepth = 2
)

// ahead runs a sequence in a goroutine of its own, some packages ahead of who reads it, so that to parse packages and
// to file them takes no longer than the longer of both. The goroutine has ended when the sequence has.
func ahead(seq iter.Seq2[*rpmpkg.Info, error]) iter.Seq2[*rpmpkg.Info, error] {
	return func(yield func(*rpmpkg.Info, error) bool) {
		var broken error // read once batches is closed
		var running sync.WaitGroup
		batches, stop := make(chan []*rpmpkg.Info, aheadDepth), make(chan struct{})
		running.Go(func() {
			defer close(batches)
			broken = batch(seq, batches, stop)
		})
		defer running.Wait()
		defer close(stop)
		for list := range batches {
			for _, info := range list {
				if !yield(info, nil) {
					return
				}
			}
		}
		if broken != nil {
			yield(nil, broken)
		}
	}
}

// batch sends what a sequence yields before its first error, which it returns.
func batch(seq iter.Seq2[*rpmpkg.Info, error], to chan<- []*rpmpkg.Info, stop <-chan struct{}) (broken error) {
	list := make([]*rpmpkg.Info, 0, aheadBatch)
	send := func() bool {
		select {
		case to <- list:
			list = make([]*rpmpkg.Info, 0, aheadBatch)
			return true
		case <-stop:
			return false
		}
	}
	for info, err := range seq {
		if broken = err; err != nil {
			break
		}
		if list = append(list, info); len(list) == aheadBatch && !send() {
			return nil
		}
	}
	if len(list) > 0 {
		send()
	}
	return broken
}
