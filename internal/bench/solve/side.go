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
	stopped         bool
}

// answer is what one request cost in milliseconds, how many packages are
// installed afterwards, or minus the number of problems, and the peak memory of the process
// until then in MiB.
type answer struct {
	wall, cpu float64
	n         int
	peak      float64
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
	s, err := begin(cmd)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(s.out, &s.loaded, &s.indexed); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// begin starts a process without waiting for what it says.
func begin(cmd *exec.Cmd) (*side, error) {
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
	return s, s.cmd.Start()
}

func (s *side) solve(request string) (answer, error) {
	if _, err := fmt.Fprintln(s.in, request); err != nil {
		return answer{}, err
	}
	return s.answer()
}

func (s *side) answer() (a answer, err error) {
	_, err = fmt.Fscanln(s.out, &a.wall, &a.cpu, &a.n, &a.peak)
	return a, err
}

func (s *side) stop() error {
	if s.stopped {
		return nil
	}
	s.stopped = true
	return errors.Join(s.in.Close(), s.cmd.Wait())
}
