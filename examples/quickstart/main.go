// Command quickstart tells the whole story of this module in one run, as an ordinary user, with nothing installed and
// no network: a vendor makes RPM packages and composes an operating system from them, a machine deploys it over HTTP,
// layers a package on top, upgrades to the next version with the layer and its own configuration carried along, and
// rolls back.
//
//	go run ./examples/quickstart              # in a temporary directory
//	go run ./examples/quickstart -keep DIR    # leaves everything in DIR for inspection
//
// Read vendor.go for the vendor's side and machine.go for the machine's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	keep := flags.String("keep", "", "directory to leave everything in")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	dir, remove, err := workDir(*keep)
	if err == nil {
		err = errors.Join(story(ctx, dir, stdout), remove())
	}
	if err != nil {
		fmt.Fprintln(stderr, "error:", err)
		return 1
	}
	if *keep != "" {
		fmt.Fprintf(stdout, "\nEverything is in %s: packages/ (RPMs), server/ (the image repository), machine/ (the system root).\n", dir)
	}
	return 0
}

// workDir makes the directory of the run and says how to remove it.
func workDir(keep string) (string, func() error, error) {
	if keep == "" {
		dir, err := os.MkdirTemp("", "rpmostree-quickstart-")
		return dir, func() error { return os.RemoveAll(dir) }, err
	}
	dir, err := filepath.Abs(keep)
	if err != nil {
		return "", nil, err
	}
	if _, err := os.Stat(dir); err == nil {
		return "", nil, fmt.Errorf("%s exists already: name a new directory", dir)
	}
	return dir, func() error { return nil }, os.MkdirAll(dir, 0o755)
}

// story is the plot. Each step is one call into the two sides.
func story(ctx context.Context, dir string, out io.Writer) error {
	start := time.Now()
	url, stopServer, err := serve(dir)
	if err != nil {
		return err
	}
	defer stopServer()
	v := &vendor{dir: dir, out: out}
	m := &machine{dir: filepath.Join(dir, "machine"), url: url, out: out}
	for _, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"The vendor makes packages and composes version 1.0", v.release("1.0")},
		{"A machine deploys it over HTTP", m.install},
		{"The administrator changes /etc and layers a package", m.customise},
		{"The vendor composes version 2.0", v.release("2.0")},
		{"The machine upgrades: layer and configuration are carried along", m.upgrade},
		{"The administrator rolls back", m.rollback},
	} {
		fmt.Fprintf(out, "\n== %s ==\n", step.title)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	fmt.Fprintf(out, "\nDone in %.1f s.\n", time.Since(start).Seconds())
	return m.close()
}

// serve publishes the vendor's repositories on loopback, as any static web server would.
func serve(dir string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: time.Minute}
	go s.Serve(l) //nolint:errcheck // ends with ErrServerClosed
	return "http://" + l.Addr().String(), func() { s.Close() }, nil
}
