package interop

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/pull"
)

// lanScript makes two computers, namespaces of the network joined by a cable, of which "there" serves $SERVED at port 43381
// and announces it with the files in $SERVICES. The rest of the script runs "here" when the announcement has arrived.
const lanScript = `set -e
mount -t tmpfs tmpfs /run
mkdir /run/avahi-daemon
daemons() { # NAME INTERFACE ADDRESS
	ip link set lo up; ip addr add $3/24 dev $2; ip link set $2 up
	mount -t tmpfs tmpfs /run/avahi-daemon
	cat >$T/$1.bus <<-END
		<busconfig><type>system</type><listen>unix:path=$T/$1.sock</listen><auth>EXTERNAL</auth>
		<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
	END
	printf '[server]\nhost-name=%s\nallow-interfaces=%s\nuse-ipv4=yes\nuse-ipv6=no\n[wide-area]\nenable-wide-area=no\n' $1 $2 >$T/$1.avahi
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$T/$1.sock
	dbus-daemon --config-file=$T/$1.bus --fork --nopidfile 2>$T/$1.log
	avahi-daemon -D -s -f $T/$1.avahi --no-drop-root --no-chroot --no-rlimits
}
there() {
	mount --bind $SERVICES /etc/avahi/services
	daemons there v1 10.77.0.2
	busybox httpd -p 43381 -h $SERVED
}
if [ "$1" = there ]; then there; exit; fi
ip netns add there
ip link add v0 type veth peer name v1 netns there
ip netns exec there sh -c "$SCRIPT" sh there >/dev/null
daemons here v0 10.77.0.1
mkfifo $T/seen; avahi-browse -rp _ostree_repo._tcp >$T/seen 2>/dev/null &
grep -q -m$ANNOUNCED '^=' <$T/seen
`

// onLAN runs a script on a computer with a neighbour.
func onLAN(t *testing.T, served string, adverts []*pull.Advert, script string) string {
	t.Helper()
	testenv.NeedRoot(t)
	testenv.NeedTool(t, "ostree", "avahi-daemon", "avahi-browse", "dbus-daemon", "busybox", "unshare", "ip")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(dir+"/services", 0o755))
	for i, a := range adverts {
		var records strings.Builder
		for _, s := range a.TXT() {
			key, value, _ := strings.Cut(string(s), "=")
			fmt.Fprintf(&records, `<txt-record value-format="binary-base64">%s=%s</txt-record>`, key, base64.StdEncoding.EncodeToString([]byte(value)))
		}
		service := fmt.Sprintf(`<service-group><name>repository %d</name><service><type>%s</type><port>43381</port>%s</service></service-group>`,
			i, pull.LANServiceType, records.String())
		require.NoError(t, os.WriteFile(fmt.Sprintf("%s/services/%d.service", dir, i), []byte(service), 0o644))
	}
	cmd := exec.CommandContext(ctx, "unshare", "-n", "-m", "-p", "--fork", "--kill-child", "--propagation", "private", "sh", "-c", lanScript+script, "sh", "here")
	cmd.Env = append(os.Environ(), "T="+dir, "SERVICES="+dir+"/services", "SERVED="+served, "SCRIPT="+lanScript,
		fmt.Sprint("ANNOUNCED=", len(adverts)))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// TestBothFindNeighbours: what our adverts say reaches both commands, and they find and pull the same.
func TestBothFindNeighbours(t *testing.T) {
	t.Parallel()
	ours := ourCommand(t)
	g := newGnuPG(t)
	key := g.key("lan@example.org", "ed25519")
	keys := g.export(key)
	served, tree := t.TempDir(), t.TempDir()
	up := filepath.Join(served, "7")
	require.NoError(t, os.WriteFile(filepath.Join(tree, "file"), []byte("content"), 0o644))
	testenv.Run(t, "/", "ostree", "--repo="+up, "init", "--mode=archive", "--collection-id=org.example.Os")
	names := []string{"main", "os/x86_64/other", "unsigned"}
	var refs []ostree.Ref
	for _, name := range names {
		args := []string{"ostree", "--repo=" + up, "commit", "--canonical-permissions", "-b", name, tree}
		if name != "unsigned" {
			args = append(args, "--gpg-sign="+key, "--gpg-homedir="+g.home)
		}
		testenv.Run(t, "/", args...)
		refs = append(refs, ostree.Ref{Collection: "org.example.Os", Name: name})
	}
	testenv.Run(t, "/", "ostree", "--repo="+up, "summary", "-u")
	require.NoError(t, os.Mkdir(filepath.Join(served, "8"), 0o755)) // one that is not what it says
	many := slices.Clone(refs)
	for i := range 200 { // with few hashes
		many = append(many, ostree.Ref{Collection: "org.example.Os", Name: fmt.Sprint("ref", i)})
	}
	adverts := []*pull.Advert{pull.NewAdvert(7, time.Unix(1700000000, 0), refs), pull.NewAdvert(7, time.Unix(1700000000, 0), many),
		pull.NewAdvert(8, time.Unix(1700000000, 0), refs)}
	for _, a := range [][]*pull.Advert{adverts[:1], adverts[1:2], {adverts[0], adverts[2]}} {
		var said [2]string
		for i, command := range []string{"ostree", ours} {
			local := filepath.Join(t.TempDir(), "local")
			testenv.Run(t, "/", "ostree", "--repo="+local, "init", "--mode=bare-user-only")
			testenv.Run(t, "/", "ostree", "--repo="+local, "remote", "add", "--gpg-import="+keys, "--collection-id=org.example.Os", "origin", "http://192.0.2.1/")
			find := "echo ==; " + command + " --repo=" + local + " find-remotes --finders=lan "
			var out string
			for range 5 { // now and then nobody answers in time on a busy machine
				out = onLAN(t, served, a, find+"org.example.Os main org.example.Os missing org.example.Other main\n"+
					find+"org.example.Os missing\n"+find+"--pull org.example.Os main org.example.Os os/x86_64/other\n"+find+"--pull org.example.Os unsigned || echo failed\n")
				if strings.Contains(out, "Pulled 2/2 refs") && strings.Contains(out, "Failed to pull some refs") {
					break
				}
				t.Log(out)
			}
			said[i] = comparableFinds(out)
			require.ElementsMatch(t, []string{"origin:main", "origin:os/x86_64/other"}, strings.Fields(testenv.Run(t, "/", "ostree", "--repo="+local, "refs")))
			testenv.Run(t, "/", "ostree", "--repo="+local, "fsck", "-q")
		}
		require.Equal(t, said[0], said[1])
		for _, want := range []string{"Result 0: http://10.77.0.2:43381/7", "No results.", "Pulled 2/2 refs successfully.",
			"Failed to pull some refs from the remotes: (org.example.Os, unsigned)"} {
			require.Contains(t, said[0], want)
		}
	}
}

// aboutFailures matches what only one of the commands says.
var aboutFailures = regexp.MustCompile(`(?m)^(\(ostree:|Ignoring remote|Cannot pull from).*\n`)

// comparableFinds sorts the lines of each run, as the real command lists refs in no order.
func comparableFinds(out string) string {
	out = aboutFailures.ReplaceAllString(lastModified.ReplaceAllString(out, ""), "")
	runs := strings.Split(out, "==\n")
	for i, run := range runs {
		lines := strings.Split(run, "\n")
		slices.Sort(lines)
		runs[i] = strings.Join(lines, "\n")
	}
	return strings.Join(runs, "==\n")
}
