package repo

import (
	"fmt"
	"maps"
	"slices"
)

// silentKeys have no effect here and need none: they are about counting machines, delta packages, choosing the fastest of
// mirrors that all are verified, or belong to other tools.
var silentKeys = []string{
	"countme", "deltarpm", "deltarpm_percentage", "deltarepobaseurl", "enablegroups", "fastestmirror", "enabled_metadata", "failovermethod",
	"keepcache", "type", "autorefresh", "localpkg_gpgcheck", "mediaid", "ui_repoid_vars", "user_agent",
}

// ignoredKeys are those of dnf.conf(5) that somebody may rely on and that have no effect here, with what happens instead.
var ignoredKeys = map[string]string{
	"bandwidth":           "downloads are not slowed down",
	"throttle":            "downloads are not slowed down",
	"minrate":             "a download is given up when nothing comes during timeout",
	"ip_resolve":          "the system chooses between IPv4 and IPv6",
	"proxy_auth_method":   "a proxy gets basic authentication",
	"proxy_sslcacert":     "the certificate of a proxy is checked as sslcacert and sslverify say",
	"proxy_sslverify":     "the certificate of a proxy is checked as sslcacert and sslverify say",
	"proxy_sslclientcert": "a proxy gets no client certificate but sslclientcert",
	"proxy_sslclientkey":  "a proxy gets no client certificate but sslclientcert",
	"sslverifystatus":     "the revocation of certificates is not looked up",
}

// Warnings names the settings of the definition that have no effect, one line each, sorted. Settings that would make
// it insecure if they were ignored are errors of Refresh.
func (r *Repo) Warnings() []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(r.Options)) {
		switch reason, ignored := ignoredKeys[key]; {
		case ignored:
			out = append(out, fmt.Sprintf("repository %s: %s is ignored: %s", r.ID, key, reason))
		case !r.knows(key) && !slices.Contains(silentKeys, key):
			out = append(out, fmt.Sprintf("repository %s: unknown setting %s is ignored", r.ID, key))
		}
	}
	return out
}

// knows tells whether set does something about a key.
func (r *Repo) knows(key string) bool {
	switch key {
	case "name", "baseurl", "mirrorlist", "metalink", "gpgkey", "exclude", "excludepkgs", "includepkgs", "metadata_expire", "timeout":
		return true
	}
	return r.boolKey(key) != nil || r.stringKey(key) != nil || r.intKey(key) != nil
}

// Warnings names what the repository has and what is not taken into account, besides those of its definition.
func (m *Metadata) Warnings() []string {
	out := m.client.repo.Warnings()
	if _, ok := m.repomd.Find("modules"); ok && !m.client.repo.ModuleHotfixes {
		out = append(out, fmt.Sprintf("repository %s: its modules are ignored: packages of every module stream can be installed", m.client.repo.ID))
	}
	return out
}
