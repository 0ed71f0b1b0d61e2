package pull

import (
	"net/http"
	"net/http/cookiejar"
	"testing"

	"example.com/rpmostree/ostree"
	"github.com/stretchr/testify/require"
)

func TestNewClient(t *testing.T) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client, err := NewClient(ostree.Remote{Name: "origin"}, jar)
	require.NoError(t, err)
	require.Same(t, jar, client.Jar)
	require.True(t, client.Transport.(*http.Transport).ForceAttemptHTTP2)

	_, err = NewClient(ostree.Remote{Name: "origin", Proxy: "nowhere"}, nil)
	require.ErrorContains(t, err, `remote "origin": proxy "nowhere" is no URL`)
}

// wrapped is what programs that watch their requests put in the place of
// http.DefaultTransport.
type wrapped struct{ http.RoundTripper }

func TestClientWithoutTheTransportOfTheStandardLibrary(t *testing.T) {
	own := &http.Transport{MaxIdleConns: 7}
	require.Equal(t, 7, cloneTransport(own).MaxIdleConns)
	require.NotSame(t, own, cloneTransport(own))
	got := cloneTransport(wrapped{own})
	require.NotNil(t, got.Proxy)
	require.NotZero(t, got.TLSHandshakeTimeout)
}
