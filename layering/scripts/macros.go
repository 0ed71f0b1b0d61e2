package scripts

import (
	"fmt"
	"regexp"
	"strings"
)

// simpleMacros are the macros with a fixed value on every system that an
// image is made for.
var simpleMacros = map[string]string{
	"_prefix": "/usr", "_exec_prefix": "/usr", "_bindir": "/usr/bin", "_sbindir": "/usr/sbin",
	"_libexecdir": "/usr/libexec", "_datadir": "/usr/share", "_datarootdir": "/usr/share", "_libdir": "/usr/lib64",
	"_includedir": "/usr/include", "_mandir": "/usr/share/man", "_infodir": "/usr/share/info", "_docdir": "/usr/share/doc",
	"_sysconfdir": "/etc", "_localstatedir": "/var", "_sharedstatedir": "/var/lib", "_rundir": "/run",
	"_unitdir": "/usr/lib/systemd/system", "_userunitdir": "/usr/lib/systemd/user", "_presetdir": "/usr/lib/systemd/system-preset",
	"_tmpfilesdir": "/usr/lib/tmpfiles.d", "_sysusersdir": "/usr/lib/sysusers.d", "_udevrulesdir": "/usr/lib/udev/rules.d",
	"_tmppath": "/var/tmp", "nil": "",
}

var macroUse = regexp.MustCompile(`%(%|\{[^}]*\}?|[A-Za-z_][A-Za-z0-9_]*|.|$)`)

// expandMacros expands the simple macros; any other is an error.
func expandMacros(body string) (string, error) {
	var bad error
	out := macroUse.ReplaceAllStringFunc(body, func(use string) string {
		name := strings.Trim(use[1:], "{}")
		if use == "%%" {
			return "%"
		}
		value, ok := simpleMacros[strings.TrimPrefix(name, "?")]
		switch {
		case ok:
			return value
		case strings.HasPrefix(use, "%{?") && !strings.ContainsAny(name, ":!"):
			return "" // an optional macro that is not defined
		case len(name) < 3 && !strings.HasPrefix(use, "%{"):
			return use // RPM leaves what cannot be a macro name
		}
		if bad == nil {
			bad = fmt.Errorf("macro %q", use)
		}
		return use
	})
	return out, bad
}
