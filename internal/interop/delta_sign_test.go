package interop

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/sign"
)

// dummyOstree runs the real command with its dummy signatures, the only ones besides GPG that Debian builds.
func dummyOstree(args ...string) (string, error) {
	cmd := exec.Command("ostree", args...)
	cmd.Env = append(os.Environ(), "OSTREE_DUMMY_SIGN_ENABLED=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// deltaKey verifies deltas with one key.
type deltaKey struct {
	kind sign.Kind
	key  string
}

func (k deltaKey) VerifyDelta(_ context.Context, superblock []byte, signatures *gvariant.Dict) error {
	list, err := sign.Signatures(signatures, k.kind)
	if err != nil {
		return err
	}
	set := sign.NewKeySet(k.kind)
	if err := set.Add(k.key); err != nil {
		return err
	}
	_, err = set.Verify(superblock, list)
	return err
}

var signedDeltas = []struct {
	name    string
	theirs  []string
	ours    delta.GenerateOptions
	scratch bool
}{
	{"inline", []string{"--inline"}, delta.GenerateOptions{Inline: true}, false},
	{"parts", nil, delta.GenerateOptions{}, false},
	{"swapped", []string{"--inline", "--swap-endianness"}, delta.GenerateOptions{Inline: true, BigEndian: true}, false},
	{"scratch", []string{"--inline"}, delta.GenerateOptions{Inline: true}, true},
}

// TestSignedDeltasOfTheRealCommand are verified and applied, by none but the right key.
func TestSignedDeltasOfTheRealCommand(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	for _, tc := range signedDeltas {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "superblock")
			from, have := "--from="+w.from, []string{w.from}
			if tc.scratch {
				from, have = "--empty", nil
			}
			args := append([]string{"static-delta", "generate", "--repo=" + w.repo, from, "--to=" + w.to, "--min-fallback-size=0",
				"--sign-type=dummy", "--sign=theirs", "--sign=others", "--filename=" + file}, tc.theirs...)
			out, err := dummyOstree(args...)
			require.NoError(t, err, out)
			d, err := delta.OpenPath(file)
			require.NoError(t, err)
			require.Equal(t, tc.ours.BigEndian, d.Superblock.BigEndian)
			require.Equal(t, []string{"ostree.sign.dummy"}, d.Signatures.Keys())
			for _, key := range []string{"theirs", "others"} {
				require.NoError(t, d.Verify(t.Context(), deltaKey{sign.Dummy, key}))
			}
			require.Error(t, d.Verify(t.Context(), deltaKey{sign.Dummy, "nobody's"}))

			clone := w.clone(t, "bare-user", have...)
			testenv.Run(t, "", "ostree", "config", "--repo="+clone, "set", "core.sign-verify-deltas", "true")
			repo := openRepo(t, clone)
			_, err = d.Apply(t.Context(), repo, nil)
			require.ErrorContains(t, err, "core.sign-verify-deltas is set")
			_, err = d.Apply(t.Context(), repo, &delta.ApplyOptions{Verify: deltaKey{sign.Dummy, "nobody's"}})
			require.Error(t, err)
			has, err := repo.Has(t.Context(), ostree.ObjectName{Checksum: d.Superblock.Name.To, Type: ostree.TypeCommit})
			require.NoError(t, err)
			require.False(t, has, "of a delta that nobody vouches for")
			_, err = d.Apply(t.Context(), repo, &delta.ApplyOptions{Verify: deltaKey{sign.Dummy, "theirs"}})
			require.NoError(t, err)
			requireCommit(t, clone, w.to)
		})
	}
}

// TestSignedDeltasForTheRealCommand: the real command verifies and applies what we sign.
func TestSignedDeltasForTheRealCommand(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	signer, err := sign.NewSigner(sign.Dummy, "ours", &sign.Options{EnableDummy: true})
	require.NoError(t, err)
	for _, tc := range signedDeltas {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "superblock")
			name, have := w.name(t), []string{w.from}
			if tc.scratch {
				name.From, have = ostree.Checksum{}, nil
			}
			o := tc.ours
			o.Output, o.MinFallbackSize, o.Sign = file, -1, signWith(signer)
			_, err := delta.Generate(t.Context(), openRepo(t, w.repo), name, &o)
			require.NoError(t, err)
			clone := w.clone(t, "bare-user", have...)
			repo := "--repo=" + clone
			out, err := dummyOstree("static-delta", "verify", repo, "--sign-type=dummy", file, "ours")
			require.NoError(t, err, out)
			require.Equal(t, "Verification OK\n", out)
			out, err = dummyOstree("static-delta", "verify", repo, "--sign-type=dummy", file, "nobody's")
			require.Error(t, err, out)

			testenv.Run(t, "", "ostree", "config", repo, "set", "core.sign-verify-deltas", "true")
			out, err = dummyOstree("static-delta", "apply-offline", repo, "--sign-type=dummy", file, "nobody's")
			require.Error(t, err, out)
			out, err = dummyOstree("static-delta", "apply-offline", repo, "--sign-type=dummy", file, "ours")
			require.NoError(t, err, out)
			requireCommit(t, clone, w.to)
		})
	}
}

func signWith(signers ...sign.Signer) func(context.Context, []byte) (*gvariant.Dict, error) {
	return func(ctx context.Context, superblock []byte) (*gvariant.Dict, error) {
		return sign.Add(ctx, nil, superblock, signers...)
	}
}

// TestEd25519DeltaAgreesWithOpenSSL: openssl verifies the signature of a delta, the real command applies it where none is
// demanded, and we accept one that openssl has made of the bytes that the real command wrote.
func TestEd25519DeltaAgreesWithOpenSSL(t *testing.T) {
	t.Parallel() // waits for disks and processes
	w := newDeltaWorld(t)
	testenv.NeedTool(t, "openssl")
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	testenv.Run(t, dir, "openssl", "genpkey", "-algorithm", "ed25519", "-out", "pem")
	testenv.Run(t, dir, "openssl", "pkey", "-in", "pem", "-outform", "DER", "-out", "key")
	testenv.Run(t, dir, "openssl", "pkey", "-in", "pem", "-pubout", "-outform", "DER", "-out", "pub")
	last := func(name string) []byte {
		data, err := os.ReadFile(at(name))
		require.NoError(t, err)
		return data[len(data)-32:]
	}
	public := base64.StdEncoding.EncodeToString(last("pub"))
	signer, err := sign.NewSigner(sign.Ed25519, base64.StdEncoding.EncodeToString(append(last("key"), last("pub")...)), nil)
	require.NoError(t, err)
	_, err = delta.Generate(t.Context(), openRepo(t, w.repo), w.name(t),
		&delta.GenerateOptions{Output: at("ours"), Inline: true, MinFallbackSize: -1, Sign: signWith(signer)})
	require.NoError(t, err)
	ours, err := delta.OpenPath(at("ours"))
	require.NoError(t, err)
	list, err := sign.Signatures(ours.Signatures, sign.Ed25519)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NoError(t, os.WriteFile(at("signature"), list[0], 0o644))
	// The format says where the superblock is: after the magic number, before the signatures.
	file, err := os.ReadFile(at("ours"))
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(file[8:], ours.Bytes()))
	require.NoError(t, os.WriteFile(at("bytes"), file[8:8+len(ours.Bytes())], 0o644))
	testenv.Run(t, dir, "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "pub", "-rawin", "-in", "bytes", "-sigfile", "signature")
	clone := w.clone(t, "bare-user", w.from)
	testenv.Run(t, "", "ostree", "static-delta", "apply-offline", "--repo="+clone, at("ours"))
	requireCommit(t, clone, w.to)

	testenv.Run(t, "", "ostree", "static-delta", "generate", "--repo="+w.repo, "--from="+w.from, "--to="+w.to, "--inline",
		"--min-fallback-size=0", "--filename="+at("theirs"))
	testenv.Run(t, dir, "openssl", "pkeyutl", "-sign", "-inkey", "pem", "-rawin", "-in", "theirs", "-out", "signature")
	theirs, err := os.ReadFile(at("theirs"))
	require.NoError(t, err)
	made, err := os.ReadFile(at("signature"))
	require.NoError(t, err)
	sigs, err := gvariant.NewArray("ay", gvariant.NewBytes(made))
	require.NoError(t, err)
	dict := gvariant.NewDict()
	dict.Set("ostree.sign.ed25519", sigs)
	signed, err := delta.Sign(theirs, dict)
	require.NoError(t, err)
	d, err := delta.Parse(signed)
	require.NoError(t, err)
	require.NoError(t, d.Verify(t.Context(), deltaKey{sign.Ed25519, public}))
	signed[8+strings.Index(string(theirs), "2020")+1]++ // anything within the superblock
	if d, err = delta.Parse(signed); err == nil {
		require.Error(t, d.Verify(t.Context(), deltaKey{sign.Ed25519, public}))
	}
}
