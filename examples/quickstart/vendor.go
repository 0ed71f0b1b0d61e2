package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"example.com/rpmostree/layering/compose"
	"example.com/rpmostree/layering/treefile"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/repo"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// ref is the branch that the vendor publishes and machines follow.
const ref = "demo/stable"

// vendor is who makes the operating system.
type vendor struct {
	dir string
	out io.Writer
}

// manifest describes the image, as a file next to .repo files would.
const manifest = `
ref: demo/stable
releasever: "1"
repos: [demo]
packages: [demo-release, demo-kernel, demo-shell]
boot-location: modules
selinux: false
no-initramfs: true
machineid-compat: false
tmp-is-dir: true
`

// release builds the packages of a version and composes them into a commit.
func (v *vendor) release(version string) func(context.Context) error {
	return func(ctx context.Context) error {
		rpms := filepath.Join(v.dir, "packages", version)
		if err := rpmtest.WriteRepo(ctx, rpms, packages(version)...); err != nil {
			return err
		}
		fmt.Fprintf(v.out, "%d packages in %s\n", len(packages(version)), rpms)
		images, err := ostree.Init(ctx, filepath.Join(v.dir, "server"), &ostree.InitOptions{Mode: ostree.ModeArchive})
		if err != nil {
			return err
		}
		defer images.Close()
		tf, err := loadManifest()
		if err != nil {
			return err
		}
		res, err := compose.Compose(ctx, tf, &compose.Options{
			Repo: images, CacheDir: filepath.Join(v.dir, "cache"),
			Repos:   []*repo.Repo{repo.New("demo", rpms)},
			Version: version, Timestamp: built(version),
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(v.out, "%s => %s (version %s, %d packages)\n", res.Ref, short(res.Commit), res.Version, len(res.Packages))
		return images.UpdateSummary(ctx, nil)
	}
}

func loadManifest() (*treefile.Treefile, error) {
	return treefile.Load("manifest.yaml", &treefile.Options{
		BaseArch: "x86_64", ReadFile: func(string) ([]byte, error) { return []byte(manifest), nil },
	})
}

// built is the release date, which makes the same commit on every run.
func built(version string) time.Time {
	if version == "1.0" {
		return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
}

// packages are those of the demo distribution. A real vendor has an RPM repository instead.
func packages(version string) []*rpmtest.Package {
	release := strings.Join([]string{
		`NAME="Demo OS"`, `ID=demo`, `PRETTY_NAME="Demo OS"`, `VERSION_ID=` + version, "",
	}, "\n")
	return []*rpmtest.Package{
		{
			Name: "demo-release", Version: version,
			Files: []rpmtest.File{
				{Path: "/usr/lib/os-release", Body: release},
				{Path: "/etc/motd", Body: "Welcome to Demo OS " + version + "\n", Config: true},
				{Path: "/etc/demo.conf", Body: "colour = default of " + version + "\n", Config: true},
			},
		},
		{
			Name: "demo-kernel", Version: version, Arch: "x86_64",
			Files: []rpmtest.File{
				{Path: "/usr/lib/modules/" + version + "-demo/vmlinuz", Mode: 0o755, Body: "not really a kernel " + version},
			},
		},
		{
			Name: "demo-shell", Version: version, Arch: "x86_64", Requires: []string{"demo-release >= " + version},
			Provides: []string{"/bin/sh"},
			Files: []rpmtest.File{
				{Path: "/usr/bin/demo-sh", Mode: 0o755, Body: "#!demo " + version},
				{Path: "/usr/bin/sh", LinkTo: "demo-sh"},
			},
		},
		{
			Name: "cowsay", Version: "3.7", Requires: []string{"demo-shell", "cow-data"},
			Files: []rpmtest.File{{Path: "/usr/bin/cowsay", Mode: 0o755, Body: "#!/bin/sh\necho moo\n"}},
		},
		{
			Name: "cow-data", Version: version,
			Files: []rpmtest.File{{Path: "/usr/share/cows/default.cow", Body: "a cow of " + version + "\n"}},
		},
	}
}

// short abbreviates a checksum for people.
func short(c ostree.Checksum) string { return c.String()[:12] }
