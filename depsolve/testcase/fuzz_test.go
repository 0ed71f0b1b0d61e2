package testcase_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"example.com/rpmostree/depsolve/testcase"
)

// FuzzRun: whatever a case says, reading and solving it ends with results or an
// error.
func FuzzRun(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.t")
	newer, _ := filepath.Glob("testdata/newer/*.t")
	for _, file := range append(files, newer...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		results, err := testcase.Run(ctx, fstest.MapFS{"case.t": {Data: data}}, "case.t")
		for _, r := range results {
			if err == nil && r.Skipped == "" && r.Line == 0 {
				t.Fatalf("a result without a line: %+v", r)
			}
		}
	})
}
