package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

//go:embed peer.py
var peerScript string

// side is a process that solves. It says how long reading and indexing took,
// then answers each line with what it cost.
type side struct {
	cmd             *exec.Cmd
	in              io.WriteCloser
	out             *bufio.Reader
	loaded, indexed float64 // milliseconds
	peak            float64 // MiB, once it has stopped
	stopped         bool
}

// answer is what one request cost in milliseconds, and how many packages the
// result changes, or minus the number of problems.
type answer struct {
	wall, cpu float64
	n         int
}

func startPeer(ctx context.Context, what []string) (*side, error) {
	return start(exec.CommandContext(ctx, "/usr/bin/python3", append([]string{"-c", peerScript}, what...)...))
}

func startSelf(ctx context.Context, what []string) (*side, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(exec.CommandContext(ctx, self, append([]string{"-serve"}, what...)...))
}

func start(cmd *exec.Cmd) (*side, error) {
	s := &side{cmd: cmd}
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.in, s.out = in, bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(s.out, &s.loaded, &s.indexed); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *side) solve(request string) (a answer, err error) {
	if _, err := fmt.Fprintln(s.in, request); err != nil {
		return a, err
	}
	_, err = fmt.Fscanln(s.out, &a.wall, &a.cpu, &a.n)
	return a, err
}

func (s *side) stop() error {
	if s.stopped {
		return nil
	}
	s.stopped = true
	err := errors.Join(s.in.Close(), s.cmd.Wait())
	if u, ok := s.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = float64(u.Maxrss) / 1024
	}
	return err
}
