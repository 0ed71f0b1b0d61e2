package depsolve

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestEpochOptions asks which of "<", "=" and ">" a requirement may have so that
// what is provided in one exact version fulfils it. The answers are the real
// solver's.
func TestEpochOptions(t *testing.T) {
	for _, c := range []struct {
		opts                  PoolOptions
		provided, wanted, ops string
	}{
		{PoolOptions{PromoteEpoch: true}, "1", "1:1", "<"},
		{PoolOptions{PromoteEpoch: true}, "1:1", "1", "="},
		{PoolOptions{PromoteEpoch: true}, "1:0.5", "1", "<"},
		{PoolOptions{PromoteEpoch: true}, "1:2", "1", ">"},
		{PoolOptions{PromoteEpoch: true}, "0.5", "1:1", "<"},
		{PoolOptions{PromoteEpoch: true}, "2", "1:1", "<"},
		{PoolOptions{PromoteEpoch: true}, "2", "1:1-1", "<"},
		{PoolOptions{PromoteEpoch: true}, "1:1-1", "1", "="},
		{PoolOptions{DistEpochs: true}, "1-1:2", "1-1", "="},
		{PoolOptions{DistEpochs: true}, "1-1", "1-1:2", "="},
		{PoolOptions{DistEpochs: true}, "1-1:2", "1-1:3", "<"},
		{PoolOptions{DistEpochs: true}, "1-1:2", "1-2", "<"},
		{PoolOptions{DistEpochs: true}, "1-1:2", "1", "="},
		{PoolOptions{DistEpochs: true}, "1-2:2", "1-1:3", ">"},
		{PoolOptions{DistEpochs: true}, "1:1-1:2", "1:1-1:2", "="},
		{PoolOptions{DistEpochs: true}, "1-1:10", "1-1:9", ">"},
		{PoolOptions{DistEpochs: true}, "1-1:a", "1-1:b", "<"},
	} {
		p := NewPool("")
		p.SetOptions(c.opts)
		got := ""
		for _, op := range []struct {
			text string
			op   Op
		}{{"<", OpLT}, {"=", OpEQ}, {">", OpGT}} {
			if p.rangesMeet(OpEQ, p.Name(c.provided), op.op, p.Name(c.wanted)) {
				got += op.text
			}
		}
		assert.Equal(t, c.ops, got, "%+v: %s for %s", c.opts, c.provided, c.wanted)
	}
}
