package pull

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
)

// testBus runs a message bus and returns its address.
func testBus(t *testing.T) string {
	t.Helper()
	testenv.NeedTool(t, "dbus-daemon")
	dir := t.TempDir()
	config := filepath.Join(dir, "bus.conf")
	require.NoError(t, os.WriteFile(config, []byte(`<busconfig><type>system</type><listen>unix:path=`+dir+`/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`), 0o600))
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // killed
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(address)
}

// fakeAvahi answers as the daemon does, by its D-Bus interface; browse sends the signals of a browser.
type fakeAvahi struct {
	conn    *dbus.Conn
	browse  func(a *fakeAvahi)
	resolve map[string]func() (address string, port uint16, txt [][]byte, err *dbus.Error)
	browser dbus.ObjectPath
	calls   atomic.Int32
}

func (a *fakeAvahi) GetVersionString() (string, *dbus.Error) { return "avahi 0.8", nil }

// ServiceBrowserNew is quick: its signals are there before its answer.
func (a *fakeAvahi) ServiceBrowserNew(_, _ int32, kind, _ string, _ uint32) (dbus.ObjectPath, *dbus.Error) {
	if kind != LANServiceType {
		return "", dbus.MakeFailedError(errors.New("another type"))
	}
	a.emit("/other", "Failure", "of somebody else")
	a.browse(a)
	return a.browser, nil
}

func (a *fakeAvahi) emit(path dbus.ObjectPath, name string, args ...any) {
	if err := a.conn.Emit(path, avahiBrowser+"."+name, args...); err != nil {
		panic(err)
	}
}

func (a *fakeAvahi) item(what string, iface int32, name string) {
	a.emit(a.browser, what, iface, int32(0), name, LANServiceType, "local", uint32(0))
}

func (a *fakeAvahi) ResolveService(iface, protocol int32, name, kind, domain string, _ int32, flags uint32) (
	int32, int32, string, string, string, string, int32, string, uint16, [][]byte, uint32, *dbus.Error,
) {
	a.calls.Add(1)
	address, port, txt, err := a.resolve[name]()
	return iface, protocol, name, kind, domain, "host.local", protocol, address, port, txt, flags, err
}

// serveAvahi starts a daemon and returns the address of its bus.
func serveAvahi(t *testing.T, a *fakeAvahi) string {
	t.Helper()
	bus := testBus(t)
	conn, err := dbus.Connect(bus)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	a.conn, a.browser = conn, "/Client0/ServiceBrowser0"
	require.NoError(t, conn.Export(a, "/", avahiServer))
	reply, err := conn.RequestName(avahiName, 0)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
	return bus
}

func TestLANRepos(t *testing.T) {
	good := NewAdvert(2, time.Unix(1700000000, 0), []ostree.Ref{{Collection: "org.example.Os", Name: "main"}})
	at := func(address string, port uint16, txt [][]byte) func() (string, uint16, [][]byte, *dbus.Error) {
		return func() (string, uint16, [][]byte, *dbus.Error) { return address, port, txt, nil }
	}
	a := &fakeAvahi{
		browse: func(a *fakeAvahi) {
			for _, name := range []string{"b", "gone", "a", "nonsense", "nowhere", "silent"} {
				a.item("ItemNew", 1, name)
			}
			a.item("ItemNew", 2, "a")
			a.item("ItemRemove", 1, "gone")
			a.emit(a.browser, "CacheExhausted")
			a.emit(a.browser, "AllForNow")
		},
		resolve: map[string]func() (string, uint16, [][]byte, *dbus.Error){
			"a": at("10.0.0.1", 80, good.TXT()), "b": at("10.0.0.2", 80, good.TXT()),
			"nonsense": at("10.0.0.3", 80, [][]byte{[]byte("v=\x02")}), "nowhere": at("somewhere", 80, good.TXT()),
			"silent": func() (string, uint16, [][]byte, *dbus.Error) {
				return "", 0, nil, dbus.NewError("org.freedesktop.Avahi.TimeoutError", []any{"Timeout reached"})
			},
		},
	}
	var ignored []string
	repos, err := LANRepos(t.Context(), &LANOptions{Bus: serveAvahi(t, a), Ignored: func(service string, why error) {
		ignored = append(ignored, fmt.Sprintf("%s: %v", service, why))
	}})
	require.NoError(t, err)
	require.Equal(t, int32(6), a.calls.Load(), "a through both interfaces")
	require.Len(t, repos, 2)
	for i, want := range []LANRepo{{"a", "http://10.0.0.1:80/2", good}, {"b", "http://10.0.0.2:80/2", good}} {
		require.Equal(t, want.Name, repos[i].Name)
		require.Equal(t, want.URL, repos[i].URL)
		require.Equal(t, want.Advert.TXT(), repos[i].Advert.TXT())
	}
	require.Equal(t, []string{
		"nonsense: TXT record of a repository: unknown version 2", `nowhere: no address: "somewhere", port 80`, "silent: Timeout reached",
	}, ignored)
}

func TestLANReposFails(t *testing.T) {
	bus := testBus(t)
	_, err := LANRepos(t.Context(), &LANOptions{Bus: bus})
	require.ErrorContains(t, err, "Avahi daemon is not running: ")

	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		browse  func(*fakeAvahi)
		timeout time.Duration
		want    string
	}{
		{func(a *fakeAvahi) { a.emit(a.browser, "Failure", "no network") }, 0, "Avahi browser error: no network"},
		{func(*fakeAvahi) {}, 100 * time.Millisecond, "no answer within 100ms"}, // never says that this is all
		{func(*fakeAvahi) { cancel() }, 0, "context canceled"},
	} {
		bus := serveAvahi(t, &fakeAvahi{browse: c.browse})
		_, err = LANRepos(ctx, &LANOptions{Bus: bus, Timeout: c.timeout})
		require.EqualError(t, err, "browse _ostree_repo._tcp: "+c.want)
	}
	require.ErrorIs(t, err, context.Canceled)
}

// TestLANResolveTimesOut: who does not answer in time does not keep others from being found, given the time that they need.
func TestLANResolveTimesOut(t *testing.T) {
	good := NewAdvert(0, time.Time{}, nil)
	release := make(chan struct{})
	a := &fakeAvahi{
		browse: func(a *fakeAvahi) {
			a.item("ItemNew", 1, "quick")
			a.item("ItemNew", 1, "slow")
			a.emit(a.browser, "AllForNow")
		},
		resolve: map[string]func() (string, uint16, [][]byte, *dbus.Error){
			"quick": func() (string, uint16, [][]byte, *dbus.Error) { return "10.0.0.1", 80, good.TXT(), nil },
			"slow": func() (string, uint16, [][]byte, *dbus.Error) {
				<-release
				return "10.0.0.2", 80, good.TXT(), nil
			},
		},
	}
	bus := serveAvahi(t, a)
	defer close(release)
	for timeout := 300 * time.Millisecond; ; timeout *= 2 {
		var ignored []string
		repos, err := LANRepos(t.Context(), &LANOptions{Bus: bus, Timeout: timeout, Ignored: func(service string, _ error) { ignored = append(ignored, service) }})
		if timeout < time.Minute && len(repos) == 0 {
			continue // a busy machine
		}
		require.NoError(t, err)
		require.Len(t, repos, 1)
		require.Equal(t, "quick", repos[0].Name)
		require.Equal(t, []string{"slow"}, ignored)
		break
	}
}
