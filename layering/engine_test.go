package layering_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/bootloader/kargs"
	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/rpmpkg/rpmtest"
	"example.com/rpmostree/sysroot"
)

func with(list []string, more ...string) []string {
	out := append(slices.Clone(list), more...)
	slices.Sort(out)
	return out
}

func TestInstallAndUninstall(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		bare := s.sys.Deployments()[0].Commit
		d := s.apply(layering.Request{Install: []string{"foo"}})
		require.Equal(t, with(baseNames, "foo-1.0", "foo-data-1.0", "foo-weak-1.0"), s.packages())
		require.Equal(t, "foo 1.0", s.read("usr/bin/foo"))
		require.Equal(t, "foo", s.origin("packages", "requested"))
		require.Equal(t, followed, s.origin("origin", "baserefspec"))
		require.Empty(t, s.origin("origin", "refspec"))
		require.Equal(t, "root=LABEL=root quiet", d.KernelArgs().String())

		c, err := s.sys.Repo().LoadCommit(t.Context(), d.Commit)
		require.NoError(t, err)
		require.Equal(t, bare, c.Parent)
		require.Equal(t, "1.0", c.Version())
		for key, want := range map[string]string{
			"rpmostree.clientlayer": "true", "rpmostree.clientlayer_version": "uint32 6", "rpmostree.packages": "['foo']", "rpmostree.modules": "@as []",
			"rpmostree.removed-base-packages": "@av []", "rpmostree.replaced-base-packages": "@a(vv) []", "rpmostree.replaced-base-remote-packages": "@a{sv} {}",
			"ostree.bootable": "true", "ostree.linux": "'1.0'",
		} {
			v, ok := c.Metadata.Get(key)
			require.True(t, ok, key)
			require.Equal(t, want, v.String(), key)
		}
		digest, _ := c.Metadata.String("rpmostree.state-sha512")
		require.Len(t, digest, 128)

		// A second request adds up with the first.
		s.apply(layering.Request{Install: []string{"barlike"}})
		require.Equal(t, with(baseNames, "bar-1.0", "foo-1.0", "foo-data-1.0", "foo-weak-1.0"), s.packages())
		require.Equal(t, "barlike;foo", s.origin("packages", "requested"))
		require.Equal(t, "bar", s.read("etc/bar.conf"))
		require.Equal(t, []string{"bar/1.0-1.noarch", "foo-data/1.0-1.noarch", "foo-weak/1.0-1.noarch", "foo/1.0-1.noarch"}, with(s.refs("rpmostree/pkg")))
		require.Equal(t, []string{"0", "1"}, s.refs("rpmostree/base"))

		s.apply(layering.Request{Uninstall: []string{"foo"}})
		require.Equal(t, with(baseNames, "bar-1.0"), s.packages())
		require.Empty(t, s.read("usr/bin/foo"))

		d = s.apply(layering.Request{UninstallAll: true})
		require.Equal(t, bare, d.Commit)
		require.Equal(t, followed, s.origin("origin", "refspec"))
		require.Empty(t, s.origin("origin", "baserefspec"))
		require.Equal(t, []string{"0"}, s.refs("rpmostree/base"), "of the rollback deployment")
		require.Equal(t, []string{"bar/1.0-1.noarch"}, s.refs("rpmostree/pkg"))
		rep, err := s.sys.Repo().Fsck(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, rep.Problems)
	})
}

func TestNoRecommends(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.opts.NoRecommends = true
	s.apply(layering.Request{Install: []string{"foo"}})
	require.Equal(t, with(baseNames, "foo-1.0", "foo-data-1.0"), s.packages())
}

func TestRequestErrors(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"bar"}})
	local := s.rpm(&rpmtest.Package{Name: "local"})
	for name, test := range map[string]struct {
		r    layering.Request
		want []string
	}{
		"all missing names at once": {layering.Request{Install: []string{"nope", "foo", "nada"}}, []string{"Packages not found: nada, nope"}},
		"already requested":         {layering.Request{Install: []string{"bar"}}, []string{"Package/capability 'bar' is already requested"}},
		"not requested":             {layering.Request{Uninstall: []string{"foo"}}, []string{"Package/capability 'foo' is not currently requested"}},
		"in the base":               {layering.Request{Install: []string{"tool"}}, []string{`"tool" is already provided by: tool-1.0-1.noarch. Use --allow-inactive to explicitly require it.`}},
		"capability of the base":    {layering.Request{Install: []string{"libsomething"}}, []string{`"libsomething" is already provided by: lib-1.0-1.noarch`}},
		"several at once":           {layering.Request{Install: []string{"tool", "nope"}}, []string{"Packages not found: nope", `"tool" is already provided`}},
		"conflict with the base":    {layering.Request{Install: []string{"hates-tool"}}, []string{"Base packages would be removed: tool-1.0-1.noarch"}},
		"newer base needed":         {layering.Request{Install: []string{"needs-new-lib"}}, []string{"Forbidden base package replacements:\n  lib 1.0-1 -> 5-1 (extra)\n", "Some base packages would be replaced"}},
		"unsatisfiable":             {layering.Request{Install: []string{"broken"}}, []string{"Could not depsolve transaction; 1 problem detected", "nothing-has-this"}},
		"install and uninstall":     {layering.Request{Install: []string{"foo"}, Uninstall: []string{"foo"}}, []string{`"foo" is to be both installed and uninstalled`}},
		"override of nothing":       {layering.Request{OverrideRemove: []string{"nope"}}, []string{`Package "nope" not found in the base`}},
		"override of a layer":       {layering.Request{OverrideRemove: []string{"bar"}}, []string{`Package "bar" not found in the base`}},
		"no override to reset":      {layering.Request{OverrideReset: []string{"tool"}}, []string{"No overrides for package 'tool'"}},
		"removed and requested":     {layering.Request{OverrideRemove: []string{"tool"}, Install: []string{"tool"}, AllowInactive: true}, []string{"Cannot request 'tool' provided by removed package 'tool-1.0-1.noarch'"}},
		"replace what is not there": {layering.Request{OverrideReplace: []string{local}}, []string{`Package "local" not found in the base`}},
		"removes a dependency":      {layering.Request{OverrideRemove: []string{"lib"}}, []string{"Base packages would be removed: tool-1.0-1.noarch"}},
		"no such file":              {layering.Request{InstallFiles: []string{s.path("a.rpm"), s.path("b.rpm")}}, []string{"a.rpm", "b.rpm", "no such file"}},
		"contradiction":             {layering.Request{Upgrade: true, Refspec: "x:y"}, []string{"an upgrade keeps to its refspec"}},
		"unknown remote":            {layering.Request{Refspec: "nowhere:os/stable"}, []string{"nowhere"}},
		"unknown branch":            {layering.Request{Refspec: "os/none"}, []string{"os/none"}},
		"same branch":               {layering.Request{Refspec: followed}, []string{"Old and new refs are equal: " + followed}},
		"container":                 {layering.Request{Refspec: "ostree-unverified-registry:quay.io/x"}, []string{"container images are not supported"}},
		"unknown version":           {layering.Request{Revision: "7.0"}, []string{"Version 7.0 not found in " + followed}},
		"unknown stateroot":         {layering.Request{Stateroot: "other", Upgrade: true}, []string{`no deployments in stateroot "other"`}},
		"kernel argument":           {layering.Request{KernelArgs: &kargs.Edits{Delete: []string{"nope"}}}, []string{"nope"}},
	} {
		t.Run(name, func(t *testing.T) { s.refused(test.r, test.want...) })
	}
}

func TestIdempotent(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"foo"}})
	for name, r := range map[string]layering.Request{
		"install again":    {Install: []string{"foo"}, Idempotent: true},
		"uninstall absent": {Uninstall: []string{"bar"}, Idempotent: true},
		"nothing":          {},
		"upgrade":          {Upgrade: true},
		"same kargs":       {KernelArgs: &kargs.Edits{AppendIfMissing: []string{"quiet"}, DeleteIfPresent: []string{"nope"}}},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.state()
			require.True(t, s.plan(r).Unchanged)
			s.apply(r)
			require.Equal(t, before, s.state())
		})
	}
	p := s.plan(layering.Request{})
	d, err := s.engine().Apply(t.Context(), p, &layering.ApplyOptions{Force: true})
	require.NoError(t, err)
	require.Len(t, s.sys.Deployments(), 2)
	require.Equal(t, d.Name(), s.sys.Deployments()[0].Name())
}

// A request is dormant while the base has what it asks for.
func TestInactiveRequests(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"bar"}})
	with2 := s.release("2.0", append(basePackages("2.0"), &rpmtest.Package{Name: "bar", Version: "2.0", Files: file("/usr/bin/bar", "bar of the base")})...)
	p := s.plan(layering.Request{Upgrade: true})
	require.Equal(t, []layering.InactiveRequest{{Request: "bar", Reason: "already provided by bar-2.0-1.noarch"}}, p.Inactive)
	d := s.apply(layering.Request{Upgrade: true})
	require.Equal(t, with2, d.Commit, "nothing is layered")
	require.Equal(t, "bar", s.origin("packages", "requested"))
	require.Equal(t, "bar of the base", s.read("usr/bin/bar"))
	st := s.status().Deployments[0]
	require.Equal(t, []string{"bar"}, st.RequestedPackages)
	require.Empty(t, st.Packages)

	s.release("3.0", basePackages("3.0")...)
	d = s.apply(layering.Request{Upgrade: true})
	require.Equal(t, "bar", s.read("usr/bin/bar"))
	require.Equal(t, []string{"bar"}, s.status().Deployments[0].Packages)
	require.NotEqual(t, with2, d.Commit)

	// A package of the base can be requested for the time when it leaves the base; no commit is made for that.
	before := len(s.refs("rpmostree/pkg"))
	s.apply(layering.Request{UninstallAll: true})
	bare := s.sys.Deployments()[0].Commit
	d = s.apply(layering.Request{Install: []string{"tool"}, AllowInactive: true})
	require.Equal(t, bare, d.Commit)
	require.LessOrEqual(t, len(s.refs("rpmostree/pkg")), before)
}

func TestOverrideRemove(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		s.opts.Repos[0].BaseURLs = []string{"file:///nowhere"} // not needed
		s.apply(layering.Request{OverrideRemove: []string{"tool-1.0-1.noarch"}})
		require.Equal(t, []string{"kernel-1.0", "lib-1.0", "os-release-1.0", "shared-1.0"}, s.packages())
		require.Equal(t, "tool", s.origin("overrides", "remove"))
		require.Empty(t, s.read("usr/bin/tool"))
		require.NoDirExists(t, filepath.Join(s.sys.Deployments()[0].Path(s.sys), "usr/share/tool"))
		require.Equal(t, "shared", s.read("usr/share/shared/all"), "another package has it too")
		st := s.status().Deployments[0]
		require.Equal(t, []layering.NEVRAList{{"tool-1.0-1.noarch", "tool", uint32(0), "1.0", "1", "noarch"}}, st.BaseRemovals)
		require.Equal(t, []string{"tool"}, st.RequestedRemovals)
		s.refused(layering.Request{OverrideRemove: []string{"tool"}}, "Override already exists for package 'tool'")
		s.apply(layering.Request{OverrideReset: []string{"tool"}})
		require.Equal(t, "tool 1.0", s.read("usr/bin/tool"))
		require.Equal(t, followed, s.origin("origin", "refspec"))
	})
}

func TestOverrideReplace(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		tool := s.rpm(&rpmtest.Package{Name: "tool", Version: "1.1", Requires: []string{"lib = 1.1"}, Files: file("/usr/bin/tool", "tool 1.1")})
		lib := s.rpm(&rpmtest.Package{Name: "lib", Version: "1.1", Files: file("/usr/lib/lib.so", "lib 1.1")})
		s.refused(layering.Request{OverrideReplace: []string{tool}}, "lib = 1.1")
		p := s.plan(layering.Request{OverrideReplace: []string{tool, lib}})
		require.Len(t, p.Replace, 2)
		require.Empty(t, p.Add)
		s.apply(layering.Request{OverrideReplace: []string{tool, lib}, Install: []string{"bar"}})
		require.Equal(t, []string{"bar-1.0", "kernel-1.0", "lib-1.1", "os-release-1.0", "shared-1.0", "tool-1.1"}, s.packages())
		require.Equal(t, "tool 1.1", s.read("usr/bin/tool"))
		require.NoDirExists(t, filepath.Join(s.sys.Deployments()[0].Path(s.sys), "usr/share/tool"))
		require.Len(t, s.status().Deployments[0].BaseLocalReplacements, 2)

		// Carried over an upgrade, without the files.
		require.NoError(t, os.Remove(tool))
		require.NoError(t, os.Remove(lib))
		s.release("1.0.1", append(basePackages("1.0"), &rpmtest.Package{Name: "more"})...)
		s.apply(layering.Request{Upgrade: true})
		require.Contains(t, s.packages(), "more-1.0")
		require.Equal(t, "tool 1.1", s.read("usr/bin/tool"))

		// The base catches up: the replacement has no effect any more.
		s.release("1.1", basePackages("1.1")...)
		s.apply(layering.Request{Upgrade: true})
		require.Equal(t, []string{"bar-1.0", "kernel-1.1", "lib-1.1", "os-release-1.1", "shared-1.1", "tool-1.1"}, s.packages())
		require.Empty(t, s.status().Deployments[0].BaseLocalReplacements)
		require.Len(t, s.status().Deployments[0].RequestedReplaceLocal, 2)

		s.apply(layering.Request{OverrideReset: []string{"tool-1.1-1.noarch"}})
		s.apply(layering.Request{OverrideResetAll: true})
		require.Empty(t, s.origin("overrides", "replace-local"))
		require.Equal(t, []string{"bar"}, s.status().Deployments[0].Packages)
	})
}

func TestLocalPackages(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	path := s.rpm(&rpmtest.Package{Name: "local", Requires: []string{"foo-data"}, Files: file("/usr/bin/local", "local")})
	s.apply(layering.Request{InstallFiles: []string{path}})
	require.Equal(t, with(baseNames, "foo-data-1.0", "local-1.0"), s.packages())
	require.Regexp(t, `^[0-9a-f]{64}:local-1\.0-1\.noarch$`, s.origin("packages", "requested-local"))
	s.refused(layering.Request{InstallFiles: []string{path}}, "Package 'local-1.0-1.noarch' is already layered")
	require.Equal(t, []string{"local-1.0-1.noarch"}, s.status().Deployments[0].RequestedLocal)

	// It stays in the repository while a deployment asks for it.
	require.NoError(t, os.Remove(path))
	s.release("2.0", basePackages("2.0")...)
	s.apply(layering.Request{Upgrade: true})
	require.Equal(t, "local", s.read("usr/bin/local"))
	s.apply(layering.Request{Uninstall: []string{"local"}})
	require.Empty(t, s.read("usr/bin/local"))
	require.Empty(t, s.origin("packages", "requested-local"))

	clash := s.rpm(&rpmtest.Package{Name: "clash", Files: file("/usr/bin/tool", "another tool")})
	s.refused(layering.Request{InstallFiles: []string{clash}}, "usr/bin/tool", "clash")
	s.apply(layering.Request{InstallFiles: []string{clash}, ForceReplaceFiles: true})
	require.Equal(t, "another tool", s.read("usr/bin/tool"))
	require.Equal(t, []string{"clash-1.0-1.noarch"}, s.status().Deployments[0].RequestedLocalForced)
}

func TestUpgradeCarriesEverything(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		s.apply(layering.Request{Install: []string{"foo"}, KernelArgs: &kargs.Edits{Append: []string{"debug"}}})
		conf := filepath.Join(s.sys.Deployments()[0].Path(s.sys), "etc/own.conf")
		require.NoError(t, os.Remove(conf))
		require.NoError(t, os.WriteFile(conf, []byte("mine"), 0o644))
		extra := extraPackages()
		extra[0] = &rpmtest.Package{Name: "foo", Version: "2.0", Requires: []string{"foo-data"}, Files: file("/usr/bin/foo", "foo 2.0")}
		s.publish(extra...)
		two := s.release("2.0", basePackages("2.0")...)
		p := s.plan(layering.Request{Upgrade: true, RefreshRepos: true})
		require.True(t, p.BaseChanged)
		require.Equal(t, two, p.Base)
		require.Equal(t, "2.0", p.BaseVersion)
		s.apply(layering.Request{Upgrade: true, RefreshRepos: true})
		require.Equal(t, "foo 2.0", s.read("usr/bin/foo"))
		require.Equal(t, "tool 2.0", s.read("usr/bin/tool"))
		require.Equal(t, "mine", s.read("etc/own.conf"))
		require.Equal(t, "motd 2.0\n", s.read("etc/motd"))
		require.Equal(t, "root=LABEL=root quiet debug", s.sys.Deployments()[0].KernelArgs().String())
		require.NoError(t, s.sys.Rollback(t.Context(), "own"))
		require.Equal(t, "foo 1.0", s.read("usr/bin/foo"))
		require.Equal(t, "mine", s.read("etc/own.conf"))
	})
}

func TestRevisions(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	one := s.sys.Deployments()[0].Commit
	two := s.release("2.0", basePackages("2.0")...)
	other := s.releaseTo("os/devel", "9.0", released("9.0"), basePackages("9.0")...)
	s.apply(layering.Request{Upgrade: true, Install: []string{"bar"}})
	at := func(version string, base ostree.Checksum) {
		t.Helper()
		st := s.status().Deployments[0]
		require.Equal(t, base.String(), st.BaseChecksum)
		require.Equal(t, version, st.BaseVersion)
		require.Equal(t, "bar", s.read("usr/bin/bar"))
	}
	at("2.0", two)
	s.apply(layering.Request{Revision: "1.0"})
	at("1.0", one)
	require.Equal(t, one.String(), s.origin("origin", "override-commit"))
	s.apply(layering.Request{Revision: "version=2.0"})
	at("2.0", two)
	s.apply(layering.Request{Revision: one.String()})
	at("1.0", one)
	s.apply(layering.Request{Revision: "REVISION=" + two.String()})
	at("2.0", two)
	s.refused(layering.Request{Revision: "1.0", DisallowDowngrade: true}, "chronologically older")
	s.refused(layering.Request{Revision: other.String()}, "Checksum "+other.String()+" not found in "+followed)
	s.apply(layering.Request{Revision: other.String(), SkipBranchCheck: true})
	at("9.0", other)
	s.apply(layering.Request{Upgrade: true, AllowDowngrade: true})
	at("2.0", two)
	require.Empty(t, s.origin("origin", "override-commit"))

	// The vendor goes back in time.
	s.releaseTo(osRef, "1.9", time.Unix(1_500_000_000, 0), basePackages("1.9")...)
	s.refused(layering.Request{Upgrade: true}, "older")
	s.apply(layering.Request{Upgrade: true, AllowDowngrade: true})
	require.Equal(t, "1.9", s.status().Deployments[0].BaseVersion)
}

func TestRebase(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.releaseTo("os/devel", "9.0", released("9.0"), basePackages("9.0")...)
	for _, test := range []struct{ change, want, version string }{
		{"mirror:", "mirror:os/stable", "1.0"},
		{"os/devel", "mirror:os/devel", "9.0"},
		{"ostree://vendor:os/stable", "vendor:os/stable", "1.0"},
		{"vendor:os/devel", "vendor:os/devel", "9.0"},
	} {
		s.apply(layering.Request{Refspec: test.change})
		require.Equal(t, test.want, s.origin("origin", "refspec"), test.change)
		require.Equal(t, test.version, s.status().Deployments[0].Version)
	}
	tx, err := s.sys.Repo().Begin(t.Context(), nil)
	require.NoError(t, err)
	tx.SetRef("mine", s.sys.Deployments()[0].Commit)
	_, err = tx.Commit(t.Context())
	require.NoError(t, err)
	s.apply(layering.Request{Refspec: ":mine", Install: []string{"bar"}})
	require.Equal(t, "mine", s.origin("origin", "baserefspec"))
	pin := s.status().Deployments[0].BaseChecksum
	s.apply(layering.Request{Refspec: ":" + pin})
	require.Equal(t, pin, s.origin("origin", "baserefspec"))
	require.True(t, s.plan(layering.Request{Upgrade: true}).Unchanged)
}

func TestKernelArguments(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	d := s.apply(layering.Request{KernelArgs: &kargs.Edits{Append: []string{"a=1", "a=2"}, Replace: []string{"quiet=verbose"}}})
	require.Equal(t, "root=LABEL=root quiet=verbose a=1 a=2", d.KernelArgs().String())
	s.refused(layering.Request{KernelArgs: &kargs.Edits{Delete: []string{"a"}}}, "a")
	d = s.apply(layering.Request{KernelArgs: &kargs.Edits{Delete: []string{"a=1"}}})
	require.Equal(t, "root=LABEL=root quiet=verbose a=2", d.KernelArgs().String())
	d = s.apply(layering.Request{KernelArgsFrom: kargs.Parse("only"), KernelArgs: &kargs.Edits{Append: []string{"this"}}})
	require.Equal(t, "only this", d.KernelArgs().String())
}

func TestStalePlan(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	p := s.plan(layering.Request{Install: []string{"foo"}})
	s.apply(layering.Request{Install: []string{"bar"}})
	before := s.state()
	_, err := s.engine().Apply(t.Context(), p, nil)
	require.ErrorIs(t, err, layering.ErrStalePlan)
	require.Equal(t, before, s.state())

	path := s.rpm(&rpmtest.Package{Name: "local"})
	p = s.plan(layering.Request{InstallFiles: []string{path}})
	s.rpm(&rpmtest.Package{Name: "local", Files: file("/usr/bin/evil", "x")})
	_, err = s.engine().Apply(t.Context(), p, nil)
	require.ErrorIs(t, err, layering.ErrStalePlan)
	require.Equal(t, before, s.state())
}

func TestUnsupportedOriginKeysAreKept(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	for key, value := range map[[2]string]string{
		{"rpmostree", "ex-cliwrap"}: "true", {"origin", "container-image-reference"}: "ostree-unverified-registry:x",
	} {
		d := s.sys.Deployments()[0]
		o := d.Origin.Clone()
		o.Set(key[0], key[1], value)
		require.NoError(t, s.sys.SetOrigin(t.Context(), d, o))
		s.refused(layering.Request{Install: []string{"foo"}}, key[0]+"/"+key[1]+" is not supported")
		require.Equal(t, value, s.origin(key[0], key[1]))
		o = s.sys.Deployments()[0].Origin.Clone()
		o.Unset(key[0], key[1])
		require.NoError(t, s.sys.SetOrigin(t.Context(), s.sys.Deployments()[0], o))
	}
	o := s.sys.Deployments()[0].Origin.Clone()
	o.Set("vendor", "note", "keep me")
	require.NoError(t, s.sys.SetOrigin(t.Context(), s.sys.Deployments()[0], o))
	s.apply(layering.Request{Install: []string{"foo"}})
	require.Equal(t, "keep me", s.origin("vendor", "note"))
}

// Packages stay imported while a deployment has them, and are not fetched or unpacked again.
func TestImportedPackagesAreReused(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"foo"}})
	ref := "rpmostree/pkg/foo/1.0-1.noarch"
	first, err := s.sys.Repo().ResolveRev(t.Context(), ref)
	require.NoError(t, err)
	s.apply(layering.Request{Uninstall: []string{"foo"}})
	require.NoError(t, os.Remove(s.path("extra", "foo-1.0-1.noarch.rpm")))
	imports := 0
	s.opts.Progress = func(p layering.Progress) {
		if p.Task == "Importing packages" {
			imports++
		}
	}
	s.apply(layering.Request{Install: []string{"foo"}})
	require.Zero(t, imports)
	again, err := s.sys.Repo().ResolveRev(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, first, again)
}

// Nobody should be unable to get rid of a package because its repository has gone.
func TestUninstallWithoutRepositories(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"foo", "bar"}})
	require.NoError(t, os.RemoveAll(s.path("extra")))
	require.NoError(t, os.RemoveAll(s.path("cache")))
	s.refused(layering.Request{Install: []string{"needs-lib"}}, "extra")
	s.apply(layering.Request{Uninstall: []string{"foo"}})
	require.Equal(t, with(baseNames, "bar-1.0"), s.packages())
	s.apply(layering.Request{OverrideRemove: []string{"tool"}, CacheOnly: true})
	require.Equal(t, []string{"bar-1.0", "kernel-1.0", "lib-1.0", "os-release-1.0", "shared-1.0"}, s.packages())
}

func TestLockLayering(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	s.apply(layering.Request{Install: []string{"bar"}})
	s.opts.LockLayering = true
	s.refused(layering.Request{Install: []string{"foo"}}, "LockLayering=true")
	s.refused(layering.Request{OverrideRemove: []string{"tool"}}, "LockLayering=true")
	s.release("2.0", basePackages("2.0")...)
	s.apply(layering.Request{Upgrade: true})
	s.apply(layering.Request{Uninstall: []string{"bar"}})
	require.Len(t, s.packages(), len(baseNames))
}

func TestCancelled(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		before := s.state()
		steps := []string{}
		for stop := 0; ; stop++ {
			ctx, cancel := context.WithCancelCause(t.Context())
			n, reason := 0, errors.New("the user has had enough")
			s.opts.Progress = func(p layering.Progress) {
				if n == stop {
					steps = append(steps, p.Task)
					cancel(reason)
				}
				n++
			}
			err := s.try(ctx, layering.Request{Install: []string{"foo", "bar"}})
			cancel(nil)
			if err == nil {
				break
			}
			require.Equal(t, before, s.state(), "cancelled at %v", steps)
		}
		require.Contains(t, steps, "Writing deployment")
		require.Equal(t, with(baseNames, "bar-1.0", "foo-1.0", "foo-data-1.0", "foo-weak-1.0"), s.packages())
	})
}

// What is requested before a reboot adds up, and the running deployment stays.
func TestBooted(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	booted := s.sys.Deployments()[0].Name()
	root, o := bootInto(t, s)
	sys, err := sysroot.Open(t.Context(), root, o)
	require.NoError(t, err)
	s.sys = sys
	t.Cleanup(func() { sys.Close() })
	require.NotNil(t, sys.Booted())
	s.apply(layering.Request{KernelArgs: &kargs.Edits{Append: []string{"debug"}}})
	s.apply(layering.Request{Install: []string{"foo"}})
	d := s.apply(layering.Request{Install: []string{"bar"}})
	require.Equal(t, "root=LABEL=root quiet debug", d.KernelArgs().String())
	require.Equal(t, with(baseNames, "bar-1.0", "foo-1.0", "foo-data-1.0", "foo-weak-1.0"), s.packages())
	require.Len(t, sys.Deployments(), 2)
	require.Equal(t, booted, sys.Booted().Name())
	require.True(t, s.status().Deployments[1].Booted)
}
