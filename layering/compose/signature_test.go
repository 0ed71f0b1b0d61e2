package compose

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg/repo"
)

// key makes a key pair; the first result signs, the second is the public key.
func key(t *testing.T) (sign func([]byte) ([]byte, error), public []byte) {
	t.Helper()
	e, err := openpgp.NewEntity("test", "", "test@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, e.Serialize(&b))
	return func(header []byte) ([]byte, error) {
		var b bytes.Buffer
		err := openpgp.DetachSign(&b, e, bytes.NewReader(header), nil)
		return b.Bytes(), err
	}, b.Bytes()
}

func TestComposeGPGCheck(t *testing.T) {
	sign, public := key(t)
	_, foreign := key(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/public":
			w.Write(public)
		case "/foreign":
			w.Write(foreign)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	w := newWorld(t)
	for _, p := range w.packages {
		p.Sign = sign
	}
	w.publish()
	w.write("key", string(public))
	for name, tc := range map[string]struct {
		keys []string
		want string
	}{
		"file":    {[]string{"file://" + w.dir + "/key"}, ""},
		"path":    {[]string{w.dir + "/key"}, ""},
		"http":    {[]string{server.URL + "/foreign", server.URL + "/public"}, ""},
		"foreign": {[]string{server.URL + "/foreign"}, "import app-1.0-1.noarch: signature by key"},
		"no keys": {nil, "gpgcheck is set, but no gpgkey"},
		"missing": {[]string{server.URL + "/nothing"}, "gpgkey " + server.URL + "/nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := w.compose(plainTree, func(o *Options) {
				o.CacheDir, o.ForceNoCache, o.Client = t.TempDir(), true, server.Client()
				o.Repos[0].GPGCheck, o.Repos[0].GPGKeys = true, tc.keys
			})
			if tc.want != "" {
				require.ErrorContains(t, err, tc.want)
				return
			}
			require.NoError(t, err)
			require.False(t, res.Commit.IsZero())
		})
	}
	w.packages[3].Sign = nil
	w.publish()
	_, err := w.compose(plainTree, func(o *Options) {
		o.CacheDir = t.TempDir()
		r := repo.New("base", o.Repos[0].BaseURLs...)
		r.GPGCheck, r.GPGKeys = true, []string{w.dir + "/key"}
		o.Repos = []*repo.Repo{r}
	})
	require.ErrorContains(t, err, "import app-1.0-1.noarch: package is not signed")
}
