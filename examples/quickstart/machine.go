package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/sysroot"
)

const (
	stateroot = "demo"
	remote    = "vendor"
)

// machine is a system root that follows the vendor.
type machine struct {
	dir, url string
	out      io.Writer
	sys      *sysroot.Sysroot
	version  string // of the package repository that the vendor has now
}

// install makes an empty root and deploys the first commit, as an installer does.
func (m *machine) install(ctx context.Context) (err error) {
	// A bare-user repository keeps owners in attributes, so that no privileges are needed.
	if err := sysroot.Init(ctx, m.dir, &sysroot.InitOptions{Epoch: 1, RepoMode: ostree.ModeBareUser}); err != nil {
		return err
	}
	if m.sys, err = sysroot.Open(ctx, m.dir, nil); err != nil {
		return err
	}
	if err := m.sys.InitStateroot(ctx, stateroot); err != nil {
		return err
	}
	rem := ostree.Remote{Name: remote, URL: m.url + "/server", Options: map[string]string{"gpg-verify": "false"}}
	if err := m.sys.Repo().AddRemote(ctx, rem, nil); err != nil {
		return err
	}
	res, err := pull.Pull(ctx, m.sys.Repo(), pull.HTTP(nil, rem.URL), &pull.Options{Remote: remote, Refs: []string{ref}})
	if err != nil {
		return err
	}
	fmt.Fprintf(m.out, "pulled %d objects\n", res.Metadata+res.Content)
	_, err = m.sys.Deploy(ctx, sysroot.DeployRequest{
		Stateroot: stateroot, Commit: res.Refs[ref], Origin: sysroot.NewOrigin(remote + ":" + ref),
		KernelArgs: kargs.Parse("root=LABEL=root quiet"),
	}, nil)
	m.version = "1.0"
	return m.show(ctx, err)
}

// engine drives the root. The package repository is the vendor's newest one.
func (m *machine) engine() *layering.Engine {
	return layering.NewEngine(m.sys, &layering.EngineOptions{
		Repos:    []*repo.Repo{repo.New("demo", m.url+"/packages/"+m.version)},
		CacheDir: filepath.Join(m.dir, "var-cache"),
	})
}

// request plans a change, prints the plan and applies it.
func (m *machine) request(ctx context.Context, r layering.Request) error {
	e := m.engine()
	plan, err := e.Plan(ctx, r)
	if err != nil {
		return err
	}
	defer plan.Close()
	for _, p := range plan.Add {
		fmt.Fprintf(m.out, "will add %s from %s\n", p.NEVRA, p.Repo)
	}
	_, err = e.Apply(ctx, plan, nil)
	return m.show(ctx, err)
}

// customise is what administrators do.
func (m *machine) customise(ctx context.Context) error {
	conf := filepath.Join(m.sys.Deployments()[0].Path(m.sys), "etc", "demo.conf")
	if err := replaceFile(conf, "colour = purple\n"); err != nil {
		return err
	}
	fmt.Fprintln(m.out, "changed /etc/demo.conf")
	return m.request(ctx, layering.Request{Install: []string{"cowsay"}})
}

// replaceFile writes a new file in place of the old one, as editors do.
func replaceFile(name, content string) error {
	if err := os.Remove(name); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(content), 0o644)
}

func (m *machine) upgrade(ctx context.Context) error {
	m.version = "2.0"
	return m.request(ctx, layering.Request{Upgrade: true})
}

func (m *machine) rollback(ctx context.Context) error {
	return m.show(ctx, m.sys.Rollback(ctx, stateroot))
}

// show prints what would boot, unless the step failed.
func (m *machine) show(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	st, err := m.engine().Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(m.out, "status:")
	for i, d := range st.Deployments {
		version := d.Version
		if d.BaseVersion != "" {
			version = d.BaseVersion
		}
		mark := " "
		if i == 0 {
			mark = "*" // boots next
		}
		fmt.Fprintf(m.out, " %s %s  version %s  commit %s", mark, d.Origin, version, d.Checksum[:12])
		if len(d.Packages) > 0 {
			fmt.Fprintf(m.out, "  layered: %s", strings.Join(d.Packages, " "))
		}
		fmt.Fprintln(m.out)
	}
	return m.showFiles(m.sys.Deployments()[0])
}

// showFiles prints what is inside the deployment that boots next.
func (m *machine) showFiles(d *sysroot.Deployment) error {
	for _, name := range []string{"etc/motd", "etc/demo.conf", "usr/share/cows/default.cow"} {
		data, err := os.ReadFile(filepath.Join(d.Path(m.sys), name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(m.out, "   /%s: %s", name, data)
	}
	return nil
}

func (m *machine) close() error { return m.sys.Close() }
