package rpmpkg_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
)

// TestDigestAlgorithms uses the published digests of "abc" (RFC 1321, FIPS 180 and 202).
func TestDigestAlgorithms(t *testing.T) {
	for algo, want := range map[rpmpkg.DigestAlgo]string{
		1:  "900150983cd24fb0d6963f7d28e17f72",
		2:  "a9993e364706816aba3e25717850c26c9cd0d89d",
		8:  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		9:  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
		10: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
		11: "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
		12: "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
		14: "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
	} {
		h, err := algo.New()
		require.NoError(t, err)
		h.Write([]byte("abc"))
		assert.Equal(t, want, hex.EncodeToString(h.Sum(nil)), "algorithm %d", algo)
	}
	_, err := rpmpkg.DigestAlgo(3).New()
	assert.ErrorContains(t, err, "unknown digest algorithm 3")
}
