package main

import (
	"fmt"
	"maps"
	"slices"
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
	a.signatures(d)
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

// signatures prints what the keys of the remote say to the commit.
func (a *app) signatures(d *layering.DeploymentStatus) {
	if d.GPGEnabled && len(d.Signatures) == 0 {
		a.key("GPGSignature", "(unsigned)")
	}
	for i, s := range d.Signatures {
		name, text := "GPGSignature", "Invalid signature by "
		if i > 0 {
			name = ""
		}
		switch {
		case s[0] == true:
			text = "Valid signature by "
		case s[4] == true:
			text = "Can't check signature: public key not found: "
		}
		a.key(name, text+fmt.Sprint(s[5]))
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
	var removed, removedNames, replaced []string
	for _, n := range d.BaseRemovals {
		removed = append(removed, fmt.Sprint(n[0]))
		removedNames = append(removedNames, fmt.Sprint(n[1]))
	}
	for _, r := range d.BaseLocalReplacements {
		replaced = append(replaced, fmt.Sprint(r[0][0]))
	}
	a.list("RemovedBasePackages", removed)
	if verbose {
		a.list("InactiveBaseRemovals", without(d.RequestedRemovals, removedNames))
	}
	a.list("LocalOverrides", localOverrides(d.BaseLocalReplacements))
	a.remoteOverrides(d.BaseRemoteReplacements)
	if verbose {
		a.list("InactiveLocalOverrides", without(d.RequestedReplaceLocal, replaced))
		a.list("InactiveRemoteOverrides", inactiveRemote(d))
		a.list("InactiveRequests", without(d.RequestedPackages, d.Packages))
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

// localOverrides puts packages with the same change of version together: "lib tool 1.0-1 -> 2.0-1".
func localOverrides(list [][2]layering.NEVRAList) []string {
	var changes []string
	names := map[string][]string{}
	for _, r := range list {
		change := evr(r[1]) + " -> " + evr(r[0])
		if names[change] == nil {
			changes = append(changes, change)
		}
		names[change] = append(names[change], fmt.Sprint(r[0][1]))
	}
	for i, change := range changes {
		changes[i] = strings.Join(names[change], " ") + " " + change
	}
	return changes
}

// remoteOverrides prints one repository after the other, and below each what is from it.
func (a *app) remoteOverrides(list map[string][][2]layering.NEVRAList) {
	name := "RemoteOverrides"
	for _, source := range slices.Sorted(maps.Keys(list)) {
		a.key(name, source)
		for _, text := range localOverrides(list[source]) {
			a.printf("%*s  └─ %s\n", keyColumn, "", text)
		}
		name = ""
	}
}

// inactiveRemote are the names that repositories replace without effect.
func inactiveRemote(d *layering.DeploymentStatus) []string {
	var asked, active []string
	for source, names := range d.RequestedReplaceRemote {
		asked = append(asked, names...)
		for _, r := range d.BaseRemoteReplacements[source] {
			active = append(active, fmt.Sprint(r[0][1]))
		}
	}
	return without(asked, active)
}

// without returns what is in list and not in other, sorted.
func without(list, other []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(other, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

func (a *app) key(name, value string) { a.printf("%*s: %s\n", keyColumn, name, value) }

// list prints words on one line, nothing if there are none.
func (a *app) list(name string, words []string) {
	if len(words) > 0 {
		a.key(name, strings.Join(words, " "))
	}
}
