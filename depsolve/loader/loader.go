// Package loader fills a pool of depsolve with packages described by rpmpkg.
//
// Load reads a sequence of package descriptions, as repository metadata and
// rpm databases yield them, into one repository of a pool; Package converts a
// single one. The Info stays reachable as the package's Data.
//
// LoadCached does the same for a whole repository by way of a binary form that
// the repository keeps, several times as fast and without a description of
// each package in memory.
//
// Nothing is fetched here; see rpmpkg/repo and rpmpkg/rpmdb.
package loader

import (
	"fmt"
	"iter"

	"example.com/rpmostree/depsolve"
	"example.com/rpmostree/rpmpkg"
)

// Load adds every package of seq to repo, in order. It stops at the first
// error of the sequence; packages added until then stay.
func Load(repo *depsolve.Repo, seq iter.Seq2[*rpmpkg.Info, error]) error {
	for info, err := range seq {
		if err != nil {
			return fmt.Errorf("load %s: %w", repo.Name(), err)
		}
		repo.Add(Package(info))
	}
	return nil
}

// Package returns what the solver needs to know of a package. Its Data is the
// *rpmpkg.Info itself.
func Package(info *rpmpkg.Info) depsolve.Package {
	return depsolve.Package{
		NEVRA:       info.NEVRA,
		Vendor:      info.Vendor,
		BuildTime:   info.BuildTime,
		InstallTime: info.InstallTime,
		Provides:    info.Provides,
		Requires:    info.Requires,
		Conflicts:   info.Conflicts,
		Obsoletes:   info.Obsoletes,
		Recommends:  info.Recommends,
		Suggests:    info.Suggests,
		Supplements: info.Supplements,
		Enhances:    info.Enhances,
		Files:       info.Files,
		Data:        info,
	}
}
