package scripts

import (
	"os"
	"path/filepath"

	"example.com/rpmostree/layering/sandbox"
)

// wrapper replaces a program of the tree while scriptlets run.
type wrapper struct{ program, body string }

// wrappers keep scriptlets from acting on a running system that is not there.
var wrappers = []wrapper{
	// Presets only make links in /etc; anything else talks to systemd.
	{"usr/bin/systemctl", `#!/bin/sh
for arg in "$@"; do
  case "$arg" in
    preset|preset-all|--root|--root=*) exec /run/wrapped/systemctl "$@" ;;
  esac
done
exit 0
`},
	// The kernel is found in /usr/lib/modules; nothing goes to /boot.
	{"usr/bin/kernel-install", `#!/bin/sh
if grep -qs '^layout=ostree' /etc/kernel/install.conf /usr/lib/kernel/install.conf; then
  exec /run/wrapped/kernel-install "$@"
fi
exit 0
`},
}

// Wrap returns the binds that put other programs in the place of some of the
// tree's own while scriptlets run. The tree is not changed.
func Wrap(root string) []sandbox.Bind {
	var binds []sandbox.Bind
	for _, w := range wrappers {
		own := filepath.Join(root, w.program)
		if st, err := os.Lstat(own); err != nil || !st.Mode().IsRegular() {
			continue
		}
		binds = append(binds,
			sandbox.Bind{Source: own, Dest: "/run/wrapped/" + filepath.Base(w.program)},
			sandbox.Bind{Data: []byte(w.body), Dest: "/" + w.program})
	}
	return binds
}
