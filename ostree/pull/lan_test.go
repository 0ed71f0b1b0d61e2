package pull

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// TestSipHash has vectors of the reference implementation: the key is 00 01 ... 0f, the text 00 01 ... of each length.
func TestSipHash(t *testing.T) {
	text := make([]byte, 16)
	for i := range text {
		text[i] = byte(i)
	}
	for n, want := range map[int]uint64{0: 0x726fdb47dd0e0e31, 1: 0x74f839c593dc67fd, 15: 0xa129ca6149be45e5} {
		require.Equal(t, want, sipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908, string(text[:n])), n)
	}
}

func unbase64(t testing.TB, s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	require.NoError(t, err)
	return b
}

func TestAdvert(t *testing.T) {
	refs := []ostree.Ref{{Collection: "org.example.Os", Name: "main"}, {Collection: "org.example.Os", Name: "os/x86_64/other"}}
	modified := time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)
	a := NewAdvert(7, modified, refs)
	txt := a.TXT()
	require.Len(t, txt, 4)
	require.Equal(t, "v=\x01", string(txt[0]))
	require.Equal(t, "rb=\x10\x01", string(txt[1][:5]))
	require.Len(t, txt[1], 255, "as long as can be")
	require.Equal(t, append([]byte("st="), unbase64(t, "AAAAAFhoRoA=")...), txt[2])
	require.Equal(t, "ri=\x00\x07", string(txt[3]))

	got, err := ParseAdvert(txt)
	require.NoError(t, err)
	require.Equal(t, uint16(7), got.Index)
	require.True(t, modified.Equal(got.Modified))
	for _, r := range refs {
		require.True(t, got.MayHave(r.Collection, r.Name))
	}
	for _, no := range [][2]string{{"org.example.Os", "mai"}, {"org.example.Other", "main"}, {"", ""}} {
		require.False(t, got.MayHave(no[0], no[1]), no)
	}
	require.Equal(t, txt, got.TXT())
	require.Equal(t, append([]byte("st="), make([]byte, 8)...), NewAdvert(0, time.Time{}, nil).TXT()[2])
}

// TestAdvertOfMany: a filter never loses a ref, and with too many refs it just says yes more often.
func TestAdvertOfMany(t *testing.T) {
	for _, c := range []struct{ refs, hashes, wrong int }{{1, 16, 0}, {100, 14, 1}, {1000, 1, 700}, {20000, 1, 1000}} {
		var refs []ostree.Ref
		for i := range c.refs {
			refs = append(refs, ostree.Ref{Collection: "org.example.Os", Name: fmt.Sprint("ref", i)})
		}
		a, err := ParseAdvert(NewAdvert(0, time.Time{}, refs).TXT())
		require.NoError(t, err)
		require.Equal(t, c.hashes, int(a.refs.hashes))
		for _, r := range refs {
			require.True(t, a.MayHave(r.Collection, r.Name))
		}
		wrong := 0
		for i := range 1000 {
			if a.MayHave("org.example.Os", fmt.Sprint("other", i)) {
				wrong++
			}
		}
		require.LessOrEqual(t, wrong, c.wrong, "%d refs", c.refs)
	}
}

// valid has a filter of one byte, which says yes to everything.
var valid = []string{"v=\x01", "rb=\x01\x01\xff", "st=\x00\x00\x00\x00\x00\x00\x00\x00", "ri=\x00\x00"}

func strs(txt []string) (out [][]byte) {
	for _, s := range txt {
		out = append(out, []byte(s))
	}
	return out
}

func TestParseAdvert(t *testing.T) {
	a, err := ParseAdvert(strs(append([]string{"", "=x", "f\x00=1", "flag", "V=\x01", strings.Repeat("x", 9000)}, append(valid, "v=\x02", "x=y")...)))
	require.NoError(t, err)
	require.True(t, a.MayHave("a", "b"))
	require.Zero(t, a.Modified)
	with := func(i int, s string) []string {
		txt := append([]string{}, valid...)
		txt[i] = s
		return txt
	}
	a, err = ParseAdvert(strs(with(2, "st=\xff\xff\xff\xff\xff\xff\xff\xff")))
	require.NoError(t, err)
	require.Zero(t, a.Modified, "no time that there is")
	for want, txt := range map[string][]string{
		"v has 0 bytes, want 1":           valid[1:],
		"unknown version 2":               with(0, "v=\x02"),
		"v has 2 bytes, want 1":           with(0, "v=\x01\x01"),
		"rb is too short":                 with(1, "rb=\x01\x01"),
		"rb has no hashes":                with(1, "rb=\x00\x01\xff"),
		"rb has the unknown hash functio": with(1, "rb=\x01\x02\xff"),
		"st has 7 bytes, want 8":          with(2, "st=\x00\x00\x00\x00\x00\x00\x00"),
		"ri has 0 bytes, want 2":          with(3, "ri"),
	} {
		_, err := ParseAdvert(strs(txt))
		require.ErrorContains(t, err, "TXT record of a repository: "+want)
	}
}

func FuzzParseAdvert(f *testing.F) {
	f.Add(valid[0], valid[1], valid[2], valid[3])
	f.Add("v=\x01", "RB=\xff\x01x", "st", "=")
	f.Fuzz(func(t *testing.T, v, rb, st, ri string) {
		a, err := ParseAdvert(strs([]string{v, rb, st, ri}))
		if err != nil {
			return
		}
		again, err := ParseAdvert(a.TXT())
		require.NoError(t, err)
		require.Equal(t, a.MayHave("org.example.Os", v), again.MayHave("org.example.Os", v))
		require.Equal(t, a.TXT(), again.TXT())
	})
}

func TestLANURL(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"10.0.64.202", "http://10.0.64.202:43381/3"},
		{"2001:db8::1", "http://[2001:db8::1]:43381/3"},
		{"fe80::1", "http://[fe80::1%252]:43381/3"},
		{"fe80::1%eth0", "http://[fe80::1%25eth0]:43381/3"},
		{"::1", "http://[::1%252]:43381/3"},
	} {
		got, err := lanURL(c.address, 2, 43381, 3)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
		_, err = http.NewRequest(http.MethodGet, got, nil)
		require.NoError(t, err)
	}
	for _, bad := range []string{"", "host", "10.0.0.1/x", "10.0.0.1:80"} {
		_, err := lanURL(bad, 2, 80, 0)
		require.ErrorContains(t, err, "no address: ")
	}
	_, err := lanURL("10.0.0.1", 2, 0, 0)
	require.ErrorContains(t, err, "port 0")
}

// TestZone: addresses with an interface can be asked.
func TestZone(t *testing.T) {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil { // perhaps it is switched off in this network only, as in many containers
		testenv.NeedTool(t, "ip")
		on := "{ echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6; } 2>/dev/null || true; ip link set lo up"
		if !testenv.InNamespaces(t, on, "-n") {
			return
		}
		t.Skip("no IPv6 in this kernel: ", err)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Listener.Close()
	s.Listener = l
	s.Start()
	defer s.Close()
	lo, err := net.InterfaceByName("lo")
	require.NoError(t, err)
	u, err := lanURL("::1", int32(lo.Index), uint16(l.Addr().(*net.TCPAddr).Port), 0)
	require.NoError(t, err)
	_, _, err = HTTP(nil, u).Get(t.Context(), "summary")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "404 Not Found")
}

func TestBrowsed(t *testing.T) {
	signal := func(name string, body ...any) *dbus.Signal {
		return &dbus.Signal{Name: avahiBrowser + "." + name, Body: body}
	}
	item := func(what, name string) *dbus.Signal {
		return signal(what, int32(2), int32(0), name, LANServiceType, "local", uint32(4))
	}
	var found []lanService
	for _, s := range []*dbus.Signal{item("ItemNew", "a"), item("ItemNew", "b"), item("ItemNew", "a"), item("ItemRemove", "b"), item("ItemRemove", "c"), signal("CacheExhausted")} {
		var done bool
		var err error
		found, done, err = browsed(found, s)
		require.NoError(t, err)
		require.False(t, done)
	}
	require.Equal(t, []lanService{{2, 0, "a", LANServiceType, "local"}}, found)
	_, done, err := browsed(found, signal("AllForNow"))
	require.NoError(t, err)
	require.True(t, done)
	_, _, err = browsed(found, signal("Failure", "no network"))
	require.EqualError(t, err, "Avahi browser error: no network")
	_, _, err = browsed(found, signal("ItemNew", "a"))
	require.ErrorContains(t, err, "ItemNew: ")
	for i := range 2 * maxLANServices {
		found, _, err = browsed(found, item("ItemNew", fmt.Sprint(i)))
		require.NoError(t, err)
	}
	require.Len(t, found, maxLANServices)
}

func TestNoAvahi(t *testing.T) {
	_, err := LANRepos(t.Context(), &LANOptions{Bus: "unix:path=" + filepath.Join(t.TempDir(), "none")})
	require.ErrorContains(t, err, "browse _ostree_repo._tcp: Avahi daemon is not running: ")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestUncached: two servers of the same remote with other summaries do not take the one of the other for their own.
func TestUncached(t *testing.T) {
	dst := ostreetest.NewRepo(t, ostree.ModeBareUser)
	served := func(content string) (*httptest.Server, *ostree.Repo) {
		src := ostreetest.NewRepo(t, ostree.ModeArchive)
		ostreetest.Write(t, src, "main", map[string]string{"f": content})
		require.NoError(t, src.UpdateSummary(t.Context(), nil))
		old := time.Unix(1700000000, 0) // the same for both
		require.NoError(t, os.Chtimes(filepath.Join(src.Path(), "summary"), old, old))
		s := httptest.NewServer(http.FileServer(http.Dir(src.Path())))
		t.Cleanup(s.Close)
		return s, src
	}
	here, _ := served("the remote's own")
	there, src := served("a neighbour's")
	o := &Options{Remote: "origin"}
	_, _, err := FetchSummary(t.Context(), dst, HTTP(nil, here.URL), o)
	require.NoError(t, err)
	cache := filepath.Join(dst.Path(), summaryCacheDir, "origin")
	before, err := os.ReadFile(cache)
	require.NoError(t, err)
	got, _, err := FetchSummary(t.Context(), dst, NewHTTP(nil, &HTTPOptions{URLs: []string{there.URL}, Uncached: true}), o)
	require.NoError(t, err)
	want, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
	require.NoError(t, err)
	require.Equal(t, want, got)
	after, err := os.ReadFile(cache)
	require.NoError(t, err)
	require.Equal(t, before, after)
}
