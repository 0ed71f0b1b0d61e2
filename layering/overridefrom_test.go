package layering_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

func TestOverrideFromRepository(t *testing.T) {
	eachMode(t, func(t *testing.T, s *site) {
		from := func(names ...string) layering.Request {
			return layering.Request{OverrideReplaceRemote: []layering.RemoteOverride{{Repo: "extra", Packages: names}}}
		}
		s.refused(from("nosuch"), `Package "nosuch" not found in the base`)
		s.refused(from("tool"), "Packages not found: tool (in repository extra)")
		s.refused(layering.Request{OverrideReplaceRemote: []layering.RemoteOverride{{Repo: "other", Packages: []string{"lib"}}}}, "lib (in repository other)")
		s.apply(from("lib"))
		require.Equal(t, "lib 5", s.read("usr/lib/lib.so"))
		require.Equal(t, "repo=extra,lib", s.origin("overrides", "replace"))
		d := s.status().Deployments[0]
		require.Equal(t, map[string][]string{"repo=extra": {"lib"}}, d.RequestedReplaceRemote)
		require.Empty(t, d.BaseLocalReplacements)
		require.Len(t, d.BaseRemoteReplacements["repo=extra"], 1)
		require.Equal(t, "lib-5-1.noarch", d.BaseRemoteReplacements["repo=extra"][0][0][0])
		require.Equal(t, "lib-1.0-1.noarch", d.BaseRemoteReplacements["repo=extra"][0][1][0])
		s.refused(layering.Request{OverrideRemove: []string{"lib"}}, "Override already exists for package 'lib'")

		// An upgrade follows the repository.
		s.publish(append(extraPackages(), &rpmtest.Package{Name: "lib", Version: "6", Files: file("/usr/lib/lib.so", "lib 6")})...)
		s.apply(layering.Request{Upgrade: true, RefreshRepos: true})
		require.Equal(t, "lib 6", s.read("usr/lib/lib.so"))

		// The base catches up: no effect, but still requested.
		s.release("6", append(basePackages("1.0")[:4], &rpmtest.Package{Name: "lib", Version: "6", Files: file("/usr/lib/lib.so", "lib 6")})...)
		s.apply(layering.Request{Upgrade: true})
		require.Empty(t, s.status().Deployments[0].BaseRemoteReplacements)
		require.Equal(t, "repo=extra,lib", s.origin("overrides", "replace"))

		s.apply(layering.Request{OverrideReset: []string{"lib"}})
		require.Empty(t, s.origin("overrides", "replace"))
		s.refused(layering.Request{OverrideReset: []string{"lib"}}, "No overrides for package 'lib'")

		// A file supersedes the repository, and the other way round.
		local := s.rpm(&rpmtest.Package{Name: "lib", Version: "7", Files: file("/usr/lib/lib.so", "lib 7")})
		s.apply(layering.Request{OverrideReplace: []string{local}})
		s.publish(append(extraPackages(), &rpmtest.Package{Name: "lib", Version: "8", Files: file("/usr/lib/lib.so", "lib 8")})...)
		r := from("lib")
		r.RefreshRepos = true
		s.apply(r)
		require.Equal(t, "lib 8", s.read("usr/lib/lib.so"))
		require.Empty(t, s.origin("overrides", "replace-local"))
		s.apply(layering.Request{OverrideResetAll: true})
		require.Equal(t, followed, s.origin("origin", "refspec"))
	})
}
