package pull

import (
	"io"
	"sync/atomic"
	"time"

	"example.com/rpmostree/ostree"
)

// counters are updated by all workers.
type counters struct {
	metadata, content, linked       atomic.Int64
	metadataPending, contentPending atomic.Int64
	bytes, deltas                   atomic.Int64
	cachedMetadata, cachedContent   atomic.Int64
	detached                        atomic.Int64
}

// fetched counts an object that comes from the source.
func (c *counters) fetched(n ostree.ObjectName) {
	if n.Type == ostree.TypeFile {
		c.content.Add(1)
	} else {
		c.metadata.Add(1)
	}
}

// cached counts an object that comes from a local cache.
func (c *counters) cached(n ostree.ObjectName) {
	if n.Type == ostree.TypeFile {
		c.cachedContent.Add(1)
	} else {
		c.cachedMetadata.Add(1)
	}
}

func (c *counters) snapshot() Progress {
	return Progress{
		MetadataFetched: int(c.metadata.Load()), MetadataPending: int(c.metadataPending.Load()),
		ContentFetched: int(c.content.Load()), ContentPending: int(c.contentPending.Load()),
		Bytes: c.bytes.Load(),
	}
}

// reportInterval is the pause between two calls of Options.Progress unless the options say otherwise.
const reportInterval = 100 * time.Millisecond

// report calls Options.Progress until the returned function is called, which
// makes the last call.
func (p *puller) report() (stop func()) {
	if p.o.Progress == nil {
		return func() {}
	}
	interval := p.o.ProgressInterval
	if interval <= 0 {
		interval = reportInterval
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(interval)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				p.o.Progress(p.count.snapshot())
			case <-quit:
				p.o.Progress(p.count.snapshot())
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// countingReader counts what passes.
type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
