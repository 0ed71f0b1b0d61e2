package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/internal/glibopt"
	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
	"example.com/rpmostree/sysroot/sysroottest"
)

// TestScripts runs testdata/script/*.txtar, one behaviour a file. Besides the commands of testscript there are
//
//	rpm-ostree ARG...        the command, in process
//	exits STATUS ARG...      the same, with the exit status that is expected
//	mkrpms DIR NAME...       packages of the file packages.txt, or all, and their repository metadata
//	machine VERSION          composes the image of a version and installs a machine with it, at $OSTREE_SYSROOT
//	machine VERSION bare [NAME..] the same with more packages and a repository of mode bare: owners are real
//	release VERSION [NAME..] composes another version, with more packages
//	subst FILE               puts the directory "rpms" for RPMS in a file
//	initrepo DIR             makes an archive repository
//	tree REF                 lists an image of the repository "images", with the content of small files
//	boot                     makes the newest deployment the running system
//	pin INDEX, unpin INDEX   protects a deployment, or ends that, as "ostree admin pin" does
//	attributes PATH...       prints permissions, owners and capabilities of files of the newest deployment
//	fsck                     verifies the repository of the machine
//	show PATH...             prints type, permissions and content of files of the newest deployment
//
// packages.txt describes one package a line, "NAME VERSION KEY=VALUE...", see parsePackage.
func TestScripts(t *testing.T) {
	testenv.NeedUserXattrs(t, t.TempDir())
	canRunScripts := false
	t.Run("sandbox", func(t *testing.T) {
		testenv.NeedTool(t, "bwrap", "busybox")
		testenv.NeedRoot(t)
		testenv.NeedOverlay(t)
		canRunScripts = true
	})
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Condition: func(cond string) (bool, error) {
			if cond != "sandbox" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return canRunScripts, nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("OSTREE_SYSROOT", filepath.Join(e.WorkDir, "root"))
			e.Setenv("OSTREE_SYSROOT_DEBUG", "mutable-deployments")
			e.Setenv("SOURCE_DATE_EPOCH", "1700000000")
			e.Setenv("TMPDIR", filepath.Join(e.WorkDir, "tmp"))
			return os.MkdirAll(filepath.Join(e.WorkDir, "tmp"), 0o755)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"rpm-ostree": func(ts *testscript.TestScript, neg bool, args []string) {
				want := 0
				if neg {
					want = 1
				}
				command(ts, want, args)
			},
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				command(ts, want, args[1:])
			},
			"mkrpms": func(ts *testscript.TestScript, _ bool, args []string) { makeRPMs(ts, ts.MkAbs(args[0]), args[1:]) },
			"release": func(ts *testscript.TestScript, _ bool, args []string) {
				release(ts, args[0], args[1:])
			},
			"boot":  func(ts *testscript.TestScript, _ bool, _ []string) { boot(t, ts) },
			"pin":   func(ts *testscript.TestScript, _ bool, args []string) { pin(ts, args[0], true) },
			"unpin": func(ts *testscript.TestScript, _ bool, args []string) { pin(ts, args[0], false) },
			"show":  func(ts *testscript.TestScript, neg bool, args []string) { show(ts, neg, args) },
			"subst": func(ts *testscript.TestScript, _ bool, args []string) {
				text := strings.ReplaceAll(ts.ReadFile(args[0]), "RPMS", ts.MkAbs("rpms"))
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
			},
			"initrepo": func(ts *testscript.TestScript, _ bool, args []string) {
				r, err := ostree.Init(context.Background(), ts.MkAbs(args[0]), &ostree.InitOptions{Mode: ostree.ModeArchive})
				ts.Check(err)
				ts.Check(r.Close())
			},
			"tree": func(ts *testscript.TestScript, _ bool, args []string) { listImage(t, ts, args[0]) },
			"machine": func(ts *testscript.TestScript, _ bool, args []string) {
				mode, more := ostree.ModeBareUser, args[1:]
				if len(more) > 0 && more[0] == "bare" {
					mode, more = ostree.ModeBare, more[1:]
				}
				release(ts, args[0], more)
				ts.Check(install(ts, mode))
			},
			"attributes": func(ts *testscript.TestScript, _ bool, args []string) { attributes(ts, args) },
			"fsck": func(ts *testscript.TestScript, _ bool, _ []string) {
				newest(ts, func(s *sysroot.Sysroot, _ *sysroot.Deployment) {
					report, err := s.Repo().Fsck(context.Background(), nil)
					ts.Check(err)
					if len(report.Problems) > 0 {
						ts.Fatalf("fsck: %v", report.Problems)
					}
				})
			},
		},
	})
}

// environment is what the command sees.
func environment(ts *testscript.TestScript) []string {
	var out []string
	for _, k := range []string{"OSTREE_SYSROOT", "OSTREE_SYSROOT_DEBUG", "SOURCE_DATE_EPOCH", "EDITOR"} {
		out = append(out, k+"="+ts.Getenv(k))
	}
	return out
}

func command(ts *testscript.TestScript, want int, args []string) {
	abs := make([]string, len(args))
	for i, a := range args {
		option, path, ok := strings.Cut(a, "./") // in process there is no working directory of its own
		if abs[i] = a; ok && (option == "" || strings.HasSuffix(option, "=")) {
			abs[i] = option + ts.MkAbs(path)
		}
	}
	a := &app{env: glibopt.Environ(environment(ts)), stdout: ts.Stdout(), stderr: ts.Stderr(), edit: edit}
	a.reboot = func(context.Context) error { a.printf("Rebooting\n"); return nil }
	if run := ts.Getenv("RUN_DIR"); run != "" {
		a.options = func(o *sysroot.Options) { o.RunDir, o.RootDir = run, ts.Getenv("OSTREE_SYSROOT") }
	}
	got := a.run(context.Background(), abs, strings.NewReader(""))
	if got != want {
		ts.Fatalf("rpm-ostree %s: exit status %d, want %d", strings.Join(args, " "), got, want)
	}
}

// system are the packages of every image.
func system(ts *testscript.TestScript, version string) []*rpmtest.Package {
	repo := fmt.Sprintf("[extra]\nname=extra\nbaseurl=file://%s\ngpgcheck=0\nmetadata_expire=0\n", ts.MkAbs("extra"))
	return []*rpmtest.Package{
		{Name: "os-release", Version: version, Files: []rpmtest.File{
			{Path: "/usr/lib/os-release", Body: "NAME=Own\nID=own\nPRETTY_NAME=\"Own\"\n"}, {Path: "/etc/yum.repos.d/extra.repo", Body: repo},
			{Path: "/etc/own.conf", Body: "default\n"},
		}},
		{Name: "kernel", Version: version, Arch: "x86_64", Files: []rpmtest.File{
			{Path: "/usr/lib/modules/" + version + "/vmlinuz", Body: "kernel " + version}, {Path: "/usr/lib/modules/" + version + "/initramfs.img", Body: "i"},
		}},
		{Name: "tool", Version: version, Requires: []string{"lib"}, Files: []rpmtest.File{{Path: "/usr/bin/tool", Body: "tool " + version + "\n", Mode: 0o755}}},
		{Name: "lib", Version: version, Files: []rpmtest.File{{Path: "/usr/lib/lib.so", Body: "lib " + version + "\n"}}},
	}
}

// release composes an image with the command itself, into the repository "images".
func release(ts *testscript.TestScript, version string, more []string) {
	ctx := context.Background()
	pkgs := append(system(ts, version), described(ts, more)...)
	var names []string
	for _, p := range pkgs {
		names = append(names, p.Name)
	}
	dir := ts.MkAbs("os" + version)
	ts.Check(rpmtest.WriteRepo(ctx, filepath.Join(dir, "rpms"), pkgs...))
	files := map[string]string{
		"os.repo": "[os]\nname=os\nbaseurl=file://" + dir + "/rpms\ngpgcheck=0\n",
		"os.yaml": "ref: os/stable\nrepos: [os]\npackages: [" + strings.Join(names, ", ") + "]\nboot-location: modules\nselinux: false\nno-initramfs: true\n" +
			"automatic-version-prefix: \"" + version + "\"\n",
	}
	for name, text := range files {
		ts.Check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	images, err := ostree.Init(ctx, ts.MkAbs("images"), &ostree.InitOptions{Mode: ostree.ModeArchive})
	ts.Check(err)
	ts.Check(images.Close())
	minute := strings.ReplaceAll(version, ".", "")
	n, err := strconv.Atoi(minute)
	ts.Check(err)
	ts.Setenv("SOURCE_DATE_EPOCH", strconv.Itoa(1_700_000_000+n*60))
	command(ts, 0, []string{"compose", "tree", "--repo=./images", "--cachedir=./cache", "./os" + version + "/os.yaml"})
}

// newest opens the root and gives f its first deployment.
func newest(ts *testscript.TestScript, f func(*sysroot.Sysroot, *sysroot.Deployment)) {
	s, err := sysroot.Open(context.Background(), ts.Getenv("OSTREE_SYSROOT"), &sysroot.Options{MutableDeployments: true})
	ts.Check(err)
	defer s.Close()
	f(s, s.Deployments()[0])
}

func pin(ts *testscript.TestScript, index string, on bool) {
	i, err := strconv.Atoi(index)
	ts.Check(err)
	newest(ts, func(s *sysroot.Sysroot, _ *sysroot.Deployment) { ts.Check(s.Pin(context.Background(), i, on)) })
}

func listImage(t *testing.T, ts *testscript.TestScript, ref string) {
	r, err := ostree.Open(context.Background(), ts.MkAbs("images"), nil)
	ts.Check(err)
	defer r.Close()
	sum, err := r.ResolveRev(context.Background(), ref)
	ts.Check(err)
	all := ostreetest.List(t, r, sum)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(name, "usr/share/rpm/") && !strings.HasPrefix(name, "usr/lib/sysimage/") {
			fmt.Fprintf(ts.Stdout(), "%s\n%s", name, all[name])
		}
	}
}

func boot(t *testing.T, ts *testscript.TestScript) {
	run := ts.MkAbs("run")
	ts.Check(os.Mkdir(run, 0o755))
	newest(ts, func(s *sysroot.Sysroot, d *sysroot.Deployment) {
		root, _ := sysroottest.Boot(t, s, d, run)
		ts.Setenv("OSTREE_SYSROOT", root)
	})
	ts.Setenv("RUN_DIR", run)
}

func show(ts *testscript.TestScript, neg bool, names []string) {
	newest(ts, func(s *sysroot.Sysroot, d *sysroot.Deployment) {
		for _, name := range names {
			path := filepath.Join(d.Path(s), name)
			st, err := os.Lstat(path)
			if neg != errors.Is(err, fs.ErrNotExist) {
				ts.Fatalf("%s: %v", name, err)
			}
			if err != nil {
				continue
			}
			fmt.Fprintln(ts.Stdout(), st.Mode(), name)
			switch {
			case st.Mode().IsRegular():
				data, err := os.ReadFile(path)
				ts.Check(err)
				fmt.Fprintln(ts.Stdout(), string(data))
			case st.Mode()&fs.ModeSymlink != 0:
				target, err := os.Readlink(path)
				ts.Check(err)
				fmt.Fprintln(ts.Stdout(), target)
			}
		}
	})
}

// attributes prints "PATH MODE UID:GID", and security.capability in hexadecimal if there is one.
func attributes(ts *testscript.TestScript, names []string) {
	newest(ts, func(s *sysroot.Sysroot, d *sysroot.Deployment) {
		for _, name := range names {
			var st unix.Stat_t
			path := filepath.Join(d.Path(s), name)
			ts.Check(unix.Lstat(path, &st))
			fmt.Fprintf(ts.Stdout(), "%s %o %d:%d", name, st.Mode&0o7777, st.Uid, st.Gid)
			caps := make([]byte, 64)
			if n, err := unix.Lgetxattr(path, "security.capability", caps); err == nil {
				fmt.Fprintf(ts.Stdout(), " caps=%x", caps[:n])
			}
			fmt.Fprintln(ts.Stdout())
		}
	})
}

func install(ts *testscript.TestScript, mode ostree.Mode) (err error) {
	ctx, root := context.Background(), ts.Getenv("OSTREE_SYSROOT")
	if err := sysroot.Init(ctx, root, &sysroot.InitOptions{Epoch: 1, RepoMode: mode}); err != nil {
		return err
	}
	s, err := sysroot.Open(ctx, root, &sysroot.Options{MutableDeployments: true})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.InitStateroot(ctx, "own"); err != nil {
		return err
	}
	rem := ostree.Remote{Name: "vendor", URL: "file://" + ts.MkAbs("images"), Options: map[string]string{"gpg-verify": "false"}}
	if err := s.Repo().AddRemote(ctx, rem, nil); err != nil {
		return err
	}
	src, o, err := pull.OpenRemote(ctx, nil, rem)
	if err != nil {
		return err
	}
	o.Refs = []string{"os/stable"}
	res, err := pull.Pull(ctx, s.Repo(), src, o)
	if err != nil {
		return err
	}
	_, err = s.Deploy(ctx, sysroot.DeployRequest{
		Stateroot: "own", Commit: res.Refs["os/stable"], Origin: sysroot.NewOrigin("vendor:os/stable"), KernelArgs: kargs.Parse("root=LABEL=root quiet"),
	}, nil)
	return err
}

func makeRPMs(ts *testscript.TestScript, dir string, names []string) {
	ts.Check(rpmtest.WriteRepo(context.Background(), dir, described(ts, names)...))
}

// described returns the named packages of packages.txt; "*" stands for all.
func described(ts *testscript.TestScript, names []string) []*rpmtest.Package {
	if len(names) == 0 {
		return nil
	}
	var out []*rpmtest.Package
	for line := range strings.Lines(ts.ReadFile("packages.txt")) {
		p, err := parsePackage(strings.TrimSpace(line))
		ts.Check(err)
		for _, name := range names {
			if p != nil && (name == "*" || name == p.Name || name == p.Name+"-"+p.Version) {
				out = append(out, p)
			}
		}
	}
	return out
}

// parsePackage reads "NAME VERSION KEY=VALUE...". Keys are those of the spec file in lower case, with "_" for blanks in
// values; file=PATH:CONTENT, dir=PATH and link=PATH:TARGET add files, with attributes after "|" (see setAttributes), and
// pre=COMMANDS and post=COMMANDS scripts, the latter with its interpreter after "|". program=PATH:NAME adds a program of
// the host.
func parsePackage(line string) (*rpmtest.Package, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil, nil
	}
	p := &rpmtest.Package{Name: words[0], Version: words[1], NoAutoRequires: true}
	for _, w := range words[2:] {
		key, value, _ := strings.Cut(w, "=")
		value, attributes, _ := strings.Cut(value, "|")
		value = strings.ReplaceAll(value, "_", " ")
		switch key {
		case "arch":
			p.Arch = value
		case "requires":
			p.Requires = append(p.Requires, value)
		case "recommends":
			p.Recommends = append(p.Recommends, value)
		case "conflicts":
			p.Conflicts = append(p.Conflicts, value)
		case "change":
			p.Changelog = append(p.Changelog, rpmtest.Change{Author: "Own <own@example.com>", Text: value})
		case "summary":
			p.Summary = value
		case "provides":
			p.Provides = append(p.Provides, value)
		case "pre":
			p.Scripts.Pre = rpmtest.Shell(value)
		case "post":
			p.Scripts.Post = rpmtest.Shell(value)
			if attributes != "" {
				p.Scripts.Post.Interpreter = strings.Split(attributes, ",")
			}
		case "program":
			path, name, _ := strings.Cut(value, ":")
			file, err := exec.LookPath(name)
			if err != nil {
				return nil, err
			}
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			p.Files = append(p.Files, rpmtest.File{Path: path, Body: string(data), Mode: 0o755})
		case "file", "dir", "link":
			path, content, _ := strings.Cut(value, ":")
			f := rpmtest.File{Path: path, Dir: key == "dir"}
			if key == "link" {
				f.LinkTo = content
			} else if key == "file" {
				f.Body = content + "\n"
			}
			if err := setAttributes(&f, attributes); err != nil {
				return nil, err
			}
			p.Files = append(p.Files, f)
		default:
			return nil, fmt.Errorf("packages.txt: unknown key in %q", w)
		}
	}
	for i := range p.Changelog { // the newest comes first
		p.Changelog[i].Time = time.Unix(1_700_000_000, 0).AddDate(0, 0, len(p.Changelog)-i)
	}
	return p, nil
}

// setAttributes reads "ATTRIBUTE,...": user:NAME, group:NAME, mode:OCTAL, caps:TEXT, doc, license and ghost.
func setAttributes(f *rpmtest.File, text string) error {
	if text == "" {
		return nil
	}
	for _, a := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(a, ":")
		switch key {
		case "user":
			f.User = value
		case "group":
			f.Group = value
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 12)
			if err != nil {
				return fmt.Errorf("packages.txt: %s: %w", f.Path, err)
			}
			f.Mode = uint32(mode)
		case "caps":
			f.Caps = value
		case "doc":
			f.Doc = true
		case "license":
			f.License = true
		case "ghost":
			f.Ghost = true
		default:
			return fmt.Errorf("packages.txt: %s: unknown attribute %q", f.Path, a)
		}
	}
	return nil
}
