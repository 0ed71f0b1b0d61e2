package ostree

import (
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func attrs(pairs ...string) Xattrs {
	var out Xattrs
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, Xattr{pairs[i], []byte(pairs[i+1])})
	}
	return out
}

// TestXattrOrder: what is new is put in order, what is stored stays as it is, and a file shows the last of two.
func TestXattrOrder(t *testing.T) {
	for _, tc := range []struct {
		name             string
		in, normal, disk Xattrs
		err              string
	}{
		{"sorted", attrs("user.a", "1", "user.b", "2"), attrs("user.a", "1", "user.b", "2"), attrs("user.a", "1", "user.b", "2"), ""},
		{"not sorted", attrs("user.b", "2", "user.a", "1"), attrs("user.a", "1", "user.b", "2"), attrs("user.a", "1", "user.b", "2"), ""},
		{"empty value", attrs("user.b", "", "user.a", "1"), attrs("user.a", "1"), attrs("user.a", "1"), ""},
		{"twice", attrs("user.b", "1", "user.a", "x", "user.b", "2"), nil, attrs("user.a", "x", "user.b", "2"), `"user.b": duplicate`},
		{"twice the same", attrs("user.a", "1", "user.a", "1"), nil, attrs("user.a", "1"), `"user.a": duplicate`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			normal, err := tc.in.normalize()
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
			} else {
				require.NoError(t, err)
				require.Empty(t, cmp.Diff(tc.normal, normal))
			}
			require.Empty(t, cmp.Diff(tc.disk, tc.in.onDisk()))
			data := (&DirMeta{Mode: 0o40755, Xattrs: tc.in}).Encode()
			meta, err := ParseDirMeta(data)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tc.in, meta.Xattrs))
			require.Equal(t, data, meta.Encode())
		})
	}
}

// TestNewDirMetaIsOrdered: only objects that exist elsewhere may have attributes in another order.
func TestNewDirMetaIsOrdered(t *testing.T) {
	r := newRepo(t, ModeArchive)
	tx := begin(t, r)
	for _, xattrs := range []Xattrs{attrs("user.b", "2", "user.a", "1"), attrs("user.a", "1", "user.a", "1")} {
		data := (&DirMeta{Mode: 0o40755, Xattrs: xattrs}).Encode()
		_, err := tx.WriteMetadata(t.Context(), TypeDirMeta, data)
		require.ErrorContains(t, err, "extended attribute")
		require.NoError(t, tx.WriteMetadataExpect(t.Context(), ObjectName{sha256.Sum256(data), TypeDirMeta}, data))
	}
}
