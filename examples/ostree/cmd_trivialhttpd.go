package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/rpmostree/internal/glibopt"
)

type httpdOptions struct {
	serve                  serveOptions
	daemonize, autoexit    bool
	port                   int
	portFile, logFile      string
	listenFD               int // of a child that --daemonize started: the socket it inherits
	expCookies, expHeaders []string
}

// randomErrors are the options that make answers fail, in the order of serveOptions.errors.
var randomErrors = [2]string{"random-500s", "random-408s"}

// trivialHTTPDCommand serves a directory to everybody who can reach this machine, for tests and demonstrations. The help of the real command does not list the
// verb either.
func (a *app) trivialHTTPDCommand() *cobra.Command {
	var o httpdOptions
	c := &cobra.Command{Use: "trivial-httpd [DIR]", Short: "Simple webserver", Hidden: true}
	glibopt.Bool(c, &o.daemonize, "daemonize", "d", "Fork into background when ready")
	glibopt.Bool(c, &o.autoexit, "autoexit", "", "Automatically exit when directory is deleted")
	glibopt.Int(c, &o.port, "port", "P", "PORT", "Use the specified TCP port")
	glibopt.String(c, &o.portFile, "port-file", "p", "PATH", "Write port number to PATH (- for standard output)")
	glibopt.Bool(c, &o.serve.halves, "force-range-requests", "", "Force range requests by only serving half of files")
	glibopt.Bool(c, &o.serve.auth, "require-basic-auth", "", "Require username foouser, password barpw")
	for i, name := range randomErrors {
		o.serve.errors[i].left = 100
		status := name[len("random-") : len(name)-1]
		glibopt.Int(c, &o.serve.errors[i].percent, name, "", "PERCENTAGE", "Generate random HTTP "+status+" errors approximately for PERCENTAGE requests")
		glibopt.Int(c, &o.serve.errors[i].left, name+"-max", "", "MAX", "Limit HTTP "+status+" errors to MAX (default 100)")
	}
	glibopt.String(c, &o.logFile, "log-file", "", "PATH", "Put logs here (use - for stdout)")
	glibopt.Strings(c, &o.expCookies, "expected-cookies", "", "KEY=VALUE", "Expect given cookies in the http request")
	glibopt.Strings(c, &o.expHeaders, "expected-header", "", "KEY=VALUE", "Expect given headers in the http request")
	o.listenFD = -1
	glibopt.Int(c, &o.listenFD, "listen-fd", "", "FD", "")
	glibopt.Hide(c, "listen-fd")
	c.RunE = func(c *cobra.Command, args []string) error {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		return a.trivialHTTPD(c.Context(), dir, &o)
	}
	return c
}

func (a *app) trivialHTTPD(ctx context.Context, dir string, o *httpdOptions) error {
	if _, err := os.ReadDir(dir); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	l, err := o.listen(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if o.daemonize {
		return errors.Join(a.detach(l, o, dir), a.writePort(l, o.portFile))
	}
	logTo, err := a.httpdLog(o)
	if err != nil {
		return err
	}
	defer logTo.Close()
	s := newFileServer(dir, logTo, o.serve)
	s.logf("serving at root %s", dir)
	if err := a.writePort(l, o.portFile); err != nil {
		return err
	}
	return serveUntil(ctx, l, s, o.autoexit, dir)
}

// check completes the options of the server.
func (o *httpdOptions) check() error {
	o.serve.errors[0].status, o.serve.errors[1].status = http.StatusInternalServerError, http.StatusRequestTimeout
	for i, name := range randomErrors {
		if p := o.serve.errors[i].percent; p < 0 || p >= 100 {
			return errorf("Invalid --%s=%d", name, p)
		}
	}
	var err error
	if o.serve.cookies, err = splitPairs(o.expCookies); err != nil {
		return err
	}
	o.serve.headers, err = splitPairs(o.expHeaders)
	return err
}

// listen opens the port on all addresses of the machine, IPv4 and IPv6, as the real command does.
func (o *httpdOptions) listen(ctx context.Context) (net.Listener, error) {
	if o.listenFD >= 0 {
		f := os.NewFile(uintptr(o.listenFD), "listener")
		defer f.Close()
		return net.FileListener(f)
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", net.JoinHostPort("", strconv.Itoa(o.port)))
}

// detach starts this command again as a process of its own session, with the socket that is already open: a request
// made from now on waits until that process serves it.
func (a *app) detach(l net.Listener, o *httpdOptions, dir string) error {
	sock, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer sock.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, append([]string{"trivial-httpd", "--listen-fd=3"}, o.childArgs(dir)...)...)
	cmd.ExtraFiles = []*os.File{sock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

// childArgs are the options that say what is served and how.
func (o *httpdOptions) childArgs(dir string) []string {
	args := []string{fmt.Sprintf("--autoexit=%v", o.autoexit), fmt.Sprintf("--force-range-requests=%v", o.serve.halves),
		fmt.Sprintf("--require-basic-auth=%v", o.serve.auth)}
	for i, name := range randomErrors {
		args = append(args, fmt.Sprintf("--%s=%d", name, o.serve.errors[i].percent), fmt.Sprintf("--%s-max=%d", name, o.serve.errors[i].left))
	}
	if o.logFile != "" {
		args = append(args, "--log-file="+o.logFile)
	}
	for _, c := range o.expCookies {
		args = append(args, "--expected-cookies="+c)
	}
	for _, h := range o.expHeaders {
		args = append(args, "--expected-header="+h)
	}
	return append(args, "--", dir)
}

func (a *app) writePort(l net.Listener, path string) error {
	line := fmt.Sprintf("%d\n", l.Addr().(*net.TCPAddr).Port)
	switch path {
	case "":
		return nil
	case "-":
		_, err := io.WriteString(a.stdout, line)
		return err
	}
	return os.WriteFile(path, []byte(line), 0o666)
}

func (a *app) httpdLog(o *httpdOptions) (io.WriteCloser, error) {
	switch o.logFile {
	case "":
		return nopCloser{io.Discard}, nil
	case "-":
		return nopCloser{a.stdout}, nil
	}
	return os.OpenFile(o.logFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// serveUntil serves until ctx ends or, with autoexit, the directory is gone.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler, autoexit bool, dir string) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	gone := context.AfterFunc(ctx, func() { server.Close() })
	defer gone()
	if autoexit {
		go func() {
			for ticker := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-ticker.C {
				if _, err := os.Stat(dir); err != nil {
					stop()
				}
			}
		}()
	}
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func splitPairs(pairs []string) ([][2]string, error) {
	var out [][2]string
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok {
			return nil, errorf("Missing '=' in KEY=VALUE: %s", p)
		}
		out = append(out, [2]string{k, v})
	}
	return out, nil
}
