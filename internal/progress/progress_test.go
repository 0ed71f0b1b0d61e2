package progress_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/rpmostree/internal/progress"
)

func TestOneLinePerTaskOffATerminal(t *testing.T) {
	var out bytes.Buffer
	p := progress.New(&out, false)
	task := p.Task("Importing packages")
	task.Update(1, 2, "bash")
	task.Done("")
	task.Done("") // ending twice is ending once
	p.Task("Resolving dependencies").Done("12 packages")
	assert.Equal(t, "Importing packages...done\nResolving dependencies...12 packages\n", out.String())
}

func TestANewTaskEndsTheOpenOne(t *testing.T) {
	var out bytes.Buffer
	p := progress.New(&out, false)
	p.Task("one")
	p.Task("two").Done("")
	assert.Equal(t, "one...done\ntwo...done\n", out.String())
}

func TestQuietWritesNothing(t *testing.T) {
	var out bytes.Buffer
	p := progress.New(&out, true)
	task := p.Task("one")
	task.Update(1, 2, "")
	task.Done("")
	assert.Empty(t, out.String())
}

func TestBar(t *testing.T) {
	assert.Equal(t, "[==========          ]  50%", progress.Bar(5, 10))
	assert.Equal(t, "[====================] 100%", progress.Bar(99, 10), "a count beyond the total is the total")
	assert.Equal(t, "[                    ]   0%", progress.Bar(-1, 10))
	assert.Equal(t, "7", progress.Bar(7, 0), "no total, no bar")
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 1_500_000: "1.5 MB", math.MaxInt64: "9.2 EB"} {
		assert.Equal(t, want, progress.Size(n))
	}
}
