// Package atomicfs is the one place that renames, links, unlinks and syncs.
// Most callers need two functions: WriteFile (old content or new, never torn)
// and, for content that must appear complete, TempFile with Publish.
//
// Every durable step first asks the Hook in its context, if there is one. That
// is the seam for tests: subpackage crashtest uses it to cut the power at
// every step, and to inject ENOSPC or EIO.
//
// None of the functions looks at cancellation: a caller checks its context
// between steps and stops checking at its commit point. Names are checked as
// in internal/dirfd; no symbolic link is followed.
package atomicfs

import (
	"context"

	"example.com/rpmostree/internal/dirfd"
)

// Op names a durable step.
type Op string

// The steps that a Hook sees.
const (
	OpCreate   Op = "create" // a new unnamed or temporary file
	OpWrite    Op = "write"
	OpLink     Op = "link"
	OpRename   Op = "rename"
	OpExchange Op = "exchange"
	OpUnlink   Op = "unlink"
	OpRmdir    Op = "rmdir"
	OpMkdir    Op = "mkdir"
	OpSymlink  Op = "symlink"
	OpMknod    Op = "mknod"
	OpAttr     Op = "attr" // mode, owner, times, xattrs, flags
	OpFsync    Op = "fsync"
	OpSyncFS   Op = "syncfs"
	OpFreeze   Op = "freeze" // a checkpoint of the journal
	OpCommit   Op = "commit" // objects that are complete become part of a repository
)

// Hook is asked before each step. An error makes the step fail with it, and
// nothing happens on disk. It may be called from several goroutines.
type Hook func(op Op, path string) error

type hookKey struct{}

// WithHook returns a context whose steps ask h.
func WithHook(ctx context.Context, h Hook) context.Context {
	return context.WithValue(ctx, hookKey{}, h)
}

// CheckHook asks the hook of ctx, for callers with durable steps of another
// kind (attributes, a program that writes).
func CheckHook(ctx context.Context, op Op, path string) error {
	if h, ok := ctx.Value(hookKey{}).(Hook); ok {
		return h(op, path)
	}
	return nil
}

type unsyncedKey struct{}

// WithoutSync returns a context in which syncing is a step for the hook, but
// waits for no disk: for tests, whose power cuts leave the kernel alive.
func WithoutSync(ctx context.Context) context.Context {
	return context.WithValue(ctx, unsyncedKey{}, true)
}

// durably calls the kernel, if the context wants it.
func durably(ctx context.Context, call func() error) error {
	if ctx.Value(unsyncedKey{}) != nil {
		return nil
	}
	return retry(call)
}

// check builds the path only when somebody looks at it.
func check(ctx context.Context, op Op, d *dirfd.Dir, rel string) error {
	if h, ok := ctx.Value(hookKey{}).(Hook); ok {
		return h(op, d.Join(rel))
	}
	return nil
}
