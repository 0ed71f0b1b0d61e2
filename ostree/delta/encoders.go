package delta

import (
	"context"
	"errors"

	"example.com/rpmostree/internal/xzenc"
	"golang.org/x/sync/semaphore"
)

// encoder compresses one part at a time.
type encoder struct {
	xzenc.Encoder
	second bool // has taken memory from the comparisons
}

// secondEncoder is what another encoder takes from the memory for comparisons: a
// delta with much to compare has no use for it, as the comparisons keep the
// processors busy.
const secondEncoder = compareMemory

// startEncoders makes room for all there may be.
func (b *builder) startEncoders() {
	const spare = queue * baseMemory // what is not compared does not stand in the way
	b.memory = semaphore.NewWeighted(compareMemory + spare)
	b.encoders, b.released = make(chan *encoder, 1), make(chan struct{}, 1)
	b.encoders <- &encoder{}
}

// stopEncoders waits for the parts and frees the encoders.
func (b *builder) stopEncoders() error {
	err := b.packing.Wait()
	select {
	case e := <-b.encoders:
		return errors.Join(err, e.Close())
	default:
		return err
	}
}

// encoder waits for an encoder that is free, or makes a second one where that
// is possible, and until no comparison needs all the memory.
func (b *builder) encoder() (e *encoder, err error) {
	for e == nil {
		select {
		case e = <-b.encoders:
			continue
		default:
		}
		if b.o.workers() > 1 && b.memory.TryAcquire(secondEncoder) {
			e = &encoder{second: true}
			continue
		}
		select {
		case e = <-b.encoders:
		case <-b.released:
		case <-b.ctx.Done():
			return nil, context.Cause(b.ctx)
		}
	}
	b.alone.RLock()
	return e, nil
}

// helper makes a second encoder for a part that has work for it, nil if there is
// no memory.
func (b *builder) helper(p *partWriter) *encoder {
	if p.size() <= blockSize || b.o.workers() < 2 || !b.memory.TryAcquire(secondEncoder) {
		return nil
	}
	if !b.alone.TryRLock() {
		b.memory.Release(secondEncoder)
		return nil
	}
	return &encoder{second: true}
}

func (b *builder) release(e *encoder) error {
	b.alone.RUnlock()
	if !e.second {
		b.encoders <- e
		return nil
	}
	err := e.Close()
	b.memory.Release(secondEncoder)
	select {
	case b.released <- struct{}{}:
	default:
	}
	return err
}
