package layering_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/layering"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/sign"
)

// The status has the signatures of the base commit, in the positions that programs look at.
func TestStatusSignatures(t *testing.T) {
	s := newSite(t, ostree.ModeBareUser)
	require.Nil(t, s.status().Deployments[0].Signatures)
	when := time.Unix(1_700_000_000, 0)
	e, err := openpgp.NewEntity("Own", "", "own@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return when }})
	require.NoError(t, err)
	var secret, public bytes.Buffer
	require.NoError(t, e.SerializePrivate(&secret, nil))
	require.NoError(t, e.Serialize(&public))
	signer, err := sign.NewGPGSigner(secret.Bytes(), nil)
	require.NoError(t, err)
	repo := s.sys.Repo()
	require.NoError(t, sign.Commit(t.Context(), repo, s.sys.Deployments()[0].Commit, signer))
	cfg := repo.Config()
	cfg.Set(`remote "vendor"`, "gpg-verify", "true")
	require.NoError(t, repo.WriteConfig(t.Context(), cfg))
	s.opts.Keys = &sign.Options{}

	d := s.status().Deployments[0]
	require.True(t, d.GPGEnabled)
	require.Len(t, d.Signatures, 1)
	require.Equal(t, []any{false, true}, []any{d.Signatures[0][0], d.Signatures[0][4]}, "the key is missing")

	_, err = sign.ImportKeys(t.Context(), repo, "vendor", public.Bytes())
	require.NoError(t, err)
	s.apply(layering.Request{Install: []string{"foo"}})
	data, err := json.Marshal(s.status())
	require.NoError(t, err)
	var st struct {
		Deployments []struct {
			Signatures [][]any `json:"signatures"`
		} `json:"deployments"`
	}
	require.NoError(t, json.Unmarshal(data, &st))
	got := st.Deployments[0].Signatures
	require.Len(t, got, 1)
	fingerprint := strings.ToUpper(hex.EncodeToString(e.PrimaryKey.Fingerprint))
	require.Equal(t, []any{true, false, false, false, false, fingerprint}, got[0][:6])
	require.Equal(t, []any{"Own", "own@example.com", fingerprint}, got[0][10:13])
}
