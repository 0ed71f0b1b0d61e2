package main

import (
	"fmt"
	"strings"
	"time"

	"example.com/rpmostree/layering"
)

type statusView struct{ verbose, booted bool }

// keyColumn is where the keys of a deployment end; programs that read the text expect them right-aligned.
const keyColumn = 26

// printStatus prints the deployments for people, the keys in the order of the real command.
func (a *app) printStatus(st *layering.Status, v statusView) {
	a.printf("State: idle\n")
	if len(st.Deployments) == 0 {
		a.printf("No deployments.\n")
		return
	}
	if v.booted {
		a.printf("BootedDeployment:\n")
	} else {
		a.printf("Deployments:\n")
	}
	names := map[string]bool{}
	for _, d := range st.Deployments {
		names[d.OSName] = true
	}
	for i := range st.Deployments {
		if i > 0 {
			a.printf("\n")
		}
		a.printDeployment(&st.Deployments[i], i, v.verbose, v.verbose || len(names) > 1)
	}
}

func (a *app) printDeployment(d *layering.DeploymentStatus, index int, verbose, showStateroot bool) {
	mark := "  "
	if d.Booted {
		mark = "● "
	}
	header := d.Origin
	if header == "" {
		header = d.Checksum
	}
	if verbose {
		header += fmt.Sprintf(" (index: %d)", index)
	}
	a.printf("%s%s\n", mark, header)
	if d.CustomOrigin != nil {
		a.key("CustomOrigin", d.CustomOrigin[1])
	}
	a.versions(d)
	if d.Staged {
		a.key("Staged", "yes")
	}
	if showStateroot {
		a.key("StateRoot", d.OSName)
	}
	a.overridesAndLayers(d, verbose)
	if d.RegenerateInitramfs {
		a.key("Initramfs", "regenerate")
	}
	a.list("InitramfsEtc", d.InitramfsEtc)
	if d.Pinned {
		a.key("Pinned", "yes")
	}
	if d.Unlocked != "none" {
		a.key("Unlocked", d.Unlocked)
	}
	if d.EndOfLife != "" {
		a.key("EndOfLife", d.EndOfLife)
	}
	if d.RemoteError != "" {
		a.key("OstreeRemoteStatus", d.RemoteError)
	}
}

func (a *app) versions(d *layering.DeploymentStatus) {
	when := time.Unix(d.Timestamp, 0)
	version := d.Version
	if d.BaseChecksum != "" {
		when, version = time.Unix(d.BaseTimestamp, 0), d.BaseVersion
	}
	stamp := when.UTC().Format("2006-01-02T15:04:05Z")
	if version != "" {
		a.key("Version", fmt.Sprintf("%s (%s)", version, stamp))
	} else {
		a.key("Timestamp", stamp)
	}
	if d.BaseChecksum != "" {
		a.key("BaseCommit", d.BaseChecksum)
	} else {
		a.key("Commit", d.Checksum)
	}
}

func (a *app) overridesAndLayers(d *layering.DeploymentStatus, verbose bool) {
	var removed, replaced []string
	for _, n := range d.BaseRemovals {
		removed = append(removed, fmt.Sprint(n[0]))
	}
	a.list("RemovedBasePackages", removed)
	for _, r := range d.BaseLocalReplacements {
		replaced = append(replaced, fmt.Sprintf("%v %s -> %s", r[0][1], evr(r[1]), evr(r[0])))
	}
	a.list("LocalOverrides", replaced)
	if verbose {
		a.list("InactiveRequests", inactive(d))
	}
	a.list("LayeredPackages", d.Packages)
	a.list("LocalPackages", d.RequestedLocal)
	a.list("LocalForcedPackages", d.RequestedLocalForced)
}

// evr is "[epoch:]version-release" of a package in the status.
func evr(n layering.NEVRAList) string {
	text := fmt.Sprintf("%v-%v", n[3], n[4])
	if e := fmt.Sprint(n[2]); e != "0" {
		text = e + ":" + text
	}
	return text
}

// inactive are the requested packages that are not layered.
func inactive(d *layering.DeploymentStatus) []string {
	layered := map[string]bool{}
	for _, p := range d.Packages {
		layered[p] = true
	}
	var out []string
	for _, p := range d.RequestedPackages {
		if !layered[p] {
			out = append(out, p)
		}
	}
	return out
}

func (a *app) key(name, value string) { a.printf("%*s: %s\n", keyColumn, name, value) }

// list prints words on one line, nothing if there are none.
func (a *app) list(name string, words []string) {
	if len(words) > 0 {
		a.key(name, strings.Join(words, " "))
	}
}
