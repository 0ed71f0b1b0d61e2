package main

import (
	"bytes"
	"context"
	_ "embed" // for the other side's script
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

//go:embed peer.py
var peerScript string

// usage is what one run took: milliseconds of processor time, peak MiB.
type usage struct {
	cpu, peak float64
	result    string
}

// command is a process to measure. One that reports prints milliseconds and a result, so that the start of its
// interpreter does not count; that of the others counts.
type command struct {
	name    string
	args    []string
	in, out string // files for standard input and output
	reports bool
}

func self(what string, args ...string) command {
	return command{name: "/proc/self/exe", args: append([]string{"-child", what}, args...), reports: what != "parse" && what != "build"}
}

func (c command) run(ctx context.Context) (u usage, err error) {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	if c.in != "" {
		in, err := os.Open(c.in)
		if err != nil {
			return u, err
		}
		defer in.Close()
		cmd.Stdin = in
	}
	if c.out != "" {
		out, err := os.Create(c.out)
		if err != nil {
			return u, err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		cmd.Stdout = out
	}
	if err := cmd.Run(); err != nil {
		return u, fmt.Errorf("%s: %w", c.name, err)
	}
	s := cmd.ProcessState
	u.cpu = float64(s.UserTime()+s.SystemTime()) / float64(time.Millisecond)
	if r, ok := s.SysUsage().(*syscall.Rusage); ok {
		u.peak = float64(r.Maxrss) / 1024
	}
	if c.reports {
		_, err = fmt.Sscan(stdout.String(), &u.cpu, &u.result)
	}
	return u, err
}
