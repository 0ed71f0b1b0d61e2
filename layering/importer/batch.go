package importer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg"
)

// Item is one package of a batch.
type Item struct {
	// Open gives the package; it is closed after the import. It may download.
	Open    func(ctx context.Context) (*rpmpkg.Package, error)
	Options Options
}

// BatchOptions direct [ImportAll]. The zero value is the default.
type BatchOptions struct {
	Workers int // packages at a time; <= 0 means the number of CPUs
	// Progress, if set, is called after each package, one call at a time.
	Progress func(done, total int)
	// Tx options of the one transaction.
	Tx *ostree.TxOptions
}

// Result is one imported package.
type Result struct {
	Ref    string
	Commit ostree.Checksum
}

// ImportAll imports packages in parallel in one transaction. Results are in
// the order of items. If packages fail, the error joins what was wrong with
// each; those that have been imported until then are kept in the repository.
func ImportAll(ctx context.Context, repo *ostree.Repo, items []Item, o *BatchOptions) ([]Result, error) {
	if o == nil {
		o = &BatchOptions{}
	}
	if len(items) == 0 {
		return nil, nil
	}
	tx, err := repo.Begin(ctx, o.Tx)
	if err != nil {
		return nil, fmt.Errorf("import packages: %w", err)
	}
	defer tx.Abort()
	results := make([]Result, len(items))
	failed := runBatch(ctx, tx, items, o, results)
	// Finished imports are worth keeping even if the caller has given up.
	if _, err := tx.Commit(context.WithoutCancel(ctx)); err != nil { // COMMIT POINT
		return nil, errors.Join(failed, fmt.Errorf("import packages: %w", err))
	}
	if failed != nil {
		return nil, failed
	}
	return results, nil
}

func runBatch(ctx context.Context, tx *ostree.Tx, items []Item, o *BatchOptions, results []Result) error {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		errs  = make([]error, len(items))
		done  int
		queue = make(chan int)
	)
	for range min(workers, len(items)) {
		wg.Go(func() {
			for i := range queue {
				results[i], errs[i] = importItem(ctx, tx, &items[i])
				mu.Lock()
				done++
				if o.Progress != nil {
					o.Progress(done, len(items))
				}
				mu.Unlock()
			}
		})
	}
	for i := range items {
		if ctx.Err() != nil {
			errs[i] = context.Cause(ctx)
			break
		}
		queue <- i
	}
	close(queue)
	wg.Wait()
	return errors.Join(errs...)
}

func importItem(ctx context.Context, tx *ostree.Tx, item *Item) (Result, error) {
	pkg, err := item.Open(ctx)
	if err != nil {
		return Result{}, err
	}
	ref, commit, err := Import(ctx, tx, pkg, &item.Options)
	if cerr := pkg.Close(); err == nil {
		err = cerr
	}
	return Result{Ref: ref, Commit: commit}, err
}
