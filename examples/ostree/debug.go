package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/atomicfs"
)

// fiThaw is FITHAW of ioctl_fs(2).
const fiThaw = 0xc0045878

// withFaults makes the steps fail that the test hooks in the environment name.
func (a *app) withFaults(ctx context.Context) context.Context {
	freeze := slices.Contains(strings.Split(a.env("OSTREE_SYSROOT_DEBUG"), ","), "test-fifreeze")
	commit := a.env("OSTREE_REPO_TEST_ERROR") == "pre-commit"
	if !freeze && !commit {
		return ctx
	}
	return atomicfs.WithHook(ctx, func(op atomicfs.Op, path string) error {
		switch {
		case freeze && (op == atomicfs.OpFreeze || op == atomicfs.OpSyncFS): // without new boot files there is only the latter
			return a.failToFreeze(path)
		case commit && op == atomicfs.OpCommit:
			return errors.New("OSTREE_REPO_TEST_ERROR_PRE_COMMIT specified")
		}
		return nil
	})
}

// failToFreeze stands for making boot files durable by freezing their file system. What a watchdog would do then,
// thawing it, is done as well.
func (a *app) failToFreeze(path string) error {
	thaw(path)
	fmt.Fprintln(a.stderr, "fifreeze watchdog was run")
	return errors.New("During fsfreeze-thaw: aborting due to test-fifreeze") //lint:ignore ST1005 the text scripts look for
}

// thaw ends a freeze; that there is none is no error.
func thaw(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	_ = unix.IoctlSetInt(int(f.Fd()), fiThaw, 0)
}
